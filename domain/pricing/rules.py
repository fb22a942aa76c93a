"""A price rule in full, laid together from listing, profile, shop and store, and the price it makes."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from domain import money
from domain.price import PriceRule, describe, plain, ruled
from domain.pricing.endings import ENDINGS, end
from domain.pricing.velocity import Velocity

Follow = Literal["regular", "sale", "shop"]
FOLLOWS: dict[str, str] = {
    "regular": "BigCommerce's regular price",
    "sale": "BigCommerce's sale price, where there is one",
    "shop": "Another shop's price",
}
AGED, EXPIRED = 7, 30  # days after which a rate is warned about, and after which it sends nothing by itself


@dataclass(frozen=True, slots=True)
class Rate:
    """Shop currency per unit of store currency, true on `day`."""

    value: Decimal
    day: date

    def age(self, today: date) -> int:
        """Days since it was true; never below 0."""
        return max(0, (today - self.day).days)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that makes a price. `origins` says for each part where it was decided."""

    follow: Follow = "regular"
    rule: PriceRule = field(default_factory=PriceRule)
    ending: str = "none"
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    rate: Rate | None = None
    compare_at: bool = False
    velocity: Velocity | None = None
    percent: Decimal = Decimal(0)  # where sales have moved the price by now
    source_name: str = ""  # of the shop that is followed
    origins: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of one variant. `theirs`: the price in the shop that is followed; store currency but for that."""

    regular: Decimal | None
    sale: Decimal | None = None
    theirs: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """The price to send and the readable steps to it. `problem` says why it must not be sent. `list_price` is shown
    struck through; None: none is."""

    value: Decimal | None
    steps: tuple[str, ...] = ()
    problem: str = ""
    list_price: Decimal | None = None


def make(basis: Basis, recipe: Recipe, store_currency: str, currency: str) -> Offered:
    """The price. The order is fixed: what is followed, rate, rule, step by sales, ending, ceiling, floor."""
    value, steps = _followed(basis, recipe, store_currency)
    if value is None or value <= 0:
        return Offered(None, tuple(steps), "price.missing")
    foreign = store_currency != currency and recipe.follow != "shop" and bool(store_currency)
    problem = ""
    if foreign and recipe.rate is not None:
        value *= recipe.rate.value
        steps.append(f"converted at {plain(recipe.rate.value)} of {recipe.rate.day.isoformat()} = {plain(value)}")
    elif foreign:
        problem = "price.no_conversion"
    regular = basis.regular if not foreign or recipe.rate is None else (basis.regular or 0) * recipe.rate.value
    value = _worked(value, recipe, currency, steps)
    return Offered(value, tuple(steps), problem, _struck(regular, value, recipe, currency))


def _followed(basis: Basis, recipe: Recipe, store_currency: str) -> tuple[Decimal | None, list[str]]:
    if recipe.follow == "shop":
        if basis.theirs is None:
            return None, [f"{recipe.source_name or 'the other shop'} has no price for it"]
        return basis.theirs, [f"price {plain(basis.theirs)} in {recipe.source_name or 'the other shop'}"]
    if recipe.follow == "sale" and basis.sale and basis.regular and basis.sale < basis.regular:
        return basis.sale, [f"price {basis.regular}", f"sale price {plain(basis.sale)}"]
    return basis.regular, [] if basis.regular is None else [f"price {basis.regular}"]


def _worked(value: Decimal, recipe: Recipe, currency: str, steps: list[str]) -> Decimal:
    if recipe.rule.kind != "none":
        value = ruled(value, recipe.rule)
        steps.append(f"{describe(recipe.rule, currency)} = {plain(value)}")
    if recipe.percent:
        value = value * (100 + recipe.percent) / 100
        sign = "+" if recipe.percent > 0 else "-"
        steps.append(f"sales {sign}{plain(abs(recipe.percent))} % = {plain(value)}")
    ended = end(value, recipe.ending, currency)
    if ended != value:
        words = "rounded to" if recipe.ending == "none" else f"{ENDINGS[recipe.ending].lower()}:"
        steps.append(f"{words} {money.show(ended, currency)}")
    value = ended
    if recipe.ceiling is not None and value > recipe.ceiling:
        value = money.round_to(recipe.ceiling, currency)
        steps.append(f"lowered to the ceiling {money.show(value, currency)}")
    if recipe.floor is not None and value < recipe.floor:
        value = money.round_to(recipe.floor, currency)
        steps.append(f"raised to the floor {money.show(value, currency)}")
    least = money.smallest(currency)
    if value < least:
        value = least
        steps.append(f"raised to the smallest price {money.show(least, currency)}")
    return value


def _struck(regular: Decimal | None, value: Decimal, recipe: Recipe, currency: str) -> Decimal | None:
    """The regular price after the rule, never below the price itself: TikTok refuses a lower one."""
    if not recipe.compare_at or regular is None:
        return None
    return max(value, money.round_to(ruled(regular, recipe.rule), currency))
