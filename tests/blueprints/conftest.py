"""Page tests: a client signed in to a store, and a second store that must never be seen.

No app context stays open between requests, as in production: rows are handed out detached, and a test looks into the
database through `inside(app, store)`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from flask import Flask

from models import Authorization, Base, Person, Shop, Store, db
from models.tenancy import tenant
from services import notices, sessions
from tests.pages import PageClient

SignIn = Callable[..., PageClient]
Row = TypeVar("Row", bound=Base)
FAR = datetime(2099, 1, 1, tzinfo=UTC)


@contextmanager
def inside(app: Flask, store: Store) -> Iterator[None]:
    """The database as this store sees it; commits at the end."""
    with app.app_context(), tenant(store.id):
        yield
        db.session.commit()


def detached(row: Row) -> Row:
    """The row with its values, free of its session."""
    db.session.commit()
    db.session.refresh(row)
    db.session.expunge(row)
    db.session.rollback()
    return row


def make_store(app: Flask, store_hash: str = "abc123", name: str = "First Store", **facts: Any) -> Store:
    """An installed store whose owner is BigCommerce user 7."""
    values: dict[str, Any] = {"currency": "USD", "country": "US", "weight_units": "LBS", "dimension_units": "Inches"}
    values |= {"installed_at": datetime.now(UTC), "settings": {}, "wizard": {}, "owner_id": 7} | facts
    with app.app_context():
        store = Store(hash=store_hash, name=name, **values)
        db.session.add(store)
        return detached(store)


def make_person(app: Flask, store: Store, bigcommerce_id: int = 7, email: str = "owner@example.com") -> Person:
    with inside(app, store):
        is_owner = bigcommerce_id == store.owner_id
        person = Person(bigcommerce_id=bigcommerce_id, email=email, is_owner=is_owner, seen_at=datetime.now(UTC))
        db.session.add(person)
        return detached(person)


def make_shop(
    app: Flask,
    store: Store,
    tiktok_id: str = "7490000000000000001",
    name: str = "First Shop",
    market: str = "US",
    **facts: Any,
) -> Shop:
    """An active shop with an authorization of its own."""
    with inside(app, store):
        grant = Authorization(
            open_id=f"open-{tiktok_id}",
            seller_name=name,
            access_expires_at=FAR,
            refresh_expires_at=FAR,
            connected_at=datetime.now(UTC),
            scopes=[],
        )
        db.session.add(grant)
        db.session.flush()
        values: dict[str, Any] = {"cipher": f"cipher-{tiktok_id}", "currency": "USD", "prerequisites": []} | facts
        shop = Shop(authorization_id=grant.id, tiktok_id=tiktok_id, name=name, market=market, **values)
        db.session.add(shop)
        return detached(shop)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = PageClient
    if not any(rule.rule == "/s/<store_hash>/" for rule in app.url_map.iter_rules()):
        app.add_url_rule("/s/<store_hash>/", "dashboard.index", lambda: "")  # the start page belongs to another area
    return app


@pytest.fixture
def store(app: Flask) -> Store:
    """The store the client is signed in to."""
    return make_store(app)


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """sign_in(store, person): a client with that person's session; the store's owner when no person is given."""

    def come_in(store: Store, person: Person | None = None) -> PageClient:
        client = app.test_client()
        assert isinstance(client, PageClient)
        person = person or make_person(app, store)
        with inside(app, store):
            opaque = sessions.begin(person)
        client.set_cookie(sessions.cookie_name(store.hash), opaque, secure=True)
        client.home = f"/s/{store.hash}/"
        return client

    return come_in


@pytest.fixture
def client(store: Store, sign_in: SignIn) -> PageClient:
    """Signed in to `store` as its owner."""
    return sign_in(store)


@pytest.fixture
def other_store(app: Flask, store: Store) -> Store:
    """A second store with a person, a shop and a notice; nothing of it may show on a page of the first."""
    other = make_store(app, "zzz999", "Other Store")
    make_person(app, other, 7, "other-owner@example.com")
    make_shop(app, other, "7499999999999999999", "Other Shop")
    with inside(app, other):
        notices.raise_notice("other", "danger", "Other secret matter")
    return other
