"""The stock ledger: every piece that is not for sale has an order, every change of a number has a cause.

Orders call `hold` when TikTok shows them, `reserve` when they are paid, `handed_over` when the BigCommerce order exists
(its own number is the truth from then on), `shipped` when they leave, `release` when they end before that, and
`returned` when pieces come back. All are idempotent and may come in any order: an order only moves forward, and what
comes late changes nothing. Each answers whether it changed anything.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models import StockOrder, StockOrderLine, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert_missing
from services.stock import places
from services.stock.booking import Entry, book

Line = tuple[int, int | None, int]
"""(merchant SKU, location or None, pieces); without a location the ledger takes the one with the most available."""

RANKS = {"new": 0, "held": 1, "reserved": 2, "handed": 3, "shipped": 4, "released": 5}


def hold(order_ref: str, lines: Sequence[Line], *, shop_id: int | None = None) -> bool:
    """TikTok has an order that is not paid or in its hour of grace: its pieces are no longer for sale."""
    return _enter(order_ref, lines, "held", shop_id)


def reserve(order_ref: str, lines: Sequence[Line], *, shop_id: int | None = None) -> bool:
    """The order stands. What was held for it is reserved; `lines` are what it consists of now."""
    return _enter(order_ref, lines, "reserved", shop_id)


def handed_over(order_ref: str, cause: str = "bigcommerce_order", *, shop_id: int | None = None) -> bool:
    """BigCommerce has the order. Its pieces stay allocated until BigCommerce's number is read without them."""
    order = _locked(order_ref, shop_id)
    if RANKS[order.state] >= RANKS["handed"]:
        return False
    now = clock.now()
    entries = []
    for line in _lines(order):
        entries += [_entry(line, line.kind, -line.quantity)] if line.kind else []
        entries.append(_entry(line, "allocated", line.quantity))
        line.kind, line.handed_at = "allocated", now
    _to(order, "handed", now)
    book(entries, cause, f"{order_ref}:handed", order_ref, now)
    return bool(entries)


def shipped(order_ref: str, cause: str = "shipped", *, shop_id: int | None = None) -> bool:
    """The pieces left. What BigCommerce has no order for stays counted off until its number follows
    (`services.stock.adjustments`)."""
    order = _locked(order_ref, shop_id)
    if RANKS[order.state] >= RANKS["shipped"]:
        return False
    now = clock.now()
    entries = []
    for line in _lines(order):
        if line.kind in ("held", "reserved"):
            entries += [_entry(line, line.kind, -line.quantity), _entry(line, "allocated", line.quantity)]
            line.kind = "allocated"  # without handed_at: only an adjustment of ours brings BigCommerce's number down
    _to(order, "shipped", now)
    book(entries, cause, f"{order_ref}:shipped", order_ref, now)
    return bool(entries)


def counted_off(order_ref: str, merchant_sku_id: int, location_id: int, turn: int) -> bool:
    """A relative adjustment took these pieces off BigCommerce's number: allocated until it is read without them."""
    order, now = _locked(order_ref, None), clock.now()
    entries = []
    for line in _lines(order):
        if (line.merchant_sku_id, line.location_id) != (merchant_sku_id, location_id) or line.handed_at is not None:
            continue
        if line.kind in ("held", "reserved", "allocated"):
            entries += [_entry(line, line.kind, -line.quantity), _entry(line, "allocated", line.quantity)]
            line.kind, line.handed_at = "allocated", now
    return book(entries, "counted_off", f"{order_ref}:counted:{turn}", order_ref, now)


def release(order_ref: str, cause: str, lines: Sequence[Line] | None = None, *, shop_id: int | None = None) -> bool:
    """The order, or these lines of it, ended before it shipped: the pieces are for sale again. Parts are booked once
    per cause. Once BigCommerce has the order, its own number rises by itself."""
    order = _locked(order_ref, shop_id)
    if RANKS[order.state] >= RANKS["shipped"]:
        return False
    now = clock.now()
    if lines is None:
        entries = [_entry(line, line.kind, -line.quantity) for line in _lines(order) if line.kind]
        for line in _lines(order):
            line.kind, line.quantity = "", 0
        _to(order, "released", now)
        book(entries, cause, f"{order_ref}:released", order_ref, now)
        return bool(entries)
    return _take_off(order, lines, cause, f"{order_ref}:{cause}", now)


def fewer(order_ref: str, lines: Sequence[Line], *, shop_id: int | None = None) -> bool:
    """Some of the order was cancelled while it is held or reserved: what `lines` does not have any more is for sale
    again. Nothing is ever added."""
    order = _locked(order_ref, shop_id)
    if order.state not in ("held", "reserved"):
        return False
    left: Counter[int] = Counter()
    for sku_id, _, quantity in lines:
        left[sku_id] += quantity
    there: Counter[int] = Counter()
    for line in _lines(order):
        there[line.merchant_sku_id] += line.quantity
    gone = [(sku_id, None, count - left[sku_id]) for sku_id, count in sorted(there.items()) if count > left[sku_id]]
    if not gone:
        return False
    return _take_off(order, gone, "cancelled_in_part", f"{order_ref}:left:{left.total()}", clock.now())


def returned(order_ref: str, lines: Sequence[Line], cause: str, *, shop_id: int | None = None) -> bool:
    """Pieces came back. Those that still stood in the ledger are for sale again; for the others BigCommerce's own
    number is the truth, and the movement of 0 only says that they came."""
    order = _locked(order_ref, shop_id)
    now = clock.now()
    reference = f"{order_ref}:returned:{cause}"
    if RANKS[order.state] < RANKS["handed"]:
        return _take_off(order, lines, cause, reference, now)
    if places.was_booked(reference):
        return False
    known = {line.merchant_sku_id: line for line in _lines(order)}
    entries = [
        Entry(sku_id, location or (known[sku_id].location_id if sku_id in known else places.NOWHERE), "on_hand", 0)
        for sku_id, location, _ in lines
    ]
    return book(entries, f"returned {cause}"[:40], reference, order_ref, now)


def _enter(order_ref: str, lines: Sequence[Line], kind: str, shop_id: int | None) -> bool:
    order = _locked(order_ref, shop_id)
    if RANKS[order.state] >= RANKS[kind]:
        return False
    now = clock.now()
    before = _lines(order)
    entries = [_entry(line, line.kind, -line.quantity) for line in before if line.kind]
    kept = {(line.merchant_sku_id, line.location_id): line for line in before}
    for line in before:
        line.quantity, line.kind = 0, ""
    for (sku_id, location_id), quantity in places.spread(lines, set(kept)).items():
        line = kept.get((sku_id, location_id)) or StockOrderLine(
            order_id=order.id, merchant_sku_id=sku_id, location_id=location_id
        )
        line.quantity, line.kind = quantity, kind
        db.session.add(line)
        entries.append(Entry(sku_id, location_id, kind, quantity))
    _to(order, kind, now)
    book(entries, kind, f"{order_ref}:{kind}", order_ref, now)
    return True


def _take_off(order: StockOrder, lines: Sequence[Line], cause: str, reference: str, now: datetime) -> bool:
    """Takes pieces out of the balances their lines stand in; never more than there are."""
    if places.was_booked(reference):
        return False
    standing = [line for line in _lines(order) if line.quantity]
    entries = []
    for sku_id, location_id, quantity in lines:
        left = quantity
        for line in standing:
            if line.merchant_sku_id != sku_id or (location_id is not None and line.location_id != location_id):
                continue
            take = min(left, line.quantity)
            if take:
                left -= take
                line.quantity -= take
                if line.kind:
                    entries.append(_entry(line, line.kind, -take))
    order.changed_at = now
    return book(entries, cause, reference, order.order_ref, now)


def _locked(order_ref: str, shop_id: int | None) -> StockOrder:
    """The order's row, held for this transaction; added when this is the first anyone hears of it."""
    row = {"store_id": tenant_id(), "order_ref": order_ref, "shop_id": shop_id, "state": "new"}
    query = select(StockOrder).where(StockOrder.order_ref == order_ref).with_for_update()
    order = db.session.scalar(query, execution_options={"populate_existing": True})
    if order is None:
        insert_missing(StockOrder, [row | {"changed_at": clock.now()}], ("store_id", "order_ref"))
        order = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    if order.shop_id is None and shop_id is not None:
        order.shop_id = shop_id
    return order


def _lines(order: StockOrder) -> Sequence[StockOrderLine]:
    query = select(StockOrderLine).where(StockOrderLine.order_id == order.id)
    return db.session.scalars(query.order_by(StockOrderLine.merchant_sku_id, StockOrderLine.location_id)).all()


def _entry(line: StockOrderLine, kind: str, delta: int) -> Entry:
    return Entry(line.merchant_sku_id, line.location_id, kind, delta)


def _to(order: StockOrder, state: str, now: datetime) -> None:
    order.state, order.changed_at = state, now
