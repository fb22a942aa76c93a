"""Where orders ship from, and where that is another place than TikTok's own choice."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from domain.fulfilment.routing import Parcel, Routed, route
from domain.orders import buyers
from domain.orders.statuses import TO_SHIP
from models import Location, Order, OrderHandling, OrderLine, Stock, Variant, Warehouse, WarehouseMap, db
from services.fulfilment import rules


def places() -> dict[int, str]:
    return {row.id: row.label for row in db.session.scalars(select(Location).order_by(Location.id))}


def of(orders: Sequence[Order]) -> dict[int, Routed]:
    """Order id -> the place, why, and the place behind TikTok's warehouse."""
    settings = rules.of()
    ids = [order.id for order in orders]
    lines: dict[int, list[OrderLine]] = {number: [] for number in ids}
    for line in db.session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids))):
        if line.status != "CANCELLED":
            lines[line.order_id].append(line)
    behind = _behind({order.warehouse_id for order in orders})
    query = select(OrderHandling.order_id, OrderHandling.location_id).where(OrderHandling.order_id.in_(ids))
    chosen = {order_id: place for order_id, place in db.session.execute(query)}
    stock = _stock([line for mine in lines.values() for line in mine]) if settings.routing == "rules" else {}
    found = {}
    for order in orders:
        to = buyers.recipient(order.address, "") if order.address else None
        parcel = Parcel(
            to.country if to else "",
            to.state if to else "",
            to.zip if to else "",
            tuple(line.seller_sku for line in lines[order.id] if line.seller_sku),
            behind.get(order.warehouse_id),
            _enough(lines[order.id], stock) if settings.routing == "rules" else None,
        )
        found[order.id] = route(parcel, settings.routing == "tiktok", settings.routes, chosen.get(order.id))
    return found


def _behind(warehouses: set[str]) -> dict[str, int]:
    query = (
        select(Warehouse.tiktok_id, func.min(WarehouseMap.location_id), func.count())
        .join(WarehouseMap, WarehouseMap.warehouse_id == Warehouse.id)
        .where(Warehouse.tiktok_id.in_(warehouses))
        .group_by(Warehouse.tiktok_id)
    )
    return {number: place for number, place, count in db.session.execute(query) if count == 1}


def _stock(lines: Sequence[OrderLine]) -> dict[int, dict[int, int]]:
    """Variant -> place -> what BigCommerce says is available there."""
    ids = {line.variant_id for line in lines if line.variant_id is not None}
    query = (
        select(Variant.id, Stock.location_id, Stock.available)
        .join(Stock, Stock.merchant_sku_id == Variant.merchant_sku_id)
        .where(Variant.id.in_(ids))
    )
    found: dict[int, dict[int, int]] = {}
    for variant, place, available in db.session.execute(query):
        found.setdefault(variant, {})[place] = available
    return found


def _enough(lines: Sequence[OrderLine], stock: dict[int, dict[int, int]]) -> dict[int, bool]:
    wanted = Counter(line.variant_id for line in lines)
    everywhere = {place for row in stock.values() for place in row}
    return {
        place: all(stock.get(variant or 0, {}).get(place, 0) >= count for variant, count in wanted.items())
        for place in everywhere
    }


def differing(shop_id: int | None, limit: int = 200) -> list[tuple[Order, Routed]]:
    """Orders to ship whose place is another than the one behind TikTok's warehouse."""
    query = select(Order).where(Order.status.in_(TO_SHIP)).order_by(Order.placed_at, Order.id).limit(2000)
    if shop_id is not None:
        query = query.where(Order.shop_id == shop_id)
    orders = db.session.scalars(query).all()
    routed = of(orders)
    return [(order, routed[order.id]) for order in orders if routed[order.id].differs][:limit]
