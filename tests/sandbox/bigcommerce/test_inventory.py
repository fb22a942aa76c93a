"""Stock by location, and what an adjustment must fit."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.conftest import Api


@pytest.fixture
def shirt(api: Api) -> dict[str, Any]:
    rows = [
        {"sku": f"SH-{size}", "option_values": [{"option_display_name": "Size", "label": size}]} for size in ("S", "M")
    ]
    return api.new("Shirt", sku="SH", inventory_tracking="variant", variants=rows)


def absolute(api: Api, *rows: dict[str, Any]) -> int:
    return api.put("/v3/inventory/adjustments/absolute", {"reason": "test", "items": list(rows)}).status_code


def relative(api: Api, *rows: dict[str, Any]) -> int:
    return api.post("/v3/inventory/adjustments/relative", {"items": list(rows)}).status_code


def on_hand(api: Api, sku: str) -> dict[int, int]:
    [row] = api.get(f"/v3/inventory/items?sku:in={sku}").get_json()["data"]
    return {place["location_id"]: place["total_inventory_onhand"] for place in row["locations"]}


def test_the_catalog_shows_all_active_locations_together(api: Api, shirt: dict[str, Any]) -> None:
    assert (
        absolute(
            api, {"location_id": 1, "sku": "SH-S", "quantity": 4}, {"location_id": 2, "sku": "SH-S", "quantity": 3}
        )
        == 200
    )
    assert absolute(api, {"location_id": 3, "sku": "SH-S", "quantity": 100}) == 200
    assert on_hand(api, "sh-s") == {1: 4, 2: 3, 3: 100}
    assert api.get(f"/v3/catalog/products/{shirt['id']}").get_json()["data"]["inventory_level"] == 7


def test_a_relative_adjustment_is_all_or_nothing(api: Api, shirt: dict[str, Any]) -> None:
    assert (
        absolute(
            api, {"location_id": 1, "sku": "SH-S", "quantity": 4}, {"location_id": 1, "sku": "SH-M", "quantity": 1}
        )
        == 200
    )
    both = [{"location_id": 1, "sku": "SH-S", "quantity": -1}, {"location_id": 1, "sku": "SH-M", "quantity": -2}]
    assert relative(api, *both) == 422
    assert on_hand(api, "SH-S")[1] == 4
    assert relative(api, both[0], both[0]) == 200
    assert on_hand(api, "SH-S")[1] == 2
    assert relative(api, *[{"location_id": 1, "sku": "SH-S", "quantity": -1}] * 3) == 422


def test_the_identity_must_fit_the_tracking_mode(api: Api, shirt: dict[str, Any]) -> None:
    assert absolute(api, {"location_id": 1, "product_id": shirt["id"], "quantity": 1}) == 422
    api.put(f"/v3/catalog/products/{shirt['id']}", {"inventory_tracking": "product"})
    assert absolute(api, {"location_id": 1, "sku": "SH-S", "quantity": 1}) == 422
    assert absolute(api, {"location_id": 1, "product_id": shirt["id"], "quantity": 8}) == 200
    assert api.get(f"/v3/catalog/products/{shirt['id']}").get_json()["data"]["inventory_level"] == 8


def test_locations_can_be_filtered(api: Api) -> None:
    rows = api.get("/v3/inventory/locations").get_json()["data"]
    assert [row["enabled"] for row in rows] == [True, True, False]
    assert [row["id"] for row in api.get("/v3/inventory/locations?is_default=true").get_json()["data"]] == [1]
    assert [row["code"] for row in api.get("/v3/inventory/locations?is_active=false").get_json()["data"]] == ["SHOP-01"]
