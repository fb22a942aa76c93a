"""One notice tells of what came down to the threshold, and goes when all of it is back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from models import MerchantSku, Notice, Stock, Store, db
from models.tenancy import tenant
from services import notices
from services.stock import thresholds
from tests.services.listing_rows import add_product, add_shop, add_store


@pytest.fixture
def skus(app: Flask) -> Iterator[list[int]]:
    """Two merchant SKUs with 7 pieces each; the threshold is 4."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            add_shop()
            add_product(1)
            add_product(2)
            store.settings = {"threshold": 4}
            db.session.commit()
            yield list(db.session.scalars(select(MerchantSku.id).order_by(MerchantSku.id)))
        db.session.remove()


def now_at(sku_id: int, count: int) -> list[str]:
    for row in db.session.scalars(select(Stock).where(Stock.merchant_sku_id == sku_id)):
        row.available = count
    db.session.flush()
    told = thresholds.tell([sku_id])
    db.session.commit()
    return told


def told() -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.key == thresholds.KEY, Notice.resolved_at.is_(None)))


def test_the_notice_goes_when_all_are_back(skus: list[int]) -> None:
    one, other = skus
    assert now_at(one, 5) == [] and told() is None
    assert now_at(one, 4) == ["MUG-1-0"] and now_at(one, 3) == []
    assert now_at(other, 0) == ["MUG-2-0"]
    notice = told()
    assert notice is not None and "MUG-1-0" in notice.text and "MUG-2-0" in notice.text
    now_at(one, 9)
    notice = told()
    assert notice is not None and "MUG-1-0" not in notice.text
    now_at(other, 5)
    assert told() is None


def test_what_was_put_away_comes_back_only_for_another(skus: list[int]) -> None:
    one, other = skus
    now_at(one, 4)
    notice = told()
    assert notice is not None
    notices.dismiss(notice)
    now_at(one, 2)
    assert told() is None
    now_at(other, 2)
    assert told() is not None


def test_without_a_threshold_nothing_is_low(skus: list[int]) -> None:
    now_at(skus[0], 2)
    store = db.session.scalars(select(Store)).one()
    store.settings = {"threshold": 0}
    now_at(skus[0], 1)
    assert told() is None
