"""The log of what was really created, and TikTok Shop's memory and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import GB, US, Shop, plain_mug

PRODUCTS, SEARCH = "/product/202309/products", "/product/202502/products/search"
Document = dict[str, Any]


@pytest.fixture
def app() -> Iterator[Flask]:
    app: Flask = create_app(run_timers=False, products=2, app_url="http://127.0.0.1:9")
    yield app
    app.extensions["tiktok"].webhooks.pool.shutdown(wait=True, cancel_futures=True)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def shared(app: Flask) -> Platform:
    platform: Platform = app.extensions["tiktok"]
    return platform


@pytest.fixture
def us(http: FlaskClient, shared: Platform) -> Shop:
    return Shop(http, shared, US)


@pytest.fixture
def mug(us: Shop) -> Document:
    return plain_mug(us)


def effects(http: FlaskClient, shop: str = "") -> Document:
    found: Document = http.get(f"/control/api/effects?shop_id={shop}").get_json()
    return found


def named(mug: Document, name: str, **more: Any) -> Document:
    sku = {**mug["skus"][0], "external_sku_id": f"sku-{name}", "seller_sku": f"SKU-{name}"}
    return {**mug, "external_product_id": name, "skus": [sku], **more}


def knobs(http: FlaskClient, **changes: Any) -> None:
    assert http.post("/control/api/tiktok/knobs", json=changes).status_code == 200


def test_every_creation_is_told_with_its_references(us: Shop, mug: Document, http: FlaskClient) -> None:
    first = us.data("POST", PRODUCTS, named(mug, "a"))["product_id"]
    http.post("/control/api/faults", json={"kind": "error_after", "match": "POST product/products", "count": 1})
    assert us.send("POST", PRODUCTS, named(mug, "a")).status_code == 500
    second = us.data("POST", PRODUCTS, named(mug, "b"))["product_id"]
    found = effects(http)
    twins = found["by_reference"]["a"]
    assert (found["creates"], found["unanswered"]) == (3, 1)
    assert found["by_reference"]["sku-a"] == twins == [first, found["products"][1]["id"]]
    assert found["by_reference"]["b"] == [second]
    assert found["doubled"] == {"a": twins, "sku-a": twins}
    assert [row["answered"] for row in found["products"]] == [True, False, True]
    assert found["products"][0]["seller_skus"] == ["SKU-a"]
    assert effects(http, GB)["creates"] == 0 and effects(http, US)["creates"] == 3


def test_deleted_products_stay_in_the_log(us: Shop, mug: Document, http: FlaskClient) -> None:
    number = us.data("POST", PRODUCTS, named(mug, "a"))["product_id"]
    us.data("DELETE", PRODUCTS, {"product_ids": [number]})
    assert effects(http)["products"][0]["status"] == "DELETED"


def test_a_repeat_that_is_recognised_tells_its_caller(us: Shop, mug: Document, http: FlaskClient) -> None:
    body = named(mug, "a", idempotency_key="once")
    http.post("/control/api/faults", json={"kind": "error_after", "match": "POST product/products", "count": 1})
    assert us.send("POST", PRODUCTS, body).status_code == 500
    assert effects(http)["unanswered"] == 1
    us.data("POST", PRODUCTS, body)
    assert (effects(http)["creates"], effects(http)["unanswered"]) == (1, 0)


def test_idempotency_keys_can_be_forgotten(us: Shop, mug: Document, http: FlaskClient) -> None:
    body = named(mug, "a", idempotency_key="once")
    knobs(http, honour_idempotency=False)
    us.data("POST", PRODUCTS, body)
    us.data("POST", PRODUCTS, body)
    assert len(effects(http)["doubled"]["a"]) == 2


def test_search_can_lag_while_reading_by_id_does_not(us: Shop, mug: Document, http: FlaskClient) -> None:
    knobs(http, search_lag=30)
    number = us.data("POST", PRODUCTS, named(mug, "a"))["product_id"]
    query: Document = {"query": {"page_size": "10"}}
    assert us.data("POST", SEARCH, {"seller_skus": ["SKU-a"]}, **query)["total_count"] == 0
    assert us.data("GET", f"{PRODUCTS}/{number}")["id"] == number
    us.shared.box.clock.advance(31)
    assert us.data("POST", SEARCH, {"seller_skus": ["SKU-a"]}, **query)["total_count"] == 1
    assert us.data("POST", SEARCH, {"status": "ALL"}, **query)["total_count"] == 1


def test_an_hourly_quota_per_shop(us: Shop, shared: Platform, http: FlaskClient) -> None:
    knobs(http, hourly_quota=3)
    gb, path = Shop(http, shared, GB), "/logistics/202309/warehouses"
    answers = [us.send("GET", path) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].get_json()["code"] == 36009002
    assert gb.send("GET", path).status_code == 200
    shared.box.clock.advance(3601)
    assert us.send("GET", path).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "code"), [(["10.0.0.1"], 36009033), (["127.0.0.1"], 0), (["10.0.0.1", "127.0.0.0/8"], 0), ([], 0)]
)
def test_only_some_addresses_may_call(us: Shop, http: FlaskClient, allowed: list[str], code: int) -> None:
    knobs(http, ip_allow=allowed)
    answer = us.send("GET", "/logistics/202309/warehouses")
    assert (answer.get_json()["code"], answer.status_code) == (code, 403 if code else 200)


@pytest.mark.parametrize("change", [{"ip_allow": ["nowhere"]}, {"hourly_quota": -1}, {"search_lag": -1}], ids=str)
def test_knobs_that_make_no_sense_are_refused(us: Shop, http: FlaskClient, change: Document) -> None:
    assert http.post("/control/api/tiktok/knobs", json=change).status_code == 400
