"""Running and done work: the list, one activity with its items and their evidence, cancel, retry."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from blueprints.activities.evidence import shown
from blueprints.activities.faces import face, seen
from blueprints.kept import kept
from blueprints.page import done, fragment, page, partial, trigger
from jobs.launch import launch
from models import Activity, Shop
from services import activities as service
from services import listing_actions, publishing
from services.activities import ITEM_WORDS, OPEN
from services.errors import NotFound

activities = Blueprint("activities", __name__, url_prefix="/s/<store_hash>/activities")
MOVED = "activity-moved"  # what lies below the bar may follow it, less often
OVER = ("activity-over", "activity-finished", "notices")
PAGE, ITEMS = 20, 50
FILTERS = {
    "": "All",
    "done": "Done",
    "refused": "Refused",
    "failed": "Set aside",
    "skipped": "Skipped",
    "waiting": "Waiting",
    "working": "In hand",
}


@activities.app_context_processor
def _words() -> dict[str, Any]:
    """Every page may include the fragment of an activity; the top bar asks what is running."""
    return {"face": face, "running_activities": _running, "seen": seen}


def _running(limit: int) -> Sequence[Activity]:
    """When the request was admitted it was read whether anything moves; after a change it is looked up anew."""
    if request.method == "GET" and "admitted" in g and not g.admitted.is_moving:
        return ()
    return service.running(limit)


activities.add_app_template_filter(face)


@activities.get("/")
def index() -> Response:
    title, before = request.args.get("q", "").strip(), _number("before")
    running = service.running(title=title) if before is None else []
    finished = service.finished(PAGE + 1, before, title)
    older = finished[PAGE - 1].id if len(finished) > PAGE else None
    response = page(
        "activities/index.html",
        "activities/_lists.html",
        active="activities",
        running=running,
        finished=finished[:PAGE],
        title=title,
        before=before,
        older=older,
        searched=bool(title),
        shop_names=_shop_names([*running, *finished]),
    )
    if partial() and not running:
        trigger(response, OVER)
    return response


@activities.get("/running")
def running() -> Response:
    """What the top bar shows."""
    if (known := request.args.get("seen")) and known == seen([face(one) for one in _running(6)]):
        return Response(status=204)
    return page("activities/_running.html", "activities/_running.html")


@activities.get("/<int:activity_id>")
def show(activity_id: int) -> Response:
    activity = service.get(activity_id)
    return page("activities/show.html", "activities/_items.html", active="activities", **_shown(activity))


@activities.get("/<int:activity_id>/live")
def live(activity_id: int) -> Answer:
    """The fragment that asks for itself while the activity is open; its last answer tells the rest of the page."""
    activity = service.get(activity_id)
    if not partial():
        return redirect(url_for("activities.show", activity_id=activity_id), 303)
    shown = seen([face(activity)])
    if activity.state in OPEN and request.args.get("seen") == shown:
        return Response(status=204)  # HTMX leaves what is there and asks again
    key = ("activity", g.store.id, activity.id, g.shop.id if g.shop_named else None, shown)
    response = fragment(kept(key, lambda: render_template("activities/_activity.html", activity=activity)))
    trigger(response, MOVED if activity.state in OPEN else OVER)
    return response


@activities.get("/<int:activity_id>/buttons")
def buttons(activity_id: int) -> Response:
    """What can be done with it now; refreshed when it is over."""
    return page("activities/_buttons.html", "activities/_buttons.html", activity=service.get(activity_id))


@activities.get("/<int:activity_id>/items/<int:item_id>")
def item(activity_id: int, item_id: int) -> Response:
    """One item: what was sent and what came back."""
    activity, found = service.get(activity_id), service.item(item_id)
    if found.activity_id != activity.id:
        raise NotFound("This item does not exist.", "See all activities", "/activities/")
    exchanges = [shown(*one) for one in service.evidence(found.id)]
    return page(
        "activities/item.html",
        "activities/_evidence.html",
        active="activities",
        activity=activity,
        item=found,
        exchanges=exchanges,
        words=ITEM_WORDS,
    )


@activities.post("/<int:activity_id>/cancel")
def cancel(activity_id: int) -> Response:
    activity = service.get(activity_id)
    service.cancel(g.actor, activity)
    publishing.after_cancel(activity)
    url = url_for("activities.show", activity_id=activity.id)
    response = done(url, toast="What has not begun is skipped. What is being sent ends by itself.")
    launch(activity)
    return response


@activities.post("/<int:activity_id>/retry")
def retry(activity_id: int) -> Response:
    activity = service.get(activity_id)
    # Listings say themselves whether they may be sent again; other kinds repeat their items as they were.
    again = publishing.retry if activity.kind == "publish" else service.retry
    if activity.kind in listing_actions.MOVES:
        again = listing_actions.retry
    started = again(g.actor, activity)
    text = "This is moving already." if started.already else "The refused items are tried again."
    response = done(url_for("activities.show", activity_id=started.activity.id), toast=text, event="activity-started")
    launch(started.activity)
    return response


def _shown(activity: Activity) -> dict[str, Any]:
    state = request.args.get("state", "")
    state = state if state in FILTERS else ""
    after = _number("after") or 0
    rows = service.items(activity, state, after, ITEMS + 1)
    counts = {name: getattr(activity, name) for name in FILTERS if name} | {"": activity.total}
    return {
        "activity": activity,
        "items": rows[:ITEMS],
        "state": state,
        "after": after,
        "filters": FILTERS,
        "counts": counts,
        "next": rows[ITEMS - 1].id if len(rows) > ITEMS else None,
        "words": ITEM_WORDS,
    }


def _shop_names(found: list[Activity]) -> dict[int, str]:
    """Names only where they tell activities apart."""
    shops: list[Shop] = g.shops
    return {shop.id: shop.name for shop in shops} if len(shops) > 1 and any(one.shop_id for one in found) else {}


def _number(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None
