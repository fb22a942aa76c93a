"""Values that somebody else changed on TikTok Shop: both sides, and which one holds."""

from typing import Any

from flask import Response, g, request, url_for

from blueprints.adoption.area import LARGEST, adoption, shops
from blueprints.adoption.pages import PAGE, tab_items
from blueprints.layout import within
from blueprints.listings.selection import number
from blueprints.page import done, page
from jobs.launch import launch
from models import OutsideChange, db
from services import listings
from services.adoption import found, second_writer, second_writer_decisions
from services.adoption.found import WHERE
from services.adoption.second_writer_decisions import OURS, THEIRS, Decided
from services.errors import Invalid

CHANGE = f"<int(max={LARGEST}):change_id>"


@adoption.get("/outside")
def outside() -> Response:
    found.demand()
    ids, after = [shop.id for shop in shops()], number("after") or 0
    waiting = list(second_writer.page(ids, after, PAGE * 2 + 1))
    part = waiting[: PAGE * 2]
    groups: dict[int, list[OutsideChange]] = {}
    for change in part:
        groups.setdefault(change.listing_id, []).append(change)
    more = url_for("adoption.outside", after=part[-1].id) if len(waiting) > len(part) else ""
    takeable = {change.id for change in part if second_writer_decisions.takeable(change)}
    data: dict[str, Any] = {"groups": groups, "takeable": takeable, "next_url": more, "total": second_writer.count(ids)}
    names = {shop.id: shop.name for shop in g.shops}
    tabs = tab_items("outside", found.counts(ids))
    return page("adoption/outside.html", active="listings", tab_items=tabs, names=names, **data)


@adoption.post(f"/outside/{CHANGE}")
def decide(change_id: int) -> Response:
    """Ours is sent, or theirs is taken over."""
    change, which = second_writer.get(change_id), _which()
    return _decided(second_writer_decisions.decide(g.actor, change, which), which)


@adoption.post(f"/outside/listing/<int(max={LARGEST}):listing_id>")
def decide_listing(listing_id: int) -> Response:
    """The same for all that was changed in one listing."""
    listing, which = listings.get(listing_id), _which()
    changes = list(second_writer.of_listing(listing.id))
    if which == THEIRS:
        changes = [change for change in changes if second_writer_decisions.takeable(change)]
    if not changes:
        raise Invalid("Nothing waits for a decision here.", "See all", f"{WHERE}outside")
    return _decided(second_writer_decisions.decide_all(g.actor, changes, which), which)


def _which() -> str:
    which = request.form.get("which", "")
    if which not in (OURS, THEIRS):
        raise Invalid("Say which value holds.", "See all", f"{WHERE}outside")
    return which


def _decided(outcome: Decided, which: str) -> Response:
    if outcome.activity is None:
        text = "Taken over from TikTok Shop." if which == THEIRS else "Ours holds; it is sent when all is decided."
        response = done(url_for("adoption.outside"), toast=text)
        db.session.commit()
        return response
    place = f"/listings/changes/{outcome.activity.id}" if outcome.compares else f"/activities/{outcome.activity.id}"
    text = "Other changes would go along; look at them, then send." if outcome.compares else "Ours is on its way."
    response = done(within(place), toast=text, tone="info")
    launch(outcome.activity)
    return response
