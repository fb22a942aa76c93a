"""The history of a listing and undo as pages."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, Listing, ListingVersion, Store, db
from services import listings
from services.actor import Actor
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

TITLE = "A mug that holds more than the others do"


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    with inside(app, store):
        shop = add_shop()
        for number in (1, 2):
            add_listing(shop, number)
    return store


def test_a_listing_goes_back_to_an_earlier_version(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        first = db.session.scalars(select(Listing.id).order_by(Listing.id)).first()
    assert "Nothing has been changed yet" in client.get(client.at(f"listings/{first}/history")).text
    client.post(client.at(f"listings/{first}/fields/title"), data={"title": TITLE})
    client.post(client.at(f"listings/{first}/fields/title"), data={"title": "Another one that nobody wanted"})
    page = client.get(client.at(f"listings/{first}/history"))
    assert TITLE in page.text and "owner@" in page.text and "Title" in page.text
    with inside(app, store):
        one, other = db.session.scalars(select(ListingVersion.id).order_by(ListingVersion.id))
    compared = client.get(client.at(f"listings/{first}/history/compare?one={other}&other={one}"))
    assert "<b>1</b> field differs" in compared.text
    alone = client.get(client.at(f"listings/{first}/history/compare?one={other}"))
    assert "Nothing differs" in alone.text
    assert client.get(client.at(f"listings/{first}/history/compare")).status_code == 422
    plan = client.get(client.at(f"listings/{first}/history/{one}/restore"))
    assert "<b>1</b> value would change" in plan.text
    client.post(client.at(f"listings/{first}/history/{one}/restore"), data={"seen": "3"})
    with inside(app, store):
        assert db.session.get_one(Listing, first).fields == {"title": TITLE}


def test_a_bulk_edit_is_undone_from_its_activity(app: Flask, store: Store, client: PageClient) -> None:
    given = {"all": "1", "tab": "all", "weight": "9", "unit": "POUND"}
    client.post(client.at("listings/bulk/package"), data=given)
    with inside(app, store):
        activity = db.session.scalars(select(Activity).where(Activity.kind == "bulk_edit")).one().id
    assert "Undo…" in client.get(client.at(f"activities/{activity}")).text
    plan = client.get(client.at(f"listings/undo/{activity}"))
    assert "<b>2</b> listings get the values they had before" in plan.text
    with inside(app, store):
        row = db.session.scalars(select(Listing).order_by(Listing.id)).first()
        assert row is not None
        listings.set_fields(Actor("x", store.id), row, {"weight": {"value": "1", "unit": "POUND"}})
    assert "1 stays as it is: changed since" in client.get(client.at(f"listings/undo/{activity}")).text
    client.post(client.at(f"listings/undo/{activity}"))
    with inside(app, store):
        undo = db.session.scalars(select(Activity).where(Activity.kind == "undo")).one()
        assert undo.title == "Undo: Set weight on 2 listings"
