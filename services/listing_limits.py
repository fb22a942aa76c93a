"""The daily listing limit of a shop: learned from refusals, spent exactly, counted by the shop's own calendar
(reference 4.15)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, update

from domain import quota
from domain.quota import Learned
from domain.rulepacks import pack_for
from models import Activity, ActivityItem, Listing, ListingDay, Shop, db
from models.present import has_table
from services import clock, notices
from services.activities import OPEN, hold
from services.bulk import insert_missing, rows_touched

LIMIT_CODE = "12052093"  # daily listing limit (reference 4.9)
RELISTS = ("DRAFT", "FAILED", "PLATFORM_DEACTIVATED")  # an edit of these lists them anew (reference 7)
FAR = 500  # calls below the ceiling from which on it is watched closely; more than all workers have in hand
MOMENT, PAUSE = timedelta(seconds=0.3), timedelta(seconds=3)  # for an answer that is under way; for one that was lost
TOMORROW = "Today's listing limit is used up; this goes on after midnight, shop time."
ANSWERS = "The last listings of today's limit are being sent; it goes on as soon as their answers are there."


def today(shop: Shop) -> tuple[int | None, int | None]:
    """(limit, what is left of it today); None where the shop's limit was never met, because TikTok does not tell it."""
    day = clock.shop_day(shop.market, clock.now())
    if shop.limit_reached_day == day:
        return shop.daily_limit, 0
    return (shop.daily_limit, max(0, shop.daily_limit - used(shop))) if shop.daily_limit is not None else (None, None)


def used(shop: Shop) -> int:
    """How many TikTok took today."""
    return shop.listings_today if shop.listings_day == clock.shop_day(shop.market, clock.now()) else 0


def tiers(shop: Shop) -> list[int]:
    """What shops of this market may usually list a day, the smallest first."""
    pack = pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")
    return sorted(tier.listings for tier in pack.tiers if tier.listings)


@dataclass(frozen=True, slots=True)
class Room:
    """How many more may be sent now (None: as many as there are); for the rest, until when they wait, and why."""

    count: int | None
    until: datetime
    why: str = ""


def counts(listing: Listing) -> bool:
    """Whether sending this listing takes one of the day."""
    return not listing.tiktok_id or listing.platform_status in RELISTS


def room(shop: Shop, activity_id: int) -> Room:
    """Asked within the transaction that says *sending*. Near the limit it locks the activity and the shop, so that two
    workers never spend the same listing of a day."""
    now = clock.now()
    tomorrow = clock.next_shop_day(shop.market, now)
    if shop.limit_reached_day == clock.shop_day(shop.market, now):
        return Room(0, tomorrow, TOMORROW)
    steps = tiers(shop)
    learned = _learned(shop)
    if quota.ceiling(learned, used(shop), steps).count - used(shop) > FAR:
        return Room(None, tomorrow)
    hold(activity_id)
    db.session.refresh(shop, with_for_update=True)
    taken = used(shop)
    top = quota.ceiling(learned, taken, steps)
    sending, lost = _flying(shop)
    free = top.count - taken - sending - lost
    if free <= 0 and not sending and not lost:
        return Room(1, now + MOMENT, ANSWERS) if top.probe else Room(0, tomorrow, TOMORROW)
    return Room(max(0, free), now + (PAUSE if lost and not sending else MOMENT), ANSWERS)


def _learned(shop: Shop) -> Learned:
    """The limit with how sure it is. Without the table of days it is taken as sure."""
    if not has_table(ListingDay):
        return Learned(shop.daily_limit, quota.CONFIRMATIONS, 0)
    if shop.daily_limit is None:
        best = select(func.max(ListingDay.accepted)).where(ListingDay.shop_id == shop.id)
        return Learned(None, best=db.session.scalar(best.where(ListingDay.refused == 0)) or 0)
    met = select(func.count(ListingDay.id), func.max(ListingDay.day)).where(
        ListingDay.shop_id == shop.id, ListingDay.refused > 0, ListingDay.accepted == shop.daily_limit
    )
    count, last = db.session.execute(met).one()
    if not last:
        return Learned(shop.daily_limit)
    day = date.fromisoformat(clock.shop_day(shop.market, clock.now()))
    return Learned(shop.daily_limit, count, (day - date.fromisoformat(last)).days)


def _flying(shop: Shop) -> tuple[int, int]:
    """Calls whose answer is not written down yet and that may count: (under way, without an answer). Each may have
    taken one listing of the day."""
    query = (
        select(ActivityItem.state, func.count(ActivityItem.id))
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .join(Listing, Listing.id == ActivityItem.subject_id)
        .where(
            Activity.shop_id == shop.id,
            Activity.state.in_(OPEN),
            ActivityItem.state.in_(("sending", "unknown")),
            or_(
                Activity.kind == "activate",
                Activity.kind.in_(("publish", "resend", "update_part"))
                & or_(Listing.tiktok_id == "", Listing.platform_status.in_(RELISTS)),
            ),
        )
        .group_by(ActivityItem.state)
    )
    found = {state: count for state, count in db.session.execute(query)}
    return found.get("sending", 0), found.get("unknown", 0)


def count_listings(shop_id: int, count: int = 1) -> None:
    """So many more accepted today, by the shop's own calendar. More than the limit says that it was raised."""
    shop = db.session.get_one(Shop, shop_id)
    day = clock.shop_day(shop.market, clock.now())
    if shop.listings_day != day:
        db.session.execute(
            update(Shop).where(Shop.id == shop_id, Shop.listings_day != day).values(listings_day=day, listings_today=0)
        )
    db.session.execute(update(Shop).where(Shop.id == shop_id).values(listings_today=Shop.listings_today + count))
    db.session.refresh(shop)
    _add_to_day(shop, day, accepted=count)
    if shop.daily_limit is not None and shop.listings_today > shop.daily_limit:
        # After the refusal of the same day these were only answered later; before one, the limit is another by now.
        shop.daily_limit = shop.listings_today if shop.limit_reached_day == day else None


def limit_reached(shop: Shop, asked_at: datetime | None = None) -> datetime:
    """The platform refused for the day on which it was asked (default: now): learn the limit, answer when the rest may
    go on. A refusal of yesterday that is read after midnight holds nothing back."""
    now = asked_at or clock.now()
    day = clock.shop_day(shop.market, now)
    shop.limit_reached_day = day
    if shop.listings_day == day and shop.listings_today:
        shop.daily_limit = shop.listings_today
    _add_to_day(shop, day, refused=1)
    return clock.next_shop_day(shop.market, now)


def _add_to_day(shop: Shop, day: str, accepted: int = 0, refused: int = 0) -> None:
    if not has_table(ListingDay):
        return
    more = (
        update(ListingDay)
        .where(ListingDay.shop_id == shop.id, ListingDay.day == day)
        .values(accepted=ListingDay.accepted + accepted, refused=ListingDay.refused + refused)
    )
    quiet = {"synchronize_session": False}
    if not rows_touched(db.session.execute(more, execution_options=quiet)):
        row = {"store_id": shop.store_id, "shop_id": shop.id, "day": day, "accepted": 0, "refused": 0}
        insert_missing(ListingDay, [row], ("store_id", "shop_id", "day"))
        db.session.execute(more, execution_options=quiet)


def waits_for_tomorrow(shop: Shop) -> datetime | None:
    """When the shop may list again, if today's limit is known to be used up."""
    day = clock.shop_day(shop.market, clock.now())
    return clock.next_shop_day(shop.market, clock.now()) if shop.limit_reached_day == day else None


def notice_limit(shop: Shop, resumes_at: datetime) -> None:
    """One notice while the daily limit holds listings back."""
    left = db.session.scalar(
        select(func.count(Listing.id)).where(Listing.shop_id == shop.id, Listing.intent == "publish")
    )
    notices.raise_notice(
        f"daily-limit:{shop.id}",
        "info",
        f"{shop.name} has reached today's listing limit. {left or 0:,} listings wait and go on by themselves after "
        f"midnight, shop time ({resumes_at:%d %B, %H:%M} UTC).",
        "See the plan",
        f"/listings/plan?shop={shop.id}",
    )
