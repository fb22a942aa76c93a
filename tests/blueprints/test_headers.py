"""What every answer carries."""

from typing import Any

import pytest
from flask import Flask, request

from blueprints.headers import content_policy
from config import Config
from tests.pages import PageClient


def directives(policy: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition(" ") for part in policy.split("; "))}


@pytest.mark.parametrize(
    "path", ["/s/abc123/notices/", "/s/unknown1/", "/healthz", "/bigcommerce/auth", "/no-such-page"]
)
def test_every_answer_is_framed_only_by_the_control_panel(client: PageClient, environment: Any, path: str) -> None:
    headers = client.get(path).headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == environment["FRAME_ANCESTORS"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]


def test_production_takes_no_pictures_from_the_sandbox_and_insists_on_https() -> None:
    assert "8100" in content_policy(Config(causeway_env="development", sandbox_url="http://127.0.0.1:8100"))
    assert "8100" not in content_policy(Config(sandbox_url="http://127.0.0.1:8100"))
    assert directives(content_policy(Config(frame_ancestors="")))["frame-ancestors"] == "'none'"


def test_hsts_in_production_only(environment: dict[str, str]) -> None:
    from app import create_app
    from tests.engines import close

    production = {"CAUSEWAY_ENV": "production", "APP_URL": "https://app.example", "SANDBOX_URL": ""}
    app = create_app(environment | production)
    try:
        assert "max-age" in app.test_client().get("/healthz").headers["Strict-Transport-Security"]
    finally:
        close(app)


def test_development_sends_no_hsts(client: PageClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_static_files_with_a_digest_are_kept(client: PageClient) -> None:
    client.get(client.at("notices/"))
    assert client.seen is not None
    address = next(url for _, _, url in client.seen.addresses if "causeway.css" in url)
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/css/causeway.css").headers["Cache-Control"] == "no-cache"


def test_request_id_is_passed_on_when_it_is_one(client: PageClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "edge-12345678"}).headers["X-Request-Id"] == "edge-12345678"
    assert "<" not in client.get("/healthz", headers={"X-Request-Id": "<script>12345"}).headers["X-Request-Id"]


def test_no_cookie_of_flasks_own(client: PageClient) -> None:
    assert "Set-Cookie" not in client.get(client.at("notices/")).headers


@pytest.mark.parametrize(("hops", "seen"), [("0", "http"), ("1", "https")])
def test_proxy_headers_count_only_as_configured(environment: dict[str, str], hops: str, seen: str) -> None:
    from app import create_app
    from tests.engines import close

    app = create_app(environment | {"PROXY_HOPS": hops})
    app.add_url_rule("/scheme", "scheme", lambda: request.scheme)
    try:
        assert app.test_client().get("/scheme", headers={"X-Forwarded-Proto": "https"}).text == seen
    finally:
        close(app)


def test_health(client: PageClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok", "redis": "ok"})


def test_health_without_redis_is_degraded_but_up(environment: dict[str, str]) -> None:
    from app import create_app
    from tests.engines import close

    app: Flask = create_app(environment | {"REDIS_URL": "redis://127.0.0.1:1/0"})
    try:
        answer = app.test_client().get("/healthz")
        assert answer.status_code == 200 and answer.json is not None and answer.json["redis"] == "away"
    finally:
        close(app)


def test_health_without_database_is_down(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    from models import db

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(db.session, "execute", away)
    answer = client.get("/healthz")
    assert answer.status_code == 503 and answer.json is not None and answer.json["database"] == "away"
