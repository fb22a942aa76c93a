"""The listing check; what it and create refuse is in test_must_reject_catalogue.py and test_must_reject_products.py."""

from __future__ import annotations

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import Document, Shop

CHECK = "/product/202309/products/listing_check"


def test_listing_check_tells_every_problem_and_saves_nothing(us: Shop, mug: Document, shared: Platform) -> None:
    broken = {**mug, "title": "", "package_weight": None, "category_id": "600120"}
    answer = us.data("POST", CHECK, broken)
    assert answer["check_result"] == "FAILED"
    assert {reason["code"] for reason in answer["fail_reasons"]} == {12052261, 12019011, 12052024}
    assert us.data("POST", CHECK, mug)["check_result"] == "PASS"
    assert not shared.products.products
