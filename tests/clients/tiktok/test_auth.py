"""Consent link, code exchange and refresh."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from clients.errors import ClientError, Refused, Unauthorised, Unreachable, Unreadable
from clients.tiktok.auth import Tokens, consent_url, exchange_code, refresh
from clients.transport import Transport
from tests.clients.conftest import envelope

AUTH = "https://auth.test"
DATA = {
    "access_token": "TTP_marker_access",
    "access_token_expire_in": 1767830400,
    "refresh_token": "TTP_marker_refresh",
    "refresh_token_expire_in": 1798761600,
    "open_id": "o1",
    "seller_name": "Shop",
    "seller_base_region": "US",
    "user_type": 0,
    "granted_scopes": ["seller.product.basic"],
}


def ask(transport: Transport) -> Tokens:
    return exchange_code(transport, AUTH, "key", "marker_secret", "TTP_marker_code")


def test_the_link_carries_service_and_state() -> None:
    link = consent_url("https://services.test/", "7000", "a b&c")
    assert link == "https://services.test/open/authorize?service_id=7000&state=a+b%26c"


def test_a_code_becomes_tokens(transport: Transport, web: responses.RequestsMock) -> None:
    web.add("GET", AUTH + "/api/v2/token/get", json=envelope(DATA))
    tokens = ask(transport)
    assert (tokens.access_token, tokens.refresh_token) == ("TTP_marker_access", "TTP_marker_refresh")
    assert tokens.access_expires_at == datetime(2026, 1, 8, tzinfo=UTC)
    assert tokens.refresh_expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert (tokens.region, tokens.scopes, tokens.user_type) == ("US", ("seller.product.basic",), 0)
    assert "marker" not in repr(tokens)
    assert dict(parse_qsl(urlsplit(str(web.calls[0].request.url)).query)) == {
        "app_key": "key",
        "app_secret": "marker_secret",
        "auth_code": "TTP_marker_code",
        "grant_type": "authorized_code",
    }


def test_a_refresh_asks_with_the_refresh_token(transport: Transport, web: responses.RequestsMock) -> None:
    web.add("GET", AUTH + "/api/v2/token/refresh", json=envelope(DATA))
    refresh(transport, AUTH, "key", "marker_secret", "old")
    assert dict(parse_qsl(urlsplit(str(web.calls[0].request.url)).query)) == {
        "app_key": "key",
        "app_secret": "marker_secret",
        "refresh_token": "old",
        "grant_type": "refresh_token",
    }


@pytest.mark.parametrize(
    ("code", "status", "branch"),
    [
        (36004004, 200, Unauthorised),
        (36004001, 200, Unauthorised),
        (36004005, 200, Unauthorised),
        (36009004, 200, Unauthorised),
        (36009003, 200, Unreachable),
        (1, 200, Refused),
        (0, 500, Unreachable),
    ],
)
def test_refusals(
    code: int, status: int, branch: type[ClientError], transport: Transport, web: responses.RequestsMock
) -> None:
    web.add("GET", AUTH + "/api/v2/token/get", json=envelope(None, code, "for TTP_marker_code"), status=status)
    with pytest.raises(ClientError) as caught:
        ask(transport)
    assert type(caught.value) is branch and "marker" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        DATA | {"access_token": ""},
        DATA | {"access_token_expire_in": "soon"},
        DATA | {"refresh_token_expire_in": 10**30},
    ],
)
def test_odd_tokens_are_refused(data: object, transport: Transport, web: responses.RequestsMock) -> None:
    web.add("GET", AUTH + "/api/v2/token/get", json=envelope(data))
    with pytest.raises(Unreadable) as caught:
        ask(transport)
    assert "marker" not in str(caught.value)


def test_it_is_asked_once_only(transport: Transport, web: responses.RequestsMock) -> None:
    web.add("GET", AUTH + "/api/v2/token/get", body=requests.ConnectionError("url with app_secret=marker_secret"))
    with pytest.raises(Unreachable) as caught:
        ask(transport)
    assert len(web.calls) == 1 and "marker" not in str(caught.value)
