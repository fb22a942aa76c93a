"""What is kept in step with BigCommerce, removals that wait for a person, and both sides compared."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints import places
from blueprints.layout import within
from blueprints.page import done, page
from blueprints.stock.words import ago
from domain.roles import CHANGE, SEE, SEND, Page
from jobs.launch import launch
from models import Activity, Shop, db
from services import activities, settings
from services.catalog_sync import board, noting, removals, sending
from services.errors import NotFound, ServiceError
from services.reconcile import comparing

sync = Blueprint("sync", __name__, url_prefix="/s/<store_hash>/sync")
places.register({
    "sync.index": (Page.LISTINGS, SEE),
    "sync.compare": (Page.LISTINGS, CHANGE),
    "sync.decide": (Page.LISTINGS, SEND),
    "sync.repair": (Page.LISTINGS, SEND),
    "sync.send": (Page.LISTINGS, SEND),
})  # fmt: skip
LARGEST = 2**63 - 1


def shops() -> list[Shop]:
    return [g.shop] if g.shop else list(g.shops)


def chosen() -> Shop:
    """The shop that the form names, among those one may see."""
    number = request.form.get("shop_id", type=int)
    found: Shop | None = next((shop for shop in g.shops if shop.id == number), None)
    if found is None:
        raise NotFound("This shop does not exist.", "See what is kept in step", "/sync/")
    return found


@sync.get("/")
def index() -> Response:
    """Each switch with its last act, what waits, the lag measured, the last comparison of each shop."""
    if not noting.ready():
        waits = ServiceError("The database is being brought up to date. Try again in a minute.")
        waits.status = 503
        raise waits
    ids = [shop.id for shop in shops()]
    return page("sync/index.html", "sync/_board.html", **_board(ids), **_sides())


def _board(ids: list[int]) -> dict[str, Any]:
    held = removals.undecided(ids)
    return {
        "active": "settings",
        "place": "sync",
        "switches": board.switches(settings.of(g.store)),
        "lags": board.lags(ids),
        "unsent": board.unsent(ids),
        "moving": board.on_their_way(ids),
        "to_publish": board.to_publish(ids),
        "removing": removals.waiting(ids),
        "undecided": [(shop, [one for one in held if one.shop_id == shop.id]) for shop in shops()],
        "ago": ago,
    }


def _sides() -> dict[str, Any]:
    last = [(shop, comparing.last(shop.id)) for shop in shops()]
    return {
        "compared": [(shop, one, comparing.exceptions(one) if one else []) for shop, one in last],
        "open_states": activities.OPEN,
    }


@sync.post("/decide")
def decide() -> Response:
    """Deletes, deactivates or keeps what waits for a person."""
    decision = request.form.get("what", "")
    begun = removals.decide(g.actor, chosen(), decision)
    response = _started(begun, "They stay on TikTok Shop." if decision == "keep" else "The listings are on their way.")
    _launch(begun)
    return response


@sync.post("/compare")
def compare() -> Response:
    """Reads the whole shop; sends nothing."""
    started = comparing.start(g.actor, chosen())
    toast = "Both sides are being compared already." if started.already else "Both sides are being compared."
    response = done(url_for("sync.index"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@sync.post(f"/repair/<int(max={LARGEST}):activity_id>")
def repair(activity_id: int) -> Response:
    """Everything on the exception list."""
    activity = activities.get(activity_id)
    shop = next((one for one in g.shops if one.id == activity.shop_id), None)
    if shop is None:
        raise NotFound("This comparison does not exist.", "See what is kept in step", "/sync/")
    begun = comparing.repair(g.actor, shop, activity)
    response = _started(begun, "The differences are being repaired.")
    _launch(begun)
    return response


@sync.post("/send")
def send() -> Response:
    """Tries again what was noted and could not be sent."""
    count = sending.send_again([shop.id for shop in shops()])
    begun = noting.pour()
    toast = f"{count:,} {'listing is' if count == 1 else 'listings are'} tried again." if count else "Nothing waits."
    response = done(url_for("sync.index"), toast=toast, tone="info")
    _launch(begun)
    return response


def _started(begun: list[Activity], toast: str) -> Response:
    location = within(f"/activities/{begun[0].id}") if len(begun) == 1 else url_for("sync.index")
    return done(location, toast=toast, tone="info", event="activity-started")


def _launch(begun: list[Activity]) -> None:
    db.session.commit()
    for activity in begun:
        launch(activity)
