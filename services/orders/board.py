"""The deadline board: orders by the minutes that are left (feature I-29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from domain.orders.deadlines import MISSED, WORDS, left
from models import Order, db
from services import clock

MOST = 200


@dataclass(frozen=True, slots=True)
class Card:
    """One order and the clock that runs out first. `urgent`: over, or less than two hours; the hold is no threat."""

    order: Order
    what: str
    missed: str
    left: str
    tone: str


@dataclass(frozen=True, slots=True)
class Board:
    """`late` and `today` count everything, also what is not shown."""

    cards: Sequence[Card]
    total: int
    late: int
    today: int


def board(shop_id: int | None, kind: str = "") -> Board:
    """The most urgent first; `kind` shows one sort of deadline alone."""
    now = clock.now()
    here: list[ColumnElement[bool]] = [Order.deadline_at.is_not(None)]
    if shop_id is not None:
        here.append(Order.shop_id == shop_id)
    if kind in WORDS:
        here.append(Order.deadline_kind == kind)
    query = select(Order).where(*here).order_by(Order.deadline_at, Order.id).limit(MOST)
    found = db.session.scalars(query).all()
    threat = [*here, Order.deadline_kind != "hold"]
    numbers = select(
        func.count(Order.id),
    ).where(*here)
    late = select(func.count(Order.id)).where(*threat, Order.deadline_at < now)
    today = select(func.count(Order.id)).where(
        *threat, Order.deadline_at >= now, Order.deadline_at < now + timedelta(hours=24)
    )
    return Board(
        [_card(order, now) for order in found],
        *(int(db.session.scalar(query) or 0) for query in (numbers, late, today)),
    )


def _card(order: Order, now: datetime) -> Card:
    at = order.deadline_at or now
    tone = "secondary"
    if order.deadline_kind != "hold":
        tone = "danger" if at < now + timedelta(hours=2) else "warning" if at < now + timedelta(hours=24) else "primary"
    return Card(order, WORDS.get(order.deadline_kind, ""), MISSED.get(order.deadline_kind, ""), left(at, now), tone)
