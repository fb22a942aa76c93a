"""Copying listings to other shops of the store: every difference is seen before it is done (features S4-31)."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.listings.area import listings
from blueprints.listings.bulk import shop_links
from blueprints.listings.selection import Selection, as_query, number, one_shop
from blueprints.listings.values import LABELS
from blueprints.page import done, page
from domain.capabilities import Capability
from jobs.launch import launch, ring_job
from models import Shop
from services.copying import doing
from services.copying.plan import Target, plan, targets
from services.errors import Invalid
from services.global_stores import publishing_model

STATES = {
    "same": ("the same", "success"),
    "changed": ("changed", "primary"),
    "left": ("left out", "warning"),
    "missing": ("missing there", "warning"),
}


@listings.get("/copy")
def copy_form() -> Response:
    """What would become of the selected listings in the chosen shops; changes nothing."""
    return _form(selection.read())


def _form(chosen: Selection, status: int = 200, wrong: str = "") -> Response:
    shop = one_shop(chosen)
    data: dict[str, Any] = {
        "active": "listings",
        "given": chosen.fields(),
        "shop": shop,
        "wrong": wrong,
        "back": url_for("listings.index", **as_query(chosen.filter)),
        "shops": shop_links("listings.copy_form", chosen),
        "states": STATES,
        "labels": LABELS,
    }
    if shop is not None:
        data |= _plans(chosen, shop)
    return page("listings/copy.html", "listings/_copy.html", status=status, **data)


def _plans(chosen: Selection, shop: Shop) -> dict[str, Any]:
    others = targets(shop, g.shops)
    wanted = _wanted(others)
    query, after = chosen.query(shop), number("after") or 0
    plans = [plan(shop, one, query, choice(one), after) for one in wanted]
    for each in plans:
        for category_id in each.unread:  # by the next look they are known
            ring_job("live", "jobs.needs.read", g.store.id, each.target.id, category_id)
    return {
        "others": others,
        "wanted": {one.id for one in wanted},
        "count": chosen.count(shop),
        "from_here": publishing_model.verdict(shop, Capability.COPY_FROM),
        "plans": plans,
        "after": after,
    }


def _wanted(others: list[Target]) -> list[Shop]:
    given = set(request.values.getlist("target"))
    able = [one.shop for one in others if one.verdict]
    return [shop for shop in able if str(shop.id) in given] or (able if len(able) == 1 and not given else [])


def choice(target: Shop) -> dict[str, str]:
    """What was chosen for each category of the source, in the form."""
    start = f"category-{target.id}-"
    said = {name.removeprefix(start): value for name, value in request.values.items() if name.startswith(start)}
    return {key: value for key, value in said.items() if key.isalnum() and (value.isalnum() or not value)}


@listings.post("/copy")
def copy() -> Response:
    """An activity for each chosen shop."""
    chosen = selection.read()
    shop = one_shop(chosen)
    if shop is None:
        return _form(chosen, 422)
    wanted = _wanted(targets(shop, g.shops))
    if not wanted:
        return _form(chosen, 422, "Choose at least one shop to copy to.")
    query = chosen.query(shop)
    # What the form showed and nobody touched is decided as it was shown.
    try:
        started = [
            doing.start(g.actor, shop, one, query, plan(shop, one, query, choice(one)).road.choice) for one in wanted
        ]
    except Invalid as wrong:
        return _form(chosen, 422, wrong.text)
    where = within(f"/activities/{started[0].activity.id}" if len(started) == 1 else "/activities/")
    text = "Copying: the new listings are staged and can be looked at before they are published."
    response = done(where, toast=text, tone="info", event="activity-started")
    for each in started:
        launch(each.activity)
    ring_job("bulk", "jobs.rechecks.run", g.store.id)
    return response
