"""Many rows in one call, on both databases: added, overwritten where asked, left alone where not, of one store only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from models import Product, db
from models.tenancy import TenancyBroken, tenant
from services.bulk import WORTH_A_COPY, insert_missing, upsert
from tests.services.listing_rows import add_store

KEY = ("store_id", "bigcommerce_id")
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MANY, FEW = WORTH_A_COPY + 5, 3


@pytest.fixture
def store(app: Flask) -> Iterator[int]:
    with app.app_context():
        store_id = add_store().id
        with tenant(store_id):
            yield store_id


def row(store_id: int, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "store_id": store_id, "bigcommerce_id": number, "title": f"Mug “{number}”\t\\N\n", "price": Decimal("12.3456"),
        "images": [{"id": number, "url": "x"}], "is_visible": False, "modified_at": None, "imported_at": NOW, **changes,
    }  # fmt: skip


def kept() -> list[Product]:
    return list(db.session.scalars(select(Product).order_by(Product.bigcommerce_id)))


@pytest.mark.parametrize("count", [FEW, MANY])
def test_values_arrive_as_the_models_would_write_them(store: int, count: int) -> None:
    """Money, JSON, time, nothing, tabs and backslashes; columns that are not named get their defaults."""
    upsert(Product, [row(store, number) for number in range(count)], KEY, ("title",))
    db.session.commit()
    found = kept()
    assert len(found) == count
    last = found[-1]
    assert (last.title, last.price) == (f"Mug “{count - 1}”\t\\N\n", Decimal("12.3456"))
    assert (last.images, last.is_visible, last.modified_at) == ([{"id": count - 1, "url": "x"}], False, None)
    assert (last.imported_at, last.status, last.custom_fields) == (NOW, "not_uploaded", {})


@pytest.mark.parametrize("count", [FEW, MANY])
def test_what_is_there_is_overwritten_only_in_the_columns_named(store: int, count: int) -> None:
    upsert(Product, [row(store, number) for number in range(count)], KEY, ("title",))
    upsert(Product, [row(store, number, title="new", sku="other") for number in range(1, count + 1)], KEY, ("title",))
    found = kept()
    assert [one.title for one in found] == [f"Mug “{0}”\t\\N\n", *["new"] * count]
    assert [one.sku for one in found] == ["", *[""] * (count - 1), "other"]


@pytest.mark.parametrize("count", [FEW, MANY])
def test_missing_rows_are_added_and_others_stay(store: int, count: int) -> None:
    insert_missing(Product, [row(store, 0)], KEY)
    insert_missing(Product, [row(store, number, title="new") for number in range(count)], KEY)
    assert [one.title != "new" for one in kept()] == [True, *[False] * (count - 1)]


@pytest.mark.parametrize("count", [FEW, MANY])
def test_rows_of_another_store_are_refused(store: int, count: int) -> None:
    other = add_store("other1").id
    with tenant(store), pytest.raises(TenancyBroken):
        upsert(Product, [row(other, number) for number in range(count)], KEY, ("title",))


@pytest.mark.parametrize("count", [FEW, MANY])
def test_refusals_are_sqlalchemys_and_the_transaction_goes_on_after_a_rollback(store: int, count: int) -> None:
    with pytest.raises((IntegrityError, DataError)):
        upsert(Product, [row(store, number, imported_at=None) for number in range(count)], KEY, ("title",))
    db.session.rollback()
    upsert(Product, [row(store, number) for number in range(count)], KEY, ("title",))
    assert len(kept()) == count
