"""What an order does to stock: held while the buyer may still cancel, reserved, handed over, given back."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from domain.orders.statuses import GONE, TO_SHIP, Status
from models import Order, OrderLine, StockOrder, Variant, Warehouse, WarehouseMap, db
from models.present import has_table
from services.orders import timeline
from services.stock import adjustments, ledger

BY_TIKTOK = "FULFILLMENT_BY_TIKTOK"


def reference(order: Order) -> str:
    """The ledger's name of an order."""
    return f"tiktok:{order.tiktok_id}"


def book(moved: Sequence[tuple[Order, Sequence[OrderLine], str]]) -> set[int]:
    """For orders whose status may have changed: (order, its lines, the status before). The ledger takes each step once,
    in whatever order they come. Answers the merchant SKUs of which something moved."""
    touched: set[int] = set()
    if not moved or not has_table(StockOrder):
        return touched
    skus = _merchant_skus([line for _, lines, _ in moved for line in lines])
    places = _places({order.warehouse_id for order, _, _ in moved if order.warehouse_id})
    for order, lines, _ in moved:
        if order.fulfillment == BY_TIKTOK:  # its stock lies in TikTok's own warehouse
            continue
        said = _book(order, lines, skus, places.get(order.warehouse_id))
        if said:
            timeline.add(order.id, "stock", said, "Causeway")
            touched |= {skus[line.variant_id] for line in lines if line.variant_id in skus}
    adjustments.plan({reference(order) for order, *_ in moved})
    return touched


def _book(order: Order, lines: Sequence[OrderLine], skus: dict[int, int], place: int | None) -> str:
    ref, pieces = reference(order), _pieces(lines, skus, place)
    total = sum(quantity for *_, quantity in pieces)
    count = f"{total} {'piece' if total == 1 else 'pieces'}"
    if order.status == Status.ON_HOLD:
        if pieces and ledger.hold(ref, pieces, shop_id=order.shop_id):
            return f"{count} held: no longer for sale, not shippable yet."
    elif order.status in TO_SHIP:
        if pieces and ledger.reserve(ref, pieces, shop_id=order.shop_id):
            return f"{count} reserved."
        if ledger.fewer(ref, pieces, shop_id=order.shop_id):
            return f"Cancelled in part: {count} stay reserved, the rest is for sale again."
    elif order.status == Status.CANCELLED:
        if ledger.release(ref, "cancelled", shop_id=order.shop_id):
            return "Back for sale."
    elif order.status in GONE and ledger.shipped(ref, shop_id=order.shop_id):
        return "Shipped: the pieces have left."
    return ""


def handed_over(order: Order) -> None:
    """BigCommerce has the whole order: its own number counts the pieces off."""
    if order.fulfillment != BY_TIKTOK and has_table(StockOrder):
        ledger.handed_over(reference(order), shop_id=order.shop_id)
        adjustments.plan({reference(order)})


def _merchant_skus(lines: Sequence[OrderLine]) -> dict[int, int]:
    """Variant -> merchant SKU."""
    ids = {line.variant_id for line in lines if line.variant_id is not None}
    query = select(Variant.id, Variant.merchant_sku_id).where(Variant.id.in_(ids))
    return {variant: sku for variant, sku in db.session.execute(query) if sku is not None}


def _places(warehouses: set[str]) -> dict[str, int]:
    """TikTok's warehouse -> the location it is fed from, where there is only one."""
    query = (
        select(Warehouse.tiktok_id, WarehouseMap.location_id)
        .join(WarehouseMap, WarehouseMap.warehouse_id == Warehouse.id)
        .where(Warehouse.tiktok_id.in_(warehouses))
    )
    found: dict[str, set[int]] = {}
    for tiktok_id, location_id in db.session.execute(query):
        found.setdefault(tiktok_id, set()).add(location_id)
    return {tiktok_id: next(iter(ids)) for tiktok_id, ids in found.items() if len(ids) == 1}


def _pieces(lines: Sequence[OrderLine], skus: dict[int, int], place: int | None) -> list[ledger.Line]:
    live = [line.variant_id for line in lines if line.status != Status.CANCELLED and line.variant_id is not None]
    counted = Counter(skus[variant_id] for variant_id in live if variant_id in skus)
    return [(sku_id, place, quantity) for sku_id, quantity in sorted(counted.items())]
