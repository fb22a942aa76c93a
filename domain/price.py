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
        steps.append(f"converted at {rate} = {plain(value)}")
    if rule.kind != "none":
        value = ruled(value, rule)
        steps.append(f"{describe(rule, currency)} = {plain(value)}")
    rounded = money.round_to(value, currency)
    if rounded != value:
        steps.append(f"rounded to {money.show(rounded, currency)}")
    floor = money.smallest(currency)
    if rounded < floor:
        rounded = floor
        steps.append(f"raised to the smallest price {money.show(floor, currency)}")
    return Priced(rounded, tuple(steps))


def ruled(value: Decimal, rule: PriceRule) -> Decimal:
    """The value raised or lowered; not rounded."""
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


def describe(rule: PriceRule, currency: str) -> str:
    """The rule in a few signs: "+10 %"."""
    sign = "+" if rule.kind.endswith("_up") else "-"
    return f"{sign}{plain(rule.amount)}{' %' if rule.kind.startswith('percent') else f' {currency}'}"


def plain(value: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
