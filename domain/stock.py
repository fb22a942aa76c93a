"""How much of the available stock a shop is told: one formula, every step visible (features C-18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_FLOOR, Decimal

from domain.allocation import allocate


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
class RuleFields:
    """What one rule says itself; None: the wider rule says it."""

    percent: int | None = None
    add_on: int | None = None
    cap: int | None = None
    threshold: int | None = None
    guard: int | None = None

    def over(self, wider: StockRule) -> StockRule:
        """The wider rule with what this one says."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return StockRule(**{name: getattr(wider, name) if value is None else value for name, value in said.items()})

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return any(getattr(self, one.name) is not None for one in fields(self))


@dataclass(frozen=True, slots=True)
class Pushed:
    """The quantity to push and the readable steps that led to it."""

    value: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A warehouse of the shop: what is available for it, and numbers of its own."""

    warehouse: str
    available: int
    own: RuleFields = RuleFields()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a shop is told in all and by warehouse."""

    value: int
    spread: Mapping[str, int]
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


def offer(sources: Sequence[Source], rule: StockRule, most: int | None = None) -> Offer:
    """A warehouse with numbers of its own is computed by itself; the others together, and spread by what each has.
    `most`: the platform takes no larger number of one SKU in one warehouse."""
    together = [one for one in sources if not one.own]
    spread: dict[str, int] = {}
    steps: list[str] = []
    if together:
        pushed = quantity(sum(max(0, one.available) for one in together), rule)
        spread |= allocate(pushed.value, {one.warehouse: one.available for one in together})
        steps += pushed.steps
    for one in sources:
        if one.own:
            alone = quantity(max(0, one.available), one.own.over(rule))
            spread[one.warehouse] = alone.value
            steps += [f"{one.name or one.warehouse}: {step}" for step in alone.steps]
    if most is not None and any(count > most for count in spread.values()):
        spread = {name: min(count, most) for name, count in spread.items()}
        steps.append(f"TikTok takes at most {most:,} = {sum(spread.values())}")
    if len(spread) > 1:
        names = {one.warehouse: one.name or one.warehouse for one in sources}
        steps.append("spread: " + ", ".join(f"{names[key]} {count}" for key, count in spread.items()))
    return Offer(sum(spread.values()), spread, tuple(steps))


def shared(pool: int, count: int) -> tuple[int, ...]:
    """Pieces that several variants have in common, one part each; the first get the rest."""
    whole = max(0, pool)
    return tuple(whole // count + (place < whole % count) for place in range(count))


def after_sales(
    want: Mapping[str, int], before: Mapping[str, int | None], now: Mapping[str, int], grew: int
) -> dict[str, int]:
    """What the shop should show of `want`: less by what it sold in orders that we have not seen yet. `before` and
    `now`: pieces in its orders, by warehouse, when a number was last confirmed and now; `grew`: by how many pieces its
    orders that we know have grown since (less when some were cancelled)."""
    known = {name: count for name, count in before.items() if count is not None}
    grown = {name: now.get(name, 0) - count for name, count in known.items()}
    unseen = max(0, sum(grown.values()) - grew)
    shown = dict(want)
    # First where its orders grew; what came in the place of cancelled ones is taken where the most is left.
    for most in (grown, None):
        for name in sorted(shown, key=lambda one: (-(grown.get(one, 0) if most else shown[one]), one)):
            take = min(unseen, shown[name], max(0, grown.get(name, 0)) if most else shown[name])
            shown[name] -= take
            unseen -= take
    return shown
