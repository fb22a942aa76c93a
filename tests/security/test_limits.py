"""How much and how often: clear answers at the limit, and the others go on as before."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import responses
from flask import Flask, Response
from flask.testing import FlaskClient

from blueprints import limits
from blueprints.errors import MIB
from blueprints.guard import LONGEST_PATH, LONGEST_QUERY
from blueprints.headers import LARGEST_BODY
from services import inbox, webhooks
from services.rates import Allowance, Rates
from tests.security.books import Books
from tests.security.conftest import NOWHERE, signed_in, token
from tests.security.launches import signed
from tests.security.routes import ways
from tests.security.world import Side, park_grant

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"RATE_LIMITS": "1"}


def until_refused(ask: Callable[[], Any], most: int) -> tuple[int, Any]:
    """(how many were taken, the refusal)."""
    for taken in range(most):
        answer = ask()
        if answer.status_code == 429:
            return taken, answer
    raise AssertionError(f"{most} requests were taken: {answer.status_code}")


def number(limit: limits.Limit) -> int:
    return limit.allowance.number


def narrow(app: Flask, limit: limits.Limit, to: int) -> int:
    """Makes this limit so small for the test; the others shrink with it."""
    app.extensions["rates"].factor = to / number(limit)
    return to


# The allowance itself


def test_an_allowance_is_spent_and_comes_back(redis_url: str, redis: Any) -> None:
    rates, allowance = Rates(redis_url), Allowance(5, 0.5)
    assert [rates.spend("a", allowance) for _ in range(5)] == [0.0] * 5
    wait = rates.spend("a", allowance)
    assert 0 < wait <= 0.1 and rates.spend("b", allowance) == 0
    time.sleep(wait + 0.01)
    assert rates.spend("a", allowance) == 0 and rates.spend("a", allowance) > 0


def test_processes_share_an_allowance(redis_url: str, redis: Any) -> None:
    taken: list[float] = []

    def spend() -> None:
        own = Rates(redis_url)
        taken.extend(own.spend("shared", Allowance(40, 3600)) for _ in range(20))

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(wait == 0 for wait in taken) == 40


def test_without_redis_each_process_counts_by_itself_and_waits_for_nobody() -> None:
    rates, started = Rates("redis://127.0.0.1:1/0"), time.monotonic()
    taken = [rates.spend("a", Allowance(10, 60)) for _ in range(200)]
    assert sum(wait == 0 for wait in taken) == 10 and time.monotonic() - started < 1.5
    many = [rates.spend(str(name), Allowance(10, 60)) for name in range(30_000)]
    assert not any(many) and len(rates.used) <= 20_000


def test_factor_widens_and_switches_off(redis_url: str, redis: Any) -> None:
    assert sum(Rates(redis_url, 3).spend("a", Allowance(10, 600)) == 0 for _ in range(50)) == 30
    assert sum(Rates(redis_url, 0).spend("b", Allowance(1, 600)) == 0 for _ in range(50)) == 50


def test_every_limit_names_an_endpoint_that_is_there(app: Flask) -> None:
    assert set(limits.LIMITS) <= set(app.view_functions)


# At the door


def test_too_many_is_a_page_that_says_when(app: Flask, owner: FlaskClient, ours: Side) -> None:
    address, few = f"/s/{ours.hash}/listings/?q=mug", narrow(app, limits.SEARCH, 4)
    taken, refusal = until_refused(lambda: owner.get(address), 10)
    assert taken == few
    assert int(refusal.headers["Retry-After"]) >= 1 and "Try again in" in refusal.text and "<html" in refusal.text
    toast = owner.get(address, headers={"HX-Request": "true"})
    assert toast.status_code == 429 and toast.headers["HX-Reswap"] == "none"
    assert "Try again" in toast.headers["HX-Trigger"]
    assert owner.get(f"/s/{ours.hash}/listings/").status_code == 200  # other pages go on


def test_one_person_does_not_use_up_anothers(app: Flask, owner: FlaskClient, ours: Side, other: Side) -> None:
    """Both come from one address, as the merchants of one office do."""
    narrow(app, limits.SEARCH, 3)
    until_refused(lambda: owner.get(f"/s/{ours.hash}/products/?q=mug"), 10)
    assert signed_in(app, other).get(f"/s/{other.hash}/products/?q=mug").status_code == 200


def test_short_codes_cannot_be_guessed(app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books) -> None:
    park_grant(app, "ABCDEFGH")
    secret = token(owner, ours)
    books.look()

    def guess(code: str = "ZZZZZZZZ") -> Any:
        return owner.post(f"/s/{ours.hash}/tiktok/code", data={"code": code, "csrf_token": secret}, headers=HERE)

    taken, refusal = until_refused(guess, 50)
    assert taken == number(limits.CODE) and int(refusal.headers["Retry-After"]) <= 60
    assert guess("ABCDEFGH").status_code == 429 and books.changes() == []  # also the right one has to wait
    # A hundred stores that guess all the time try less than a hundred-millionth of all codes in an hour.
    assert 31**8 / (100 * number(limits.CODE_STORE)) > 10**8


def test_forged_launches_are_slowed_and_real_ones_are_not(stranger: FlaskClient, ours: Side) -> None:
    def forge() -> Any:
        return stranger.get("/bigcommerce/load?signed_payload_jwt=x.y.z")

    taken, refusal = until_refused(forge, 100)
    assert taken == number(limits.FORGED) and "Retry-After" in refusal.headers
    assert stranger.get("/bigcommerce/load", query_string={"signed_payload_jwt": signed()}).status_code == 302


def test_one_person_opens_the_app_only_so_often(app: Flask, stranger: FlaskClient, ours: Side, other: Side) -> None:
    def load(side: Side) -> Any:
        return stranger.get("/bigcommerce/load", query_string={"signed_payload_jwt": signed(side.hash)})

    few = narrow(app, limits.OPENED, 5)
    taken, refusal = until_refused(lambda: load(ours), 10)
    assert taken == few and "Set-Cookie" not in refusal.headers
    assert load(other).status_code == 302


def test_callbacks_that_ask_the_platforms_are_limited_by_address(stranger: FlaskClient, ours: Side) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{NOWHERE}/api/v2/token/get", json={"code": 36004003, "message": "used", "data": {}})
        mock.post(f"{NOWHERE}/oauth2/token", status=400, json={})
        taken, _ = until_refused(lambda: stranger.get("/tiktok/callback?code=x"), 100)
        assert taken == number(limits.CONSENT)
        asked, _ = until_refused(lambda: stranger.get("/bigcommerce/auth?code=x&context=stores/a&scope=s"), 100)
        assert asked == number(limits.INSTALL)
        assert len(mock.calls) == taken + asked
        away = stranger.get("/tiktok/callback?code=x", environ_base={"REMOTE_ADDR": "198.51.100.7"})
        assert away.status_code != 429


def test_a_customer_with_many_ipv6_addresses_is_one(app: Flask) -> None:
    seen = set()
    for last in ("::1", "::ffff", ":1:2:3:4"):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": f"2001:db8:1:2{last}"}):
            seen.add(limits.address())
    assert seen == {"2001:db8:1:2::"}


def test_changes_have_an_allowance_at_every_route(app: Flask, owner: FlaskClient, ours: Side) -> None:
    secret = token(owner, ours)
    narrow(app, limits.CHANGES, 5)

    def seen() -> Any:
        return owner.post(f"/s/{ours.hash}/notices/seen", data={"csrf_token": secret}, headers=HERE)

    assert until_refused(seen, 20)[0] == 5
    for way in ways(app, "POST"):
        answer = owner.post(way.address(ours), data={"csrf_token": secret}, headers=HERE)
        assert answer.status_code == 429, way.rule


def test_forged_forms_spend_nothing_of_the_persons(app: Flask, owner: FlaskClient, ours: Side) -> None:
    secret = token(owner, ours)
    for _ in range(number(limits.CODE) + 5):
        assert owner.post(f"/s/{ours.hash}/tiktok/code", headers={"Origin": "https://evil.example"}).status_code == 400
    answer = owner.post(f"/s/{ours.hash}/tiktok/code", data={"code": "x", "csrf_token": secret}, headers=HERE)
    assert answer.status_code == 409


# Sizes


def test_a_body_beyond_the_limit_is_a_page_with_the_limit(
    app: Flask, owner: FlaskClient, ours: Side, books: Books
) -> None:
    for way in ways(app, "POST"):
        size = getattr(app.view_functions[way.endpoint], "largest_body", LARGEST_BODY)
        large = b"a=" + b"x" * size
        answer = owner.post(
            way.address(ours), data=large, content_type="application/x-www-form-urlencoded", headers=HERE
        )
        assert answer.status_code == 413 and f"limit here is {size // MIB} MB" in answer.text, way.rule
        assert books.changes() == [], way.rule


def test_what_was_not_announced_is_counted_too(owner: FlaskClient, ours: Side, books: Books) -> None:
    """Without a length the server reads to the end, and not further than the limit."""
    from io import BytesIO

    stream = BytesIO(b"a=" + b"x" * (2 * LARGEST_BODY))
    answer = owner.post(
        f"/s/{ours.hash}/notices/seen", input_stream=stream, headers=HERE,
        environ_overrides={"wsgi.input_terminated": True},
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 413 and stream.tell() <= LARGEST_BODY + 65_536 and books.changes() == []


def test_a_form_of_very_many_fields_is_answered_soon(owner: FlaskClient, ours: Side) -> None:
    many = b"&".join([b"id=1"] * (LARGEST_BODY // 5))
    multipart = (
        b"".join(b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n' for _ in range(5000)) + b"--b--\r\n"
    )
    started = time.process_time()
    first = owner.post(
        f"/s/{ours.hash}/listings/bulk/brand", data=many, content_type="application/x-www-form-urlencoded", headers=HERE
    )
    second = owner.post(
        f"/s/{ours.hash}/listings/bulk/brand",
        data=multipart,
        content_type="multipart/form-data; boundary=b",
        headers=HERE,
    )
    assert first.status_code in (400, 413) and second.status_code in (400, 413) and time.process_time() - started < 5


@pytest.mark.parametrize("where", ["query", "path"])
def test_an_address_that_is_too_long_is_a_page(
    app: Flask, owner: FlaskClient, stranger: FlaskClient, ours: Side, where: str
) -> None:
    address = f"/s/{ours.hash}/products/?q=" + "x" * LONGEST_QUERY if where == "query" else "/s/" + "x" * LONGEST_PATH
    for client in (owner, stranger):
        answer = client.get(address)
        assert answer.status_code in ((414,) if where == "query" else (404, 414)) and "<html" in answer.text
        assert len(answer.text) < 20_000  # it does not come back at us


def test_headers_of_any_size_are_no_bug_of_ours(owner: FlaskClient, ours: Side) -> None:
    for name in ("User-Agent", "Referer", "HX-Current-URL", "HX-Trigger", "X-Request-Id", "Accept-Language",
    "X-Forwarded-For",
                 "Range", "If-None-Match", "Accept"):  # fmt: skip
        answer = owner.get(f"/s/{ours.hash}/listings/", headers={name: "\u00e9<script>" * 2000})
        assert answer.status_code == 200 and "<script>\u00e9" not in answer.text, name


# Webhooks


def test_forged_webhooks_are_refused_before_the_database(
    stranger: FlaskClient, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(*_: Any, **__: Any) -> None:
        raise AssertionError("a forged webhook reached the database")

    monkeypatch.setattr(inbox, "receive", touched)
    for header in ("", "0" * 64, "F" * 64, "x", "é" * 64):
        answer = stranger.post("/hooks/tiktok", data=b'{"type":1}' * 1000, headers={"Authorization": header})
        assert answer.status_code == 401 and answer.data == b""
    assert stranger.post("/hooks/bigcommerce", data=b'{"producer":"stores/ours1"}').status_code == 401
    assert stranger.post("/hooks/tiktok", data=b"x" * (webhooks.LARGEST + 1)).status_code == 413
    assert books.changes() == []


def test_a_flood_of_webhooks_is_taken_and_forged_ones_cost_less_than_a_page(
    app: Flask, owner: FlaskClient, ours: Side
) -> None:
    """Valid ones are never refused for their number; a forged one costs a fraction of a page."""
    from tests.security.signing import tiktok_event

    client, valid = app.test_client(), [tiktok_event(number) for number in range(150)]
    started = time.process_time()
    taken = [client.post("/hooks/tiktok", data=body, headers=headers).status_code for body, headers in valid]
    each_valid = (time.process_time() - started) / len(valid)
    assert set(taken) == {200}
    started = time.process_time()
    refused = [
        client.post("/hooks/tiktok", data=b"x" * 2000, headers={"Authorization": "0" * 64}).status_code
        for _ in range(150)
    ]
    each_forged = (time.process_time() - started) / 150
    assert set(refused) == {401}
    started = time.process_time()
    for _ in range(8):
        assert owner.get(f"/s/{ours.hash}/listings/").status_code == 200
    each_page = (time.process_time() - started) / 8
    assert each_forged < each_page / 3 and each_valid < each_page * 2 and each_valid < 0.05


def test_error_answers_carry_the_rules_of_every_page(app: Flask) -> None:
    @app.get("/too-often")
    def often() -> Response:
        limits.refuse(200)

    answer = app.test_client().get("/too-often")
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "200" and "4 minutes" in answer.text
    assert "Content-Security-Policy" in answer.headers and answer.headers["Cache-Control"] == "no-store"
