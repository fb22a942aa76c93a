"""What a shop is told over several warehouses, pieces that variants share, and what a shop sold meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stock import RuleFields, Source, StockRule, after_sales, offer, quantity, shared

A, B = "A", "B"


@pytest.mark.parametrize(("pieces", "told"), [(5, 5), (4, 0), (3, 0)])
def test_the_threshold_of_the_guide(pieces: int, told: int) -> None:
    """Threshold 4: at 4 pieces the product goes out of stock (features S3-30)."""
    assert quantity(pieces, StockRule(threshold=4)).value == told


def test_warehouses_without_numbers_of_their_own_are_computed_together() -> None:
    found = offer([Source(A, 6), Source(B, 3)], StockRule(percent=50))
    assert (found.value, dict(found.spread)) == (4, {A: 3, B: 1})


def test_a_warehouse_with_numbers_of_its_own_is_computed_by_itself() -> None:
    found = offer([Source(A, 6), Source(B, 10, RuleFields(cap=2), "East")], StockRule(guard=1))
    assert dict(found.spread) == {A: 5, B: 2} and "East: cap 2 = 2" in found.steps


def test_more_than_the_platform_takes_is_cut() -> None:
    assert offer([Source(A, 200_000)], StockRule(), 99_999).value == 99_999


def test_a_rule_says_only_what_it_says() -> None:
    assert RuleFields(cap=3).over(StockRule(percent=50, guard=2)) == StockRule(percent=50, cap=3, guard=2)
    assert not RuleFields() and RuleFields(add_on=0)


@given(
    st.lists(st.integers(-5, 500), min_size=1, max_size=4),
    st.integers(0, 100),
    st.integers(-20, 0),
    st.one_of(st.none(), st.integers(0, 50)),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_without_an_addition_no_place_is_offered_more_than_it_has(
    pieces: list[int], percent: int, add_on: int, cap: int | None, threshold: int, guard: int
) -> None:
    rule = StockRule(percent, add_on, cap, threshold, guard)
    found = offer([Source(str(place), count) for place, count in enumerate(pieces)], rule)
    assert all(0 <= found.spread[str(place)] <= max(0, count) for place, count in enumerate(pieces))
    assert found.value == sum(found.spread.values())


@pytest.mark.parametrize(
    ("pool", "count", "parts"), [(7, 3, (3, 2, 2)), (2, 4, (1, 1, 0, 0)), (0, 2, (0, 0)), (-3, 2, (0, 0))]
)
def test_variants_share_what_is_counted_once(pool: int, count: int, parts: tuple[int, ...]) -> None:
    assert shared(pool, count) == parts


@pytest.mark.parametrize(
    ("before", "now", "grew", "shown"),
    [
        ({A: 0}, {A: 0}, 0, {A: 10}),
        ({A: 0}, {A: 2}, 2, {A: 10}),  # we know both
        ({A: 0}, {A: 2}, 0, {A: 8}),  # we know neither
        ({A: 1}, {A: 1}, -1, {A: 9}),  # one was cancelled and another came that we do not know
        ({A: 3}, {A: 1}, 0, {A: 10}),  # cancelled, and we do not know yet
        ({A: None}, {A: 5}, 0, {A: 10}),  # nothing was agreed yet
        ({A: 0}, {A: 30}, 0, {A: 0}),
    ],
)
def test_orders_that_we_do_not_know_yet_are_taken_off(
    before: dict[str, int | None], now: dict[str, int], grew: int, shown: dict[str, int]
) -> None:
    assert after_sales({A: 10}, before, now, grew) == shown
