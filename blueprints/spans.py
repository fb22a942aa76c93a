"""Reading what happened in a time, for orders and for requests alike: the shop that is meant, and the two days."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, g, request, url_for

from blueprints.page import done, page
from jobs.launch import launch
from models import Shop
from services import clock
from services.activities import Started
from services.errors import Invalid, NotFound

DAYS = 30  # that the form proposes


def _connected() -> NotFound:
    return NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")


def chosen_shop(what: str, where: str) -> Shop:
    """The shop of the form, else the chosen or only one; `what` is read of it, `where` it is chosen."""
    named = request.form.get("of_shop", "")
    shops: list[Shop] = g.shops
    found: Shop | None = next((one for one in shops if str(one.id) == named), None) or g.shop
    if found is None and len(shops) > 1:
        raise Invalid(f"Choose the shop whose {what} to read.", "Choose a shop", where)
    found = found or next(iter(shops), None)
    if found is None:
        raise _connected()
    return found


def read_recent(start: Callable[[Shop], Started], back: str, toast: str) -> Response:
    """Reads what is new of the chosen shop or of all now."""
    shops: Sequence[Shop] = [g.shop] if g.shop else list(g.shops)
    if not shops:
        raise _connected()
    started = [start(shop) for shop in shops]
    for one in started:
        launch(one.activity)
    return done(
        url_for(back),
        toast="This is moving already." if all(one.already for one in started) else toast,
        tone="info",
        action="See it",
        url=url_for("activities.show", activity_id=started[0].activity.id),
    )


def proposed() -> dict[str, Any]:
    """What the form of days begins with."""
    today = clock.now()
    since = today - timedelta(days=DAYS)
    return {"since": f"{since:%Y-%m-%d}", "until": f"{today:%Y-%m-%d}", "shops": g.shops, "error": ""}


def read_days(
    start: Callable[[datetime, datetime], Started], template: str, active: str, toast: str, moving: str
) -> Response:
    """Starts reading from one day to another, both included, or shows the form again."""
    since, until = (_day(request.form.get(name, "")) for name in ("since", "until"))
    if since is None or until is None:
        given = {"since": request.form.get("since", ""), "until": request.form.get("until", ""), "shops": g.shops}
        return page(template, status=422, active=active, error="Give both days.", **given)
    started = start(since, until + timedelta(days=1))
    launch(started.activity)
    where = url_for("activities.show", activity_id=started.activity.id)
    return done(where, toast=moving if started.already else toast, tone="info")


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
