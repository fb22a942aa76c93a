"""The ledger behind activities: what is due, claiming, sending, leases. Every write checks the fencing number. Locks
are always taken in one order, the activity's row first, so that workers, the sweep and a person who cancels never wait
for each other in a circle."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_, update

from jobs.handling import Item
from models import Activity, ActivityItem, Authorization, Shop, Store, db
from models.tenancy import scoped, tenant_id
from services import clock
from services.activities import OPEN, hold
from services.bulk import rows_touched, table_of

LEASE = timedelta(seconds=15)
FEW = 8
DUE = ("waiting", "unknown")
IN_HAND = ("claimed", "sending")
T = table_of(ActivityItem)
COLUMNS = (
    T.c.id,
    T.c.subject_id,
    T.c.label,
    T.c.args,
    T.c.attempt,
    T.c.tries,
    T.c.crashes,
    T.c.sent_at,
    T.c.due_at,
    T.c.position,
)


def database_now() -> datetime:
    """Leases use the database's clock, so that hosts need not agree on theirs."""
    if db.engine.dialect.name == "sqlite":
        return datetime.now(UTC)  # the file is on this machine
    moment: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def has_due(now: datetime) -> ColumnElement[bool]:
    """The activity has something that may be done now."""
    return (
        select(ActivityItem.id)
        .where(ActivityItem.activity_id == Activity.id, ActivityItem.state.in_(DUE), ActivityItem.due_at <= now)
        .exists()
    )


def may_be_called() -> ColumnElement[bool]:
    """BigCommerce accepts the store's token, and the activity's shop, if it has one, is connected; needs the joins of
    `with_shop`."""
    shop = or_(Activity.shop_id.is_(None), and_(Shop.is_active, Authorization.state == "active"))
    return and_(Store.state == "installed", shop)


def with_shop(query: Any) -> Any:
    query = query.join(Store, Store.id == Activity.store_id).outerjoin(Shop, Shop.id == Activity.shop_id)
    return query.outerjoin(Authorization, Authorization.id == Shop.authorization_id)


def next_activity(queue: str, shop_id: int | None) -> Activity | None:
    """The most urgent open activity of the shop with something due, whose shop may be called."""
    query = (
        with_shop(select(Activity))
        .where(
            Activity.queue == queue,
            Activity.state.in_(OPEN),
            has_due(clock.now()),
            may_be_called(),
            Activity.shop_id.is_(None) if shop_id is None else Activity.shop_id == shop_id,
        )
        .order_by(Activity.priority, Activity.id)
        .limit(1)
    )
    found: Activity | None = db.session.scalar(query)
    return found


def claim(activity: Activity, limit: int, alone: bool = True) -> list[Item]:
    """Takes due items for this worker; the lease is 15 s and must be kept alive by `extend`. What a worker died on is
    taken only when nothing else is in hand (`alone`): the first time a few together, because most were only near it,
    from the second time on each by itself, so that one which kills takes nobody along."""
    if limit <= 0 or hold(activity.id).state not in OPEN:
        return []
    now = clock.now()
    chosen = _choose(activity, "unknown", now, limit, T.c.crashes == 0)
    chosen |= _choose(activity, "waiting", now, limit - len(chosen), T.c.crashes == 0)
    if not chosen and alone:
        for state in DUE:
            chosen |= _choose(activity, state, now, min(limit, FEW) - len(chosen), T.c.crashes == 1)
    for state in DUE:
        if not chosen and alone:
            chosen = _choose(activity, state, now, 1, T.c.crashes > 1)
    if not chosen:
        return []
    taken = db.session.execute(
        scoped(
            update(T)
            .where(T.c.store_id == activity.store_id, T.c.id.in_(chosen))
            .values(state="claimed", attempt=T.c.attempt + 1, lease_until=database_now() + LEASE)
            .returning(*COLUMNS)
        )
    ).fetchall()
    fresh = sum(state == "waiting" for state in chosen.values())
    move(activity.id, {"waiting": -fresh, "working": fresh}, begin=True)
    return [
        Item(
            row.id,
            activity.id,
            activity.store_id,
            row.subject_id,
            row.label,
            row.args,
            row.attempt,
            row.tries,
            row.sent_at is not None,
            row.crashes,
        )
        for row in sorted(taken, key=lambda row: (row.due_at, row.position, row.id))
    ]


def _choose(activity: Activity, state: str, now: datetime, limit: int, more: ColumnElement[bool]) -> dict[int, str]:
    """Ids of due items -> state, in the order of the index on (activity_id, state, due_at, position)."""
    if limit <= 0:
        return {}
    query = (
        select(T.c.id)
        .where(
            T.c.store_id == activity.store_id,
            T.c.activity_id == activity.id,
            T.c.state == state,
            T.c.due_at <= now,
            more,
        )
        .order_by(T.c.due_at, T.c.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return dict.fromkeys(db.session.scalars(scoped(query)), state)


def mark_sending(items: Sequence[Item], has_effects: bool = True) -> set[int]:
    """Says, before the calls, that these are about to be sent. Answers the ids that are still ours. What only reads
    never counts as sent: it may be repeated without a look-up."""
    if not items:
        return set()
    statement = (
        update(T)
        .where(T.c.store_id == items[0].store_id, ours(items), T.c.state == "claimed")
        .values(state="sending", sent_at=clock.now() if has_effects else None, lease_until=database_now() + LEASE)
        .returning(T.c.id)
    )
    return set(db.session.scalars(scoped(statement)))


def extend(items: Sequence[Item]) -> set[int]:
    """Keeps the leases of work in hand alive and answers whose; rows being written at this moment are passed over, not
    waited for."""
    if not items:
        return set()
    store_id = items[0].store_id
    free = (
        select(T.c.id)
        .where(T.c.store_id == store_id, ours(items), T.c.state.in_(IN_HAND))
        .with_for_update(skip_locked=True)
    )
    statement = update(T).where(T.c.store_id == store_id, T.c.id.in_(free)).values(lease_until=database_now() + LEASE)
    return set(db.session.scalars(scoped(statement.returning(T.c.id))))


def hurry(activity_id: int, soon: datetime) -> int:
    """The platform answers again: what waits longer than that for its look-up is looked up then. Hold the activity
    first. How many were brought forward."""
    statement = update(T).where(
        T.c.store_id == tenant_id(), T.c.activity_id == activity_id, T.c.state == "unknown", T.c.due_at > soon
    )
    return rows_touched(db.session.execute(scoped(statement.values(due_at=soon))))


def still_ours(items: Sequence[Item]) -> set[int]:
    """Locks and answers the ids whose fencing number is still the one we claimed. Hold the activity first."""
    if not items:
        return set()
    query = (
        select(T.c.id).where(T.c.store_id == items[0].store_id, ours(items), T.c.state.in_(IN_HAND)).order_by(T.c.id)
    )
    return set(db.session.scalars(scoped(query.with_for_update())))


def ours(items: Sequence[Item]) -> ColumnElement[bool]:
    return tuple_(T.c.id, T.c.attempt).in_([(item.id, item.attempt) for item in items])


def move(
    activity_id: int, by: Mapping[str, int], *, begin: bool = False, notes: Mapping[str, Any] | None = None
) -> bool:
    """Moves an activity's counts; hold it first when `notes` are given whole. True when nothing is left to do."""
    values: dict[str, Any] = {name: getattr(Activity, name) + change for name, change in by.items() if change}
    if begin:
        values["state"] = case((Activity.state == "queued", "running"), else_=Activity.state)
        values["started_at"] = func.coalesce(Activity.started_at, clock.now())
        values["message"] = case((Activity.resumes_at.is_not(None), ""), else_=Activity.message)
        values["resumes_at"] = None
    if notes is not None:
        values["notes"] = dict(notes)
    if not values:
        return False
    row = db.session.execute(
        update(Activity).where(Activity.id == activity_id).values(values).returning(Activity.waiting, Activity.working),
        execution_options={"synchronize_session": False},
    ).one()
    return bool(row.waiting + row.working == 0)
