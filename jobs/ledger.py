"""The ledger behind activities: claiming, sending, recording, recovering. Every write checks the fencing number, and the activity's
counts move in the same transaction as its items."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, tuple_, update

from jobs.handling import Done, Item, Later, Outcome, Refused, Skipped
from models import Activity, ActivityItem, Authorization, Shop, db
from models.tenancy import scoped
from services import clock
from services.activities import OPEN, add_items

LEASE = timedelta(seconds=15)
CRASHES = 3  # a poison item is set aside after so many
T: Table = ActivityItem.__table__  # type: ignore[assignment]


def database_now() -> datetime:
    """Leases use the database's clock, so that hosts need not agree on theirs."""
    if db.engine.dialect.name == "sqlite":
        return datetime.now(UTC)  # the file is on this machine
    return db.session.execute(select(func.clock_timestamp())).scalar_one()  # type: ignore[no-any-return]


def next_activity(queue: str, shop_id: int | None) -> Activity | None:
    """The most urgent open activity of the shop with something due, whose shop may be called."""
    now = clock.now()
    due = (
        select(ActivityItem.id)
        .where(ActivityItem.activity_id == Activity.id, ActivityItem.state.in_(("waiting", "unknown")), ActivityItem.due_at <= now)
        .exists()
    )
    query = (
        select(Activity)
        .outerjoin(Shop, Shop.id == Activity.shop_id)
        .outerjoin(Authorization, Authorization.id == Shop.authorization_id)
        .where(
            Activity.queue == queue, Activity.state.in_(OPEN), due,
            Activity.shop_id.is_(None) if shop_id is None else Activity.shop_id == shop_id,
            or_(Activity.shop_id.is_(None), and_(Shop.is_active, Authorization.state == "active")),
        )
        .order_by(Activity.priority, Activity.id)
        .limit(1)
    )
    return db.session.scalar(query)


def claim(activity: Activity, limit: int) -> list[Item]:
    """Takes due items for this worker; the lease is 15 s and must be kept alive by `extend`."""
    lease = database_now() + LEASE
    choice = (
        select(T.c.id)
        .where(
            T.c.store_id == activity.store_id, T.c.activity_id == activity.id, T.c.state.in_(("waiting", "unknown")),
            T.c.due_at <= clock.now(),
        )
        .order_by(T.c.position, T.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    before = {row.id: row.state for row in db.session.execute(scoped(choice.add_columns(T.c.state)))}
    if not before:
        return []
    taken = db.session.execute(
        scoped(
            update(T)
            .where(T.c.store_id == activity.store_id, T.c.id.in_(before))
            .values(state="claimed", attempt=T.c.attempt + 1, lease_until=lease)
            .returning(T.c.id, T.c.subject_id, T.c.label, T.c.args, T.c.attempt, T.c.tries, T.c.sent_at, T.c.position)
        )
    ).fetchall()
    fresh = sum(state == "waiting" for state in before.values())
    _move(activity.id, waiting=-fresh, working=fresh, begin=True)
    items = [
        Item(row.id, activity.id, activity.store_id, row.subject_id, row.label, row.args, row.attempt, row.tries, row.sent_at is not None)
        for row in sorted(taken, key=lambda row: (row.position, row.id))
    ]
    return items


def mark_sending(items: Sequence[Item]) -> set[int]:
    """Says, before the calls, that these are about to be sent. Answers the ids that are still ours."""
    if not items:
        return set()
    rows = db.session.execute(
        scoped(
            update(T)
            .where(T.c.store_id == items[0].store_id, _ours(items), T.c.state == "claimed")
            .values(state="sending", sent_at=clock.now(), lease_until=database_now() + LEASE)
            .returning(T.c.id)
        )
    )
    return {row.id for row in rows}


def extend(items: Sequence[Item]) -> None:
    """Keeps the leases of work in hand alive."""
    if items:
        db.session.execute(
            scoped(
                update(T)
                .where(T.c.store_id == items[0].store_id, _ours(items), T.c.state.in_(("claimed", "sending")))
                .values(lease_until=database_now() + LEASE)
            )
        )


def still_ours(items: Sequence[Item]) -> set[int]:
    """Locks and answers the ids whose fencing number is still the one we claimed."""
    if not items:
        return set()
    query = select(T.c.id).where(T.c.store_id == items[0].store_id, _ours(items), T.c.state.in_(("claimed", "sending")))
    return {row.id for row in db.session.execute(scoped(query.with_for_update()))}


def settle(activity_id: int, items: Sequence[Item], outcomes: Mapping[int, Outcome]) -> None:
    """Writes outcomes of items that are ours, and moves the counts."""
    now = clock.now()
    deltas: dict[str, int] = defaultdict(int)
    notes: dict[str, int] = defaultdict(int)
    rows, more = [], []
    parked: Later | None = None
    for item in items:
        outcome = outcomes[item.id]
        state, code, message, due, finish = "done", "", "", now, True
        match outcome:
            case Done():
                message = outcome.message
                deltas["units_done"] += outcome.units
                for name, value in outcome.notes.items():
                    notes[name] += value
                more.extend(outcome.more)
            case Refused():
                state, code, message = "refused", outcome.code, outcome.message
                deltas["units_done"] += outcome.units
            case Skipped():
                state, message = "skipped", outcome.message
                deltas["units_done"] += outcome.units
            case Later():
                state, message, due, finish = "waiting", outcome.message, outcome.due_at, False
                parked = outcome if outcome.everything else parked
        deltas["working"] -= 1
        deltas[state] += 1
        rows.append(
            {
                "b_id": item.id, "b_attempt": item.attempt, "b_store": item.store_id, "state": state, "code": code[:60],
                "message": message, "due_at": due, "finished_at": now if finish else None, "lease_until": None, "sent_at": None,
                "tries": item.tries + (0 if finish else 1),
            }
        )
    _write(rows)
    if more:
        add_items(db.session.get_one(Activity, activity_id), more, first=1_000_000)
        deltas["waiting"] += len(more)
        deltas["total"] += len(more)
    _move(activity_id, notes=notes, **deltas)
    if parked is not None:
        park(activity_id, parked)


def settle_unknown(activity_id: int, items: Sequence[Item], settle_seconds: float, messages: Mapping[int, str]) -> None:
    """Nobody knows whether these took effect: they wait out the settle time and are then looked up. They keep `sent_at`."""
    due = clock.now() + timedelta(seconds=settle_seconds)
    _write(
        [
            {
                "b_id": item.id, "b_attempt": item.attempt, "b_store": item.store_id, "state": "unknown", "due_at": due,
                "lease_until": None, "message": messages.get(item.id, ""), "tries": item.tries + 1,
            }
            for item in items
        ]
    )


def settle_crashed(activity_id: int, items: Sequence[Item], message: str, was_sent: bool) -> None:
    """Our own code broke on these (or a worker died on them): back to waiting, or set aside the third time."""
    for item in items:
        crashes = db.session.execute(scoped(select(T.c.crashes).where(T.c.store_id == item.store_id, T.c.id == item.id))).scalar_one() + 1
        aside = crashes >= CRASHES
        state = "failed" if aside else ("unknown" if was_sent else "waiting")
        values: dict[str, Any] = {
            "state": state, "crashes": crashes, "lease_until": None, "message": message, "code": "set_aside" if aside else "",
            "due_at": clock.now() + timedelta(seconds=2**crashes),
        }
        if aside:
            values["finished_at"] = clock.now()
        elif not was_sent:
            values["sent_at"] = None
        db.session.execute(scoped(update(T).where(T.c.store_id == item.store_id, T.c.id == item.id, T.c.attempt == item.attempt).values(values)))
        if state == "failed":
            _move(activity_id, working=-1, failed=1, units_done=1)
        elif state == "waiting":
            _move(activity_id, working=-1, waiting=1)


def park(activity_id: int, later: Later) -> None:
    """Everything of an activity that still waits, waits until then."""
    activity = db.session.get_one(Activity, activity_id)
    db.session.execute(
        scoped(
            update(T)
            .where(T.c.store_id == activity.store_id, T.c.activity_id == activity_id, T.c.state == "waiting", T.c.due_at < later.due_at)
            .values(due_at=later.due_at)
        )
    )
    db.session.execute(
        update(Activity).where(Activity.id == activity_id).values(resumes_at=later.due_at, message=later.message)
    )


def recover(settle_seconds: float) -> int:
    """Work whose worker died: claimed goes back to waiting, sending becomes unknown, the third time it is set aside. For the
    current store; answers how many items moved."""
    now = database_now()
    dead = db.session.execute(
        select(ActivityItem.id, ActivityItem.activity_id, ActivityItem.store_id, ActivityItem.attempt, ActivityItem.tries, ActivityItem.state,
               ActivityItem.sent_at)
        .where(ActivityItem.state.in_(("claimed", "sending")), ActivityItem.lease_until < now)
        .with_for_update(skip_locked=True)
    ).fetchall()
    for row in dead:
        item = Item(row.id, row.activity_id, row.store_id, None, "", {}, row.attempt, row.tries, row.sent_at is not None)
        settle_crashed(row.activity_id, [item], "The worker stopped while this was in hand.", item.was_sent)
        if item.was_sent:
            due = clock.now() + timedelta(seconds=settle_seconds)
            _write([{"b_id": row.id, "b_attempt": row.attempt, "b_store": row.store_id, "due_at": due}], only="unknown")
    return len(dead)


def finish_if_over(activity_id: int) -> Activity | None:
    """Closes an activity with nothing left; answers it when this call closed it."""
    closed = db.session.execute(
        update(Activity)
        .where(Activity.id == activity_id, Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0)
        .values(
            state=func.coalesce(_over_state(), "finished"), finished_at=clock.now(), open_key=None, resumes_at=None,
        )
        .returning(Activity.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if closed is None:
        return None
    activity = db.session.get_one(Activity, activity_id)
    db.session.refresh(activity)
    return activity


def _over_state() -> ColumnElement[str]:
    from sqlalchemy import case

    return case((Activity.state == "cancelling", "cancelled"), else_="finished")


def _ours(items: Sequence[Item]) -> ColumnElement[bool]:
    return tuple_(T.c.id, T.c.attempt).in_([(item.id, item.attempt) for item in items])


def _write(rows: list[dict[str, Any]], only: str = "") -> None:
    if not rows:
        return
    from sqlalchemy import bindparam

    where = [T.c.store_id == bindparam("b_store"), T.c.id == bindparam("b_id"), T.c.attempt == bindparam("b_attempt")]
    if only:
        where.append(T.c.state == only)
    names = [name for name in rows[0] if not name.startswith("b_")]
    statement = update(T).where(*where).values({name: bindparam(name) for name in names})
    db.session.connection().execute(scoped(statement), rows)


def _move(activity_id: int, *, begin: bool = False, notes: Mapping[str, int] | None = None, **by: int) -> None:
    """Moves an activity's counts by SQL expressions; a sum of notes needs the row locked, so it is read again first."""
    values: dict[str, Any] = {name: getattr(Activity, name) + change for name, change in by.items() if change}
    if begin:
        values["state"] = _begun()
        values["started_at"] = func.coalesce(Activity.started_at, clock.now())
        values["resumes_at"] = None
    if notes:
        row = db.session.execute(select(Activity.notes).where(Activity.id == activity_id).with_for_update()).scalar_one()
        values["notes"] = {**row, **{name: row.get(name, 0) + value for name, value in notes.items()}}
    if values:
        db.session.execute(
            update(Activity).where(Activity.id == activity_id).values(values), execution_options={"synchronize_session": False}
        )


def _begun() -> ColumnElement[str]:
    from sqlalchemy import case

    return case((Activity.state == "queued", "running"), else_=Activity.state)
