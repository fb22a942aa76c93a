"""The chart of gross sales: a week, a month or a year as bars, beside the same time before (features S3-41, S3-42)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.finance.amounts import ZERO
from services.finance import sales
from services.finance.sales import Day

PERIODS = {"week": "Week", "month": "Month", "year": "Year"}


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands under the bar, `title` is read out."""

    label: str
    title: str
    orders: int
    pieces: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Chart:
    period: str
    currency: str
    currencies: tuple[str, ...]
    bars: tuple[Bar, ...]
    total: Decimal
    orders: int
    before: Decimal  # the total of the time before, as long as this one

    @property
    def change(self) -> int | None:
        """In percent against the time before; None where there was nothing."""
        return round((self.total - self.before) / self.before * 100) if self.before else None


def chart(shop_ids: Sequence[int], period: str, today: date, currency: str = "") -> Chart:
    """Ends today. Currencies are never added to each other: the one with most orders is shown first."""
    period = period if period in PERIODS else "week"
    slots = _slots(period, today)
    first, length = slots[0][0], (today - slots[0][0]).days + 1
    found = sales.days(shop_ids, first - timedelta(days=length), today)
    counted: dict[str, int] = {}
    for one in found:
        counted[one.currency] = counted.get(one.currency, 0) + one.orders
    currencies = tuple(sorted(counted, key=lambda name: (-counted[name], name)))
    chosen = currency if currency in counted else (currencies[0] if currencies else "")
    mine = [one for one in found if one.currency == chosen]
    bars = tuple(_bar(label, title, [one for one in mine if a <= one.day <= b]) for a, b, label, title in slots)
    return Chart(
        period,
        chosen,
        currencies,
        bars,
        sum((bar.amount for bar in bars), ZERO),
        sum(bar.orders for bar in bars),
        sum((one.amount for one in mine if one.day < first), ZERO),
    )


def _bar(label: str, title: str, found: Sequence[Day]) -> Bar:
    amount = sum((one.amount for one in found), ZERO)
    return Bar(label, title, sum(one.orders for one in found), sum(one.pieces for one in found), amount)


def _slots(period: str, today: date) -> list[tuple[date, date, str, str]]:
    """(first day, last day, label, title) of each bar, oldest first."""
    if period != "year":
        count = 7 if period == "week" else 30
        listed = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
        short = "%a" if period == "week" else "%-d %b"
        return [(day, day, day.strftime(short), day.strftime("%A, %-d %B %Y")) for day in listed]
    months = []
    year, month = today.year, today.month
    for _ in range(12):
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1)
        months.append((first, following - timedelta(days=1), first.strftime("%b"), first.strftime("%B %Y")))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months[::-1]
