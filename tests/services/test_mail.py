"""Letters about notices: to whom they are, once each, and again after a failure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from clients import smtp
from jobs import mail as sending
from models import OutgoingMail, Person, Store, db
from models.tenancy import tenant
from services import clock, notices, setup
from services.errors import Invalid
from services.mail import outbox, wishes
from tests.services.listing_rows import add_store


@pytest.fixture
def person(app: Flask) -> Iterator[Person]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            one = Person(bigcommerce_id=7, email="owner@example.com", is_owner=True, seen_at=datetime.now(UTC))
            db.session.add(one)
            db.session.commit()
            yield one
        db.session.remove()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, timedelta]]:
    """Business time that a test moves."""
    ahead, now = {"by": timedelta(0)}, clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + ahead["by"])
    yield ahead


def letters() -> list[OutgoingMail]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def gather(person: Person) -> int:
    found = wishes.gather(db.session.get_one(Store, person.store_id))
    db.session.commit()
    return found


def test_nobody_is_told_unasked_and_nothing_twice(person: Person, later: dict[str, timedelta]) -> None:
    notices.raise_notice("old", "danger", "Before the wish.")
    db.session.commit()
    later["by"] = timedelta(hours=1)
    assert gather(person) == 0
    wishes.choose(person, "urgent")
    notices.raise_notice("threshold:1", "warning", "A mug reached its threshold.", "See stock", "/stock/")
    notices.raise_notice("authorization:1", "danger", "“Harbor” must be\nconnected again.", "Reconnect", "/settings/x")
    notices.raise_notice("gone", "danger", "Settled by itself.")
    notices.resolve("gone")
    db.session.commit()
    assert gather(person) == 0, "it may settle itself within minutes"
    later["by"] += timedelta(minutes=5)
    assert (gather(person), gather(person)) == (1, 0)
    [letter] = letters()
    assert letter.recipient == "owner@example.com" and "Harbor" in letter.subject and "Before" not in letter.text
    assert "/settings/x" in letter.text and "threshold" not in letter.text
    later["by"] += timedelta(minutes=5)
    assert gather(person) == 0


def test_whoever_wants_all_is_told_of_thresholds(person: Person, later: dict[str, timedelta]) -> None:
    wishes.choose(person, "all")
    notices.raise_notice("threshold:1", "warning", "A mug reached its threshold.", "See stock", "/stock/")
    notices.raise_notice("limit", "info", "Half of the day's limit is used.")
    later["by"] = timedelta(minutes=5)
    assert gather(person) == 1
    assert "2 notices" in letters()[0].subject and "/stock/" in letters()[0].text


def test_a_letter_is_tried_again_and_given_up_in_the_end(
    person: Person, later: dict[str, timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[smtp.Letter] = []

    def refuse(address: str, letter: smtp.Letter) -> None:
        tried.append(letter)
        raise smtp.MailFailed("421 too busy")

    monkeypatch.setattr(smtp, "send", refuse)
    with_mail = replace(setup.config(), smtp_url="smtp://127.0.0.1:9", mail_from="causeway@example.com")
    monkeypatch.setattr(setup, "config", lambda: with_mail)
    wishes.try_out(person)
    db.session.commit()
    store_id = person.store_id
    db.session.rollback()
    for _ in range(9):
        sending.send()
        later["by"] += timedelta(hours=9)
    with tenant(store_id):
        [letter] = letters()
        assert (letter.state, letter.error, len(tried)) == ("failed", "421 too busy", 6)
    assert len({one.identity for one in tried}) == 1, "a mail program shows it once"


def test_a_letter_in_the_hands_of_a_dead_worker_leaves_all_the_same(
    person: Person, later: dict[str, timedelta]
) -> None:
    wishes.try_out(person)
    db.session.commit()
    [mail_id] = outbox.due()
    assert outbox.take(mail_id) is not None
    db.session.commit()
    assert outbox.due() == []
    later["by"] = timedelta(minutes=11)
    assert outbox.due() == [mail_id]
    assert outbox.take(mail_id) is not None
    outbox.sent(mail_id)
    db.session.commit()
    assert outbox.take(mail_id) is None and letters()[0].state == "sent"


def test_without_an_address_nothing_can_be_chosen(person: Person) -> None:
    db.session.execute(update(Person).values(email=""), execution_options={"synchronize_session": False})
    db.session.expire_all()
    with pytest.raises(Invalid):
        wishes.choose(person, "all")
