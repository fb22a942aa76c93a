"""Page tests: a client signed in to a store, and a second store that must never be seen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from models import Authorization, Person, Shop, Store, db
from models.tenancy import tenant
from services import notices, sessions
from tests.pages import PageClient

SignIn = Callable[..., PageClient]


def make_store(store_hash: str = "abc123", name: str = "First Store", **facts: Any) -> Store:
    """Adds and commits an installed store."""
    store = Store(
        hash=store_hash,
        name=name,
        installed_at=datetime.now(UTC),
        settings={},
        wizard={},
        owner_id=7,
        token="",
        currency="USD",
        country="US",
        weight_units="LBS",
        dimension_units="Inches",
        **facts,
    )
    db.session.add(store)
    db.session.commit()
    return store


def make_person(store: Store, bigcommerce_id: int = 7, email: str = "owner@example.com") -> Person:
    with tenant(store.id):
        person = Person(
            bigcommerce_id=bigcommerce_id,
            email=email,
            is_owner=bigcommerce_id == store.owner_id,
            seen_at=datetime.now(UTC),
        )
        db.session.add(person)
        db.session.commit()
    return person


def make_shop(
    store: Store, tiktok_id: str = "7490000000000000001", name: str = "First Shop", market: str = "US", **facts: Any
) -> Shop:
    """Adds and commits an active shop with an authorization of its own."""
    now = datetime(2099, 1, 1, tzinfo=UTC)
    with tenant(store.id):
        grant = Authorization(
            open_id=f"open-{tiktok_id}",
            seller_name=name,
            access_expires_at=now,
            refresh_expires_at=now,
            connected_at=now,
            scopes=[],
        )
        db.session.add(grant)
        db.session.flush()
        shop = Shop(
            authorization_id=grant.id,
            tiktok_id=tiktok_id,
            name=name,
            market=market,
            cipher=f"cipher-{tiktok_id}",
            currency="USD",
            prerequisites=[],
            **facts,
        )
        db.session.add(shop)
        db.session.commit()
    return shop


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = PageClient
    return app


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    """The store the client is signed in to; the app context is open for the whole test, the store's tenant is not."""
    with app.app_context():
        yield make_store()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """sign_in(store, person): a client with that person's session."""

    def come_in(store: Store, person: Person | None = None) -> PageClient:
        client = app.test_client()
        assert isinstance(client, PageClient)
        with app.app_context(), tenant(store.id):
            opaque = sessions.begin(person or make_person(store))
            db.session.commit()
        client.set_cookie(sessions.cookie_name(store.hash), opaque, secure=True)
        client.home = f"/s/{store.hash}/"
        return client

    return come_in


@pytest.fixture
def client(store: Store, sign_in: SignIn) -> PageClient:
    """Signed in to `store` as its owner."""
    return sign_in(store)


@pytest.fixture
def other_store(store: Store) -> Store:
    """A second store with a shop and a notice; nothing of it may show on a page of the first."""
    other = make_store("zzz999", "Other Store")
    make_person(other, 7, "other-owner@example.com")
    make_shop(other, "7499999999999999999", "Other Shop")
    with tenant(other.id):
        notices.raise_notice("other", "danger", "Other store's secret matter")
        db.session.commit()
    return other
