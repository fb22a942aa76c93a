"""Somebody else changes things: at once or by timer, on both platforms, and webhooks tell what the platforms tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST
from sandbox.faults.second_writer import WHATS
from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import US, Shop, plain_mug

API = "/control/api/second-writer"
Document = dict[str, Any]


@pytest.fixture
def app() -> Flask:
    app: Flask = create_app(run_timers=False, products=12, app_url="http://127.0.0.1:9")
    platform: BigCommerce = app.extensions["bigcommerce"]
    platform.webhooks.add(FIRST, "client", {"scope": "store/product/*", "destination": "http://127.0.0.1:9/"})
    return app


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def listed(app: Flask, http: FlaskClient) -> dict[str, Document]:
    """Six products live in a shop, as they are."""
    platform: Platform = app.extensions["tiktok"]
    shop = Shop(http, platform, US)
    body = plain_mug(shop)
    for number in range(6):
        shop.data("POST", "/product/202309/products", {**body, "title": f"Mug number {number}"})
    platform.box.clock.advance(10)
    platform.box.timers.run_due()
    return {key: json.loads(json.dumps(row)) for key, row in platform.products.products.items()}


def write(http: FlaskClient, **order: Any) -> Document:
    answer = http.post(API, json=order)
    assert answer.status_code == 200, answer.text
    found: Document = answer.get_json()
    return found


FIELD = {"stock": "stock", "price": "prices", "title": "content", "delete": "status", "status": "status"}


@pytest.mark.parametrize("what", WHATS)
def test_on_tiktok(app: Flask, http: FlaskClient, listed: dict[str, Document], what: str) -> None:
    changed = write(http, platform="tiktok", what=what, count=3, seed=5)["changed"]
    assert len(set(changed)) == 3
    now = app.extensions["tiktok"].products.products
    for number, before in listed.items():
        assert (now[number][FIELD[what]] != before[FIELD[what]]) is (number in changed)
    if what in ("delete", "status"):
        assert {now[number]["status"] for number in changed} <= {"DELETED", "SELLER_DEACTIVATED"}
    told = [row for row in app.extensions["tiktok"].webhooks.deliveries.values()]
    news = {json.loads(row["body"])["data"]["product_id"] for row in told[-3:]}
    assert (news == {int(number) for number in changed}) is (what in ("title", "delete", "status"))


@pytest.mark.parametrize("what", WHATS)
def test_in_bigcommerce(app: Flask, http: FlaskClient, what: str) -> None:
    catalog = app.extensions["bigcommerce"].catalog(FIRST)
    before = json.loads(json.dumps(catalog.products.documents))
    changed = write(http, platform="bigcommerce", what=what, count=4, seed=5, store=FIRST)["changed"]
    assert len(set(changed)) == 4
    after = catalog.products.documents
    differ = {int(key) for key in before if before[key] != after.get(key)}
    assert differ == set(changed)
    assert all((str(number) in after) is (what != "delete") for number in changed)
    timers = app.extensions["sandbox"].timers.planned.values()
    told = {row["payload"]["message"]["data"]["id"] for row in timers if row["kind"] == "bigcommerce-webhook"}
    assert told <= set(changed) and (told or what == "stock")


def test_the_same_seed_changes_the_same_products(http: FlaskClient) -> None:
    orders = [write(http, platform="bigcommerce", what="price", count=3, seed=seed)["changed"] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_it_goes_on_by_timer_until_its_time_is_over(app: Flask, http: FlaskClient) -> None:
    box = app.extensions["sandbox"]
    write(http, platform="bigcommerce", what="price", count=2, every=10, seconds=35)
    for _ in range(3):
        box.clock.advance(10)
        box.timers.run_due()
    assert [row["changed"] for row in http.get(API).get_json()["writers"]] == [8]
    box.clock.advance(10)
    box.timers.run_due()
    assert http.get(API).get_json() == {"writers": []}


def test_it_can_be_stopped(app: Flask, http: FlaskClient) -> None:
    box = app.extensions["sandbox"]
    write(http, platform="tiktok", what="stock", every=10)
    assert http.delete(API).status_code == 200
    box.clock.advance(10)
    assert box.timers.run_due() == 1 and not any(
        row["kind"].startswith("faults") for row in box.timers.planned.values()
    )


WRONG = [
    {"platform": "ebay", "what": "stock"},
    {"platform": "tiktok", "what": "everything"},
    {"platform": "tiktok", "what": "stock", "count": 0},
    {"platform": "tiktok", "what": "stock", "each": 1},
]


@pytest.mark.parametrize("order", WRONG, ids=str)
def test_orders_that_make_no_sense_are_refused(http: FlaskClient, order: Document) -> None:
    assert http.post(API, json=order).status_code == 422


def test_an_unknown_store_is_refused(http: FlaskClient) -> None:
    assert http.post(API, json={"platform": "bigcommerce", "what": "stock", "store": "x"}).status_code == 404
