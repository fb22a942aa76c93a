"""Get and search products (reference 4.11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tiktok.call import Call, encode_page
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.product_store import all_skus
from sandbox.tiktok.product_view import brief, full
from sandbox.tiktok.products import CLOSED, own_product
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import PRODUCT_READ

Document = dict[str, Any]

STATUSES = frozenset(
    {
        "ALL",
        "DRAFT",
        "PENDING",
        "FAILED",
        "ACTIVATE",
        "SELLER_DEACTIVATED",
        "PLATFORM_DEACTIVATED",
        "FREEZE",
        "DELETED",
        "SCHEDULED",
    }
)
RESULT_MAXIMUM = 10_000
TIMES = {"create_time": 12019118, "update_time": 12019119}


@endpoints.add("GET", "product/products/{product_id}", "202309", PRODUCT_READ)
def get(call: Call) -> Document:
    product = own_product(call, call.params["product_id"])
    wants_review = call.query.get("return_under_review_version") == "true"
    wants_draft = call.query.get("return_draft_version") == "true"
    if product["status"] in CLOSED:
        raise Refusal(12052901, f"A product in {product['status']} cannot be read")
    if wants_review and wants_draft:
        raise invalid("return_draft_version", "not together with return_under_review_version")
    if wants_review and product["audit"]["status"] != "AUDITING":
        raise Refusal(12052547, "No version is under review")
    version = (
        "review" if wants_review and product["review"] else "draft" if wants_draft and product["draft"] else "content"
    )
    return full(call.platform, product, version)


@endpoints.add("POST", "product/products/search", "202309 202312 202502", PRODUCT_READ)
def search(call: Call) -> Document:
    offset, size = call.page()
    found = _visible(call, _candidates(call))
    tests = _tests(call)
    store = call.platform.products.products
    if tests:
        found = [number for number in found if all(test(store[number]) for test in tests)]
    if len(found) > RESULT_MAXIMUM:
        raise Refusal(12052180, "The search finds more than 10,000 products; narrow it")
    region = call.shop["region"]
    following = encode_page(offset + size) if offset + size < len(found) else ""
    return {
        "products": [brief({**store[number], "region": region}) for number in found[offset : offset + size]],
        "total_count": len(found),
        "next_page_token": following,
    }


def _visible(call: Call, found: list[str]) -> list[str]:
    """Without products that are too new for the index, when the control page lets it lag."""
    lag = float(call.platform.knobs["search_lag"])
    if not lag:
        return found
    latest, store = call.platform.box.clock.now() - lag, call.platform.products.products
    return [number for number in found if store[number]["create_time"] <= latest]


def _candidates(call: Call) -> list[str]:
    """Newest first; seller SKUs and SKU ids are found by index."""
    seller_skus = call.rows("seller_skus", 10, 12019027)
    sku_ids = call.rows("sku_ids", 10, 12019087)
    store = call.platform.products
    if not seller_skus and not sku_ids:
        return store.ids_of(call.shop_id)[::-1]
    found: set[str] = set()
    for seller_sku in seller_skus:
        found |= store.with_seller_sku(call.shop_id, str(seller_sku))
    owners = {store.by_sku.get(str(sku_id)) for sku_id in sku_ids}
    own = {
        number
        for number in owners
        if number and any(sku["id"] in map(str, sku_ids) for sku in all_skus(store.products[number]))
    }
    found |= {number for number in own if store.products[number]["shop_id"] == call.shop_id}
    return sorted(found, key=int, reverse=True)


def _tests(call: Call) -> list[Callable[[Document], bool]]:
    tests: list[Callable[[Document], bool]] = []
    status = call.body.get("status") or "ALL"
    if not isinstance(status, str) or status not in STATUSES:
        raise invalid("status", "not a product status")
    if status != "ALL":
        tests.append(lambda product: product["status"] == status)
    audits = {str(value) for value in call.rows("audit_status", 10, 12052910)}
    if audits:
        tests.append(lambda product: product["audit"]["status"] in audits)
    for name, code in TIMES.items():
        low, high = call.body.get(f"{name}_ge"), call.body.get(f"{name}_le")
        for value in (low, high):
            if value is not None and (not isinstance(value, int) or value < 0):
                raise Refusal(code, f"{name} must be a number of seconds")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            raise Refusal(code, f"{name} ends before it begins")
        if low is not None:
            tests.append(lambda product, key=name, bound=low: product[key] >= bound)  # type: ignore[misc]
        if high is not None:
            tests.append(lambda product, key=name, bound=high: product[key] <= bound)  # type: ignore[misc]
    return tests
