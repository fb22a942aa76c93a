"""Finds work nobody is doing and rings for it: after a kill, an emptied Redis, a lost bell."""

import logging

import redis
from sqlalchemy import select

from jobs import closing, ledger, presence, settlement
from jobs.launch import ring
from jobs.presence import Place
from jobs.setup import redis_client
from models import Activity, ActivityItem, db
from models.tenancy import across_stores, tenant
from services import clock, setup
from services.activities import OPEN

log = logging.getLogger("causeway.sweep")
BELL_SECONDS = 5  # not more often a shop: the bell before may not have been heard yet


def sweep() -> int:
    """Recovers dead leases, closes what is over, rings for every shop with due work. Answers how many bells rang."""
    for store_id in _stores_to_mend():
        try:
            with tenant(store_id):
                settlement.recover(setup.config().settle_seconds)
                db.session.commit()
                closing.close_over()
        except Exception as failure:  # one store's trouble must not keep the others waiting
            db.session.rollback()
            log.error("Sweep of store %s: %s", store_id, failure, exc_info=failure)
    return sum(_ring_once(place) for place in due() if not presence.somebody(place))


def _stores_to_mend() -> list[int]:
    with across_stores("the sweep looks for due work of every store"):
        dead = select(ActivityItem.store_id).where(
            ActivityItem.state.in_(ledger.IN_HAND), ActivityItem.lease_until < ledger.database_now()
        )
        over = select(Activity.store_id).where(Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0)
        stores = sorted(set(db.session.scalars(dead.distinct())) | set(db.session.scalars(over.distinct())))
        db.session.rollback()
    return stores


def due() -> list[Place]:
    """The places with something that may be done now; shops that wait for their merchant are left alone."""
    with across_stores("the sweep looks for due work of every store"):
        query = ledger.with_shop(select(Activity.queue, Activity.store_id, Activity.shop_id))
        query = query.where(Activity.state.in_(OPEN), ledger.has_due(clock.now()), ledger.may_be_called()).distinct()
        due = [(queue, store_id, shop_id) for queue, store_id, shop_id in db.session.execute(query)]
        db.session.rollback()
    return due


def _ring_once(place: Place) -> bool:
    queue, store_id, shop_id = place
    try:
        fresh = redis_client().set(f"bell:{queue}:{store_id}:{shop_id or 0}", b"1", nx=True, ex=BELL_SECONDS)
    except redis.RedisError:
        return False
    return bool(fresh) and ring(queue, store_id, shop_id)
