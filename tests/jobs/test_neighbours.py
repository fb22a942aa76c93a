"""One worker serves several shops at once, of several stores, and only those that nobody is at."""

import os
import signal
import threading
import time
from typing import Any

import pytest
from flask import Flask

from jobs import neighbours, presence
from jobs.drain import drain
from jobs.sweep import sweep
from models.tenancy import tenant
from tests.jobs.engine import Fake, begin, look, make_shop, make_store, states


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "HASTE", 0.01)
    monkeypatch.setattr(neighbours, "LOOK", 0.05)


def test_shops_of_all_stores_are_served_beside_the_one_that_rang(
    place: int, app: Flask, fake: Fake, bells: list[Any], quick: None
) -> None:
    mine, neighbour = make_shop(place, "7491"), make_shop(place, "7492")
    elsewhere = make_store("other1")
    foreign = make_shop(elsewhere, "7493")
    own = begin(place, *["slow"] * 20, shop_id=mine, prefix="mine")
    beside = begin(place, "ok", "ok", shop_id=neighbour, prefix="beside")
    with tenant(elsewhere):
        far = begin(elsewhere, "ok", "refuse", shop_id=foreign, prefix="far")
    with neighbours.beside(app, ("bulk", place, mine)):
        drain("bulk", place, mine)
    assert look(own).state == look(beside).state == "finished"
    with tenant(elsewhere):
        assert look(far).state == "finished"
        assert states(far) == {"far0": "done", "far1": "refused"}
    assert set(fake.shelf.read("effects").values()) == {1}


def test_a_shop_that_somebody_is_at_is_left_to_them(
    place: int, app: Flask, fake: Fake, bells: list[Any], quick: None
) -> None:
    mine, neighbour = make_shop(place, "7491"), make_shop(place, "7492")
    begin(place, *["slow"] * 20, shop_id=mine, prefix="mine")
    beside = begin(place, "ok", shop_id=neighbour, prefix="beside")
    presence.show(("bulk", place, neighbour))
    with neighbours.beside(app, ("bulk", place, mine)):
        drain("bulk", place, mine)
    assert states(beside) == {"beside0": "waiting"}
    assert sweep() == 0, "and no bell rings for it"
    presence.leave(("bulk", place, neighbour))
    assert sweep() == 1


def test_told_to_leave_the_neighbours_leave_too(
    place: int, app: Flask, fake: Fake, bells: list[Any], quick: None
) -> None:
    """What is in flight is recorded, the rest waits for the next worker."""
    mine, neighbour = make_shop(place, "7491"), make_shop(place, "7492")
    begin(place, "ok", shop_id=mine, prefix="mine")
    beside = begin(place, *["slow"] * 600, shop_id=neighbour, prefix="beside")
    begun = time.monotonic()

    def deploy() -> None:
        while not fake.shelf.read("calls").get("beside0") and time.monotonic() - begun < 10:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=deploy).start()
    with neighbours.beside(app, ("bulk", place, mine)):
        drain("bulk", place, mine)
    found = list(states(beside).values())
    assert found.count("done") >= 1 and found.count("waiting") >= 100
    assert set(found) == {"done", "waiting"}
    look(beside)
