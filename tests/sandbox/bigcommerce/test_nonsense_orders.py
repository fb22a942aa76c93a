"""Whatever stands where something else should: a refusal or an order, never an error of the sandbox itself."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bigcommerce.seeds import FIRST
from sandbox.server import create_app
from sandbox.settings import Settings
from tests.sandbox.bigcommerce.conftest import Api, installed
from tests.sandbox.tiktok.test_must_reject_nonsense import NONSENSE, places, replaced

ADDRESS: dict[str, Any] = {"first_name": "T", "zip": "97209", "country": "United States", "shipping_method": "Air"}


@pytest.fixture(scope="module")
def api() -> Api:
    app = create_app(Settings(run_timers=False, products=0, app_url="http://127.0.0.1:9"))
    app.extensions["bigcommerce"].stores[FIRST]["quota"] = 0
    return installed(app, FIRST)


@pytest.fixture(scope="module")
def ring(api: Api) -> dict[str, Any]:
    return api.new("Ring", modifiers=[{"display_name": "Engraving", "type": "text", "required": True}])


def sound(ring: dict[str, Any]) -> dict[str, Any]:
    option = {"id": ring["modifiers"][0]["id"] if ring.get("modifiers") else 111, "value": "L & M"}
    lines = [
        {"product_id": ring["id"], "variant_id": ring["base_variant_id"], "quantity": 2, "product_options": [option]},
        {"name": "Gift", "sku": "G", "quantity": 1, "price_inc_tax": "5", "price_ex_tax": 5},
    ]
    return {
        "billing_address": ADDRESS, "shipping_addresses": [ADDRESS], "products": lines, "status_id": 11,
        "external_order_id": "1", "external_source": "1", "staff_notes": "n", "total_inc_tax": "9", "total_ex_tax": "9",
        "shipping_cost_inc_tax": "3", "shipping_cost_ex_tax": "3", "date_created": "Sat, 21 Nov 2026 09:30:00 +0000",
        "customer_id": 0, "channel_id": 1,
    }  # fmt: skip


def statuses(api: Api, method: str, path: str, document: dict[str, Any]) -> set[int]:
    found = set()
    for place in places(document):
        for value in NONSENSE:
            answer = api.call(method, path, json=replaced(document, place, value))
            assert answer.status_code < 500, (place, value, answer.get_data())
            found.add(answer.status_code)
    return found


@pytest.fixture(scope="module")
def placed(api: Api, ring: dict[str, Any]) -> tuple[int, int, int]:
    """(order, line, address)."""
    order = api.post("/v2/orders", sound(ring))
    assert order.status_code == 201, order.get_json()
    number = order.get_json()["id"]
    line = api.get(f"/v2/orders/{number}/products").get_json()[0]
    return number, line["id"], line["order_address_id"]


def test_orders(api: Api, ring: dict[str, Any], placed: tuple[int, int, int]) -> None:
    assert statuses(api, "POST", "/v2/orders", sound(ring)) == {201, 400}
    assert api.get("/v2/orders?limit=250").status_code == 200


def test_changes(api: Api, placed: tuple[int, int, int]) -> None:
    number, line, address = placed
    assert 400 in statuses(api, "PUT", f"/v2/orders/{number}/shipping_addresses/{address}", ADDRESS)
    body = {"products": [{"id": line, "quantity": 2}], "billing_address": ADDRESS, "external_order_id": "1"}
    assert statuses(api, "PUT", f"/v2/orders/{number}", body) == {200, 400}


def test_shipments_and_refunds(api: Api, placed: tuple[int, int, int]) -> None:
    number, line, address = placed
    tracked = {"tracking_number": "1", "shipping_provider": "ups", "tracking_link": "x", "merchant_shipping_cost": "1"}
    items = [{"order_product_id": line, "quantity": 1}]
    body: dict[str, Any] = {"order_address_id": address, "items": items, "comments": "c", **tracked}
    assert 400 in statuses(api, "POST", f"/v2/orders/{number}/shipments", body)
    rows = [
        {"item_type": "PRODUCT", "item_id": line, "quantity": 1, "reason": "r", "adjustments": [{"amount": -1}]},
        {"item_type": "SHIPPING", "item_id": address, "amount": 1},
        {"item_type": "FEE", "amount": 1},
    ]
    override = {"total_amount": 1, "total_tax": 0}
    body = {"items": rows, "merchant_calculated_override": override}
    path = f"/v3/orders/{number}/payment_actions"
    assert 422 in statuses(api, "POST", f"{path}/refund_quotes", body)
    body |= {"payments": [{"provider_id": "custom", "amount": 1, "offline": True}], "reason": "r"}
    assert 422 in statuses(api, "POST", f"{path}/refunds", body)


@pytest.mark.parametrize("name", ["min_id", "status_id", "page", "limit", "min_total", "max_date_created", "sort"])
def test_filters(name: str, api: Api) -> None:
    for text in ("x", "-1", "9" * 40, "\ud800".encode("utf-8", "replace").decode(), "1.5", "[]"):
        assert api.get("/v2/orders", query_string={name: text}).status_code in (200, 204, 400), text
