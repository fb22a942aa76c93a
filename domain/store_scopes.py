"""The OAuth scopes Causeway needs in BigCommerce, and what does not work without each (reference 1.5)."""

from collections.abc import Iterable

NEEDED = {
    "store_v2_products": "products are neither read nor made",
    "store_inventory": "stock is neither read nor counted off",
    "store_locations_read_only": "locations cannot be mapped",
    "store_v2_orders": "no orders are written",
    "store_v2_information_read_only": "currency and units are not known",
}


def missing(granted: Iterable[str]) -> dict[str, str]:
    """Scopes that were not granted, with what stops; whoever may write may also read. No names at all is no finding."""
    present = set(granted)
    present |= {f"{scope}_read_only" for scope in present}
    return {scope: without for scope, without in NEEDED.items() if scope not in present} if present else {}
