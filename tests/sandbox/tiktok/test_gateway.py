"""One change to a sound call, exactly this code and status (reference 11.1)."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from sandbox.tiktok.rate import SlidingWindow
from tests.sandbox.tiktok.conftest import GB, US, Shop, picture

SEARCH = "/product/202502/products/search"
SHOPS = "/authorization/202309/shops"


def search(us: Shop, **options: Any) -> Any:
    query = {"page_size": "10", **options.pop("query", {})}
    return us.send("POST", options.pop("path", SEARCH), options.pop("body", {"status": "ALL"}), query=query, **options)


def test_a_sound_call_passes(us: Shop) -> None:
    answer = search(us)
    assert (answer.status_code, answer.get_json()["code"]) == (200, 0)
    assert answer.get_json()["request_id"]


CASES: dict[str, tuple[dict[str, Any], int, int]] = {
    "unknown path": ({"path": "/product/202502/nothing/here"}, 36009009, 404),
    "retired version": ({"path": "/product/202212/products/search"}, 36009014, 200),
    "body not JSON": ({"body": b"status=ALL"}, 36009022, 200),
    "body a list": ({"body": [1]}, 36009022, 200),
    "content type": ({"content_type": "text/plain"}, 36009022, 200),
    "no app_key": ({"query": {"app_key": None}}, 36009004, 401),
    "other app_key": ({"query": {"app_key": "someoneelse"}}, 36009004, 401),
    "no timestamp": ({"query": {"timestamp": None}}, 36009004, 401),
    "negative timestamp": ({"query": {"timestamp": "-5"}}, 36009004, 401),
    "no sign": ({"after": {"sign": None}}, 36009004, 401),
    "wrong sign": ({"after": {"sign": "0" * 64}}, 106001, 401),
    "parameter added after signing": ({"after": {"page_size": "11"}}, 106001, 401),
    "no token": ({"token": ""}, 36009004, 401),
    "malformed token": ({"token": "abc"}, 36009004, 401),
    "unknown token": ({"token": "TTP_" + "x" * 60}, 36009004, 401),
    "no cipher": ({"cipher": False}, 106013, 200),
    "unknown cipher": ({"query": {"shop_cipher": "TTP_unknown"}}, 101000, 401),
    "page_size missing": ({"query": {"page_size": None}}, 12019109, 200),
    "page_size too large": ({"query": {"page_size": "101"}}, 12019109, 200),
    "page_token": ({"query": {"page_token": "nonsense"}}, 12019108, 200),
}


@pytest.mark.parametrize("name", CASES)
def test_one_change_is_refused(us: Shop, name: str) -> None:
    change, code, status = CASES[name]
    answer = search(us, **dict(change))
    assert (answer.get_json()["code"], answer.status_code) == (code, status)


def test_wrong_method(us: Shop) -> None:
    answer = us.send("GET", SEARCH)
    assert (answer.get_json()["code"], answer.status_code) == (36009010, 405)


@pytest.mark.parametrize(("age", "code"), [(300, 0), (301, 36009004), (-30, 0), (-31, 36009004)])
def test_timestamp_window(us: Shop, shared: Platform, monkeypatch: pytest.MonkeyPatch, age: int, code: int) -> None:
    monkeypatch.setattr(shared.box.clock, "now", lambda: 1_800_000_000.5)
    us.token = shared.authorizations.exchange(shared.authorizations.issue_code(us.row["seller_id"]))["access_token"]
    assert search(us, query={"timestamp": str(1_800_000_000 - age)}).get_json()["code"] == code


def test_milliseconds_are_refused(us: Shop, shared: Platform) -> None:
    assert search(us, query={"timestamp": str(shared.now() * 1000)}).get_json()["code"] == 36009004


def test_upper_case_signature_is_refused(us: Shop, shared: Platform) -> None:
    query = {"app_key": shared.box.settings.tiktok_app_key, "timestamp": str(shared.now())}
    sign = us.sign(SHOPS, query, b"", False).upper()
    assert us.call("GET", SHOPS, cipher=False, after={"sign": sign})["code"] == 106001


def test_empty_object_may_be_signed_or_left_out(us: Shop, shared: Platform) -> None:
    path, query = "/product/202502/products/search", {"page_size": "1", "shop_cipher": us.row["cipher"]}
    common = {"app_key": shared.box.settings.tiktok_app_key, "timestamp": str(shared.now()), **query}
    for signed in (b"{}", b""):
        assert (
            us.call("POST", path, b"{}", query=query, after={"sign": us.sign(path, common, signed, False)})["code"] == 0
        )


def test_access_token_in_the_query_is_ignored(us: Shop) -> None:
    assert us.call("GET", SHOPS, cipher=False, query={"access_token": "anything"})["code"] == 0


def test_cipher_on_a_seller_level_endpoint(us: Shop, app: Flask, shared: Platform) -> None:
    assert us.call("GET", SHOPS)["code"] == 36009004
    shared.box.settings.lenient_cipher = True
    assert us.call("GET", SHOPS)["code"] == 0


def test_cipher_of_another_seller(us: Shop, shared: Platform) -> None:
    answer = search(us, query={"shop_cipher": shared.shops[GB]["cipher"]})
    assert (answer.get_json()["code"], answer.status_code) == (101000, 401)


def test_upload_must_be_multipart(us: Shop) -> None:
    assert us.call("POST", "/product/202309/images/upload", {"data": "x"}, cipher=False)["code"] == 36009023
    assert us.upload(picture())["code"] == 0


def test_token_states(us: Shop, shared: Platform) -> None:
    seller, grants = us.row["seller_id"], shared.authorizations
    grants.set_scopes(seller, ["seller.authorization.info"])
    refused = search(us)
    assert (refused.get_json()["code"], refused.status_code) == (105005, 403)
    assert us.call("GET", SHOPS, cipher=False)["code"] == 0
    grants.expire_access(seller)
    assert us.call("GET", SHOPS, cipher=False)["code"] == 105002
    grants.deauthorize(seller)
    assert us.call("GET", SHOPS, cipher=False)["code"] == 105001


def test_creator_token(http: FlaskClient, us: Shop, shared: Platform) -> None:
    grants = shared.authorizations
    creator = grants.exchange(grants.issue_code("7494000000000000107"))
    assert creator["user_type"] == 1
    assert us.call("GET", SHOPS, cipher=False, token=creator["access_token"])["code"] == 101000


def test_inactive_shop(us: Shop, shared: Platform) -> None:
    shared.change_shop(US, status="INACTIVE")
    assert search(us).get_json()["code"] == 12052700


def test_fifty_calls_a_second_per_shop_and_endpoint(shop: Callable[[str], Shop], shared: Platform) -> None:
    now = [100.0]
    shared.rate = SlidingWindow(clock=lambda: now[0])
    us, gb = shop(US), shop(GB)
    answers = [search(us) for _ in range(51)]
    assert [answer.status_code for answer in answers] == [200] * 50 + [429]
    assert answers[-1].get_json()["code"] == 36009002
    assert search(gb).status_code == 200
    assert us.send("GET", "/logistics/202309/warehouses").status_code == 200
    now[0] += 0.999
    assert search(us).status_code == 429
    now[0] += 0.001
    assert search(us).status_code == 200


def test_the_date_header_follows_the_sandbox_clock(us: Shop, shared: Platform) -> None:
    shared.box.clock.advance(86_400)
    moment = parsedate_to_datetime(search(us).headers["Date"])
    assert abs(moment.timestamp() - shared.box.clock.now()) < 5


def test_planned_faults(us: Shop, http: FlaskClient) -> None:
    plan = {"endpoint": "GET logistics/warehouses", "kind": "overload", "count": 1}
    assert http.post("/control/api/tiktok/fault", json=plan).status_code == 200
    assert us.send("GET", "/logistics/202309/warehouses").status_code == 503
    assert us.send("GET", "/logistics/202309/warehouses").status_code == 200
