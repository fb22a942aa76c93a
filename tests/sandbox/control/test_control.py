"""The control page and its JSON twins."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from sandbox.server import create_app
from sandbox.settings import Settings


@pytest.fixture
def app() -> Flask:
    return create_app(Settings(run_timers=False, products=30))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def platform(app: Flask) -> BigCommerce:
    found: BigCommerce = app.extensions["bigcommerce"]
    return found


def test_the_clock_moves_forwards_only(client: FlaskClient) -> None:
    before = client.get("/control/api/clock").get_json()
    assert before["offset"] == 0
    after = client.post("/control/api/clock", json={"advance": 86400}).get_json()
    assert after["offset"] == 86400 and after["now"] - before["now"] >= 86400
    for wrong in (-1, "1", True, None):
        assert client.post("/control/api/clock", json={"advance": wrong}).status_code == 422
    assert client.post("/control/time", data={"amount": "2", "unit": "3600"}).status_code == 303
    assert client.get("/control/api/clock").get_json()["offset"] == 86400 + 7200
    assert client.post("/control/time", data={"amount": "-2"}).status_code == 422


def test_products_can_be_added_twice_with_the_same_seed(client: FlaskClient, platform: BigCommerce) -> None:
    for _ in range(2):
        answer = client.post("/control/api/catalog", json={"store": SECOND, "seed": 5, "size": 10})
        assert answer.get_json() == {"created": 10}
    assert len(platform.catalogs[SECOND].products) == 32
    assert client.post("/control/api/catalog", json={"store": "nowhere", "seed": 5, "size": 10}).status_code == 404
    assert client.post("/control/api/catalog", json={"store": SECOND, "size": 0}).status_code == 422


def test_an_edit_changes_the_product_and_fires(client: FlaskClient, platform: BigCommerce) -> None:
    platform.webhooks.add(FIRST, "client", {"scope": "store/product/*", "destination": "http://127.0.0.1:9/"})
    number = platform.catalogs[FIRST].ids[0]
    answer = client.patch(
        f"/control/api/products/{FIRST}/{number}", json={"name": "Edited title", "price": 5.5, "weight": 2, "stock": 3}
    )
    data = answer.get_json()["data"]
    assert (data["name"], data["price"], data["weight"]) == ("Edited title", 5.5, 2)
    assert {row["inventory_level"] >= 3 for row in data["variants"]} == {True}
    scopes = {timer["payload"]["message"]["scope"] for timer in platform.box.timers.planned.values()}
    assert "store/product/updated" in scopes
    assert client.patch(f"/control/api/products/{FIRST}/{number}", json={"price": "cheap"}).status_code == 422
    assert client.patch(f"/control/api/products/{FIRST}/99999", json={"price": 1}).status_code == 404


def test_the_form_changes_only_what_differs(client: FlaskClient, platform: BigCommerce) -> None:
    platform.webhooks.add(FIRST, "client", {"scope": "store/product/*", "destination": "http://127.0.0.1:9/"})
    product = platform.catalogs[FIRST].get(platform.catalogs[FIRST].ids[0])
    path = f"/control/catalog/{FIRST}/{product['id']}"
    same = {"name": product["name"], "price": str(product["price"]), "weight": str(product["weight"])}
    assert client.post(path, data=same).status_code == 303
    assert len(platform.box.timers.planned) == 0
    variant = product["variants"][0]
    assert client.post(path, data={**same, "price": "1.25", f"stock-{variant['id']}": "77"}).status_code == 303
    assert product["price"] == 1.25 and variant["stock"]["1"]["onhand"] == 77
    assert client.post(path, data={**same, "price": "x"}).status_code == 422


def test_latency_and_quota_are_per_store_or_for_all(client: FlaskClient, platform: BigCommerce) -> None:
    assert client.post("/control/api/bigcommerce/latency", json={"milliseconds": 250}).status_code == 200
    assert {store["latency"] for store in platform.stores.values()} == {250}
    assert client.post("/control/api/bigcommerce/quota", json={"requests": 10, "store": FIRST}).status_code == 200
    assert [store["quota"] for store in platform.stores.values()] == [10, 150]
    assert client.post("/control/api/bigcommerce/latency", json={"milliseconds": -1}).status_code == 422


def test_a_reset_is_the_first_day_again(client: FlaskClient, platform: BigCommerce) -> None:
    before = dict(platform.catalogs[FIRST].products)
    client.patch(
        f"/control/api/products/{FIRST}/{platform.catalogs[FIRST].ids[0]}", json={"name": "Gone after the reset"}
    )
    platform.stores[FIRST]["installed"] = True
    assert client.post("/control/api/reset").status_code == 200
    assert len(platform.catalogs[FIRST].products) == len(before) == 30
    assert "gone after the reset" not in platform.catalogs[FIRST].names
    assert not platform.stores[FIRST]["installed"]


def test_pages_open_and_say_what_they_are(client: FlaskClient, platform: BigCommerce) -> None:
    number = platform.catalogs[FIRST].ids[0]
    for path in ("time", "catalog", f"catalog?store={SECOND}&q=a", f"catalog/{FIRST}/{number}", "bigcommerce"):
        page = client.get(f"/control/{path}")
        assert page.status_code == 200 and 'class="ribbon"' in page.text, path
