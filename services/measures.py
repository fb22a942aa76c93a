"""What an operator watches, read from the rows of all stores: backlogs, lateness, broken work. One reading is a handful
of small statements on indexes, so a scrape every fifteen seconds costs nothing worth mentioning."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Executable, and_, func, or_, select

from models import Activity, ActivityItem, Authorization, Counter, InboxEvent, Schedule, Shop, Store, db
from models.tenancy import across_stores
from services import clock
from services.activities import OPEN
from services.counters import LISTING_TAB

LONG_DEAD = timedelta(seconds=60)  # a lease ends after 15 s and the sweep comes every 5 s


@dataclass(frozen=True, slots=True)
class Measure:
    """One gauge: a number per set of labels. Names follow Prometheus: seconds are seconds, nothing is in per cent."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: dict[tuple[str, ...], float] = field(default_factory=dict)


def read() -> list[Measure]:
    """All measures of this moment."""
    now = clock.now()
    with across_stores("an operator watches all stores at once"):
        found = list(_all(now))
        db.session.rollback()
    return found


def _all(now: datetime) -> Iterator[Measure]:
    yield _grouped("stores", "Stores by state", ("state",), select(Store.state, func.count()).group_by(Store.state))
    yield _grouped(
        "shops",
        "TikTok shops by whether they are active and what their authorization says",
        ("active", "authorization"),
        select(Shop.is_active, Authorization.state, func.count())
        .join(Authorization, Authorization.id == Shop.authorization_id)
        .group_by(Shop.is_active, Authorization.state),
    )
    yield _grouped(
        "activities_open",
        "Activities that are not over, by kind and state",
        ("kind", "state"),
        select(Activity.kind, Activity.state, func.count())
        .where(Activity.state.in_(OPEN))
        .group_by(Activity.kind, Activity.state),
    )
    yield _grouped(
        "activities_broken",
        "Activities that broke off within the last day: a bug of ours each",
        ("kind",),
        select(Activity.kind, func.count())
        .where(Activity.state == "broken", Activity.finished_at > now - timedelta(days=1))
        .group_by(Activity.kind),
    )
    yield _backlog()
    yield _oldest_due(now)
    yield _one(
        "items_abandoned",
        "Items whose worker has been gone for a minute without anybody taking them up",
        select(func.count())
        .select_from(ActivityItem)
        .where(ActivityItem.state.in_(("claimed", "sending")), ActivityItem.lease_until < _database_now() - LONG_DEAD),
    )
    yield _grouped(
        "listings",
        "Listings by tab",
        ("tab",),
        select(Counter.name, func.sum(Counter.count))
        .where(Counter.scope == LISTING_TAB, Counter.shop_id > 0)
        .group_by(Counter.name),
    )
    yield _grouped(
        "inbox_events",
        "Webhooks that wait to be applied (new) or could not be (failed)",
        ("state",),
        select(InboxEvent.state, func.count())
        .where(InboxEvent.state.in_(("new", "failed")))
        .group_by(InboxEvent.state),
    )
    oldest = db.session.scalar(select(func.min(InboxEvent.received_at)).where(InboxEvent.state == "new"))
    yield Measure("inbox_oldest_seconds", "Age of the oldest webhook not yet applied", (), {(): _age(now, oldest)})
    yield Measure(
        "schedule_late_seconds",
        "How long ago a periodic task should have been fired",
        ("task",),
        {(name,): _age(now, due) for name, due in db.session.execute(select(Schedule.name, Schedule.due_at))},
    )
    yield _consent_left(now)


def _database_now() -> Any:
    """The database's clock, by which leases go; on SQLite the file is on this machine."""
    if db.engine.dialect.name == "sqlite":
        return datetime.now(UTC)
    return func.clock_timestamp()


def _backlog() -> Measure:
    query = select(Activity.queue, func.sum(Activity.waiting), func.sum(Activity.working))
    values: dict[tuple[str, ...], float] = {}
    for queue, waiting, working in db.session.execute(query.where(Activity.state.in_(OPEN)).group_by(Activity.queue)):
        values[queue, "waiting"], values[queue, "working"] = float(waiting or 0), float(working or 0)
    return Measure("items", "Items of open activities, by queue", ("queue", "state"), values)


def _oldest_due(now: datetime) -> Measure:
    """Work that may be done and is not: a disconnected shop's does not count, nor what waits for tomorrow."""
    first = (
        select(func.min(ActivityItem.due_at))
        .where(ActivityItem.activity_id == Activity.id, ActivityItem.state.in_(("waiting", "unknown")))
        .correlate(Activity)
        .scalar_subquery()
    )
    connected = or_(Activity.shop_id.is_(None), and_(Shop.is_active, Authorization.state == "active"))
    query = (
        select(Activity.queue, func.min(first))
        .join(Store, Store.id == Activity.store_id)
        .outerjoin(Shop, Shop.id == Activity.shop_id)
        .outerjoin(Authorization, Authorization.id == Shop.authorization_id)
        .where(Activity.state.in_(OPEN), Store.state == "installed", connected)
        .group_by(Activity.queue)
    )
    values: dict[tuple[str, ...], float] = {}
    for queue, due in db.session.execute(query):
        values[queue,] = _age(now, _moment(due))
    return Measure("oldest_due_seconds", "How long the oldest item that may be done has waited", ("queue",), values)


def _consent_left(now: datetime) -> Measure:
    ends = db.session.scalar(select(func.min(Authorization.refresh_expires_at)).where(Authorization.state == "active"))
    values: dict[tuple[str, ...], float] = {} if ends is None else {(): (ends - now).total_seconds()}
    return Measure("consent_left_seconds", "Until the first seller's consent ends and must be given anew", (), values)


def _grouped(name: str, help: str, labels: tuple[str, ...], query: Executable) -> Measure:
    rows: Iterable[Any] = db.session.execute(query)
    return Measure(name, help, labels, {tuple(_label(one) for one in row[:-1]): float(row[-1] or 0) for row in rows})


def _one(name: str, help: str, query: Executable) -> Measure:
    return Measure(name, help, (), {(): float(db.session.scalar(query) or 0)})


def _label(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _age(now: datetime, then: datetime | None) -> float:
    return max(0.0, (now - then).total_seconds()) if then else 0.0


def _moment(value: Any) -> datetime | None:
    """An aggregate over a correlated query loses its column type on SQLite."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
