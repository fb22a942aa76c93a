"""What rules are taken, which calls they meet, how often, and what a restart leaves of them."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST, SECOND
from sandbox.faults.connection import has_gone
from sandbox.faults.rules import KINDS
from sandbox.faults.target import target_of
from sandbox.faults.weather import MIXED, WEATHER, WORDS, described
from tests.sandbox.faults.conftest import gunicorn, world_served_by
from tests.sandbox.tiktok.conftest import GB, US, Shop

Document = dict[str, Any]
API = "/control/api/faults"


@pytest.fixture
def app() -> Flask:
    app: Flask = create_app(run_timers=False, products=3, app_url="http://127.0.0.1:9")
    return app


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


def add(http: FlaskClient, **rule: Any) -> Document:
    answer = http.post(API, json=rule)
    assert answer.status_code == 200, answer.text
    found: Document = answer.get_json()["rule"]
    return found


def statuses(http: FlaskClient, path: str, count: int) -> list[int]:
    return [http.get(path).status_code for _ in range(count)]


def test_a_rule_is_listed_with_its_hits_until_it_is_removed(http: FlaskClient) -> None:
    first, second = add(http, kind="throttle", count=2), add(http, kind="error_before", match="GET nothing")
    assert statuses(http, f"/stores/{FIRST}/v2/time", 3) == [429, 429, 401]
    rows = http.get(API).get_json()["rules"]
    assert [(row["id"], row["hits"], row["count"], row["active"]) for row in rows] == [
        (first["id"], 2, 0, False),
        (second["id"], 0, None, True),
    ]
    assert http.delete(f"{API}/{first['id']}").status_code == 200
    assert http.delete(f"{API}/{first['id']}").status_code == 404
    assert http.delete(API).get_json() == {"removed": 1}
    assert http.get(API).get_json() == {"rules": []}


TARGETS = {
    ("POST", "/product/202309/products"): ("tiktok", "POST product/products"),
    ("POST", "/product/202502/products/search"): ("tiktok", "POST product/products/search"),
    ("GET", "/api/v2/token/refresh"): ("tiktok", "GET token/refresh"),
    ("GET", "/stores/abc/v3/catalog/products"): ("bigcommerce", "GET catalog/products"),
    ("GET", "/stores/abc/v2/store"): ("bigcommerce", "GET store"),
    ("POST", "/oauth2/token"): ("bigcommerce", "POST oauth2/token"),
    ("GET", "/stores/abc"): ("bigcommerce", "GET "),
}


@pytest.mark.parametrize("call", TARGETS, ids=" ".join)
def test_calls_are_named_without_version_and_store(call: tuple[str, str]) -> None:
    target = target_of({"REQUEST_METHOD": call[0], "PATH_INFO": call[1]})
    assert target is not None and (target.platform, target.name) == TARGETS[call]


@pytest.mark.parametrize("path", ["/", "/manage/", "/control/api/faults", "/images/abc/1.png", "/product/x/products"])
def test_pages_and_pictures_are_no_targets(path: str) -> None:
    assert target_of({"REQUEST_METHOD": "GET", "PATH_INFO": path}) is None


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ("*", {"time", "products", "one"}),
        ("GET catalog/products", {"products"}),
        ("GET catalog/products*", {"products", "one"}),
        ("GET catalog/products/*", {"one"}),
        ("POST *", set()),
    ],
)
def test_a_pattern_chooses_calls(http: FlaskClient, match: str, hit: set[str]) -> None:
    add(http, kind="error_before", amount=502, match=match)
    paths = {"time": "v2/time", "products": "v3/catalog/products", "one": "v3/catalog/products/1"}
    met = {name for name, path in paths.items() if http.get(f"/stores/{FIRST}/{path}").status_code == 502}
    assert met == hit


def test_a_rule_keeps_to_its_platform_store_and_shop(app: Flask, http: FlaskClient) -> None:
    add(http, kind="throttle", where=SECOND)
    add(http, kind="throttle", platform="tiktok", where=US)
    us, gb = (Shop(http, app.extensions["tiktok"], shop) for shop in (US, GB))
    path = "/logistics/202309/warehouses"
    assert [us.send("GET", path).status_code, gb.send("GET", path).status_code] == [429, 200]
    assert us.send("GET", "/authorization/202309/shops", cipher=False).status_code == 200
    assert [http.get(f"/stores/{store}/v2/time").status_code for store in (FIRST, SECOND)] == [401, 429]


def test_the_share_is_seeded(http: FlaskClient) -> None:
    def pattern(seed: int) -> list[int]:
        http.delete(API)
        add(http, kind="throttle", share=0.3, seed=seed)
        return statuses(http, f"/stores/{FIRST}/v2/time", 300)

    first = pattern(1)
    assert first == pattern(1) != pattern(2)
    assert 60 <= first.count(429) <= 120


def test_rules_of_one_seed_do_not_strike_together(http: FlaskClient) -> None:
    for kind in ("error_before", "throttle"):
        add(http, kind=kind, share=0.2)
    found = statuses(http, f"/stores/{FIRST}/v2/time", 400)
    assert 50 <= found.count(500) <= 110 and 35 <= found.count(429) <= 95


def test_a_bad_day_hits_one_call_in_five(http: FlaskClient) -> None:
    assert len(http.post("/control/api/weather", json={"name": "bad_day"}).get_json()["rules"]) == len(MIXED)
    lost = 0
    for _ in range(1000):
        try:
            http.get(f"/stores/{FIRST}/v2/time").get_data()
        except ConnectionResetError:
            lost += 1
    hits = sum(row["hits"] for row in http.get(API).get_json()["rules"])
    assert 150 <= hits <= 250 and lost
    assert http.post("/control/api/weather", json={"name": "fog"}).status_code == 422


def test_seconds_end_a_rule(http: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    add(http, kind="throttle", seconds=30)
    now, real = 0.0, time.time()
    monkeypatch.setattr("sandbox.faults.rules.time.time", lambda: real + now)
    assert statuses(http, f"/stores/{FIRST}/v2/time", 1) == [429]
    now = 31.0
    assert statuses(http, f"/stores/{FIRST}/v2/time", 1) == [401]
    assert http.get(API).get_json()["rules"][0]["active"] is False


WRONG: dict[str, Document] = {
    "no kind": {},
    "unknown kind": {"kind": "gremlins"},
    "unknown field": {"kind": "throttle", "shares": 1},
    "unknown platform": {"kind": "throttle", "platform": "ebay"},
    "share above one": {"kind": "throttle", "share": 20},
    "negative count": {"kind": "throttle", "count": -1},
    "text for a number": {"kind": "latency", "amount": "long"},
    "boolean for a number": {"kind": "latency", "amount": True},
    "status that is none": {"kind": "error_before", "amount": 200},
    "TikTok's code without TikTok": {"kind": "error_before", "amount": 36009003},
    "forever": {"kind": "hang_after", "amount": 100_000},
    "BigCommerce tokens do not expire": {"kind": "token_expired", "platform": "bigcommerce"},
}


@pytest.mark.parametrize("name", WRONG)
def test_rules_that_make_no_sense_are_refused(http: FlaskClient, name: str) -> None:
    assert http.post(API, json=WRONG[name]).status_code == 422
    assert http.get(API).get_json() == {"rules": []}


def test_the_api_refuses_foreign_forms_and_what_is_no_json(http: FlaskClient) -> None:
    assert http.post(API, json={"kind": "throttle"}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert http.post(API, data="kind=throttle").status_code == 422


def test_every_kind_has_words_and_a_stroke(http: FlaskClient) -> None:
    assert set(WORDS) == set(KINDS)
    for kind in KINDS:
        assert WORDS[kind] in described(add(http, kind=kind))
    for weather in WEATHER.values():
        assert all(described(add(http, **rule)) for rule in weather.rules)


def test_a_reset_forgets_everything(http: FlaskClient) -> None:
    add(http, kind="throttle")
    http.post("/control/api/skew", json={"platform": "tiktok", "seconds": 60})
    http.post("/control/api/webhook-faults", json={"platform": "tiktok", "drop": 1})
    http.post("/control/api/tiktok/knobs", json={"search_lag": 30})
    assert http.post("/control/api/reset").status_code == 200
    assert http.get(API).get_json() == {"rules": []}
    assert http.get("/control/api/skew").get_json() == {"tiktok": 0.0, "bigcommerce": 0.0}
    assert not any(http.get("/control/api/webhook-faults").get_json()["tiktok"].values())
    assert http.post("/control/api/tiktok/knobs", json={}).get_json()["search_lag"] == 0


def test_rules_survive_a_kill(tmp_path: Path) -> None:
    with world_served_by("gunicorn", tmp_path / "state.db", products=2) as world:
        world.fault("throttle", match="GET time", count=3)
        world.control("POST", "skew", {"platform": "tiktok", "seconds": 60})
        assert world.bigcommerce("GET", "/v2/time").status_code == 429
    with gunicorn(world):
        assert world.hits() == {"throttle": 1}
        found = [world.bigcommerce("GET", "/v2/time").status_code for _ in range(3)]
        assert found == [429, 429, 200]
        assert world.control("GET", "skew")["tiktok"] == 60


def test_a_client_that_went_away_is_noticed() -> None:
    ours, theirs = socket.socketpair()
    environ = {"gunicorn.socket": ours}
    assert has_gone(environ) is False
    theirs.send(b"x")
    assert has_gone(environ) is False and ours.recv(1) == b"x"
    theirs.close()
    assert has_gone(environ) is True
    assert has_gone({}) is False
    ours.close()
