"""The simulator counts what really happened: known collisions, and a slow second reading of the same story."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.buffers import busiest, poisson, proposal
from domain.oversell import STORE, Event, Outcome, Stream, candidates, generated, replay, simulate
from domain.stock import StockRule, quantity

PLAIN = StockRule()


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 60), st.integers(1, 5), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_known_collisions_are_all_found(collisions: int, calm: int, lag: int, pieces: int, shops: int) -> None:
    streams = generated(collisions, calm, lag, ["A", "B", "C"][:shops], pieces)
    found = simulate(streams, lambda *_: PLAIN, lag)
    assert (found.oversells, found.short, found.lost) == (collisions, collisions, 0)
    assert found.sold == pieces * (collisions + calm) and found.empty == calm
    careful = simulate(streams, lambda *_: StockRule(threshold=1), lag)
    assert careful.oversells == 0 and careful.lost >= (collisions + calm) * (pieces >= 1)
    assert simulate(streams, lambda *_: PLAIN, 0).oversells == 0


def second_by_second(stream: Stream, rules: dict[str, StockRule], lag: int) -> Outcome:
    """The same story told naively: every second every shop is told what was true a lag ago, less what it sold since."""
    real, counts = stream.start, dict.fromkeys(Outcome.__slots__, 0)
    sales: list[tuple[float, int, str, int]] = []
    history = [(-1.0, real)]
    for event in stream.events:
        if event.channel == STORE or event.pieces < 0:
            real = max(0, real - event.pieces)
            history.append((event.at, real))
            continue
        place = max(n for n, (at, _) in enumerate(history) if at < 0 or at + lag <= event.at)
        known = history[place][1]
        after = [pieces for at, n, name, pieces in sales if name == event.channel and n > place]
        shown = quantity(known, rules[event.channel]).value - sum(after)
        if shown < event.pieces:
            counts["lost" if real >= event.pieces else "empty"] += 1
            counts["missed"] += event.pieces if real >= event.pieces else 0
            continue
        counts["sold" if real >= event.pieces else "oversells"] += 1
        counts["short"] += max(0, event.pieces - real)
        real = max(0, real - event.pieces)
        sales.append((event.at, len(history), event.channel, event.pieces))
        history.append((event.at, real))
    return Outcome(**counts)


RULES = st.builds(
    StockRule, st.sampled_from([100, 75, 50]), st.just(0), st.sampled_from([None, 2, 5]), st.integers(0, 3),
    st.integers(0, 2),
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["A", "B", STORE]), st.sampled_from([1, 1, 2, -3])), max_size=30
)


@given(st.integers(0, 8), EVENTS, RULES, RULES, st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_the_count_is_the_true_one(
    start: int, steps: list[tuple[int, str, int]], one: StockRule, two: StockRule, lag: int
) -> None:
    at, events = 0, []
    for wait, channel, pieces in steps:
        at += wait
        events.append(Event(at, channel, pieces))
    stream, rules = Stream(start, events), {"A": one, "B": two}
    found = replay(stream, rules, lag)
    assert found == second_by_second(stream, rules, lag)
    wanted = sum(1 for event in events if event.channel != STORE and event.pieces > 0)
    assert found.oversells + found.sold + found.lost + found.empty == wanted


def test_rules_worth_comparing_begin_with_the_one_that_stands() -> None:
    found = list(candidates(StockRule(threshold=2)))
    assert found[0].rule == StockRule(threshold=2) and found[1].rule == StockRule()
    assert len({one.rule for one in found}) == len(found)


@pytest.mark.parametrize(("mean", "expected"), [(0, 0), (0.001, 0), (0.02, 1), (0.5, 3), (3, 8), (500, 100)])
def test_how_many_are_sold_at_most(mean: float, expected: int) -> None:
    assert poisson(mean) == expected


def test_the_busiest_hour() -> None:
    assert busiest([]) == 0
    assert busiest([(0, 2), (1800, 1), (3600, 4), (9000, 1)]) == 5
    assert proposal(3600, 3) == 8 and proposal(2, 5) == 0


def test_a_buffer_by_velocity_beats_a_flat_one_of_the_same_size() -> None:
    chance, lag = random.Random(7), 30.0
    streams, busy = {}, {}
    for sku in range(20):
        fast, at, events = sku > 16, 0.0, []
        while at < 7200:
            at += chance.expovariate(1 / (6.0 if fast else 4000.0))
            events.append(Event(at, chance.choice("AB"), 1))
            if fast and len(events) % 40 == 0:  # comes in when all is gone
                events.append(Event(at + 40, STORE, -30))
                at += 40
        streams[sku] = Stream(30 if fast else 3, events)
        busy[sku] = busiest((event.at, event.pieces) for event in events if event.channel == "B")
    guards = {sku: proposal(count, lag) for sku, count in busy.items()}
    flat_guard, rest = divmod(sum(guards.values()), 20)
    flat = simulate(streams, lambda _, sku: StockRule(guard=flat_guard + (sku < rest)), lag)
    adaptive = simulate(streams, lambda _, sku: StockRule(guard=guards[sku]), lag)
    assert min(guards.values()) == 0 and min(guards[sku] for sku in (17, 18, 19)) > flat_guard
    assert 2 * adaptive.oversells < flat.oversells
