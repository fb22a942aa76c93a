"""The steps behind a price and a quantity: whoever follows them as they are shown arrives at the value."""

import re
from decimal import ROUND_FLOOR, Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.price import PRICE_RULE_KINDS, PriceRule, apply
from domain.stock import StockRule, quantity

NUMBER = r"(-?[\d.]+)"


def follow_price(steps: tuple[str, ...]) -> Decimal:
    """The value after the last step; each step's own result is checked on the way."""
    value = Decimal(steps[0].removeprefix("price "))
    for step in steps[1:]:
        if found := re.fullmatch(rf"converted at {NUMBER} = {NUMBER}", step):
            value *= Decimal(found[1])
            assert value == Decimal(found[2])
        elif found := re.fullmatch(rf"([+-]){NUMBER}( %| [A-Z]{{3}}) = {NUMBER}", step):
            part = value * Decimal(found[2]) / 100 if found[3] == " %" else Decimal(found[2])
            value = value + part if found[1] == "+" else value - part
            assert value == Decimal(found[4])
        else:
            found = re.fullmatch(r"(?:rounded to|raised to the smallest price) (-?[\d.,]+) [A-Z]{3}", step)
            assert found, step
            value = Decimal(found[1].replace(",", ""))
    return value


def follow_stock(steps: tuple[str, ...]) -> int:
    value = available = int(steps[0].removeprefix("available "))
    for step in steps[1:]:
        if found := re.fullmatch(r"(\d+) % = (-?\d+)", step):
            value = int((Decimal(available) * int(found[1]) / 100).to_integral_value(ROUND_FLOOR))
        elif found := re.fullmatch(r"([+-]\d+) = (-?\d+)", step):
            value += int(found[1])
        elif found := re.fullmatch(r"cap (\d+) = (-?\d+)", step):
            value = min(value, int(found[1]))
        elif found := re.fullmatch(r"at or below threshold (\d+) = (0)", step):
            assert min(available, value) <= int(found[1])
            value = 0
        elif found := re.fullmatch(r"above threshold (\d+)", step):
            assert min(available, value) > int(found[1])
            continue
        elif found := re.fullmatch(r"low-stock guard keeps (\d+) = (-?\d+)", step):
            value = available - int(found[1])
            assert max(value, 0) == int(found[2])
            continue
        else:
            found = re.fullmatch(r"(nothing) to sell = (0)", step)
            assert found and value < 0, step
            value = 0
        assert value == int(found[2])
    return value


AMOUNTS = st.decimals("0.01", "999", places=2)


@given(AMOUNTS, st.sampled_from(PRICE_RULE_KINDS), st.decimals("0", "90", places=1), st.sampled_from(["USD", "JPY"]))
def test_following_the_steps_of_a_price_gives_the_price(
    price: Decimal, kind: str, amount: Decimal, currency: str
) -> None:
    found = apply(price, PriceRule(kind, amount), currency)  # type: ignore[arg-type]
    assert follow_price(found.steps) == found.value


@given(AMOUNTS, st.decimals("0.1", "9", places=2))
def test_following_a_conversion_gives_the_price(price: Decimal, rate: Decimal) -> None:
    found = apply(price, PriceRule("percent_up", Decimal(10)), "USD", rate=rate)
    assert follow_price(found.steps) == found.value


RULES = st.builds(
    StockRule, percent=st.integers(0, 200), add_on=st.integers(-20, 20), cap=st.none() | st.integers(0, 50),
    threshold=st.integers(0, 20), guard=st.integers(0, 20),
)  # fmt: skip


@given(st.integers(0, 300), RULES)
def test_following_the_steps_of_a_quantity_gives_the_quantity(available: int, rule: StockRule) -> None:
    found = quantity(available, rule)
    assert follow_stock(found.steps) == found.value
