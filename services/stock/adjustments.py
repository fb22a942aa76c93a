"""Where no BigCommerce order counts an order's pieces off, a relative adjustment does. What BigCommerce must be told of
an order follows from the ledger; the rows say what it was told. A relative adjustment is not idempotent (reference
4.1), so BigCommerce's number is read and kept before each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from domain.orders.settings import OrderSettings
from models import (
    Activity,
    ActivityItem,
    ListingSku,
    MerchantSku,
    Order,
    Product,
    StockAdjustment,
    StockOrder,
    StockOrderLine,
    StoreOrder,
    Variant,
    db,
)
from models.present import has_table
from models.tenancy import tenant_id
from services import activities, clock, streams
from services.activities import NewItem
from services.orders import rules
from services.stock.levels import GRACE

KIND = "adjust_stock"
TOLD = ("done", "left")
IN_FLIGHT = ("looked", "unclear")
PART = 500
BY_TIKTOK = "FULFILLMENT_BY_TIKTOK"
Key = tuple[int, int]  # merchant SKU, location


def plan(order_refs: Collection[str]) -> list[int]:
    """Brings the rows of these orders to what BigCommerce must be told, in the current transaction; answers those that
    are to be sent: `pour` them. Call it whenever the ledger moved or an adjustment ended."""
    if not order_refs or not has_table(StockAdjustment):
        return []
    settings = rules.of()
    query = select(StockOrder).where(StockOrder.order_ref.in_(order_refs)).order_by(StockOrder.id).with_for_update()
    orders = list(db.session.scalars(query))
    rows: dict[str, dict[Key, list[StockAdjustment]]] = defaultdict(lambda: defaultdict(list))
    known = select(StockAdjustment).where(StockAdjustment.order_ref.in_(order_refs))
    for row in db.session.scalars(known.order_by(StockAdjustment.turn)):
        rows[row.order_ref][row.merchant_sku_id, row.location_id].append(row)
    if settings.create != "never" and not rows:
        return []
    wanted = _wanted(orders, settings, rows)
    counted = _counted({key[0] for mine in wanted.values() for key in mine})
    due = []
    for order in orders:
        mine = wanted.get(order.order_ref, {})
        for key in sorted(mine.keys() | rows[order.order_ref].keys()):
            need = mine.get(key, 0) if key[0] in counted else 0
            due += _bring(order.order_ref, key, need, rows[order.order_ref][key])
    db.session.flush()
    return [row.id for row in due]


def _bring(order_ref: str, key: Key, need: int, rows: Sequence[StockAdjustment]) -> list[StockAdjustment]:
    if any(row.state in IN_FLIGHT for row in rows):
        return []  # looked at again when it has ended
    missing = need - sum(row.delta for row in rows if row.state in TOLD)
    waiting = [row for row in rows if row.state in ("due", "refused")]
    if waiting and sum(row.delta for row in waiting) == missing:
        return [row for row in waiting if row.state == "due"]
    for row in waiting:
        row.state, row.why = "withdrawn", "The order changed before it was sent."
    if not missing:
        return []
    turn = max((row.turn for row in rows), default=0) + 1
    fresh = StockAdjustment(
        order_ref=order_ref,
        merchant_sku_id=key[0],
        location_id=key[1],
        turn=turn,
        delta=missing,
        state="due",
        created_at=clock.now(),
    )
    db.session.add(fresh)
    return [fresh]


def _wanted(
    orders: Sequence[StockOrder], settings: OrderSettings, rows: dict[str, dict[Key, list[StockAdjustment]]]
) -> dict[str, dict[Key, int]]:
    """By order: what it took, as the ledger has it. Nothing where BigCommerce's own order counts it."""
    numbers = {order.order_ref.removeprefix("tiktok:"): order for order in orders}
    written = set(
        db.session.scalars(
            select(Order.tiktok_id)
            .join(StoreOrder, StoreOrder.order_id == Order.id)
            .where(Order.tiktok_id.in_(numbers), StoreOrder.bigcommerce_id.is_not(None))
        )
    )
    taken = [
        order
        for number, order in numbers.items()
        if number not in written
        and order.state in ("reserved", "shipped")
        and (settings.create == "never" or rows.get(order.order_ref))
    ]
    found: dict[str, dict[Key, int]] = defaultdict(dict)
    names = {order.id: order.order_ref for order in taken}
    for line in db.session.scalars(select(StockOrderLine).where(StockOrderLine.order_id.in_(names))):
        if line.quantity:
            found[names[line.order_id]][line.merchant_sku_id, line.location_id] = -line.quantity
    return found


def _counted(sku_ids: Collection[int]) -> set[int]:
    """Those whose stock BigCommerce counts."""
    query = (
        select(Variant.merchant_sku_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.merchant_sku_id.in_(sku_ids), Product.inventory_tracking.in_(("product", "variant")))
    )
    return {sku_id for sku_id in db.session.scalars(query) if sku_id is not None}


def has_counted(order_ref: str) -> bool:
    """Whether pieces of the order were counted off this way."""
    if not has_table(StockAdjustment):
        return False
    query = select(StockAdjustment.id).where(StockAdjustment.order_ref == order_ref, StockAdjustment.state.in_(TOLD))
    return db.session.scalar(query.limit(1)) is not None


def pour(ids: Sequence[int]) -> Activity | None:
    """Adds these to the stream; launch it afterwards."""
    rows = db.session.execute(
        select(StockAdjustment.id, StockAdjustment.delta, MerchantSku.code)
        .join(MerchantSku, MerchantSku.id == StockAdjustment.merchant_sku_id)
        .where(StockAdjustment.id.in_(ids))
        .order_by(StockAdjustment.id)
    ).all()
    items = [NewItem(f"{row.delta:+d} × {row.code}", subject_id=row.id, args={"step": "look"}) for row in rows]
    return streams.pour(KIND, "Count TikTok orders off in BigCommerce", items, store_id=tenant_id()) if items else None


def moving(listing_ids: Collection[int]) -> set[int]:
    """SKUs of these listings whose number BigCommerce is being told just now: what is right shows a moment later."""
    if not listing_ids or not has_table(StockAdjustment):
        return set()
    query = (
        select(ListingSku.id)
        .join(Variant, Variant.id == ListingSku.variant_id)
        .join(
            StockAdjustment,
            (StockAdjustment.merchant_sku_id == Variant.merchant_sku_id)
            & (StockAdjustment.store_id == Variant.store_id),
        )
        .where(ListingSku.listing_id.in_(listing_ids), StockAdjustment.state.in_(("due", "looked")))
    )
    return set(db.session.scalars(query))


def left_over(limit: int = PART) -> list[int]:
    """A sweep: plans orders whose pieces nothing has counted off yet, sets aside what nobody works on any more, and
    answers what is to be sent (again)."""
    if not has_table(StockAdjustment):
        return []
    refs: set[str] = set()
    if rules.of().create == "never":
        query = (
            select(StockOrder.order_ref)
            .join(StockOrderLine, StockOrderLine.order_id == StockOrder.id)
            .outerjoin(
                StockAdjustment,
                (StockAdjustment.order_ref == StockOrder.order_ref)
                & (StockAdjustment.merchant_sku_id == StockOrderLine.merchant_sku_id)
                & (StockAdjustment.store_id == StockOrder.store_id),
            )
            .where(
                StockOrderLine.kind.in_(("reserved", "allocated")),
                StockOrderLine.handed_at.is_(None),
                StockOrder.state.in_(("reserved", "shipped")),
                StockOrder.order_ref.startswith("tiktok:"),
                StockAdjustment.id.is_(None),
            )
            .distinct()
            .limit(limit)
        )
        refs = set(db.session.scalars(query))
    due = set(plan(refs))
    due |= set(db.session.scalars(select(StockAdjustment.id).where(StockAdjustment.state == "due").limit(limit)))
    _set_aside()
    return sorted(due - _in_hand(due))


def _in_hand(ids: Iterable[int]) -> set[int]:
    query = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.kind == KIND,
            Activity.state.in_(activities.OPEN),
            ActivityItem.state.in_((*activities.WAITING, *activities.WORKING)),
            ActivityItem.subject_id.in_(list(ids)),
        )
    )
    return {number for number in db.session.scalars(query) if number is not None}


def _set_aside() -> None:
    """Calls that were given up on: whether the last one took effect is for a person to see."""
    old = select(StockAdjustment).where(
        StockAdjustment.state == "looked", StockAdjustment.looked_at < clock.now() - 5 * GRACE
    )
    rows = list(db.session.scalars(old.limit(PART)))
    busy = _in_hand([row.id for row in rows])
    for row in rows:
        if row.id not in busy:
            row.state = "unclear"
            row.why = f"BigCommerce did not answer. It had {row.before} pieces right before. Look there, then decide."
    db.session.flush()
