"""Saved filters and columns: each person's own, shared when they say so."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import SavedView, Store
from models import db as database
from services import saved_views
from tests.blueprints.conftest import SignIn, inside, make_person
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    with inside(app, store):
        shop = add_shop()
        for number in (1, 2):
            add_listing(shop, number)
    return store


def ids(app: Flask, store: Store) -> list[int]:
    with inside(app, store):
        return list(database.session.scalars(select(SavedView.id).order_by(SavedView.id)))


def test_a_filter_is_saved_shared_and_removed(app: Flask, store: Store, client: PageClient, sign_in: SignIn) -> None:
    page = client.get(client.at("views/new?page=products&q=mug&brand=Harbor&evil=1"), htmx=True)
    assert "brand “Harbor”" in page.text and "evil" not in page.text
    data = {"page": "products", "q": "mug", "brand": "Harbor", "name": "Mugs <of> ours", "evil": "1"}
    assert client.post(client.at("views/"), data=data).status_code == 303
    page = client.get(client.at("products/"))
    assert "Mugs &lt;of&gt; ours" in page.text and "q=mug" in page.text and "brand=Harbor" in page.text
    colleague = sign_in(store, make_person(app, store, 8, "colleague@example.com"))
    assert "Mugs &lt;of&gt; ours" not in colleague.get(colleague.at("products/")).text
    assert colleague.post(colleague.at(f"views/{ids(app, store)[0]}/remove")).status_code == 404
    client.get(client.at("products/"))
    assert client.post(client.at("views/"), data=data | {"shared": "1", "q": "cup"}).status_code == 303
    assert len(ids(app, store)) == 1, "the same name replaces it"
    page = colleague.get(colleague.at("products/"))
    assert "Mugs &lt;of&gt; ours" in page.text and "q=cup" in page.text
    assert colleague.post(colleague.at(f"views/{ids(app, store)[0]}/remove")).status_code == 403
    client.get(client.at("products/"))
    assert client.post(client.at(f"views/{ids(app, store)[0]}/remove")).status_code == 303
    assert ids(app, store) == []


def test_listings_keep_their_own_filters(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("listings/?tab=all"))
    data = {"page": "listings", "tab": "ready", "tag_filter": "gifts", "name": "Gifts"}
    assert client.post(client.at("views/"), data=data).status_code == 303
    assert "tab=ready&amp;tag_filter=gifts" in client.get(client.at("listings/?tab=all")).text
    assert client.post(client.at("views/"), data=data | {"name": " "}).status_code == 422
    assert client.post(client.at("views/"), data=data | {"page": "elsewhere"}).status_code == 404


@pytest.mark.parametrize("page", ["products", "listings"])
def test_each_person_chooses_columns(app: Flask, store: Store, client: PageClient, sign_in: SignIn, page: str) -> None:
    before = client.get(client.at(f"{page}/?tab=all"))
    assert "without-" not in before.text
    shown = [name for name in saved_views.COLUMNS[page] if name != "price"]
    assert client.post(client.at("views/columns"), data={"page": page, "column": shown}).status_code == 303
    assert 'table-cards without-price"' in client.get(client.at(f"{page}/?tab=all")).text
    colleague = sign_in(store, make_person(app, store, 8, "colleague@example.com"))
    assert "without-" not in colleague.get(colleague.at(f"{page}/?tab=all")).text
    every = {"page": page, "column": list(saved_views.COLUMNS[page])}
    assert client.post(client.at("views/columns"), data=every).status_code == 303
    assert "without-" not in client.get(client.at(f"{page}/?tab=all")).text
