"""From a request to a worker: committed first, then rung for; Redis away costs nothing but time."""

import json

import pytest
import redis as redis_client
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer

from jobs import launch
from models import Activity, db
from services import activities
from services.activities import NewItem
from services.actor import system
from tests.jobs.engine import begin, look, states
from tests.servers import Processes


def start(store_id: int, shop_id: int | None = None) -> Activity:
    return activities.start(system(store_id), "fake", "Fake work", [NewItem("one")], shop_id=shop_id).activity


def test_it_commits_and_rings_with_ids_only(place: int, shop: int, redis: "redis_client.Redis") -> None:
    assert launch.launch(start(place, shop)) is True
    (job,) = Queue("bulk", connection=redis, serializer=JSONSerializer).get_jobs()
    assert (job.func_name, list(job.args)) == ("jobs.drain.drain", ["bulk", place, shop])
    assert "Fake work" not in json.dumps([str(job.description), job.args])
    db.session.rollback()
    assert db.session.query(Activity).one().title == "Fake work"


def test_redis_away_keeps_the_work(place: int, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis_client.Redis(unix_socket_path="/nowhere/redis.sock")
    monkeypatch.setitem(app.extensions, "redis", away)
    number = start(place)
    assert launch.launch(number) is False
    db.session.rollback()
    assert db.session.query(Activity).one().state == "queued"


def test_without_an_activity_it_only_commits(place: int, redis: "redis_client.Redis") -> None:
    start(place)
    assert launch.launch() is True
    assert redis.keys("rq:queue:*") == []


def test_a_hundred_hints_are_one_bell_until_it_is_heard(place: int, redis: "redis_client.Redis") -> None:
    bells = Queue("live", connection=redis, serializer=JSONSerializer)
    for _ in range(100):
        assert launch.ring_once("live", "jobs.inbox.fold")
    assert [job.func_name for job in bells.get_jobs()] == ["jobs.inbox.fold"]
    launch.heard("jobs.inbox.fold")
    launch.ring_once("live", "jobs.inbox.fold")
    assert len(bells) == 2


def test_a_real_worker_is_told_and_leaves_when_asked(
    place: int, processes: Processes, engine_environment: dict[str, str]
) -> None:
    """SIGTERM in the middle of a run: what flies is recorded, the rest waits untouched for the next worker."""
    import os
    import signal
    import time

    number = begin(place, *["ok"] * 200)
    worker = processes.start("tests/jobs/work.py", "bulk", FAKE_SECONDS="0.2")
    launch.ring("bulk", place, None)
    end = time.monotonic() + 25
    while "done" not in states(number).values():
        assert time.monotonic() < end, processes.output()
        time.sleep(0.05)
    os.killpg(worker.pid, signal.SIGTERM)
    worker.wait(15)
    activity = look(number)
    assert 0 < activity.done < 200 and activity.working == 0 and activity.waiting == 200 - activity.done
