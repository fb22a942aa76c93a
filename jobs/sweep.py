"""Finds work nobody is doing and rings for it: after a kill, an emptied Redis, a lost bell."""

from sqlalchemy import select

from jobs import ledger
from jobs.launch import ring
from jobs.setup import redis_client
from models import Activity, ActivityItem, db
from models.tenancy import across_stores, tenant
from services import clock, setup
from services.activities import OPEN


def sweep() -> int:
    """Recovers dead leases and rings for every shop with due work. Answers how many bells were rung."""
    with across_stores("the sweep looks for due work of every store"):
        now = clock.now()
        stores = set(db.session.scalars(
            select(ActivityItem.store_id).where(ActivityItem.state.in_(("claimed", "sending")), ActivityItem.lease_until < ledger.database_now())
            .distinct()
        ))
        db.session.rollback()
    for store_id in sorted(stores):
        with tenant(store_id):
            ledger.recover(setup.config().settle_seconds)
            db.session.commit()
            _close_over()
    with across_stores("the sweep looks for due work of every store"):
        due = (
            select(ActivityItem.id)
            .where(ActivityItem.activity_id == Activity.id, ActivityItem.state.in_(("waiting", "unknown")), ActivityItem.due_at <= now)
            .exists()
        )
        waiting = db.session.execute(
            select(Activity.queue, Activity.store_id, Activity.shop_id).where(Activity.state.in_(OPEN), due).distinct()
        ).fetchall()
        over = set(db.session.scalars(
            select(Activity.store_id).where(Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0).distinct()
        ))
        db.session.rollback()
    for store_id in sorted(over):
        with tenant(store_id):
            _close_over()
    return sum(_ring_once(queue, store_id, shop_id) for queue, store_id, shop_id in waiting)


def _close_over() -> None:
    """A worker that died between its last record and the closing leaves an activity with nothing left."""
    from jobs.handlers import HANDLERS

    for activity_id in db.session.scalars(select(Activity.id).where(Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0)).all():
        activity = ledger.finish_if_over(activity_id)
        if activity is not None:
            HANDLERS[activity.kind].finished(activity)
        db.session.commit()


def _ring_once(queue: str, store_id: int, shop_id: int | None) -> bool:
    """Not more often than every ten seconds a shop: a long drain is at it already."""
    import redis

    try:
        fresh = redis_client().set(f"bell:{queue}:{store_id}:{shop_id or 0}", b"1", nx=True, ex=10)
    except redis.RedisError:
        return False
    return bool(fresh) and ring(queue, store_id, shop_id)
