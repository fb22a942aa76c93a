"""Publishing: what will be sent and what will not, from which warehouses, and how much of today's limit that takes."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.listings.area import listings
from blueprints.listings.bulk import shop_links
from blueprints.listings.selection import Selection, as_query, one_shop
from blueprints.page import done, page
from domain.capabilities import Capability
from domain.rulepacks import pack_for
from domain.tabs import Tab
from jobs.launch import launch
from models import Shop
from services import canary, clock, publishing, warehouses
from services.global_stores import publishing_model
from services.publishing import Plan

WHY_LEFT_OUT = {
    Tab.INCOMPLETE: "not complete yet",
    Tab.READY: "held back",
    Tab.SCHEDULED: "scheduled already",
    Tab.PUBLISHING: "being published already",
    Tab.IN_REVIEW: "in review already",
    Tab.LIVE: "live already",
    Tab.FAILED: "refused, and not complete yet",
    Tab.DEACTIVATED: "deactivated on TikTok",
}


@listings.get("/publish")
def confirm() -> Response:
    """The confirmation; changes nothing."""
    return show_plan(selection.read())


def show_plan(chosen: Selection, status: int = 200, wrong: str = "") -> Response:
    shop = one_shop(chosen)
    data: dict[str, Any] = {
        "active": "listings",
        "given": chosen.fields(),
        "shop": shop,
        "wrong": wrong,
        "typed": request.form,
        "back": url_for("listings.index", **as_query(chosen.filter)),
        "shops": shop_links("listings.confirm", chosen),
    }
    if shop is not None:
        plan = publishing.plan(shop, chosen.query(shop))
        verdict = publishing_model.verdict(shop, Capability.PUBLISH_FROM_DRAFT)
        data |= {"plan": plan, "left_out": left_out(plan), "why_not": why_not(plan, "" if verdict else verdict.reason)}
        data |= {"new_shop_limit": tier(shop), "states": warehouses.STATES, "few": canary.FEW, "most": canary.MOST}
    return page("listings/publish.html", "listings/_publish.html", status=status, **data)


def left_out(plan: Plan) -> list[tuple[int, str, str]]:
    """(how many, why, where they are)."""
    return [
        (
            count,
            WHY_LEFT_OUT[Tab(tab)],
            url_for("listings.index", tab=tab, shop=plan.shop.id if len(g.shops) > 1 else None),
        )
        for tab, count in plan.left_out
    ]


def why_not(plan: Plan, forbidden: str) -> str:
    """Why nothing can be sent now; empty when something can."""
    if forbidden:
        return forbidden
    if not plan.warehouses:
        return "No warehouse of this shop is mapped yet, so nothing can be published."
    return "" if plan.ready else "None of the selected listings can be sent now."


def tier(shop: Shop) -> int | None:
    """How many listings TikTok usually allows a new shop of this market in a day (features S2-35)."""
    pack = pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")
    return pack.tiers[0].listings if pack.tiers else None


def canaries() -> int | None:
    """How many go first; None for a number that makes no sense."""
    given = request.form.get("canaries", "")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    return count if 1 <= count <= canary.MOST else None


@listings.post("/publish")
def publish() -> Response:
    """Starts the activity, or adds to the one that runs."""
    chosen = selection.read()
    shop = one_shop(chosen)
    narrowed = request.form.get("where") == "chosen"
    wanted = request.form.getlist("warehouse") if narrowed else []
    if shop is None:
        return show_plan(chosen, 422)
    known = {warehouse.tiktok_id for warehouse in warehouses.mapped(shop)}
    if narrowed and (not wanted or not set(wanted) <= known):
        return show_plan(chosen, 422, "Choose at least one warehouse, or publish to all of them.")
    first = canaries() if request.form.get("trial") else 0
    if first is None:
        return show_plan(chosen, 422, f"Send between 1 and {canary.MOST} first.")
    started = publishing.start(g.actor, shop, chosen.query(shop), wanted, first)
    here = within(f"/activities/{started.activity.id}")
    toast = "Publishing has started. TikTok reviews each listing before it goes live."
    response = done(here, toast=toast, tone="info", event="listings-changed")
    launch(started.activity)
    return response
