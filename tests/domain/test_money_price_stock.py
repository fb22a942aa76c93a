"""Amounts, price rules and stock rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import money
from domain.price import PriceRule, PriceRuleKind, apply
from domain.stock import StockRule, quantity


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_units_round_trip(value: Decimal) -> None:
    assert money.from_units(money.to_units(value)) == value


def test_amounts_as_text() -> None:
    assert money.for_api(Decimal("9.9"), "USD") == "9.90"
    assert money.for_api(Decimal("1500.4"), "JPY") == "1500"
    assert money.show(Decimal("1234567.5"), "IDR") == "1,234,568 IDR"


@pytest.mark.parametrize("units", [0, 49, 50, 9_950, 12_345_650, 99_999_999, -9_950])
@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_units_are_shown_like_their_decimal(units: int, currency: str) -> None:
    assert money.show_units(units, currency) == money.show(money.from_units(units), currency)
    assert money.to_units(Decimal("19.99")) == 199_900


@pytest.mark.parametrize(
    ("price", "kind", "amount", "currency", "expected"),
    [
        ("10", "none", "5", "USD", "10.00"),
        ("10", "percent_up", "12.5", "USD", "11.25"),
        ("10", "percent_down", "15", "USD", "8.50"),
        ("10", "percent_down", "100", "USD", "0.01"),
        ("10", "fixed_up", "1.005", "USD", "11.01"),
        ("10", "fixed_down", "99", "USD", "0.01"),
        ("999.5", "none", "0", "JPY", "1000"),
        ("3", "fixed_down", "5", "VND", "1"),
    ],
)
def test_price_rules(price: str, kind: PriceRuleKind, amount: str, currency: str, expected: str) -> None:
    priced = apply(Decimal(price), PriceRule(kind, Decimal(amount)), currency)
    assert str(priced.value) == expected
    assert priced.steps[0].endswith(price)


def test_conversion_comes_before_the_rule() -> None:
    priced = apply(Decimal(10), PriceRule("fixed_up", Decimal(1)), "GBP", rate=Decimal("0.8"))
    assert priced.value == Decimal("9.00")
    assert len(priced.steps) == 3


@pytest.mark.parametrize(
    ("available", "rule", "expected"),
    [
        (14, StockRule(), 14),
        (14, StockRule(percent=80), 11),
        (14, StockRule(percent=80, add_on=2), 13),
        (14, StockRule(percent=80, cap=10, threshold=2), 10),
        (4, StockRule(threshold=4), 0),  # features S3-30
        (5, StockRule(threshold=4), 5),
        (5, StockRule(percent=80, threshold=4), 0),
        (4, StockRule(add_on=10, threshold=4), 0),
        (10, StockRule(guard=3), 7),
        (10, StockRule(add_on=50, guard=3), 7),
        (10, StockRule(percent=50, guard=3), 5),
        (2, StockRule(guard=3), 0),
        (-5, StockRule(), 0),
        (5, StockRule(add_on=-9), 0),
        (100, StockRule(cap=0), 0),
    ],
)
def test_stock_rules(available: int, rule: StockRule, expected: int) -> None:
    assert quantity(available, rule).value == expected


def test_every_step_is_told() -> None:
    pushed = quantity(14, StockRule(percent=80, add_on=1, cap=10, threshold=2, guard=5))
    assert len(pushed.steps) == 6
    assert pushed.value == 9


@given(st.integers(-100, 10_000), st.integers(0, 300), st.integers(-50, 50), st.integers(0, 100), st.integers(0, 50))
def test_never_negative_and_last_step_ends_in_the_value(
    available: int, percent: int, add: int, threshold: int, guard: int
) -> None:
    pushed = quantity(available, StockRule(percent, add, None, threshold, guard))
    assert pushed.value >= 0
    assert guard == 0 or pushed.value <= max(0, available - guard)
