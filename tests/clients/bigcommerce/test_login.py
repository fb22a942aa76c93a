"""The code exchange."""

import json
from typing import Any

import pytest
import responses

from clients.bigcommerce.login import Grant, exchange_code
from clients.errors import ClientError, Refused, Unauthorised, Unreachable, Unreadable
from clients.transport import Transport

LOGIN = "https://login.test"
ANSWER: dict[str, Any] = {
    "access_token": "marker-token",
    "scope": "store_v2_products",
    "context": "stores/abc123",
    "account_uuid": "u",
    "user": {"id": 24654, "username": "m", "email": "m@x.test"},
    "owner": {"id": 1, "email": "o@x.test", "username": "o"},
}


def ask(transport: Transport) -> Grant:
    return exchange_code(
        transport,
        LOGIN,
        "client",
        "marker-secret",
        "marker-code",
        "stores/zzz",
        "store_v2_products",
        "https://app/auth",
    )


def test_a_code_becomes_a_token(transport: Transport, web: responses.RequestsMock) -> None:
    web.add("POST", LOGIN + "/oauth2/token", json=ANSWER)
    grant = ask(transport)
    assert (grant.store_hash, grant.access_token, grant.user.id) == ("abc123", "marker-token", 24654)
    assert grant.owner is not None and grant.owner.email == "o@x.test"
    assert "marker" not in repr(grant)
    body = web.calls[0].request.body
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "client_id": "client",
        "client_secret": "marker-secret",
        "code": "marker-code",
        "context": "stores/zzz",
        "scope": "store_v2_products",
        "grant_type": "authorization_code",
        "redirect_uri": "https://app/auth",
    }


def test_the_owner_may_be_absent(transport: Transport, web: responses.RequestsMock) -> None:
    web.add("POST", LOGIN + "/oauth2/token", json={key: ANSWER[key] for key in ANSWER if key != "owner"})
    assert ask(transport).owner is None


@pytest.mark.parametrize(("status", "branch"), [(400, Refused), (401, Unauthorised), (500, Unreachable)])
def test_refusals(status: int, branch: type[ClientError], transport: Transport, web: responses.RequestsMock) -> None:
    web.add("POST", LOGIN + "/oauth2/token", json={"error": "invalid marker-code"}, status=status)
    with pytest.raises(ClientError) as caught:
        ask(transport)
    assert type(caught.value) is branch and "marker" not in str(caught.value)


@pytest.mark.parametrize("change", [{"context": "stores/../x"}, {"context": ""}, {"access_token": ""}, {"user": {}}])
def test_odd_answers_are_refused(change: Any, transport: Transport, web: responses.RequestsMock) -> None:
    web.add("POST", LOGIN + "/oauth2/token", json=ANSWER | change)
    with pytest.raises(Unreadable) as caught:
        ask(transport)
    assert "marker" not in str(caught.value)
