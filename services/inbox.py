"""The inbox of webhooks: one row per event, stored before anything is done with it."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from models import InboxEvent, db
from services import clock
from services.bulk import insert_into, table_of
from services.patience import SOON, wait_for

KEEP = timedelta(days=30)
TRIES, LEAST = 12, timedelta(hours=1)  # so many, and not before: a worker that dies counts as a try of all it held
HURRY = timedelta(seconds=SOON)


def receive(source: str, event_id: str, topic: str, account: str, body: Mapping[str, Any]) -> bool:
    """Stores a verified event; False when it was here before."""
    now = clock.now()
    row = {
        "source": source,
        "event_id": event_id[:128],
        "topic": topic[:80],
        "account": account[:64],
        "body": dict(body),
        "received_at": now,
        "state": "new",
        "tries": 0,
        "due_at": now,
        "note": "",
    }
    statement = insert_into(table_of(InboxEvent)).values(row)
    statement = statement.on_conflict_do_nothing(index_elements=["source", "event_id"])
    return bool(db.session.execute(statement.returning(InboxEvent.id)).first())


def fallback_id(raw: bytes) -> str:
    """For events without an id of their own (TikTok's type 3, reference 9.3): the same bytes are the same event."""
    return hashlib.sha256(raw).hexdigest()


def due(limit: int = 200) -> list[InboxEvent]:
    return list(
        db.session.scalars(
            select(InboxEvent)
            .where(InboxEvent.state == "new", InboxEvent.due_at <= clock.now())
            .order_by(InboxEvent.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def applied(event: InboxEvent, note: str = "", state: str = "applied") -> None:
    event.state, event.note = state, note[:500]


def failed(event: InboxEvent, reason: str) -> None:
    """Comes again with a growing wait; set aside after so many tries and so long (the polls are the truth)."""
    now = clock.now()
    event.tries += 1
    event.note = reason[:500]
    event.due_at = now + timedelta(seconds=wait_for(10.0, event.tries - 1))
    if event.tries >= TRIES and event.received_at < now - LEAST:
        event.state = "failed"


def hurry(source: str, account: str) -> None:
    """Something of this account could be read again: its events do not wait longer than half a minute any more."""
    soon = clock.now() + HURRY
    db.session.execute(
        update(InboxEvent)
        .where(
            InboxEvent.state == "new",
            InboxEvent.due_at > soon,
            InboxEvent.source == source,
            InboxEvent.account == account,
        )
        .values(due_at=soon),
        execution_options={"synchronize_session": False},
    )


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(InboxEvent).where(InboxEvent.state == "new")) or 0


def forget_old() -> None:
    db.session.execute(
        update(InboxEvent).where(InboxEvent.received_at < clock.now() - KEEP, InboxEvent.state != "new").values(body={})
    )
