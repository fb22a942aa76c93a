"""Words of the price pages."""

from decimal import Decimal

from domain.price import plain

PROBLEMS = {
    "price.missing": "no price",
    "price.no_conversion": "other currency, no rate",
    "price.too_low": "below the market's minimum",
    "price.too_high": "above the market's maximum",
    "price.below_cost": "below cost after fees",
    "price.below_map": "below BigCommerce's MAP price",
    "price.steep": "moves by more than half",
}
KINDS = {
    "": "as in the profile, else the store's settings",
    "none": "None",
    "percent_up": "Raise by percent",
    "percent_down": "Lower by percent",
    "fixed_up": "Raise by amount",
    "fixed_down": "Lower by amount",
}
ORIGINS = {"listing": "this listing", "profile": "its profile", "shop": "the shop", "store": "the store's settings"}
WHY = {"up": "raised", "down": "lowered", "same": "unchanged", "reset": "ended"}


def problem(code: str) -> str:
    return PROBLEMS.get(code, code)


def number(value: Decimal | None) -> str:
    """For an input: without trailing zeros, empty for none."""
    return "" if value is None else plain(value)
