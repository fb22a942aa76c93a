"""The list of orders, the deadline board, and what was missing."""

from typing import Any

from flask import Response, g, request
from sqlalchemy import select

from blueprints.layout import ROW, address
from blueprints.orders.area import LARGEST, list_url, orders, read_filters, shop_id, status_words
from blueprints.page import page, partial
from domain.orders.deadlines import WORDS
from domain.orders.statuses import ERROR, MEANING
from models import Order, OrderCursor, OrderHour, db
from models.present import has_table
from services import clock
from services.errors import ServiceError
from services.orders import board, copies, counts, options, pages
from services.orders.pages import Filters

WAITS = ServiceError("Orders are being prepared: the database is being brought up to date. Try again in a minute.")
WAITS.status = 503


@orders.before_request
def present() -> None:
    """New code may meet a database whose migration is still to come."""
    if not has_table(Order):
        raise WAITS


@orders.get("/")
def index() -> Response:
    """The list, or its region alone for HTMX."""
    filters, size = read_filters(), _size()
    numbers = counts.read(shop_id())
    shown = pages.page(filters, numbers, size, request.args.get("after", ""), request.args.get("before", ""), _first())
    answer = page(
        "orders/index.html",
        "orders/_list.html",
        active="orders",
        filters=filters,
        size=size,
        sizes=pages.SIZES,
        shown=shown,
        total=numbers[""],
        tabs=tab_links(filters, size, numbers),
        problems=problem_links(filters, size) if filters.tab == ERROR else [],
        meaning=MEANING.get(filters.tab, ""),
        words=status_words(),
        tones=pages.TONES,
        kinds=pages.KINDS,
        several_shops=len(g.shops) > 1 and shop_id() is None,
        next_url=_neighbour(filters, size, shown, after=shown.after),
        prev_url=_neighbour(filters, size, shown, before=shown.before),
        detail=address("orders.detail", order_id=ROW).partition(str(ROW)),
        health=_health(),
        undecided=options.open_count(),
        now=clock.now(),
    )
    if partial() and request.headers.get("HX-Trigger", "") in ("order-search", "order-filters"):
        answer.headers["HX-Push-Url"] = list_url(**_query(filters, size))
    return answer


@orders.get("/deadlines")
def deadlines() -> Response:
    """What must be done before when."""
    kind = request.args.get("kind", "")
    return page(
        "orders/deadlines.html",
        "orders/_board.html",
        active="orders",
        board=board.board(shop_id(), kind),
        kind=kind,
        kinds={"": "All", **WORDS},
        words=status_words(),
        tones=pages.TONES,
    )


@orders.get("/gaps")
def gaps() -> Response:
    """How many orders TikTok has for each hour, and how many are here (feature I-33)."""
    query = select(OrderHour).order_by(OrderHour.hour.desc(), OrderHour.shop_id)
    if shop_id() is not None:
        query = query.where(OrderHour.shop_id == shop_id())
    filled = db.session.scalars(query.where(OrderHour.filled > 0).limit(100)).all()
    hours = db.session.scalars(query.limit(48 * max(1, len(g.shops)))).all()
    return page("orders/gaps.html", active="orders", hours=hours, filled=filled, health=_health(),
                shop_names={shop.id: shop.name for shop in g.shops})  # fmt: skip


def tab_links(filters: Filters, size: int, numbers: Any) -> list[tuple[str, str, int | None, bool]]:
    """(word, address, count, current); with a filter the counts would not be of the rows behind: none is shown."""
    kept = {**_query(filters, size), "code": None}
    names = {"": "All", ERROR: status_words()[ERROR], **{name: status_words()[name] for name in pages.TAB_NAMES}}
    return [
        (
            word,
            list_url(**{**kept, "tab": name or None}),
            None if filters.narrowed and not filters.code else numbers.get(name, 0),
            name == filters.tab,
        )
        for name, word in names.items()
    ]


def problem_links(filters: Filters, size: int) -> list[tuple[str, str, int, str, bool]]:
    """(code, example, orders, address, chosen)."""
    kept = _query(filters, size)
    return [
        (
            code,
            text,
            number,
            list_url(**{**kept, "code": None if code == filters.code else code}),
            code == filters.code,
        )
        for code, text, number in pages.problems(shop_id())
    ]


def _health() -> list[dict[str, Any]]:
    """For each shop: when its orders were read last, and why that fails where it does; how much waits to be written."""
    rows = {row.shop_id: row for row in db.session.scalars(select(OrderCursor))}
    return [
        {"shop": shop, "cursor": rows.get(shop.id), "waiting": copies.waiting() if number == 0 else 0}
        for number, shop in enumerate(g.shops)
        if g.shop is None or g.shop.id == shop.id
    ]


def _query(filters: Filters, size: int) -> dict[str, Any]:
    return filters.as_query() | ({"size": size} if size != 25 else {})


def _size() -> int:
    value = request.args.get("size", "")
    return int(value) if value in {str(size) for size in pages.SIZES} else 25


def _first() -> int:
    value = request.args.get("first", "")
    return int(value) if value.isascii() and value.isdigit() and int(value) <= LARGEST else 1


def _neighbour(filters: Filters, size: int, shown: pages.Page, after: str = "", before: str = "") -> str:
    if not after and not before:
        return ""
    first = shown.last + 1 if after else max(1, shown.first - size)
    cursor = {"after": after} if after else {"before": before}
    return list_url(**_query(filters, size), first=first, **cursor)
