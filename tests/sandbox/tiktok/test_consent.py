"""Consent pages and the token host (reference 2, 11.2)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import Document

SELLER = "7494000000000000101"
PAGE = "/open/authorize"


def asked(shared: Platform, **more: str) -> dict[str, str]:
    return {"service_id": shared.box.settings.tiktok_service_id, "state": "st&te=1", **more}


def token(http: FlaskClient, shared: Platform, path: str, **changes: str) -> Document:
    settings = shared.box.settings
    query = {"app_key": settings.tiktok_app_key, "app_secret": settings.tiktok_app_secret, **changes}
    answer = http.get(f"/api/v2/token/{path}", query_string=query)
    assert answer.status_code == 200
    body: Document = answer.get_json()
    return body


def decide(http: FlaskClient, shared: Platform, **form: str) -> dict[str, list[str]]:
    answer = http.post(PAGE, data=asked(shared, account=SELLER, **form))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{shared.box.settings.app_url}/tiktok/callback?")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_two_steps_to_tokens(http: FlaskClient, shared: Platform) -> None:
    accounts = http.get(PAGE, query_string=asked(shared))
    assert accounts.status_code == 200 and SELLER in accounts.text
    consent = http.get(PAGE, query_string=asked(shared, account=SELLER))
    assert "Switch account" in consent.text and 'name="agreement" value="1" required' in consent.text
    for scope in ("Seller", "Products", "Orders", "Shipping", "Finance"):
        assert f"<strong>{scope}</strong>" in consent.text
    back = decide(http, shared, decision="authorize", agreement="1")
    assert back["state"] == ["st&te=1"] and back["code"][0].startswith("TTP_")
    found = token(http, shared, "get", auth_code=back["code"][0], grant_type="authorized_code")["data"]
    now = shared.now()
    assert abs(found["access_token_expire_in"] - now - 7 * 86_400) < 5
    assert found["user_type"] == 0 and "serller.product.optimize" in found["granted_scopes"]
    renewed = token(http, shared, "refresh", refresh_token=found["refresh_token"], grant_type="refresh_token")["data"]
    assert renewed["access_token"] != found["access_token"]
    assert renewed["refresh_token_expire_in"] == found["refresh_token_expire_in"]


@pytest.mark.parametrize("query", [{}, {"account": SELLER}])
def test_pages_refuse_framing(http: FlaskClient, shared: Platform, query: dict[str, str]) -> None:
    headers = http.get(PAGE, query_string=asked(shared, **query)).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_filters(http: FlaskClient, shared: Platform) -> None:
    page = http.get(PAGE, query_string=asked(shared, account_type="CROSS_BORDER", region="DE")).text
    assert "Atlas Global Trading" in page and "Harbor &amp; Pine" not in page


def test_agreement_is_required(http: FlaskClient, shared: Platform) -> None:
    answer = http.post(PAGE, data=asked(shared, account=SELLER, decision="authorize"))
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_unknown_service(http: FlaskClient) -> None:
    assert http.get(PAGE, query_string={"service_id": "1"}).status_code == 400


def test_rotation(http: FlaskClient, shared: Platform) -> None:
    shared.turn(rotate_refresh=True)
    grants = shared.authorizations
    first = grants.exchange(grants.issue_code(SELLER))["refresh_token"]
    second = grants.refresh(first, rotate=True)["refresh_token"]
    assert second != first
    assert token(http, shared, "refresh", refresh_token=first, grant_type="refresh_token")["code"] == 36004005
