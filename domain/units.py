"""BigCommerce's units turned into the units a market takes, with exact decimals."""

from decimal import ROUND_CEILING, Decimal

from domain.draft import Dimensions, Weight
from domain.limits import LengthUnit, RulePack, WeightUnit

GRAMS: dict[str, Decimal] = {
    "LBS": Decimal("453.59237"),
    "Ounces": Decimal("28.349523125"),
    "KGS": Decimal(1000),
    "Grams": Decimal(1),
    "Tonnes": Decimal(1_000_000),
}
CENTIMETERS: dict[str, Decimal] = {"Inches": Decimal("2.54"), "Centimeters": Decimal(1)}

_GRAMS_OUT: dict[WeightUnit, Decimal] = {"KILOGRAM": Decimal(1000), "GRAM": Decimal(1), "POUND": Decimal("453.59237")}
_CENTIMETERS_OUT: dict[LengthUnit, Decimal] = {"CENTIMETER": Decimal(1), "INCH": Decimal("2.54")}
_IMPERIAL = frozenset({"LBS", "Ounces", "Inches"})


class UnknownUnit(ValueError):
    """BigCommerce named a unit that its settings for units of measurement do not list."""


def weight(value: Decimal | None, unit: str, pack: RulePack) -> Weight | None:
    """The package weight in the market's unit, rounded up to its decimals; None when missing or not above zero.

    Where the market takes both systems the store's own is kept (pounds and ounces become POUND, the rest KILOGRAM).
    """
    if value is None or value <= 0:
        return None
    if unit not in GRAMS:
        raise UnknownUnit(unit)
    target, decimals = _weight_unit(unit, pack)
    exact = value * GRAMS[unit] / _GRAMS_OUT[target]
    return Weight(_up(exact, decimals), target)


def dimensions(
    length: Decimal | None, width: Decimal | None, height: Decimal | None, unit: str, pack: RulePack, *, like: str = ""
) -> Dimensions | None:
    """The package size in the market's unit, rounded up; None when a side is missing or not above zero.

    `like` is the store's weight unit: TikTok wants both in one measuring system (reference 4.8), so it decides.
    """
    if unit not in CENTIMETERS:
        raise UnknownUnit(unit)
    if length is None or width is None or height is None or min(length, width, height) <= 0:
        return None
    imperial = (like or unit) in _IMPERIAL
    target: LengthUnit = "INCH" if imperial and "INCH" in pack.length_units else "CENTIMETER"
    factor = CENTIMETERS[unit] / _CENTIMETERS_OUT[target]
    decimals = pack.dimension_decimals
    return Dimensions(
        _up(length * factor, decimals), _up(width * factor, decimals), _up(height * factor, decimals), target
    )


def _weight_unit(unit: str, pack: RulePack) -> tuple[WeightUnit, int]:
    wanted: WeightUnit = "POUND" if unit in _IMPERIAL else "KILOGRAM"
    for name, decimals in pack.weight_units:
        if name == wanted:
            return name, decimals
    return next((name, decimals) for name, decimals in pack.weight_units if name == "KILOGRAM")


def _up(value: Decimal, decimals: int) -> Decimal:
    step = Decimal(1).scaleb(-decimals)
    rounded = value.quantize(step, rounding=ROUND_CEILING)
    near = value.quantize(step)
    return near if abs(value - near) < Decimal("1e-12") else rounded
