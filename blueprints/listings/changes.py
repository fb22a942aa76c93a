"""Changes of listings on TikTok: compare first, see them field by field, then send exactly those."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.listings.area import listings
from blueprints.listings.bulk import shop_links
from blueprints.listings.selection import LARGEST, Selection, as_query, number, one_shop
from blueprints.page import done, page
from jobs.launch import launch
from models import Activity
from services import activities, listing_diff, listing_edits
from services.activities import OPEN
from services.errors import Invalid, NotFound

PAGE = 25
FIELDS = {
    "title": "title",
    "description": "description",
    "category": "category (everything else goes along)",
    "images": "pictures",
    "brand": "brand",
    "attributes": "attributes",
    "weight": "package weight",
    "dimensions": "package size",
}
KINDS = {"content": "content", "price": "prices", "stock": "quantities", "variants": "variants"}
ID = f"<int(max={LARGEST}):activity_id>"


@listings.get("/changes")
def compare_form() -> Response:
    """How many can be compared; changes nothing."""
    return show_form(selection.read())


def show_form(chosen: Selection, status: int = 200) -> Response:
    shop = one_shop(chosen)
    data: dict[str, Any] = {
        "active": "listings",
        "given": chosen.fields(),
        "shop": shop,
        "shops": shop_links("listings.compare_form", chosen),
        "back": url_for("listings.index", **as_query(chosen.filter)),
    }
    if shop is not None:
        data["plan"] = listing_edits.plan(shop, chosen.query(shop))
    return page("listings/compare.html", "listings/_compare.html", status=status, **data)


@listings.post("/changes")
def compare() -> Response:
    """Starts the comparison of the selected listings; it sends nothing."""
    chosen = selection.read()
    shop = one_shop(chosen)
    if shop is None:
        return show_form(chosen, 422)
    wanted = chosen.query(shop)
    if request.form.get("only") == "unsent":
        wanted = wanted.where(listing_edits.unsent())
    started = listing_edits.compare(g.actor, shop, wanted)
    response = done(url_for("listings.changes", activity_id=started.activity.id))
    launch(started.activity)
    return response


@listings.get(f"/changes/{ID}")
def changes(activity_id: int) -> Response:
    """What a comparison found, field by field."""
    return page("listings/changes.html", "listings/_changes.html", **_shown(_comparison(activity_id)))


def _comparison(activity_id: int) -> Activity:
    activity = activities.get(activity_id)
    if activity.kind != listing_edits.COMPARE:
        raise NotFound("This activity compared nothing.", "See the activity", f"/activities/{activity_id}")
    return activity


def _shown(activity: Activity) -> dict[str, Any]:
    found = listing_edits.sums(activity)
    after = number("after") or 0
    rows = listing_edits.differing(activity, after, PAGE + 1)
    return {
        "active": "listings",
        "activity": activity,
        "open": activity.state in OPEN,
        "found": found,
        "by_kind": [(found.get(kind, 0), KINDS[kind]) for kind in listing_diff.KINDS if found.get(kind)],
        "by_field": [(name, word, found[f"field.{name}"]) for name, word in FIELDS.items() if f"field.{name}" in found],
        "items": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "after": after,
        "refused": activities.items(activity, "problems", 0, PAGE),
        "back": url_for("listings.index", tab="all"),
        "here": request.path,
    }


@listings.post(f"/changes/{ID}/send")
def send_changes(activity_id: int) -> Response:
    """Sends what was shown."""
    scope = request.form.get("scope", listing_edits.ALL)
    if scope not in listing_edits.SCOPES:
        raise Invalid("Choose what to send: everything, some fields, the prices, or the quantities.")
    fields = [name for name in request.form.getlist("field") if name in FIELDS]
    started = listing_edits.send(g.actor, _comparison(activity_id), scope, fields)
    here = within(f"/activities/{started.activity.id}")
    response = done(here, toast="The changes are on their way.", tone="info", event="listings-changed")
    launch(started.activity)
    return response
