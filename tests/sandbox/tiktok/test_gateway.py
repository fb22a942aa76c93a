"""What the gateway lets through, and its rate; what it refuses is in test_must_reject_gateway.py."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from sandbox.tiktok.rate import SlidingWindow
from tests.sandbox.tiktok.conftest import GB, US, Shop

SEARCH = "/product/202502/products/search"
SHOPS = "/authorization/202309/shops"


def search(us: Shop, **options: Any) -> Any:
    query = {"page_size": "10", **options.pop("query", {})}
    return us.send("POST", options.pop("path", SEARCH), options.pop("body", {"status": "ALL"}), query=query, **options)


def test_a_sound_call_passes(us: Shop) -> None:
    answer = search(us)
    assert (answer.status_code, answer.get_json()["code"]) == (200, 0)
    assert answer.get_json()["request_id"]


def test_empty_object_may_be_signed_or_left_out(us: Shop, shared: Platform) -> None:
    path, query = "/product/202502/products/search", {"page_size": "1", "shop_cipher": us.row["cipher"]}
    common = {"app_key": shared.box.settings.tiktok_app_key, "timestamp": str(shared.now()), **query}
    for signed in (b"{}", b""):
        assert (
            us.call("POST", path, b"{}", query=query, after={"sign": us.sign(path, common, signed, False)})["code"] == 0
        )


def test_access_token_in_the_query_is_ignored(us: Shop) -> None:
    assert us.call("GET", SHOPS, cipher=False, query={"access_token": "anything"})["code"] == 0


def test_a_lenient_sandbox_takes_a_cipher_on_a_seller_level_endpoint(us: Shop, shared: Platform) -> None:
    shared.box.settings.lenient_cipher = True
    assert us.call("GET", SHOPS)["code"] == 0


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
    plan = {"match": "GET logistics/warehouses", "kind": "error_before", "amount": 503, "count": 1}
    assert http.post("/control/api/faults", json=plan).status_code == 200
    assert us.send("GET", "/logistics/202309/warehouses").status_code == 503
    assert us.send("GET", "/logistics/202309/warehouses").status_code == 200
