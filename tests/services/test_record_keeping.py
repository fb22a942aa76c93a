"""A store's own records go after the days that the merchant chose, and what later records stand on stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.settings import StoreSettings
from models import AuditEntry, Listing, ListingBody, ListingVersion, Stock, StockBalance, StockMovement, Store, db
from models.tenancy import tenant
from services import record_keeping
from services.history import keeping, snapshots
from services.stock import levels
from services.stock.booking import Entry, book
from tests.services.listing_rows import add_listing, add_product, add_shop, add_store

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
KEPT = StoreSettings(versions_days=400, log_days=400, movements_days=400)


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        store = add_store()
        db.session.commit()
        with tenant(store.id):
            yield store
        db.session.remove()


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def version(listing: Listing, kind: str, days: int, document: dict[str, Any]) -> None:
    keeping.sent([(listing.id, document, "")], kind)
    newest = db.session.scalars(select(ListingVersion).order_by(ListingVersion.id.desc())).first()
    assert newest is not None
    newest.at = ago(days)
    db.session.commit()


def test_the_last_whole_version_stays_with_the_parts_after_it(store: Store) -> None:
    listing = add_listing(add_shop())
    version(listing, "sent", 900, {"title": "first"})
    version(listing, "part", 850, {"title": "corrected"})
    version(listing, "sent", 800, {"title": "second"})
    version(listing, "part", 700, {"description": "new"})
    db.session.add(ListingVersion(store_id=store.id, listing_id=listing.id, kind="edit", why="edit", at=ago(600)))
    db.session.add(ListingVersion(store_id=store.id, listing_id=listing.id, kind="edit", why="edit", at=ago(10)))
    db.session.commit()
    before = snapshots.now(listing).sent

    assert record_keeping.drop(NOW, KEPT, db.session.commit) == 5

    left = db.session.scalars(select(ListingVersion).order_by(ListingVersion.id)).all()
    assert [one.kind for one in left] == ["sent", "part", "edit"]
    assert snapshots.now(listing).sent == before == {"title": "second", "description": "new", "skus": []}
    assert db.session.scalar(select(func.count(ListingBody.id))) == 2


def test_the_log_goes_after_its_days(store: Store) -> None:
    for days in (401, 399):
        db.session.add(AuditEntry(store_id=store.id, at=ago(days), actor="Ada", action="x", text=f"{days}"))
    db.session.commit()
    assert record_keeping.drop(NOW, KEPT, db.session.commit) == 1
    assert [one.text for one in db.session.scalars(select(AuditEntry))] == ["399"]


def test_old_movements_become_one_and_the_sums_stay(store: Store) -> None:
    add_shop()
    add_product(1)
    sku, place = db.session.execute(select(Stock.merchant_sku_id, Stock.location_id)).one()
    for number, (days, delta) in enumerate([(900, 6), (800, -3), (500, -2), (20, 6)]):
        book([Entry(sku, place, "on_hand", delta)], "read", f"r{number}", "", ago(days))
    for number, delta in enumerate((2, -2)):
        book([Entry(sku, place, "held", delta)], "order", f"o{number}", "", ago(700))
    db.session.commit()

    assert record_keeping.drop(NOW, KEPT, db.session.commit) == 4
    assert record_keeping.drop(NOW, KEPT, db.session.commit) == 0

    left = db.session.scalars(select(StockMovement).order_by(StockMovement.id)).all()
    assert [(one.cause, one.kind, one.delta) for one in left] == [("carried", "on_hand", 1), ("read", "on_hand", 6)]
    balance = db.session.scalars(select(StockBalance)).one()
    assert (balance.on_hand, balance.held) == (7, 0)
    assert levels.check() == []
