"""What came of writing an order to BigCommerce: kept, shown, and nothing written twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clients.errors import Refused
from domain.orders.buyers import WITHHELD
from domain.orders.statuses import Status
from domain.orders.words import BIGCOMMERCE
from models import ActivityItem, Order, OrderLine, Shop, Store, StoreOrder, db
from services import clock
from services.activities import WORKING
from services.order_refusals import fix
from services.orders import bodies, copies, rules, stock, timeline

BUSY = timedelta(seconds=2)
SHIPPED_HERE = "order.shipped_when_cancelled"
# How far BigCommerce's statuses are along; one that somebody moved on there is never moved back by us.
PROGRESS = {0: 0, 1: 0, 7: 0, 12: 0, 11: 1, 9: 2, 8: 2, 3: 3, 2: 4, 10: 5}
LEFT = frozenset({2, 10})  # shipped, completed
FINAL = frozenset({4, 5, 6, 13, 14})  # refunded, cancelled, declined, disputed


@dataclass(frozen=True, slots=True)
class Wish:
    """One BigCommerce order to be written: created with `body`, or changed where it stands."""

    copy_id: int
    reference: str
    source: str
    bigcommerce_id: int | None
    body: dict[str, Any]
    status_id: int | None
    address: dict[str, str] | None  # when it became known after the order was written
    note: str = ""
    wanted: bool = True  # False: only looked up, because an earlier call may have made it


@dataclass(frozen=True, slots=True)
class Written:
    """`bigcommerce_id` 0: it is not there and not wanted any more. `status_id`: as BigCommerce has it now. `conflict`:
    cancelled on TikTok Shop, shipped in BigCommerce."""

    bigcommerce_id: int
    status_id: int
    total: Any = None
    found: bool = False  # it was there already
    several: bool = False  # more than one was there
    conflict: bool = False
    address: bool = False


def wish(store: Store, copy_id: int, item_id: int) -> Wish | str | datetime:
    """What is to be written now; a text when nothing is, a moment when somebody else is at it. The row is this item's
    until `written`, `refused` or `let_go`."""
    copy = db.session.scalar(
        select(StoreOrder).where(StoreOrder.id == copy_id).with_for_update().execution_options(populate_existing=True)
    )
    if copy is None:
        return "The order does not exist any more."
    if copy.writer_id not in (None, item_id) and _works(copy.writer_id):
        return clock.now() + BUSY
    order = db.session.scalars(select(Order).where(Order.id == copy.order_id)).one()
    settings = rules.of()
    # Sent before and not answered: it may be there, so it is looked up even when nobody wants it any more.
    if not copies.needs_writing(order, copy, settings) and copy.writer_id is None:
        copy.is_due = False
        return "Nothing has to be written any more."
    copy.writer_id = item_id
    db.session.flush()
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    query = select(OrderLine).where(OrderLine.copy_id == copy.id).order_by(OrderLine.id)
    lines = [line for line in db.session.scalars(query) if line.status != Status.CANCELLED or copy.bigcommerce_id]
    status = copies.target(order, settings)
    if copy.bigcommerce_id is None:
        made = bodies.body(store, shop, order, copy, lines, settings)
        wanted = order.status != Status.CANCELLED
        return Wish(copy.id, copy.reference, bodies.source(), None, made, status, None, wanted=wanted)
    late = bool(order.address) and not copy.has_address
    address = bodies.address_of(store, shop, order, settings) if late else None
    changed = status if status != copy.wanted_status_id else None
    note = bodies.note(order, shop) if late else ""
    return Wish(copy.id, copy.reference, bodies.source(), copy.bigcommerce_id, {}, changed, address, note)


def _works(item_id: int | None) -> bool:
    query = select(ActivityItem.id).where(ActivityItem.id == item_id, ActivityItem.state.in_(WORKING))
    return db.session.scalar(query) is not None


def written(copy_id: int, wish: Wish, answer: Written, item_id: int) -> tuple[str, bool]:
    """(what to say, whether something changed meanwhile and must be written again)."""
    copy, order = _held(copy_id)
    settings = rules.of()
    new = copy.bigcommerce_id is None
    if not answer.bigcommerce_id:
        copy.state, copy.writer_id, copy.is_due = "not_wanted", None, False
        return "Not created: TikTok Shop cancelled the order before.", False
    copy.state, copy.bigcommerce_id, copy.status_id = "written", answer.bigcommerce_id, answer.status_id
    copy.writer_id, copy.written_at, copy.read_at = None, clock.now(), clock.now()
    if wish.status_id is not None and not answer.found:  # what was found there may stand elsewhere: set it then
        copy.wanted_status_id = wish.status_id
    elif answer.found:
        copy.wanted_status_id = answer.status_id
    if answer.total is not None:
        copy.total = answer.total
    if new:
        copy.body_hash, copy.has_address = bodies.digest(wish.body), _has_address(wish)
        order.bigcommerce_id = order.bigcommerce_id or answer.bigcommerce_id
    elif answer.address:
        copy.has_address = True
    text = _said(new, answer, wish)
    timeline.add(order.id, "created" if new else "updated", text, "BigCommerce", item_id=item_id)
    before = order.problem
    copy.problem, copy.problem_text = "", ""
    if answer.conflict:
        copy.problem = SHIPPED_HERE
        copy.problem_text = (
            f"TikTok cancelled the order, but BigCommerce order {answer.bigcommerce_id} was shipped already. Get the "
            "parcel back, or settle it with the buyer; then set the BigCommerce order to Cancelled."
        )
    _judge(order, before)
    db.session.flush()
    if new and all(one.state == "written" for one in copies.copies_of([order.id])[order.id]):
        stock.handed_over(order)
    copy.is_due = copies.needs_writing(order, copy, settings)
    return text, copy.is_due


def _has_address(wish: Wish) -> bool:
    return bool(wish.body["billing_address"].get("street_1") != WITHHELD)


def _said(new: bool, answer: Written, wish: Wish) -> str:
    name = f"BigCommerce order {answer.bigcommerce_id}"
    status = BIGCOMMERCE.get(answer.status_id, str(answer.status_id))
    if new:
        there = "was there already and is used" if answer.found else "created"
        more = " Several carry this number: archive the others." if answer.several else ""
        return f"{name} {there}: {status}.{more}"
    if answer.conflict:
        return f"{name} stays {status}: it was shipped there already."
    parts = [status] if wish.status_id is not None else []
    parts += ["with the recipient's address"] if answer.address else []
    return f"{name}: {', '.join(parts) or status}."


def refused(copy_id: int, refusal: Refused, item_id: int) -> tuple[str, str]:
    """(code, words). The order goes to the Error tab and waits for a replay."""
    copy, order = _held(copy_id)
    details = "; ".join(one.message for one in refusal.details[:3])
    text = details or refusal.text or "BigCommerce did not take the order."
    code = refusal.code or f"bigcommerce.{refusal.status or 'refused'}"
    copy.state = "refused" if copy.bigcommerce_id is None else copy.state
    copy.problem, copy.writer_id, copy.is_due = code[:60], None, False
    verb = "did not take the order" if copy.bigcommerce_id is None else "did not take the change"
    copy.problem_text = f"BigCommerce {verb}: {text.rstrip('.')}. {fix(f'{refusal.text} {text}')}"
    timeline.add(order.id, "problem", copy.problem_text, "BigCommerce", item_id=item_id, details={"code": code})
    before = order.problem
    order.problem, order.problem_text = copy.problem, copy.problem_text
    copies.recount([(order, before)])
    return code, copy.problem_text


def _judge(order: Order, before: str) -> None:
    mine = copies.copies_of([order.id])[order.id]
    copies.set_problem(order, *copies.first_problem(mine))
    copies.recount([(order, before)])


def _held(copy_id: int) -> tuple[StoreOrder, Order]:
    """The order first: whoever records it holds it, too."""
    order_id = db.session.scalars(select(StoreOrder.order_id).where(StoreOrder.id == copy_id)).one()
    fresh = {"populate_existing": True}
    order = db.session.scalars(
        select(Order).where(Order.id == order_id).with_for_update(), execution_options=fresh
    ).one()
    copy = db.session.scalars(
        select(StoreOrder).where(StoreOrder.id == copy_id).with_for_update(), execution_options=fresh
    ).one()
    return copy, order


def may_move(current: int, wanted: int) -> bool:
    """Whether our status may be set over the one that stands there."""
    if wanted == 5:
        return current not in LEFT and current not in FINAL
    return current in PROGRESS and PROGRESS[current] < PROGRESS.get(wanted, 0)


def seen_in_bigcommerce(bigcommerce_id: int, status_id: int, total: Any = None) -> bool:
    """BigCommerce's own news of an order of ours; whether anything changed."""
    copy = db.session.scalar(select(StoreOrder).where(StoreOrder.bigcommerce_id == bigcommerce_id))
    if copy is None:
        return False
    copy.read_at = clock.now()
    if copy.status_id == status_id:
        return False
    copy.status_id = status_id
    said = f"BigCommerce order {bigcommerce_id} is {BIGCOMMERCE.get(status_id, status_id)}."
    timeline.add(copy.order_id, "updated", said, "BigCommerce")
    if copy.problem == SHIPPED_HERE and status_id in FINAL:
        order = db.session.scalars(select(Order).where(Order.id == copy.order_id)).one()
        before, copy.problem, copy.problem_text = order.problem, "", ""
        _judge(order, before)
    db.session.flush()
    return True


def ours(bigcommerce_ids: Sequence[int]) -> set[int]:
    """Which of these BigCommerce orders came from TikTok Shop."""
    query = select(StoreOrder.bigcommerce_id).where(StoreOrder.bigcommerce_id.in_(bigcommerce_ids))
    return {number for number in db.session.scalars(query) if number is not None}
