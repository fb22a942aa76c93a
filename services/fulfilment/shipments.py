"""Parcels of orders, wherever they were made: each known once, each told to the other side once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select

from domain.fulfilment import carriers, ways
from domain.orders.statuses import TO_SHIP
from models import Activity, Order, OrderHandling, Shipment, Shop, StoreOrder, db
from models.tenancy import tenant_id
from services import clock, streams
from services.activities import NewItem
from services.fulfilment import handling, rules
from services.fulfilment.carriers import match
from services.orders import timeline

KIND = "ship_orders"
TITLE = "Tell shipments"
PLATFORM = (
    "TikTok ships this order with its own label, so the number from BigCommerce is not sent. Print TikTok's label on "
    "the order's packages page."
)


def new(order: Order, key: str, source: str, carrier: str, number: str, line_ids: Sequence[str]) -> Shipment:
    row = Shipment(
        store_id=order.store_id, order_id=order.id, key=key[:80], source=source, carrier=carrier[:100],
        tracking_number=carriers.clean(number)[:100], line_ids=list(line_ids), package_id="", sent_number="",
        sent_provider="", corrections=0, state="waiting", problem="", problem_text="", is_due=False,
        shipped_at=clock.now(), read_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    return row


def judge(row: Shipment, order: Order, shop: Shop) -> None:
    """Whether it must be told, must wait, or need not be told; each with its words."""
    row.problem, row.problem_text, row.is_due = "", "", False
    if row.state == "gone":
        return
    if row.source == "tiktok":
        row.is_due = row.state not in ("sent", "not_needed")
        return
    facts = handling.facts(order, shop)
    if row.sent_number == row.tracking_number and row.sent_number:
        row.state = "sent"
        return
    if row.source == "bigcommerce" and not rules.of().upload_tracking:
        row.state, row.problem_text = "not_needed", "Sending tracking is off in Settings → Shipping."
        return
    if facts.by_tiktok or facts.shipping_type == "TIKTOK":
        text = "TikTok ships this order from its own warehouse." if facts.by_tiktok else PLATFORM
        row.state, row.problem_text = "not_needed", text
        return
    if problem := carriers.number_problem(row.tracking_number):
        refuse(row, "ship.number", f"{problem} Add it to the shipment in BigCommerce, or type it in here.")
        return
    if not (found := match(shop.id, row.carrier, row.tracking_number)):
        refuse(row, "ship.carrier", f"{found.text} Map it under Settings → Shipping → Carriers.")
        return
    if row.sent_number:
        verdict = ways.correct(facts, row.sent_at, row.corrections, clock.now())
        if not verdict:
            refuse(row, "ship.correction", f"TikTok keeps {row.sent_number}. {verdict.reason}")
            return
    elif order.status == "CANCELLED":
        refuse(row, "ship.cancelled", "TikTok cancelled the order. Get the parcel back, or settle it with the buyer.")
        return
    elif order.status in TO_SHIP or order.status == "ON_HOLD":
        verdict = ways.ship_own(facts)
        if not verdict:  # on hold, a cancellation asked for, set aside: it ends, and is looked at again
            row.state, row.is_due, row.problem_text = "held", True, verdict.reason
            return
    row.state, row.is_due = "waiting", True
    show(row)


def refuse(row: Shipment, code: str, text: str) -> None:
    """Shown at the order, under Error, until it is put right."""
    row.state, row.is_due, row.problem, row.problem_text = "refused", False, code[:60], text
    timeline.add(row.order_id, "problem", text, "Causeway", details={"code": code})
    show(row)


def show(row: Shipment) -> None:
    """The order's problem is that of its parcels, where nothing else stands in the way (the Error tab)."""
    from services.orders import copies

    db.session.flush()
    order = db.session.scalars(select(Order).where(Order.id == row.order_id)).one()
    copy = db.session.scalar(select(StoreOrder).where(StoreOrder.order_id == order.id).order_by(StoreOrder.id).limit(1))
    if copy is None or (copy.problem and not copy.problem.startswith("ship.")):
        return
    query = select(Shipment.problem, Shipment.problem_text).where(Shipment.order_id == order.id, Shipment.problem != "")
    code, text = db.session.execute(query.order_by(Shipment.id).limit(1)).first() or ("", "")
    if (copy.problem, copy.problem_text) == (code, text):
        return
    before = order.problem
    copy.problem, copy.problem_text = code, text
    if not before or before.startswith("ship."):
        order.problem, order.problem_text = code, text
    copies.recount([(order, before)])


def due(limit: int = 500) -> list[int]:
    """What must be told and can be told now, the longest waiting first."""
    open_now = and_(
        Shipment.state == "held",
        Order.status.in_(TO_SHIP),
        Order.cancel_asked.is_(False),
        ~exists().where(
            OrderHandling.store_id == Order.store_id,
            OrderHandling.order_id == Order.id,
            OrderHandling.voided_at.is_not(None),
        ),
    )
    query = (
        select(Shipment.id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.is_due, or_(Shipment.state == "waiting", open_now))
        .order_by(Shipment.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def pour(ids: Sequence[int]) -> Activity | None:
    """Adds these to the stream, in a transaction of its own; launch it afterwards."""
    if not ids:
        return None
    query = (
        select(Shipment.id, Order.tiktok_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.id.in_(ids))
        .order_by(Shipment.id)
    )
    items = [NewItem(f"Order {number}", subject_id=row) for row, number in db.session.execute(query)]
    return streams.pour(KIND, TITLE, items, store_id=tenant_id())


def of(order_id: int) -> Sequence[Shipment]:
    return db.session.scalars(select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id)).all()


def newest() -> datetime | None:
    """When BigCommerce's shipments were read last."""
    return db.session.scalar(select(Shipment.read_at).order_by(Shipment.read_at.desc()).limit(1))
