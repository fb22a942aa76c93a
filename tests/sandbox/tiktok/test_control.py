"""The control page and its JSON."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import US, Document, Shop

API = "/control/api/tiktok"


def test_the_page_shows_and_decides(us: Shop, mug: Document, http: FlaskClient) -> None:
    http.post("/control/tiktok/review", data={"policy": "manual", "word": "", "share": "0", "review_seconds": "3"})
    number = us.data("POST", "/product/202309/products", mug)["product_id"]
    page = http.get("/control/tiktok")
    assert page.status_code == 200 and number in page.text and "Plain mug" in page.text
    form = {"product_id": number, "verdict": "refuse", "reason": "Blurred"}
    assert http.post("/control/tiktok/verdict", data=form).status_code == 303
    stored = http.get(f"{API}/products?shop_id={US}").get_json()["products"][0]["stored"]
    assert stored["status"] == "FAILED" and stored["audit_failed_reasons"][0]["reasons"] == ["Blurred"]
    again = http.post("/control/tiktok/verdict", data=form, follow_redirects=True)
    assert 'role="alert"' in again.text


def test_limits_from_the_form(http: FlaskClient, shared: Platform) -> None:
    http.post("/control/tiktok/limits", data={"shop_id": US, "daily_listings": "7"})
    assert shared.shops[US]["daily_listings"] == 7
    assert http.post(f"{API}/limits", json={"shop_id": US, "listed_today": 7}).get_json()["listed_today"] == 7


def test_latency(us: Shop, http: FlaskClient) -> None:
    http.post(f"{API}/latency", json={"ms": 60})
    started = time.perf_counter()
    us.data("GET", "/logistics/202309/warehouses")
    assert time.perf_counter() - started >= 0.06


def test_status_by_the_platform(us: Shop, mug: Document, http: FlaskClient) -> None:
    number = us.data("POST", "/product/202309/products", mug)["product_id"]
    http.post(f"{API}/status", json={"product_id": number, "status": "FREEZE"})
    assert us.call("PUT", f"/product/202309/products/{number}", mug)["code"] == 12052901


BAD: dict[str, Document] = {
    "review": {"policy": "coin"},
    "verdict": {"product_id": "1", "verdict": "approve"},
    "limits": {"shop_id": "1"},
    "latency": {"ms": -1},
    "shop": {"shop_id": US, "name": "x"},
    "authorization": {"seller_id": "1", "action": "x"},
    "code": {"seller_id": "1"},
    "knobs of another size": {"search_lag": -1},
    "knobs": {"x": 1},
    "webhook": {"shop_id": US, "event_type": "x"},
    "status": {"product_id": "1", "status": "x"},
}


@pytest.mark.parametrize("action", BAD)
def test_bad_documents_are_refused(http: FlaskClient, action: str) -> None:
    assert http.post(f"{API}/{action.partition(' ')[0]}", json=BAD[action]).status_code == 400


def test_unknown_action(http: FlaskClient) -> None:
    assert http.post(f"{API}/nothing", json={}).status_code == 404


def test_lists(us: Shop, http: FlaskClient) -> None:
    shops = http.get(f"{API}/shops").get_json()["shops"]
    assert len(shops) == 12 and [row["id"] for row in shops if row["authorized"]] == [US]
    assert http.get(f"{API}/deliveries").get_json() == {"deliveries": []}


def test_reset_starts_again(us: Shop, mug: Document, http: FlaskClient, shared: Platform) -> None:
    us.data("POST", "/product/202309/products", {**mug, "idempotency_key": "k"})
    http.post(f"{API}/knobs", json={"policy": "manual"})
    assert http.post("/control/api/reset", json={}).status_code == 200
    assert not shared.products.products and not shared.products.by_idempotency_key and not shared.box.timers.planned
    assert shared.knobs["policy"] == "approve" and len(shared.shops) == 12
    assert us.call("GET", "/authorization/202309/shops", cipher=False)["code"] == 36009004


def test_a_shop_is_closed_opened_unbound_and_granted(us: Shop, http: FlaskClient) -> None:
    warehouses, listed = "/logistics/202309/warehouses", "/authorization/202309/shops"
    for action, code, count in (("close", 12052700, 1), ("open", 0, 1), ("unbind", 0, 0), ("bind", 0, 1)):
        assert http.post("/control/tiktok/shop_state", data={"shop_id": US, "action": action}).status_code == 303
        assert us.call("GET", warehouses)["code"] == code, action
        assert len(us.data("GET", listed, cipher=False)["shops"]) == count, action


def test_a_warehouse_changes_its_state_and_keeps_it(us: Shop, http: FlaskClient, shared: Platform) -> None:
    place = us.data("GET", "/logistics/202309/warehouses")["warehouses"][0]
    form = {"warehouse_id": place["id"], "status": "RESTRICTED"}
    assert place["id"] in http.get("/control/tiktok").text
    assert http.post("/control/tiktok/warehouse", data=form).status_code == 303
    shared.reread_shops()
    assert us.data("GET", "/logistics/202309/warehouses")["warehouses"][0]["effect_status"] == "RESTRICTED"


def test_the_semi_consignment_shop_waits_for_its_account_manager(http: FlaskClient, shared: Platform) -> None:
    seller, semi = "7494000000000000104", "7495540735365777591"
    assert [shop["name"] for shop in shared.shops_of(seller)] == ["Rumah Melati"]
    assert http.post(f"{API}/shop_state", json={"shop_id": semi, "action": "bind"}).status_code == 200
    assert [shop["id"] for shop in shared.shops_of(seller)][1:] == [semi]
