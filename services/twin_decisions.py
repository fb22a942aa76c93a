"""What a person decides about a finding: keep one and delete the other, adopt the only one, or leave both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.roles import CHANGE, SEND, Page
from models import Activity, Listing, ListingSku, Shop, Twin, db
from services import activities, clock, twins
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import ServiceError
from services.listings import hold
from services.people.access import asks
from services.tabs import retab
from services.twin_walk import DELETED

KIND = "delete_twin"
OURS, THEIRS = "linked", "other"


class NotNow(ServiceError):
    """The finding is decided, or its listing is on its way to TikTok Shop."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A product as a listing remembers it."""

    tiktok_id: str
    title: str
    status: str
    audit: str
    skus: list[dict[str, str]]
    created_at: datetime | None


@asks(Page.LISTINGS, CHANGE)
def dismiss(actor: Actor, twin: Twin) -> None:
    """It is no twin: it is not shown again."""
    _decide(actor, twin, "dismissed")


@asks(Page.LISTINGS, CHANGE)
def adopt(actor: Actor, twin: Twin) -> Listing:
    """The listing that knew no product takes this one as its own; nothing is sent."""
    listing = _free(twin)
    if listing.tiktok_id:
        raise NotNow("This listing knows a product by now. Look at the doubles again.", "Reload", "/listings/twins")
    if twin.status == DELETED:
        raise NotNow("The product is deleted on TikTok Shop, so it cannot be adopted.", "Reload", "/listings/twins")
    _link(listing, twin)
    _decide(actor, twin, "closed")
    return listing


@asks(Page.LISTINGS, SEND)
def keep(actor: Actor, twin: Twin, which: str) -> Started:
    """Keeps the linked product or the other one; what is not kept is deleted on TikTok Shop by an activity. Keeping the
    other one links the listing to it first, so the finding then speaks of the one that was linked."""
    listing = _free(twin)
    if not listing.tiktok_id:
        raise NotNow("This is the only product of its listing. Adopt it instead.", "Reload", "/listings/twins")
    if which == THEIRS:
        _swap(listing, twin)
    twin.state, twin.note = "deleting", ""
    twin.decided_by, twin.decided_at = actor.name[:255], clock.now()
    db.session.flush()
    shop = db.session.get_one(Shop, twin.shop_id)
    title = f"Delete a double of “{listing.title}” in {shop.name}"
    item = NewItem(listing.title, listing.id, {"twin": twin.id, "tiktok_id": twin.tiktok_id})
    return activities.start(actor, KIND, title, [item], shop_id=shop.id, priority=50, open_key=f"{KIND}:{twin.id}")


def deletable(shop_id: int, twin_id: int, tiktok_id: str) -> Twin | None:
    """The finding, while its product may be deleted: somebody said so, no listing of the shop knows the product, and
    the finding's own listing knows another one."""
    twin = db.session.scalar(select(Twin).where(Twin.id == twin_id).with_for_update())
    if twin is None or twin.tiktok_id != tiktok_id or twin.state != "deleting":
        return None
    known = select(Listing.id).where(Listing.shop_id == shop_id, Listing.tiktok_id == tiktok_id)
    if db.session.scalar(known.limit(1)) is not None or not twin.listing.tiktok_id:
        return None
    return twin


def deleted(twin_id: int) -> None:
    twin = db.session.get(Twin, twin_id)
    if twin is not None:
        twin.state, twin.status, twin.note = "closed", DELETED, ""
        db.session.flush()


def not_deleted(twin_id: int, why: str) -> None:
    """It waits for a decision again and says why."""
    twin = db.session.get(Twin, twin_id)
    if twin is not None and twin.state == "deleting":
        twin.state, twin.note = "open", why
        db.session.flush()


def activity_of(twin: Twin) -> Activity | None:
    """The activity that deletes it now. One that was stopped with its shop leaves the finding to be decided again."""
    return activities.opened(f"{KIND}:{twin.id}") if twin.state == "deleting" else None


def _decide(actor: Actor, twin: Twin, state: str) -> None:
    if activity_of(twin) is not None:
        raise NotNow("This double is being deleted on TikTok Shop.", "See activities", "/activities/")
    twin.state, twin.note = state, ""
    twin.decided_by, twin.decided_at = actor.name[:255], clock.now()
    db.session.flush()
    twins.tell(db.session.get_one(Shop, twin.shop_id))


def _free(twin: Twin) -> Listing:
    """The finding's listing, locked; refused while either is on its way."""
    listing = hold([twin.listing_id])[0]
    db.session.refresh(twin, with_for_update=True)
    if activity_of(twin) is not None:
        raise NotNow("This double is being deleted on TikTok Shop.", "See activities", "/activities/")
    if twin.state == "closed" or listing.tiktok_id == twin.tiktok_id:
        raise NotNow("This double is settled already.", "See all doubles", "/listings/twins")
    if listing.intent:
        raise NotNow("The listing is being sent to TikTok Shop. Decide when that is done.", "Reload", "/listings/twins")
    return listing


def _swap(listing: Listing, twin: Twin) -> None:
    before = Facts(
        listing.tiktok_id,
        listing.title,
        listing.platform_status,
        listing.audit_status,
        [{"id": line.tiktok_id, "seller_sku": code_of(line), "key": str(line.id)} for line in _lines(listing)],
        listing.published_at,
    )
    _link(listing, twin)
    twin.tiktok_id, twin.title, twin.status, twin.audit = before.tiktok_id, before.title, before.status, before.audit
    twin.skus, twin.created_at, twin.image_url = before.skus, before.created_at, ""


def _link(listing: Listing, twin: Twin) -> None:
    """The listing knows this product from now on. What TikTok holds of it is unknown until the next verdict is read."""
    listing.tiktok_id, listing.is_refused, listing.sent_hash = twin.tiktok_id, False, ""
    listing.platform_status, listing.audit_status, listing.verdict_at = twin.status, twin.audit, None
    listing.published_at = twin.created_at or clock.now()
    by_key: dict[str, Any] = {sku["key"]: sku["id"] for sku in twin.skus if sku["key"]}
    by_code: dict[str, Any] = {sku["seller_sku"]: sku["id"] for sku in twin.skus if sku["seller_sku"]}
    for line in _lines(listing):
        line.tiktok_id = by_key.get(str(line.id)) or by_code.get(code_of(line), "")
        line.sent_quantity = None
    retab([listing])


def _lines(listing: Listing) -> list[ListingSku]:
    return list(db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)))


def code_of(line: ListingSku) -> str:
    """The seller SKU that this variant has now."""
    code: str = line.fields.get("sku", line.variant.sku if line.variant else "")
    return code
