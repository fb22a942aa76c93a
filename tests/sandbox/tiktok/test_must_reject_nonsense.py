"""Whatever stands where something else should: a refusal or a product, never an error of the sandbox itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.must_reject import CREATE, SEARCH, World

NONSENSE: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "x" * 300, "\ud800", [], [1], [[]], {}, {"id": []})
COMPLETE: dict[str, Any] = {
    "save_mode": "LISTING",
    "brand_id": "7082000000000000002",
    "category_version": "v2",
    "product_attributes": [{"id": "100157", "values": [{"id": "1001570001", "name": "Glass"}]}],
    "certifications": [{"id": "1", "images": [{"uri": "x"}], "files": [{"id": "x"}], "expiration_date": "1"}],
    "size_chart": {"image": {"uri": "x"}},
    "video": {"id": "x"},
    "is_cod_allowed": False,
    "external_product_id": "x",
    "idempotency_key": "x",
}
SKU: dict[str, Any] = {
    "external_sku_id": "x",
    "identifier_code": {"code": "4006381333931", "type": "EAN"},
    "sales_attributes": [{"id": "100000", "value_id": "1000000001", "name": "Color", "value_name": "Black"}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, its inner ones first."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        yield from places(inner, (*path, key))
        yield (*path, key)


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = inner = copy.deepcopy(document)
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


@pytest.fixture
def world(http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(http, shared, monkeypatch)


def survives(world: World, method: str, path: str, document: dict[str, Any], **options: Any) -> set[int]:
    """Send the document with nonsense in each place; the codes that came back."""
    codes = set()
    for place in places(document):
        for value in NONSENSE:
            answer = world.us.send(method, path, replaced(document, place, value), **options)
            assert answer.status_code == 200, (place, value, answer.get_data())
            codes.add(answer.get_json()["code"])
    return codes


def test_nonsense_in_a_product(world: World) -> None:
    body = {**world.mug, **COMPLETE}
    body["skus"] = [{**body["skus"][0], **SKU}]
    codes = survives(world, "POST", f"{CREATE}/listing_check", body)
    assert codes == {0, 98001004, 36009022}
    for name in ("certifications", "size_chart", "video", "idempotency_key"):
        del body[name]
    number = world.made()
    body["skus"][0]["id"] = world.sku(number)
    assert 0 in survives(world, "POST", f"/product/202509/products/{number}/partial_edit", body)


def test_nonsense_in_other_calls(world: World) -> None:
    number = world.live()
    sku = {"id": world.sku(number), "inventory": [{"warehouse_id": world.us.warehouse(), "quantity": 5}]}
    priced = {"id": world.sku(number), "price": {"amount": "9.90", "currency": "USD", "sale_price": "9.90"}}
    times = {"create_time_ge": 1, "create_time_le": 2, "update_time_ge": 1}
    search = {"status": "ALL", "seller_skus": ["x"], "sku_ids": ["1"], "audit_status": ["APPROVED"], **times}
    survives(world, "POST", f"{CREATE}/{number}/inventory/update", {"skus": [sku]})
    survives(world, "POST", f"{CREATE}/{number}/prices/update", {"skus": [priced]})
    survives(world, "POST", SEARCH, search, query={"page_size": "10"})
    survives(world, "POST", "/product/202309/inventory/search", {"product_ids": [number], "sku_ids": [sku["id"]]})
    survives(world, "POST", f"{CREATE}/deactivate", {"product_ids": [number]})
    survives(world, "PUT", "/event/202309/webhooks", {"event_type": "X", "address": "https://x.example"})
    survives(world, "POST", "/product/202309/brands", {"name": "Own brand"}, cipher=False)
