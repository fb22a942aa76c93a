"""Each call: the request built, the answer read, the odd answer refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from clients.bigcommerce import BigCommerce
from clients.errors import Unreadable
from clients.exchange import Exchange
from tests.clients.conftest import BIGCOMMERCE, Ledger

BASE = BIGCOMMERCE + "/stores/abc123"
PRODUCT = {
    "id": 107,
    "name": "Mug",
    "type": "physical",
    "sku": "MUG",
    "weight": 0.35,
    "price": 9.9,
    "upc": None,
    "base_variant_id": None,
    "date_modified": "2026-01-02T03:04:05+00:00",
    "unknown": {},
    "variants": [
        {
            "id": 11,
            "product_id": 107,
            "sku": "MUG-1",
            "price": None,
            "option_values": [{"id": 1, "label": "Red", "option_id": 2, "option_display_name": "Colour"}],
        }
    ],
    "images": [{"id": 5, "url_zoom": "https://x/z.jpg", "is_thumbnail": True}],
    "custom_fields": [{"id": 1, "name": "a", "value": "b"}],
}
HOOK = {"id": 9, "scope": "store/product/*", "destination": "https://x", "is_active": True, "headers": None}
STORE = {
    "id": "abc123",
    "store_id": "1001",
    "name": "Shop",
    "currency": "USD",
    "weight_units": "LBS",
    "dimension_units": "Inches",
    "timezone": {"name": "UTC", "raw_offset": 0},
    "logo": [],
}
ITEM = {
    "identity": {"sku": "MUG-1", "variant_id": 11, "product_id": 107, "sku_id": None},
    "locations": [
        {"location_id": 1, "available_to_sell": 3, "total_inventory_onhand": 5, "settings": {"safety_stock": 2}}
    ],
}


def rows(*data: Any, total: int | None = None, page: int = 1, pages: int = 1) -> dict[str, Any]:
    pagination = {
        "total": len(data) if total is None else total,
        "count": len(data),
        "current_page": page,
        "total_pages": pages,
    }
    return {"data": list(data), "meta": {"pagination": pagination}}


def query(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(str(web.calls[call].request.url)).query))


CALLS: list[tuple[str, Callable[[BigCommerce], Any], str, dict[str, str], Any, Any]] = [
    ("store", lambda s: (s.store().id, s.store().weight_units), "/v2/store", {}, STORE, ("abc123", "LBS")),
    (
        "product",
        lambda s: getattr(s.product(107), "name", None),
        "/v3/catalog/products/107",
        {"include": "variants,images,custom_fields"},
        {"data": PRODUCT},
        "Mug",
    ),
    (
        "products",
        lambda s: [p.id for p in s.products().items],
        "/v3/catalog/products",
        {"include": "variants,images,custom_fields", "sort": "id", "direction": "asc", "limit": "250"},
        rows(PRODUCT),
        [107],
    ),
    (
        "total",
        lambda s: s.products_total(),
        "/v3/catalog/products",
        {"include_fields": "name", "limit": "1"},
        rows({"id": 1}, total=8123),
        8123,
    ),
    (
        "max",
        lambda s: s.max_product_id(),
        "/v3/catalog/products",
        {"include_fields": "name", "limit": "1", "sort": "id", "direction": "desc"},
        rows({"id": 8123}),
        8123,
    ),
    (
        "brands",
        lambda s: [b.name for b in s.brands()],
        "/v3/catalog/brands",
        {"sort": "name", "limit": "250", "page": "1"},
        rows({"id": 1, "name": "A"}),
        ["A"],
    ),
    (
        "categories",
        lambda s: [(c.category_id, c.parent_id) for c in s.categories()],
        "/v3/catalog/trees/categories",
        {"limit": "250", "page": "1"},
        rows({"category_id": 4, "parent_id": 0, "name": "C"}),
        [(4, 0)],
    ),
    (
        "locations",
        lambda s: [loc.label for loc in s.locations()],
        "/v3/inventory/locations",
        {"limit": "1000", "page": "1"},
        rows({"id": 1, "label": "Default", "address": {"country_code": "USA"}}),
        ["Default"],
    ),
    (
        "inventory",
        lambda s: [place.available_to_sell for i in s.inventory([11, 12]) for place in i.locations],
        "/v3/inventory/items",
        {"variant_id:in": "11,12", "limit": "1000", "page": "1"},
        rows(ITEM),
        [3],
    ),
    ("hooks", lambda s: [h.id for h in s.hooks()], "/v3/hooks", {"limit": "250", "page": "1"}, rows(HOOK), [9]),
]


@pytest.mark.parametrize("case", CALLS, ids=[case[0] for case in CALLS])
def test_reads(case: Any, store: BigCommerce, web: responses.RequestsMock) -> None:
    _, act, path, asked, answer, expected = case
    web.add("GET", BASE + path, json=answer)
    assert act(store) == expected
    request = web.calls[0].request
    assert query(web) == asked
    assert (request.headers["X-Auth-Token"], request.headers["Accept"]) == ("bctoken-marker-0001", "application/json")


@pytest.mark.parametrize("case", CALLS, ids=[case[0] for case in CALLS])
@pytest.mark.parametrize("body", [b"<html>", b"", b'{"data":[{}]}', b'{"data":7}', b'{"data":[{"id":1,"na'])
def test_odd_answers_are_refused(body: bytes, case: Any, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + case[2], body=body)
    with pytest.raises(Unreadable):
        case[1](store)


def test_a_product_is_read_whole(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/products/107", json={"data": PRODUCT})
    product = store.product(107)
    assert product is not None
    assert (product.weight, product.price, product.upc) == (Decimal("0.35"), Decimal("9.9"), "")
    assert product.date_modified == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert product.variants[0].price is None and product.variants[0].option_values[0].label == "Red"
    assert product.images[0].is_thumbnail and product.custom_fields[0].value == "b"


def test_a_product_that_is_gone_is_none(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/products/107", json={"status": 404, "title": "gone"}, status=404)
    assert store.product(107) is None


def test_a_walk_asks_by_id_and_says_whether_more_follows(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/products", json=rows({**PRODUCT, "id": 120}, {**PRODUCT, "id": 131}, total=9))
    page = store.products(id_min=100, id_max=200, after_id=107, modified_min=datetime(2026, 1, 2, tzinfo=UTC), limit=2)
    assert (page.more, page.last_id, page.total) == (True, 131, 9)
    asked = query(web)
    assert (asked["id:min"], asked["id:max"], asked["id:greater"]) == ("100", "200", "107")
    assert (asked["date_modified:min"], asked["limit"]) == ("2026-01-02T00:00:00Z", "2")


@pytest.mark.parametrize(("answer", "more", "last"), [(rows(), False, 5), (rows({**PRODUCT, "id": 6}), False, 6)])
def test_a_walk_ends(answer: Any, more: bool, last: int, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/products", json=answer)
    page = store.products(after_id=5)
    assert (page.more, page.last_id) == (more, last)


def test_a_page_that_repeats_what_was_walked_is_refused(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/products", json=rows(PRODUCT))
    with pytest.raises(Unreadable):
        store.products(after_id=107)


def test_numbered_pages_are_walked_to_the_end(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/catalog/brands", json=rows({"id": 1, "name": "A"}, pages=2, total=2))
    web.add("GET", BASE + "/v3/catalog/brands", json=rows({"id": 2, "name": "B"}, page=2, pages=2, total=2))
    assert [brand.id for brand in store.brands()] == [1, 2]
    assert [query(web, call)["page"] for call in (0, 1)] == ["1", "2"]


def test_many_variants_are_asked_for_in_parts(store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("GET", BASE + "/v3/inventory/items", json=rows(ITEM))
    assert len(store.inventory(range(1, 302))) == 2
    assert [len(query(web, call)["variant_id:in"].split(",")) for call in (0, 1)] == [250, 51]


def test_a_hook_is_made_and_its_secret_is_not_kept(
    store: BigCommerce, web: responses.RequestsMock, seen: list[Exchange]
) -> None:
    headers = {"X-Causeway-Secret": "hook-marker-1"}
    web.add("POST", BASE + "/v3/hooks", json={"data": {**HOOK, "headers": headers}})
    hook = store.create_hook("store/product/*", "https://x", headers)
    body = web.calls[0].request.body
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "scope": "store/product/*",
        "destination": "https://x",
        "is_active": True,
        "headers": headers,
    }
    assert hook.id == 9 and "hook-marker-1" not in repr(seen) and "hook-marker-1" not in repr(hook)


def test_a_hook_is_switched_on_with_its_secret(
    store: BigCommerce, web: responses.RequestsMock, seen: list[Exchange]
) -> None:
    headers = {"X-Causeway-Secret": "hook-marker-1"}
    web.add("PUT", BASE + "/v3/hooks/9", json={"data": {**HOOK, "headers": headers}})
    assert store.activate_hook(9, headers).is_active
    body = web.calls[0].request.body
    assert isinstance(body, bytes) and json.loads(body) == {"is_active": True, "headers": headers}
    assert "hook-marker-1" not in repr(seen)


@pytest.mark.parametrize("status", [200, 404])
def test_a_hook_is_gone_afterwards(status: int, store: BigCommerce, web: responses.RequestsMock) -> None:
    web.add("DELETE", BASE + "/v3/hooks/9", json={"data": HOOK}, status=status)
    store.delete_hook(9)
    assert web.calls[0].request.method == "DELETE"


def test_the_budget_counts_by_store_and_template_and_learns(
    store: BigCommerce, web: responses.RequestsMock, budget: Ledger
) -> None:
    headers = {
        "X-Rate-Limit-Requests-Left": "149",
        "X-Rate-Limit-Requests-Quota": "150",
        "X-Rate-Limit-Time-Reset-Ms": "12500",
    }
    web.add("GET", BASE + "/v3/catalog/products/107", json={"data": PRODUCT}, headers=headers)
    store.product(107)
    assert budget.taken == [("bigcommerce:abc123", "/v3/catalog/products/{id}", False)]
    assert budget.reported == [("bigcommerce:abc123", 149, 150, 12.5)]
