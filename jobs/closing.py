"""The end of an activity: its state, its closing message and what follows, once, whoever saw it first."""

import logging

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from jobs import settlement
from jobs.handlers import HANDLERS
from models import Activity, db
from services.activities import OPEN

log = logging.getLogger("causeway.closing")


def close(activity_id: int) -> bool:
    """Closes the activity when nothing of it is left, and commits; True when this call closed it. A closing that breaks
    makes the activity broken and stops nobody else's work."""
    try:
        activity = settlement.finish_if_over(activity_id)
        if activity is not None:
            HANDLERS[activity.kind].finished(activity)
        db.session.commit()
    except OperationalError:  # the database was busy: the sweep closes it
        db.session.rollback()
        raise
    except Exception as failure:
        db.session.rollback()
        log.error("Activity %s: its closing broke: %s", activity_id, failure, exc_info=failure)
        settlement.break_off(activity_id, f"Something went wrong on our side at the end ({type(failure).__name__}).")
        db.session.commit()
        return True
    return activity is not None


def close_over() -> int:
    """Closes what is over in the current store: cancelled before anything began, or left by a worker that died."""
    over = db.session.scalars(
        select(Activity.id).where(Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0)
    ).all()
    db.session.rollback()
    return sum(close(activity_id) for activity_id in over)
