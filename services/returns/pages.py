"""The inbox of requests: tabs, filters, keyset pages; what waits for an answer comes by the minutes that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, tuple_

from domain.money import show
from domain.orders.deadlines import left
from domain.returns.statuses import KINDS, TABS, WORDS, Tab
from models import AfterSale, AfterSaleLine, Shop, db
from services import clock

SIZES = (25, 50)
MOST = 200  # of those that wait for an answer: they are shown at once
TONES: dict[str, str] = {"answer": "warning", "waiting": "primary", "accepted": "success", "rejected": "danger",
                         "closed": "secondary"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; the names are those in the address."""

    tab: str = ""
    kind: str = ""
    q: str = ""
    shop_id: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.kind)

    def as_query(self) -> dict[str, str]:
        values = {"tab": self.tab, "kind": self.kind, "q": self.q}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """One row, in words. `left` and `tone` of the countdown are empty where nothing runs."""

    id: int
    number: str
    order_number: str
    order_id: int | None
    kind: str
    status: str
    tab: str
    asked_at: datetime
    reason: str
    amount: str
    product: str
    pieces: int
    shop: str
    left: str
    tone: str
    deadline_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: Sequence[Line]
    following: str  # a cursor; empty at the end


def counts(shop_id: int | None) -> Mapping[str, int]:
    """By tab, "" for all."""
    query = select(AfterSale.tab, func.count(AfterSale.id)).group_by(AfterSale.tab)
    if shop_id is not None:
        query = query.where(AfterSale.shop_id == shop_id)
    found = {tab: int(count) for tab, count in db.session.execute(query)}
    return {**{str(name): 0 for name in TABS}, **found, "": sum(found.values())}


def page(filters: Filters, size: int = 25, after: str = "") -> Page:
    """The first come first where an answer is asked for, else the newest."""
    query = select(AfterSale).where(*_conditions(filters))
    if filters.tab == Tab.ANSWER:
        query = query.order_by(AfterSale.deadline_at.is_(None), AfterSale.deadline_at, AfterSale.id)
        found, following = list(db.session.scalars(query.limit(MOST))), ""
    else:
        if (mark := _cursor(after)) is not None:
            query = query.where(tuple_(AfterSale.asked_at, AfterSale.id) < mark)
        query = query.order_by(AfterSale.asked_at.desc(), AfterSale.id.desc())
        found = list(db.session.scalars(query.limit(size + 1)))
        more, found = len(found) > size, found[:size]
        last = found[-1] if more else None
        following = f"{int(last.asked_at.timestamp() * 1_000_000)}-{last.id}" if last else ""
    return Page(_lines(found), following)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.shop_id is not None:
        found.append(AfterSale.shop_id == filters.shop_id)
    if filters.tab:
        found.append(AfterSale.tab == filters.tab)
    if filters.kind:
        found.append(AfterSale.kind == filters.kind)
    if filters.q:
        found.append(_search(filters.q))
    return found


def _search(term: str) -> ColumnElement[bool]:
    """A number of the request or of its order, a SKU, or a part of the product's name."""
    term = term.strip().removeprefix("#")
    if not term:
        return false()
    if term.isascii() and term.isdigit() and len(term) > 5:
        return or_(
            AfterSale.tiktok_id.startswith(term, autoescape=True),
            AfterSale.order_number.startswith(term, autoescape=True),
        )
    named = or_(AfterSaleLine.seller_sku == term, AfterSaleLine.product_name.icontains(term, autoescape=True))
    return AfterSale.id.in_(select(AfterSaleLine.after_sale_id).where(named))


def _cursor(text: str) -> tuple[datetime, int] | None:
    when, _, number = text.partition("-")
    if not (when.isascii() and when.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(when) > 17 or len(number) > 18:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(when)), int(number)


def _lines(found: Sequence[AfterSale]) -> list[Line]:
    ids = [request.id for request in found]
    named: dict[int, list[str]] = {}
    query = select(AfterSaleLine.after_sale_id, AfterSaleLine.product_name, AfterSaleLine.seller_sku)
    for number, name, sku in db.session.execute(query.where(AfterSaleLine.after_sale_id.in_(ids))):
        named.setdefault(number, []).append(name or sku)
    shops = {shop.id: shop.name for shop in db.session.scalars(select(Shop))}
    now = clock.now()
    return [_line(request, named.get(request.id, []), shops.get(request.shop_id, ""), now) for request in found]


def _line(request: AfterSale, names: Sequence[str], shop: str, now: datetime) -> Line:
    runs = request.deadline_at if request.tab == Tab.ANSWER else None
    return Line(
        request.id,
        request.tiktok_id,
        request.order_number,
        request.order_id,
        KINDS[request.kind],
        WORDS.get(request.status, request.status.replace("_", " ").capitalize()),
        request.tab,
        request.asked_at,
        request.reason_text,
        show(request.total, request.currency),
        names[0] if names else "",
        len(names),
        shop,
        left(runs, now) if runs else "",
        urgency(runs, now),
        runs,
        request.answer_text if request.answer_state == "refused" else "",
    )


def urgency(deadline: datetime | None, now: datetime) -> str:
    """The tone of a countdown."""
    if deadline is None:
        return ""
    hours = (deadline - now).total_seconds() / 3600
    return "danger" if hours < 4 else "warning" if hours < 24 else "primary"
