"""Who comes in with a request: store, session, person, shops and what the page's frame says, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select

from models import Activity, Authorization, Notice, Person, Shop, Store, WebSession, db
from models.tenancy import across_stores
from services import sessions
from services.activities import OPEN, STREAMS


@dataclass(frozen=True, slots=True)
class Admitted:
    """`unseen`: open notices nobody looked at; `is_moving`: whether any activity is open."""

    store: Store
    session: WebSession
    person: Person
    shops: Sequence[Shop]  # the active ones, oldest first
    grants: Mapping[int, str]  # the state of each one's authorization
    unseen: int
    is_moving: bool


_UNSEEN = select(func.count(Notice.id)).where(
    Notice.store_id == Store.id, Notice.resolved_at.is_(None), Notice.seen_at.is_(None)
)
_MOVING = select(Activity.id).where(
    Activity.store_id == Store.id, Activity.state.in_(OPEN), Activity.kind.not_in(STREAMS)
)
_WHO = (
    select(Store, WebSession, Person, Shop, Authorization.state, _UNSEEN.scalar_subquery(), _MOVING.exists())
    .join(WebSession, WebSession.store_id == Store.id)
    .join(Person, and_(Person.store_id == Store.id, Person.id == WebSession.person_id))
    .outerjoin(Shop, and_(Shop.store_id == Store.id, Shop.is_active))
    .outerjoin(Authorization, and_(Authorization.store_id == Store.id, Authorization.id == Shop.authorization_id))
    .where(Store.hash == bindparam("hash"), WebSession.digest == bindparam("digest"))
    .order_by(Shop.id)
)


def admit(store_hash: str, opaque: str) -> Admitted | None:
    """The living session behind the cookie, if it belongs to the store of the address and that is not uninstalled."""
    with across_stores("whose session comes with this request"):
        rows = db.session.execute(_WHO, {"hash": store_hash, "digest": sessions.digest(opaque)}).all()
    if not rows:
        return None
    store, session, person, _, _, unseen, moving = rows[0]
    if store.state == "uninstalled" or session.expires_at <= sessions.wall_clock():
        return None
    shops = [row[3] for row in rows if row[3] is not None]
    grants = {row[3].id: row[4] for row in rows if row[3] is not None}
    return Admitted(store, session, person, shops, grants, unseen, bool(moving))
