"""Coming in through BigCommerce's four callbacks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import responses
from flask import Flask
from sqlalchemy import select

from models import Activity, Person, Shop, Store, WebSession, db
from models.tenancy import across_stores
from services import notices, sessions, stores
from services.secrets import unseal
from tests.blueprints.conftest import inside, make_person, make_shop, make_store
from tests.conftest import CREDENTIALS
from tests.pages import PageClient

SECRET, CLIENT = CREDENTIALS["BIGCOMMERCE_CLIENT_SECRET"], CREDENTIALS["BIGCOMMERCE_CLIENT_ID"]
OWNER, SECOND = {"id": 7, "email": "owner@example.com"}, {"id": 8, "email": "second@example.com", "locale": "de-DE"}
AUTH = "/bigcommerce/auth?code=one-time-code&scope=store_v2_products&context=stores/abc123&account_uuid=u-1"


def signed(user: dict[str, Any] = OWNER, *, secret: str = SECRET, **claims: Any) -> str:
    now = int(time.time())
    payload = {
        "aud": CLIENT, "iss": "bc", "iat": now, "nbf": now - 5, "exp": now + 86_400, "jti": f"j{time.monotonic_ns()}",
        "sub": "stores/abc123", "user": user, "owner": OWNER, "url": "/", "channel_id": None,
    }  # fmt: skip
    return jwt.encode(payload | claims, secret, algorithm="HS256")


@pytest.fixture
def browser(app: Flask) -> PageClient:
    """Nobody yet."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def bigcommerce(environment: dict[str, str]) -> Iterator[responses.RequestsMock]:
    """BigCommerce's token and store answers (reference 1.2, 6.5); the sandbox's clock is away."""
    base = environment["BIGCOMMERCE_LOGIN_URL"]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        grant = {
            "access_token": "store-token-1",
            "scope": "store_v2_products",
            "context": "stores/abc123",
            "user": SECOND,
        }
        mock.post(f"{base}/oauth2/token", json=grant | {"owner": OWNER, "account_uuid": "u-1"})
        told = {"id": "abc123", "name": "Corner Shop", "currency": "EUR", "country_code": "DE", "weight_units": "KGS"}
        told |= {"dimension_units": "Centimeters", "control_panel_base_url": "https://store-abc123.mybigcommerce.com"}
        mock.get(f"{base}/stores/abc123/v2/store", json=told | {"timezone": {"name": "Europe/Berlin"}})
        yield mock


def only_store(app: Flask) -> Store:
    with app.app_context():
        store = db.session.scalars(select(Store)).one()
        db.session.expunge(store)
        return store


def count(app: Flask, model: Any) -> int:
    with app.app_context(), across_stores("test"):
        return len(db.session.scalars(select(model)).all())


# Installing


def test_install_stores_everything_and_signs_in(app: Flask, browser: PageClient, bigcommerce: Any) -> None:
    answer = browser.get(AUTH)
    assert (answer.status_code, answer.location) == (302, "/s/abc123/")
    store = only_store(app)
    assert (store.name, store.currency, store.country, store.timezone) == ("Corner Shop", "EUR", "DE", "Europe/Berlin")
    assert (store.weight_units, store.dimension_units, store.owner_id, store.state) == (
        "KGS",
        "Centimeters",
        7,
        "installed",
    )
    with inside(app, store):
        assert unseal(store.token) == "store-token-1" and "store-token-1" not in store.token
        person = db.session.scalars(select(Person)).one()
        assert (person.bigcommerce_id, person.is_owner) == (8, False)
    assert browser.get("/s/abc123/notices/").status_code == 200


def test_install_takes_the_store_from_the_answer_not_from_the_address(
    app: Flask, browser: PageClient, bigcommerce: Any
) -> None:
    answer = browser.get(AUTH.replace("stores/abc123", "stores/victim1"))
    assert answer.location == "/s/abc123/"
    assert only_store(app).hash == "abc123"


def test_install_again_renews_the_token_and_keeps_the_store(app: Flask, browser: PageClient, bigcommerce: Any) -> None:
    before = make_store(app, token="old", wizard={"step": "warehouses"})
    browser.get(AUTH)
    store = only_store(app)
    assert store.id == before.id and store.wizard == {"step": "warehouses"}
    with app.app_context():
        assert unseal(store.token) == "store-token-1"


def test_install_works_while_the_store_api_is_away(
    app: Flask, browser: PageClient, bigcommerce: Any, environment: Any
) -> None:
    bigcommerce.replace("GET", f"{environment['BIGCOMMERCE_API_URL']}/stores/abc123/v2/store", status=404, json={})
    assert browser.get(AUTH).status_code == 302
    assert only_store(app).name == ""


def test_refused_code_stores_nothing(app: Flask, browser: PageClient, bigcommerce: Any, environment: Any) -> None:
    url = f"{environment['BIGCOMMERCE_LOGIN_URL']}/oauth2/token"
    bigcommerce.replace("POST", url, status=400, json={"error": "invalid_grant"})
    assert browser.get(AUTH).status_code == 403
    assert count(app, Store) == 0 and count(app, WebSession) == 0


def test_incomplete_callback_says_so(app: Flask, browser: PageClient) -> None:
    assert browser.get("/bigcommerce/auth?code=x").status_code == 400
    assert count(app, Store) == 0


@pytest.mark.parametrize(("status", "outcome"), [(200, "succeeded"), (400, "failed")])
def test_install_from_outside_ends_at_bigcommerce(
    browser: PageClient, bigcommerce: Any, environment: Any, status: int, outcome: str
) -> None:
    if status != 200:
        url = f"{environment['BIGCOMMERCE_LOGIN_URL']}/oauth2/token"
        bigcommerce.replace("POST", url, status=status, json={})
    answer = browser.get(AUTH + "&external_install=1")
    assert answer.location == f"{environment['BIGCOMMERCE_LOGIN_URL']}/app/{CLIENT}/install/{outcome}"
    assert "Set-Cookie" not in answer.headers


# Opening


def load(browser: PageClient, token: str) -> Any:
    return browser.get("/bigcommerce/load", query_string={"signed_payload_jwt": token})


def test_load_makes_the_person_and_leaves_the_address(app: Flask, browser: PageClient, store: Store) -> None:
    answer = load(browser, signed(SECOND))
    assert (answer.status_code, answer.location) == (302, "/s/abc123/")
    cookie = answer.headers["Set-Cookie"]
    for flag in ("__Host-causeway-abc123=", "Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert flag in cookie
    with inside(app, store):
        person = db.session.scalars(select(Person)).one()
        assert (person.email, person.locale, person.is_owner) == ("second@example.com", "de-DE", False)
    assert "second@example.com" in browser.get("/s/abc123/notices/").text


def test_load_rotates_the_session_and_other_tabs_keep_their_forms(
    app: Flask, browser: PageClient, store: Store
) -> None:
    load(browser, signed())
    browser.home = "/s/abc123/"
    token, old = browser.token(), browser.get_cookie(sessions.cookie_name("abc123"))
    load(browser, signed())
    new = browser.get_cookie(sessions.cookie_name("abc123"))
    assert old and new and old.value != new.value
    assert count(app, WebSession) == 1
    assert browser.post("/s/abc123/notices/seen", headers={"X-CSRFToken": token}).status_code == 303
    browser.set_cookie(sessions.cookie_name("abc123"), old.value, secure=True)
    assert browser.get("/s/abc123/notices/").status_code == 401


def test_another_person_in_the_same_browser_gets_a_session_of_their_own(
    app: Flask, browser: PageClient, store: Store
) -> None:
    load(browser, signed())
    browser.home = "/s/abc123/"
    token = browser.token()
    load(browser, signed(SECOND))
    assert browser.post("/s/abc123/notices/seen", headers={"X-CSRFToken": token}).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"secret": "x" * 40},
        {"exp": 1_000_000},
        {"aud": "someone-else"},
        {"iss": "ours"},
        {"sub": "stores/../abc"},
        {"user": None},
    ],
)
def test_bad_launch_signs_nobody_in(app: Flask, browser: PageClient, store: Store, claims: dict[str, Any]) -> None:
    answer = load(browser, signed(**claims))
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert count(app, Person) == 0


def test_load_of_unknown_and_uninstalled_stores_asks_to_install(app: Flask, browser: PageClient) -> None:
    make_store(app, "gone1", state="uninstalled")
    answers = [load(browser, signed(sub=f"stores/{name}")) for name in ("gone1", "never1")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("/notices/", "/s/abc123/notices/"),
        ("/notices", "/s/abc123/notices/"),
        ("/s/abc123/guide/products?shop=3", "/s/abc123/guide/products?shop=3"),
        ("/s/zzz999/notices/", "/s/abc123/"),
        ("/no/such/page", "/s/abc123/"),
        ("//evil.example/", "/s/abc123/"),
        ("https://evil.example/", "/s/abc123/"),
        ("/\\evil.example", "/s/abc123/"),
        ("/../bigcommerce/auth", "/s/abc123/"),
        ("/notices/seen", "/s/abc123/"),  # takes a form only
        ("/healthz", "/s/abc123/"),
    ],
)
def test_deep_links_lead_to_our_pages_only(browser: PageClient, store: Store, url: str, location: str) -> None:
    assert load(browser, signed(url=url)).location == location


# Leaving


def leave(browser: PageClient, what: str, token: str) -> int:
    return browser.get(f"/bigcommerce/{what}", query_string={"signed_payload_jwt": token}).status_code


def test_uninstall_ends_everything(app: Flask, client: PageClient, store: Store) -> None:
    shop = make_shop(app, store)
    with inside(app, store):
        facts: dict[str, Any] = {"details": {}, "notes": {}, "created_at": datetime.now(UTC)}
        db.session.add(Activity(kind="import", title="Import", state="running", open_key="import", **facts))
        db.session.merge(store).token = "sealed"
    assert leave(client, "uninstall", signed()) == 204
    after = only_store(app)
    assert (after.state, after.token, after.hook_secret) == ("uninstalled", "", "")
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert (activity.state, activity.open_key) == ("cancelled", None)
        assert db.session.scalars(select(Shop.is_active)).one() is False
        assert db.session.scalars(select(WebSession)).all() == []
    assert client.get(client.at("notices/")).status_code == 401
    assert after.wizard[stores.PARKED] == [shop.id]


def test_reinstall_brings_the_shops_back(app: Flask, browser: PageClient, store: Store, bigcommerce: Any) -> None:
    shop, lost = make_shop(app, store), make_shop(app, store, "7490000000000000002", "Taken Shop")
    leave(browser, "uninstall", signed())
    make_shop(app, make_store(app, "zzz999", "Other Store"), lost.tiktok_id)
    assert browser.get(AUTH).status_code == 302
    with inside(app, store):
        active = db.session.scalars(select(Shop.id).where(Shop.is_active)).all()
    assert active == [shop.id]
    assert "Taken Shop" in browser.get("/s/abc123/notices/").text


@pytest.mark.parametrize(("status", "state"), [(200, "installed"), (401, "needs_reinstall")])
def test_opening_tries_a_store_again_whose_token_was_rejected(
    app: Flask, browser: PageClient, bigcommerce: Any, environment: Any, status: int, state: str
) -> None:
    browser.get(AUTH)
    lose_token(app)
    if status != 200:
        url = f"{environment['BIGCOMMERCE_API_URL']}/stores/abc123/v2/store"
        bigcommerce.replace("GET", url, status=status, json={})
    assert browser.get(f"/bigcommerce/load?signed_payload_jwt={signed()}").status_code == 302
    store = only_store(app)
    with inside(app, store):
        assert (store.state, [one.key for one in notices.open_notices()]) == (
            state, [] if state == "installed" else ["store.reinstall"],
        )  # fmt: skip


def test_installing_again_ends_a_rejection(app: Flask, browser: PageClient, bigcommerce: Any) -> None:
    browser.get(AUTH)
    lose_token(app)
    assert browser.get(AUTH).status_code == 302
    with inside(app, only_store(app)):
        assert notices.open_notices() == []
    assert only_store(app).state == "installed"


def lose_token(app: Flask) -> None:
    with inside(app, only_store(app)):
        stores.reject(db.session.scalars(select(Store)).one(), "Invalid token")
        db.session.commit()
    assert only_store(app).state == "needs_reinstall"


def test_uninstall_token_counts_once(app: Flask, browser: PageClient, store: Store, bigcommerce: Any) -> None:
    token = signed()
    assert leave(browser, "uninstall", token) == 204
    browser.get(AUTH)
    assert leave(browser, "uninstall", token) == 204
    assert only_store(app).state == "installed"


@pytest.mark.parametrize(("status", "state"), [(200, "installed"), (401, "uninstalled")])
def test_uninstall_by_another_user_counts_when_bigcommerce_agrees(
    app: Flask, browser: PageClient, bigcommerce: Any, environment: Any, status: int, state: str
) -> None:
    browser.get(AUTH)
    if status != 200:
        url = f"{environment['BIGCOMMERCE_API_URL']}/stores/abc123/v2/store"
        bigcommerce.replace("GET", url, status=status, json={})
    leave(browser, "uninstall", signed(SECOND))
    assert only_store(app).state == state


def test_remove_user_ends_their_sessions_only(app: Flask, client: PageClient, store: Store, sign_in: Any) -> None:
    second = sign_in(store, make_person(app, store, 8, "second@example.com"))
    assert leave(client, "remove_user", signed(SECOND)) == 204
    assert second.get(second.at("notices/")).status_code == 401
    assert client.get(client.at("notices/")).status_code == 200
    with inside(app, store):
        assert db.session.scalars(select(Person.bigcommerce_id)).all() == [7]


@pytest.mark.parametrize("what", ["uninstall", "remove_user"])
def test_unsigned_callbacks_change_nothing(app: Flask, client: PageClient, what: str) -> None:
    assert leave(client, what, signed(secret="y" * 40)) == 403
    assert only_store(app).state == "installed" and count(app, Person) == 1


def test_many_stores_do_not_overflow_the_cookie_header(browser: PageClient, store: Store) -> None:
    for number in range(25):
        browser.set_cookie(f"__Host-causeway-other{number}", "x" * 43, secure=True)
    answer = load(browser, signed())
    assert len(answer.headers.getlist("Set-Cookie")) == 1 + 6
