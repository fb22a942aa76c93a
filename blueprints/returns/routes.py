"""The inbox, and reading requests of a time."""

from typing import Any

from flask import Response, g, request
from sqlalchemy import select

from blueprints import spans
from blueprints.layout import address
from blueprints.page import page
from blueprints.returns.area import returns
from domain.returns.statuses import KINDS, MEANING, TABS
from models import ReturnCursor, db
from services.returns import imports, pages
from services.returns.pages import Filters


@returns.get("/")
def index() -> Response:
    """The list, or its region alone for HTMX."""
    filters = _filters()
    numbers = pages.counts(filters.shop_id)
    after = request.args.get("after", "")
    shown = pages.page(filters, after=after)
    return page(
        "returns/index.html",
        "returns/_list.html",
        active="returns",
        filters=filters,
        shown=shown,
        total=numbers[""],
        tabs=_tabs(filters, numbers),
        meaning=MEANING.get(filters.tab, ""),
        kinds=KINDS,
        words=TABS,
        tones=pages.TONES,
        several_shops=len(g.shops) > 1 and filters.shop_id is None,
        next_url=address("returns.index", **filters.as_query(), after=shown.following) if shown.following else "",
        prev_url=address("returns.index", **filters.as_query()) if after else "",
        health=_health(),
    )


def _filters() -> Filters:
    """What makes no sense is left out."""
    given = {name: request.args.get(name, "").strip()[:200] for name in ("tab", "kind", "q")}
    tab = given["tab"] if given["tab"] in TABS else ""
    kind = given["kind"] if given["kind"] in KINDS else ""
    return Filters(tab, kind, given["q"], g.shop.id if g.shop else None)


def _tabs(filters: Filters, numbers: Any) -> list[tuple[str, str, int | None, bool]]:
    """(word, address, count, current); with a filter the counts would not be of the rows behind: none is shown."""
    kept = {**filters.as_query(), "tab": None}
    return [
        (
            word,
            address("returns.index", **{**kept, "tab": name or None}),
            None if filters.narrowed else numbers.get(name, 0),
            name == filters.tab,
        )
        for name, word in {"": "All", **TABS}.items()
    ]


def _health() -> list[dict[str, Any]]:
    """For each shop: when its requests were read last, and why that fails where it does."""
    rows = [row for row in db.session.scalars(select(ReturnCursor).order_by(ReturnCursor.id))]
    return [
        {"shop": shop, "note": next((row.note for row in rows if row.shop_id == shop.id and row.note), ""),
         "at": min((row.answered_at for row in rows if row.shop_id == shop.id and row.answered_at), default=None)}
        for shop in g.shops
        if g.shop is None or g.shop.id == shop.id
    ]  # fmt: skip


@returns.post("/sync")
def sync() -> Response:
    """Reads the requests of the last two weeks now (feature S3-110)."""
    toast = "Returns and cancellations of the last two weeks are being read."
    return spans.read_recent(lambda shop: imports.recent(g.actor, shop), "returns.index", toast)


@returns.get("/import")
def choose_days() -> Response:
    return page("returns/import.html", active="returns", **spans.proposed())


@returns.post("/import")
def start_import() -> Response:
    """Requests of a time: cancelled orders and returns that changed in it (feature S5-44)."""
    return spans.read_days(
        lambda since, until: imports.start(g.actor, spans.chosen_shop("requests", "/returns/import"), since, until),
        "returns/import.html",
        "returns",
        "Reading has started.",
        "This shop's requests are being read already.",
    )
