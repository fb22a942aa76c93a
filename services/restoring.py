"""After a backup was put back: the platforms have moved on since it was made, and this database does not know how."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from models import Activity, ActivityItem, Schedule, WebSession, db
from models.tenancy import across_stores
from services import clock
from services.activities import OPEN
from services.bulk import rows_touched


@dataclass(frozen=True, slots=True)
class Restored:
    """What was set right."""

    items: int  # open work that is looked up on the platform before anything is sent
    sessions: int  # browsers that sign in again, by opening the app in BigCommerce
    schedules: int  # periodic checks that are due at once


def after_restore() -> Restored:
    """Work that was waiting when the backup was made may have been done since: it now counts as sent, so it is looked
    up first and created only when absent. Sessions end, because some had been revoked since. Every periodic check
    (reviews, tokens, webhooks, products made twice or unknown to us) is due at once. Flushes, does not commit."""
    with across_stores("a backup was put back"):
        now = clock.now()
        open_now = select(Activity.id).where(Activity.state.in_(OPEN))
        unsent = update(ActivityItem).where(
            ActivityItem.activity_id.in_(open_now), ActivityItem.state == "waiting", ActivityItem.sent_at.is_(None)
        )
        options = {"synchronize_session": False}
        items = rows_touched(db.session.execute(unsent.values(sent_at=now), execution_options=options))
        sessions = rows_touched(db.session.execute(delete(WebSession), execution_options=options))
        schedules = rows_touched(db.session.execute(update(Schedule).values(due_at=now), execution_options=options))
        db.session.flush()
    return Restored(items, sessions, schedules)
