"""A product's life: create once, review, edit, stock, price, deactivate, delete, recover, search."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import US, US_NEW, Document, Shop, plain_mug

PRODUCTS = "/product/202309/products"
SEARCH = "/product/202502/products/search"


def create(shop: Shop, body: Document) -> str:
    return str(shop.data("POST", PRODUCTS, body)["product_id"])


def get(shop: Shop, number: str) -> Document:
    return shop.data("GET", f"{PRODUCTS}/{number}")


def extra_codes(answer: Document) -> list[int]:
    return [row["code"] for error in answer["errors"] for row in error["detail"]["extra_errors"]]


def test_created_reviewed_and_read(us: Shop, mug: Document, review_all: Callable[[], None]) -> None:
    answer = us.data("POST", PRODUCTS, mug)
    number = answer["product_id"]
    assert [sku["seller_sku"] for sku in answer["skus"]] == ["MUG-1"]
    waiting = get(us, number)
    assert (waiting["status"], waiting["audit"]["status"]) == ("PENDING", "AUDITING")
    review_all()
    live = get(us, number)
    assert (live["status"], live["audit"]["status"]) == ("ACTIVATE", "APPROVED")
    assert live["skus"][0]["price"]["sale_price"] == "9.90"
    assert live["skus"][0]["inventory"] == [{"warehouse_id": us.warehouse(), "quantity": 5}]
    assert [row["id"] for row in live["category_chains"]] == ["600100", "600120", "600123"]
    assert live["main_images"][0]["urls"]


def test_idempotency_under_threads(us: Shop, mug: Document, shared: Platform) -> None:
    mug["idempotency_key"] = "racing"
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(create(us, mug))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert shared.products.listed_today(US, shared.today(us.row)) == 1


def test_answer_lost_after_the_effect(us: Shop, mug: Document, http: FlaskClient, shared: Platform) -> None:
    rule = {"match": "POST product/products", "kind": "error_after", "amount": 503, "count": 1}
    assert http.post("/control/api/faults", json=rule).status_code == 200
    assert us.send("POST", PRODUCTS, mug).status_code == 503
    assert us.data("POST", SEARCH, {"seller_skus": ["MUG-1"]}, query={"page_size": "10"})["total_count"] == 1


def test_daily_limit_ends_at_the_shops_midnight(
    shop: Callable[[str], Shop], shared: Platform, http: FlaskClient
) -> None:
    seller = shop(US_NEW)
    body = plain_mug(seller)
    assert http.post("/control/api/tiktok/limits", json={"shop_id": US_NEW, "daily_listings": 2}).status_code == 200
    create(seller, body)
    create(seller, {**body, "save_mode": "AS_DRAFT"})
    create(seller, body)
    assert seller.call("POST", PRODUCTS, body)["code"] == 12052093
    results = seller.data("GET", "/product/202312/prerequisites")["check_results"]
    assert [row["check_item"] for row in results if row["is_failed"]] == ["PRODUCT_QUANTITY_LIMIT"]
    local = datetime.fromtimestamp(shared.box.clock.now(), shared.market(seller.row).timezone)
    left = 86_400 - (local.hour * 3600 + local.minute * 60 + local.second)
    shared.box.clock.advance(left + 5)
    assert seller.call("POST", PRODUCTS, body)["code"] == 0


@pytest.mark.parametrize(
    ("policy", "title", "status"),
    [
        ({"policy": "approve"}, "Plain mug", "ACTIVATE"),
        ({"policy": "refuse_word", "word": "replica"}, "A Replica mug", "FAILED"),
        ({"policy": "refuse_word", "word": "replica"}, "Plain mug", "ACTIVATE"),
        ({"policy": "refuse_share", "share": 1.0}, "Plain mug", "FAILED"),
        ({"policy": "refuse_share", "share": 0.0}, "Plain mug", "ACTIVATE"),
        ({"policy": "manual"}, "Plain mug", "PENDING"),
    ],
)
def test_review_policies(
    us: Shop,
    mug: Document,
    http: FlaskClient,
    review_all: Callable[[], None],
    policy: Document,
    title: str,
    status: str,
) -> None:
    assert http.post("/control/api/tiktok/review", json=policy).status_code == 200
    number = create(us, {**mug, "title": title})
    review_all()
    product = get(us, number)
    assert product["status"] == status
    assert bool(product["audit_failed_reasons"]) == (status == "FAILED")


def test_refused_edited_and_approved(
    us: Shop, mug: Document, http: FlaskClient, review_all: Callable[[], None]
) -> None:
    http.post("/control/api/tiktok/review", json={"policy": "manual"})
    number = create(us, mug)
    verdict = {"product_id": number, "verdict": "refuse", "reasons": ["The logo is not yours."]}
    assert http.post("/control/api/tiktok/verdict", json=verdict).get_json()["status"] == "FAILED"
    assert get(us, number)["audit_failed_reasons"][0]["reasons"] == ["The logo is not yours."]
    assert http.post("/control/api/tiktok/verdict", json=verdict).status_code == 400
    sku = get(us, number)["skus"][0]["id"]
    edited = copy.deepcopy(mug)
    edited["skus"][0]["id"] = sku
    us.data("PUT", f"/product/202509/products/{number}", {**edited, "title": "Better mug"})
    http.post("/control/api/tiktok/verdict", json={"product_id": number, "verdict": "approve"})
    assert get(us, number)["title"] == "Better mug"
    assert [row["id"] for row in get(us, number)["skus"]] == [sku]


def test_an_edit_of_a_live_product_waits_but_price_and_stock_do_not(
    us: Shop, mug: Document, review_all: Callable[[], None], http: FlaskClient
) -> None:
    number = create(us, mug)
    review_all()
    sku = get(us, number)["skus"][0]["id"]
    path = f"/product/202509/products/{number}/partial_edit"
    price = {"amount": "11.00", "currency": "USD"}
    answer = us.data("POST", path, {"title": "New name", "skus": [{"id": sku, "seller_sku": "MUG-1", "price": price}]})
    assert answer["audit"]["status"] == "AUDITING"
    live = get(us, number)
    assert (live["status"], live["title"], live["skus"][0]["price"]["sale_price"]) == ("ACTIVATE", "Plain mug", "11.00")
    assert live["skus"][0]["inventory"][0]["quantity"] == 5
    waiting = us.data("GET", f"{PRODUCTS}/{number}", query={"return_under_review_version": "true"})
    assert waiting["title"] == "New name"
    http.post("/control/api/tiktok/verdict", json={"product_id": number, "verdict": "refuse"})
    refused = get(us, number)
    assert (refused["status"], refused["title"], refused["audit"]["status"]) == ("ACTIVATE", "Plain mug", "FAILED")
    us.data("POST", path, {"title": "New name"})
    review_all()
    assert get(us, number)["title"] == "New name"
    assert us.call("GET", f"{PRODUCTS}/{number}", query={"return_under_review_version": "true"})["code"] == 12052547


def test_custom_sales_attributes_keep_their_ids(us: Shop, mug: Document, review_all: Callable[[], None]) -> None:
    sku = mug["skus"][0]
    mug["skus"] = [
        {**sku, "seller_sku": f"M-{value}", "sales_attributes": [{"name": "Glaze", "value_name": value}]}
        for value in ("Matt", "Gloss")
    ]
    number = create(us, mug)
    review_all()
    skus = get(us, number)["skus"]
    rows = [
        {
            "id": row["id"],
            "seller_sku": row["seller_sku"],
            "sales_attributes": [{"id": a["id"], "value_id": a["value_id"]} for a in row["sales_attributes"]],
        }
        for row in skus
    ]
    us.data("PUT", f"/product/202309/products/{number}", {**mug, "skus": rows[:1]})
    review_all()
    left = get(us, number)["skus"]
    assert [row["sales_attributes"][0]["value_name"] for row in left] == ["Matt"]
    assert left[0]["inventory"][0]["quantity"] == 5


def test_moves_between_states(us: Shop, mug: Document, review_all: Callable[[], None]) -> None:
    number = create(us, mug)
    batch = {"product_ids": [number]}
    assert extra_codes(us.data("POST", f"{PRODUCTS}/deactivate", batch)) == [12052901]
    review_all()
    assert us.data("POST", f"{PRODUCTS}/deactivate", batch)["errors"] == []
    assert get(us, number)["status"] == "SELLER_DEACTIVATED"
    assert us.data("POST", f"{PRODUCTS}/activate", batch)["errors"] == []
    assert get(us, number)["status"] == "PENDING"
    review_all()
    assert us.data("DELETE", PRODUCTS, batch)["errors"] == []
    assert us.call("GET", f"{PRODUCTS}/{number}")["code"] == 12052901
    assert us.data("POST", f"{PRODUCTS}/recover", batch)["errors"] == []
    assert get(us, number)["status"] == "SELLER_DEACTIVATED"


def test_stock_update(us: Shop, mug: Document) -> None:
    mug["skus"][0]["inventory"].append({"warehouse_id": us.warehouse(2), "quantity": 7})
    number = create(us, mug)
    sku = get(us, number)["skus"][0]["id"]
    path = f"{PRODUCTS}/{number}/inventory/update"

    def send(*rows: tuple[int, int]) -> list[int]:
        inventory = [{"warehouse_id": us.warehouse(index), "quantity": quantity} for index, quantity in rows]
        return extra_codes(us.data("POST", path, {"skus": [{"id": sku, "inventory": inventory}]}))

    assert send((1, 0), (2, 9)) == []
    assert send((1, 3)) == [12052037]
    assert send((1, 3), (2, 3), (4, 3)) == [12052533]
    assert send((1, 3), (2, 100_000)) == [12052055]
    assert send((1, 3), (5, 3)) == [12052532, 12052037]
    assert us.call("POST", path, {"skus": [{"id": "1", "inventory": []}]})["code"] == 12052556
    found = us.data("POST", "/product/202309/inventory/search", {"sku_ids": [sku]})["inventory"]
    assert [row["available_quantity"] for row in found[0]["skus"][0]["warehouse_inventory"]] == [0, 9]
    assert found[0]["skus"][0]["total_available_quantity"] == 9


def test_price_update(us: Shop, mug: Document, review_all: Callable[[], None]) -> None:
    number = create(us, mug)
    sku = get(us, number)["skus"][0]["id"]
    path, body = (
        f"{PRODUCTS}/{number}/prices/update",
        {"skus": [{"id": sku, "price": {"amount": "12.50", "currency": "USD"}}]},
    )
    assert us.call("POST", path, body)["code"] == 12052901
    review_all()
    assert us.data("POST", path, body) == {}
    assert get(us, number)["skus"][0]["price"]["sale_price"] == "12.50"
    body["skus"][0]["price"]["amount"] = "8000"
    assert us.call("POST", path, body)["code"] == 12052570


def test_search_pages_and_filters(us: Shop, mug: Document, review_all: Callable[[], None]) -> None:
    numbers = []
    for index in range(5):
        mug["skus"][0]["seller_sku"] = f"MUG-{index}"
        numbers.append(create(us, mug))
    review_all()
    draft = create(us, {**mug, "save_mode": "AS_DRAFT"})

    def walk(body: Document) -> list[str]:
        found, token = [], ""
        while True:
            query = {"page_size": "2", **({"page_token": token} if token else {})}
            page = us.data("POST", SEARCH, body, query=query)
            found += [row["id"] for row in page["products"]]
            token = page["next_page_token"]
            if not token:
                assert page["total_count"] == len(found)
                return found

    assert walk({}) == [draft, *numbers[::-1]]
    assert walk({"status": "ACTIVATE"}) == numbers[::-1]
    assert walk({"status": "DRAFT"}) == [draft]
    assert walk({"seller_skus": ["MUG-1", "MUG-3"]}) == [numbers[3], numbers[1]]
    assert walk({"audit_status": ["APPROVED"]}) == numbers[::-1]


def test_state_survives_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("sandbox") / "state.sqlite3"
    first = create_app(path=path, run_timers=False, app_url="http://127.0.0.1:9")
    us = Shop(first.test_client(), first.extensions["tiktok"], US)
    mug = {**plain_mug(us), "idempotency_key": "once"}
    number = create(us, mug)
    first.extensions["sandbox"].state.close()
    second = create_app(path=path, run_timers=False, app_url="http://127.0.0.1:9")
    us.http, us.shared = second.test_client(), second.extensions["tiktok"]
    assert create(us, mug) == number
    assert us.http.get(get(us, number)["main_images"][0]["urls"][0]).status_code == 200
    us.shared.box.clock.advance(10)
    us.shared.box.timers.run_due()
    assert get(us, number)["status"] == "ACTIVATE"
