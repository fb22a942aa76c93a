"""How a price ends: rounded as the currency demands, to whole amounts, or to the next price that ends in .99."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from domain import money

ENDINGS: dict[str, str] = {
    "none": "As computed",
    "whole": "Whole amounts",
    "whole_up": "Whole amounts, upwards",
    "whole_down": "Whole amounts, downwards",
    ".99": "Ends in .99",
    ".95": "Ends in .95",
    ".90": "Ends in .90",
}
_WHOLE = {"whole": ROUND_HALF_UP, "whole_up": ROUND_CEILING, "whole_down": ROUND_FLOOR}


def end(value: Decimal, ending: str, currency: str) -> Decimal:
    """The nearest price that ends so, of two equally near the higher one. A currency without a minor unit has whole
    amounts only, so there an ending in cents changes nothing; neither does it where it would double a small price."""
    if ending in _WHOLE:
        return value.quantize(Decimal(1), rounding=_WHOLE[ending])
    part = Decimal(f"0{ending}") if ending.startswith(".") else Decimal(0)
    if part and money.exponent(currency) and value * 2 > part:
        return max(Decimal(0), (value - part).quantize(Decimal(1), rounding=ROUND_HALF_UP)) + part
    return money.round_to(value, currency)
