"""Reading what a category demands by a job: the listings in it are rechecked, a failure is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.tabs import Tab
from jobs import needs
from models import Category, Shop, db
from models.tenancy import tenant
from services import categories, category_reading, clock, listings, platforms
from services.actor import system
from services.categories import CategoryUnread, NeedsRead
from tests.services.listing_rows import NEEDS, UNREAD, add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(platforms, "tiktok", lambda _shop: object())
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


def test_what_was_read_makes_the_listing_ready(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = add_listing(shop)
    values: dict[str, Any] = {"category": UNREAD}
    listings.set_fields(system(shop.store_id), listing, values)
    db.session.commit()
    assert listing.tab == Tab.INCOMPLETE
    monkeypatch.setattr(categories, "fetch_needs", lambda _client, key: NeedsRead(key, {**NEEDS, "attributes": []}))
    assert needs.read(shop.store_id, shop.id, UNREAD) is True
    db.session.refresh(listing)
    assert listing.tab == Tab.READY and category_reading.failure(shop.id, UNREAD) == ""


def test_a_refusal_is_told_until_a_reading_succeeds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop_id, store_id = shop.id, shop.store_id

    def refuse(_client: Any, _key: str) -> NeedsRead:
        raise CategoryUnread("TikTok Shop does not open this category.")

    monkeypatch.setattr(categories, "fetch_needs", refuse)
    assert needs.read(store_id, shop_id, UNREAD) is False
    assert category_reading.failure(shop_id, UNREAD)
    monkeypatch.setattr(categories, "fetch_needs", lambda _client, key: NeedsRead(key, NEEDS))
    assert needs.read(store_id, shop_id, UNREAD) is True and not category_reading.failure(shop_id, UNREAD)


def test_a_shop_that_left_is_not_asked(shop: Shop) -> None:
    shop.is_active = False
    db.session.commit()
    assert needs.read(shop.store_id, shop.id, UNREAD) is False


def test_what_was_read_long_ago_is_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[int, int, str]] = []

    def ring(store_id: int, shop_id: int, category_id: str) -> bool:
        rung.append((store_id, shop_id, category_id))
        return True

    monkeypatch.setattr(needs, "ring", ring)
    mine = (shop.store_id, shop.id)
    old, fresh = db.session.scalars(select(Category).where(Category.is_leaf).limit(2)).all()
    old.needs_read_at, fresh.needs_read_at = clock.now() - needs.KEEPS - timedelta(minutes=1), clock.now()
    db.session.commit()
    assert needs.refresh() == 1 and rung == [(*mine, old.tiktok_id)]
    db.session.get_one(Shop, mine[1]).is_active = False
    db.session.commit()
    assert needs.refresh() == 0
