"""Statuses and bodies to branches, the pause after a 429, and no secret in evidence."""

from typing import Any

import pytest
import requests
import responses

from clients.bigcommerce import BigCommerce
from clients.errors import ClientError, ItemError, Refused, Throttled, Unauthorised, Unreachable, Unreadable
from clients.exchange import Exchange
from tests.clients.conftest import BIGCOMMERCE, Ledger

HOOKS = BIGCOMMERCE + "/stores/abc123/v3/hooks"


def create(store: BigCommerce) -> None:
    store.create_hook("store/order/*", "https://x", {"X-Causeway-Secret": "hook-marker-1"})


@pytest.mark.parametrize(
    ("status", "branch", "unknown"),
    [
        (400, Refused, False),
        (404, Refused, False),
        (409, Refused, False),
        (413, Refused, False),
        (422, Refused, False),
        (507, Refused, False),
        (401, Unauthorised, False),
        (403, Unauthorised, False),
        (429, Throttled, False),
        (500, Unreachable, True),
        (503, Unreachable, True),
        (408, Unreachable, True),
        (499, Unreachable, True),
        (302, Unreadable, True),
    ],
)
@pytest.mark.parametrize("body", ['{"status":1,"title":"t","errors":{}}', '[{"status":1,"message":"m"}]', "plain", ""])
def test_statuses(
    status: int, branch: type[ClientError], unknown: bool, body: str, store: BigCommerce, web: responses.RequestsMock
) -> None:
    web.add("POST", HOOKS, body=body, status=status, headers={"X-Request-Id": "r1"})
    with pytest.raises(ClientError) as caught:
        create(store)
    error = caught.value
    assert type(error) is branch and error.unknown is unknown
    assert (error.platform, error.method, error.path, error.status, error.request_id) == (
        "bigcommerce",
        "POST",
        "/stores/abc123/v3/hooks",
        status,
        "r1",
    )


@pytest.mark.parametrize(
    ("errors", "details"),
    [
        ({"name": "taken"}, [ItemError("", "taken", "name", "field")]),
        (["taken"], [ItemError("", "taken", "0", "field")]),
        ("taken", []),
        (None, []),
    ],
)
def test_details(errors: Any, details: list[ItemError], store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("POST", HOOKS, json={"status": 422, "title": "t", "code": 42, "errors": errors}, status=422)
    with pytest.raises(Refused) as caught:
        create(store)
    assert (caught.value.details, caught.value.code) == (details, "42")


@pytest.mark.parametrize(
    ("headers", "named", "pause"),
    [
        ({"X-Rate-Limit-Time-Reset-Ms": "12500"}, 12.5, 12.5),
        ({"X-Retry-After": "9"}, 9.0, 9.0),
        ({}, None, 30.0),
        ({"X-Rate-Limit-Time-Reset-Ms": "-1"}, None, 30.0),
        ({"X-Retry-After": "86400"}, None, 30.0),
        ({"X-Retry-After": "900"}, 900.0, 60.0),
    ],
)
def test_throttling_pauses_the_store(
    headers: dict[str, str],
    named: float | None,
    pause: float,
    store: BigCommerce,
    web: responses.RequestsMock,
    budget: Ledger,
) -> None:
    web.add("POST", HOOKS, json={}, status=429, headers=headers)
    with pytest.raises(Throttled) as caught:
        create(store)
    assert caught.value.retry_after == named and budget.paused == [("bigcommerce:abc123", pause)]


def test_reads_are_repeated_and_each_try_takes_budget(
    store: BigCommerce, web: responses.RequestsMock, budget: Ledger
) -> None:
    web.add("GET", HOOKS, status=503)
    web.add("GET", HOOKS, body=requests.ConnectionError("reset"))
    web.add("GET", HOOKS, json={"data": []})
    assert store.hooks() == []
    assert len(budget.taken) == 3


def test_writes_are_never_repeated(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("POST", HOOKS, body=requests.ConnectionError("reset"))
    with pytest.raises(Unreachable) as caught:
        create(store)
    assert caught.value.unknown and len(web.calls) == 1


def test_no_secret_in_evidence_or_errors(store: BigCommerce, web: responses.RequestsMock, seen: list[Exchange]) -> None:
    told = {"title": "bad token bctoken-marker-0001", "errors": {"headers": "hook-marker-1"}}
    web.add("POST", HOOKS, json=told, status=401)
    with pytest.raises(Unauthorised) as caught:
        create(store)
    web.add("GET", HOOKS, body="down: bctoken-marker-0001", status=500)
    with pytest.raises(Unreachable) as other:
        store.hooks()
    assert "marker" not in f"{caught.value!r} {caught.value} {other.value} {seen}"
    assert [exchange.status for exchange in seen] == [401, 500]


@pytest.mark.parametrize("store_hash", ["", "../x", "a/b", "ä"])
def test_a_store_hash_is_letters_and_digits(store_hash: str, budget: Ledger, store: BigCommerce) -> None:
    with pytest.raises(ValueError, match="hash"):
        BigCommerce(store._gateway._transport, BIGCOMMERCE, store_hash, "t", budget)
