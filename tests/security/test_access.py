"""Every route × everybody who has no business there: refused in words, nothing shown, nothing changed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from models import Person, WebSession, db
from models.tenancy import tenant
from services import sessions
from tests.security.books import Books
from tests.security.conftest import signed_in, token
from tests.security.routes import SAFE, Way, ways
from tests.security.world import FORM, Side

ORIGIN = {"Origin": "http://localhost"}
ODD = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "POST2")


def ask(client: FlaskClient, way: Way, side: Side, ids: dict[str, Any] | None = None, **given: Any) -> TestResponse:
    return client.open(way.address(side, ids), method=way.method, headers=ORIGIN | given.pop("headers", {}), **given)


def faults(
    client: FlaskClient, app: Flask, side: Side, books: Books, statuses: set[int], marks: tuple[str, ...], **given: Any
) -> list[str]:
    """What went wrong at any route of `side`."""
    found = []
    for way in ways(app, "GET", "POST"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = ask(client, way, side, headers=headers, **given)
            told = f"{way.method} {way.rule} {headers} -> {answer.status_code}"
            if answer.status_code not in statuses:
                found.append(told)
            found += [f"{told} shows {mark}" for mark in marks if mark in whole(answer)]
            found += [f"{told} changed {change}" for change in books.changes()]
    return found


def whole(answer: TestResponse) -> str:
    """Body and headers."""
    return f"{answer.headers}\n{answer.text}"


def marks(*sides: Side) -> tuple[str, ...]:
    return tuple(side.mark for side in sides)


def test_nobody_gets_nothing(app: Flask, stranger: FlaskClient, ours: Side, other: Side, books: Books) -> None:
    assert faults(stranger, app, ours, books, {401}, marks(ours, other)) == []
    page = stranger.get(f"/s/{ours.hash}/listings/")
    assert 'target="_top"' in page.text and "Open it in BigCommerce" in page.text


def test_a_session_of_another_store_opens_nothing(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    assert faults(owner, app, other, books, {404}, marks(other)) == []


def test_a_copied_cookie_opens_nothing(app: Flask, ours: Side, other: Side, books: Books) -> None:
    """The value of one store's cookie under the other store's name, alone and beside the real one."""
    thief = signed_in(app, ours, name=other.cookie_name)
    assert faults(thief, app, other, books, {404}, marks(other)) == []
    thief.set_cookie(ours.cookie_name, ours.cookie, secure=True)
    assert faults(thief, app, other, books, {404}, marks(other)) == []


@pytest.mark.parametrize("end", ["removed", "revoked", "expired", "uninstalled"])
def test_who_was_shown_out_stays_out(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books, end: str
) -> None:
    assert owner.get(f"/s/{ours.hash}/notices/").status_code == 200
    with app.app_context(), tenant(ours.store_id):
        if end == "removed":
            sessions.end_all(db.session.get(Person, ours.person_id))
            db.session.execute(delete(Person).where(Person.id == ours.person_id))
        elif end == "revoked":
            sessions.end_all()
        elif end == "expired":
            past = sessions.wall_clock() - timedelta(seconds=1)
            db.session.execute(
                update(WebSession).values(expires_at=past), execution_options={"synchronize_session": False}
            )
        else:
            from services import stores

            stores.uninstall(ours.hash)
        db.session.commit()
    books.look()
    assert faults(owner, app, ours, books, {401}, marks(ours, other)) == []


MADE_UP = ("", "x", "x" * 5000, "é\u202e\U0001f600", "a b", "' OR 1=1 --", "0", "null", "\x7f", "%00", "\xff\xfe")


def test_a_made_up_cookie_is_no_session(app: Flask, ours: Side, books: Books) -> None:
    client = app.test_client(use_cookies=False)
    for value in MADE_UP:
        header = f"{ours.cookie_name}={value}".encode().decode("latin-1")
        for way in list(ways(app, "GET"))[:4]:
            answer = client.get(way.address(ours), headers={"Cookie": header})
            assert answer.status_code == 401 and books.changes() == [], value


def test_ids_of_another_store_in_the_path_are_not_there(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    """Also with a valid token; and an id that nobody has answers the same, word for word."""
    before, form = books.of_store(other.store_id), {**FORM, "csrf_token": token(owner, ours)}
    none = {name: 10**9 for name in other.ids}
    wrong = []
    for way in ways(app, "GET", "POST"):
        if not way.rows:
            continue
        data = None if way.method == "GET" else form
        answers = [ask(owner, way, ours, ids, data=data) for ids in (other.ids, none)]
        texts = [stripped(answer.text, ids) for answer, ids in zip(answers, (other.ids, none), strict=True)]
        if [answer.status_code for answer in answers] != [404, 404] or texts[0] != texts[1]:
            wrong.append(f"{way.method} {way.rule}: {[answer.status_code for answer in answers]}")
        wrong += [f"{way.method} {way.rule} shows it" for answer in answers if other.mark in whole(answer)]
        wrong += [f"{way.method} {way.rule} changed {change}" for change in books.changes()]
    assert wrong == []
    assert books.of_store(other.store_id) == before


def stripped(text: str, ids: dict[str, Any]) -> str:
    for number in sorted({str(value) for value in ids.values()}, key=len, reverse=True):
        text = text.replace(f"/{number}", "/N")
    return re.sub(r'(?<=X-CSRFToken": ")[^"]+|(?<=name="csrf_token" value=")[^"]+', "TOKEN", text)


def test_half_of_a_path_from_elsewhere_is_not_there(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    """Where a path names two rows, the second must belong to the first: not to another store, not to a sister."""
    form, wrong = {**FORM, "csrf_token": token(owner, ours)}, []
    for way in ways(app, "GET", "POST"):
        names = way.rows
        pairs = [(name, other.ids[name]) for name in names] + [
            (name, ours.sister[name]) for name in names[1:] if name in ours.sister
        ]
        for name, number in pairs if len(names) > 1 else ():
            answer = ask(owner, way, ours, {**ours.ids, name: number}, data=None if way.method == "GET" else form)
            if answer.status_code != 404 or other.mark in whole(answer) or books.changes():
                wrong.append(f"{way.method} {way.rule} with a foreign {name}: {answer.status_code}")
    assert wrong == []


def test_ids_of_another_store_in_forms_and_addresses_reach_nothing(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    """Everything of the other store that a form could name, at every route of ours, one by one and in bulk."""
    before, secret, wrong = books.of_store(other.store_id), token(owner, ours), []
    extra = {"category": "600101", "all": "", "where": "chosen", "version": "1", "title": "Changed by a stranger"}
    for way in ways(app, "GET", "POST"):
        if way.endpoint in PLATFORM:
            continue
        for shop in ("", *other.bulk["shop"]):
            query = {**other.bulk, **extra, "shop": shop}
            data = {**query, "csrf_token": secret} if way.method == "POST" else None
            answer = ask(owner, way, ours, query_string=query, data=data)
            if answer.status_code >= 500 or other.mark in whole(answer):
                wrong.append(f"{way.method} {way.rule}: {answer.status_code}")
    assert wrong == []
    assert books.of_store(other.store_id) == before


# These end at a platform that does not answer here; their ids are in the path and tested above.
PLATFORM = {"settings.refresh", "wizard.refresh_warehouses", "settings.choose_category", "wizard.choose_category"}


def test_bulk_actions_take_ours_and_leave_the_others(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    """A selection that mixes both stores' listings changes ours alone."""
    before, mixed = books.of_store(other.store_id), ours.bulk["id"][:1] + other.bulk["id"]
    form = {"csrf_token": token(owner, ours), "id": mixed, "weight": "2", "unit": "POUND"}
    for action in ("package", "remove"):
        address = f"/s/{ours.hash}/listings/bulk/{action}?shop={ours.ids['shop_id']}"
        answer = owner.post(address, data=form, headers=ORIGIN)
        assert answer.status_code == 303, action
        assert any(change.startswith("listing ") for change in books.changes())
    assert books.of_store(other.store_id) == before


def test_odd_methods_show_and_change_nothing(
    app: Flask, stranger: FlaskClient, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    wrong = []
    for way in {way.rule.rule: way for way in ways(app, "GET", "POST")}.values():
        for method in ODD:
            client, side = (stranger, ours) if method in SAFE else (owner, other)
            answer = client.open(way.address(side), method=method, headers=ORIGIN)
            refused = {401, 405} if method in SAFE else {405}
            if answer.status_code not in refused or side.mark in whole(answer) or books.changes():
                wrong.append(f"{method} {way.rule}: {answer.status_code}")
    assert wrong == []


def test_a_method_cannot_be_smuggled_in_a_header(app: Flask, owner: FlaskClient, ours: Side, books: Books) -> None:
    override = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "POST")
    for way in ways(app, "POST"):
        owner.get(way.address(ours), query_string={"_method": "POST"}, headers=ORIGIN | override)
    assert books.changes() == []


def test_every_route_below_a_store_is_guarded_and_the_others_are_known(app: Flask) -> None:
    """Whoever adds a page outside /s/ must say here why it needs no session."""
    outside = {rule.endpoint for rule in app.url_map.iter_rules() if "store_hash" not in rule.arguments}
    assert outside == {
        "static", "health.healthz",
        "metrics.show",  # wants METRICS_TOKEN
        "entry.auth", "entry.load", "entry.uninstall", "entry.remove_user",  # signed by BigCommerce
        "tiktok_callback.arrive",  # carries our signed state
        "hooks.tiktok", "hooks.bigcommerce",  # signed
    }  # fmt: skip
