"""The inbox, and reading requests of a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import select

from blueprints.layout import address
from blueprints.page import done, page
from blueprints.returns.area import returns
from domain.returns.statuses import KINDS, MEANING, TABS
from jobs.launch import launch
from models import ReturnCursor, Shop, db
from services import clock
from services.errors import Invalid, NotFound
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


def chosen_shop() -> Shop:
    """The shop of the form, else the chosen or only one."""
    named = request.form.get("of_shop", "")
    shops: list[Shop] = g.shops
    found: Shop | None = next((one for one in shops if str(one.id) == named), None) or g.shop
    if found is None and len(shops) > 1:
        raise Invalid("Choose the shop whose requests to read.", "Choose a shop", "/returns/import")
    found = found or next(iter(shops), None)
    if found is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return found


@returns.post("/sync")
def sync() -> Response:
    """Reads the requests of the last two weeks now (feature S3-110)."""
    shops = [g.shop] if g.shop else list(g.shops)
    if not shops:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    started = [imports.recent(g.actor, shop) for shop in shops]
    for one in started:
        launch(one.activity)
    moving = all(one.already for one in started)
    return done(
        url_for("returns.index"),
        toast="This is moving already."
        if moving
        else "Returns and cancellations of the last two weeks are being read.",
        tone="info",
        action="See it",
        url=url_for("activities.show", activity_id=started[0].activity.id),
    )


@returns.get("/import")
def choose_days() -> Response:
    today = clock.now()
    since = today - timedelta(days=30)
    return page("returns/import.html", active="returns", since=f"{since:%Y-%m-%d}", until=f"{today:%Y-%m-%d}",
                shops=g.shops, error="")  # fmt: skip


@returns.post("/import")
def start_import() -> Response:
    """Requests of a time: cancelled orders and returns that changed in it (feature S5-44)."""
    since, until = (_day(request.form.get(name, "")) for name in ("since", "until"))
    if since is None or until is None:
        data = {"since": request.form.get("since", ""), "until": request.form.get("until", ""), "shops": g.shops}
        return page("returns/import.html", status=422, active="returns", error="Give both days.", **data)
    started = imports.start(g.actor, chosen_shop(), since, until + timedelta(days=1))
    launch(started.activity)
    toast = "This shop's requests are being read already." if started.already else "Reading has started."
    return done(url_for("activities.show", activity_id=started.activity.id), toast=toast, tone="info")


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
