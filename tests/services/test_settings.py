"""The default configuration: kept, refused, and never overwritten unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask

from domain.settings import StoreSettings
from models import Store, db
from models.tenancy import tenant
from services import drafts, readiness, settings
from services.actor import Actor
from services.errors import Invalid, Stale
from tests.services.listing_rows import add_listing, add_shop, add_store

ACTOR = Actor("maya", 1)


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        row = Store(hash="abc123", installed_at=datetime.now(UTC), settings={}, wizard={})
        db.session.add(row)
        db.session.flush()
        yield row
        db.session.rollback()


def test_defaults_until_saved(store: Store) -> None:
    assert settings.of(store) == StoreSettings()
    settings.save(ACTOR, store, {"threshold": 4})
    assert settings.of(store).threshold == 4 and settings.of(store).auto_update is True


def test_what_a_form_does_not_name_stays(store: Store) -> None:
    settings.save(ACTOR, store, {"stock_percent": 80})
    settings.save(ACTOR, store, {"auto_delete": True})
    assert (settings.of(store).stock_percent, settings.of(store).auto_delete) == (80, True)


def test_wrong_values_are_refused(store: Store) -> None:
    with pytest.raises(Invalid):
        settings.save(ACTOR, store, {"threshold": -1})
    assert store.settings == {}


def test_the_second_of_two_people_is_told(store: Store) -> None:
    seen = settings.version(store)
    settings.save(ACTOR, store, {"threshold": 1}, seen)
    with pytest.raises(Stale):
        settings.save(ACTOR, store, {"threshold": 2}, seen)


def test_settings_that_cannot_be_read_fall_back(store: Store) -> None:
    store.settings = {"threshold": "many"}
    assert settings.of(store) == StoreSettings()


@pytest.mark.parametrize(
    ("values", "rechecked"),
    [
        ({"threshold": 4}, True),
        ({"price_rule": {"kind": "percent_up", "amount": "10"}}, True),
        ({"image_ratio": "strict_square"}, True),
        ({"brand": "never"}, True),
        ({"identifier_required": True}, True),
        ({"identifier_priority": ["GTIN", "UPC", "EAN", "ISBN"]}, True),
        ({"auto_delete": True, "sync_title": False}, False),
        ({"threshold": 0}, False),
    ],
)
def test_what_listings_are_judged_by_has_them_rechecked(app: Flask, values: dict[str, object], rechecked: bool) -> None:
    with app.app_context():
        here, other = add_store(), add_store("second2")
        for store in (here, other):
            with tenant(store.id):
                add_listing(add_shop(tiktok_id=store.hash))
        settings.save(Actor("maya", here.id), here, values)
        with tenant(here.id):
            assert readiness.stale_count() == int(rechecked)
        with tenant(other.id):
            assert readiness.stale_count() == 0
        db.session.rollback()


@pytest.mark.parametrize(
    ("values", "price", "quantity"),
    [
        ({}, "12.50", 7),
        ({"price_rule": {"kind": "percent_up", "amount": "10"}}, "13.75", 7),
        ({"price_rule": {"kind": "fixed_down", "amount": "2"}}, "10.50", 7),
        ({"threshold": 6}, "12.50", 7),
        ({"threshold": 7}, "12.50", 0),
        ({"stock_percent": 50, "stock_add_on": 1}, "12.50", 4),
        ({"stock_cap": 5}, "12.50", 5),
    ],
)
def test_the_general_rules_decide_price_and_quantity(
    app: Flask, values: dict[str, object], price: str, quantity: int
) -> None:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            shop = add_shop()
            listing = add_listing(shop)
            settings.save(Actor("maya", store.id), store, values)
            [sku] = drafts.prepare(shop, [listing.id])[listing.id].draft.skus
            assert (sku.price, sku.quantity) == (Decimal(price), quantity)
        db.session.rollback()
