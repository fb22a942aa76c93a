"""The short version of `make soak`: a small catalog, every kind of blow, both databases. Zeros, or it fails."""

from pathlib import Path

import pytest

from soak.report import Console, table
from soak.run import Plan, Run


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("engine", "workers"), [("sqlite", 1), pytest.param("postgresql", 2, marks=pytest.mark.long)])
def test_nothing_is_lost_and_nothing_is_doubled(engine: str, workers: int, tmp_path: Path) -> None:
    # Faults stop while most is still to be done, on a machine that other tests keep busy: more patience than a minute.
    plan = Plan(
        engine, workers, seed=3, items=40, minutes=4, pause=(0.4, 1.0), settle=2.0, search_lag=0.3, rate=25.0,
        leave_out=("frozen worker",), planted=0, decks=1, patience=150.0, import_latency=300,
    )  # fmt: skip
    console = Console(quiet=True)
    run = Run(plan, tmp_path, console)
    outcome = run.go()
    story = "\n".join([*console.lines, table(plan.name, outcome.rows)])
    assert outcome.wrong == 0, story
    assert sum(outcome.struck.values()) >= 5, story
    assert outcome.hits, story
