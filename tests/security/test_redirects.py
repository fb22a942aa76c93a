"""Nobody is sent elsewhere: whatever an address asks for, we lead to our own pages of the same store."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g
from flask.testing import FlaskClient

from blueprints.page import done
from models.tenancy import tenant
from services import consents, setup
from services.actor import Actor
from tests.security.conftest import token
from tests.security.launches import signed
from tests.security.routes import ways
from tests.security.world import Side

TRICKS = (
    "https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/", "\\\\evil.example",
    "/\t/evil.example/",
    "/\n/evil.example", "\x0b//evil.example", " //evil.example", "https:evil.example", "https:/evil.example", "http:///evil.example",
    "javascript:alert(1)", "data:text/html,x", "/%2f%2fevil.example/", "/%5cevil.example", "/..//evil.example/",
    "/s/other1/listings/", "/s/ours1/../../evil", "/s/ours1//evil.example/", "/s/ours1/%2e%2e/%2e%2e/healthz",
    "/@evil.example/", "@evil.example", "/s/ours1@evil.example/", "/\u2215\u2215evil.example", "/\uff0fevil.example",
    "/.evil.example",
    "/s/ours1/\r\nSet-Cookie: a=b", "/%0d%0aLocation:%20https://evil.example", "/;//evil.example",
    "/?next=//evil.example",
    "?//evil.example", "#//evil.example", "/bigcommerce/uninstall", "/static/css/causeway.css", "/hooks/tiktok",
)  # fmt: skip
NAMES = (
    "next", "url", "to", "back", "return", "returnTo", "return_to", "redirect", "redirect_uri", "redirect_url",
    "continue",
    "goto", "dest", "destination", "target", "location", "callback", "r", "u", "link", "path", "base", "here",
    "referer",
)  # fmt: skip
LEADING = (
    "Location",
    "HX-Redirect",
    "HX-Location",
    "HX-Push-Url",
    "HX-Replace-Url",
    "Refresh",
    "Content-Location",
    "Link",
)


def leads_inside(location: str, home: str) -> bool:
    """As a browser reads it: it drops tabs and line ends, and takes a backslash for a slash."""
    read = location.translate({9: None, 10: None, 13: None}).strip().replace("\\", "/")
    parts = urlsplit(read)
    plain = not parts.scheme and not parts.netloc and not read.startswith("//")
    return plain and (read == home or read.startswith(home)) and "/../" not in f"{parts.path}/"


def test_a_deep_link_leads_to_our_pages_of_that_store(stranger: FlaskClient, ours: Side) -> None:
    for trick in TRICKS:
        answer = stranger.get("/bigcommerce/load", query_string={"signed_payload_jwt": signed(url=trick)})
        assert answer.status_code == 302
        assert leads_inside(answer.headers["Location"], f"/s/{ours.hash}/"), answer.headers["Location"]


def test_no_parameter_of_any_route_leads_elsewhere(
    app: Flask, owner: FlaskClient, ours: Side, stranger: FlaskClient
) -> None:
    form, wrong, led = {"csrf_token": token(owner, ours), "version": "1"}, [], 0
    tricks = [trick for trick in TRICKS if trick.isascii() and not trick.startswith("/static/")]
    for number, way in enumerate(ways(app, "GET", "POST")):
        for trick in tricks[number % 12 :: 12]:
            query = dict.fromkeys(NAMES, trick)
            headers = {"Origin": "http://localhost", "HX-Current-URL": "https://evil.example/"}
            for more in ({}, {"HX-Request": "true"}):
                data: dict[str, Any] | None = {**query, **form} if way.method == "POST" else None
                if way.endpoint in OUTSIDE:
                    continue
                answer = owner.open(
                    way.address(ours), method=way.method, query_string=query, data=data, headers=headers | more
                )
                for name in LEADING:
                    led += name in answer.headers
                    if name in answer.headers and not leads_inside(answer.headers[name], f"/s/{ours.hash}/"):
                        wrong.append(f"{way.method} {way.rule} {trick!r}: {name}: {answer.headers[name]}")
                wrong += [f"{way.method} {way.rule} {trick!r} is a link" for quote in "\"'"
                          if f"href={quote}{trick}" in answer.text and not trick.startswith("/s/ours1")]  # fmt: skip
    assert wrong == [] and led > 20


# They ask a platform first, and none answers here; they lead where they always do.
OUTSIDE = {"settings.refresh", "wizard.refresh_warehouses", "settings.choose_category", "wizard.choose_category"}


def test_callbacks_lead_where_they_always_do(stranger: FlaskClient, ours: Side) -> None:
    for name in NAMES:
        evil = {name: "https://evil.example/"}
        answer = stranger.get("/bigcommerce/load", query_string=evil | {"signed_payload_jwt": signed()})
        assert answer.headers["Location"] == f"/s/{ours.hash}/"
    evil = dict.fromkeys(NAMES, "https://evil.example/")
    for query in ({"code": "x", "state": "y"}, {"error": "denied"}, {"code": "null"}):
        answer = stranger.get("/tiktok/callback", query_string=evil | query)
        assert "Location" not in answer.headers and "evil.example" not in answer.text
    failed = stranger.get("/bigcommerce/auth", query_string=evil | {"external_install": "https://evil.example/"})
    assert failed.headers["Location"].startswith("http://127.0.0.1:1/app/")  # BigCommerce's own page


def test_slashes_in_a_path_lead_nowhere_else(owner: FlaskClient, ours: Side) -> None:
    for path in (
        "//evil.example/",
        "//evil.example/s/ours1/notices",
        "/s/ours1//notices/",
        "/s//evil.example/",
        "/%2F/evil.example/",
    ):
        answer = owner.get(f"http://localhost{path}")
        location = answer.headers.get("Location", "/")
        assert urlsplit(location).netloc in ("", "localhost") and not location.startswith("//"), location


def test_a_host_header_decides_nothing(owner: FlaskClient, stranger: FlaskClient, ours: Side) -> None:
    evil = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/evil",
        "Forwarded": "host=evil.example",
    }
    for client, path in (
        (owner, f"/s/{ours.hash}/"),
        (stranger, f"/s/{ours.hash}/"),
        (stranger, "/tiktok/callback?error=x"),
    ):
        answer = client.get(path, headers=evil)
        assert "evil.example" not in answer.text and "evil.example" not in answer.headers.get("Location", "")


def test_the_consent_link_is_tiktoks(app: Flask, ours: Side) -> None:
    with app.app_context(), tenant(ours.store_id):
        link = consents.link(Actor("owner", ours.store_id, ours.person_id, is_owner=True))
        assert link.startswith(setup.config().tiktok_consent_url.rstrip("/") + "/open/authorize?")


def test_done_leads_only_where_the_code_says(app: Flask) -> None:
    """The one helper behind every write takes its target from our code and adds nothing of the request."""
    with app.test_request_context("/s/ours1/x?next=//evil.example", headers={"Referer": "https://evil.example/"}):
        g.store_hash = "ours1"
        assert done("/s/ours1/notices/").headers["Location"] == "/s/ours1/notices/"
