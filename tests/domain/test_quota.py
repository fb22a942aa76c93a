"""A daily limit as a plan: one case a line."""

from datetime import date

import pytest

from domain.quota import Ceiling, Learned, ceiling, finish, spread

TIERS = (100, 1000)


@pytest.mark.parametrize(
    ("learned", "used", "count", "probe"),
    [
        (Learned(None), 0, 100, True),  # up to what new shops usually have, then one alone
        (Learned(None), 100, 100, True),
        (Learned(None), 101, 1000, True),
        (Learned(None, best=400), 0, 1000, True),  # it took more than a hundred once
        (Learned(100, 1, 0), 100, 100, False),  # a usual limit, met today
        (Learned(100, 1, 1), 100, 100, False),  # … or yesterday
        (Learned(100, 3, 7), 100, 100, True),  # asked again after a week: it may have been raised
        (Learned(60, 1, 0), 60, 60, False),
        (Learned(60, 1, 1), 60, 60, True),  # an odd number: another tool may have spent the rest
        (Learned(60, 2, 1), 60, 60, False),  # met at the same count twice
        (Learned(60), 60, 60, True),
    ],
)
def test_how_far_a_day_may_go(learned: Learned, used: int, count: int, probe: bool) -> None:
    assert ceiling(learned, used, TIERS) == Ceiling(count, probe)


def test_beyond_the_largest_usual_limit_nothing_holds() -> None:
    assert ceiling(Learned(None), 1001, TIERS).count > 1_000_000


@pytest.mark.parametrize(
    ("waiting", "left", "per_day", "days"),
    [
        (350, 100, 100, [100, 100, 100, 50]),
        (350, 0, 100, [0, 100, 100, 100, 50]),
        (100, 100, 100, [100]),
        (30, 100, 100, [30]),
        (0, 100, 100, []),
        (30, 0, 0, []),
    ],
)
def test_who_goes_when(waiting: int, left: int, per_day: int, days: list[int]) -> None:
    assert spread(waiting, left, per_day) == days


def test_the_last_day() -> None:
    assert finish(date(2026, 11, 30), [100, 100, 50]) == date(2026, 12, 2)
    assert finish(date(2026, 11, 30), []) is None
