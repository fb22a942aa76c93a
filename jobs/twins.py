"""The daily look for doubles: an activity for every shop that was not looked through within a day."""

import logging
from datetime import timedelta

from sqlalchemy import exists, select

from jobs.launch import launch
from models import Activity, Authorization, Listing, Shop, Store, Twin, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import clock, twins
from services.actor import system

log = logging.getLogger("causeway.twins")
RHYTHM = timedelta(hours=24)
AT_ONCE = 50  # shops; the next hour takes the next


def sweep() -> int:
    """A schedule: starts the checks that are due; answers how many. Two at once start each check once."""
    if not has_table(Twin):
        return 0
    started = 0
    for store_id, shop_id in _due():
        try:
            with tenant(store_id):
                found = twins.start(system(store_id), db.session.get_one(Shop, shop_id), everything=False)
                launch(found.activity)
                started += not found.already
        except Exception as failure:  # one shop's trouble must not keep the others waiting
            db.session.rollback()
            log.error("Doubles of shop %s: %s", shop_id, failure, exc_info=failure)
    return started


def _due() -> list[tuple[int, int]]:
    recent = exists().where(
        Activity.kind == twins.KIND, Activity.shop_id == Shop.id, Activity.created_at > clock.now() - RHYTHM
    )
    with across_stores("shops that were not looked through for doubles within a day"):
        rows = db.session.execute(
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed", ~recent)
            .where(exists().where(Listing.shop_id == Shop.id))
            .order_by(Shop.id)
            .limit(AT_ONCE)
        ).all()
        db.session.rollback()
    return [(store_id, shop_id) for store_id, shop_id in rows]
