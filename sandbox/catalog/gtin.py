"""Article numbers with the right check digit."""

from random import Random


def check_digit(digits: str) -> str:
    """The GS1 check digit for the digits before it, of any GTIN length."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def make_upc(rng: Random) -> str:
    """Twelve digits, in the range that GS1 keeps for use inside a company (so never anyone's real number)."""
    body = "4" + "".join(str(rng.randrange(10)) for _ in range(10))
    return body + check_digit(body)
