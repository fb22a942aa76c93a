"""What can be sold of each SKU, where several share the same pieces."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from domain.stock import shared
from models import Product, Stock, Variant, db
from services.stock import levels
from services.stock.levels import Levels


def for_sale(product_ids: Collection[int]) -> Levels:
    """Merchant SKU -> location -> pieces, of products whose stock BigCommerce counts. Variants of a product that is
    counted as a whole share its pieces: offered once each, they would be sold several times."""
    rows = db.session.execute(
        select(Variant.merchant_sku_id, Variant.product_id, Product.inventory_tracking)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Variant.product_id.in_(product_ids),
            Variant.merchant_sku_id.is_not(None),
            Product.inventory_tracking != "none",
        )
        .order_by(Variant.position, Variant.id)
    ).all()
    found = levels.available(row.merchant_sku_id for row in rows)
    whole: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.inventory_tracking == "product":
            whole[row.product_id].append(row.merchant_sku_id)
    several = {product_id: list(dict.fromkeys(ids)) for product_id, ids in whole.items() if len(set(ids)) > 1}
    if several:
        counted: dict[tuple[int, int], int] = {
            (sku_id, place): count
            for sku_id, place, count in db.session.execute(
                select(Stock.merchant_sku_id, Stock.location_id, Stock.available).where(
                    Stock.merchant_sku_id.in_({sku_id for ids in several.values() for sku_id in ids})
                )
            )
        }
        for ids in several.values():
            _share(found, ids, counted)
    return found


def _share(found: Levels, ids: Sequence[int], counted: Mapping[tuple[int, int], int]) -> None:
    for place in {place for sku_id in ids for place in found.get(sku_id, {})}:
        whole = max(counted.get((sku_id, place), 0) for sku_id in ids)
        taken = sum(counted.get((sku_id, place), 0) - found.get(sku_id, {}).get(place, 0) for sku_id in ids)
        for sku_id, part in zip(ids, shared(whole - taken, len(ids)), strict=True):
            found.setdefault(sku_id, {})[place] = part
