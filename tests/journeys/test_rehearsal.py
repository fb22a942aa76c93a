"""A rehearsal with a catalog of one's own, from the export file to rows; and with every awkward product there is."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from models import Product, db
from sandbox.catalog import KINDS, export_file
from sandbox.catalog.export_file import read_export
from tests.journeys.road import Merchant

EXAMPLE = Path(export_file.__file__).with_name("example.csv")
Rows = dict[str, Any]


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": 1, "review_seconds": 0.5}


def in_the_app(merchant: Merchant) -> dict[str, Rows]:
    """By product name: what a merchant would compare with the own shop."""

    def look() -> dict[str, Rows]:
        return {
            product.title: {
                "sku": product.sku,
                "weight": product.weight,
                "type": product.type,
                "images": len(product.images),
                "variants": [
                    (variant.sku, variant.options, variant.price, variant.weight) for variant in product.variants
                ],
                "quantity": product.quantity,
            }
            for product in db.session.query(Product).order_by(Product.id)
        }

    return merchant.rows(look)


def in_the_file(draft: Rows) -> Rows:
    """What the product must hold of a product in the file; sale prices are left to the price rules."""
    rows = draft.get("variants") or [{**draft, "option_values": []}]
    tracked = draft["inventory_tracking"] != "none"
    return {
        "sku": draft["sku"],
        "weight": Decimal(str(draft["weight"])),
        "type": draft["type"],
        "images": len(draft["images"]),
        "variants": [
            (
                row["sku"],
                [[value["option_display_name"], value["label"]] for value in row["option_values"]],
                Decimal(str(row.get("price", draft["price"]))),
                Decimal(str(row["weight"])) if draft.get("variants") and "weight" in row else None,
            )
            for row in rows
        ],
        "quantity": sum(row["on_hand"] for row in rows) if tracked else 0,
    }


def test_what_the_file_says_is_what_the_product_has(merchant: Merchant) -> None:
    taken = requests.post(
        f"{merchant.sandbox.url}/control/api/catalog/file?replace=1", data=EXAMPLE.read_bytes(), timeout=30
    )
    assert taken.json()["troubles"] == []
    merchant.install()
    merchant.connect()
    merchant.map_warehouses()
    merchant.imported()
    expected = {draft["name"]: in_the_file(draft) for draft in read_export(EXAMPLE.read_bytes()).drafts}
    assert in_the_app(merchant) == expected


@pytest.mark.long
@pytest.mark.engines("sqlite")
@pytest.mark.timeout(300)
def test_one_product_of_each_trouble_walks_the_whole_road(merchant: Merchant) -> None:
    """Whatever is wrong with a product, its pages open, the rest is published, and nothing is sent twice."""
    assert merchant.control("catalog", troubles="each", seed=3)["created"] == len(KINDS)
    merchant.settle_in()
    merchant.until("all are staged", lambda: len(merchant.listings()) == len(KINDS) + 1)
    for listing in merchant.listings():
        merchant.open(f"/listings/{listing.id}")
    for page in ("/products/", "/listings/?tab=incomplete", "/listings/?tab=ready", "/activities/"):
        assert "<script>alert" not in merchant.open(page).html
    ready = merchant.tab_counts()["ready"]
    assert 5 < ready < len(KINDS)
    merchant.publish()
    merchant.over("publish", seconds=120)
    counts = merchant.tab_counts()
    assert counts["ready"] == 0 and counts.get("publishing", 0) == 0
    merchant.nothing_doubled()
