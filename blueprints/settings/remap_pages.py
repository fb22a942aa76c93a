"""The guided change of a confirmed mapping, its versions, and which locations are a third party's service."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from jobs.launch import launch
from models import Shop, db
from services import activities, warehouses
from services.errors import Invalid, NotFound, ServiceError
from services.places import centers, effects, remapping, versions
from services.places.remapping import Begun, Look

remap_area = Blueprint("remap", __name__, url_prefix="/s/<store_hash>/settings/warehouses")
NUMBER = "<int(max=9223372036854775807):mapping_version_id>"


def chosen_shop() -> Shop:
    shop: Shop | None = g.shop or next(iter(g.shops), None)
    if shop is None:
        raise NotFound("No TikTok shop is connected yet.", "Connect TikTok Shop", "/wizard/connect")
    return shop


@remap_area.get("/change")
def show() -> Response:
    """The mapping as it is, to be changed; or the version that is being prepared; and what came before."""
    shop = chosen_shop()
    saved = {place: warehouse for warehouse, place in warehouses.pairs(shop)}
    return _page(shop, saved)


@remap_area.post("/change/look")
def look() -> Response:
    """What the chosen mapping would do; nothing is kept or sent."""
    shop = chosen_shop()
    homes = _homes()
    try:
        found = remapping.look(shop, homes)
    except Invalid as wrong:
        return _page(shop, homes, fault=wrong, status=422)
    return _page(shop, homes, found)


@remap_area.post("/change")
def begin() -> Response:
    shop, homes, reason = chosen_shop(), _homes(), request.form.get("reason", "")
    try:
        begun = remapping.begin(g.actor, shop, homes, reason, request.form.get("seen", ""))
    except Invalid as wrong:
        return _page(shop, homes, remapping.look(shop, homes), fault=wrong, status=422)
    return _begun(begun)


@remap_area.post("/change/undo")
def undo() -> Response:
    return _begun(remapping.undo(g.actor, chosen_shop()))


@remap_area.post(f"/change/{NUMBER}/go-on")
def go_on(mapping_version_id: int) -> Response:
    """Tries what was refused again, or changes the mapping without it."""
    anyway = request.form.get("anyway") == "1"
    return _begun(remapping.go_on(g.actor, chosen_shop(), mapping_version_id, anyway))


@remap_area.post(f"/change/{NUMBER}/give-up")
def give_up(mapping_version_id: int) -> Response:
    version = remapping.give_up(g.actor, chosen_shop(), mapping_version_id)
    response = done(url_for("remap.show"), toast=f"Version {version.number} is given up; the mapping is as it was.")
    db.session.commit()
    return response


@remap_area.post("/service")
def service() -> Response:
    """Says that a location is a third party's service, or is not."""
    centers.declare(g.actor, request.form.get("location", 0, type=int), request.form.get("name", ""))
    response = done(url_for("settings.warehouses"), toast="Saved.")
    db.session.commit()
    return response


def _homes() -> dict[int, int]:
    """`location-<id>` = our warehouse, empty where nothing sells it."""
    found = {}
    for name, value in request.form.items():
        number = name.removeprefix("location-")
        if name.startswith("location-") and number.isdigit() and len(number) < 19:
            found[int(number)] = int(value) if value.isdigit() and len(value) < 19 else 0
    return found


def _begun(begun: Begun) -> Response:
    activity = begun.activity
    if begun.version.state == versions.ACTIVE:
        text = f"Version {begun.version.number} of the mapping is active."
    else:
        text = f"Version {begun.version.number} is being prepared; until then the mapping is as it was."
    where = within(f"/activities/{activity.id}") if activity else url_for("remap.show")
    response = done(where, toast=text, event="activity-started")
    launch(activity)
    return response


def _page(
    shop: Shop, homes: dict[int, int], found: Look | None = None, *, fault: Invalid | None = None, status: int = 200
) -> Response:
    preparing = versions.of_state(shop, versions.PREPARING)
    running = activities.opened(f"{remapping.KIND}:{shop.id}") if preparing else None
    refusal: ServiceError | None = None
    try:
        remapping.refuse_unless_open(shop)
    except ServiceError as no:
        refusal = no
    data: dict[str, Any] = {
        "active": "settings",
        "place": "warehouses",
        "shops": g.shops,
        "shop": shop,
        "homes": homes,
        "sales": [row for row in warehouses.of(shop) if row.type == warehouses.SALES],
        "locations": [row for row in warehouses.locations() if row.is_enabled or row.id in homes],
        "centers": centers.names(),
        "found": found,
        "fault": fault,
        "reason": request.form.get("reason", ""),
        "refusal": refusal,
        "preparing": preparing,
        "running": running,
        "refused": effects.refused(preparing.activity_id)
        if preparing and preparing.activity_id and not running
        else [],
        "history": versions.history(shop),
        "labels": {row.id: row.label for row in warehouses.locations()},
        "names": {row.id: row.name for row in warehouses.of(shop)},
        "undo": remapping.undoable(shop)[0] if refusal is None else None,
        "states": warehouses.STATES,
        "type_labels": warehouses.LABELS,
        "words": versions.WORDS,
        "kinds": versions.KINDS,
    }
    return page("settings/remap.html", "settings/_remap.html", status=status, **data)
