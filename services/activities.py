"""Activities: work a person can see. The rows are the work; queues only carry a bell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.roles import CHANGE, Page
from models import Activity, ActivityItem, Authorization, Evidence, Shop, Store, db
from models.tenancy import scoped, tenant_id
from services import clock
from services.actor import Actor
from services.bulk import rows_touched, table_of
from services.errors import NotFound, ServiceError
from services.people.access import asks

OPEN = ("queued", "running", "cancelling")
# Standing work (services.streams): the feed leaves it out, and it is forgotten after days.
STREAMS = ("push_stock", "push_price", "sync_products", "read_orders", "write_orders", "ship_orders", "upload_files",
           "write_refunds", "restock_returns", "adjust_stock")  # fmt: skip
WAITING = ("waiting",)
WORKING = ("claimed", "sending", "unknown")
UNCLEAR = "Stopped before it was clear whether the last call took effect. Look for it in TikTok Shop."
# States of an activity and of an item, in words (features C-32); how it went is said by the counts.
WORDS = {
    "queued": "queued",
    "running": "running",
    "cancelling": "being cancelled",
    "finished": "done",
    "cancelled": "cancelled",
    "broken": "failed",
}
ITEM_WORDS = {
    "waiting": "waiting",
    "claimed": "starting",
    "sending": "being sent",
    "unknown": "being checked",
    "done": "done",
    "refused": "refused",
    "failed": "set aside",
    "skipped": "skipped",
}


class NothingToDo(ServiceError):
    """An activity without items would finish before anyone saw it."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """One unit of work. `label` is what a person reads; `units` what it adds to the bar."""

    label: str
    subject_id: int | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    sent_at: datetime | None = None  # an earlier piece of work may have done it already: looked up before it is sent


@dataclass(frozen=True, slots=True)
class Started:
    activity: Activity
    already: bool  # one was running; nothing was added


@dataclass(frozen=True, slots=True)
class Held:
    """What the holder of an activity's row knows for sure."""

    state: str
    notes: Mapping[str, Any]


def hold(activity_id: int) -> Held:
    """Locks the activity's row for this transaction; whoever touches an activity's items takes this lock first."""
    row = db.session.execute(
        select(Activity.state, Activity.notes).where(Activity.id == activity_id).with_for_update(key_share=True)
    ).one()
    return Held(row.state, row.notes or {})


def start(
    actor: Actor,
    kind: str,
    title: str,
    items: Sequence[NewItem],
    *,
    shop_id: int | None = None,
    queue: str = "bulk",
    open_key: str | None = None,
    units: int | None = None,
    details: Mapping[str, Any] | None = None,
    priority: int = 100,
    retry_of: int | None = None,
) -> Started:
    """Adds the activity and its items to the current transaction; `jobs.launch.launch` commits and rings.

    With `open_key` only one activity of that key is open per store; pressing twice answers the one running.
    """
    if open_key is not None and (running := opened(open_key)) is not None:
        return Started(running, True)
    if not items:
        raise NothingToDo("There is nothing to do.")
    now = clock.now()
    activity = Activity(
        store_id=actor.store_id,
        shop_id=shop_id,
        kind=kind,
        queue=queue,
        title=title[:255],
        actor=actor.name[:255],
        open_key=open_key,
        details=dict(details or {}),
        total=len(items),
        waiting=len(items),
        units=len(items) if units is None else units,
        created_at=now,
        priority=priority,
        retry_of=retry_of,
        notes={},
    )
    try:
        with db.session.begin_nested():
            db.session.add(activity)
    except IntegrityError:
        # Somebody pressed at the same moment; the database let one in.
        running = opened(open_key or "")
        if running is None:
            raise
        return Started(running, True)
    add_items(activity, items)
    return Started(activity, False)


def record(
    actor: Actor,
    kind: str,
    title: str,
    label: str,
    units: int,
    *,
    shop_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    message: str = "",
) -> Activity:
    """Work that was small enough to be done within the request: it stands in the feed as done, and can be undone."""
    started = start(actor, kind, title, [NewItem(label)], shop_id=shop_id, units=units, details=details)
    activity, now = started.activity, clock.now()
    table = table_of(ActivityItem)
    here = (table.c.store_id == activity.store_id, table.c.activity_id == activity.id)
    db.session.execute(scoped(update(table).where(*here).values(state="done", message=message, finished_at=now)))
    activity.state, activity.waiting, activity.done, activity.units_done = "finished", 0, 1, units
    activity.started_at, activity.finished_at, activity.message = now, now, message
    db.session.flush()
    return activity


def add_items(activity: Activity, items: Iterable[NewItem], *, first: int = 0) -> None:
    """Bulk insert; the caller moves the activity's counts."""
    now = clock.now()
    rows = [
        {
            "store_id": activity.store_id,
            "activity_id": activity.id,
            "position": first + number,
            "subject_id": item.subject_id,
            "label": item.label[:255],
            "args": dict(item.args),
            "due_at": item.due_at or now,
            "sent_at": item.sent_at,
            "state": "waiting",
            "attempt": 0,
            "tries": 0,
            "crashes": 0,
            "code": "",
            "message": "",
        }
        for number, item in enumerate(items)
    ]
    if rows:
        db.session.execute(scoped(insert(table_of(ActivityItem)).values(store_id=activity.store_id)), rows)


def opened(open_key: str) -> Activity | None:
    return db.session.scalar(select(Activity).where(Activity.open_key == open_key))


def get(activity_id: int) -> Activity:
    activity = db.session.scalar(select(Activity).where(Activity.id == activity_id))
    if activity is None:
        raise NotFound("This activity does not exist.", "See all activities", "/activities/")
    return activity


@asks(Page.ACTIVITIES, CHANGE)
def cancel(actor: Actor, activity: Activity) -> None:
    """What has not begun is skipped now; what is being sent ends by itself. Launch it then: a worker closes it."""
    state = hold(activity.id).state
    if state == "cancelling":
        return
    if state not in OPEN:
        raise ServiceError(f"“{activity.title}” is already {WORDS[state]}.", "See it", f"/activities/{activity.id}")
    _skip_waiting(activity, f"Cancelled by {actor.name}.")
    activity.state, activity.resumes_at = "cancelling", None
    activity.message = f"Cancelled by {actor.name}."
    db.session.flush()


def stop(activity: Activity, message: str) -> None:
    """Ends an open activity at once, because its shop or store leaves. Answers that still arrive are recorded."""
    if hold(activity.id).state not in OPEN:
        return
    _skip_waiting(activity, message)
    _skip_unknown(activity)
    activity.state, activity.open_key, activity.finished_at = "cancelled", None, clock.now()
    activity.resumes_at, activity.message = None, message
    db.session.flush()


def _skip_waiting(activity: Activity, message: str) -> None:
    table = table_of(ActivityItem)
    here = (table.c.store_id == activity.store_id, table.c.activity_id == activity.id, table.c.state == "waiting")
    values = {"state": "skipped", "code": "cancelled", "message": message, "finished_at": clock.now()}
    count = rows_touched(db.session.execute(scoped(update(table).where(*here).values(values))))
    db.session.execute(
        update(Activity)
        .where(Activity.id == activity.id)
        .values(waiting=Activity.waiting - count, skipped=Activity.skipped + count),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(activity)


def _skip_unknown(activity: Activity) -> None:
    """Nobody will look these up any more; `sent_at` stays, so that whoever sends the same thing again looks first."""
    table = table_of(ActivityItem)
    here = (table.c.store_id == activity.store_id, table.c.activity_id == activity.id, table.c.state == "unknown")
    values = {"state": "skipped", "code": "cancelled", "message": UNCLEAR, "finished_at": clock.now()}
    count = rows_touched(db.session.execute(scoped(update(table).where(*here).values(values))))
    db.session.execute(
        update(Activity)
        .where(Activity.id == activity.id)
        .values(working=Activity.working - count, skipped=Activity.skipped + count),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(activity)


@asks(Page.ACTIVITIES, CHANGE)
def retry(actor: Actor, activity: Activity) -> Started:
    """A new activity of the same kind with the items that were refused or set aside."""
    if activity.state in OPEN:
        raise ServiceError(
            f"“{activity.title}” is still moving; retry when it has finished.", "See it", f"/activities/{activity.id}"
        )
    left = db.session.scalars(
        select(ActivityItem)
        .where(ActivityItem.activity_id == activity.id, ActivityItem.state.in_(("refused", "failed")))
        .order_by(ActivityItem.position)
    ).all()
    if not left:
        raise NothingToDo("Nothing was refused here.", "See all activities", "/activities/")
    items = [NewItem(item.label, item.subject_id, item.args) for item in left]
    title = activity.title if activity.title.startswith("Retry: ") else f"Retry: {activity.title}"
    return start(
        actor,
        activity.kind,
        title[:255],
        items,
        shop_id=activity.shop_id,
        queue=activity.queue,
        details=activity.details,
        priority=activity.priority,
        retry_of=activity.id,
        open_key=_open_key_again(activity),
    )


def _open_key_again(activity: Activity) -> str | None:
    return activity.details.get("open_key")


def retry_counts(activity: Activity) -> int:
    return activity.refused + activity.failed


def running(limit: int = 20, title: str = "") -> Sequence[Activity]:
    """The open ones, newest first."""
    query = _titled(select(Activity).where(Activity.state.in_(OPEN), Activity.kind.not_in(STREAMS)), title)
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(limit)).all()


def finished(limit: int = 8, before: int | None = None, title: str = "") -> Sequence[Activity]:
    """The closed ones, newest first; `before` is the last id of the page before."""
    query = _titled(select(Activity).where(Activity.state.not_in(OPEN), Activity.kind.not_in(STREAMS)), title)
    if before is not None:
        query = query.where(Activity.id < before)
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(limit)).all()


def _titled(query: Select[Any], title: str) -> Select[Any]:
    return query.where(Activity.title.icontains(title[:200], autoescape=True)) if title else query


@dataclass(frozen=True, slots=True)
class Wait:
    """Why an open activity does not move: `reason` is reinstall, reauthorise, disconnected or resumes."""

    reason: str
    shop: str = ""
    until: datetime | None = None


def why_waiting(found: Sequence[Activity]) -> dict[int, Wait]:
    """By id, for those of the open activities that wait for something."""
    here = [activity for activity in found if activity.state in OPEN]
    if here and db.session.scalar(select(Store.state).where(Store.id == tenant_id())) != "installed":
        return {activity.id: Wait("reinstall") for activity in here}
    ids = {activity.shop_id for activity in here if activity.shop_id}
    query = select(Shop.id, Shop.name, Shop.is_active, Authorization.state).join(
        Authorization, Authorization.id == Shop.authorization_id
    )
    rows = {row.id: row for row in db.session.execute(query.where(Shop.id.in_(ids)))} if ids else {}
    waits: dict[int, Wait] = {}
    for activity in here:
        shop = rows.get(activity.shop_id or 0)
        if shop is not None and not shop.is_active:
            waits[activity.id] = Wait("disconnected", shop.name)
        elif shop is not None and shop.state != "active":
            waits[activity.id] = Wait("reauthorise", shop.name)
        elif activity.resumes_at is not None and activity.resumes_at > clock.now():
            waits[activity.id] = Wait("resumes", shop.name if shop else "", activity.resumes_at)
    return waits


def items(activity: Activity, state: str = "", after: int = 0, limit: int = 50) -> Sequence[ActivityItem]:
    """A keyset page of an activity's items. `state` "" = all, "problems" = refused and failed."""
    query = select(ActivityItem).where(ActivityItem.activity_id == activity.id, ActivityItem.id > after)
    if state == "problems":
        query = query.where(ActivityItem.state.in_(("refused", "failed")))
    elif state == "working":
        query = query.where(ActivityItem.state.in_(WORKING))
    elif state:
        query = query.where(ActivityItem.state == state)
    return db.session.scalars(query.order_by(ActivityItem.id).limit(limit)).all()


def item(item_id: int) -> ActivityItem:
    found = db.session.scalar(select(ActivityItem).where(ActivityItem.id == item_id))
    if found is None:
        raise NotFound("This item does not exist.", "See all activities", "/activities/")
    return found


def evidence(item_id: int) -> list[tuple[Evidence, str, str]]:
    """The exchanges of one item, oldest first, with their bodies."""
    from services.evidence import body

    rows = db.session.scalars(select(Evidence).where(Evidence.item_id == item_id).order_by(Evidence.id)).all()
    return [(row, body(row.sent), body(row.received)) for row in rows]


def check_counts(activity: Activity) -> dict[str, tuple[int, int]]:
    """Counts that differ from GROUP BY, as name -> (kept, true). Empty when the books are right. One statement, so that
    it may be asked while workers write."""
    groups = {name: (name,) for name in ("waiting", "done", "refused", "failed", "skipped")} | {"working": WORKING}
    here = select(func.count()).select_from(ActivityItem).where(ActivityItem.activity_id == activity.id)
    true = [
        here.where(ActivityItem.state.in_(group)).scalar_subquery().label(f"true_{name}")
        for name, group in groups.items()
    ]
    kept = [getattr(Activity, name).label(name) for name in groups]
    row = db.session.execute(select(*kept, *true).where(Activity.id == activity.id)).one()._mapping
    return {name: (row[name], row[f"true_{name}"]) for name in groups if row[name] != row[f"true_{name}"]}


def forget_shop(shop: Shop) -> None:
    """Ends every open activity of a shop (disconnect, uninstall)."""
    for activity in db.session.scalars(
        select(Activity).where(Activity.state.in_(OPEN), Activity.shop_id == shop.id)
    ).all():
        stop(activity, "Stopped because the shop was disconnected.")
