"""Schedules: each due time fires once, however many clocks there are."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from jobs import clock
from jobs.clock import Task
from models import Schedule, db

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    tasks = (
        Task("first", timedelta(minutes=1), lambda: seen.append("first")),
        Task("breaks", timedelta(minutes=1), lambda: 1 / 0),
        Task("last", timedelta(minutes=1), lambda: seen.append("last")),
    )
    monkeypatch.setattr(clock, "TASKS", tasks)
    clock.plan()
    return seen


def test_what_is_due_fires_and_waits_for_its_next_time(fired: list[str]) -> None:
    assert clock.tick() == ["first", "last"], "a task that breaks stops no other"
    assert clock.tick() == [] and fired == ["first", "last"]
    db.session.execute(update(Schedule).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()
    assert clock.tick() == ["first", "last"]


def test_two_clocks_fire_once(app: Flask, fired: list[str]) -> None:
    barrier = threading.Barrier(4)

    def run() -> None:
        with app.app_context():
            barrier.wait()
            clock.tick()
            db.session.remove()

    for _ in range(3):
        db.session.execute(update(Schedule).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
        db.session.commit()
        fired.clear()
        clocks = [threading.Thread(target=run) for _ in range(4)]
        for one in clocks:
            one.start()
        for one in clocks:
            one.join(20)
        assert sorted(fired) == ["first", "last"]


def test_planning_again_changes_nothing(fired: list[str]) -> None:
    clock.tick()
    before = db.session.scalars(select(Schedule.due_at).order_by(Schedule.id)).all()
    clock.plan()
    assert db.session.scalars(select(Schedule.due_at).order_by(Schedule.id)).all() == before


def test_a_clock_that_was_set_back_does_not_stop_the_schedules(fired: list[str]) -> None:
    """In development business time follows the sandbox, whose clock can be set."""
    db.session.execute(update(Schedule).values(due_at=datetime.now(UTC) + timedelta(days=3)))
    db.session.commit()
    assert clock.tick() == ["first", "last"]


def test_the_real_tasks_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a schedule rings for can be imported by a worker under that name."""
    from importlib import import_module

    rung: list[Any] = []
    monkeypatch.setattr(clock, "ring_job", lambda queue, function: rung.append((queue, function)))
    monkeypatch.setattr(clock, "ring_once", lambda queue, function: rung.append((queue, function)))
    for task in clock.TASKS:
        if task.name != "sweep":
            task.run()
    assert len(rung) == len(clock.TASKS) - 1
    for queue, function in rung:
        module, name = function.rsplit(".", 1)
        assert queue in ("live", "bulk") and callable(getattr(import_module(module), name))
