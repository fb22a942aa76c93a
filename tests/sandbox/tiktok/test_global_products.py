"""Global products of the sandbox's global seller: read, published, refused; and what each shop says of itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import CB_FR, CB_GB, US, Shop
from tests.sandbox.tiktok.must_reject import Act, Case, World, prove

SEARCH, ONE = "/product/202312/global_products/search", "/product/202309/global_products/"
RULES = "/product/202507/global_listing_rules"
CB_ES = "7495540735365777509"


def found(shop: Shop, **body: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = shop.data("POST", SEARCH, body, cipher=False, query={"page_size": "100"})[
        "global_products"
    ]
    return rows


def published(region: str, status: str = "UNPUBLISHED", **changes: Any) -> Act:
    """The publishing of the first product of a status, after the region's shop was changed."""

    def act(world: World) -> TestResponse:
        shop = world.shop(CB_FR)
        if changes:
            world.shared.change_shop(CB_ES, **changes)
        target = {"publish_target": [{"region": region, "skus": []}]}
        number = found(shop, status=status)[0]["id"]
        answer: TestResponse = shop.send("POST", f"{ONE}{number}/publish", target, cipher=False)
        return answer

    return act


GLOBAL = (
    Case("11.4-28", "published there already", "12019212", published("FR", "PUBLISHED")),
    Case("11.4-28", "the region has no shop", "12052903", published("US")),
    Case("11.4-28", "the day is full", "12052117", published("ES", daily_listings=0)),
    Case("11.4-28", "the rest is taken", "0", published("ES")),
)


@pytest.mark.parametrize("case", GLOBAL, ids=str)
def test_refused(case: Case, http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(case, World(http, shared, monkeypatch))


def test_a_global_product_names_its_markets_and_they_hold_it(shop: Any) -> None:
    seller = shop(CB_FR)
    rows = found(seller, status="PUBLISHED")
    whole = seller.data("GET", f"{ONE}{rows[0]['id']}", cipher=False)
    assert whole["global_seller_id"] == seller.row["seller_id"] and whole["skus"][0]["price"]["currency"] == "USD"
    local = {one["region"]: one["id"] for one in whole["products"]}["FR"]
    there = seller.data("GET", f"/product/202309/products/{local}")
    assert (there["title"], there["global_product_association"]["global_product_id"]) == (whole["title"], whole["id"])


def test_every_page_is_found_once_and_deleted_ones_only_by_name(shop: Any) -> None:
    seller = shop(CB_FR)
    rows = found(seller)
    drafts = [row["id"] for row in rows if row["status"] == "DRAFT"]
    said = seller.data("DELETE", "/product/202309/global_products", {"global_product_ids": drafts}, cipher=False)
    assert said["errors"] == [] and {row["id"] for row in found(seller)} == {row["id"] for row in rows} - set(drafts)
    assert {row["id"] for row in found(seller, status="DELETED")} == set(drafts)
    first = seller.data("POST", SEARCH, {}, cipher=False, query={"page_size": "7"})
    assert len(first["global_products"]) == 7 and first["next_page_token"]


def test_each_shop_of_a_global_seller_says_its_method_and_others_have_none(shop: Any) -> None:
    methods = {number: shop(number).data("GET", RULES)["listing_methods"] for number in (CB_FR, CB_GB)}
    assert methods == {CB_FR: ["GLOBAL_PUBLISHING"], CB_GB: ["LOCAL_REPLICATION"]}
    assert shop(US).call("GET", RULES)["code"] == 12052501
    assert shop(US).call("POST", SEARCH, {}, cipher=False, query={"page_size": "7"})["code"] == 12019114
