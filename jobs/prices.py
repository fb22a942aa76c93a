"""Prices follow by themselves: what a recheck found is sent, followers are drawn along, sales take their steps."""

import logging
from collections.abc import Callable
from datetime import timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from domain.pricing.rules import AGED
from jobs.launch import launch
from models import Listing, ListingSku, PricePolicy, PriceTold, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import clock, notices
from services.pricing import policies, pushes, sales
from services.pricing.offers import live_listings

log = logging.getLogger("causeway.prices")
RECENT = timedelta(seconds=90)  # what was rechecked so lately is looked at by each sweep


def sweep() -> int:
    """Every few seconds: sends what a recheck found to differ. Answers how many listings were looked at."""
    since = clock.now() - RECENT
    return _each(lambda shop: _pour(shop, [*_rechecked(shop, since), *_followers(shop, since)], "change"))


def walk() -> int:
    """Hourly: sends whatever differs: newly published listings, prices that did not arrive, rates entered anew."""
    return _each(lambda shop: _pour(shop, live_listings(shop.id), "sweep"))


def steps() -> int:
    """Hourly: takes the steps by sales that are due, and says which rates are old."""
    return _each(_step)


def _pour(shop: Shop, listing_ids: list[int], cause: str) -> int:
    launch(pushes.pour_listings(shop, listing_ids, cause))
    return len(listing_ids)


def _rechecked(shop: Shop, since: object) -> list[int]:
    query = select(Listing.id).where(
        Listing.shop_id == shop.id, Listing.tiktok_id != "", Listing.is_stale.is_(False), Listing.checked_at >= since
    )
    return list(db.session.scalars(query.limit(5000)))


def _followers(shop: Shop, since: object) -> list[int]:
    """Listings of the shop whose price in the shop they follow was confirmed lately."""
    rules = select(PricePolicy).where(PricePolicy.shop_id == shop.id, PricePolicy.follow == "shop")
    sources = {row.source_shop_id for row in db.session.scalars(rules) if row.source_shop_id}
    if not sources:
        return []
    moved = (
        select(ListingSku.variant_id)
        .join(PriceTold, (PriceTold.listing_sku_id == ListingSku.id) & (PriceTold.store_id == ListingSku.store_id))
        .where(PriceTold.shop_id.in_(sources), PriceTold.confirmed_at >= since)
    )
    variants = [number for number in db.session.scalars(moved) if number]
    query = select(ListingSku.listing_id).join(Listing, Listing.id == ListingSku.listing_id)
    return list(db.session.scalars(query.where(Listing.shop_id == shop.id, ListingSku.variant_id.in_(variants))))


def _step(shop: Shop) -> int:
    moved = sales.move(shop)
    for number in moved:
        db.session.get_one(Listing, number).is_stale = True  # pages show the new price
    _aged(shop)
    return _pour(shop, moved, "sales")


def _aged(shop: Shop) -> None:
    """One notice a shop, until a newer rate is entered."""
    key, row = f"rate:{shop.id}", policies.row(shop.id)
    rate = policies.rate_of(row)
    age = rate.age(clock.now().date()) if rate is not None else 0
    if age <= AGED or rate is None:
        notices.resolve(key)
        return
    text = f"Prices of “{shop.name}” are converted at a rate of {rate.day.isoformat()}, {age} days ago."
    notices.raise_notice(key, "warning", text, "Enter today's rate", f"/prices/rule?shop={shop.id}")


def _each(work: Callable[[Shop], int]) -> int:
    """Shops with a price rule, one after the other; one's trouble does not keep the others waiting."""
    if not policies.ready():
        return 0
    with across_stores("whose prices are sent"):
        query = (
            select(PricePolicy.store_id, PricePolicy.shop_id)
            .join(Store, Store.id == PricePolicy.store_id)
            .join(Shop, (Shop.id == PricePolicy.shop_id) & (Shop.store_id == PricePolicy.store_id))
            .where(PricePolicy.listing_id == 0, Store.state == "installed", Shop.is_active)
        )
        places = [(store_id, shop_id) for store_id, shop_id in db.session.execute(query)]
        db.session.rollback()
    count = 0
    for store_id, shop_id in places:
        try:
            with tenant(store_id):
                count += work(db.session.get_one(Shop, shop_id))
                db.session.commit()
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:
            db.session.rollback()
            log.error("Prices of shop %s: %s", shop_id, failure, exc_info=failure)
    return count
