"""The lag meter: seconds from a change in BigCommerce to the number that the shop confirmed, by shop and day."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from models import StockIncident, StockPush, db
from models.tenancy import scoped, tenant_id
from services import clock
from services.bulk import rows_touched

DAYS = 14
KEPT = timedelta(days=90)
PERCENTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Day:
    """`seconds` by percentile: half of the pushes were quicker than the 50th."""

    shop_id: int
    day: str
    pushes: int
    seconds: dict[int, float]


def days(shop_ids: Collection[int], limit: int = DAYS) -> list[Day]:
    """Newest first."""
    if not shop_ids:
        return []
    since = clock.now() - timedelta(days=limit + 1)
    here = (StockPush.shop_id, StockPush.day)
    ranked = (
        select(
            *here,
            StockPush.milliseconds.label("took"),
            func.row_number().over(partition_by=here, order_by=StockPush.milliseconds).label("place"),
            func.count().over(partition_by=here).label("pushes"),
        )
        .where(
            StockPush.store_id == tenant_id(),
            StockPush.shop_id.in_(shop_ids),
            StockPush.confirmed_at >= since,
            StockPush.cause != "rule",
        )
        .subquery()
    )
    found: dict[tuple[int, str], Day] = {}
    for percent in PERCENTS:
        place = (ranked.c.pushes * percent + 99) // 100
        query = select(ranked.c.shop_id, ranked.c.day, ranked.c.pushes, ranked.c.took).where(ranked.c.place == place)
        for shop_id, day, count, took in db.session.execute(scoped(query)):
            one = found.setdefault((shop_id, day), Day(shop_id, day, count, {}))
            one.seconds[percent] = took / 1000
    return sorted(found.values(), key=lambda one: (one.day, one.shop_id), reverse=True)


def slowest(shop_ids: Collection[int], limit: int = 10) -> Sequence[StockPush]:
    """Of the last day."""
    query = select(StockPush).where(
        StockPush.shop_id.in_(shop_ids), StockPush.confirmed_at >= clock.now() - timedelta(days=1)
    )
    return db.session.scalars(query.order_by(StockPush.milliseconds.desc()).limit(limit)).all()


def incidents(shop_ids: Collection[int], state: str, limit: int = 50) -> Sequence[StockIncident]:
    """Newest first."""
    query = select(StockIncident).where(StockIncident.shop_id.in_(shop_ids), StockIncident.state == state)
    return db.session.scalars(query.order_by(StockIncident.id.desc()).limit(limit)).all()


def forget(now: datetime, commit: Callable[[], None]) -> int:
    """Measures past their time; inside a store."""
    gone = db.session.execute(
        delete(StockPush).where(StockPush.confirmed_at < now - KEPT), execution_options={"synchronize_session": False}
    )
    commit()
    return rows_touched(gone)
