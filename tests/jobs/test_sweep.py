"""What happens when workers die, bells are lost and Redis is emptied: everything ends, and exactly once."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis as redis_client
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, update

from jobs import ledger, settlement
from jobs.drain import drain
from jobs.handlers import HANDLERS
from jobs.launch import ring
from jobs.sweep import sweep
from models import Activity, ActivityItem, Authorization, db
from models.tenancy import tenant
from tests.jobs.engine import KIND, Fake, Shelf, begin, look, make_due, make_shop, make_store, states
from tests.servers import Processes

ITEMS = 12


def until(ready: Callable[[], Any], seconds: float = 25.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.05)


def in_state(number: int, *wanted: str) -> int:
    return sum(state in wanted for state in states(number).values())


@pytest.fixture
def shared(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The fake in this process, with the outside ledger that worker processes write too."""
    handler = Fake(Shelf(redis_url))
    monkeypatch.setitem(HANDLERS, KIND, handler)
    return handler


@pytest.mark.parametrize("point", ["claimed", "sending", "answered", "recorded"])
def test_a_worker_killed_at_any_point_loses_and_doubles_nothing(
    place: int, shared: Fake, processes: Processes, redis: "redis_client.Redis", point: str
) -> None:
    number = begin(place, *["ok"] * ITEMS)
    victim = processes.start("tests/jobs/work.py", "bulk", KILL_POINT=point)
    ring("bulk", place, None)
    left = {"claimed": "claimed", "sending": "sending", "answered": "sending", "recorded": "done"}[point]
    bell = Queue("bulk", connection=redis, serializer=JSONSerializer)
    until(lambda: bell.failed_job_registry.count > 0)  # RQ has seen the dead process
    assert in_state(number, left) > 0
    victim.kill()
    victim.wait()
    sent = shared.shelf.read("effects")
    assert (len(sent) > 0) == (point in ("answered", "recorded"))
    make_due(number)
    sweep()
    make_due(number)
    processes.start("tests/jobs/work.py", "bulk")
    ring("bulk", place, None)

    def over() -> bool:
        if "sending" not in states(number).values():  # the leases of the living are theirs
            make_due(number)
        ring("bulk", place, None)
        return in_state(number, "done") == ITEMS

    until(over)
    assert shared.shelf.read("effects") == {f"item{one}": 1 for one in range(ITEMS)}
    until(lambda: shared.shelf.read("finished"))
    processes.stop()
    activity = look(number)
    assert (activity.state, activity.done, activity.failed) == ("finished", ITEMS, 0)
    assert shared.shelf.read("finished") == {str(number): 1}


def test_an_item_that_kills_its_worker_is_set_aside_alone(place: int, shared: Fake, processes: Processes) -> None:
    number = begin(place, "ok", "ok", "kill", "ok", "ok")
    processes.start("tests/jobs/work.py", "bulk")

    def over() -> bool:
        if in_state(number, "claimed", "sending"):
            time.sleep(0.4)
        make_due(number)
        with tenant(place):
            settlement.recover(0.0)
            db.session.commit()
        make_due(number)
        ring("bulk", place, None)
        return in_state(number, "done", "failed") == 5

    until(over, 60)
    assert states(number) == {f"item{one}": "failed" if one == 2 else "done" for one in range(5)}
    assert all(count == 1 for count in shared.shelf.read("effects").values())


def test_redis_emptied_midway(place: int, shared: Fake, processes: Processes, redis: "redis_client.Redis") -> None:
    shared.shelf = Shelf()  # Redis is about to lose everything, the outside ledger too
    number = begin(place, *["ok"] * 40)
    ring("bulk", place, None)
    redis.flushall()
    processes.start("tests/jobs/work.py", "bulk")
    time.sleep(1.0)
    assert in_state(number, "waiting") == 40
    assert sweep() == 1
    until(lambda: in_state(number, "done") == 40)


def test_the_dead_are_recovered_and_wait_out_the_settle_time(place: int, fake: Fake, bells: list[Any]) -> None:
    number = begin(place, "ok", "ok", "ok", "ok")
    activity = db.session.get_one(Activity, number)
    items = ledger.claim(activity, 3)
    ledger.mark_sending(items[:2])
    db.session.commit()
    assert settlement.recover(8.0) == 0, "the leases still hold"
    db.session.execute(update(ActivityItem).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()
    assert settlement.recover(8.0) == 3
    db.session.commit()
    assert states(number) == {"item0": "unknown", "item1": "unknown", "item2": "waiting", "item3": "waiting"}
    look(number)
    due = {row.label: row.due_at for row in db.session.scalars(select(ActivityItem))}
    assert due["item0"] - datetime.now(UTC) > timedelta(seconds=6) > due["item2"] - datetime.now(UTC)


def test_the_sweep_rings_where_work_is_due_and_may_be_done(place: int, fake: Fake, bells: list[Any]) -> None:
    connected, cut_off = make_shop(place, "1"), make_shop(place, "2")
    grants = db.session.scalars(select(Authorization).order_by(Authorization.id)).all()
    grants[1].state = "needs_reauthorisation"
    db.session.commit()
    begin(place, "ok")
    begin(place, "ok", shop_id=connected)
    begin(place, "ok", shop_id=cut_off)
    waiting = begin(place, "ok", shop_id=make_shop(place, "3"))
    db.session.execute(
        update(ActivityItem)
        .where(ActivityItem.activity_id == waiting)
        .values(due_at=datetime.now(UTC) + timedelta(hours=1))
    )
    db.session.commit()
    assert sweep() == 2
    assert sorted(bells, key=str) == sorted([("bulk", place, None), ("bulk", place, connected)], key=str)
    assert sweep() == 0, "a shop is not rung for twice within seconds"


def test_the_sweep_closes_what_a_dead_worker_left_open(place: int, fake: Fake, bells: list[Any]) -> None:
    number = begin(place, "ok")
    db.session.execute(update(ActivityItem).values(state="done"))
    db.session.execute(update(Activity).values(waiting=0, done=1, state="running"))
    db.session.commit()
    sweep()
    sweep()
    assert look(number).state == "finished" and fake.shelf.read("finished") == {str(number): 1}


def test_one_stores_trouble_keeps_no_other_waiting(
    place: int, fake: Fake, bells: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_store("engine2")
    with tenant(other):
        second = begin(other, "ok")
        db.session.execute(update(ActivityItem).values(state="done"))
        db.session.execute(update(Activity).values(waiting=0, done=1))
        db.session.commit()
    first = begin(place, "ok")
    db.session.execute(update(ActivityItem).values(state="done"))
    db.session.execute(update(Activity).values(waiting=0, done=1))
    db.session.commit()
    real = settlement.recover

    def recover(seconds: float) -> int:
        from models.tenancy import tenant_id

        if tenant_id() == place:
            raise RuntimeError("this store's rows cannot be read")
        return real(seconds)

    monkeypatch.setattr("jobs.settlement.recover", recover)
    sweep()
    assert look(first).state == "queued"
    with tenant(other):
        assert look(second).state == "finished"


def test_a_claim_waits_for_somebody_elses_transaction(place: int, app: Flask, fake: Fake, bells: list[Any]) -> None:
    """A page holds a write transaction for a while; the drain waits for it and does its work."""
    import threading

    number = begin(place, *["ok"] * 5)
    db.session.execute(update(Activity).where(Activity.id == number).values(title="being renamed"))
    worker = threading.Thread(target=_drain, args=(app, place))
    worker.start()
    time.sleep(0.7)
    assert fake.shelf.read("calls") == {}
    db.session.commit()
    worker.join(15)
    activity = look(number)
    assert (activity.state, activity.done, activity.title) == ("finished", 5, "being renamed")


def _drain(app: Flask, store_id: int) -> None:
    with app.app_context(), tenant(store_id):
        drain("bulk", store_id, None)
