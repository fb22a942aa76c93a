"""The audit log: who changed what. An entry stands in the transaction of its change, so neither exists alone."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models import AuditEntry, db
from models.present import has_table
from services import clock
from services.actor import Actor

PAGE = 50
_open: ContextVar[AuditEntry | None] = ContextVar("audit_entry", default=None)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the log, newest first; `older`: the id after which the next page begins, 0 at the end."""

    entries: Sequence[AuditEntry]
    older: int


def begin(actor: Actor, action: str, text: str, shop_id: int | None = None) -> None:
    """Opens the entry of a request that may change something. It is kept if the request commits; a service that knows
    better words puts them in with `note`."""
    if has_table(AuditEntry):
        entry = _entry(actor, action, text, shop_id, {})
        _open.set(entry)
        db.session.add(entry)


def end() -> None:
    """The request is over; what was never written is forgotten."""
    entry = _open.get()
    _open.set(None)
    if entry is not None and entry in db.session.new:
        db.session.expunge(entry)


def note(
    actor: Actor, action: str, text: str, *, shop_id: int | None = None, details: Mapping[str, Any] | None = None
) -> None:
    """Says what was changed: in the entry of the request, else in one of its own."""
    if not has_table(AuditEntry):
        return
    entry = _open.get()
    if entry is None or entry not in db.session:
        db.session.add(_entry(actor, action, text, shop_id, dict(details or {})))
    else:
        entry.action, entry.text = action[:80], text
        entry.shop_id, entry.details = shop_id or entry.shop_id, dict(details or {})
        _open.set(None)  # a second matter of the same request gets an entry of its own
    db.session.flush()


def _entry(actor: Actor, action: str, text: str, shop_id: int | None, details: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        store_id=actor.store_id,
        at=clock.now(),
        person_id=actor.person_id,
        actor=actor.name[:255],
        action=action[:80],
        text=text,
        shop_id=shop_id,
        details=details,
    )


def find(person_id: int | None = None, text: str = "", before: int = 0) -> Found:
    """The log, of one person when named, with a word in its text."""
    if not has_table(AuditEntry):
        return Found((), 0)
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if person_id:
        query = query.where(AuditEntry.person_id == person_id)
    if text:
        query = query.where(AuditEntry.text.icontains(text[:100], autoescape=True))
    if before:
        query = query.where(AuditEntry.id < before)
    rows = db.session.scalars(query).all()
    return Found(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0)
