"""What a person decides about a value that somebody else changed: ours holds and is sent, or theirs is taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.capabilities import Capability, allowed
from models import Activity, Listing, ListingSku, OutsideChange, Shop, db
from services import activities, clock, current_requests, listing_diff, listing_edits
from services.activities import NewItem
from services.actor import Actor
from services.adoption import second_writer, values
from services.adoption.found import WHERE
from services.errors import Forbidden, ServiceError
from services.listing_fields import clean, clean_sku
from services.listings import hold
from services.readiness import recheck

OURS, THEIRS = "ours", "theirs"


class NotNow(ServiceError):
    """It is decided already, or the listing is on its way."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`activity` sends, or compares first where more would go along; None while nothing is to be sent."""

    listing: Listing
    activity: Activity | None = None
    compares: bool = False


def decide(actor: Actor, change: OutsideChange, which: str) -> Decided:
    """Of one value; when it was the listing's last open one, ours are sent."""
    return decide_all(actor, [change], which)


def decide_all(actor: Actor, changes: Sequence[OutsideChange], which: str) -> Decided:
    """Of changes of one listing."""
    listing = hold([changes[0].listing_id])[0]
    shop = db.session.get_one(Shop, listing.shop_id)
    _refuse_unless_allowed(shop, changes)
    if listing.intent:
        raise NotNow("The listing is being sent to TikTok Shop. Decide when that is done.", "Reload", f"{WHERE}outside")
    for change in changes:
        db.session.refresh(change, with_for_update=True)
        if change.state != "open":
            raise NotNow("This change is decided already.", "See all", f"{WHERE}outside")
        if which == THEIRS:
            _take(shop, listing, change)
        change.state = "taken" if which == THEIRS else "kept"
        change.decided_by, change.decided_at = actor.name[:255], clock.now()
    if which == THEIRS:
        listing.version += 1
        listing.is_stale = True
    db.session.flush()
    recheck(shop, [listing.id])
    second_writer.tell(shop)
    if which == THEIRS or second_writer.undecided([listing.id]):
        return Decided(listing)
    return _send(actor, shop, listing)


def takeable(change: OutsideChange) -> bool:
    """Pictures, and variants that came or went, cannot be taken over: they are BigCommerce's."""
    return change.value.get("value") is not None and bool(values.choice_of(change.field))


def _take(shop: Shop, listing: Listing, change: OutsideChange) -> None:
    if not takeable(change):
        text = f"“{change.label}” comes from BigCommerce; change it there, or keep ours."
        raise NotNow(text, "See all", f"{WHERE}outside")
    value = change.value["value"]
    if change.field.startswith("skus."):
        _, line_id, name = change.field.split(".", 2)
        query = select(ListingSku).where(ListingSku.listing_id == listing.id, ListingSku.id == int(line_id))
        line = db.session.scalars(query).one()
        line.fields = {**line.fields, name: clean_sku(name, value)}
        if name == "price":
            line.sent_price = Decimal(value)
        return
    fields = dict(listing.fields)
    if change.field == "category":  # attributes belong to a category
        fields = {name: kept for name, kept in fields.items() if not name.startswith("attributes.")}
    listing.fields = {**fields, change.field: clean(shop, change.field, value)}


def _send(actor: Actor, shop: Shop, listing: Listing) -> Decided:
    """What was decided as ours since the last sending: prices by their own call, else the whole edit; compared first
    where other changes, which nobody has seen here, would go along."""
    kept = db.session.scalars(
        select(OutsideChange).where(
            OutsideChange.listing_id == listing.id, OutsideChange.state == "kept",
            OutsideChange.decided_at > (listing.published_at or clock.now()),
        )
    ).all()  # fmt: skip
    request = current_requests.requests(shop, [listing.id])[listing.id]
    args: dict[str, Any]
    if kept and all(one.kind == "price" for one in kept) and listing.platform_status in listing_edits.LIVE["price"]:
        args = {"kind": "price", "digest": listing_diff.values_digest(request.body, "price"), "whole": False}
        title, kind = f"Update the prices of “{listing.title}” in {shop.name}", listing_edits.LIVE_VALUES
    elif listing.platform_status not in listing_edits.EDITABLE:
        return Decided(listing)
    elif _has_more(listing):
        title, kind, args = f"Compare “{listing.title}” with {shop.name}", listing_edits.COMPARE, {}
    else:
        digest = listing_diff.digest(request.body, listing_edits.picture_sources(request))
        title, kind, args = f"Re-publish “{listing.title}” to {shop.name}", listing_edits.RESEND, {"digest": digest}
    item = NewItem(listing.title, listing.id, args)
    activity = activities.start(actor, kind, title[:255], [item], shop_id=shop.id, priority=20).activity
    return Decided(listing, activity, kind == listing_edits.COMPARE)


def _has_more(listing: Listing) -> bool:
    return listing.sent_hash != "" and listing.sent_hash[:16] != listing.draft_hash[:16]


def _refuse_unless_allowed(shop: Shop, changes: Sequence[OutsideChange]) -> None:
    wanted = {Capability.EDIT_PRICE if one.kind == "price" else Capability.EDIT_CONTENT for one in changes}
    for capability in sorted(wanted):
        verdict = allowed(shop.kind, capability)
        if not verdict:
            raise Forbidden(verdict.reason)
