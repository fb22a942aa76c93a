"""Keeps what TikTok says about orders: each once, never an older version over a newer one, whatever came how often."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from domain.orders import statuses
from domain.orders.deadlines import clocks
from domain.orders.facts import ZERO, LineFacts, OrderFacts
from domain.orders.settings import OrderSettings
from domain.orders.statuses import Status
from domain.orders.words import WORDS
from domain.returns import reasons
from models import Order, OrderCursor, OrderLine, Shop, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert_missing
from services.counters import Deltas
from services.orders import copies, counts, linking, rules, stock, timeline

NEVER = datetime.fromtimestamp(0, UTC)
SOURCES = {
    "webhook": "Webhook from TikTok Shop",
    "poll": "Read from TikTok Shop",
    "gap": "Found missing by the hourly count",
    "import": "Imported by hand",
}


@dataclass(slots=True)
class Recorded:
    """How many orders of a batch were new, changed, as they were, or not to be imported; `write`: BigCommerce orders
    that must be written now."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    write: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)  # TikTok's numbers of the new ones
    skus: set[int] = field(default_factory=set)  # merchant SKUs of which pieces were held, reserved, given back or left


def record(shop: Shop, read: Sequence[OrderFacts], source: str) -> Recorded:
    """Writes a batch in the current transaction; `source` is one of SOURCES. Follow it with `copies.pour`."""
    done, settings = Recorded(), rules.of()
    newest: dict[str, OrderFacts] = {}
    for one in read:
        known = newest.get(one.id)
        if known is None or statuses.is_newer(one.changed_at, one.status, known.changed_at, known.status):
            newest[one.id] = one
    there = set(db.session.scalars(select(Order.tiktok_id).where(Order.tiktok_id.in_(newest))))
    wanted = {
        number: one
        for number, one in newest.items()
        if number in there or wants(settings, one, source, begins_at(shop))
    }
    done.skipped = len(newest) - len(wanted)
    insert_missing(Order, [_row(shop, wanted[number], source) for number in sorted(wanted.keys() - there)],
                   ("store_id", "tiktok_id"))  # fmt: skip
    # Held in one order, so that two readers of the same orders wait for each other and never in a circle.
    orders = db.session.scalars(
        select(Order)
        .where(Order.tiktok_id.in_(wanted))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    deltas, moving = Deltas(), []
    for order in orders:
        one = wanted[order.tiktok_id]
        if not statuses.is_newer(one.changed_at, one.status, order.changed_at, order.status):
            done.unchanged += 1
            continue
        if order.changed_at == NEVER:
            done.new += 1
            done.ids.append(order.tiktok_id)
        elif order.changed_at == one.changed_at and order.status == one.status:
            done.unchanged += 1
            continue
        else:
            done.changed += 1
        moving.append((order, one, order.status, order.problem))
    lines = _lines([order for order, *_ in moving])
    for order, one, old_status, _ in moving:
        _apply(order, one, settings, old_status, source)
        _apply_lines(order, one.lines, lines.setdefault(order.id, {}))
    db.session.flush()
    everything = [line for mine in lines.values() for line in mine.values()]
    linking.link(shop.id, everything)
    done.skus = stock.book([(order, list(lines[order.id].values()), old) for order, _, old, _ in moving])
    done.write = copies.plan([(order, list(lines[order.id].values())) for order, *_ in moving], settings)
    for order, _, old_status, old_problem in moving:
        counts.moved(deltas, order, old_status, old_problem)
    db.session.flush()
    deltas.write()
    return done


def wants(settings: OrderSettings, one: OrderFacts, source: str, since: datetime) -> bool:
    """Whether an order that is not here yet is to be kept (features S2-75, S2-76, S5-17, S5-18, C-07, C-20)."""
    if one.status == Status.UNPAID or (one.status == Status.CANCELLED and one.paid_at is None):
        return False
    if one.by_tiktok and settings.by_tiktok == "ignore":
        return False
    if (one.is_sample and not settings.samples) or (one.replaces and not settings.replacements):
        return False
    if source == "import":
        return True
    if not settings.download or one.placed_at < since:
        return False
    return settings.moment == "on_hold" or one.status not in (Status.ON_HOLD, Status.CANCELLED)


def begins_at(shop: Shop) -> datetime:
    """Orders placed since then come by themselves."""
    return cursor(shop).begins_at


def cursor(shop: Shop) -> OrderCursor:
    """How far the shop's orders were read; begins with the connection."""
    query = select(OrderCursor).where(OrderCursor.shop_id == shop.id)
    found = db.session.scalar(query)
    if found is None:
        start = shop.authorization.connected_at.replace(microsecond=0)
        row = {"store_id": tenant_id(), "shop_id": shop.id, "begins_at": start, "since": start, "note": ""}
        insert_missing(OrderCursor, [row], ("store_id", "shop_id"))
        found = db.session.scalars(query).one()
    return found


def _row(shop: Shop, one: OrderFacts, source: str) -> dict[str, object]:
    """A place for the order that is older than everything: it is filled like any other change."""
    now = clock.now()
    return {
        "store_id": tenant_id(),
        "shop_id": shop.id,
        "tiktok_id": one.id,
        "status": "",
        "placed_at": one.placed_at,
        "changed_at": NEVER,
        "source": source,
        "seen_at": now,
        "read_at": now,
        **{name: ZERO for name in ("subtotal", "shipping", "tax", "total")},
        "quantity": 0,
        **{
            name: ""
            for name in (
                "currency", "buyer_name", "buyer_email", "buyer_id", "fulfillment", "shipping_type", "warehouse_id",
                "carrier", "tracking_number", "order_type", "replaces", "cancelled_by", "cancel_reason",
                "deadline_kind", "grouping", "problem", "problem_text",
            )
        },
        "address": {},
        "details": {},
        "is_sample": False,
        "cancel_asked": False,
    }  # fmt: skip


def _apply(order: Order, one: OrderFacts, settings: OrderSettings, old_status: str, source: str) -> None:
    had_address = bool(order.address)
    _note(order, one, old_status, source)
    if one.cancel_asked and not order.cancel_asked:
        timeline.add(order.id, "status", "The buyer asked to cancel.", "TikTok Shop", at=one.cancel_asked_at)
    order.status, order.changed_at, order.read_at = one.status, one.changed_at, clock.now()
    order.placed_at, order.paid_at, order.currency = one.placed_at, one.paid_at, one.currency[:3]
    order.subtotal, order.shipping, order.tax, order.total = one.subtotal, one.shipping, one.tax, one.total
    order.quantity = len(one.lines)
    if one.address or not had_address:  # a later answer that masks more does not take away what is known
        order.address, order.buyer_name = dict(one.address), one.buyer_name[:255]
    if one.address and not had_address and old_status:
        timeline.add(order.id, "status", "TikTok shows the recipient's address now.", "TikTok Shop", at=one.changed_at)
    order.buyer_email, order.buyer_id = one.buyer_email[:255], one.buyer_id[:64]
    order.fulfillment, order.shipping_type = one.fulfillment[:40], one.shipping_type[:20]
    order.warehouse_id, order.order_type = one.warehouse_id[:32], one.order_type[:24]
    order.carrier, order.tracking_number = one.carrier[:100], one.tracking_number[:100]
    order.replaces, order.is_sample = one.replaces[:32], one.is_sample
    order.cancel_asked, order.cancel_asked_at = one.cancel_asked, one.cancel_asked_at
    order.cancelled_at, order.cancelled_by = one.cancelled_at, one.cancelled_by[:12]
    order.cancel_reason = one.cancel_reason[:255]
    order.ship_by, order.collect_by = one.ship_by, one.collect_by
    order.cancel_by, order.deliver_by = one.cancel_by, one.deliver_by
    running = clocks(one, settings.holidays)
    order.deadline_kind, order.deadline_at = (running[0].kind, running[0].at) if running else ("", None)
    order.details = {
        "payment": dict(one.payment),
        "payment_method": one.payment_method,
        "seller_discount": str(one.seller_discount),
        "platform_discount": str(one.platform_discount),
        "buyer_message": one.buyer_message,
        "seller_note": one.seller_note,
        "delivery_option": one.delivery_option,
        "is_cod": one.is_cod,
        "clocks": [[clock.kind, clock.at.isoformat(), clock.derived] for clock in running],
    }


def _note(order: Order, one: OrderFacts, old_status: str, source: str) -> None:
    if not old_status:
        timeline.add(order.id, "status", "Placed on TikTok Shop.", "TikTok Shop", at=one.placed_at)
        if one.paid_at is not None:
            timeline.add(order.id, "status", "Paid by the buyer.", "TikTok Shop", at=one.paid_at)
        timeline.add(order.id, "seen", f"{SOURCES[source]}: {_word(one.status)}.", "Causeway")
        if one.replaces:
            timeline.add(order.id, "note", f"A replacement for order {one.replaces}.", "Causeway")
    elif old_status != one.status:
        cancelled = one.status == Status.CANCELLED and one.cancel_reason
        reason = f" ({reasons.words(one.cancel_reason).lower()})" if cancelled else ""
        said = f"{_word(old_status)} → {_word(one.status)}{reason}"
        details = {"by": source, "from": old_status, "to": one.status, "reason": one.cancel_reason if cancelled else ""}
        timeline.add(order.id, "status", said, "TikTok Shop", at=one.changed_at, details=details)


def _word(status: str) -> str:
    """A status of TikTok's in our words."""
    return WORDS["causeway"].get(status, status)


def _lines(orders: Sequence[Order]) -> dict[int, dict[str, OrderLine]]:
    found: dict[int, dict[str, OrderLine]] = {order.id: {} for order in orders}
    query = select(OrderLine).where(OrderLine.order_id.in_(found)).order_by(OrderLine.id)
    for line in db.session.scalars(query):
        found[line.order_id][line.tiktok_id] = line
    return found


def _apply_lines(order: Order, read: Sequence[LineFacts], known: dict[str, OrderLine]) -> None:
    for one in read:
        line = known.get(one.id)
        if line is None:
            line = known[one.id] = OrderLine(store_id=order.store_id, order_id=order.id, tiktok_id=one.id, linked_by="")
            db.session.add(line)
        line.sku_id, line.product_id, line.seller_sku = one.sku_id, one.product_id, one.seller_sku[:255]
        line.product_name, line.sku_name, line.image_url = one.product_name[:300], one.sku_name[:300], one.image_url
        line.price, line.list_price, line.tax = one.price, one.list_price, one.tax
        line.status, line.package_id, line.package_status = one.status[:24], one.package_id, one.package_status[:24]
        line.tracking_number, line.carrier = one.tracking_number[:100], one.carrier[:100]
        line.warehouse_id, line.is_gift, line.cancel_reason = one.warehouse_id, one.is_gift, one.cancel_reason[:255]
