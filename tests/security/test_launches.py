"""Launch tokens: forged ones open nothing, real ones only what and as long as they say (reference 1.3)."""

import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services import sessions
from tests.security.books import Books
from tests.security.conftest import signed_in
from tests.security.launches import DAY, OWNER, claims, forgeries, raw, signed
from tests.security.world import Side

SECOND = {"id": 8, "email": "second@example.com", "locale": "de-DE"}


def call(client: FlaskClient, what: str, token: str) -> TestResponse:
    return client.get(f"/bigcommerce/{what}", query_string={"signed_payload_jwt": token})


@pytest.mark.parametrize("what", ["load", "uninstall", "remove_user"])
def test_a_forged_token_opens_and_changes_nothing(stranger: FlaskClient, ours: Side, books: Books, what: str) -> None:
    wrong, tried = [], 0
    for fault, forged in forgeries():
        answer, tried = call(stranger, what, forged), tried + 1
        if answer.status_code not in (400, 403) or "Set-Cookie" in answer.headers or books.changes():
            wrong.append(f"{fault}: {answer.status_code}")
        if answer.status_code == 403 and what == "load" and "control panel" not in answer.text:
            wrong.append(f"{fault}: does not say what to do")
    assert wrong == [] and tried > 90


@pytest.mark.parametrize("what", ["load", "uninstall", "remove_user"])
def test_a_token_of_a_megabyte_is_not_even_read(stranger: FlaskClient, ours: Side, books: Books, what: str) -> None:
    started = time.process_time()
    answer = call(stranger, what, raw({"alg": "HS256"}, claims(pad="x" * 1_000_000)))
    assert answer.status_code == 414 and books.changes() == [] and time.process_time() - started < 1


def test_the_token_counts_only_where_it_belongs(app: Flask, stranger: FlaskClient, ours: Side, books: Books) -> None:
    """Not in a header, a cookie, a form or under another name."""
    token = signed()
    for name in ("signed_payload", "jwt", "token", "payload", "Signed_payload_jwt"):
        assert stranger.get("/bigcommerce/load", query_string={name: token}).status_code == 403
    assert stranger.get("/bigcommerce/load", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert stranger.post("/bigcommerce/load", data={"signed_payload_jwt": token}).status_code == 405
    stranger.set_cookie("signed_payload_jwt", token)
    assert stranger.get("/bigcommerce/load").status_code == 403
    assert stranger.get(f"/s/{ours.hash}/", query_string={"signed_payload_jwt": token}).status_code == 401
    assert books.changes() == []


def test_two_tokens_in_one_address_are_one(stranger: FlaskClient, ours: Side, other: Side) -> None:
    """The first is read and the first decides; a second one, good or bad, cannot lend it anything."""
    answer = stranger.get(f"/bigcommerce/load?signed_payload_jwt=x.y.z&signed_payload_jwt={signed()}")
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers


def test_a_load_may_come_again_while_it_lives_and_rotates_the_session(
    app: Flask, stranger: FlaskClient, ours: Side
) -> None:
    """A frame reloads with the same address (docs/decisions/0003); each time the id in the cookie is another."""
    token, seen = signed(), set()
    for _ in range(3):
        assert call(stranger, "load", token).status_code == 302
        cookie = stranger.get_cookie(ours.cookie_name)
        assert cookie is not None
        seen.add(cookie.value)
    assert len(seen) == 3
    newest = stranger.get_cookie(ours.cookie_name)
    for old in seen - {newest.value if newest else ""}:
        assert signed_in(app, ours, value=old).get(f"/s/{ours.hash}/notices/").status_code == 401


def test_a_session_id_chosen_by_somebody_else_is_not_taken_over(app: Flask, stranger: FlaskClient, ours: Side) -> None:
    """Fixation: the id planted before the load is worth nothing after it."""
    stranger.set_cookie(ours.cookie_name, "planted", secure=True)
    call(stranger, "load", signed())
    assert signed_in(app, ours, value="planted").get(f"/s/{ours.hash}/notices/").status_code == 401


def test_a_removed_user_does_not_come_back_with_an_old_link(stranger: FlaskClient, ours: Side, books: Books) -> None:
    now = int(time.time())
    old = signed(user=SECOND, iat=now - 3600, nbf=now - 3605, exp=now - 3600 + DAY)
    assert call(stranger, "load", old).status_code == 302
    assert call(stranger, "remove_user", signed(user=SECOND, iat=now - 60)).status_code == 204
    books.look()
    answer = call(stranger, "load", old)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers and books.changes() == []
    assert stranger.get(f"/s/{ours.hash}/notices/").status_code == 401
    # Given access again, the new link works; the old one still does not.
    assert call(stranger, "load", signed(user=SECOND)).status_code == 302
    assert call(stranger, "load", old).status_code == 403
    # Nobody else is meant, and the same user's access to another store is not.
    assert call(stranger, "load", signed(user=OWNER, iat=now - 3600)).status_code == 302
    assert call(stranger, "load", signed("other1", user=SECOND, iat=now - 3600)).status_code == 302


def test_the_last_removal_counts(stranger: FlaskClient, ours: Side) -> None:
    now = int(time.time())
    for age in (500, 300):
        assert call(stranger, "remove_user", signed(user=SECOND, iat=now - age)).status_code == 204
    assert call(stranger, "load", signed(user=SECOND, iat=now - 400)).status_code == 403
    assert call(stranger, "load", signed(user=SECOND, iat=now - 200)).status_code == 302


def test_tokens_that_end_something_count_once(stranger: FlaskClient, ours: Side, books: Books) -> None:
    removal = signed(user=SECOND)
    call(stranger, "remove_user", removal)
    books.look()
    assert call(stranger, "remove_user", removal).status_code == 204 and books.changes() == []


def test_an_uninstalled_store_is_not_opened_by_an_old_link(stranger: FlaskClient, ours: Side, books: Books) -> None:
    link = signed()
    assert call(stranger, "uninstall", signed()).status_code == 204
    books.look()
    answer = call(stranger, "load", link)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers and books.changes() == []


def test_another_user_cannot_uninstall_with_a_load_link(stranger: FlaskClient, ours: Side, books: Books) -> None:
    """A load looks like an uninstall; BigCommerce, which does not answer here, would have to confirm it."""
    assert call(stranger, "uninstall", signed(user=SECOND)).status_code == 403
    assert [change for change in books.changes() if change.startswith("store ")] == []


def test_a_token_of_one_store_does_nothing_to_another(
    app: Flask, stranger: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    before = books.of_store(other.store_id)
    for what in ("load", "remove_user", "uninstall"):
        call(stranger, what, signed(ours.hash, user=OWNER, url=f"/s/{other.hash}/listings/"))
    assert books.of_store(other.store_id) == before
    assert stranger.get_cookie(sessions.cookie_name(other.hash)) is None


def test_the_person_is_the_one_of_this_store(stranger: FlaskClient, ours: Side, other: Side) -> None:
    """The same BigCommerce user in two stores is two people with two sessions."""
    call(stranger, "load", signed(ours.hash))
    assert stranger.get(f"/s/{other.hash}/notices/").status_code == 404
    call(stranger, "load", signed(other.hash))
    texts = [stranger.get(f"/s/{side.hash}/notices/").text for side in (ours, other)]
    assert [side.mark in text for side, text in zip((ours, other), texts, strict=True)] == [True, True]
    assert other.mark not in texts[0] and ours.mark not in texts[1]


@pytest.mark.parametrize("query", [{}, {"code": "x"}, {"code": "x", "context": "stores/ours1"},
                                   {"code": "x", "context": "stores/ours1", "scope": "s"},
                                   {"code": "x" * 3000, "context": "stores/../..", "scope": "s"}])  # fmt: skip
def test_an_installation_that_bigcommerce_does_not_confirm_stores_nothing(
    stranger: FlaskClient, ours: Side, books: Books, query: dict[str, Any]
) -> None:
    for more in ({}, {"external_install": "1"}):
        answer = stranger.get("/bigcommerce/auth", query_string=query | more)
        assert answer.status_code in (302, 400, 403, 502) and "Set-Cookie" not in answer.headers
        if answer.status_code == 302:
            assert answer.location.endswith("/install/failed")
    assert books.changes() == []
