"""The local store's Active page, and publishing from it."""

from typing import Any

from flask import Response, g, request, url_for
from sqlalchemy import Select

from blueprints.layout import within
from blueprints.listings import selection
from blueprints.page import done, page
from blueprints.semi_consignment.area import chosen, frame, local_stores, number, numbers, one, semi_consignment, stores
from domain.capabilities import Capability, allowed
from jobs.launch import launch
from models import Shop
from services import semi
from services.errors import Invalid
from services.semi import local, pairs, publishing
from services.semi.local import Wanted


def wanted(shop: Shop) -> Wanted:
    """The filters of the address."""
    said = request.values.get("published", "")
    return Wanted(
        shop.id,
        said if said in (local.YES, local.NO) else "",
        request.values.get("category_filter", "")[:32],
        request.values.get("q", "")[:200],
    )


def as_query(one: Wanted) -> dict[str, Any]:
    parts = {"published": one.published, "category_filter": one.category, "q": one.search.strip()}
    return {name: value for name, value in parts.items() if value}


@semi_consignment.get("/publish")
def local_list() -> Response:
    """Live products of a local store: filters Semi-Consignment or Not, Category; select some or all that match."""
    semi.demand()
    shop = chosen(local_stores())
    if shop is None:
        return page("semi_consignment/publish.html", shop=None, **frame("publish"))
    asked = wanted(shop)
    found = local.find(asked, number("after"))
    query = as_query(asked)
    following = url_for("semi_consignment.local_list", shop=shop.id, after=found.after, **query) if found.after else ""
    return page(
        "semi_consignment/publish.html",
        "semi_consignment/_local.html",
        shop=shop,
        locals=local_stores(),
        wanted=asked,
        query=query,
        found=found,
        categories=local.categories(shop.id),
        names={each.id: each.name for each in stores()},
        pairs=pairs.of_local(shop),
        next_url=following,
        first_url=url_for("semi_consignment.local_list", shop=shop.id, **query) if number("after") else "",
        **frame("publish"),
    )


Given = list[tuple[str, str]]


def selected() -> tuple[Shop, Select[Any], Given]:
    """The local store, its selected listings, and the selection as fields of a form."""
    if request.values.get("from") == "listings":
        return of_listings()
    shop = one(local_stores())
    of_shop = [("of_shop", str(shop.id))]
    if request.values.get("all"):
        asked = wanted(shop)
        return shop, asked.query(), [("all", "1"), *of_shop, *as_query(asked).items()]
    ids = numbers("id")
    if not ids:
        raise Invalid("No product is selected. Tick some, or select all that match.", "Active products",
                      "/semi-consignment/publish")  # fmt: skip
    return shop, local.chosen(shop, ids), [*of_shop, *[("id", str(listing_id)) for listing_id in ids]]


def of_listings() -> tuple[Shop, Select[Any], Given]:
    """As the Listings page selects."""
    asked = selection.read()
    shop = selection.one_shop(asked)
    if shop is None:
        raise Invalid("These listings belong to several shops. Choose one above first.", "See listings", "/listings/")
    verdict = allowed(shop.kind, Capability.PUBLISH_TO_SEMI_CONSIGNMENT)
    if not verdict:
        raise Invalid(verdict.reason, "See listings", "/listings/")
    return shop, asked.query(shop), [("from", "listings"), ("shop", str(shop.id)), *asked.fields()]


@semi_consignment.get("/publish/preview")
def preview() -> Response:
    """How many would go to which store, and what stays out; changes nothing."""
    semi.demand()
    return _preview(*selected())


@semi_consignment.get("/publish/listings")
def preview_listings() -> Response:
    """The same from the Live tab of Listings."""
    semi.demand()
    return _preview(*of_listings())


def _preview(shop: Shop, listings: Select[Any], given: Given) -> Response:
    plan = publishing.plan(shop, listings)
    back = url_for("semi_consignment.local_list", shop=shop.id)
    return page("semi_consignment/preview.html", "semi_consignment/_preview.html", plan=plan, given=given, back=back,
                **frame("publish"))  # fmt: skip


@semi_consignment.post("/publish")
def publish() -> Response:
    """Starts an activity for each chosen store."""
    shop, listings, _ = selected()
    started = publishing.start(g.actor, shop, listings, numbers("pair"))
    where = within(f"/activities/{started[0].activity.id}" if len(started) == 1 else "/activities/")
    response = done(where, toast="Publishing: on its way.", tone="info", event="activity-started")
    for each in started:
        launch(each.activity)
    return response
