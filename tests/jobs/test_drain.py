"""One drain: every way an item can end, and that nothing is sent twice or lost."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from clients.exchange import Exchange
from jobs import trail
from jobs.drain import Drain, drain
from models import Activity, ActivityItem, Authorization, Evidence, Notice, db
from models.tenancy import tenant
from services import activities, clock
from services.activities import NewItem
from services.actor import system
from services.patience import SOON
from tests.jobs.engine import KIND, Fake, begin, look, make_due, states

pytestmark = pytest.mark.usefixtures("bells")


def test_done_refused_and_decided_without_a_call(place: int, fake: Fake) -> None:
    number = begin(place, "ok", "refuse", "ready", "skip", "ok")
    assert drain("bulk", place, None) == 5
    activity = look(number)
    assert (activity.state, activity.done, activity.refused, activity.skipped) == ("finished", 3, 1, 1)
    assert (activity.message, activity.units_done, activity.notes) == ("3 made", 5, {"made": 3})
    assert fake.shelf.read("effects") == {"item0": 1, "item4": 1} and fake.shelf.read("finished") == {str(number): 1}
    refused = db.session.scalars(select(ActivityItem).where(ActivityItem.state == "refused")).one()
    assert (refused.code, refused.label) == ("777", "item1") and refused.finished_at is not None
    assert activity.started_at is not None and activity.finished_at is not None and activity.open_key is None


def test_not_applied_waits_and_is_sent_again_without_a_look_up(place: int, fake: Fake) -> None:
    number = begin(place, ["throttle", "ok"], ["unreachable", "ok"])
    drain("bulk", place, None)
    activity = look(number)
    assert (activity.state, activity.waiting) == ("running", 2)
    waiting = db.session.scalars(select(ActivityItem).order_by(ActivityItem.id)).all()
    assert [item.sent_at for item in waiting] == [None, None] and [item.tries for item in waiting] == [1, 1]
    assert waiting[0].due_at > clock.now() - timedelta(seconds=5)
    make_due(number)
    drain("bulk", place, None)
    assert look(number).done == 2 and fake.shelf.read("looks") == {}
    assert fake.shelf.read("calls") == {"item0": 2, "item1": 2}


def test_retry_after_is_kept(place: int, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    from clients.errors import Throttled

    def refuse(_step: Any) -> str:
        raise Throttled("slow", retry_after=40.0)

    monkeypatch.setattr(fake, "call", refuse)
    begin(place, "ok")
    drain("bulk", place, None)
    due = db.session.scalars(select(ActivityItem.due_at)).one()
    assert 35 < (due - clock.now()).total_seconds() <= 40


def test_a_lost_answer_is_looked_up_and_found(place: int, fake: Fake) -> None:
    number = begin(place, ["lost", "ok"])
    drain("bulk", place, None)
    assert states(number) == {"item0": "unknown"} and look(number).working == 1
    make_due(number)
    drain("bulk", place, None)
    assert look(number).done == 1
    assert fake.shelf.read("effects") == {"item0": 1} and fake.shelf.read("calls") == {"item0": 1}


def test_an_unknown_one_that_is_absent_is_sent_again(place: int, fake: Fake) -> None:
    number = begin(place, ["nothing", "ok"])
    drain("bulk", place, None)
    make_due(number)
    drain("bulk", place, None)
    assert look(number).done == 1
    assert fake.shelf.read("looks") == {"item0": 1} and fake.shelf.read("effects") == {"item0": 1}


def test_a_look_up_that_fails_proves_nothing(place: int, fake: Fake) -> None:
    """A throttled look-up must not turn "unknown" into "not applied": the item would be made twice."""
    number = begin(place, ["lost", "busy look"])
    drain("bulk", place, None)
    for _ in range(2):
        make_due(number)
        drain("bulk", place, None)
    assert look(number).done == 1 and fake.shelf.read("looks") == {"item0": 2}
    assert fake.shelf.read("effects") == {"item0": 1}


def test_a_daily_limit_does_not_make_an_unknown_one_forget_that_it_was_sent(place: int, fake: Fake) -> None:
    number = begin(place, ["lost", "ok"], "ok")
    drain("bulk", place, None)
    make_due(number)
    fake.tomorrow = clock.now() + timedelta(hours=3)
    drain("bulk", place, None)
    assert states(number)["item0"] == "unknown"
    fake.tomorrow = None
    make_due(number)
    drain("bulk", place, None)
    assert look(number).state == "finished" and fake.shelf.read("effects") == {"item0": 1, "item1": 1}


def test_everything_waits_until_tomorrow_and_goes_on_by_itself(place: int, fake: Fake) -> None:
    fake.tomorrow = clock.now() + timedelta(hours=3)
    number = begin(place, *["ok"] * 40)
    drain("bulk", place, None)
    activity = look(number)
    assert activity.resumes_at == fake.tomorrow and activity.waiting == 40 and activity.message
    assert fake.shelf.read("calls") == {} and drain("bulk", place, None) == 0
    fake.tomorrow = None
    make_due(number)
    drain("bulk", place, None)
    activity = look(number)
    assert (activity.state, activity.done, activity.resumes_at) == ("finished", 40, None)


def test_no_clear_answer_for_ever_sets_the_item_aside(place: int, fake: Fake) -> None:
    number = begin(place, "nothing", "ok")
    for _ in range(13):
        drain("bulk", place, None)
        make_due(number)
    activity = look(number)
    assert (activity.state, activity.done, activity.failed) == ("finished", 1, 1)
    assert db.session.scalars(select(ActivityItem.code).where(ActivityItem.state == "failed")).one() == "no_answer"


def test_what_waited_long_is_looked_up_soon_once_somebody_answers(place: int, fake: Fake) -> None:
    number = begin(place, ["lost", "ok"])
    drain("bulk", place, None)
    long = clock.now() + timedelta(seconds=240)
    db.session.execute(update(ActivityItem).values(due_at=long), execution_options={"synchronize_session": False})
    db.session.commit()
    drain("bulk", place, None)
    assert _due(number) == [long], "nobody answered meanwhile"
    waiting = look(number)
    activities.add_items(waiting, [NewItem("more", args={"does": ["ok"]})])
    waiting.waiting, waiting.total = waiting.waiting + 1, waiting.total + 1
    db.session.commit()
    drain("bulk", place, None)
    assert look(number).done == 1 and clock.now() < _due(number)[0] <= clock.now() + timedelta(seconds=SOON)


def _due(number: int) -> list[datetime]:
    db.session.rollback()
    unclear = select(ActivityItem.due_at).where(ActivityItem.activity_id == number, ActivityItem.state == "unknown")
    return list(db.session.scalars(unclear))


@pytest.mark.parametrize("trouble", ["crash", "poison", "record"])
def test_a_poison_item_is_set_aside_and_the_rest_goes_on(place: int, fake: Fake, trouble: str) -> None:
    does = ["ok"] * 20
    if trouble == "record":
        fake.record_breaks = {"item7"}
    else:
        does[7] = trouble
    number = begin(place, *does)
    for _ in range(3):
        drain("bulk", place, None)
        look(number)
        make_due(number)
    activity = look(number)
    assert (activity.state, activity.done, activity.failed) == ("finished", 19, 1)
    aside = db.session.scalars(select(ActivityItem).where(ActivityItem.state == "failed")).one()
    assert (aside.label, aside.code, aside.crashes) == ("item7", "set_aside", 3)
    assert all(count == 1 for count in fake.shelf.read("effects").values())


def test_an_activity_where_nothing_came_to_an_answer_is_broken(place: int, fake: Fake) -> None:
    number = begin(place, "poison")
    for _ in range(3):
        drain("bulk", place, None)
        make_due(number)
    assert look(number).state == "broken"


def test_a_closing_that_breaks_makes_the_activity_broken_and_stops_nobody(place: int, fake: Fake) -> None:
    fake.finish_breaks = True
    first = begin(place, "ok", open_key="only")
    assert drain("bulk", place, None) == 1
    activity = look(first)
    assert (activity.state, activity.open_key, activity.done) == ("broken", None, 1)
    fake.finish_breaks = False
    second = begin(place, "ok", open_key="only", prefix="again")
    drain("bulk", place, None)
    assert look(second).state == "finished"


def test_a_kind_nobody_knows_is_broken_off(place: int, fake: Fake) -> None:
    number = begin(place, "ok")
    activity = db.session.get_one(Activity, number)
    activity.kind = "retired"
    db.session.commit()
    drain("bulk", place, None)
    assert look(number).state == "broken" and states(number) == {"item0": "failed"}


def test_items_found_on_the_way_are_done_too(place: int, fake: Fake) -> None:
    number = begin(place, "ok")
    item = db.session.scalars(select(ActivityItem)).one()
    item.args = {"does": ["ok"], "more": [{"label": "found", "args": {"does": ["ok"]}}]}
    db.session.commit()
    drain("bulk", place, None)
    activity = look(number)
    assert (activity.total, activity.done, activity.state) == (2, 2, "finished")


class TestCancel:
    def test_before_it_began(self, place: int, fake: Fake) -> None:
        number = begin(place, *["ok"] * 30)
        activities.cancel(system(place), look(number))
        db.session.commit()
        assert look(number).state == "cancelling"
        drain("bulk", place, None)
        activity = look(number)
        assert (activity.state, activity.skipped, fake.shelf.read("calls")) == ("cancelled", 30, {})
        assert fake.shelf.read("finished") == {str(number): 1}

    def test_midway_what_is_being_sent_is_recorded(self, place: int, app: Flask, fake: Fake) -> None:
        fake.seconds = 0.3
        number = begin(place, *["ok"] * 60)
        db.session.rollback()
        worker = threading.Thread(target=self._drain, args=(app, place))
        worker.start()
        while not fake.shelf.read("calls"):
            pass
        activities.cancel(system(place), look(number))
        db.session.commit()
        worker.join(20)
        activity = look(number)
        assert activity.state == "cancelled" and activity.done + activity.skipped == 60
        assert activity.done == len(fake.shelf.read("effects")) and 0 < activity.done < 60

    def test_what_would_be_sent_again_is_not(self, place: int, fake: Fake) -> None:
        number = begin(place, ["nothing", "ok"], ["lost", "ok"], ["throttle", "ok"])
        drain("bulk", place, None)
        activities.cancel(system(place), look(number))
        db.session.commit()
        make_due(number)
        drain("bulk", place, None)
        activity = look(number)
        assert activity.state == "cancelled"
        assert states(number) == {"item0": "skipped", "item1": "done", "item2": "skipped"}
        assert fake.shelf.read("effects") == {"item1": 1}

    def test_items_that_a_walk_would_add_are_dropped(self, place: int, fake: Fake) -> None:
        number = begin(place, ["nothing", "ok"])
        item = db.session.scalars(select(ActivityItem)).one()
        item.args = {"does": ["lost"], "more": [{"label": "found", "args": {"does": ["ok"]}}]}
        db.session.commit()
        drain("bulk", place, None)
        activities.cancel(system(place), look(number))
        db.session.commit()
        make_due(number)
        drain("bulk", place, None)
        assert look(number).state == "cancelled" and states(number) == {"item0": "done"}

    def _drain(self, app: Flask, store_id: int) -> None:
        with app.app_context(), tenant(store_id):
            drain("bulk", store_id, None)


def test_rejected_credentials_stop_the_shop_and_say_so_once(place: int, shop: int, fake: Fake) -> None:
    number = begin(place, *["rejected"] * 30, shop_id=shop)
    drain("bulk", place, shop)
    assert len(fake.shelf.read("calls")) <= 16
    activity = look(number)
    assert activity.state == "running" and activity.waiting == 30
    assert db.session.scalars(select(Authorization.state)).one() == "needs_reauthorisation"
    assert len(db.session.scalars(select(Notice)).all()) == 1
    make_due(number)
    calls = len(fake.shelf.read("calls"))
    assert drain("bulk", place, shop) == 0 and len(fake.shelf.read("calls")) == calls
    waits = activities.why_waiting([look(number)])
    assert waits[number].reason == "reauthorise"


def test_an_ended_token_is_renewed_not_given_up(
    place: int, shop: int, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("jobs.drain.ring_job", lambda queue, function, *_: rung.append(function))
    number = begin(place, ["expired", "ok"], shop_id=shop)
    drain("bulk", place, shop)
    authorization = db.session.scalars(select(Authorization)).one()
    assert authorization.state == "active" and authorization.access_expires_at <= clock.now()
    assert rung == ["jobs.tokens.refresh"]
    make_due(number)
    drain("bulk", place, shop)
    assert look(number).done == 1


def test_a_missing_permission_stops_only_what_needs_it(place: int, shop: int, fake: Fake) -> None:
    number = begin(place, ["permission", "ok"], shop_id=shop)
    drain("bulk", place, shop)
    assert db.session.scalars(select(Authorization.state)).one() == "active"
    waits = activities.why_waiting([look(number)])
    assert waits[number].reason == "resumes"
    assert db.session.scalars(select(Notice.key)).one().startswith("permission:")
    other = begin(place, "ok", shop_id=shop, prefix="other")
    drain("bulk", place, shop)
    assert look(other).done == 1
    make_due(number)
    drain("bulk", place, shop)
    assert look(number).done == 1


def test_evidence_keeps_what_was_sent_and_the_rule_version(
    place: int, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(step: Any) -> str:
        trail.observe(
            Exchange(
                "tiktok", "POST", "/product/202309/products", 200, "REQ-1", '{"title": "Lamp"}', '{"code": 0}', 0.12
            )
        )
        return "made"

    monkeypatch.setattr(fake, "call", call)
    number = begin(place, "ok", "ok")
    drain("bulk", place, None)
    first = db.session.scalars(
        select(ActivityItem).where(ActivityItem.activity_id == number).order_by(ActivityItem.id)
    ).first()
    assert first is not None
    ((row, sent, received),) = activities.evidence(first.id)
    assert (row.request_id, row.rule_version, row.attempt) == ("REQ-1", "fake-1", 1)
    assert (sent, received) == ('{"title": "Lamp"}', '{"code": 0}')
    assert len(db.session.scalars(select(Evidence)).all()) == 2


def test_a_second_claim_makes_the_first_record_a_no_op(place: int, app: Flask, fake: Fake) -> None:
    """The first worker hangs until its lease is over; a second one does the item; then the first comes back with its
    answer."""
    number = begin(place, "slow")
    db.session.rollback()

    def hang() -> None:
        with app.app_context(), tenant(place):
            run = Drain(app, "bulk", place, None)
            run._beat = lambda: None  # type: ignore[method-assign]
            run.run()

    worker = threading.Thread(target=hang)
    worker.start()
    while not fake.shelf.read("calls"):
        pass
    make_due(number)
    from jobs import settlement

    assert settlement.recover(0.0) == 1
    db.session.commit()
    make_due(number)
    drain("bulk", place, None)
    worker.join(10)
    activity = look(number)
    assert (activity.state, activity.done) == ("finished", 1) and fake.shelf.read("finished") == {str(number): 1}
    assert db.session.scalars(select(ActivityItem.attempt)).one() == 2


def test_two_workers_do_each_item_once_and_finish_once(place: int, app: Flask, fake: Fake) -> None:
    fake.seconds = 0.01
    number = begin(place, *["ok"] * 150)
    db.session.rollback()
    seen: list[dict[str, tuple[int, int]]] = []

    def work() -> None:
        with app.app_context(), tenant(place):
            drain("bulk", place, None)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        seen.append(activities.check_counts(db.session.get_one(Activity, number)))
        db.session.rollback()
        workers[0].join(0.05)
    activity = look(number)
    assert (activity.state, activity.done, activity.notes) == ("finished", 150, {"made": 150})
    assert fake.shelf.read("effects") == {f"item{one}": 1 for one in range(150)}
    assert fake.shelf.read("finished") == {str(number): 1} and all(one == {} for one in seen)


def test_no_transaction_is_open_while_calls_fly(
    place: int, app: Flask, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    real = Drain._gather

    def gather(self: Drain) -> None:
        seen.append(db.session().in_transaction())
        real(self)

    monkeypatch.setattr(Drain, "_gather", gather)
    begin(place, *["ok"] * 20)
    drain("bulk", place, None)
    assert seen and not any(seen)


def test_the_lease_is_kept_alive(place: int, app: Flask, fake: Fake) -> None:
    from jobs import ledger

    number = begin(place, "ok")
    activity = db.session.get_one(Activity, number)
    items = ledger.claim(activity, 5)
    db.session.commit()
    make_due(number)
    ledger.extend(items)
    db.session.commit()
    lease = db.session.scalars(select(ActivityItem.lease_until)).one()
    assert lease is not None and lease > ledger.database_now() + timedelta(seconds=10)


def test_waits_before_a_call_are_no_unanswered_calls(place: int, fake: Fake) -> None:
    """Refused for rate for long, then one lost answer: it is looked up, not set aside unseen."""
    number = begin(place, ["throttle"] * 12 + ["lost"])
    for _ in range(15):
        drain("bulk", place, None)
        make_due(number)
    assert states(number) == {"item0": "done"}
    assert fake.shelf.read("effects") == {"item0": 1}


@pytest.mark.parametrize(("does", "kept"), [("nothing", True), ("refuse", False)])
def test_who_ends_unclear_says_when_it_was_sent(place: int, fake: Fake, does: str, kept: bool) -> None:
    number = begin(place, does)
    for _ in range(13):
        drain("bulk", place, None)
        make_due(number)
    item = db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == number)).one()
    assert item.state == ("failed" if kept else "refused") and (item.sent_at is not None) is kept


def test_an_item_that_may_be_there_from_before_is_looked_up_first(place: int, fake: Fake) -> None:
    fake.shelf.add("effects", "old")
    item = NewItem("old", args={"does": ["ok"]}, sent_at=datetime.now(UTC))
    number = activities.start(system(place), KIND, "Again", [item]).activity.id
    db.session.commit()
    drain("bulk", place, None)
    assert states(number) == {"old": "done"}
    assert (fake.shelf.read("calls"), fake.shelf.read("effects")) == ({}, {"old": 1})
