"""What must be done before when: one clock for each order, from the platform's own deadlines (feature I-29)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from domain.orders.facts import OrderFacts
from domain.orders.statuses import TO_SHIP, Status, hold_ends

Kind = Literal["hold", "ship", "answer", "collect", "deliver"]
ANSWER = timedelta(hours=48)  # an unanswered request to cancel is granted then (reference 7.3)

WORDS: dict[str, str] = {
    "hold": "Hold ends",
    "ship": "Ship by",
    "answer": "Answer the request to cancel by",
    "collect": "Hand over to the carrier by",
    "deliver": "Deliver by",
}
MISSED: dict[str, str] = {
    "hold": "The order can be shipped.",
    "ship": "Late dispatch: it counts against the shop, and TikTok may cancel the order.",
    "answer": "TikTok grants the cancellation by itself.",
    "collect": "TikTok may cancel the order for want of tracking.",
    "deliver": "Late delivery counts against the shop.",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment that matters. `derived`: computed from the handling time, because the platform named none."""

    kind: Kind
    at: datetime
    derived: bool = False


def clocks(order: OrderFacts, holidays: Collection[date] = ()) -> list[Clock]:
    """Everything that runs for this order now, the most urgent first."""
    found: list[Clock] = []
    if order.by_tiktok or order.status in (Status.CANCELLED, Status.COMPLETED, Status.DELIVERED, Status.UNPAID):
        return found
    if order.cancel_asked and order.cancel_asked_at is not None:
        found.append(Clock("answer", order.cancel_asked_at + ANSWER))
    if (ends := hold_ends(order.status, order.paid_at)) is not None:
        found.append(Clock("hold", ends))
    if order.status in TO_SHIP:
        if order.ship_by is not None:
            found.append(Clock("ship", order.ship_by))
        elif order.handling_days and order.paid_at is not None:
            found.append(Clock("ship", _handled(order.paid_at, order, holidays), True))
    if order.status == Status.AWAITING_COLLECTION and order.collect_by is not None:
        found.append(Clock("collect", order.collect_by))
    if order.status == Status.IN_TRANSIT and order.deliver_by is not None:
        found.append(Clock("deliver", order.deliver_by))
    return sorted(found, key=lambda clock: clock.at)


def _handled(start: datetime, order: OrderFacts, holidays: Collection[date]) -> datetime:
    if order.handling_in_business_days:
        return add_business_days(start, order.handling_days, holidays)
    return start + timedelta(days=order.handling_days)


def add_business_days(start: datetime, days: int, holidays: Collection[date] = ()) -> datetime:
    """The same time of day, so many working days later; a start on a day off counts from the next working day."""
    moment = start
    while not _works(moment.date(), holidays):
        moment += timedelta(days=1)
    for _ in range(days):
        moment += timedelta(days=1)
        while not _works(moment.date(), holidays):
            moment += timedelta(days=1)
    return moment


def _works(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def left(at: datetime, now: datetime) -> str:
    """In words: "2 h 5 min left", "3 days left", "40 min late"."""
    seconds = (at - now).total_seconds()
    minutes = int(abs(seconds) // 60)
    hours, days = minutes // 60, minutes // 1440
    if days >= 2:
        amount = f"{days} days"
    elif hours:
        amount = f"{hours} h {minutes % 60} min"
    else:
        amount = f"{minutes} min"
    return f"{amount} left" if seconds >= 0 else f"{amount} late"
