"""The way back from TikTok: states and codes count once, for the store and person they were made for."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import delete
from werkzeug.test import TestResponse

from models import PendingGrant, Person, db
from models.tenancy import tenant
from services import clock, consents, stores
from services.actor import Actor
from services.consents import Consent
from tests.conftest import CREDENTIALS
from tests.security.books import Books
from tests.security.conftest import NOWHERE, signed_in, token
from tests.security.launches import signed
from tests.security.world import Side, park_grant

State = Callable[..., str]


@pytest.fixture
def tiktok() -> Any:
    """TikTok's token endpoint; asked only when a state was good."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{NOWHERE}/api/v2/token/get", json={"code": 36004003, "message": "the code is used", "data": {}})
        yield mock


@pytest.fixture
def state(app: Flask, ours: Side) -> State:
    """state(person, store): as the page's link carries it."""

    def made(side: Side = ours, **given: Any) -> str:
        with app.app_context(), tenant(side.store_id):
            link = consents.link(Actor("owner", side.store_id, side.person_id), **given)
            return parse_qs(urlsplit(link).query)["state"][0]

    return made


def arrive(client: FlaskClient, state: str, code: str = "TTP_code") -> TestResponse:
    return client.get("/tiktok/callback", query_string={"code": code, "state": state})


def asked(mock: Any) -> int:
    return sum("/token/get" in call.request.url for call in mock.calls)


def sealed(
    consent: Consent | dict[str, Any], key: str = CREDENTIALS["SECRET_KEY"], salt: str = "tiktok-consent"
) -> str:
    content = consent if isinstance(consent, dict) else asdict(consent)
    return str(URLSafeSerializer(key, salt=salt).dumps(content))


def test_a_state_counts_once(stranger: FlaskClient, state: State, tiktok: Any, books: Books) -> None:
    mine = state()
    assert (
        arrive(stranger, mine).status_code == 409 and asked(tiktok) == 1
    )  # TikTok refused the code; the state is spent
    books.look()
    for _ in range(3):
        assert arrive(stranger, mine, "another-code").status_code == 409
    assert asked(tiktok) == 1 and books.changes() == []


def test_forged_states_ask_nobody_and_change_nothing(
    stranger: FlaskClient, ours: Side, other: Side, state: State, tiktok: Any, books: Books
) -> None:
    good = state()
    body, _, signature = good.rpartition(".")
    content = {"store_id": ours.store_id, "person_id": ours.person_id, "purpose": "connect", "authorization_id": 0,
               "nonce": "n", "expires": time.time() + 600}  # fmt: skip
    forged = [
        "x", ".", "..", good[:-1], good + "x", body, f".{signature}", f"{body}.{signature[::-1]}", good.upper(),
        good * 3,
        f"{body}x.{signature}", sealed(content, key="guess"), sealed(content, salt="note"), sealed(content,
        salt="note:ours1"),
        sealed(content, salt="itsdangerous"), sealed({**content, "role": "admin"}), sealed({"store_id": 1}), sealed({}),
        str(URLSafeSerializer(CREDENTIALS["SECRET_KEY"], salt="tiktok-consent").dumps([1, 2])), signed(), other.cookie,
        token(signed_in(stranger.application, ours), ours), "\u202e\U0001f600", "%00", "null", "0", "x" * 8000,
    ]  # fmt: skip
    books.look()
    wrong = []
    for text in forged:
        answer = arrive(stranger, text)
        if answer.status_code not in (400, 409) or books.changes() or asked(tiktok):
            wrong.append(f"{text[:40]!r}: {answer.status_code}")
    assert wrong == []


def test_a_state_ends_after_a_quarter_of_an_hour(
    stranger: FlaskClient, state: State, tiktok: Any, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = state()
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + consents.LIFE + timedelta(seconds=1))
    assert arrive(stranger, late).status_code == 409 and asked(tiktok) == 0 and books.changes() == []


@pytest.mark.parametrize("gone", ["person", "store"])
def test_a_state_of_somebody_who_is_gone_connects_nothing(
    app: Flask, stranger: FlaskClient, ours: Side, state: State, tiktok: Any, gone: str
) -> None:
    mine = state()
    with app.app_context(), tenant(ours.store_id):
        if gone == "store":
            stores.uninstall(ours.hash)
        else:
            db.session.execute(delete(Person).where(Person.id == ours.person_id))
        db.session.commit()
    assert arrive(stranger, mine).status_code == 409 and asked(tiktok) == 0


def test_a_state_works_for_its_own_store_whoever_brings_it(
    app: Flask, ours: Side, other: Side, state: State, tiktok: Any, books: Books
) -> None:
    """A browser signed in to another store changes nothing there: the state alone says whose it is."""
    before = books.of_store(other.store_id)
    arrive(signed_in(app, other), state())
    assert asked(tiktok) == 1 and books.of_store(other.store_id) == before


def test_a_grant_of_another_store_cannot_be_reconnected(
    owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    foreign = other.bulk["authorization"][0]
    for purpose in ("reconnect", "switch", "connect"):
        query = {"purpose": purpose, "authorization": foreign}
        answer = owner.get(f"/s/{ours.hash}/tiktok/connect", query_string=query)
        assert answer.status_code == 404 and other.mark not in answer.text
        data = {**query, "csrf_token": token(owner, ours)}
        assert (
            owner.post(f"/s/{ours.hash}/tiktok/connect", data=data, headers={"Origin": "http://localhost"}).status_code
            == 404
        )
    assert books.changes() == []


def test_a_code_without_state_connects_no_store(
    stranger: FlaskClient, ours: Side, other: Side, tiktok: Any, books: Books
) -> None:
    """It would have to be a grant from Seller Center; a used one is nothing at all."""
    answer = stranger.get("/tiktok/callback", query_string={"code": "used"})
    assert answer.status_code in (409, 502) and asked(tiktok) == 1 and books.changes() == []


def enter(client: FlaskClient, side: Side, code: str) -> TestResponse:
    data = {"code": code, "csrf_token": token(client, side)}
    return client.post(f"/s/{side.hash}/tiktok/code", data=data, headers={"Origin": "http://localhost"})


def test_a_short_code_counts_once_and_for_an_hour(app: Flask, owner: FlaskClient, ours: Side, books: Books) -> None:
    park_grant(app)
    with app.app_context():
        db.session.query(PendingGrant).update({"expires_at": clock.now() - timedelta(seconds=1)})
        db.session.commit()
    books.look()
    assert enter(owner, ours, "ABCDEFGH").status_code == 409 and books.changes() == []


def test_a_wrong_short_code_claims_nothing(app: Flask, owner: FlaskClient, ours: Side, books: Books) -> None:
    park_grant(app, "XYZXYZXY")
    books.look()
    for code in (
        "",
        "%",
        "_" * 8,
        "XYZXYZX",
        "XYZXYZXYX",
        "' OR 1=1 --",
        "XYZXYZX*",
        "XYZ\u202eXYZX",
        "é" * 8,
        "x" * 9999,
    ):
        assert enter(owner, ours, code).status_code == 409 and books.changes() == [], code
