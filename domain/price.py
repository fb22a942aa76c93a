"""Price rules of profiles and settings: a mark-up or mark-down, rounded to what the currency can say."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from domain import money

PriceRuleKind = Literal["none", "percent_up", "percent_down", "fixed_up", "fixed_down"]
PRICE_RULE_KINDS: tuple[PriceRuleKind, ...] = ("none", "percent_up", "percent_down", "fixed_up", "fixed_down")


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`amount` is a percentage or an amount in the shop's currency, never negative."""

    kind: PriceRuleKind = "none"
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Priced:
    """The price to send and the readable steps that led to it."""

    value: Decimal
    steps: tuple[str, ...]


def apply(price: Decimal, rule: PriceRule, currency: str, *, rate: Decimal | None = None) -> Priced:
    """The price after conversion (`rate`: shop currency per store currency) and rule; at least one smallest step."""
    steps = [f"price {price}"]
    value = price
    if rate is not None:
        value *= rate
        steps.append(f"converted at {rate} = {_plain(value)}")
    if rule.kind != "none":
        value = _ruled(value, rule)
        steps.append(f"{_describe(rule, currency)} = {_plain(value)}")
    rounded = money.round_to(value, currency)
    if rounded != value:
        steps.append(f"rounded to {money.show(rounded, currency)}")
    floor = money.smallest(currency)
    if rounded < floor:
        rounded = floor
        steps.append(f"raised to the smallest price {money.show(floor, currency)}")
    return Priced(rounded, tuple(steps))


def _ruled(value: Decimal, rule: PriceRule) -> Decimal:
    match rule.kind:
        case "percent_up":
            return value * (100 + rule.amount) / 100
        case "percent_down":
            return value * (100 - rule.amount) / 100
        case "fixed_up":
            return value + rule.amount
        case "fixed_down":
            return value - rule.amount
        case _:
            return value


def _describe(rule: PriceRule, currency: str) -> str:
    sign = "+" if rule.kind.endswith("_up") else "-"
    return f"{sign}{_plain(rule.amount)}{' %' if rule.kind.startswith('percent') else f' {currency}'}"


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
