"""Money as exact decimals, stored as integer ten-thousandths of the currency's unit."""

from decimal import ROUND_HALF_UP, Decimal

SCALE = 10_000
_NO_MINOR_UNIT = frozenset({"JPY", "IDR", "VND", "KRW", "CLP"})


def exponent(currency: str) -> int:
    """Decimal places in which prices of this currency are written: 0 for JPY, IDR and VND, else 2."""
    return 0 if currency in _NO_MINOR_UNIT else 2


def smallest(currency: str) -> Decimal:
    """The smallest price step of the currency: 0.01, or 1 where there is no minor unit."""
    return Decimal(1).scaleb(-exponent(currency))


def round_to(value: Decimal, currency: str) -> Decimal:
    """The value in whole steps of the currency, halves away from zero."""
    return value.quantize(smallest(currency), rounding=ROUND_HALF_UP)


def to_units(value: Decimal) -> int:
    """Ten-thousandths; finer parts are rounded, halves away from zero."""
    return int((value * SCALE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_units(units: int) -> Decimal:
    """The exact decimal that `to_units` stored."""
    return Decimal(units) / SCALE


def for_api(value: Decimal, currency: str) -> str:
    """Plain digits with the currency's decimals, as TikTok Shop wants amounts: "9.90", "1500"."""
    return format(round_to(value, currency), "f")


def show(value: Decimal, currency: str) -> str:
    """For sentences: "1,500.00 USD"."""
    return f"{round_to(value, currency):,f} {currency}"


def show_units(units: int, currency: str) -> str:
    """`show` of what `to_units` made, without the way over decimals: lists show many."""
    if currency in _NO_MINOR_UNIT or units < 0:
        return show(from_units(units), currency)
    cents = (units + 50) // 100
    return f"{cents // 100:,}.{cents % 100:02d} {currency}"
