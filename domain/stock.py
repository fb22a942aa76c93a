"""How much of the available stock a shop is told: one formula, every step visible (features C-18)."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal


@dataclass(frozen=True, slots=True)
class StockRule:
    """`floor(available x percent) + add_on`, then cap, then threshold, then low-stock guard.

    At or below `threshold` pieces the shop is told 0. `guard` pieces of what is really there are never offered,
    whatever percent and add-on made of it.
    """

    percent: int = 100
    add_on: int = 0
    cap: int | None = None
    threshold: int = 0
    guard: int = 0


@dataclass(frozen=True, slots=True)
class Pushed:
    """The quantity to push and the readable steps that led to it."""

    value: int
    steps: tuple[str, ...]


def quantity(available: int, rule: StockRule) -> Pushed:
    """What the shop is told; never negative."""
    steps = [f"available {available}"]
    value = int((Decimal(available) * rule.percent / 100).to_integral_value(ROUND_FLOOR))
    if rule.percent != 100:
        steps.append(f"{rule.percent} % = {value}")
    if rule.add_on:
        value += rule.add_on
        steps.append(f"{rule.add_on:+d} = {value}")
    if rule.cap is not None and value > rule.cap:
        value = rule.cap
        steps.append(f"cap {rule.cap} = {value}")
    if rule.threshold and min(available, value) <= rule.threshold:
        value = 0
        steps.append(f"at or below threshold {rule.threshold} = 0")
    elif rule.threshold:
        steps.append(f"above threshold {rule.threshold}")
    if rule.guard and value > available - rule.guard:
        value = available - rule.guard
        steps.append(f"low-stock guard keeps {rule.guard} = {max(value, 0)}")
    if value < 0:
        value = 0
        steps.append("nothing to sell = 0")
    return Pushed(value, tuple(steps))
