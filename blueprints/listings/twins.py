"""Doubles: products that TikTok Shop holds twice, or that their listing does not know; both sides, what to press."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.listings.area import listings
from blueprints.listings.selection import LARGEST, number
from blueprints.page import done, page
from domain.tabs import DETAIL
from jobs.launch import launch, ring_job
from models import Listing, Shop, Twin, db
from services import twin_decisions, twins
from services.activities import OPEN
from services.errors import Invalid
from services.twin_decisions import OURS, THEIRS
from services.twin_matching import BOTH, KEY, SKU

ID = f"<int(max={LARGEST}):twin_id>"
PAGE = 20
STATUS = {"ACTIVATE": "Live", "PENDING": "In review", "FAILED": "Refused", "DRAFT": "Draft"} | DETAIL
HOW = {KEY: "Carries our reference, under another SKU.", SKU: "Has the same SKUs; made by somebody else."}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two products, in words."""

    tiktok_id: str
    title: str
    image_url: str
    skus: str
    created_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class Row:
    """A finding. Without `linked` it is the only product of a listing that knows none."""

    id: int
    listing_id: int
    shop: str
    linked: Side | None
    other: Side
    how: str
    sure: bool  # it carries our own key, so publishing finds it
    note: str
    moving: str  # where its deletion can be watched


@listings.get("/twins")
def twin_list() -> Response:
    return page("listings/twins.html", "listings/_twins.html", active="listings", **_shown())


@listings.post("/twins/check")
def check_twins() -> Response:
    """Looks through everything the shop holds."""
    shops: list[Shop] = [g.shop] if g.shop else g.shops
    if len(shops) != 1:
        raise Invalid("Choose one shop to look through.", "See all doubles", "/listings/twins")
    started = twins.start(g.actor, shops[0])
    toast = "This shop is being looked through already." if started.already else "The shop is being looked through."
    response = done(url_for("listings.twin_list"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@listings.post(f"/twins/{ID}/keep")
def keep_twin(twin_id: int) -> Response:
    """Keeps one side; an activity deletes the other on TikTok Shop."""
    which = request.form.get("which", "")
    if which not in (OURS, THEIRS):
        raise Invalid("Say which of the two stays.", "See all doubles", "/listings/twins")
    twin = twins.get(twin_id)
    started = twin_decisions.keep(g.actor, twin, which)
    response = done(
        within(f"/activities/{started.activity.id}"), toast="The other one is deleted on TikTok Shop.", tone="info"
    )
    _read_again(twin.listing, launch(started.activity))
    return response


@listings.post(f"/twins/{ID}/adopt")
def adopt_twin(twin_id: int) -> Response:
    """The listing takes the product as its own."""
    listing = twin_decisions.adopt(g.actor, twins.get(twin_id))
    response = done(url_for("listings.show", listing_id=listing.id), toast="The listing is linked to its product.")
    db.session.commit()
    _read_again(listing, True)
    return response


@listings.post(f"/twins/{ID}/dismiss")
def dismiss_twin(twin_id: int) -> Response:
    """It is no double; it is not shown again."""
    twin_decisions.dismiss(g.actor, twins.get(twin_id))
    response = done(
        url_for("listings.twin_list"), fragment="listings/_twins.html", event="notices", **_shown(),
        toast="It is not shown again.",
    )  # fmt: skip
    db.session.commit()
    return response


def _read_again(listing: Listing, rung: bool) -> None:
    """What TikTok says of a product that was just linked is read by a worker; the poll does it too, later."""
    if rung:
        ring_job("live", "jobs.reviews.ask", listing.store_id, listing.shop_id, [listing.tiktok_id])


def _shown() -> dict[str, Any]:
    shop_id, after = g.shop.id if g.shop else None, number("after") or 0
    found = list(twins.findings(shop_id, after, PAGE + 1))
    last = twins.last_check(shop_id) if shop_id else None
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return {
        "rows": [_row(twin) for twin in found[:PAGE]],
        "total": twins.count(shop_id),
        "check": last,
        "checking": last is not None and last.state in OPEN,
        "next_url": url_for("listings.twin_list", after=older) if older else "",
        "several_shops": len(g.shops) > 1,
        "ours": OURS,
        "theirs": THEIRS,
    }


def _row(twin: Twin) -> Row:
    listing = twin.listing
    skus = ", ".join(sku["seller_sku"] for sku in twin.skus if sku["seller_sku"])
    other = Side(twin.tiktok_id, twin.title, twin.image_url, skus, twin.created_at, word(twin.status))
    moving = twin_decisions.activity_of(twin)
    return Row(
        twin.id,
        listing.id,
        listing.shop.name,
        _linked(listing) if listing.tiktok_id else None,
        other,
        HOW.get(twin.match, ""),
        twin.match == BOTH,
        twin.note,
        within(f"/activities/{moving.id}") if moving else "",
    )


def _linked(listing: Listing) -> Side:
    product = listing.product
    codes = [twin_decisions.code_of(line) for line in listing.skus]
    return Side(
        listing.tiktok_id,
        listing.title,
        product.image_url if product else "",
        ", ".join(code for code in codes if code),
        listing.published_at,
        word(listing.platform_status),
    )


def word(status: str) -> str:
    return STATUS.get(status, status.replace("_", " ").capitalize() or "Unknown")
