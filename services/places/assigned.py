"""Which warehouses TikTok has assigned to each SKU, as last read."""

from collections.abc import Collection

from sqlalchemy import select

from clients.tiktok.models import ProductInventory
from models import ListingSku, Shop, StockTold, db
from models.present import has_table
from services.stock import confirmations
from services.stock.confirmations import Told


def of(listing_ids: Collection[int]) -> dict[int, set[str]]:
    """Listing SKU -> TikTok warehouse ids; SKUs that were never read are left out."""
    if not has_table(StockTold):
        return {}
    found: dict[int, set[str]] = {}
    query = select(StockTold.listing_sku_id, StockTold.warehouse).where(StockTold.listing_id.in_(listing_ids))
    for line_id, warehouse in db.session.execute(query):
        found.setdefault(line_id, set()).add(warehouse)
    return found


def keep(shop: Shop, listing_id: int, seen: ProductInventory) -> None:
    """Keeps warehouses that were not known yet, with what they show. Orders of a SKU are agreed about as they were."""
    known: dict[int, dict[str, StockTold]] = {}
    for told in db.session.scalars(select(StockTold).where(StockTold.listing_id == listing_id)):
        known.setdefault(told.listing_sku_id, {})[told.warehouse] = told
    lines = {
        tiktok_id: line_id
        for line_id, tiktok_id in db.session.execute(
            select(ListingSku.id, ListingSku.tiktok_id).where(ListingSku.listing_id == listing_id)
        )
    }
    rows = []
    for sku in seen.skus:
        line_id = lines.get(sku.id)
        if line_id is None:
            continue
        mine = known.get(line_id, {})
        like = next(iter(mine.values()), None)
        for place in sku.warehouse_inventory:
            if place.warehouse_id not in mine:
                rows.append(
                    Told(
                        line_id,
                        place.warehouse_id,
                        place.available_quantity,
                        place.available_quantity,
                        place.committed_quantity,
                        like.known if like else None,
                        like.agreed_at if like else None,
                    )
                )
    sums = {line.id: line.sent_quantity for line in db.session.scalars(
        select(ListingSku).where(ListingSku.listing_id == listing_id))}  # fmt: skip
    confirmations.keep(shop.id, listing_id, rows)
    for line in db.session.scalars(
        select(ListingSku).where(ListingSku.listing_id == listing_id),
        execution_options={"populate_existing": True},
    ):
        line.sent_quantity = sums[line.id]  # a part of the warehouses is not the sum
