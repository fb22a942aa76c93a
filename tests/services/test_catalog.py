"""What of a BigCommerce product becomes which value, and what a chunk writes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Counter, ListingSku, MerchantSku, Product, Stock, Variant, db
from models.tenancy import tenant
from services.catalog_shape import shape
from tests.services.catalog_rows import Names, add_store, list_variant, theirs, write


@pytest.fixture
def store(app: Flask) -> Iterator[int]:
    with app.app_context():
        number = add_store()
        with tenant(number):
            yield number
        db.session.remove()


def shaped(stock: Any = None, **given: Any) -> Any:
    return shape(theirs(1, **given), Names(), "USD", {1000: {1: 7}} if stock is None else stock, frozenset({1}))


IMAGES = [
    {"id": 3, "sort_order": 1, "url_zoom": "https://x.example/3"},
    {"id": 2, "sort_order": 0, "url_zoom": "https://x.example/2"},
    {
        "id": 1,
        "sort_order": 5,
        "url_zoom": "https://x.example/1",
        "url_thumbnail": "https://x.example/t",
        "is_thumbnail": True,
    },
    {"id": 4, "sort_order": 9},
]
VARIANTS = [
    {
        "id": 1,
        "product_id": 1,
        "sku": "A",
        "price": None,
        "option_values": [{"option_display_name": "Size", "label": "S"}],
    },
    {
        "id": 2,
        "product_id": 1,
        "sku": "",
        "price": "8.5",
        "option_values": [{"option_display_name": "Size", "label": "M"}],
    },
]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("given", "column", "value"),
    [
        ({}, "brand", "Acme"),
        ({}, "category_path", "Home > Mugs"),
        ({"brand_id": 0}, "brand", ""),
        ({"name": "n" * 250}, "title", "n" * 250),
        ({"variants": VARIANTS}, "price", Decimal("8.5")),
        ({"variants": VARIANTS}, "variant_count", 2),
        ({}, "quantity", 7),
        ({"inventory_tracking": "none"}, "quantity", 0),
        ({"inventory_tracking": "product", "inventory_level": 4}, "quantity", 4),
        ({"images": IMAGES}, "image_url", "https://x.example/t"),
        (
            {"images": IMAGES},
            "images",
            [{"id": n, "url": f"https://x.example/{n}", "description": ""} for n in (1, 2, 3)],
        ),
        (
            {"custom_fields": [{"name": "Care", "value": v} for v in ("Wash", "Dry")]},
            "custom_fields",
            {"Care": "Wash, Dry"},
        ),
        ({"search_keywords": "mug,cup"}, "tags", "mug,cup"),
    ],
)
def test_one_value(given: dict[str, Any], column: str, value: object) -> None:
    assert shaped(**given).values[column] == value


@pytest.mark.engines("sqlite")
def test_variants_carry_price_options_and_the_code_of_their_stock() -> None:
    first, second = shaped(variants=VARIANTS).variants
    assert (first.values["price"], second.values["price"]) == (Decimal("10.00"), Decimal("8.5"))
    assert (first.code, second.code) == ("A", "#2") and second.values["options"] == [["Size", "M"]]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({}, True),
        ({"price": "10.0"}, True),
        ({"date_modified": "2026-11-20T10:00:00Z"}, True),
        ({"total_sold": 9}, True),
        ({"price": "10.01"}, False),
        ({"description": "x"}, False),
        ({"is_visible": False}, False),
        ({"upc": "1"}, False),
    ],
)
def test_the_hash_moves_with_what_we_keep_and_with_nothing_else(given: dict[str, Any], same: bool) -> None:
    assert (shaped(**given).hash == shaped().hash) is same


def test_only_what_differs_is_written(store: int) -> None:
    first = write(theirs(1), theirs(2), theirs(3))
    assert (first.new, first.changed, first.unchanged, first.variants) == (3, 0, 0, 3)
    assert write(theirs(1), theirs(2), theirs(3)).rows == 0
    again = write(theirs(1), theirs(2, name="Other"), theirs(3))
    assert (again.new, again.changed, again.unchanged, again.rows) == (0, 1, 2, 1)


def test_stock_alone_counts_as_a_change(store: int) -> None:
    write(theirs(1))
    tally = write(theirs(1), stock={1000: {1: 3}})
    assert tally.changed == 1 and db.session.scalars(select(Stock.available)).all() == [3]
    assert db.session.scalars(select(Product.quantity)).all() == [3]


def test_a_location_that_no_longer_holds_it_is_forgotten(store: int) -> None:
    write(theirs(1))
    write(theirs(1), stock={1000: {}})
    assert db.session.scalars(select(Stock.available)).all() == []


def test_what_is_listed_follows_a_renamed_sku(store: int) -> None:
    write(theirs(1))
    list_variant(db.session.scalars(select(Variant)).one())
    write(theirs(1, variants=[{"id": 1000, "product_id": 1, "sku": "NEW"}]))
    new = db.session.scalars(select(MerchantSku.id).where(MerchantSku.code == "NEW")).one()
    assert db.session.scalars(select(ListingSku.merchant_sku_id)).all() == [new]


def test_a_removed_variant_leaves_its_listed_sku(store: int) -> None:
    write(theirs(1, variants=VARIANTS), stock={1: {1: 2}, 2: {1: 2}})
    list_variant(db.session.scalars(select(Variant).where(Variant.bigcommerce_id == 2)).one())
    write(theirs(1, variants=VARIANTS[:1]), stock={1: {1: 2}})
    assert db.session.scalars(select(ListingSku.variant_id)).all() == [None]
    assert len(db.session.scalars(select(Stock.id)).all()) == 1


def test_two_stores_with_the_same_ids_stay_apart(store: int) -> None:
    write(theirs(1))
    other = add_store("second2")
    with tenant(other):
        write(theirs(1, name="Theirs"))
    assert db.session.scalars(select(Product.title)).all() == ["Product 1"]
    assert db.session.scalars(select(Counter.count)).all() == [1]
