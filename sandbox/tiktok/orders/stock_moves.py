"""What orders do to the stock of listings: commit when bought, give back when cancelled, let go when shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


def available(product: Document, sku_id: str, warehouse_id: str) -> int:
    return int(product["stock"].get(sku_id, {}).get(warehouse_id, {}).get("quantity", 0))


def move(platform: Platform, product_id: str, sku_id: str, warehouse_id: str, quantity: int, committed: int) -> None:
    """Add to what can be bought and to what is promised; a SKU that is gone meanwhile has no stock to move."""
    product = platform.products.get(product_id)
    place = (product or {}).get("stock", {}).get(sku_id, {}).get(warehouse_id)
    if product is None or place is None:
        return
    changed = {
        **place,
        "quantity": max(0, place["quantity"] + quantity),
        "committed": max(0, place["committed"] + committed),
    }
    places = {**product["stock"][sku_id], warehouse_id: changed}
    platform.products.put({**product, "stock": {**product["stock"], sku_id: places}})


def commit(platform: Platform, order: Document) -> None:
    for line in order["lines"]:
        if line["committed"]:
            move(platform, line["product_id"], line["sku_id"], order["warehouse_id"], -1, 1)


def give_back(platform: Platform, order: Document, line: Document) -> None:
    if order["takes_stock"]:
        move(platform, line["product_id"], line["sku_id"], order["warehouse_id"], 1, -1 if line["committed"] else 0)


def let_go(platform: Platform, order: Document, line: Document) -> None:
    if line["committed"]:
        move(platform, line["product_id"], line["sku_id"], order["warehouse_id"], 0, -1)
