"""The publishing plan of a shop, and trials: who goes first, how many a day, until when; go on or stop."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.listings.area import listings
from blueprints.listings.selection import LARGEST, number
from blueprints.page import done, page
from jobs.launch import launch
from models import Activity, Shop, db
from services import activities, canary, publishing, quota_plan
from services.errors import Invalid, NotFound

ID = f"<int(max={LARGEST}):activity_id>"


@listings.get("/plan")
def plan() -> Response:
    """What waits for its day, in its order."""
    return page("listings/plan.html", "listings/_plan.html", **shown(chosen_shop()))


def chosen_shop() -> Shop | None:
    """The shop of the page; the only one that has something waiting, where none is chosen."""
    if g.shop is not None:
        shop: Shop = g.shop
        return shop
    busy = [one for one in g.shops if quota_plan.open_ones(one)]
    return busy[0] if len(busy) == 1 else None


def shown(shop: Shop | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "active": "listings",
        "shop": shop,
        "shops": [(f"{one.name} ({one.market})", url_for("listings.plan", shop=one.id)) for one in g.shops],
        "back": url_for("listings.index", tab="publishing"),
    }
    if shop is None:
        return data
    position, item_id = number("position"), number("item")
    after = None if position is None or item_id is None else (position, item_id)
    rows = quota_plan.queue(shop, after, quota_plan.PAGE + 1)
    last = rows[quota_plan.PAGE - 1] if len(rows) > quota_plan.PAGE else None
    return data | {
        "outlook": quota_plan.outlook(shop),
        "rows": rows[: quota_plan.PAGE],
        "next_url": url_for("listings.plan", shop=shop.id, position=last.position, item=last.item_id) if last else "",
        "first_url": url_for("listings.plan", shop=shop.id) if after else "",
        "activities": quota_plan.open_ones(shop),
    }


@listings.post("/plan/pin")
def pin() -> Response:
    """The named listings go first, or no longer."""
    shop = chosen_shop()
    ids = [key for value in request.form.getlist("id") if (key := selection.key(value)) is not None]
    if shop is None or not ids:
        raise Invalid("No listing is named.", "See the plan", "/listings/plan")
    wanted = request.form.get("wanted") == "1"
    quota_plan.pin(g.actor, shop, ids, wanted)
    db.session.commit()
    where = url_for("listings.plan", shop=shop.id)
    return done(where, fragment="listings/_plan.html", toast="It goes first." if wanted else "", **shown(shop))


@listings.get(f"/trial/{ID}")
def trial(activity_id: int) -> Response:
    """The listings that went first, and what can be decided."""
    return page("listings/_trial.html", "listings/_trial.html", **trial_data(_with_trial(activity_id)))


@listings.app_context_processor
def _trials() -> dict[str, Any]:
    return {"trial_of": lambda activity: trial_data(activity) if canary.state(activity) else None}


def trial_data(activity: Activity) -> dict[str, Any]:
    return {"activity": activity, "state": canary.state(activity), "birds": canary.birds(activity)}


def _with_trial(activity_id: int) -> Activity:
    activity = activities.get(activity_id)
    if not canary.state(activity):
        raise NotFound("This activity had no trial.", "See the activity", f"/activities/{activity_id}")
    return activity


@listings.post(f"/trial/{ID}/<any(go, stop):decision>")
def decide(activity_id: int, decision: str) -> Response:
    """Lets the rest follow, or takes it back."""
    activity = _with_trial(activity_id)
    if decision == "go":
        canary.go_on(g.actor, activity)
        text = "The rest follows now."
    else:
        canary.stop(g.actor, activity)
        publishing.after_cancel(activity)
        text = "The rest is not sent; its listings are ready to publish again."
    response = done(within(f"/activities/{activity.id}"), toast=text, event="listings-changed")
    launch(activity)
    return response
