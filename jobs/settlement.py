"""How items end, and how work whose worker died comes back. Each function begins by holding the activity's row; it
answers whether nothing of the activity is left to do."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, bindparam, case, select, update

from jobs import ledger
from jobs.handling import Done, Item, Later, Outcome, Refused, Skipped
from jobs.ledger import IN_HAND, T
from models import Activity, ActivityItem, db
from models.tenancy import scoped, tenant_id
from services import clock
from services.activities import OPEN, UNCLEAR, NewItem, add_items, hold
from services.patience import wait_for

CRASHES = 3  # times our own code may break on an item before it is set aside
# Times a worker may die with an item in hand. From the first on it runs by itself, so a poison item takes nobody along;
# so many, because a worker also dies of deploys, full memory and people, and its item must not pay for them.
DEATHS = 6
UNANSWERED = 12  # so many calls without a clear answer, with growing waits (half an hour in all), set an item aside
SET_ASIDE, NO_ANSWER, CANCELLED = "set_aside", "no_answer", "cancelled"
STOPPED = "Not sent: the activity was cancelled."


def settle(
    activity_id: int, items: Sequence[Item], outcomes: Mapping[int, Outcome], unproven: Collection[int] = ()
) -> bool:
    """Writes outcomes of items that are ours, and moves the counts. An item in `unproven` whose outcome is Later may
    still have been applied by an earlier call: it stays unknown and is looked up again. In an activity that is being
    cancelled nothing waits."""
    held = hold(activity_id)
    goes_on = held.state in ("queued", "running")
    deltas: dict[str, int] = defaultdict(int)
    notes: dict[str, Any] = dict(held.notes)
    rows: list[dict[str, Any]] = []
    more: list[NewItem] = []
    parked: Later | None = None
    for item in items:
        outcome = outcomes[item.id]
        match outcome:
            case Done():
                row = _ended(item, "done", "", outcome.message)
                for name, value in outcome.notes.items():
                    notes[name] = notes.get(name, 0) + value
                more.extend(outcome.more if goes_on else ())
            case Refused():
                row = _ended(item, "refused", outcome.code, outcome.message)
            case Skipped():
                row = _ended(item, "skipped", "", outcome.message, item.id in unproven)
            case Later():
                row = _postponed(item, outcome.due_at, outcome.message, held.state, item.id in unproven)
                parked = outcome if outcome.everything else parked
        if not isinstance(outcome, Later):
            deltas["units_done"] += outcome.units
        _count(deltas, row["state"])
        rows.append(row)
    _write(rows)
    if more:
        add_items(db.session.get_one(Activity, activity_id), more, first=1_000_000)
        deltas["waiting"] += len(more)
        deltas["total"] += len(more)
    over = ledger.move(activity_id, deltas, notes=notes if notes != held.notes else None)
    if parked is not None and goes_on:
        _park(activity_id, parked)
    return over


def settle_unknown(activity_id: int, items: Sequence[Item], settle_seconds: float, messages: Mapping[int, str]) -> bool:
    """Nobody knows whether these took effect: they wait, longer each time, and are then looked up."""
    held = hold(activity_id)
    deltas: dict[str, int] = defaultdict(int)
    rows = []
    for item in items:
        message = messages.get(item.id, "")
        tries = item.tries if item.was_sent else 0  # waits for a slot or a token were no unanswered calls
        if held.state not in OPEN:
            row = _ended(item, "skipped", CANCELLED, UNCLEAR, True)
        elif tries + 1 >= UNANSWERED:
            text = f"No clear answer after {UNANSWERED} tries. {message}".strip()
            row = _ended(item, "failed", NO_ANSWER, text, True)
            deltas["units_done"] += 1
        else:
            wait = wait_for(settle_seconds, tries)
            row = _row(item, "unknown", message=message, due_at=clock.now() + timedelta(seconds=wait), tries=tries + 1)
        _count(deltas, row["state"])
        rows.append(row)
    _write(rows)
    return ledger.move(activity_id, deltas)


def settle_crashed(
    activity_id: int,
    items: Sequence[Item],
    message: str,
    was_sent: bool,
    settle_seconds: float = 0.0,
    limit: int = CRASHES,
) -> bool:
    """Our own code broke on these, or a worker died on them: they wait again, or are set aside when it was `limit`
    times. What may have been sent becomes unknown and waits out the settle time."""
    held = hold(activity_id)
    mine = ledger.still_ours(items)
    deltas: dict[str, int] = defaultdict(int)
    rows = []
    for item in items:
        if item.id not in mine:
            continue
        crashes = item.crashes + 1
        if crashes >= limit:
            row = _ended(item, "failed", SET_ASIDE, message, was_sent or item.was_sent)
            deltas["units_done"] += 1
        else:
            wait = max(wait_for(2.0, item.crashes), settle_seconds if was_sent or item.was_sent else 0.0)
            row = _postponed(
                item, clock.now() + timedelta(seconds=wait), message, held.state, was_sent or item.was_sent
            )
            row["tries"] = item.tries
        _count(deltas, row["state"])
        rows.append(row | {"crashes": crashes})
    _write(rows)
    return ledger.move(activity_id, deltas)


def recover(settle_seconds: float) -> int:
    """Work of the current store whose worker died: claimed goes back to waiting, sending becomes unknown, what so many
    died on is set aside. Answers how many items moved."""
    stale = (T.c.store_id == tenant_id(), T.c.state.in_(IN_HAND), T.c.lease_until < ledger.database_now())
    activities = sorted(set(db.session.scalars(scoped(select(T.c.activity_id).where(*stale)))))
    moved = 0
    for activity_id in activities:
        hold(activity_id)
        query = select(*ledger.COLUMNS, T.c.store_id).where(*stale, T.c.activity_id == activity_id).order_by(T.c.id)
        dead = [
            Item(
                row.id,
                activity_id,
                row.store_id,
                row.subject_id,
                row.label,
                row.args,
                row.attempt,
                row.tries,
                row.sent_at is not None,
                row.crashes,
            )
            for row in db.session.execute(scoped(query.with_for_update(skip_locked=True)))
        ]
        said = "The worker stopped while this was in hand."
        settle_crashed(activity_id, dead, said, False, settle_seconds, DEATHS)
        moved += len(dead)
    return moved


def finish_if_over(activity_id: int) -> Activity | None:
    """Closes an activity with nothing left; answers it when this call closed it. Broken: no item came to an answer."""
    none_answered = (Activity.failed > 0) & (Activity.done + Activity.refused + Activity.skipped == 0)
    closed = db.session.execute(
        update(Activity)
        .where(Activity.id == activity_id, Activity.state.in_(OPEN), Activity.waiting == 0, Activity.working == 0)
        .values(
            state=case((Activity.state == "cancelling", "cancelled"), (none_answered, "broken"), else_="finished"),
            finished_at=clock.now(),
            open_key=None,
            resumes_at=None,
        )
        .returning(Activity.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if closed is None:
        return None
    activity = db.session.get_one(Activity, activity_id)
    db.session.refresh(activity)
    return activity


def break_off(activity_id: int, message: str) -> None:
    """Closes an activity that cannot come to its end because of a fault of ours."""
    hold(activity_id)
    items = (T.c.store_id == tenant_id(), T.c.activity_id == activity_id, T.c.state.in_(("waiting", "unknown")))
    values = {"state": "failed", "code": SET_ASIDE, "message": message, "finished_at": clock.now(), "lease_until": None}
    rows = db.session.execute(scoped(select(T.c.state).where(*items))).scalars().all()
    db.session.execute(scoped(update(T).where(*items).values(values)))
    waiting = sum(state == "waiting" for state in rows)
    ledger.move(activity_id, {"waiting": -waiting, "working": waiting - len(rows), "failed": len(rows)})
    activity = db.session.get_one(Activity, activity_id)
    db.session.refresh(activity)
    activity.state, activity.open_key, activity.finished_at = "broken", None, clock.now()
    activity.resumes_at, activity.message = None, message
    db.session.flush()


def _row(item: Item, state: str, **values: Any) -> dict[str, Any]:
    """A row of `_write`. Whatever may have been applied keeps `sent_at`, also when it ends that way: who sends the same
    thing again must look first."""
    ends = state not in ("waiting", "unknown")
    return {
        "b_id": item.id,
        "b_attempt": item.attempt,
        "b_store": item.store_id,
        "b_sent": state == "unknown",
        "state": state,
        "code": "",
        "message": "",
        "due_at": clock.now(),
        "finished_at": clock.now() if ends else None,
        "lease_until": None,
        "tries": item.tries,
        "crashes": item.crashes,
    } | values


def _ended(item: Item, state: str, code: str, message: str, may_be_there: bool = False) -> dict[str, Any]:
    return _row(item, state, code=code[:60], message=message, b_sent=may_be_there)


def _postponed(item: Item, due_at: datetime, message: str, activity_state: str, may_be_there: bool) -> dict[str, Any]:
    """Comes again: as unknown when it may have been applied, else waiting; not at all when its activity has ended."""
    if activity_state not in OPEN:
        return _ended(item, "skipped", CANCELLED, UNCLEAR if may_be_there else STOPPED, may_be_there)
    if activity_state == "cancelling" and not may_be_there:
        return _ended(item, "skipped", CANCELLED, STOPPED)
    return _row(item, "unknown" if may_be_there else "waiting", message=message, due_at=due_at, tries=item.tries + 1)


def _count(deltas: dict[str, int], state: str) -> None:
    """An item leaves `working`; unknown ones stay there."""
    if state != "unknown":
        deltas["working"] -= 1
        deltas[state] += 1


def _write(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if not name.startswith("b_")]
    statement = (
        update(T)
        .where(T.c.store_id == bindparam("b_store"), T.c.id == bindparam("b_id"), T.c.attempt == bindparam("b_attempt"))
        .values(
            {name: bindparam(name) for name in names}
            | {"sent_at": case((bindparam("b_sent", type_=Boolean), T.c.sent_at))}
        )
    )
    db.session.connection().execute(scoped(statement), rows)


def _park(activity_id: int, later: Later) -> None:
    """Everything of an activity that still waits, waits until then."""
    waiting = (
        ActivityItem.activity_id == activity_id,
        ActivityItem.state == "waiting",
        ActivityItem.due_at < later.due_at,
    )
    quiet = {"synchronize_session": False}
    db.session.execute(update(ActivityItem).where(*waiting).values(due_at=later.due_at), execution_options=quiet)
    parked = update(Activity).where(Activity.id == activity_id).values(resumes_at=later.due_at, message=later.message)
    db.session.execute(parked, execution_options=quiet)
