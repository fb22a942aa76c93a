"""How alike two products look: titles by their words and letters, identifiers by their digits."""

import re
from collections.abc import Sequence

from domain.identifiers import check_digit_fits

_WORD = re.compile(r"\w+")
SHORT_SKU = 5  # characters; shorter ones, and short numbers, are used by everybody
SHORT_NUMBER = 8


def likeness(one: str, other: str) -> int:
    """0 to 100: the share of words in common and of three-letter pieces in common, half and half."""
    words, others = _words(one), _words(other)
    if not words or not others:
        return 0
    return round(50 * _shared(words, others) + 50 * _shared(_pieces(words), _pieces(others)))


def telling(title: str, most: int = 3) -> list[str]:
    """The longest words of a title, by which others like it are found."""
    words = {word for word in _words(title) if len(word) >= 4}
    return sorted(words, key=lambda word: (-len(word), word))[:most]


def barcode(code: str) -> str:
    """A UPC, EAN, GTIN or ISBN-13 without leading zeros, so that the same article has one form; empty when the check
    digit is wrong, or it is a filler of few digits."""
    digits = code.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 12, 13, 14):
        return ""
    return digits.lstrip("0") if check_digit_fits(digits) and len(set(digits)) > 2 else ""


def forms(code: str) -> list[str]:
    """How a barcode may be written down: with leading zeros and without."""
    return list(dict.fromkeys([code, *(code.zfill(length) for length in (8, 12, 13, 14) if len(code) <= length)]))


def is_telling_sku(code: str) -> bool:
    """Whether a SKU says something by itself; "1", "A2" and "1001" stand in many catalogs."""
    return len(code) >= (SHORT_NUMBER if code.isdigit() else SHORT_SKU)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _pieces(words: set[str]) -> set[str]:
    padded = (f"  {word} " for word in words)
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def _shared(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def agree(ours: Sequence[str], theirs: str) -> bool | None:
    """Whether a variant's barcodes and an article's are the same; None when one side has none that counts."""
    known = {code for code in map(barcode, ours) if code}
    wanted = barcode(theirs)
    return wanted in known if known and wanted else None
