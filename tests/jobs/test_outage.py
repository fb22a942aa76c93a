"""The database goes away in the middle of a run: what came back is written down as soon as it is there again."""

import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from jobs import drain as drains
from jobs import ledger, recording
from tests.jobs.engine import Fake, begin, look, states

AWAY = OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))


class Away:
    """Lets a function fail so many times, as a restarting server does."""

    def __init__(self, real: Any, times: int, first: int = 0) -> None:
        self.real, self.left, self.first, self.calls = real, times, first, 0

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        self.calls += 1
        if self.calls > self.first and self.left:
            self.left -= 1
            raise AWAY
        return self.real(*arguments, **more)


def test_an_answer_is_kept_until_it_can_be_written(
    place: int, fake: Fake, bells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(recording.write, 5)
    monkeypatch.setattr(recording, "write", away)
    number = begin(place, *["ok"] * 4)
    drains.drain("bulk", place, None)
    assert look(number).state == "finished" and not away.left
    assert fake.shelf.read("calls") == {f"item{one}": 1 for one in range(4)} and fake.shelf.read("looks") == {}


def test_what_could_not_be_taken_is_taken_later(
    place: int, fake: Fake, bells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(ledger.next_activity, 3, first=1)
    monkeypatch.setattr(ledger, "next_activity", away)
    monkeypatch.setattr(Fake, "threads", 2)
    fake.seconds = 0.3
    number = begin(place, *["ok"] * 6)
    drains.drain("bulk", place, None)
    assert look(number).done == 6 and not away.left


def test_what_was_only_claimed_goes_back(place: int, fake: Fake, bells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "mark_sending", Away(ledger.mark_sending, 1))
    number = begin(place, "ok")
    drains.drain("bulk", place, None)
    assert states(number) == {"item0": "waiting"} and look(number).waiting == 1
    assert fake.shelf.read("calls") == {}


def test_an_outage_that_lasts_ends_the_run(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr(drains, "OUTAGE", 0.5)
    began = time.monotonic()
    with pytest.raises(OperationalError):
        drains.despite_outage(Away(None, 1000))
    assert time.monotonic() - began < 10
