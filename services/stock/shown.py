"""What a shop shows of its stock, and what it should show, given orders that TikTok has and we do not know yet."""

import contextlib
from collections.abc import Mapping, Sequence

from clients.errors import Refused
from clients.tiktok.api import TikTok
from clients.tiktok.models import ProductInventory
from domain.stock import after_sales
from services.stock.pushes import SkuTarget

Shelves = Mapping[str, tuple[int, int]]
Seen = dict[str, dict[str, tuple[int, int]]]
"""TikTok's SKU id -> warehouse id -> (available, committed): what is committed to orders is not in what is available
(reference 4.12)."""
TOGETHER = 100  # products in one call (reference 4.12)


def read(client: TikTok, product_ids: Sequence[str]) -> Seen:
    """At most a hundred products. One that is gone spoils the whole call, so then each is asked for by itself."""
    if not product_ids:
        return {}
    try:
        return _seen(client.inventory(product_ids))
    except Refused:
        if len(product_ids) == 1:
            raise
    found: Seen = {}
    for number in product_ids:
        with contextlib.suppress(Refused):
            found |= _seen(client.inventory([number]))
    return found


def _seen(products: Sequence[ProductInventory]) -> Seen:
    return {
        sku.id: {one.warehouse_id: (one.available_quantity, one.committed_quantity) for one in sku.warehouse_inventory}
        for product in products
        for sku in product.skus
    }


def should(sku: SkuTarget, shown: Shelves) -> dict[str, int]:
    """By warehouse. A SKU that was never pushed began without orders."""
    committed = {place: count for place, (_, count) in shown.items()}
    known = {place: count for place, count in sku.before.items() if count is not None}
    if known:
        return after_sales(sku.want, sku.before, committed, sku.known)
    return after_sales(sku.want, dict.fromkeys(committed, 0), committed, sku.known_now)
