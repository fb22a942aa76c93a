"""The control panel's orders and stock: what staff can do, and what it does."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.seeds import FIRST, SECOND
from tests.sandbox.bigcommerce.conftest import Api

BASE = "http://localhost:8100"


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def order(api: Api, platform: BigCommerce) -> dict[str, Any]:
    mug = api.new("Mug", sku="MUG", price=10, inventory_tracking="product", inventory_level=9)
    body = {
        "billing_address": {"first_name": "<b>Kim", "zip": "97209", "country_iso2": "US"}, "status_id": 11,
        "products": [{"product_id": mug["id"], "quantity": 3}], "external_order_id": "5764",
    }  # fmt: skip
    number = api.post("/v2/orders", body).get_json()["id"]
    return platform.orders[FIRST].get(number)


def press(browser: FlaskClient, path: str, **form: Any) -> int:
    return browser.post(path, data=form, base_url=BASE).status_code


def on_hand(platform: BigCommerce, order: dict[str, Any]) -> int:
    product = platform.catalogs[FIRST].get(order["lines"][0]["product_id"])
    return int(product["variants"][0]["stock"]["1"]["onhand"])


def test_the_list_finds_and_escapes(browser: FlaskClient, order: dict[str, Any]) -> None:
    page = browser.get("/manage/orders?q=5764", base_url=BASE).text
    assert f"/manage/orders/{order['id']}" in page and "&lt;b&gt;Kim" in page
    assert f'/manage/orders/{order["id"]}"' not in browser.get("/manage/orders?q=other", base_url=BASE).text
    assert f'/manage/orders/{order["id"]}"' not in browser.get("/manage/orders?status=5", base_url=BASE).text


def test_an_order_is_shipped_tracked_and_refunded(
    browser: FlaskClient, order: dict[str, Any], platform: BigCommerce
) -> None:
    path, line = f"/manage/orders/{order['id']}", order["lines"][0]["id"]
    assert press(browser, f"{path}/shipments", **{f"ship-{line}": 2}, tracking_number="1Z", shipping_provider="ups")
    [shipment] = order["shipments"]
    assert (order["status_id"], shipment["tracking_number"]) == (3, "1Z")
    assert press(browser, f"{path}/shipments/{shipment['id']}", tracking_number="1Z9", shipping_provider="ups") == 303
    assert shipment["tracking_number"] == "1Z9" and "1Z9" in browser.get(path, base_url=BASE).text
    assert press(browser, f"{path}/refunds", **{f"refund-{line}": 1}, restock="1", reason="late") == 303
    assert (order["status_id"], order["lines"][0]["refunded"], on_hand(platform, order)) == (14, 1, 7)


def test_a_cancelled_order_gives_its_stock_back(
    browser: FlaskClient, order: dict[str, Any], platform: BigCommerce
) -> None:
    assert on_hand(platform, order) == 6
    assert press(browser, f"/manage/orders/{order['id']}/status", status=5) == 303
    assert on_hand(platform, order) == 9


def test_what_is_refused_is_said_on_the_page(browser: FlaskClient, order: dict[str, Any]) -> None:
    path, line = f"/manage/orders/{order['id']}", order["lines"][0]["id"]
    answer = browser.post(f"{path}/shipments", data={f"ship-{line}": 4}, base_url=BASE)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert press(browser, f"{path}/refunds") == 422
    assert press(browser, "/manage/orders/99999/status", status=5) == 404


def test_stock_is_set_by_location_and_told(
    browser: FlaskClient, order: dict[str, Any], platform: BigCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired: list[str] = []
    monkeypatch.setattr(platform.catalogs[FIRST], "notify", lambda store, scope, data: fired.append(scope))
    product = order["lines"][0]["product_id"]
    variant, path = order["lines"][0]["variant_id"], f"/manage/products/{product}/stock"
    assert "MUG" in browser.get(path, base_url=BASE).text
    assert press(browser, path, **{f"stock-{variant}-1": 4, f"stock-{variant}-2": 2}) == 303
    assert on_hand(platform, order) == 4
    assert fired == ["store/product/inventory/updated", "store/product/updated"]
    assert press(browser, path, **{f"stock-{variant}-1": 4, f"stock-{variant}-2": 2}) == 303
    assert len(fired) == 2
    assert press(browser, path, **{f"stock-{variant}-1": "-1"}) == 422


def test_a_sale_in_the_shop_takes_stock(browser: FlaskClient, order: dict[str, Any], platform: BigCommerce) -> None:
    path = f"/manage/products/{order['lines'][0]['product_id']}/sell"
    assert press(browser, path, quantity=2) == 303
    assert on_hand(platform, order) == 4
    assert [each["source"] for each in platform.orders[FIRST].orders.values()] == ["external", "www"]
    assert press(browser, path, quantity=99) == 422


def test_the_other_store_has_its_own(browser: FlaskClient, order: dict[str, Any]) -> None:
    page = browser.get(f"/manage/orders/{order['id']}?store={SECOND}", base_url=BASE)
    assert page.status_code == 404


def test_an_archived_order_leaves_the_list(browser: FlaskClient, order: dict[str, Any]) -> None:
    assert press(browser, f"/manage/orders/{order['id']}/archive") == 303
    assert "No orders yet" in browser.get("/manage/orders", base_url=BASE).text
