"""A store with one shop, and products as TikTok Shop shows them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from flask import Flask

from clients.tiktok.models import Product
from models import FoundProduct, Shop, db
from models.tenancy import tenant
from services import clock
from services.actor import Actor
from services.adoption import found, matching
from tests.services.listing_rows import MUGS, add_shop, add_store

Row = tuple[str, str, str]  # seller SKU, identifier, options


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def answer(tiktok_id: str, skus: Sequence[Row | str], title: str = "A mug", **more: Any) -> dict[str, Any]:
    """Get Product's answer. A SKU is its code alone, or (code, identifier, "Red / S")."""
    rows = []
    for place, one in enumerate(skus, 1):
        code, identifier, options = (one, "", "") if isinstance(one, str) else one
        row: dict[str, Any] = {
            "id": f"{tiktok_id}{place:02d}", "seller_sku": code, "price": {"currency": "USD", "sale_price": "19.90"},
            "inventory": [{"warehouse_id": "74900000000000000011", "quantity": 4}],
            "sales_attributes": [
                {"id": str(number), "name": name, "value_name": value}
                for number, (name, value) in enumerate(zip(("Color", "Size"), options.split(" / "), strict=False))
                if value
            ],
        }  # fmt: skip
        if identifier:
            row["identifier_code"] = {"code": identifier, "type": "UPC" if len(identifier) == 12 else "EAN"}
        rows.append(row)
    return {
        "id": tiktok_id, "title": title, "status": "ACTIVATE", "audit": {"status": "APPROVED"},
        "description": "<p>Thrown by hand.</p>", "skus": rows, "create_time": 1_700_000_000,
        "update_time": 1_700_000_000, "brand": {"id": "7001", "name": "Harbor"},
        "category_chains": [{"id": "600100", "local_name": "Kitchen"}, {"id": MUGS, "local_name": "Mugs"}],
        "main_images": [{"uri": f"tos/{tiktok_id}", "urls": [f"https://cdn.example/{tiktok_id}.jpg"]}],
        "product_attributes": [{"id": "101", "name": "Material", "values": [{"id": "1", "name": "Ceramic"}]}],
        "package_weight": {"value": "1.2", "unit": "POUND"},
        "package_dimensions": {"length": "6", "width": "5", "height": "4", "unit": "INCH"}, **more,
    }  # fmt: skip


def theirs(tiktok_id: str, skus: Sequence[Row | str], title: str = "A mug", **more: Any) -> Product:
    return Product.model_validate(answer(tiktok_id, skus, title, **more))


def imported(shop: Shop, *products: Product) -> dict[str, FoundProduct]:
    """What is kept of these after an import, by TikTok's id."""
    rows = found.keep_all(shop, products)
    matching.match(shop, rows)
    matching.demote_doubles(shop)
    db.session.commit()
    return {row.tiktok_id: row for row in rows}


def verdicts(rows: Mapping[str, FoundProduct]) -> dict[str, tuple[str, str]]:
    return {number: (row.certainty, row.how) for number, row in rows.items()}


def today() -> int:
    return int(clock.now().timestamp())
