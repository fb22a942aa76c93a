"""Publishing: what the confirmation shows, the intent, and the one open activity of a shop that carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from domain.capabilities import Capability
from domain.policy import Policy
from domain.roles import SEND, Page
from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, Shop, Store, Warehouse, db
from services import activities, canary, clock, quota_plan, settings, twins, warehouses
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import ServiceError
from services.global_stores import publishing_model
from services.listing_limits import today, waits_for_tomorrow
from services.listings import set_intent
from services.people.access import asks

CARRIES = frozenset(
    {"publish", "resend", "activate", "deactivate", "delete", "recover", "live_values", "update_part", "sync_products"}
)
"""Kinds of activities whose listings carry the kind's name as their intent until their item has ended."""


class NothingReady(ServiceError):
    """None of the chosen listings can be published now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the confirmation shows."""

    shop: Shop
    ready: int
    not_ready: int
    warehouses: Sequence[Warehouse]
    limit: int | None  # today's limit where it is known
    left: int | None
    waiting: int  # how many will wait for a later day, by what is known
    resumes_at: datetime | None
    left_out: Sequence[tuple[str, int]] = ()  # (tab, how many of it are not sent)
    limit_now: bool = False  # TikTok said today that the limit is reached
    days: Sequence[tuple[date, int]] = ()  # how many go on which day, where the limit is known


def publishable(listings: Select[Any], shop: Shop) -> Select[Any]:
    """Those of the query that may be sent: ready, enabled, nothing in flight, not yet live or refused by review."""
    return select(Listing.id).where(
        Listing.id.in_(listings),
        Listing.shop_id == shop.id,
        Listing.is_ready,
        Listing.is_enabled,
        Listing.intent == "",
        Listing.tab.in_((Tab.READY.value, Tab.FAILED.value)),
    )


def plan(shop: Shop, listings: Select[Any]) -> Plan:
    """Counts only; changes nothing."""
    of_shop = Listing.id.in_(listings), Listing.shop_id == shop.id
    chosen = _by_tab(*of_shop)
    sent = _by_tab(Listing.id.in_(publishable(listings, shop)))
    ready = sum(sent.values())
    left_out = [(tab.value, chosen[tab] - sent.get(tab, 0)) for tab in Tab if chosen.get(tab, 0) > sent.get(tab, 0)]
    limit, left = today(shop)
    reached = waits_for_tomorrow(shop) is not None
    waiting = ready if reached else max(0, ready - left) if left is not None else 0
    resumes = clock.next_shop_day(shop.market, clock.now()) if waiting else None
    return Plan(
        shop,
        ready,
        sum(chosen.values()) - ready,
        warehouses.mapped(shop),
        limit,
        left,
        waiting,
        resumes,
        left_out,
        reached,
        quota_plan.forecast(shop, ready + _queued(shop)) if waiting else (),
    )


def _queued(shop: Shop) -> int:
    return sum(one.waiting for one in quota_plan.open_ones(shop))


def _by_tab(*conditions: ColumnElement[bool]) -> dict[str, int]:
    query = select(Listing.tab, func.count(Listing.id)).where(*conditions).group_by(Listing.tab)
    return {tab: count for tab, count in db.session.execute(query)}


@asks(Page.LISTINGS, SEND)
def start(
    actor: Actor, shop: Shop, listings: Select[Any], warehouse_ids: Sequence[str] = (), canaries: int = 0
) -> Started:
    """Marks the publishable ones and adds them to the shop's publishing activity (one is open; more join it), those
    that go first in front. With `canaries` so many are sent alone, in an activity of its own."""
    publishing_model.demand(shop, Capability.PUBLISH_FROM_DRAFT)
    if not warehouses.mapped(shop):
        raise ServiceError(
            "No warehouse of this shop is mapped yet, so nothing can be published.",
            "Map warehouses",
            "/wizard/warehouses",
        )
    if canaries:
        canary.refuse_second(shop)
    # Locked with the intent named outside the subquery: of two people pressing at once the second finds them taken.
    columns = (Listing.id, Listing.title, Listing.score, Listing.quantity, Listing.price_low)
    fit = select(*columns).where(Listing.id.in_(publishable(listings, shop)), Listing.intent == "")
    rows = db.session.execute(fit.order_by(Listing.id).with_for_update()).all()
    if not rows:
        raise NothingReady(
            "None of these listings is ready to publish. Complete them first.",
            "See what is missing",
            "/listings/?tab=incomplete",
        )
    rows = quota_plan.ordered(rows, quota_plan.pins(publishable(listings, shop)))
    running = None if canaries else _open(f"publish:{shop.id}")
    unclear = _unclear(shop) | twins.orphans(publishable(listings, shop))
    set_intent([row.id for row in rows], "publish", again=unclear)
    args = {"warehouses": list(warehouse_ids)} if warehouse_ids else {}
    items = [NewItem(row.title, row.id, args, sent_at=unclear.get(row.id)) for row in rows]
    if 0 < canaries < len(items):
        held = canary.hold_back(items, canaries)
        started = _begin(actor, shop, held, canary.key(shop), canary.details(items, canaries))
        if started.already:  # somebody's began at the same moment
            canary.refuse_second(shop)
        return started
    key = f"publish:{shop.id}"
    if running is None:
        started = _begin(actor, shop, items, key, {"open_key": key})
        if not started.already:
            return started
        running = _open(key)  # somebody's began at the same moment; the listings marked above must not be left behind
        if running is None:
            raise ServiceError("Another publishing has just ended. Publish again.", "See listings", "/listings/")
    return Started(_join(running, shop, items), False)


def _begin(actor: Actor, shop: Shop, items: Sequence[NewItem], key: str, details: Mapping[str, Any]) -> Started:
    title = f"Publish {len(items):,} {'listing' if len(items) == 1 else 'listings'} to {shop.name}"
    return activities.start(actor, "publish", title, items, shop_id=shop.id, open_key=key, details=details)


def _open(key: str) -> Activity | None:
    """The shop's open publishing activity, locked, so that it cannot end before more is added to it."""
    running = activities.opened(key)
    if running is None:
        return None
    locked = select(Activity).where(Activity.id == running.id, Activity.open_key == key).with_for_update()
    activity = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if activity is not None:
        _refuse_cancelling(activity)
    return activity


def _unclear(shop: Shop) -> dict[int, datetime]:
    """Listings whose last publishing ended before it was clear whether TikTok has the product, and when it was sent.
    Sent again under the same key and looked up first, they cannot be made twice."""
    later = aliased(ActivityItem)
    query = (
        select(ActivityItem.subject_id, ActivityItem.sent_at)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .join(Listing, Listing.id == ActivityItem.subject_id)
        .where(
            Activity.kind == "publish",
            Activity.shop_id == shop.id,
            ActivityItem.state.in_(("unknown", "failed", "skipped")),
            ActivityItem.sent_at.is_not(None),
            Listing.tiktok_id == "",
            ~exists().where(later.subject_id == ActivityItem.subject_id, later.id > ActivityItem.id),
        )
    )
    return {subject_id: sent_at for subject_id, sent_at in db.session.execute(query) if subject_id and sent_at}


def _join(activity: Activity, shop: Shop, items: Sequence[NewItem]) -> Activity:
    """More listings for the activity that is open; they wait with the rest when it waits for tomorrow."""
    last = (
        db.session.scalar(
            select(func.coalesce(func.max(ActivityItem.position), 0)).where(ActivityItem.activity_id == activity.id)
        )
        or 0
    )
    if activity.resumes_at is not None:
        items = [replace(item, due_at=activity.resumes_at) for item in items]
    activities.add_items(activity, items, first=last + 1)
    activity.total = Activity.total + len(items)
    activity.waiting = Activity.waiting + len(items)
    activity.units = Activity.units + len(items)
    db.session.flush()
    db.session.refresh(activity)
    activity.title = f"Publish {activity.total:,} listings to {shop.name}"[:255]
    quota_plan.rank(activity)
    return activity


def _refuse_cancelling(activity: Activity) -> None:
    if activity.state == "cancelling":
        text = f"“{activity.title}” is just being cancelled. Publish again in a minute."
        raise ServiceError(text, "See it", f"/activities/{activity.id}")


def cancelled(listing_ids: Sequence[int]) -> None:
    """Listings whose item was cancelled go back where they were."""
    set_intent(list(listing_ids), "")


def after_cancel(activity: Activity) -> int:
    """Call right after `activities.cancel`: listings whose item was skipped leave Publishing. Answers how many."""
    return _let_go(activity, "skipped") if activity.kind in CARRIES else 0


def let_go(shop: Shop) -> int:
    """The shop leaves: nothing of it is on its way any more. Answers how many listings left Publishing."""
    ids = list(db.session.scalars(select(Listing.id).where(Listing.shop_id == shop.id, Listing.intent != "")))
    cancelled(ids)
    return len(ids)


def settle(activity: Activity) -> int:
    """When an activity has ended, nothing of it may still look as if it were on its way."""
    return _let_go(activity, "skipped", "failed", "refused")


def _let_go(activity: Activity, *states: str) -> int:
    ended = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state.in_(states)
    )
    again = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.kind == activity.kind,
            Activity.state.in_(activities.OPEN),
            ActivityItem.activity_id != activity.id,
            ActivityItem.state.in_(activities.WAITING + activities.WORKING),
        )
    )
    ids = list(
        db.session.scalars(
            select(Listing.id)
            .where(Listing.intent == activity.kind, Listing.id.in_(ended), Listing.id.not_in(again))
            .order_by(Listing.id)
        )
    )
    cancelled(ids)
    return len(ids)


@asks(Page.LISTINGS, SEND)
def retry(actor: Actor, activity: Activity) -> Started:
    """Sends again what a finished publishing activity could not: those of its listings that are ready now."""
    if activity.state in activities.OPEN:
        raise ServiceError(
            f"“{activity.title}” is still moving; retry when it has finished.", "See it", f"/activities/{activity.id}"
        )
    left = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id,
        ActivityItem.state.in_(("refused", "failed")),
        ActivityItem.subject_id.is_not(None),
    )
    return start(actor, db.session.get_one(Shop, activity.shop_id), left)


def store_policy(shop: Shop) -> Policy:
    return settings.of(db.session.get_one(Store, shop.store_id)).policy()
