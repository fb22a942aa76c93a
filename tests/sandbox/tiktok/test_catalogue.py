"""Shops, warehouses, prerequisites, categories, attributes, rules and brands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.tiktok.attribute_sets import ATTRIBUTES
from sandbox.tiktok.category_tree import TREES
from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import CB_GB, GB, UNREADY, US, Shop

CATEGORIES = "/product/202309/categories"
BRANDS = "/product/202309/brands"
V2 = {"category_version": "v2"}


def test_the_tree() -> None:
    tree = TREES["v2"].by_id
    leaves = [row for row in tree.values() if row.is_leaf]
    assert len(leaves) >= 60 and len({row.id for row in leaves}) == len(leaves)
    assert all(len(TREES["v2"].chain(row.id)) >= 3 for row in leaves)
    assert any(row.level == 4 for row in leaves)
    assert sum("INVITE_ONLY" in row.permissions for row in leaves) >= 3
    assert all(row.attributes in ATTRIBUTES for row in leaves)
    assert not set(tree) & set(TREES["v1"].by_id)


def test_value_ids_are_unique_within_an_attribute_set() -> None:
    for attributes in ATTRIBUTES.values():
        numbers = [number for row in attributes.values() for number, _ in row.values]
        assert len(numbers) == len(set(numbers))
        for row in attributes.values():
            assert all(pair[1] in attributes[pair[0]].names for pair in row.conditions)


def test_categories(us: Shop, shop: Callable[[str], Shop]) -> None:
    rows = us.data("GET", CATEGORIES, query=V2)["categories"]
    assert all(row["parent_id"] == "0" or row["parent_id"] in {other["id"] for other in rows} for row in rows)
    assert "601811" not in {row["id"] for row in rows}
    gb = shop(GB)
    assert rows == gb.data("GET", CATEGORIES, query=V2)["categories"]
    assert all(row["id"].startswith("5") for row in gb.data("GET", CATEGORIES)["categories"])


def test_apparel(us: Shop) -> None:
    rows = us.data("GET", f"{CATEGORIES}/600311/attributes", query=V2)["attributes"]
    assert [row["name"] for row in rows if row["type"] == "SALES_PROPERTY"] == ["Color", "Size"]
    assert {row["name"] for row in rows if row["is_requried"]} == {"Material", "Care Instructions"}
    rules = us.data("GET", f"{CATEGORIES}/600311/rules", query=V2)
    assert rules["size_chart"] == {"is_supported": True, "is_required": False}
    assert rules["package_dimension"] == {"is_required": True}
    assert us.data("GET", f"{CATEGORIES}/600711/rules", query=V2)["product_certifications"][0]["is_required"] is True


def test_recommend(us: Shop) -> None:
    body = {"product_title": "Handmade ceramic mug, blue", "category_version": "v2"}
    assert us.data("POST", f"{CATEGORIES}/recommend", body)["leaf_category_id"] == "600123"
    assert us.call("POST", f"{CATEGORIES}/recommend", {**body, "product_title": "Qwerty"})["code"] == 12019064


def test_shops_and_permissions(us: Shop, shop: Callable[[str], Shop]) -> None:
    path = "/authorization/202309/shops"
    assert [row["id"] for row in us.data("GET", path, cipher=False)["shops"]] == [US]
    atlas = shop(CB_GB)
    assert {row["region"] for row in atlas.data("GET", path, cipher=False)["shops"]} == {"GB", "DE", "FR", "ES", "IT"}
    assert atlas.data("GET", "/seller/202309/permissions", cipher=False)["permissions"] == ["MANAGE_GLOBAL_PRODUCT"]
    assert us.data("GET", "/seller/202309/permissions", cipher=False)["permissions"] == []
    assert len(atlas.data("GET", "/seller/202309/shops", cipher=False)["shops"]) == 5


def test_warehouses(us: Shop, shared: Platform) -> None:
    for shop_id, places in shared.warehouses.items():
        sales = [row for row in places.values() if row["type"] == "SALES_WAREHOUSE"]
        assert sum(row["is_default"] for row in sales) == 1
        assert {"ENABLED", "DISABLED"} <= {row["effect_status"] for row in sales}
        assert any(row["type"] == "RETURN_WAREHOUSE" for row in places.values()) == (shop_id != UNREADY)
    rows = us.data("GET", "/logistics/202309/warehouses")["warehouses"]
    options = us.data(
        "GET", f"/logistics/202309/warehouses/{rows[0]['id']}/delivery_options", query={"scope": "WAREHOUSE"}
    )
    assert {row["type"] for row in options["delivery_options"]} >= {"STANDARD", "EXPRESS"}


@pytest.mark.parametrize("version", ["202309", "202312"])
def test_prerequisites(us: Shop, shop: Callable[[str], Shop], version: str) -> None:
    def failing(seller: Shop) -> set[str]:
        rows = seller.data("GET", f"/product/{version}/prerequisites")["check_results"]
        return {row["check_item"] for row in rows if row["is_failed"]}

    assert failing(us) == set()
    assert failing(shop(UNREADY)) == {"SHOP_TAX", "RETURN_WAREHOUSE", "BANk_ACCOUNT"}


def test_brands(us: Shop) -> None:
    page = us.data("GET", BRANDS, query={"page_size": "10"})
    assert len(page["brands"]) == 10 and page["next_page_token"]
    own = us.data("GET", BRANDS, query={"page_size": "100", "is_authorized": "true"})["brands"]
    assert {row["authorized_status"] for row in own} == {"AUTHORIZED"}
    made = us.data("POST", BRANDS, {"name": "Potter Lane"}, cipher=False)["id"]
    found = us.data("GET", BRANDS, query={"page_size": "10", "brand_name": "potter"})["brands"]
    assert [row["id"] for row in found] == [made]
