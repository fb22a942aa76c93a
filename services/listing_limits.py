"""The daily listing limit of a shop: learned from a refusal, counted by the shop's own calendar (reference 4.15)."""

from datetime import datetime

from sqlalchemy import func, select, update

from models import Listing, Shop, db
from services import clock, notices

LIMIT_CODE = "12052093"  # daily listing limit (reference 4.9)


def today(shop: Shop) -> tuple[int | None, int | None]:
    """(limit, what is left of it today); None where the shop's limit was never met, because TikTok does not tell it."""
    day = clock.shop_day(shop.market, clock.now())
    used = shop.listings_today if shop.listings_day == day else 0
    if shop.limit_reached_day == day:
        return shop.daily_limit, 0
    return (shop.daily_limit, max(0, shop.daily_limit - used)) if shop.daily_limit is not None else (None, None)


def count_listings(shop_id: int, count: int = 1) -> None:
    """So many more accepted today, by the shop's own calendar."""
    shop = db.session.get_one(Shop, shop_id)
    day = clock.shop_day(shop.market, clock.now())
    if shop.listings_day != day:
        db.session.execute(
            update(Shop).where(Shop.id == shop_id, Shop.listings_day != day).values(listings_day=day, listings_today=0)
        )
    db.session.execute(update(Shop).where(Shop.id == shop_id).values(listings_today=Shop.listings_today + count))
    db.session.expire(shop)


def limit_reached(shop: Shop, asked_at: datetime | None = None) -> datetime:
    """The platform refused for the day on which it was asked (default: now): learn the limit, answer when the rest may
    go on. A refusal of yesterday that is read after midnight holds nothing back."""
    now = asked_at or clock.now()
    day = clock.shop_day(shop.market, now)
    shop.limit_reached_day = day
    if shop.listings_day == day and shop.listings_today:
        shop.daily_limit = shop.listings_today
    return clock.next_shop_day(shop.market, now)


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
        "See the activities",
        "/activities/",
    )
