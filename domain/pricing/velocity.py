"""Prices that follow sales: bounded steps up when much is sold, down when little is, one a span of days at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Velocity:
    """After every `days` days: `up_at` pieces or more raise by `step` percent, `down_at` or fewer lower by it. Never
    further than `most_up` and `most_down` percent from the price of the rule."""

    days: int = 7
    up_at: int = 10
    down_at: int = 1
    step: Decimal = Decimal(2)
    most_up: Decimal = Decimal(10)
    most_down: Decimal = Decimal(10)


class InvalidVelocity(ValueError):
    """`args` holds (field, what it must be)."""


_WHOLE = {"days": (1, 60), "up_at": (1, 99_999), "down_at": (0, 99_998)}
_PARTS = {"step": (Decimal("0.1"), Decimal(10)), "most_up": (Decimal(0), Decimal(50)),
          "most_down": (Decimal(0), Decimal(50))}  # fmt: skip
LABELS = {
    "days": "Days", "up_at": "Raise at", "down_at": "Lower at", "step": "Step", "most_up": "At most up",
    "most_down": "At most down",
}  # fmt: skip


def read(said: Mapping[str, Any]) -> Velocity | None:
    """From a form or a stored row; None when nothing is said. A wrong value raises `InvalidVelocity`."""
    if not any(str(said.get(name) or "").strip() for name in (*_WHOLE, *_PARTS)):
        return None
    found: dict[str, Any] = {}
    for name, (low, high) in _WHOLE.items():
        found[name] = int(_number(said, name, Decimal(low), Decimal(high), whole=True))
    for name, (least, most) in _PARTS.items():
        found[name] = _number(said, name, least, most)
    velocity = Velocity(**found)
    if velocity.down_at >= velocity.up_at:
        raise InvalidVelocity("down_at", "below the number that raises")
    return velocity


def _number(said: Mapping[str, Any], name: str, low: Decimal, high: Decimal, *, whole: bool = False) -> Decimal:
    must = f"{'a whole number' if whole else 'a number'} from {low} to {high}"
    try:
        value = Decimal(str(said.get(name, "")).strip())
    except ArithmeticError:
        raise InvalidVelocity(name, must) from None
    if not value.is_finite() or not low <= value <= high or (whole and value != value.to_integral_value()):
        raise InvalidVelocity(name, must)
    return value


def to_json(velocity: Velocity) -> dict[str, str]:
    """As stored; `read` gives it back."""
    return {name: str(getattr(velocity, name)) for name in (*_WHOLE, *_PARTS)}


def step(percent: Decimal, sold: int, velocity: Velocity) -> tuple[Decimal, str]:
    """(the new distance from the rule's price in percent, "up", "down" or "same")."""
    if sold >= velocity.up_at:
        moved = min(percent + velocity.step, velocity.most_up)
    elif sold <= velocity.down_at:
        moved = max(percent - velocity.step, -velocity.most_down)
    else:
        return percent, "same"
    # A bound that was narrowed pulls back, whatever the sales.
    return moved, "up" if moved > percent else "down" if moved < percent else "same"


@dataclass(frozen=True, slots=True)
class Turn:
    """The end of one span of days: what was sold in it, and where the price goes."""

    day: int
    sold: int
    percent: Decimal
    why: str


def replay(daily: Sequence[int], velocity: Velocity, percent: Decimal = Decimal(0)) -> list[Turn]:
    """What the steps would have been on these sales by day, oldest first. Buyers are taken as they were: nobody knows
    how they would have answered to another price."""
    turns = []
    for start in range(0, len(daily) - velocity.days + 1, velocity.days):
        sold = sum(daily[start : start + velocity.days])
        percent, why = step(percent, sold, velocity)
        turns.append(Turn(start + velocity.days, sold, percent, why))
    return turns
