"""The pages of a mapping's guided change: looked at, begun with a reason, undone; services; what stays locked."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, AuditEntry, Listing, Location, MappingVersion, PushRule, Shop, Store, Warehouse, db
from services import clock, warehouses
from services.actor import system
from services.places import centers
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

CHANGE = "settings/warehouses/change"


@pytest.fixture
def places(app: Flask, store: Store) -> dict[str, int]:
    """A confirmed shop without live listings: one location in the first warehouse, one not sold."""
    with inside(app, store):
        shop = add_shop()
        shop.mapping_locked_at = clock.now()
        db.session.add(Location(bigcommerce_id=2, label="Annex"))
        db.session.flush()
        first, second = db.session.scalars(select(Location.id).order_by(Location.id)).all()
        one, two = db.session.scalars(select(Warehouse.id).order_by(Warehouse.id)).all()
        return {"shop": shop.id, "first": first, "second": second, "one": one, "two": two}


def form(places: dict[str, int], first: str = "two", second: str = "") -> dict[str, Any]:
    return {
        f"location-{places['first']}": str(places.get(first, "")),
        f"location-{places['second']}": str(places.get(second, "")),
    }


def test_a_change_is_looked_at_begun_with_a_reason_and_undone(
    app: Flask, store: Store, client: PageClient, places: dict[str, int]
) -> None:
    assert client.get(client.at(CHANGE)).status_code == 200
    shown = client.post(client.at(f"{CHANGE}/look"), data=form(places))
    assert shown.status_code == 200 and "Change the mapping" in shown.text
    digest = shown.text.split('name="seen" value="')[1].split('"')[0]
    no_reason = client.post(client.at(CHANGE), data=form(places) | {"seen": digest, "reason": ""})
    assert no_reason.status_code == 422
    begun = client.post(client.at(CHANGE), data=form(places) | {"seen": digest, "reason": "A new hall"})
    assert begun.status_code == 303
    with inside(app, store):
        shop = db.session.get_one(Shop, places["shop"])
        assert warehouses.pairs(shop) == [(places["two"], places["first"])]
        assert db.session.scalars(select(MappingVersion.state).order_by(MappingVersion.number)).all() == [
            "past",
            "active",
        ]
        assert "warehouses.remap" in db.session.scalars(select(AuditEntry.action)).all()
    client.get(client.at(CHANGE))
    assert client.post(client.at(f"{CHANGE}/undo")).status_code == 303
    with inside(app, store):
        assert warehouses.pairs(db.session.get_one(Shop, places["shop"])) == [(places["one"], places["first"])]


def test_live_listings_are_prepared_first_and_it_can_be_given_up(
    app: Flask, store: Store, client: PageClient, places: dict[str, int]
) -> None:
    with inside(app, store):
        listing = add_listing(db.session.get_one(Shop, places["shop"]), 1)
        listing.tiktok_id, listing.platform_status = "101", "ACTIVATE"
        db.session.get_one(Shop, places["shop"]).authorization.state = "active"
        for line in listing.skus:
            line.tiktok_id = f"S{line.id}"
    refused = client.get(client.at(CHANGE))
    assert "This mapping stays as it is" in refused.text and "Push rules" in refused.text
    with inside(app, store):
        db.session.add(PushRule(shop_id=places["shop"], changed_at=clock.now()))
    client.get(client.at(CHANGE))
    shown = client.post(client.at(f"{CHANGE}/look"), data=form(places))
    digest = shown.text.split('name="seen" value="')[1].split('"')[0]
    client.post(client.at(CHANGE), data=form(places) | {"seen": digest, "reason": "A new hall"})
    with inside(app, store):
        activity = db.session.scalars(select(Activity).where(Activity.kind == "remap")).one()
        version = activity.details["version"]
        assert (activity.total, db.session.get_one(MappingVersion, version).state) == (1, "preparing")
    assert "is being prepared" in client.get(client.at(CHANGE)).text
    assert client.post(client.at(f"{CHANGE}/{version}/give-up")).status_code == 409
    with inside(app, store):
        found = db.session.scalars(select(Activity).where(Activity.kind == "remap")).one()
        found.state, found.open_key = "finished", None
    client.get(client.at(CHANGE))
    assert client.post(client.at(f"{CHANGE}/{version}/give-up")).status_code == 303
    with inside(app, store):
        assert db.session.get_one(MappingVersion, version).state == "dropped"
        assert db.session.scalars(select(Listing.tiktok_id)).all() == ["101"]


def test_a_semi_consignment_mapping_stays_locked(
    app: Flask, store: Store, client: PageClient, places: dict[str, int]
) -> None:
    with inside(app, store):
        db.session.get_one(Shop, places["shop"]).kind = "semi_consignment"
    page = client.get(client.at("settings/warehouses"))
    assert client.at(CHANGE) not in page.text and "account manager" in page.text
    client.get(client.at(CHANGE))
    assert client.post(client.at(f"{CHANGE}/look"), data=form(places)).status_code == 403


def test_a_service_is_named_and_has_its_warehouse_for_itself(
    app: Flask, store: Store, client: PageClient, places: dict[str, int]
) -> None:
    client.get(client.at("settings/warehouses"))
    data = {"location": str(places["second"]), "name": "Swift Fulfilment"}
    assert client.post(client.at("settings/warehouses/service"), data=data).status_code == 303
    assert "Swift Fulfilment" in client.get(client.at(CHANGE)).text
    assert client.post(client.at(f"{CHANGE}/look"), data=form(places, "one", "one")).status_code == 422
    assert client.post(client.at(f"{CHANGE}/look"), data=form(places, "one", "two")).status_code == 200
    with inside(app, store):
        assert centers.names() == {places["second"]: "Swift Fulfilment"}


def test_labels_and_the_multi_warehouse_tag(
    app: Flask, store: Store, client: PageClient, places: dict[str, int]
) -> None:
    assert "Multi-warehouse" not in client.get(client.at("settings/warehouses")).text
    with inside(app, store):
        for row in db.session.scalars(select(Warehouse)):
            row.sub_type = "CB_OVERSEA_WAREHOUSE"
        shop = db.session.get_one(Shop, places["shop"])
        warehouses.add(system(store.id), shop, {places["two"]: [places["second"]]})
    text = client.get(client.at("settings/warehouses")).text
    assert "Multi-warehouse" in text and "Cross-Border Overseas Warehouse" in text
