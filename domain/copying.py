"""A listing of one shop in another: which of its values fit there. Currency by dated rates, attributes by the other
market's category (features S4-31)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from domain.draft import AttributeNeed, AttributeValue
from domain.money import round_to
from domain.pricing.rules import EXPIRED, Rate

State = Literal["same", "changed", "left", "missing"]
"""As it is; turned into what the other market takes; not taken over; wanted there and not there yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, before it is done: what it is here, what it would be there, and why."""

    field: str
    here: str
    there: str
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How money of one shop becomes money of the other. `why_not`: it does not."""

    rate: Decimal | None
    day: date | None = None
    why_not: str = ""

    def turn(self, amount: Decimal, currency: str) -> Decimal | None:
        """The amount in the other currency, in whole steps of it."""
        return None if self.rate is None else round_to(amount * self.rate, currency)


def exchange(here: str, there: str, store: str, mine: Rate | None, theirs: Rate | None, today: date) -> Exchange:
    """From the currency of one shop to that of another. Rates are dated and per unit of the store's currency; a shop
    that sells in the store's own needs none. Never invented: without a rate, or with an old one, it is refused."""
    if here == there:
        return Exchange(Decimal(1))
    parts: list[Rate] = []
    for currency, rate in ((here, mine), (there, theirs)):
        if currency == store:
            continue
        if rate is None:
            return Exchange(None, None, f"No rate between {store} and {currency} is entered.")
        if rate.age(today) > EXPIRED:
            return Exchange(None, rate.day, f"The rate for {currency} is of {rate.day.isoformat()}, too old.")
        parts.append(rate)
    one = mine.value if mine is not None and here != store else Decimal(1)
    other = theirs.value if theirs is not None and there != store else Decimal(1)
    return Exchange(other / one, min((rate.day for rate in parts), default=today))


def fitting(
    values: Sequence[AttributeValue], need: AttributeNeed | None
) -> tuple[tuple[AttributeValue, ...], tuple[AttributeValue, ...]]:
    """What of an attribute's values the other market's attribute takes, and what it does not: by TikTok's value id,
    else by the same words, else as free text where that is taken."""
    if need is None:
        return (), tuple(values)
    ids = {key: name for key, name in need.values}
    names = {name.casefold().strip(): (key, name) for key, name in need.values}
    kept: list[AttributeValue] = []
    lost: list[AttributeValue] = []
    for value in values:
        same = names.get(value.text.casefold().strip()) if value.text else None
        if value.id in ids:
            kept.append(AttributeValue(value.id, ids[value.id]))
        elif same is not None:
            kept.append(AttributeValue(*same))
        elif value.text and need.custom and not value.id:
            kept.append(value)
        elif value.text and need.custom:
            kept.append(AttributeValue("", value.text))
        else:
            lost.append(value)
    return (tuple(kept) if need.multiple else tuple(kept[:1])), tuple(lost)


def lacking(needs: Sequence[AttributeNeed], given: Mapping[str, Sequence[AttributeValue]]) -> list[AttributeNeed]:
    """Product attributes that the other market demands and that have no value there."""
    return [need for need in needs if need.kind == "product" and need.required and not given.get(need.id)]
