"""The order of profiles, answered from counts, against a loop over every product."""

from hypothesis import given
from hypothesis import strategies as st

from domain.profile_order import DEFAULT, Matched, held, lost, matching, moved, swapped, winner

PRODUCTS = st.lists(st.frozensets(st.integers(1, 5)), max_size=30)
ORDERS = st.permutations([1, 2, 3, 4, 5])


def naive(matched: Matched, order: list[int]) -> int:
    for profile in order:
        if profile in matched:
            return profile
    return DEFAULT


@given(PRODUCTS, ORDERS, st.sampled_from([1, 2, 3, 4, 5]), st.sampled_from([1, 2, 3, 4, 5]))
def test_counts_answer_what_a_loop_would(products: list[Matched], order: list[int], one: int, other: int) -> None:
    counts: dict[Matched, int] = {}
    for product in products:
        counts[product] = counts.get(product, 0) + 1
    after = swapped(order, one, other)
    assert sorted(after) == sorted(order) and after.index(one) == order.index(other)
    before = [naive(product, order) for product in products]
    then = [naive(product, after) for product in products]
    assert held(counts, order) == {profile: before.count(profile) for profile in (*order, DEFAULT)}
    assert matching(counts, one) == sum(one in product for product in products)
    pairs = [pair for pair in zip(before, then, strict=True) if pair[0] != pair[1]]
    assert moved(counts, order, after) == {pair: pairs.count(pair) for pair in pairs}
    missed = [got for product, got in zip(products, before, strict=True) if one in product and got != one]
    assert lost(counts, order, one) == {got: missed.count(got) for got in missed}


def test_the_first_in_the_order_wins() -> None:
    assert winner(frozenset({1, 2}), [2, 1]) == 2 and winner(frozenset(), [1]) == DEFAULT
