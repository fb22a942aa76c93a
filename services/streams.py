"""Standing work: pushing stock, writing orders. It runs through the same engine as what a person asked for, as short
activities that the feed does not show; pages show it as health and lag."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from models import Activity, ActivityItem, db
from services import activities
from services.activities import NewItem
from services.actor import system

LONG = 5000  # items after which an activity is left to its end and the next one begun, so that the tidying gets it
PRIORITY = 50  # before what people asked for in the same queue


def pour(
    kind: str,
    title: str,
    items: Sequence[NewItem],
    *,
    store_id: int,
    shop_id: int | None = None,
    queue: str = "live",
    priority: int = PRIORITY,
) -> Activity | None:
    """Adds work to the stream of a shop, within the current transaction; `jobs.launch.launch` commits and rings.

    `kind` is one of `activities.STREAMS`. An item whose subject still waits is dropped: what it will find when it is
    prepared is as new as this. One that is in hand already is added, because its reading may be older. None when
    nothing was left to add.
    """
    if kind not in activities.STREAMS:
        raise ValueError(f"{kind} is no stream")
    if not items:
        return None
    key = f"{kind}:{shop_id or 0}"
    found = _joinable(key)
    if found is None:
        started = activities.start(
            system(store_id),
            kind,
            title,
            _once(items),
            shop_id=shop_id,
            queue=queue,
            open_key=key,
            priority=priority,
        )
        if not started.already:
            return started.activity
        found = _joinable(key)  # somebody poured at the same moment
        if found is None:  # … and it is over already: nobody else is here now
            return pour(kind, title, items, store_id=store_id, shop_id=shop_id, queue=queue, priority=priority)
    fresh = _not_waiting(found, _once(items))
    if not fresh:
        return None
    activities.add_items(found, fresh, first=found.total)
    count = len(fresh)
    db.session.execute(
        update(Activity)
        .where(Activity.id == found.id)
        .values(total=Activity.total + count, waiting=Activity.waiting + count, units=Activity.units + count),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(found)
    return found


def _joinable(key: str) -> Activity | None:
    """The open activity of that key, held; one that is full or being cancelled loses its key."""
    found = activities.opened(key)
    if found is None:
        return None
    state = activities.hold(found.id).state
    db.session.refresh(found)
    if state in ("queued", "running") and found.open_key == key and found.total < LONG:
        return found
    if found.open_key is not None:
        found.open_key = None
        db.session.flush()
    return None


def _once(items: Sequence[NewItem]) -> list[NewItem]:
    """The last word on each subject, in the order of the first."""
    last: dict[object, NewItem] = {}
    for number, item in enumerate(items):
        last[number if item.subject_id is None else ("subject", item.subject_id)] = item
    return list(last.values())


def _not_waiting(activity: Activity, items: Sequence[NewItem]) -> list[NewItem]:
    subjects = [item.subject_id for item in items if item.subject_id is not None]
    query = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state == "waiting", ActivityItem.subject_id.in_(subjects)
    )
    waiting = set(db.session.scalars(query)) if subjects else set()
    return [item for item in items if item.subject_id is None or item.subject_id not in waiting]


def waiting(kind: str, shop_id: int | None = None) -> int:
    """How many items of a stream are not done yet, of one shop or of the whole store."""
    query = select(func.coalesce(func.sum(Activity.waiting + Activity.working), 0)).where(
        Activity.kind == kind, Activity.state.in_(activities.OPEN)
    )
    return int(db.session.scalar(query if shop_id is None else query.where(Activity.shop_id == shop_id)) or 0)
