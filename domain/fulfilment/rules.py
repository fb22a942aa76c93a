"""Rules that mark orders and put gifts into parcels (features S1-14, S1-16, S1-18, S1-19): each says when and what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from domain.capabilities import Capability, Verdict, allowed

When = Literal["total_from", "pieces_from", "sku", "country", "message", "always"]
Then = Literal["mark", "gift"]
WORDS: dict[str, str] = {
    "total_from": "the total is at least",
    "pieces_from": "the number of pieces is at least",
    "sku": "an item's SKU begins with",
    "country": "the recipient's country is",
    "message": "the buyer's message contains",
    "always": "always",
}


@dataclass(frozen=True, slots=True)
class OrderRule:
    """`name` is the mark, or the SKU of the gift."""

    when: When
    value: str
    then: Then
    name: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "OrderRule":
        when, then, name = str(data["when"]), str(data["then"]), str(data["name"]).strip()[:100]
        if when not in get_args(When) or then not in get_args(Then) or not name:
            raise ValueError(when)
        return cls(when, str(data.get("value", ""))[:80], then, name)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Looked:
    """An order as rules see it."""

    total: Decimal
    pieces: int
    skus: tuple[str, ...] = ()
    country: str = ""
    message: str = ""


def may(kind: str, then: str, by_rule: bool) -> Verdict:
    """By hand everywhere; by rule not in semi-consignment stores."""
    if not by_rule:
        return allowed(kind, Capability.MARK_ORDERS if then == "mark" else Capability.ADD_GIFTS)
    return allowed(kind, Capability.MARK_RULES if then == "mark" else Capability.GIFT_RULES)


def apply(kind: str, order: Looked, rules: Sequence[OrderRule]) -> list[OrderRule]:
    """Those that fit, each outcome once; nothing where the kind of shop does not allow it."""
    found: dict[tuple[str, str], OrderRule] = {}
    for rule in rules:
        if may(kind, rule.then, True) and _fits(rule, order):
            found.setdefault((rule.then, rule.name), rule)
    return list(found.values())


def _fits(rule: OrderRule, order: Looked) -> bool:
    value = rule.value.strip().casefold()
    if rule.when == "always":
        return True
    if not value:
        return False
    if rule.when in ("total_from", "pieces_from"):
        try:
            least = Decimal(value)
        except InvalidOperation:
            return False
        return (order.total if rule.when == "total_from" else order.pieces) >= least
    if rule.when == "sku":
        return any(sku.casefold().startswith(value) for sku in order.skus)
    if rule.when == "country":
        return order.country.casefold() == value
    return value in order.message.casefold()
