"""Sessions: a browser holds an opaque id, the database its digest. Deleting the row ends the session at once."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from models import Person, Store, WebSession, db
from models.tenancy import across_stores
from services import setup

LIFETIME = timedelta(hours=12)
SLIDE = timedelta(minutes=30)  # a session is prolonged at most this often, so that reading pages rarely writes
COOKIE = "__Host-causeway-"
MOST_COOKIES = 20  # browsers and servers cap the size of the Cookie header


def wall_clock() -> datetime:
    """Sessions live by the real time: a sandbox whose clock is moved must not sign anybody out."""
    return datetime.now(UTC)


def digest(opaque: str) -> str:
    return hashlib.sha256(opaque.encode()).hexdigest()


def cookie_name(store_hash: str) -> str:
    return COOKIE + store_hash


def begin(person: Person, old: str = "") -> str:
    """Starts a session inside the person's store and answers its opaque id; the browser's `old` one ends (rotation).

    A rotated session keeps its first moment, so forms in the browser's other tabs stay valid (docs/decisions/0003).
    """
    now = wall_clock()
    before = find(old) if old else None
    since = before.created_at if before is not None and before.person_id == person.id else now
    if before is not None:
        db.session.delete(before)
    db.session.execute(delete(WebSession).where(WebSession.expires_at < now))
    opaque = secrets.token_urlsafe(32)
    db.session.add(
        WebSession(
            store_id=person.store_id,
            digest=digest(opaque),
            person_id=person.id,
            created_at=since,
            expires_at=now + LIFETIME,
        )
    )
    db.session.flush()
    return opaque


def find(opaque: str) -> WebSession | None:
    """The living session of the current store behind an opaque id."""
    row = db.session.scalar(select(WebSession).where(WebSession.digest == digest(opaque)))
    return row if row is not None and row.expires_at > wall_clock() else None


def ageing(session: WebSession) -> bool:
    """Whether it is time to prolong it."""
    return session.expires_at - wall_clock() < LIFETIME - SLIDE


def prolong(session: WebSession) -> None:
    session.expires_at = wall_clock() + LIFETIME
    db.session.flush()


def end_all(person: Person | None = None) -> None:
    """Ends every session of the current store, or those of one person."""
    query = delete(WebSession)
    db.session.execute(query if person is None else query.where(WebSession.person_id == person.id))


def form_secret(store: Store, session: WebSession) -> str:
    """What this session's form tokens are signed over: nobody without SECRET_KEY can compute it."""
    text = f"{store.hash}:{session.person_id}:{session.created_at.isoformat()}"
    return hmac.new(setup.config().secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def surplus(cookies: Mapping[str, str], keep: str) -> list[str]:
    """Names of session cookies of other stores to drop, so that the Cookie header stays small."""
    others = [name for name in cookies if name.startswith(COOKIE) and name != keep]
    return others[: max(0, len(others) - MOST_COOKIES + 1)]


def anywhere(cookies: Mapping[str, str]) -> bool:
    """Whether this browser is signed in to any store."""
    digests = [digest(value) for name, value in cookies.items() if name.startswith(COOKIE)]
    if not digests:
        return False
    with across_stores("is this browser signed in to any store"):
        query = select(WebSession.id).where(WebSession.digest.in_(digests), WebSession.expires_at > wall_clock())
        return db.session.scalar(query.limit(1)) is not None
