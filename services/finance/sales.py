"""Gross sales: what buyers paid for orders that were not cancelled, by the UTC day they were placed (S3-41, S3-42).

Each day's sum is kept. A counter moves with every change of an order of that day (services.orders.counts); a day whose
counter is not the one it was summed with is summed again, so nothing is added up twice and nothing is missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, func, select

from domain.orders.statuses import Status
from models import Counter, Order, SalesDay, Shop, db
from models.tenancy import scoped, tenant_id
from services.bulk import insert, table_of
from services.counters import Deltas
from services.orders import sales_days

LIVE = 40  # changed days that a page sums up itself; more are left to the clock
Sum = tuple[str, int, int, Decimal]  # currency, orders, pieces, amount


@dataclass(frozen=True, slots=True)
class Day:
    shop_id: int
    day: date
    currency: str
    orders: int
    pieces: int
    amount: Decimal


def changed(shop_ids: Sequence[int] | None = None) -> list[tuple[int, date, int]]:
    """(shop, day, its counter) of days that are to be summed again."""
    counted = select(Counter.shop_id, Counter.name, Counter.count).where(Counter.scope == sales_days.SCOPE)
    kept = select(SalesDay.shop_id, SalesDay.day, SalesDay.version)
    if shop_ids is not None:
        counted, kept = counted.where(Counter.shop_id.in_(shop_ids)), kept.where(SalesDay.shop_id.in_(shop_ids))
    known = {(shop_id, day.date()): version for shop_id, day, version in db.session.execute(kept)}
    found = []
    for shop_id, name, version in db.session.execute(counted):
        day = date.fromisoformat(name)
        if known.get((shop_id, day)) != version:
            found.append((shop_id, day, version))
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)


def settle(most: int = 400) -> int:
    """Sums up days that changed, newest first; answers how many. The counter was read before the orders are, so what
    comes meanwhile makes the day be summed once more."""
    found = changed()[:most]
    for shop_id, day, version in found:
        at = _midnight(day)
        db.session.execute(
            scoped(
                delete(table_of(SalesDay)).where(
                    SalesDay.store_id == tenant_id(), SalesDay.shop_id == shop_id, SalesDay.day == at
                )
            )
        )
        rows = _sums(shop_id, day) or [("", 0, 0, Decimal(0))]
        insert(
            SalesDay,
            [
                {"store_id": tenant_id(), "shop_id": shop_id, "day": at, "currency": currency, "orders": orders,
                 "pieces": pieces, "amount": amount, "version": version}
                for currency, orders, pieces, amount in rows
            ],
        )  # fmt: skip
    return len(found)


def _sums(shop_id: int, day: date) -> list[Sum]:
    at = _midnight(day)
    query = (
        select(Order.currency, func.count(), func.sum(Order.quantity), func.sum(Order.total))
        .where(
            Order.shop_id == shop_id,
            Order.placed_at >= at,
            Order.placed_at < at + timedelta(days=1),
            Order.status != Status.CANCELLED,
        )
        .group_by(Order.currency)
    )
    return [
        (currency, int(orders), int(pieces or 0), amount or Decimal(0))
        for currency, orders, pieces, amount in db.session.execute(query)
    ]


def days(shop_ids: Sequence[int], first: date, last: date) -> list[Day]:
    """Every day from `first` to `last` that has orders, as they are now."""
    stale = {(shop_id, day) for shop_id, day, _ in changed(shop_ids) if first <= day <= last}
    if len(stale) > LIVE:
        stale = set(sorted(stale, key=lambda one: one[1], reverse=True)[:LIVE])
    query = select(SalesDay).where(
        SalesDay.shop_id.in_(shop_ids), SalesDay.day >= _midnight(first), SalesDay.day <= _midnight(last)
    )
    found = [
        Day(row.shop_id, row.day.date(), row.currency, row.orders, row.pieces, row.amount)
        for row in db.session.scalars(query)
        if (row.shop_id, row.day.date()) not in stale
    ]
    for shop_id, day in stale:
        found += [Day(shop_id, day, *one) for one in _sums(shop_id, day)]
    return [one for one in found if one.orders]


def rebuild(shops: Iterable[Shop]) -> None:
    """Marks every day that has orders as changed: after orders were added by other ways than services.orders."""
    deltas = Deltas()
    for shop in shops:
        first = db.session.scalar(select(func.min(Order.placed_at)).where(Order.shop_id == shop.id))
        last = db.session.scalar(select(func.max(Order.placed_at)).where(Order.shop_id == shop.id))
        day = first
        while day is not None and last is not None and day.date() <= last.date():
            sales_days.touch(deltas, shop.id, day)
            day += timedelta(days=1)
    deltas.write()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
