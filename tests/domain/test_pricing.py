"""A price from what is followed to what is sent: every part as one row of a table."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from domain.price import PriceRule
from domain.pricing.endings import ENDINGS, end
from domain.pricing.rules import Basis, Rate, Recipe, make
from domain.pricing.velocity import InvalidVelocity, Velocity, read, replay, step, to_json

RATE = Rate(D("0.8"), date(2026, 11, 1))
ROWS: list[tuple[dict[str, Any], Basis, str, str | None, str]] = [
    ({}, Basis(D("10")), "USD", "10.00", ""),
    ({}, Basis(None), "USD", None, "price.missing"),
    ({}, Basis(D(0)), "USD", None, "price.missing"),
    ({"follow": "sale"}, Basis(D(10), D(8)), "USD", "8.00", ""),
    ({"follow": "sale"}, Basis(D(10), D(12)), "USD", "10.00", ""),
    ({"follow": "sale"}, Basis(D(10)), "USD", "10.00", ""),
    ({"follow": "shop"}, Basis(D(10), None, D(7)), "USD", "7.00", ""),
    ({"follow": "shop"}, Basis(D(10)), "USD", None, "price.missing"),
    ({"follow": "shop"}, Basis(D(10), None, D(7)), "GBP", "7.00", ""),
    ({}, Basis(D(10)), "GBP", "10.00", "price.no_conversion"),
    ({"rate": RATE}, Basis(D(10)), "GBP", "8.00", ""),
    ({"rate": RATE}, Basis(D(10)), "USD", "10.00", ""),
    ({"rule": PriceRule("percent_up", D(10))}, Basis(D(10)), "USD", "11.00", ""),
    ({"rule": PriceRule("fixed_down", D(12))}, Basis(D(10)), "USD", "0.01", ""),
    ({"rate": RATE, "rule": PriceRule("fixed_up", D(1))}, Basis(D(10)), "GBP", "9.00", ""),
    ({"ending": ".99"}, Basis(D("10.20")), "USD", "9.99", ""),
    ({"ending": ".99"}, Basis(D("10.80")), "USD", "10.99", ""),
    ({"ending": "whole_up"}, Basis(D("10.01")), "USD", "11.00", ""),
    ({"ceiling": D(9)}, Basis(D(10)), "USD", "9.00", ""),
    ({"floor": D(11)}, Basis(D(10)), "USD", "11.00", ""),
    ({"ending": ".99", "floor": D("9.50")}, Basis(D(9)), "USD", "9.50", ""),
    ({"percent": D(-10)}, Basis(D(10)), "USD", "9.00", ""),
    ({"percent": D(50), "ceiling": D(12)}, Basis(D(10)), "USD", "12.00", ""),
]


@pytest.mark.parametrize(("parts", "basis", "currency", "price", "problem"), ROWS)
def test_what_each_part_does(
    parts: dict[str, Any], basis: Basis, currency: str, price: str | None, problem: str
) -> None:
    made = make(basis, Recipe(**parts), "USD", currency)
    assert (made.value, made.problem) == (None if price is None else D(price), problem)


def test_the_steps_are_readable() -> None:
    recipe = Recipe("sale", PriceRule("percent_up", D(10)), ".99", floor=D("8.50"), rate=RATE, percent=D(-5))
    made = make(Basis(D(12), D(10)), recipe, "USD", "GBP")
    assert made.steps == (
        "price 12",
        "sale price 10",
        "converted at 0.8 of 2026-11-01 = 8",
        "+10 % = 8.8",
        "sales -5 % = 8.36",
        "ends in .99: 7.99 GBP",
        "raised to the floor 8.50 GBP",
    )


def test_the_struck_price_is_never_below_the_price() -> None:
    recipe = Recipe("sale", compare_at=True)
    assert make(Basis(D(10), D(8)), recipe, "USD", "USD").list_price == D("10.00")
    assert make(Basis(D(10)), Recipe("sale", compare_at=True, floor=D(11)), "USD", "USD").list_price == D("11.00")
    assert make(Basis(D(10)), Recipe(), "USD", "USD").list_price is None


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("currency", ["USD", "IDR"])
def test_an_ending_never_doubles_a_price_and_says_what_the_currency_can(ending: str, currency: str) -> None:
    for cents in range(51, 5000, 7):
        value = D(cents) / 100 if currency == "USD" else D(cents) * 10
        ended = end(value, ending, currency)
        assert ended == ended.quantize(D("0.01") if currency == "USD" else D(1))
        assert abs(ended - value) <= 1


def test_steps_are_bounded() -> None:
    rule = Velocity(7, 10, 2, D(3), D(5), D(4))
    assert step(D(0), 10, rule) == (D(3), "up") and step(D(3), 99, rule) == (D(5), "up")
    assert step(D(5), 99, rule) == (D(5), "same") and step(D(0), 5, rule) == (D(0), "same")
    assert step(D(0), 2, rule) == (D(-3), "down") and step(D(-3), 0, rule) == (D(-4), "down")
    turns = replay([2] * 7 + [0] * 14 + [1] * 3, rule)
    assert [(turn.day, turn.sold, turn.percent) for turn in turns] == [(7, 14, D(3)), (14, 0, D(0)), (21, 0, D(-3))]


def test_a_strategy_is_read_back_as_it_was_said() -> None:
    assert read({}) is None and read(to_json(Velocity())) == Velocity()
    for wrong in ({"days": "0"}, {"up_at": "1"}, {"step": "NaN"}, {"most_up": "51"}, {"days": "1.5"}):
        with pytest.raises(InvalidVelocity):
            read({**to_json(Velocity()), **wrong})
