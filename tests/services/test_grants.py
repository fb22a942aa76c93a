"""Tokens: kept sealed, renewed once, given up when TikTok rejects them. (Renewals talk to the sandbox over HTTP.)"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask

from clients.budget import NoBudget
from clients.errors import Unauthorised, Unreachable, mark
from clients.tiktok import auth
from models import Authorization, Notice, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import clock, consents, grants, renewals, short_codes
from services.actor import Actor
from services.secrets import seal, unseal
from tests.conftest import LiveSandbox

HARBOR = "7494000000000000101"


@pytest.fixture
def store(app: Flask, sandbox: LiveSandbox) -> Iterator[Store]:
    app.extensions["budget"] = NoBudget()
    with app.app_context():
        row = Store(hash="abc123", installed_at=datetime.now(UTC), settings={}, wizard={}, token=seal("x"))
        db.session.add(row)
        db.session.commit()
        yield row
        db.session.rollback()


@pytest.fixture
def actor(store: Store) -> Actor:
    return Actor("maya@example.com", store.id)


@pytest.fixture
def tokens(store: Store, sandbox: LiveSandbox) -> auth.Tokens:
    platform: Any = sandbox.app.extensions["tiktok"]
    with sandbox.app.app_context():
        code = platform.authorizations.issue_code(HARBOR)
    db.session.commit()
    return grants.exchange(code)


@pytest.fixture
def granted(actor: Actor, tokens: auth.Tokens) -> tuple[int, int]:
    """(store, authorization) with its shop connected."""
    arrival = grants.read(tokens)
    with tenant(actor.store_id):
        connected = grants.record(actor, arrival)
        db.session.commit()
        return actor.store_id, connected.authorization.id


def now_row(granted: tuple[int, int]) -> Authorization:
    db.session.rollback()
    with tenant(granted[0]):
        row = db.session.query(Authorization).filter_by(id=granted[1]).one()
        db.session.expunge(row)
        return row


def test_tokens_are_sealed(granted: tuple[int, int], tokens: auth.Tokens) -> None:
    row = now_row(granted)
    assert tokens.access_token not in row.access_token and unseal(row.access_token) == tokens.access_token
    assert unseal(row.refresh_token) == tokens.refresh_token


def test_nothing_is_due_a_week_before_the_end(granted: tuple[int, int]) -> None:
    assert renewals.due(clock.now()) == []
    assert renewals.refresh_due(clock.now(), db.session.commit) == 0


def test_a_token_is_renewed_a_day_before_its_end(granted: tuple[int, int]) -> None:
    before = now_row(granted)
    later = before.access_expires_at - timedelta(hours=23)
    assert renewals.refresh_due(later, db.session.commit) == 1
    after = now_row(granted)
    assert unseal(after.access_token) != unseal(before.access_token) and after.state == "active"


def test_only_one_process_renews_one_expiry(granted: tuple[int, int]) -> None:
    later = now_row(granted).access_expires_at - timedelta(hours=1)
    first, second = renewals.claim(*granted, later), renewals.claim(*granted, later)
    db.session.commit()
    assert first is not None and second is None
    assert renewals.claim(*granted, later + timedelta(seconds=91)) is not None  # the first process has died


def test_a_withdrawn_grant_stops_its_shops_and_says_so(granted: tuple[int, int], sandbox: LiveSandbox) -> None:
    platform: Any = sandbox.app.extensions["tiktok"]
    with sandbox.app.app_context():
        platform.authorizations.deauthorize(HARBOR)
    later = now_row(granted).access_expires_at - timedelta(hours=1)
    assert renewals.refresh_due(later, db.session.commit) == 0
    assert now_row(granted).state == "needs_reauthorisation"
    with tenant(granted[0]):
        assert [row.key for row in db.session.query(Notice)] == [f"authorization:{granted[1]}"]
    assert renewals.due(later) == []


def test_a_token_that_no_key_opens_stops_nobody_elses_renewal(granted: tuple[int, int], actor: Actor) -> None:
    before = now_row(granted)
    later = before.access_expires_at - timedelta(hours=1)
    with tenant(actor.store_id):
        ends = before.access_expires_at - timedelta(minutes=1)  # due first
        db.session.add(
            Authorization(
                open_id="other", access_expires_at=ends, refresh_expires_at=ends, connected_at=ends, scopes=[],
                access_token="damaged", refresh_token="damaged",
            )
        )  # fmt: skip
        db.session.commit()
    assert renewals.refresh_due(later, db.session.commit) == 1
    assert unseal(now_row(granted).access_token) != unseal(before.access_token)
    with tenant(actor.store_id):
        assert db.session.query(Authorization).filter_by(open_id="other").one().state == "active"


def test_an_unreachable_token_host_changes_nothing(granted: tuple[int, int], app: Flask) -> None:
    before = now_row(granted)
    later = before.access_expires_at - timedelta(hours=1)
    object.__setattr__(app.extensions["config"], "tiktok_auth_url", "http://127.0.0.1:9")
    assert renewals.refresh_due(later, db.session.commit) == 0
    assert now_row(granted).state == "active" and now_row(granted).access_token == before.access_token


def test_a_refusal_after_the_end_by_time_waits_for_the_renewal(granted: tuple[int, int]) -> None:
    with tenant(granted[0]):
        row = db.session.query(Authorization).filter_by(id=granted[1]).one()
        row.access_expires_at = clock.now() - timedelta(minutes=1)
        grants.reject(row, "expired")
        assert row.state == "active"
        row.access_expires_at = clock.now() + timedelta(days=1)
        grants.reject(row, "withdrawn")
        assert row.state == "needs_reauthorisation"


def test_a_refusal_of_an_earlier_token_says_nothing_of_this_one(granted: tuple[int, int]) -> None:
    with tenant(granted[0]):
        row = db.session.query(Authorization).filter_by(id=granted[1]).one()
        refusal = Unauthorised("withdrawn")
        refusal.credential = mark("the token before")
        grants.heed(row, refusal)
        assert row.state == "active"
        refusal.credential = mark(unseal(row.access_token))
        grants.heed(row, refusal)
        assert row.state == "needs_reauthorisation"


def test_the_end_of_the_consent_is_told_a_month_before(granted: tuple[int, int]) -> None:
    with tenant(granted[0]):
        row = db.session.query(Authorization).filter_by(id=granted[1]).one()
        renewals.warn_of_end(row)
        assert len(db.session.query(Notice).all()) == 0
        row.refresh_expires_at = clock.now() + timedelta(days=20)
        renewals.warn_of_end(row)
        assert [notice.key for notice in db.session.query(Notice)] == [f"authorization-ends:{row.id}"]


def test_a_second_consent_renews_and_doubles_nothing(
    granted: tuple[int, int], actor: Actor, tokens: auth.Tokens
) -> None:
    db.session.rollback()
    arrival = grants.read(tokens)
    with tenant(actor.store_id):
        grants.record(actor, arrival)
        assert len(db.session.query(Authorization).all()) == 1 and len(db.session.query(Shop).all()) == 1


def test_webhooks_are_registered(granted: tuple[int, int], sandbox: LiveSandbox, tokens: auth.Tokens) -> None:
    with tenant(granted[0]):
        shop = db.session.query(Shop).one()
        client = grants._client(tokens, shop.tiktok_id, shop.cipher)
    db.session.rollback()
    assert {row.event_type for row in client.webhooks()} == set(grants.EVENTS)


def test_a_short_code_is_forgotten_after_an_hour(
    store: Store, tokens: auth.Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = short_codes.park(tokens)
    code, end = pending.code, pending.expires_at
    monkeypatch.setattr(clock, "now", lambda: end + timedelta(seconds=1))
    with pytest.raises(short_codes.UnknownCode):
        short_codes.claim(code)


def test_state_and_secrets_stay_out_of_each_other(store: Store, actor: Actor) -> None:
    with tenant(store.id):
        link = consents.link(actor)
    assert "state=" in link and "test-secret" not in link
    assert requests.get(link.replace("tiktok.localhost", "127.0.0.1"), timeout=10).status_code == 200
    with across_stores("test"), pytest.raises(consents.WrongState):
        consents.spend("nonsense")


def test_a_renewal_that_came_to_no_answer_is_free_again_at_once(granted: tuple[int, int], app: Flask) -> None:
    """Under a storm of errors a token that ended must not wait for a dead claim's end."""
    later = clock.now() + timedelta(days=7, seconds=1)
    claimed = renewals.claim(*granted, later)
    assert claimed is not None and renewals.claim(*granted, later) is None
    assert renewals.record(claimed, Unreachable("lost", unknown=True)) is False
    db.session.commit()
    assert renewals.claim(*granted, later) is not None
