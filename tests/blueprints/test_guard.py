"""Who may see a store's pages."""

from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import select, update

from models import Person, Shop, Store, WebSession, db
from models.tenancy import current
from services import sessions
from tests.blueprints.conftest import SignIn, inside, make_person, make_shop, make_store
from tests.pages import PageClient


def expire(app: Flask, store: Store, left: timedelta) -> None:
    with inside(app, store):
        db.session.execute(update(WebSession).values(expires_at=sessions.wall_clock() + left))


def test_page_opens_and_shows_the_store(client: PageClient, store: Store) -> None:
    answer = client.get(client.at("notices/"))
    assert answer.status_code == 200
    assert "First Store" in answer.text and "owner@example.com" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers["Vary"]


def test_without_session_every_hash_answers_alike(app: Flask, store: Store) -> None:
    uninstalled = make_store(app, "gone1", state="uninstalled")
    anonymous = app.test_client()
    answers = [anonymous.get(f"/s/{name}/notices/") for name in (store.hash, uninstalled.hash, "unknown1")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    pages = {
        answer.text.replace(name, "HASH")
        for answer, name in zip(answers, (store.hash, "gone1", "unknown1"), strict=True)
    }
    assert len(pages) == 1
    assert 'target="_top"' in answers[0].text


def test_other_store_is_like_an_unknown_one(client: PageClient, other_store: Store) -> None:
    known, unknown = client.get(f"/s/{other_store.hash}/notices/"), client.get("/s/unknown1/notices/")
    assert known.status_code == unknown.status_code == 404
    assert known.text.replace(other_store.hash, "HASH") == unknown.text.replace("unknown1", "HASH")


def test_a_session_of_one_store_does_not_open_another_under_its_cookie_name(
    client: PageClient, store: Store, other_store: Store
) -> None:
    stolen = client.get_cookie(sessions.cookie_name(store.hash))
    assert stolen is not None
    client.set_cookie(sessions.cookie_name(other_store.hash), stolen.value, secure=True)
    assert client.get(f"/s/{other_store.hash}/notices/").status_code == 404


def test_two_stores_are_open_in_one_browser(client: PageClient, store: Store, other_store: Store, app: Flask) -> None:
    with inside(app, other_store):
        opaque = sessions.begin(db.session.scalars(select(Person)).one())
    client.set_cookie(sessions.cookie_name(other_store.hash), opaque, secure=True)
    first, second = client.get(f"/s/{store.hash}/notices/"), client.get(f"/s/{other_store.hash}/notices/")
    assert "First Store" in first.text and "secret matter" not in first.text
    assert "Other Store" in second.text and "secret matter" in second.text


def test_nothing_of_the_other_store_shows(client: PageClient, other_store: Store) -> None:
    text = client.get(client.at("notices/")).text
    assert "secret" not in text and "Other" not in text


def test_expired_session_says_so(app: Flask, client: PageClient, store: Store) -> None:
    expire(app, store, timedelta(seconds=-1))
    assert client.get(client.at("notices/")).status_code == 401


def test_expired_session_keeps_the_page_for_htmx(app: Flask, client: PageClient, store: Store) -> None:
    client.get(client.at("notices/"))
    expire(app, store, timedelta(seconds=-1))
    answer = client.get(client.at("notices/"), htmx=True)
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#session-notice"
    assert "session-lost" in answer.headers["HX-Trigger"]
    assert "<html" not in answer.text


def test_session_slides_at_most_every_half_hour(app: Flask, client: PageClient, store: Store) -> None:
    fresh = client.get(client.at("notices/"))
    assert "Set-Cookie" not in fresh.headers
    expire(app, store, timedelta(hours=5))
    renewed = client.get(client.at("notices/"))
    cookie = renewed.headers["Set-Cookie"]
    for flag in (
        "__Host-causeway-abc123=",
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
        "Max-Age=43200",
    ):
        assert flag in cookie
    assert "Domain" not in cookie
    with inside(app, store):
        left = db.session.scalars(select(WebSession.expires_at)).one() - sessions.wall_clock()
    assert left > timedelta(hours=11)


def test_cookie_value_is_not_in_the_database(app: Flask, client: PageClient, store: Store) -> None:
    cookie = client.get_cookie(sessions.cookie_name(store.hash))
    assert cookie is not None
    with inside(app, store):
        kept = db.session.scalars(select(WebSession.digest)).one()
    assert kept != cookie.value and kept == sessions.digest(cookie.value)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 400),  # no token
        ({"Origin": "https://evil.example", "X-CSRFToken": "TOKEN"}, 400),
        ({"Origin": "null", "X-CSRFToken": "TOKEN"}, 400),
        ({"X-CSRFToken": "TOKEN"}, 400),  # neither Origin nor Referer
        ({"Referer": "http://localhost/s/abc123/notices/", "X-CSRFToken": "TOKEN"}, 303),
        ({"Origin": "http://localhost", "X-CSRFToken": "TOKEN"}, 303),
        ({"Origin": "http://localhost", "X-CSRFToken": "TOKENx"}, 400),
    ],
)
def test_forged_forms_change_nothing(client: PageClient, headers: dict[str, str], status: int) -> None:
    token = client.token()
    sent = {name: value.replace("TOKEN", token) for name, value in headers.items()}
    assert client.post(client.at("notices/seen"), headers=sent, forged=True).status_code == status


def test_a_token_of_another_session_does_not_count(
    app: Flask, client: PageClient, store: Store, sign_in: SignIn
) -> None:
    other = sign_in(store, make_person(app, store, 8, "second@example.com"))
    stolen = client.token()
    headers = {"X-CSRFToken": stolen}
    assert other.post(other.at("notices/seen"), headers=headers).status_code == 400


def test_forged_form_from_htmx_is_a_toast(client: PageClient) -> None:
    answer = client.post(client.at("notices/seen"), htmx=True, forged=True)
    assert answer.status_code == 400
    assert answer.headers["HX-Reswap"] == "none" and "toast" in answer.headers["HX-Trigger"]


def test_the_only_shop_is_chosen(app: Flask, client: PageClient, store: Store) -> None:
    shop = make_shop(app, store)
    with client:
        client.get(client.at("notices/"))
        assert g.shop.id == shop.id and g.shops == [g.shop]


def test_one_of_several_shops_is_chosen_by_address_and_kept_in_links(
    app: Flask, client: PageClient, store: Store
) -> None:
    first = make_shop(app, store)
    second = make_shop(app, store, "7490000000000000002", "Second Shop", "GB")
    assert "All shops" in client.get(client.at("notices/")).text
    text = client.get(client.at(f"notices/?shop={second.id}")).text
    assert f"/s/abc123/notices/seen?shop={second.id}" not in text  # nothing to mark as seen
    assert f"/s/abc123/guide/notices?shop={second.id}" in text
    assert f"shop={first.id}" in text  # the switcher


def test_shop_of_another_store_cannot_be_chosen(
    app: Flask, client: PageClient, store: Store, other_store: Store
) -> None:
    make_shop(app, store)
    make_shop(app, store, "7490000000000000002", "Second Shop")
    with inside(app, other_store):
        foreign = db.session.scalars(select(Shop.id)).one()
    answer = client.get(client.at(f"notices/?shop={foreign}"))
    assert answer.status_code == 200 and "Other Shop" not in answer.text


def test_tenant_ends_with_the_request(client: PageClient) -> None:
    client.get(client.at("notices/"))
    assert current.get() is None


@pytest.mark.parametrize("path", ["activities/?q=a%00b", "products/?q=%00", "listings/?%00=1", "activities/?q=%00&q=x"])
def test_nul_in_an_address_is_refused(client: PageClient, path: str) -> None:
    """No database of ours keeps it, and PostgreSQL answers it with an error."""
    assert client.get(client.at(path)).status_code == 400


def test_nul_in_a_form_is_refused(client: PageClient) -> None:
    assert client.post(client.at("notices/seen"), data={"note": "a\0b"}).status_code == 400


@pytest.mark.parametrize("path", ["activities/{}", "listings/{}", "products/{}"])
@pytest.mark.parametrize("number", [2**63, 10**40])
def test_a_number_beyond_every_key_is_not_found(client: PageClient, path: str, number: int) -> None:
    assert client.get(client.at(path.format(number))).status_code == 404
