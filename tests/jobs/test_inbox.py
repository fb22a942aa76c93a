"""Folding the inbox: hints are read from the platform once per product, whatever came how often and in which order."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException
from sqlalchemy import select, update

from jobs import inbox, reviews
from models import Authorization, InboxEvent, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import clock, webhooks
from services import inbox as service
from tests.jobs.engine import make_shop, make_store

Asked = list[tuple[int, int, tuple[str, ...]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    seen: Asked = []

    def ask(store_id: int, shop_id: int, tiktok_ids: Sequence[str] = ()) -> int:
        seen.append((store_id, shop_id, tuple(tiktok_ids)))
        return 0

    monkeypatch.setattr(reviews, "ask", ask)
    return seen


def arrive(event_id: str, topic: str = "5", account: str = "7491", source: str = "tiktok", **data: Any) -> bool:
    fresh = service.receive(source, event_id, topic, account, {"data": data})
    db.session.commit()
    return fresh


def notes() -> dict[str, tuple[str, int]]:
    db.session.rollback()
    return {event.event_id: (event.state, event.tries) for event in db.session.scalars(select(InboxEvent))}


def test_the_same_event_is_stored_once(place: int) -> None:
    assert (arrive("a"), arrive("a"), arrive("b")) == (True, False, True)
    assert arrive("a", source="bigcommerce") is True


def test_each_product_is_asked_for_once(place: int, shop: int, asked: Asked) -> None:
    for number, product in enumerate(("2", "1", "2", "2", "1")):
        arrive(f"e{number}", product_id=product)
    arrive("odd", product_id=None)
    arrive("other topic", topic="13", order_id="9")
    assert inbox.fold() == 7
    assert asked == [(place, shop, ("1", "2"))]
    assert set(notes().values()) == {("applied", 1)}
    assert inbox.fold() == 0


def test_shops_nobody_has_are_ignored(place: int, shop: int, asked: Asked) -> None:
    arrive("x", account="no such shop", product_id="1")
    inbox.fold()
    assert notes() == {"x": ("ignored", 1)} and asked == []


def test_the_shop_of_another_store_gets_its_own(place: int, shop: int, asked: Asked) -> None:
    other = make_store("engine2")
    theirs = make_shop(other, "7492")
    arrive("x", account="7492", product_id="5")
    inbox.fold()
    assert asked == [(other, theirs, ("5",))]


@pytest.mark.parametrize("failure", [reviews.Unread("busy"), RuntimeError("our bug")])
def test_what_could_not_be_read_comes_again(
    place: int, shop: int, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    second = make_shop(place, "7492")
    tried: list[int] = []

    def ask(_store_id: int, shop_id: int, _ids: Sequence[str] = ()) -> int:
        tried.append(shop_id)
        if shop_id == shop and len(tried) < 3:
            raise failure
        return 1

    monkeypatch.setattr(reviews, "ask", ask)
    arrive("a", product_id="1")
    arrive("b", account="7492", product_id="1")
    inbox.fold()
    assert notes() == {"a": ("new", 1), "b": ("applied", 1)} and sorted(tried) == sorted([shop, second])
    assert inbox.fold() == 0, "it waits before it comes again"
    db.session.execute(update(InboxEvent).values(due_at=InboxEvent.received_at))
    db.session.commit()
    inbox.fold()
    assert notes()["a"] == ("applied", 2)


def test_a_hint_that_never_works_is_set_aside(place: int, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: Any) -> int:
        raise reviews.Unread("never")

    monkeypatch.setattr(reviews, "ask", ask)
    arrive("a", product_id="1")
    for _ in range(service.TRIES + 2):
        inbox.fold()
        db.session.execute(update(InboxEvent).values(due_at=InboxEvent.received_at))
        db.session.commit()
    assert notes() == {"a": ("new", service.TRIES + 2)}, "so many in so short a time are the deaths of workers"
    db.session.execute(update(InboxEvent).values(received_at=clock.now() - 2 * service.LEAST, due_at=clock.now()))
    db.session.commit()
    inbox.fold()
    assert notes() == {"a": ("failed", service.TRIES + 3)}


def test_what_waited_long_comes_soon_once_its_shop_can_be_read(place: int, shop: int, asked: Asked) -> None:
    arrive("late", product_id="1")
    arrive("other", topic="5", account="9999", product_id="1")
    db.session.execute(update(InboxEvent).values(due_at=clock.now() + timedelta(seconds=300)))
    db.session.commit()
    arrive("now", product_id="2")
    inbox.fold()
    due = dict(db.session.execute(select(InboxEvent.event_id, InboxEvent.due_at)).all())
    assert due["late"] <= clock.now() + service.HURRY < due["other"]


def test_a_withdrawn_authorisation_stops_the_shop(place: int, shop: int, asked: Asked) -> None:
    arrive("bye", topic="6", message="deauthorized")
    inbox.fold()
    assert db.session.scalars(select(Authorization.state)).one() == "needs_reauthorisation"
    assert notes() == {"bye": ("applied", 1)}


def test_a_withdrawal_that_is_told_after_the_next_consent_stops_nothing(place: int, shop: int, asked: Asked) -> None:
    arrive("late", topic="6", message="deauthorized")
    before = int((clock.now() - timedelta(days=1)).timestamp())
    event = db.session.scalars(select(InboxEvent)).one()
    event.body = {**event.body, "timestamp": before}
    db.session.execute(update(Authorization).values(connected_at=clock.now()))
    db.session.commit()
    inbox.fold()
    assert db.session.scalars(select(Authorization.state)).one() == "active"
    assert notes() == {"late": ("applied", 1)}


def test_an_uninstall_is_believed_only_when_the_token_is_dead(
    place: int, shop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = True
    monkeypatch.setattr("services.stores.still_connected", lambda _hash: connected)
    arrive("gone", topic="store/app/uninstalled", account="engine1", source="bigcommerce")
    inbox.fold()
    assert db.session.get_one(Store, place).state == "installed"
    connected = False
    arrive("gone really", topic="store/app/uninstalled", account="engine1", source="bigcommerce")
    db.session.rollback()
    inbox.fold()
    db.session.expire_all()
    assert db.session.get_one(Store, place).state == "uninstalled"
    with tenant(place):
        assert db.session.get_one(Shop, shop).is_active is False
    with across_stores("the inbox holds events of every store"):
        assert {event.state for event in db.session.scalars(select(InboxEvent))} == {"applied"}


def test_a_job_that_must_end_ends(place: int, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """RQ's own time limit is no trouble of one shop."""

    def late(*_: Any) -> int:
        raise JobTimeoutException("over")

    monkeypatch.setattr(reviews, "ask", late)
    arrive("a", product_id="1")
    with pytest.raises(JobTimeoutException):
        inbox.fold()


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": 5, "shop_id": "7491", "data": {"ratio": 0.5}, "tts_notification_id": "a\\u0000b"}',
        b'{"type": 5, "shop_id": "7491", "data": {"product_id": "\\ud800"}, "tts_notification_id": "a\\ud800"}',
    ],
)
def test_odd_characters_are_stored_all_the_same(place: int, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "verify_webhook", lambda *_: True)
    assert webhooks.from_tiktok(body, "signed")
    db.session.commit()
    [event] = db.session.scalars(select(InboxEvent)).all()
    assert "\0" not in event.event_id and event.account == "7491"


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"producer": NaN}', b"\xff", b"[]"])
def test_what_is_no_event_is_refused(place: int, body: bytes) -> None:
    with pytest.raises(webhooks.NotSigned):
        webhooks.from_bigcommerce(body, {})


def test_one_product_that_cannot_be_read_keeps_no_other_event_waiting(
    place: int, shop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: Any) -> int:
        raise reviews.Unread("busy", ["2"])

    monkeypatch.setattr(reviews, "ask", ask)
    for event, product in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "2")):
        arrive(event, product_id=product)
    inbox.fold()
    assert notes() == {"a": ("applied", 1), "b": ("new", 1), "c": ("applied", 1), "d": ("new", 1)}
