"""What waits for its day is put in order again, because stock and readiness move; trials are looked at, because a
verdict may have come another way."""

import logging

from sqlalchemy import select

from models import Activity, db
from models.tenancy import across_stores, tenant
from services import activities, canary, quota_plan
from services.activities import OPEN

log = logging.getLogger("causeway.plans")


def sweep() -> int:
    """A schedule: every publishing that waits. Answers how many were looked at."""
    with across_stores("publishing that waits for a day or a verdict"):
        query = select(Activity.store_id, Activity.id).where(
            Activity.kind == "publish", Activity.state.in_(OPEN), Activity.waiting > 0
        )
        found = [(store_id, activity_id) for store_id, activity_id in db.session.execute(query)]
        db.session.rollback()
    for store_id, activity_id in found:
        try:
            with tenant(store_id):
                _look(activity_id)
                db.session.commit()
        except Exception as failure:  # one shop's trouble must not keep the others waiting
            db.session.rollback()
            log.error("Plan of activity %s: %s", activity_id, failure, exc_info=failure)
    return len(found)


def _look(activity_id: int) -> None:
    activities.hold(activity_id)
    activity = db.session.get_one(Activity, activity_id, populate_existing=True)
    if canary.state(activity) == canary.TRIAL:
        canary.look(activity)
    elif activity.resumes_at is not None and activity.state in OPEN:
        quota_plan.rank(activity)
