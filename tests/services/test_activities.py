"""Starting, finding, retrying and stopping activities, and the evidence they keep."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models import Activity, ActivityItem, Shop, db
from models.tenancy import tenant
from services import activities
from services.activities import NewItem, NothingToDo
from services.actor import Actor, system
from services.errors import NotFound, ServiceError
from tests.jobs.engine import look, make_shop, make_store


@pytest.fixture
def place(environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[int]:
    environment["SANDBOX_URL"] = ""
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        store_id = make_store()
        with tenant(store_id):
            yield store_id
        db.session.remove()


def begin(store_id: int, count: int = 3, title: str = "Import products", **more: object) -> Activity:
    items = [NewItem(f"item {number}", number, {"n": number}) for number in range(count)]
    return activities.start(system(store_id), "import", title, items, **more).activity  # type: ignore[arg-type]


def close(activity: Activity, *states: str) -> None:
    rows = db.session.scalars(
        select(ActivityItem).where(ActivityItem.activity_id == activity.id).order_by(ActivityItem.id)
    )
    for row, state in zip(rows, states, strict=True):
        row.state = state
    for name in ("waiting", "done", "refused", "failed", "skipped"):
        setattr(activity, name, states.count(name))
    activity.state, activity.open_key = "finished", None
    db.session.commit()


def test_an_activity_starts_with_its_items_in_order(place: int) -> None:
    actor = Actor("ann@example.com", place, 1)
    started = activities.start(actor, "publish", "Publish", [NewItem("a"), NewItem("b", args={"x": 1})], units=7)
    db.session.commit()
    activity = look(started.activity.id)
    assert (activity.state, activity.total, activity.waiting, activity.units) == ("queued", 2, 2, 7)
    assert activity.actor == "ann@example.com" and not started.already
    rows = activities.items(activity)
    assert [(row.label, row.position, row.args) for row in rows] == [("a", 0, {}), ("b", 1, {"x": 1})]


def test_nothing_to_do_is_said(place: int) -> None:
    with pytest.raises(NothingToDo):
        begin(place, 0)
    assert db.session.scalar(select(func.count(Activity.id))) == 0


def test_the_key_opens_again_after_the_end(place: int) -> None:
    first = begin(place, open_key="import")
    assert begin(place, open_key="import").id == first.id
    close(first, "done", "done", "done")
    assert begin(place, open_key="import").id != first.id


def test_two_stores_may_do_the_same(place: int) -> None:
    begin(place, open_key="import")
    db.session.commit()
    other = make_store("engine2")
    with tenant(other):
        assert begin(other, open_key="import").store_id == other
        assert len(activities.running()) == 1
        with pytest.raises(NotFound):
            activities.get(1)


def test_retry_takes_what_was_refused_or_set_aside(place: int) -> None:
    first = begin(place, 4, open_key="k", details={"open_key": "k"})
    with pytest.raises(ServiceError):
        activities.retry(system(place), first)
    close(first, "done", "refused", "failed", "skipped")
    again = activities.retry(system(place), first).activity
    db.session.commit()
    again = look(again.id)
    assert (again.retry_of, again.open_key, again.title) == (first.id, "k", "Retry: Import products")
    assert [(row.label, row.subject_id, row.args) for row in activities.items(again)] == [
        ("item 1", 1, {"n": 1}), ("item 2", 2, {"n": 2}),
    ]  # fmt: skip
    close(again, "done", "done")
    with pytest.raises(NothingToDo):
        activities.retry(system(place), again)


def test_cancel_says_so_once(place: int) -> None:
    activity = begin(place)
    activities.cancel(Actor("ann@example.com", place), activity)
    activities.cancel(Actor("bob@example.com", place), activity)
    db.session.commit()
    activity = look(activity.id)
    assert (activity.state, activity.skipped, activity.message) == ("cancelling", 3, "Cancelled by ann@example.com.")
    activity.state = "cancelled"
    with pytest.raises(ServiceError):
        activities.cancel(system(place), activity)


def test_a_shop_that_leaves_takes_its_work_along(place: int) -> None:
    shop_id = make_shop(place)
    theirs, ours = begin(place, shop_id=shop_id, open_key="publish:1"), begin(place)
    activities.forget_shop(db.session.get_one(Shop, shop_id))
    db.session.commit()
    stopped = look(theirs.id)
    assert (stopped.state, stopped.skipped, stopped.open_key) == ("cancelled", 3, None)
    assert look(ours.id).state == "queued"


def test_search_and_pages(place: int) -> None:
    for number in range(5):
        close(begin(place, 1, f"Publish {number}0 % of it"), "done")
    begin(place, 1, "Import")
    assert [one.title for one in activities.running()] == ["Import"]
    first = activities.finished(2)
    assert [one.title for one in first] == ["Publish 40 % of it", "Publish 30 % of it"]
    assert [one.title for one in activities.finished(2, first[-1].id)] == ["Publish 20 % of it", "Publish 10 % of it"]
    assert [one.title for one in activities.finished(9, title="30 %")] == ["Publish 30 % of it"]
    assert activities.finished(9, title="3_%") == [] and activities.running(title="publish") == []


def test_why_it_waits(place: int) -> None:
    shop_id = make_shop(place)
    activity = begin(place, shop_id=shop_id)
    assert activities.why_waiting([activity]) == {}
    activity.resumes_at = datetime.now(UTC) + timedelta(hours=1)
    assert activities.why_waiting([activity])[activity.id].reason == "resumes"
    shop = db.session.get_one(Shop, shop_id)
    shop.authorization.state = "needs_reauthorisation"
    db.session.flush()
    assert activities.why_waiting([activity])[activity.id].reason == "reauthorise"
    shop.is_active = False
    db.session.flush()
    assert activities.why_waiting([activity])[activity.id].reason == "disconnected"
    activity.state = "finished"
    assert activities.why_waiting([activity]) == {}


def test_the_books_are_checked_truly(place: int) -> None:
    activity = begin(place)
    assert activities.check_counts(activity) == {}
    db.session.execute(update(Activity).values(waiting=1, done=2))
    assert activities.check_counts(activity) == {"waiting": (1, 3), "done": (2, 0)}
