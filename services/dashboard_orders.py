"""The dashboard's part about orders: their counts, what is late or stuck, and how fresh orders, stock and money are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from domain.finance.reconciliation import State
from domain.orders.statuses import ERROR
from models import AfterSale, MoneyCursor, Order, OrderCursor, Shop, StockIncident, db
from models.present import has_table
from services import clock, counters, streams
from services.finance import comparing, reading
from services.orders import counts, pages
from services.returns import pages as requests

TABS = tuple(name for name in pages.TAB_NAMES if name not in ("DELIVERED",))
STALE = timedelta(minutes=10)  # orders are asked for every minute
OLD_MONEY = timedelta(hours=48)  # statements are asked for once a day


@dataclass(frozen=True, slots=True)
class Trouble:
    """Orders that wait for a person: what it costs, in words; `url` leads below the store's own pages."""

    tone: str
    text: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """One line of synchronisation: `tone` success, warning or quiet."""

    what: str
    word: str
    tone: str
    text: str
    at: datetime | None = None


def present() -> bool:
    return has_table(Order)


def order_counts(chosen: Sequence[Shop]) -> Mapping[str, int]:
    """Orders by tab, every tab named; "" is all (feature S3-38)."""
    read: dict[str, int] = {"": 0, **dict.fromkeys(TABS, 0)}
    for shop in chosen if present() else ():
        for name, number in counts.read(shop.id).items():
            read[name] = read.get(name, 0) + number
    return read


def urgent(chosen: Sequence[Shop]) -> list[Trouble]:
    """A missed deadline costs most: TikTok counts it, and cancels. Then orders that are not in BigCommerce."""
    if not present():
        return []
    now, found = clock.now(), []
    late = _deadlines(chosen, Order.deadline_at < now)
    if late:
        text = f"{_orders(late)} {'is' if late == 1 else 'are'} past a deadline of TikTok Shop."
        found.append(Trouble("danger", text, "See the deadlines", "/orders/deadlines"))
    answers = to_answer(chosen)
    if answers:
        who = "1 buyer waits" if answers == 1 else f"{answers:,} buyers wait"
        text = f"{who} for your answer. TikTok grants what nobody answers in time."
        found.append(Trouble("danger", text, "Answer them", "/returns/?tab=answer"))
    stuck = sum(counts.read(shop.id).get(ERROR, 0) for shop in chosen)
    if stuck:
        text = f"{_orders(stuck)} could not be brought to BigCommerce or back."
        found.append(Trouble("danger", text, "See the reasons", f"/orders/?tab={ERROR}"))
    return found


def soon(chosen: Sequence[Shop]) -> list[Trouble]:
    """What becomes urgent within a day, and books that do not agree."""
    if not present():
        return []
    now, found = clock.now(), []
    today = _deadlines(chosen, Order.deadline_at >= now, Order.deadline_at < now + timedelta(hours=24))
    if today:
        text = f"{_orders(today)} {'has' if today == 1 else 'have'} a deadline within 24 hours."
        found.append(Trouble("warning", text, "See the deadlines", "/orders/deadlines"))
    for state, words in (
        (State.UNEXPLAINED, "settled with a difference that nothing explains."),
        (State.ATTENTION, "settled with a difference that you should look at."),
    ):
        number = sum(counters.read(comparing.SCOPE, shop.id).get(state.value, 0) for shop in reading.with_money(chosen))
        if number > 0:
            url = f"/finance/?state={state.value}"
            found.append(Trouble("warning", f"{_orders(number)} {words}", "Compare the books", url))
    return found


def _deadlines(chosen: Sequence[Shop], *when: ColumnElement[bool]) -> int:
    """The hour in which a buyer may still cancel is no deadline of ours."""
    query = select(func.count(Order.id)).where(
        Order.deadline_at.is_not(None),
        Order.deadline_kind != "hold",
        Order.shop_id.in_([shop.id for shop in chosen]),
        *when,
    )
    return int(db.session.scalar(query) or 0)


def to_answer(chosen: Sequence[Shop]) -> int:
    """Cancellations and returns that wait for the merchant."""
    if not has_table(AfterSale):
        return 0
    return sum(requests.counts(shop.id).get("answer", 0) for shop in chosen)


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count:,} orders"


def freshness(chosen: Sequence[Shop], spell: Callable[[datetime], str]) -> list[Freshness]:
    """How far orders, stock and money are behind. `spell` writes a moment."""
    return [line for line in (_orders_read(chosen, spell), _stock(chosen), _money(chosen, spell)) if line]


def _orders_read(chosen: Sequence[Shop], spell: Callable[[datetime], str]) -> Freshness | None:
    if not present():
        return None
    ids = [shop.id for shop in chosen]
    rows = db.session.scalars(select(OrderCursor).where(OrderCursor.shop_id.in_(ids))).all()
    waiting = streams.waiting("write_orders")
    tail = f" {waiting:,} wait to be written to BigCommerce." if waiting else ""
    answered = [row.answered_at for row in rows if row.answered_at is not None]
    what = "Orders from TikTok Shop"
    if not answered:
        return Freshness(what, "Not yet", "quiet", f"They are asked for every minute.{tail}")
    oldest, notes = min(answered), [row.note for row in rows if row.note]
    behind = clock.now() - oldest > STALE or bool(notes)
    text = f"{notes[0]} Nothing is lost: they are asked for again." if notes else f"Last read {spell(oldest)}."
    return Freshness(
        what, "Behind" if behind else "Up to date", "warning" if behind else "success", text + tail, oldest
    )


def _stock(chosen: Sequence[Shop]) -> Freshness | None:
    if not has_table(StockIncident):
        return None
    waiting = sum(streams.waiting("push_stock", shop.id) for shop in chosen)
    query = select(func.count(StockIncident.id)).where(
        StockIncident.shop_id.in_([shop.id for shop in chosen]), StockIncident.state == "open"
    )
    incidents = int(db.session.scalar(query) or 0)
    text = f"{waiting:,} listings wait for a push." if waiting else "Every change was pushed."
    if incidents:
        return Freshness("Stock to TikTok Shop", "Differs", "warning", f"{incidents:,} open differences. {text}")
    return Freshness("Stock to TikTok Shop", "Working" if waiting else "Up to date", "success", text)


def _money(chosen: Sequence[Shop], spell: Callable[[datetime], str]) -> Freshness | None:
    shops = reading.with_money(chosen)
    if not has_table(MoneyCursor) or not shops:
        return None
    rows = db.session.scalars(select(MoneyCursor).where(MoneyCursor.shop_id.in_([shop.id for shop in shops]))).all()
    answered = [row.answered_at for row in rows if row.answered_at is not None]
    what = "Statements from TikTok Shop"
    if not answered:
        return Freshness(what, "Not yet", "quiet", "They are read once a day; the first reading begins by itself.")
    oldest = min(answered)
    behind = clock.now() - oldest > OLD_MONEY
    note = next((row.note for row in rows if row.note), "")
    text = f"Last read {spell(oldest)}. {note or 'TikTok settles an order 3 to 15 days after its delivery.'}"
    return Freshness(what, "Behind" if behind else "Up to date", "warning" if behind else "success", text, oldest)
