"""What every answer of every route carries, whatever its status."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.engines import close
from tests.security.conftest import token
from tests.security.routes import Way, ways
from tests.security.world import Side

HERE = {"Origin": "http://localhost"}


def faults(way: Way, answer: TestResponse) -> list[str]:
    """Headers that are missing or say too much."""
    headers, wrong = answer.headers, []
    policy = dict(part.partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split("; "))
    for name in ("default-src", "base-uri"):
        if policy.get(name) != "'none'":
            wrong.append(f"{name} {policy.get(name)}")
    for name in ("script-src", "style-src", "connect-src", "form-action"):
        if policy.get(name) != "'self'":
            wrong.append(f"{name} {policy.get(name)}")
    if (
        "unsafe" in headers.get("Content-Security-Policy", "unsafe")
        or "frame-ancestors" not in policy
        or "*" in policy["frame-ancestors"]
    ):
        wrong.append(f"policy {policy}")
    wanted = {
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    wrong += [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if way.endpoint != "static" and headers.get("Cache-Control") != "no-store":
        wrong.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if len(headers.get("X-Request-Id", "")) < 8:
        wrong.append("X-Request-Id")
    tells = {"X-Powered-By", "X-AspNet-Version", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"}
    wrong += [f"{name} is sent" for name in tells if name in headers]
    if answer.data and answer.mimetype == "text/html" and headers["Content-Type"] != "text/html; charset=utf-8":
        wrong.append(headers["Content-Type"])
    for cookie in headers.getlist("Set-Cookie"):
        flags = {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"}
        if not cookie.startswith("__Host-") or not flags <= set(cookie.split("; ")) or "Domain=" in cookie:
            wrong.append(f"cookie {cookie.partition('=')[0]}")
    return [f"{way.method} {way.rule} {answer.status_code}: {fault}" for fault in wrong]


def test_every_route_whatever_it_answers(app: Flask, owner: FlaskClient, stranger: FlaskClient, ours: Side) -> None:
    wrong, statuses = [], set()
    secret = token(owner, ours)
    for tenant in (True, False):
        for way in ways(app, "GET", "POST", "HEAD", "OPTIONS", tenant=tenant):
            if way.endpoint in CALLING:
                continue
            address = way.address(ours) if tenant else way.address_outside()
            asked: list[tuple[FlaskClient, dict[str, str], dict[str, str] | None]] = [
                (stranger, {}, None),
                (owner, HERE, None),
            ]
            if way.method == "POST":
                asked.append((owner, HERE, {"csrf_token": secret, "version": "1"}))
            for client, headers, data in asked:
                answer = client.open(address, method=way.method, headers=headers, data=data)
                statuses.add(answer.status_code)
                wrong += faults(way, answer)
    assert wrong[:20] == []
    assert {200, 303, 400, 401, 403, 404, 405, 422} - statuses <= {405, 404}


CALLING = {"settings.refresh", "wizard.refresh_warehouses", "settings.choose_category", "wizard.choose_category"}


def test_pages_of_errors_carry_them_too(app: Flask, owner: FlaskClient, stranger: FlaskClient, ours: Side) -> None:
    @app.get("/breaks")
    def breaks() -> str:
        raise ZeroDivisionError

    way = next(ways(app, "GET"))
    for path in (
        "/no/such",
        "/breaks",
        f"/s/{ours.hash}/no/such",
        "/bigcommerce/load?signed_payload_jwt=x",
        f"/s/{ours.hash}/?q=" + "x" * 20_000,
    ):
        for client in (owner, stranger):
            assert faults(way, client.get(path)) == []


def test_production_adds_transport_security_and_opens_no_sandbox(environment: dict[str, str]) -> None:
    from app import create_app

    silent = ("SANDBOX_URL", "BIGCOMMERCE_API_URL", "BIGCOMMERCE_LOGIN_URL", "TIKTOK_API_URL", "TIKTOK_AUTH_URL",
              "TIKTOK_CONSENT_URL")  # fmt: skip
    settings = environment | dict.fromkeys(silent, "") | {
        "CAUSEWAY_ENV": "production", "APP_URL": "https://causeway.example", "FRAME_ANCESTORS": "https://*.mybigcommerce.com",
    }  # fmt: skip
    app = create_app(settings)
    try:
        answer = app.test_client().get("/healthz")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors https://*.mybigcommerce.com" in policy and "http:" not in policy.replace("https:", "")
    finally:
        close(app)


def test_a_bug_of_ours_tells_nothing_of_our_inside(app: Flask, stranger: FlaskClient) -> None:
    @app.get("/breaks")
    def breaks() -> str:
        raise RuntimeError("password=hunter2 at 10.0.0.5 /srv/app.py")

    page = stranger.get("/breaks")
    assert page.status_code == 500
    assert not [
        word
        for word in ("hunter2", "RuntimeError", "Traceback", "10.0.0.5", ".py", "werkzeug", "flask")
        if word in page.text.lower()
    ]
