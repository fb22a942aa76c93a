"""Codes to branches, nested errors, the wrong clock, and no secret in evidence."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from clients.errors import ClientError, ItemError, Refused, Throttled, Unauthorised, Unreachable, Unreadable
from clients.exchange import Exchange
from clients.tiktok import TikTok
from tests.clients.conftest import NOW, TIKTOK, Ledger, envelope

CREATE = TIKTOK + "/product/202309/products"


@pytest.mark.parametrize(
    ("code", "status", "message", "branch", "unknown"),
    [
        (12052024, 200, "", Refused, False),
        (99999999, 200, "", Refused, False),
        (12052024, 400, "", Refused, False),
        (36009004, 200, "unexpected shop_cipher", Refused, False),
        (36009004, 200, "access token is malformed", Unauthorised, False),
        (36009004, 401, "", Unauthorised, False),
        (105001, 200, "", Unauthorised, False),
        (105002, 401, "", Unauthorised, False),
        (105005, 403, "", Unauthorised, False),
        (101000, 200, "", Unauthorised, False),
        (106001, 401, "", Unauthorised, False),
        (36009002, 429, "", Throttled, False),
        (36009002, 200, "", Throttled, False),
        (12052109, 200, "", Throttled, False),
        (36009003, 200, "", Unreachable, True),
        (36009007, 200, "", Unreachable, True),
        (33001002, 200, "", Unreachable, True),
        (10037003, 200, "", Unreachable, True),
        (25001028, 200, "", Unreachable, True),
        (25007002, 200, "", Unreachable, True),
        (25020010, 200, "", Refused, False),
        (12052024, 500, "", Unreachable, True),
        (0, 503, "", Unreachable, True),
    ],
)
def test_codes(
    code: int,
    status: int,
    message: str,
    branch: type[ClientError],
    unknown: bool,
    tiktok: TikTok,
    web: responses.RequestsMock,
) -> None:
    web.add("POST", CREATE, json=envelope(None, code, message), status=status)
    with pytest.raises(ClientError) as caught:
        tiktok.create_product({})
    error = caught.value
    assert type(error) is branch and error.unknown is unknown
    assert (error.platform, error.method, error.path) == ("tiktok", "POST", "/product/202309/products")
    assert (error.status, error.request_id) == (status, "20260101000000AA01")
    assert error.code == (str(code) if code else "")
    assert not isinstance(error, Unauthorised) or error.expired is (code == 105002)


@pytest.mark.parametrize(
    ("body", "status", "branch"),
    [
        (b"<html>busy</html>", 200, Unreadable),
        (b"", 200, Unreadable),
        (b'{"code":0,"data":{"produ', 200, Unreadable),
        (b'{"data":{}}', 200, Unreadable),
        (b"[]", 200, Unreadable),
        (b"<html>", 503, Unreachable),
        (b"<html>", 429, Throttled),
        (b"<html>", 403, Unauthorised),
        (b"<html>", 404, Refused),
        (b"", 302, Unreadable),
        (b'{"code":0,"data":{"skus":[]}}', 200, Unreadable),
        (b'{"code":0}', 200, Unreadable),
    ],
)
def test_answers_that_are_no_envelope(
    body: bytes, status: int, branch: type[ClientError], tiktok: TikTok, web: responses.RequestsMock
) -> None:
    web.add("POST", CREATE, body=body, status=status)
    with pytest.raises(ClientError) as caught:
        tiktok.create_product({})
    assert type(caught.value) is branch


@pytest.mark.parametrize(
    ("failure", "unknown"),
    [
        (requests.ReadTimeout(), True),
        (requests.ConnectionError("reset"), True),
        (requests.ConnectTimeout(), False),
    ],
)
def test_no_answer(failure: Exception, unknown: bool, tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add("POST", CREATE, body=failure)
    with pytest.raises(Unreachable) as caught:
        tiktok.create_product({})
    assert caught.value.unknown is unknown


@pytest.mark.parametrize(
    ("headers", "named", "pause"),
    [
        ({}, None, 2.0),
        ({"Retry-After": "7"}, 7.0, 7.0),
        ({"Retry-After": "-4"}, None, 2.0),
        ({"Retry-After": "86400"}, None, 2.0),
        ({"Retry-After": "600"}, 600.0, 60.0),
        ({"Retry-After": "nan"}, None, 2.0),
    ],
)
def test_throttling_pauses_the_shop(
    headers: Mapping[str, str],
    named: float | None,
    pause: float,
    tiktok: TikTok,
    web: responses.RequestsMock,
    budget: Ledger,
) -> None:
    web.add("POST", CREATE, json=envelope(None, 36009002), status=429, headers=dict(headers))
    with pytest.raises(Throttled) as caught:
        tiktok.create_product({})
    assert caught.value.retry_after == named
    assert budget.paused == [("tiktok:7495540735365777507", pause)]


NESTED = {
    "errors": [
        {
            "code": 12052990,
            "message": "m",
            "detail": {
                "product_id": 1730000000000000001,
                "extra_errors": [{"code": 12052901, "message": "n", "warehouse_id": "7"}],
            },
        }
    ]
}
ITEM = ItemError(
    "12052990", "m", "1730000000000000001", "product_id", (ItemError("12052901", "n", "7", "warehouse_id"),)
)


def test_partial_failures_are_returned(tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add("POST", CREATE + "/activate", json=envelope(NESTED))
    assert tiktok.activate(["1730000000000000001"]) == [ITEM]


def test_a_refusal_carries_its_details(tiktok: TikTok, web: responses.RequestsMock) -> None:
    web.add("POST", CREATE, json=envelope(NESTED, 12052990))
    with pytest.raises(Refused) as caught:
        tiktok.create_product({})
    assert caught.value.details == [ITEM]


def test_a_wrong_clock_is_learned_and_the_call_signed_again(
    tiktok: TikTok, web: responses.RequestsMock, budget: Ledger, seen: list[Exchange]
) -> None:
    server = NOW + 600
    date = {"Date": format_datetime(datetime.fromtimestamp(server, UTC), usegmt=True)}
    web.add("POST", CREATE, json=envelope(None, 36009004), status=401, headers=date)
    web.add("POST", CREATE, json=envelope({"product_id": "17"}), headers=date)
    assert tiktok.create_product({}).product_id == "17"
    stamps = [dict(parse_qsl(urlsplit(str(call.request.url)).query))["timestamp"] for call in web.calls]
    assert stamps == [str(int(NOW)), str(int(server))]
    assert len(budget.taken) == len(seen) == 2


def test_a_right_clock_is_not_blamed(tiktok: TikTok, web: responses.RequestsMock) -> None:
    date = {"Date": format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True)}
    web.add("POST", CREATE, json=envelope(None, 36009004), status=401, headers=date)
    with pytest.raises(Unauthorised):
        tiktok.create_product({})
    assert len(web.calls) == 1


def test_an_id_that_is_none_is_never_sent(tiktok: TikTok) -> None:
    with pytest.raises(Refused):
        tiktok.get_product("../../../authorization")


SECRETS = ("sandboxsecret0123456789", "TTP_accesstoken0001", "ROW_c1pherAAAAexample01")


def test_no_secret_in_evidence_or_errors(tiktok: TikTok, web: responses.RequestsMock, seen: list[Exchange]) -> None:
    told = f"bad token {SECRETS[1]} for {SECRETS[0]}"
    web.add("POST", TIKTOK + "/product/202502/products/search", json=envelope({"x": SECRETS[1]}, 105001, told))
    with pytest.raises(Unauthorised) as caught:
        tiktok.search_products(page_token="next")
    web.add("POST", CREATE, body=requests.ConnectionError(f"failed: {SECRETS[1]}"))
    with pytest.raises(Unreachable) as other:
        tiktok.create_product({"title": "Mug"})
    written = " ".join([str(caught.value), repr(caught.value), str(other.value), *map(repr, seen)])
    assert not [secret for secret in SECRETS if secret in written]
    signs = [dict(parse_qsl(urlsplit(str(call.request.url)).query))["sign"] for call in web.calls]
    assert not [sign for sign in signs if sign in written]
    assert seen[0].path == "/product/202502/products/search?page_size=100&page_token=next"
    assert (seen[0].status, seen[0].request_id) == (200, "20260101000000AA01")
    assert (seen[1].status, json.loads(seen[1].sent)) == (None, {"title": "Mug"})
