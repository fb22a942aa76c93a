"""Forms sent from elsewhere: every route that changes something, without a token, with a foreign one, from a foreign
page. And nothing changes by being looked at."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from models import Person, db
from models.tenancy import tenant
from services import sessions
from tests.security.books import Books
from tests.security.conftest import signed_in, token
from tests.security.routes import WRITING, ways
from tests.security.world import Side

HERE = "http://localhost"


def attacks(own: str, foreign: str, colleague: str) -> list[tuple[str, dict[str, str], dict[str, str], dict[str, str]]]:
    """(what, headers, form, query)."""
    good = {"Origin": HERE}
    found: list[tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = [
        ("no token", good, {}, {}),
        ("empty token", good | {"X-CSRFToken": ""}, {"csrf_token": ""}, {}),
        ("token of another store", good, {"csrf_token": foreign}, {}),
        ("token of a colleague", good | {"X-CSRFToken": colleague}, {}, {}),
        ("cut token", good, {"csrf_token": own[:-2]}, {}),
        ("token in the address", good, {}, {"csrf_token": own}),
        ("token in a cookie", good | {"Cookie2": f"csrf_token={own}"}, {}, {}),
        ("no origin and no referer", {}, {"csrf_token": own}, {}),
        ("referer of another site", {"Referer": "https://evil.example/s/ours1/"}, {"csrf_token": own}, {}),
        ("our address in a foreign query", {"Referer": f"https://evil.example/?{HERE}/"}, {"csrf_token": own}, {}),
    ]
    for origin in (
        "https://evil.example", "null", "https://localhost", "http://localhost:81", "http://localhost.evil.example",
        "http://evil.localhost", "http://localhost@evil.example", "file://", "http://LOCALHOST.", "//localhost",
        "localhost",
        "http://localhost, https://evil.example", "http://store-ours1.mybigcommerce.com",
    ):  # fmt: skip
        found.append((f"origin {origin}", {"Origin": origin, "X-CSRFToken": own}, {"csrf_token": own}, {}))
        found.append((f"origin {origin} and a good referer", {"Origin": origin, "Referer": f"{HERE}/s/ours1/"},
                      {"csrf_token": own}, {}))  # fmt: skip
    return found


def test_every_change_wants_this_sessions_token_and_our_own_origin(
    app: Flask, owner: FlaskClient, ours: Side, other: Side, books: Books
) -> None:
    with app.app_context(), tenant(ours.store_id):
        second = Person(bigcommerce_id=8, email="second@example.com", seen_at=sessions.wall_clock())
        db.session.add(second)
        db.session.flush()
        cookie = sessions.begin(second)
        db.session.commit()
    own, colleague = token(owner, ours), token(signed_in(app, ours, value=cookie), ours)
    tricks = attacks(own, token(signed_in(app, other), other), colleague)
    books.look()
    wrong, changing = [], list(ways(app, "POST", "PUT", "PATCH", "DELETE"))
    for number, way in enumerate(changing):
        # Each route sees the six plain ones; the finer ones take turns, since one guard stands before all of them.
        for what, headers, form, query in [*tricks[:6], *tricks[6 + number % 5 :: 5]]:
            answer = owner.open(way.address(ours), method=way.method, headers=headers, data=form, query_string=query)
            if answer.status_code != 400 or books.changes():
                wrong.append(f"{way.method} {way.rule} {what}: {answer.status_code}")
    assert wrong == [] and len(changing) > 20
    # The same requests with everything in order are taken: it was the attack that was refused.
    fine = owner.post(f"/s/{ours.hash}/notices/seen", headers={"Origin": HERE}, data={"csrf_token": own})
    assert fine.status_code == 303


def test_a_refused_form_says_what_happened(owner: FlaskClient, ours: Side) -> None:
    page = owner.post(f"/s/{ours.hash}/notices/seen", headers={"Origin": "null"})
    assert page.status_code == 400 and "Reload the page" in page.text and "Nothing was changed" in page.text


def test_no_form_of_another_type_gets_through(app: Flask, owner: FlaskClient, ours: Side, books: Books) -> None:
    """JSON, plain text and multipart are forms that other sites can send too."""
    kinds = ("application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "")
    for number, way in enumerate(ways(app, "POST")):
        body, kind = b'{"csrf_token":"x"}', kinds[number % len(kinds)]
        answer = owner.post(way.address(ours), data=body, content_type=kind, headers={"Origin": HERE})
        assert answer.status_code == 400 and books.changes() == [], (way.rule, kind)


def test_looking_changes_nothing(app: Flask, owner: FlaskClient, ours: Side, books: Books) -> None:
    """Every page, bare and with all that an address can say, whole and as a fragment, GET and HEAD."""
    everything: dict[str, Any] = {
        **ours.bulk, "shop": ours.bulk["shop"], "q": "mug", "tab": "ready", "all": "1", "sort": "title",
        "state": "done",
        "problem": "title.missing", "category": "600101", "in": "600100", "key": "101", "map-101-kind": "fixed",
        "purpose": "switch", "authorization": ours.bulk["authorization"], "since": "2026-01-01T00:00:00+00:00",
        "back": "settings", "change": "1", "find": "mug", "base": "wizard", "status": "not_uploaded", "asked": "39",
        "action": "delete", "delete": "1", "enabled": "0",
    }  # fmt: skip
    wrong = []
    for way in ways(app, "GET", "HEAD"):
        for query in ({}, everything, everything | {"all": ""}):
            for headers in ({},) if way.method == "HEAD" else ({}, {"HX-Request": "true"}):
                answer = owner.open(way.address(ours), method=way.method, query_string=query, headers=headers)
                changes = books.changes()
                if changes or answer.status_code >= 500:
                    wrong.append(f"{way.method} {way.rule}: {answer.status_code} {changes}")
    assert wrong == []


def test_the_ways_that_write_when_opened_are_the_signed_ones(app: Flask, stranger: FlaskClient, books: Books) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "writes", False)}
    assert marked == WRITING
    for way in ways(app, "GET", "HEAD", "OPTIONS", tenant=False):
        for query in ({}, {"code": "x", "state": "y", "context": "z", "scope": "s", "signed_payload_jwt": "j"}):
            assert stranger.open(way.address_outside(), method=way.method, query_string=query).status_code < 500 or (
                way.endpoint in ("tiktok_callback.arrive", "entry.auth")
            )
    assert books.changes() == []
