"""Standing work joins what waits, and the feed does not show it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from models import Activity, ActivityItem, db
from models.tenancy import tenant
from services import activities, clock, retention, streams
from services.activities import NewItem
from services.actor import system
from tests.jobs.engine import make_store


@pytest.fixture
def store(environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[int]:
    environment["SANDBOX_URL"] = ""
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        store_id = make_store()
        with tenant(store_id):
            yield store_id
        db.session.remove()


def pour(place: int, *subjects: int | None) -> Activity | None:
    items = [NewItem(f"item {subject}", subject) for subject in subjects]
    return streams.pour("push_stock", "Stock is pushed", items, store_id=place)


def test_one_open_activity_takes_it_all_and_what_waits_is_not_added_twice(store: int) -> None:
    first = pour(store, 1, 2, 2)
    assert first is not None and first.total == first.waiting == 2
    second = pour(store, 2, 3)
    assert second is not None and second.id == first.id and (second.total, second.waiting, second.units) == (3, 3, 3)
    assert pour(store, 1, 2, 3) is None
    assert streams.waiting("push_stock") == 3 and activities.check_counts(first) == {}


def test_what_is_in_hand_is_added_again(store: int) -> None:
    first = pour(store, 1)
    assert first is not None
    db.session.execute(update(ActivityItem).values(state="claimed"), execution_options={"synchronize_session": False})
    again = pour(store, 1)
    assert again is not None and again.id == first.id and again.total == 2


def test_items_without_a_subject_are_all_kept(store: int) -> None:
    found = pour(store, None, None)
    assert found is not None and found.total == 2


@pytest.mark.parametrize("state", ["cancelling", "finished"])
def test_what_ends_is_not_joined(store: int, state: str) -> None:
    first = pour(store, 1)
    assert first is not None
    first.state = state
    if state == "finished":
        first.open_key = None
    db.session.flush()
    second = pour(store, 1)
    assert second is not None and second.id != first.id and second.open_key == "push_stock:0"
    assert first.open_key is None


def test_a_long_one_is_left_to_its_end(store: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONG", 2)
    first, second = pour(store, 1, 2), pour(store, 3)
    assert first is not None and second is not None and second.id != first.id


def test_only_streams_are_poured_into(store: int) -> None:
    with pytest.raises(ValueError):
        streams.pour("publish", "x", [NewItem("x")], store_id=store)


def test_the_feed_leaves_it_out_and_it_is_forgotten_soon(store: int) -> None:
    found = pour(store, 1)
    shown = activities.start(system(store), "publish", "Publishing", [NewItem("a")]).activity
    assert found is not None and [one.id for one in activities.running()] == [shown.id]
    ended = {"state": "finished", "finished_at": clock.now() - timedelta(days=4), "open_key": None}
    db.session.execute(update(Activity).values(ended), execution_options={"synchronize_session": False})
    assert [one.id for one in activities.finished()] == [shown.id]
    db.session.execute(
        update(Activity).where(Activity.id == shown.id).values(refused=1),
        execution_options={"synchronize_session": False},
    )
    assert retention.drop_activities(clock.now(), 400, db.session.flush) == 1
    assert [one.id for one in activities.finished()] == [shown.id]
