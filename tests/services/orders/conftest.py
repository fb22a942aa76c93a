"""A store with a shop and a listing on sale."""

from collections.abc import Iterator

import pytest
from flask import Flask

from models import Shop, db
from models.tenancy import tenant
from services.actor import Actor
from tests.services.listing_rows import add_shop, add_store
from tests.services.order_rows import sell


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            shop = add_shop()
            sell(shop)
            yield shop
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)
