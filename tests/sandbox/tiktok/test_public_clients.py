"""What public clients of TikTok Shop found wrong once (docs/decisions/0006)."""

from __future__ import annotations

from tests.sandbox.tiktok.conftest import Document, Shop

CREATE = "/product/202309/products"
SEARCH = "/product/202502/products/search"


def test_an_empty_list_counts_as_an_empty_object(us: Shop) -> None:
    assert us.data("POST", SEARCH, b"[]", query={"page_size": "10"})["total_count"] == 0


def test_a_listing_check_warns_in_one_object(us: Shop, mug: Document) -> None:
    answer = us.data("POST", f"{CREATE}/listing_check", mug)
    assert answer["warnings"] == {"message": ""}
    assert set(answer["listing_quality"]) == {"current_tier", "remaining_recommendations"}
    uri = mug["main_images"][0]["uri"]
    warned = us.data("POST", f"{CREATE}/listing_check", {**mug, "size_chart": {"image": {"uri": uri}}})
    assert warned["warnings"]["message"]


def test_what_nobody_set_is_empty_rather_than_absent(us: Shop, mug: Document) -> None:
    number = us.data("POST", CREATE, mug)["product_id"]
    product = us.data("GET", f"{CREATE}/{number}")
    expected = {
        "is_cod_allowed": False, "is_pre_owned": False, "external_product_id": "", "manufacturer_ids": [],
        "responsible_person_ids": [], "product_families": [],
    }  # fmt: skip
    assert {name: product[name] for name in expected} == expected
    [sku] = product["skus"]
    assert (sku["external_sku_id"], sku["external_urls"], sku["extra_identifier_codes"]) == ("", [], [])
    assert (sku["combined_skus"], sku["external_list_prices"]) == ([], [])
    [row] = us.data("POST", SEARCH, {}, query={"page_size": "10"})["products"]
    assert (row["is_not_for_sale"], row["recommended_categories"], row["product_families"]) == (False, [], [])


def test_what_was_set_comes_back(us: Shop, mug: Document) -> None:
    mug["is_pre_owned"] = True
    listed = {"amount": "12.00", "currency": "USD"}
    other = {"source": "SHOPIFY_COMPARE_AT_PRICE", **listed}
    mug["skus"][0] |= {"list_price": listed, "external_list_prices": [other], "external_sku_id": "own-1"}
    number = us.data("POST", CREATE, mug)["product_id"]
    product = us.data("GET", f"{CREATE}/{number}")
    [sku], [row] = product["skus"], us.data("POST", SEARCH, {}, query={"page_size": "10"})["products"]
    assert product["is_pre_owned"] is True
    assert (sku["list_price"], sku["external_list_prices"], sku["external_sku_id"]) == (listed, [other], "own-1")
    assert (row["skus"][0]["list_price"], row["skus"][0]["external_list_prices"]) == (listed, [other])
