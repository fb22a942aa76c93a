"""Activate, deactivate, delete, recover, and asking for the status now: what would happen, the intent, the activity."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from clients.tiktok.models import Product
from domain.capabilities import Capability, allowed
from domain.roles import SEND, Page
from models import Activity, ActivityItem, Listing, ListingSku, Shop, Variant, db
from services import activities, clock, verdicts
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden, NotFound, ServiceError
from services.listings import hold, set_intent
from services.people.access import asks
from services.tabs import retab


class NothingToDo(ServiceError):
    """None of the chosen listings allows it now."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that can be done to products on TikTok. `sources`: the platform's states that allow it (reference
    4.11); empty: all. `target`: (status, audit) after TikTok took it; None: it only reads."""

    name: str
    verb: str
    past: str
    capability: Capability
    sources: frozenset[str]
    target: tuple[str, str] | None
    lists: bool = False  # counts against the daily listing limit


_OFF = frozenset({"SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED"})
_HELD = frozenset({"DRAFT", "PENDING", "FAILED", "ACTIVATE"}) | _OFF
MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("activate", "Activate", "activated", Capability.ACTIVATE, _OFF, ("PENDING", "AUDITING"), lists=True),
        Move("deactivate", "Deactivate", "deactivated", Capability.DEACTIVATE, frozenset({"ACTIVATE"}),
             ("SELLER_DEACTIVATED", "NONE")),
        Move("delete", "Delete", "deleted", Capability.DELETE, _HELD, ("DELETED", "NONE")),
        Move("recover", "Recover", "recovered", Capability.RECOVER, frozenset({"DELETED"}),
             ("SELLER_DEACTIVATED", "NONE")),
        Move("sync_status", "Sync status", "asked about", Capability.SYNC_PRODUCT, frozenset(), None),
    )
}  # fmt: skip
NEVER_SENT, ON_ITS_WAY, IN_REVIEW = "never_sent", "on_its_way", "in_review"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the confirmation shows. `left_out`: (why, how many); why is NEVER_SENT, ON_ITS_WAY, IN_REVIEW or the
    platform's status. `by_status`: how many of each status it is done to."""

    shop: Shop
    move: Move
    count: int
    left_out: Sequence[tuple[str, int]]
    by_status: Sequence[tuple[str, int]]
    why_not: str = ""


def move_of(name: str) -> Move:
    if name not in MOVES:
        raise NotFound("There is no such action.", "See listings", "/listings/")
    return MOVES[name]


def _fits(move: Move) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [Listing.tiktok_id != ""]
    if move.target is not None:
        fits += [Listing.intent == "", Listing.platform_status.in_(move.sources)]
    if move.name == "activate":  # it is on its way already
        fits.append(Listing.audit_status != "AUDITING")
    return fits


def plan(shop: Shop, listings: Select[Any], move: Move) -> Plan:
    """Counts only; changes nothing."""
    here = Listing.id.in_(listings), Listing.shop_id == shop.id
    grouped = (Listing.platform_status, Listing.audit_status, Listing.intent != "", Listing.tiktok_id != "")
    out: dict[str, int] = {}
    done: dict[str, int] = {}
    query = select(*grouped, func.count(Listing.id)).where(*here).group_by(*grouped)
    for status, audit, moving, sent, count in db.session.execute(query):
        why = _why_out(move, status, audit, moving, sent)
        kept, name = (out, why) if why else (done, status)
        kept[name] = kept.get(name, 0) + count
    verdict = allowed(shop.kind, move.capability)
    return Plan(
        shop, move, sum(done.values()), sorted(out.items()), sorted(done.items()), "" if verdict else verdict.reason
    )


def _why_out(move: Move, status: str, audit: str, moving: bool, sent: bool) -> str:
    if not sent:
        return NEVER_SENT
    if move.target is None:
        return ""
    if moving:
        return ON_ITS_WAY
    if status not in move.sources:
        return status
    return IN_REVIEW if move.name == "activate" and audit == "AUDITING" else ""


def possible(listing: Listing) -> list[Move]:
    """What can be done to one listing now."""
    sent, moving = bool(listing.tiktok_id), bool(listing.intent)
    return [
        move
        for move in MOVES.values()
        if not _why_out(move, listing.platform_status, listing.audit_status, moving, sent)
    ]


@asks(Page.LISTINGS, SEND)
def start(actor: Actor, shop: Shop, listings: Select[Any], move: Move) -> Started:
    """Marks those that allow it and starts the activity."""
    verdict = allowed(shop.kind, move.capability)
    if not verdict:
        raise Forbidden(verdict.reason)
    fit = select(Listing.id, Listing.title, Listing.tiktok_id).where(
        Listing.id.in_(listings), Listing.shop_id == shop.id, *_fits(move)
    )
    # Locked: of two people pressing at once the second finds them taken.
    rows = db.session.execute(fit.order_by(Listing.id).with_for_update()).all()
    if not rows:
        text = f"None of these listings can be {move.past} now." if move.target else "None of these is on TikTok Shop."
        raise NothingToDo(text, "See listings", "/listings/")
    if move.target is not None:
        set_intent([row.id for row in rows], move.name)
    items = [NewItem(row.title or row.tiktok_id, row.id) for row in rows]
    listed = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    title = f"{move.verb} {listed} {'of' if move.target else 'from'} {shop.name}"
    return activities.start(actor, move.name, title, items, shop_id=shop.id, priority=50)


@asks(Page.LISTINGS, SEND)
def retry(actor: Actor, activity: Activity) -> Started:
    """The same again for what was refused or set aside and allows it now."""
    if activity.state in activities.OPEN:
        raise ServiceError(
            f"“{activity.title}” is still moving; retry when it has finished.", "See it", f"/activities/{activity.id}"
        )
    left = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id,
        ActivityItem.state.in_(("refused", "failed")),
        ActivityItem.subject_id.is_not(None),
    )
    return start(actor, db.session.get_one(Shop, activity.shop_id), left, move_of(activity.kind))


def seller_skus(listing_ids: Sequence[int]) -> dict[int, list[str]]:
    """Under which SKUs TikTok's search may know them, by listing."""
    found: dict[int, list[str]] = {listing_id: [] for listing_id in listing_ids}
    query = (
        select(ListingSku.listing_id, ListingSku.fields, Variant.sku)
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .where(ListingSku.listing_id.in_(listing_ids))
        .order_by(ListingSku.listing_id, ListingSku.position)
    )
    for listing_id, fields, code in db.session.execute(query):
        if known := str(fields.get("sku") or code or ""):
            found[listing_id].append(known)
    return found


def taken(listings: Collection[Listing], move: Move) -> None:
    """TikTok did it. What a webhook has told meanwhile is newer and stays."""
    if move.target is None:
        return
    for listing in listings:
        if listing.intent == move.name:
            listing.intent = ""
        if listing.platform_status in move.sources:
            listing.platform_status, listing.audit_status = move.target
            listing.verdict_at = None if move.lists else clock.now()
    retab(list(listings))


def not_taken(listings: Collection[Listing], move: Move) -> None:
    """TikTok said no; the listing stays what it was."""
    for listing in listings:
        if listing.intent == move.name:
            listing.intent = ""
    retab(list(listings))


def seen(listing: Listing, product: Product | None, status: str) -> bool:
    """Writes what TikTok says now; True when something changed."""
    read = product or Product.model_validate({"id": listing.tiktok_id, "status": status, "audit": {"status": "NONE"}})
    return verdicts.verdict(listing, read)


def locked(listing_ids: Sequence[int]) -> dict[int, Listing]:
    return {listing.id: listing for listing in hold(listing_ids)}
