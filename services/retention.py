"""How long things are kept. Evidence goes by the kind of work it proves; what nobody can need any more goes with it.
Everything is removed in small transactions, so that a worker never waits long for the tidying."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, text

from config import OTHERS
from models import Activity, Base, Evidence, EvidenceBody, InboxEvent, Notice, PendingGrant, SpentToken, WebSession, db
from models.tenancy import MARK
from services.activities import OPEN, STREAMS
from services.bulk import rows_touched
from services.sessions import wall_clock

CHUNK = 2000  # rows a transaction
INBOX_DAYS = 30  # TikTok repeats a webhook for 72 hours, BigCommerce for two days (references 9.2 and 7)
NOTICE_DAYS = 90
STREAM_DAYS = 3  # standing work in which nothing was refused; evidence goes by its own kind
LONGEST_TRANSACTION = timedelta(hours=1)
# Names no row, so it needs no store: it keeps all who add bodies out for one short statement.
LOCK = text("LOCK TABLE evidence_body IN SHARE ROW EXCLUSIVE MODE").execution_options(**{MARK: True})


def drop_evidence(now: datetime, days: Mapping[str, int], commit: Callable[[], None]) -> int:
    """Removes the current store's evidence that is older than its kind is kept; how many exchanges."""
    named = [kind for kind in days if kind != OTHERS]
    gone = 0
    for kind, kept in days.items():
        old = select(Evidence.id).where(Evidence.created_at < now - timedelta(days=kept))
        belongs = select(Activity.id).where(Activity.kind.in_([kind] if kind else named))
        if kind:
            old = old.where(Evidence.activity_id.in_(belongs))
        elif named:
            old = old.where(or_(Evidence.activity_id.is_(None), Evidence.activity_id.not_in(belongs)))
        gone += _in_chunks(old, Evidence, commit)
    return gone


def drop_bodies(now: datetime, commit: Callable[[], None]) -> int:
    """Removes bodies that no evidence of the current store points to any more; how many. A body is looked for among all
    evidence first, and once more among the newest while nobody can add any: a worker may use it again meanwhile."""
    used = select(Evidence.sent).union(select(Evidence.received))
    candidates = list(db.session.scalars(select(EvidenceBody.id).where(EvidenceBody.digest.not_in(used))))
    commit()
    fresh = Evidence.created_at >= now - LONGEST_TRANSACTION
    used = select(Evidence.sent).where(fresh).union(select(Evidence.received).where(fresh))
    gone = 0
    for first in range(0, len(candidates), CHUNK):
        if db.engine.dialect.name == "postgresql":
            db.session.execute(LOCK)
        part = EvidenceBody.id.in_(candidates[first : first + CHUNK])
        statement = delete(EvidenceBody).where(part, EvidenceBody.digest.not_in(used))
        gone += rows_touched(db.session.execute(statement, execution_options={"synchronize_session": False}))
        commit()
    return gone


def drop_activities(now: datetime, days: int, commit: Callable[[], None]) -> int:
    """Removes the current store's activities that ended so long ago, with their items; standing work sooner."""
    ended = Activity.state.not_in(OPEN)
    old = select(Activity.id).where(ended, Activity.finished_at < now - timedelta(days=days))
    quiet = (Activity.kind.in_(STREAMS), Activity.refused == 0, Activity.failed == 0)
    streams = select(Activity.id).where(ended, *quiet, Activity.finished_at < now - timedelta(days=STREAM_DAYS))
    # An activity may have many items.
    return sum(_in_chunks(query, Activity, commit, chunk=20) for query in (old, streams))


def drop_settled(now: datetime, commit: Callable[[], None]) -> int:
    """Removes the current store's notices whose matter was settled long ago, and sessions that have ended."""
    settled = select(Notice.id).where(Notice.resolved_at < now - timedelta(days=NOTICE_DAYS))
    ended = select(WebSession.id).where(WebSession.expires_at < min(now, wall_clock()))
    return _in_chunks(settled, Notice, commit) + _in_chunks(ended, WebSession, commit)


def drop_unowned(now: datetime, commit: Callable[[], None]) -> int:
    """Removes what belongs to no store: webhooks dealt with long ago, spent tokens and grants that have ended."""
    dealt_with = InboxEvent.state.in_(("applied", "ignored"))
    hooks = select(InboxEvent.id).where(dealt_with, InboxEvent.received_at < now - timedelta(days=INBOX_DAYS))
    spent = select(SpentToken.id).where(SpentToken.expires_at < min(now, wall_clock()))
    unclaimed = select(PendingGrant.id).where(PendingGrant.expires_at < now)
    found: tuple[tuple[Select[Any], type[Base]], ...] = (
        (hooks, InboxEvent),
        (spent, SpentToken),
        (unclaimed, PendingGrant),
    )
    return sum(_in_chunks(old, model, commit) for old, model in found)


def _in_chunks(old: Select[Any], model: type[Base], commit: Callable[[], None], chunk: int = CHUNK) -> int:
    gone = 0
    while ids := list(db.session.scalars(old.limit(chunk))):
        key = model.id  # type: ignore[attr-defined]
        db.session.execute(delete(model).where(key.in_(ids)), execution_options={"synchronize_session": False})
        commit()
        gone += len(ids)
    commit()
    return gone
