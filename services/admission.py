"""Who comes in with a request: store, session, person, shops and what the page's frame says, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select

from models import Activity, Notice, Person, Shop, Store, WebSession, db
from models.tenancy import across_stores
from services import sessions
from services.activities import OPEN


@dataclass(frozen=True, slots=True)
class Admitted:
    """`unseen`: open notices nobody looked at; `is_moving`: whether any activity is open."""

    store: Store
    session: WebSession
    person: Person
    shops: Sequence[Shop]  # the active ones, oldest first
    unseen: int
    is_moving: bool


_UNSEEN = select(func.count(Notice.id)).where(
    Notice.store_id == Store.id, Notice.resolved_at.is_(None), Notice.seen_at.is_(None)
)
_MOVING = select(Activity.id).where(Activity.store_id == Store.id, Activity.state.in_(OPEN))
_WHO = (
    select(Store, WebSession, Person, Shop, _UNSEEN.scalar_subquery(), _MOVING.exists())
    .join(WebSession, WebSession.store_id == Store.id)
    .join(Person, and_(Person.store_id == Store.id, Person.id == WebSession.person_id))
    .outerjoin(Shop, and_(Shop.store_id == Store.id, Shop.is_active))
    .where(Store.hash == bindparam("hash"), WebSession.digest == bindparam("digest"))
    .order_by(Shop.id)
)


def admit(store_hash: str, opaque: str) -> Admitted | None:
    """The living session behind the cookie, if it belongs to the store of the address and that is not uninstalled."""
    with across_stores("whose session comes with this request"):
        rows = db.session.execute(_WHO, {"hash": store_hash, "digest": sessions.digest(opaque)}).all()
    if not rows:
        return None
    store, session, person, _, unseen, moving = rows[0]
    if store.state == "uninstalled" or session.expires_at <= sessions.wall_clock():
        return None
    return Admitted(store, session, person, [row[3] for row in rows if row[3] is not None], unseen, bool(moving))
