"""Semi-consignment stores of the sandbox: granted by the account manager, paired, published to, closed to everything
else. All of it is a proposal, and every answer says so."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import ID, Shop, plain_mug

SEMI = "7495540735365777591"
API = "/control/api/semi-consignment"
Document = dict[str, Any]


@pytest.fixture
def local(shop: Callable[[str], Shop], review_all: Callable[[], None]) -> tuple[Shop, str]:
    """The Indonesian local shop with a live mug."""
    seller = shop(ID)
    mug = plain_mug(seller)
    mug["title"] = "Plain mug of stoneware, glazed by hand"
    mug["skus"][0]["price"] = {"amount": "99000", "currency": "IDR"}
    product = seller.data("POST", "/product/202309/products", mug)["product_id"]
    review_all()
    return seller, product


@pytest.fixture
def semi(http: FlaskClient, shared: Platform, local: tuple[Shop, str]) -> Shop:
    """The semi-consignment store after the account manager granted it, under the seller's token."""
    shared.change_shop(SEMI, bound=True)
    granted = Shop(http, shared, SEMI)
    granted.token = local[0].token
    return granted


def publish(http: FlaskClient, product_id: str, pair: str = "pair-1") -> Document:
    answer: Document = http.post(f"{API}/publish", json={"pair_id": pair, "product_id": product_id}).get_json()
    return answer


def test_a_store_that_was_not_granted_has_no_pair(http: FlaskClient, semi: Shop) -> None:
    found = http.get(f"{API}/pairs?shop_ids={SEMI}")
    assert found.headers["x-sandbox-model"] == "semi-proposal"
    pairs = found.get_json()["data"]["pairs"]
    assert [(pair["shop_3p"], pair["shop_1p"]) for pair in pairs] == [(ID, SEMI)]
    assert http.get(f"{API}/pairs?shop_ids=7495540735365777592").get_json()["data"]["pairs"] == []
    assert publish(http, "1", "pair-2")["code"] == 98001004, "not granted"


def test_a_live_product_is_published_once(http: FlaskClient, semi: Shop, local: tuple[Shop, str]) -> None:
    seller, product = local
    made = publish(http, product)["data"]
    assert publish(http, product)["data"] == made, "not made twice"
    assert http.get(f"{API}/published?pair_id=pair-1&product_id={product}").get_json()["data"] == made
    found = semi.send("GET", f"/product/202309/products/{made['product_id']}")
    assert found.headers["x-sandbox-model"] == "semi-proposal"
    told = found.get_json()["data"]
    assert told["status"] == "ACTIVATE" and told["skus"][0]["seller_sku"] == "MUG-1"
    assert told["skus"][0]["inventory"][0]["warehouse_id"] == semi.warehouse()
    body = {"skus": [{"id": told["skus"][0]["id"], "inventory": [{"warehouse_id": semi.warehouse(), "quantity": 3}]}]}
    assert semi.data("POST", f"/product/202309/products/{told['id']}/inventory/update", body) == {"errors": []}
    assert seller.data("GET", f"/product/202309/products/{product}")["skus"][0]["inventory"][0]["quantity"] == 5


def test_stock_goes_to_the_mapped_warehouse_only(http: FlaskClient, semi: Shop, local: tuple[Shop, str]) -> None:
    made = publish(http, local[1])["data"]
    row = {"id": made["skus"][0]["id"], "inventory": [{"warehouse_id": semi.warehouse(2), "quantity": 3}]}
    path = f"/product/202309/products/{made['product_id']}/inventory/update"
    errors = semi.data("POST", path, {"skus": [row]})["errors"]
    assert errors[0]["code"] == 12052533


def test_a_product_that_is_not_live_is_refused(http: FlaskClient, semi: Shop, local: tuple[Shop, str]) -> None:
    seller, product = local
    seller.data("POST", "/product/202309/products/deactivate", {"product_ids": [product]})
    assert publish(http, product)["code"] == 12052901
    assert publish(http, "1799999999999999999")["code"] == 12052032


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/product/202309/products", {"save_mode": "LISTING"}, 105005),
        ("POST", "/product/202309/products", {"save_mode": "AS_DRAFT"}, 12052488),
        ("PUT", "/product/202309/products/{id}", {"title": "Another"}, 12052922),
        ("POST", "/product/202309/products/{id}/partial_edit", {"title": "Another"}, 12052922),
        ("POST", "/product/202309/products/{id}/prices/update", {"skus": []}, 12019045),
        ("POST", "/product/202309/products/deactivate", {"product_ids": ["{id}"]}, 12052705),
        ("DELETE", "/product/202309/products", {"product_ids": ["{id}"]}, 12052705),
        ("POST", "/return_refund/202309/returns/1/approve", {}, 25011010),
        (
            "POST",
            "/return_refund/202309/cancellations",
            {"cancel_reason": "seller_cancel_reason_wrong_price"},
            25001020,
        ),
    ],
)
def test_what_the_platform_keeps_to_itself(
    http: FlaskClient, semi: Shop, local: tuple[Shop, str], method: str, path: str, body: Document, code: int
) -> None:
    number = publish(http, local[1])["data"]["product_id"]
    assert semi.call(method, path.replace("{id}", number), body)["code"] == code
