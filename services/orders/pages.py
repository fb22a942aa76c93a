"""The list of orders: tabs, filters, keyset pages. Every walk is one range of one index (models/order.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, false, func, select, tuple_, type_coerce

from domain.money import show_units
from domain.orders.statuses import ERROR, TABS
from models import Order, OrderLine, Shop, StoreOrder, db
from models.base import Key, Moment
from models.tenancy import scoped, tenant_id
from services import trigrams
from services.bulk import table_of
from services.prepared import STORE, prepared, rows

_order, _shop = table_of(Order), table_of(Shop)
SIZES = (10, 25, 50)
EXACT = 1000
TAB_NAMES: tuple[str, ...] = (*(tab.value for tab in TABS), ERROR)
TONES = {
    "ON_HOLD": "warning",
    "AWAITING_SHIPMENT": "primary",
    "PARTIALLY_SHIPPING": "primary",
    "AWAITING_COLLECTION": "primary",
    "IN_TRANSIT": "secondary",
    "DELIVERED": "success",
    "COMPLETED": "success",
    "CANCELLED": "quiet",
}
KINDS = {
    "seller": "Shipped by you",
    "tiktok": "Fulfilled by TikTok",
    "replacement": "Replacements",
    "sample": "Samples",
    "cancel": "Buyer asks to cancel",
    "outside": "Not in BigCommerce",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; the names are those in the address. `since` and `until` are days, both included."""

    tab: str = ""
    q: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""
    sku: str = ""
    code: str = ""  # of the problem, under Error
    shop_id: int | None = None  # the chosen shop; not a part of the address of its own

    @property
    def narrowed(self) -> bool:
        return any((self.q, self.since, self.until, self.kind, self.sku, self.code))

    def as_query(self) -> dict[str, str]:
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "shop_id"}
        return {name: value for name, value in values.items() if value}


class Line(NamedTuple):
    """One row of the list, in words; `bigcommerce_id` is 0 where it was not created there."""

    id: int
    number: str
    bigcommerce_id: int
    buyer: str
    placed_at: datetime
    status: str
    price: str
    quantity: int
    problem: str
    problem_text: str
    deadline_kind: str
    deadline_at: datetime | None
    shop: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`after` and `before`: cursors of the neighbours, empty where none is."""

    lines: Sequence[Line]
    first: int
    after: str
    before: str
    total: int
    is_exact: bool

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def total_text(self) -> str:
        return f"{self.total:,}" if self.is_exact else f"{self.total:,}+"


_COLUMNS = (
    _order.c.id,
    _order.c.tiktok_id,
    _order.c.bigcommerce_id,
    _order.c.buyer_name,
    _order.c.placed_at,
    _order.c.status,
    type_coerce(_order.c.total, Key).label("total"),
    _order.c.currency,
    _order.c.quantity,
    _order.c.problem,
    _order.c.problem_text,
    _order.c.deadline_kind,
    _order.c.deadline_at,
    _order.c.fulfillment,
    _order.c.replaces,
    _order.c.is_sample,
    _order.c.cancel_asked,
    _shop.c.name.label("shop"),
)


class Cursor(NamedTuple):
    """A place in the list: the moment an order was placed, and its number of ours."""

    placed_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{int(self.placed_at.timestamp() * 1_000_000)}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        when, _, number = text.partition("-")
        if not (when.isascii() and when.isdigit() and number.isascii() and number.isdigit()):
            return None
        if len(when) > 17 or len(number) > 18:
            return None
        return cls(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(when)), int(number))


def page(
    filters: Filters, counts: Mapping[str, int], size: int = 25, after: str = "", before: str = "", first: int = 1
) -> Page:
    """One page behind `after` or ahead of `before`, newest first."""
    size = size if size in SIZES else 25
    cursor = Cursor.read(after) if after else Cursor.read(before)
    backwards = bool(before) and not after and cursor is not None
    shape = _Shape(filters.tab, filters.shop_id is not None, cursor is not None, backwards)
    values: dict[str, Any] = {"most": size + 1}
    if filters.shop_id is not None:
        values["shop_id"] = filters.shop_id
    if filters.tab and filters.tab != ERROR:
        values["status"] = filters.tab
    if cursor is not None:
        values |= {"cursor_at": cursor.placed_at, "cursor_id": cursor.id}
    query = _plain(shape)
    narrowing = conditions(filters) if filters.narrowed else []
    if narrowing:
        query = prepared(_select(shape).where(*narrowing))
    found = list(rows(query, **values))
    if not found and cursor is not None:
        return page(filters, counts, size)  # what stood there is gone
    more = len(found) > size
    found = found[:size][::-1] if backwards else found[:size]
    ahead, behind = (more, True) if backwards else (cursor is not None, more)
    if narrowing:
        total = count(matching(filters), EXACT + 1)
        total, exact = min(total, EXACT), total <= EXACT
    else:
        total, exact = counts.get(filters.tab, 0), True
    return Page(
        [_line(row) for row in found],
        max(1, first) if ahead else 1,
        str(Cursor(found[-1].placed_at, found[-1].id)) if found and behind else "",
        str(Cursor(found[0].placed_at, found[0].id)) if found and ahead else "",
        total,
        exact,
    )


class _Shape(NamedTuple):
    """What a list's statement depends on; its values are bound."""

    tab: str
    of_shop: bool
    has_cursor: bool
    backwards: bool


@cache
def _plain(shape: _Shape) -> Select[Any]:
    return prepared(_select(shape))


def _select(shape: _Shape) -> Select[Any]:
    here = and_(_shop.c.id == _order.c.shop_id, _shop.c.store_id == STORE)
    query = select(*_COLUMNS).select_from(_order.outerjoin(_shop, here)).where(_order.c.store_id == STORE)
    if shape.of_shop:
        query = query.where(_order.c.shop_id == bindparam("shop_id", type_=Key))
    if shape.tab == ERROR:
        query = query.where(_order.c.problem != "")
    elif shape.tab:
        query = query.where(_order.c.status == bindparam("status", type_=String))
    if shape.has_cursor:
        mark = tuple_(bindparam("cursor_at", type_=Moment()), bindparam("cursor_id", type_=Key))
        place = tuple_(_order.c.placed_at, _order.c.id)
        query = query.where(place > mark if shape.backwards else place < mark)
    order = (
        (_order.c.placed_at.asc(), _order.c.id.asc())
        if shape.backwards
        else (_order.c.placed_at.desc(), _order.c.id.desc())
    )
    return query.order_by(*order).limit(bindparam("most", type_=Key))


def _line(row: Any) -> Line:
    marks = (
        ("Fulfilled by TikTok", row.fulfillment == "FULFILLMENT_BY_TIKTOK"),
        ("Replacement", bool(row.replaces)),
        ("Sample", row.is_sample),
        ("Buyer asks to cancel", row.cancel_asked and row.status != "CANCELLED"),
    )
    return Line(
        row.id,
        row.tiktok_id,
        row.bigcommerce_id or 0,
        row.buyer_name,
        row.placed_at,
        row.status,
        show_units(row.total, row.currency),
        row.quantity,
        row.problem,
        row.problem_text,
        row.deadline_kind,
        row.deadline_at,
        row.shop or "",
        tuple(word for word, true in marks if true),
    )


def matching(filters: Filters) -> Select[Any]:
    """The ids of everything that matches, whatever page is shown."""
    found: list[ColumnElement[bool]] = [_order.c.store_id == tenant_id()]
    if filters.shop_id is not None:
        found.append(_order.c.shop_id == filters.shop_id)
    if filters.tab == ERROR:
        found.append(_order.c.problem != "")
    elif filters.tab:
        found.append(_order.c.status == filters.tab)
    return select(_order.c.id).where(*found, *conditions(filters))


def count(query: Select[Any], most: int) -> int:
    """Counted up to `most`."""
    inner = query.limit(most).subquery()
    return int(db.session.scalar(scoped(select(func.count()).select_from(inner))) or 0)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What narrows the list besides tab and shop."""
    found: list[ColumnElement[bool]] = []
    if since := _day(filters.since):
        found.append(_order.c.placed_at >= since)
    if until := _day(filters.until):
        found.append(_order.c.placed_at < until + timedelta(days=1))
    if filters.q:
        found.append(_search(filters.q))
    if filters.sku:
        line = table_of(OrderLine)
        found.append(
            _order.c.id.in_(
                select(line.c.order_id).where(line.c.store_id == tenant_id(), line.c.seller_sku == filters.sku)
            )
        )
    if filters.code:
        found.append(and_(_order.c.problem != "", _order.c.problem == filters.code))
    kinds = {
        "seller": _order.c.fulfillment != "FULFILLMENT_BY_TIKTOK",
        "tiktok": _order.c.fulfillment == "FULFILLMENT_BY_TIKTOK",
        "replacement": _order.c.replaces != "",
        "sample": _order.c.is_sample,
        "cancel": and_(_order.c.cancel_asked, _order.c.status != "CANCELLED"),
        "outside": _order.c.bigcommerce_id.is_(None),
    }
    if filters.kind in kinds:
        found.append(kinds[filters.kind])
    return found


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _search(term: str) -> ColumnElement[bool]:
    """A number of TikTok's or BigCommerce's, or a part of the buyer's name (feature S3-108)."""
    term = term.replace("\0", "").strip().removeprefix("#")
    if not term:
        return false()
    if term.isascii() and term.isdigit():
        return _numbered(term)
    if len(term) < trigrams.SHORTEST:
        return _order.c.buyer_name.istartswith(term, autoescape=True)
    named = trigrams.ids(Order, ("buyer_name",), term)
    if len(named) > trigrams.COMMON:
        return _order.c.buyer_name.icontains(term, autoescape=True)
    return _order.c.id.in_(named)


def _numbered(term: str) -> ColumnElement[bool]:
    """Few are looked up first, each by its own index; what fits thousands is met soon when the list is walked."""
    begins = and_(_order.c.tiktok_id >= term, _order.c.tiktok_id < f"{term}:")  # ":" follows "9"
    here = _order.c.store_id == tenant_id()
    found = set(db.session.scalars(scoped(select(_order.c.id).where(here, begins).limit(trigrams.COMMON + 1))))
    if len(found) > trigrams.COMMON:
        return begins
    if len(term) < 18:
        number, copy = int(term), table_of(StoreOrder)
        found |= set(db.session.scalars(scoped(select(_order.c.id).where(here, _order.c.bigcommerce_id == number))))
        parts = select(copy.c.order_id).where(copy.c.store_id == tenant_id(), copy.c.bigcommerce_id == number)
        found |= set(db.session.scalars(scoped(parts)))
    return _order.c.id.in_(found)


def problems(shop_id: int | None) -> list[tuple[str, str, int]]:
    """(code, an example's text, orders) of the Error tab, the most frequent first."""
    query = select(_order.c.problem, func.min(_order.c.problem_text), func.count()).where(
        _order.c.store_id == tenant_id(), _order.c.problem != ""
    )
    if shop_id is not None:
        query = query.where(_order.c.shop_id == shop_id)
    found = db.session.execute(scoped(query.group_by(_order.c.problem).order_by(func.count().desc()).limit(20)))
    return [(code, text, number) for code, text, number in found]
