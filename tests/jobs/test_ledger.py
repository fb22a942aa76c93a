"""Claiming, fencing, order and leases, statement by statement."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from jobs import ledger, settlement
from jobs.handling import Done, Later
from models import Activity, ActivityItem, Authorization, db
from services import activities
from services.actor import system
from tests.jobs.engine import begin, look, states

pytestmark = pytest.mark.usefixtures("place")


def test_a_claim_takes_in_order_and_never_twice(place: int) -> None:
    number = begin(place, *["ok"] * 10)
    activity = db.session.get_one(Activity, number)
    first, second = ledger.claim(activity, 4), ledger.claim(activity, 4)
    db.session.commit()
    assert [item.label for item in first + second] == [f"item{one}" for one in range(8)]
    assert {item.attempt for item in first} == {1} and not any(item.was_sent for item in first)
    activity = look(number)
    assert (activity.state, activity.waiting, activity.working) == ("running", 2, 8)


def test_what_is_not_due_is_left(place: int) -> None:
    number = begin(place, "ok", "ok")
    later = datetime.now(UTC) + timedelta(minutes=5)
    db.session.execute(update(ActivityItem).where(ActivityItem.label == "item0").values(due_at=later))
    db.session.commit()
    activity = ledger.next_activity("bulk", None)
    assert activity is not None and [item.label for item in ledger.claim(activity, 5)] == ["item1"]
    db.session.commit()
    assert ledger.next_activity("bulk", None) is None and number == activity.id


def test_the_most_urgent_comes_first_and_each_shop_has_its_own(place: int, shop: int) -> None:
    slow, urgent = begin(place, "ok"), begin(place, "ok", priority=1)
    theirs = begin(place, "ok", shop_id=shop)
    nearest = ledger.next_activity("bulk", None)
    assert nearest is not None and nearest.id == urgent != slow
    of_shop = ledger.next_activity("bulk", shop)
    assert of_shop is not None and of_shop.id == theirs
    assert ledger.next_activity("live", None) is None
    db.session.execute(update(Authorization).values(state="needs_reauthorisation"))
    assert ledger.next_activity("bulk", shop) is None


def test_an_old_fencing_number_writes_nothing(place: int) -> None:
    number = begin(place, "ok")
    (old,) = ledger.claim(db.session.get_one(Activity, number), 1)
    ledger.mark_sending([old])
    db.session.execute(update(ActivityItem).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()
    settlement.recover(0.0)
    db.session.execute(update(ActivityItem).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()
    (new,) = ledger.claim(db.session.get_one(Activity, number), 1)
    db.session.commit()
    assert (new.attempt, new.was_sent, new.crashes) == (2, True, 1)
    assert ledger.still_ours([old]) == set() and ledger.still_ours([new]) == {new.id}
    assert ledger.mark_sending([old]) == set()
    settlement.settle_crashed(number, [old], "late", True)
    db.session.commit()
    assert states(number) == {"item0": "claimed"}
    look(number)
    settlement.settle(number, [new], {new.id: Done("made")})
    db.session.commit()
    assert look(number).done == 1


def test_a_suspect_is_claimed_alone(place: int) -> None:
    number = begin(place, "ok", "ok", "ok")
    db.session.execute(update(ActivityItem).where(ActivityItem.label != "item2").values(crashes=2))
    db.session.commit()
    activity = db.session.get_one(Activity, number)
    assert [item.label for item in ledger.claim(activity, 10, alone=False)] == ["item2"]
    assert ledger.claim(activity, 10, alone=False) == []
    assert [item.label for item in ledger.claim(activity, 10)] == ["item0"]
    db.session.commit()
    assert look(number).working == 2


def test_what_a_worker_died_near_is_tried_in_a_small_company_first(place: int) -> None:
    number = begin(place, *["ok"] * 14)
    labels = [f"item{one}" for one in range(12)]
    db.session.execute(update(ActivityItem).where(ActivityItem.label.in_(labels)).values(crashes=1))
    db.session.execute(update(ActivityItem).where(ActivityItem.label == "item12").values(crashes=2))
    db.session.commit()
    activity = db.session.get_one(Activity, number)
    companies = [ledger.claim(activity, 32) for _ in range(5)]
    assert [len(company) for company in companies] == [1, 8, 4, 1, 0]
    assert (companies[0][0].label, companies[3][0].label) == ("item13", "item12")
    assert ledger.claim(activity, 32, alone=False) == []
    db.session.commit()
    assert look(number).working == 14


def test_reading_never_counts_as_sent(place: int) -> None:
    number = begin(place, "ok")
    items = ledger.claim(db.session.get_one(Activity, number), 1)
    assert ledger.mark_sending(items, has_effects=False) == {items[0].id}
    db.session.commit()
    db.session.execute(update(ActivityItem).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert settlement.recover(8.0) == 1
    db.session.commit()
    assert states(number) == {"item0": "waiting"} and look(number).working == 0


def test_nothing_is_claimed_of_what_has_ended(place: int) -> None:
    number = begin(place, "ok")
    activity = db.session.get_one(Activity, number)
    activities.stop(activity, "The shop left.")
    db.session.commit()
    activity = look(number)
    assert (activity.state, activity.skipped) == ("cancelled", 1) and ledger.claim(activity, 5) == []


def test_an_answer_that_comes_after_the_end_is_still_recorded(place: int) -> None:
    number = begin(place, "ok", "ok", "ok")
    items = ledger.claim(db.session.get_one(Activity, number), 2)
    ledger.mark_sending(items)
    db.session.commit()
    activities.stop(db.session.get_one(Activity, number), "The shop left.")
    db.session.commit()
    later = Later(datetime.now(UTC), "slow down")
    settlement.settle(number, items, {items[0].id: Done("made"), items[1].id: later})
    db.session.commit()
    activity = look(number)
    assert (activity.state, activity.done, activity.skipped) == ("cancelled", 1, 2)


def test_one_open_activity_per_key(place: int) -> None:
    first = begin(place, "ok", open_key="import")
    again = activities.start(system(place), "fake", "Again", [activities.NewItem("x")], open_key="import")
    assert (again.already, again.activity.id) == (True, first)
    assert len(db.session.scalars(select(Activity)).all()) == 1
