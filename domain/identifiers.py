"""Product identifiers: which kinds and lengths TikTok takes, their check digits, and which one is sent."""

from collections.abc import Sequence

from domain.draft import Identifier
from domain.policy import IdentifierKind

LENGTHS: dict[str, tuple[int, ...]] = {"GTIN": (14,), "EAN": (8, 13, 14), "UPC": (12,), "ISBN": (10, 13)}
"""Reference 4.8; an ISBN of 10 is 9 digits and a digit or X."""


def fault(identifier: Identifier) -> str:
    """Why TikTok would refuse it: "digits", "length" or "" for none."""
    code = identifier.code
    body = code[:-1] if identifier.kind == "ISBN" and len(code) == 10 and code[-1] == "X" else code
    if not (body.isascii() and body.isdigit()):
        return "digits"
    return "" if len(code) in LENGTHS[identifier.kind] else "length"


def check_digit_fits(code: str) -> bool:
    """True when the last character is what the other digits demand (GS1 weights, or ISBN-10's)."""
    if len(code) == 10:
        return _isbn10_fits(code)
    return (sum(map(int, code[::-2])) + 3 * sum(map(int, code[-2::-2]))) % 10 == 0


def _isbn10_fits(code: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in code]
    return sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0


def choose(
    priority: Sequence[IdentifierKind], *, upc: str = "", gtin: str = "", ean: str = "", isbn: str = ""
) -> Identifier | None:
    """The one identifier to send: the first kind of the list that is present, without spaces and hyphens."""
    present: dict[IdentifierKind, str] = {"UPC": upc, "GTIN": gtin, "EAN": ean, "ISBN": isbn}
    for kind in priority:
        code = present[kind].replace("-", "").replace(" ", "").upper()
        if code:
            return Identifier(kind_of(kind, code), code)
    return None


def kind_of(field: IdentifierKind, code: str) -> IdentifierKind:
    """The kind that fits what stands in a BigCommerce field: UPC and GTIN fields hold UPC-A, EAN and GTIN-14 alike."""
    if field == "ISBN" or len(code) in LENGTHS[field]:
        return field
    if len(code) == 13 and code.startswith(("978", "979")):
        return "ISBN"
    for kind in ("UPC", "EAN", "GTIN"):
        if len(code) in LENGTHS[kind]:
            return kind
    return field
