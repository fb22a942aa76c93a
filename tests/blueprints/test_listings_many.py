"""Changing and publishing many listings: selection, confirmation, activity."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.listings import bulk, editing, single
from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, Location, Product, Shop, Store, Warehouse, WarehouseMap, db
from services import listing_limits, listings, readiness
from services.actor import system
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import SHIRTS, UNREAD, add_listing, add_product, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """Listings 1 and 2 without a weight, 3 to 5 ready."""
    with inside(app, store):
        shop = add_shop()
        for number in (1, 2):
            add_listing(shop, number, weight=None)
        for number in (3, 4, 5):
            add_listing(shop, number)
    return store


def bell(bells: list[tuple[Any, ...]]) -> Callable[..., bool]:
    def ring(*args: Any) -> bool:
        bells.append(args)
        return True

    return ring


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    bells: list[tuple[Any, ...]] = []
    for module in (editing, bulk, single):
        monkeypatch.setattr(module, "ring_job", bell(bells))
    return bells


def ids(app: Flask, store: Store) -> list[int]:
    with inside(app, store):
        return list(db.session.scalars(select(Listing.id).order_by(Listing.id)))


def by_tab(app: Flask, store: Store, tab: Tab) -> int:
    with inside(app, store):
        return db.session.scalar(select(func.count(Listing.id)).where(Listing.tab == tab)) or 0


@pytest.mark.parametrize("action", ["category", "brand", "package", "attributes", "remove"])
def test_each_form_says_how_many(app: Flask, store: Store, client: PageClient, action: str) -> None:
    client.get(client.at("listings/"))
    one, two = ids(app, store)[:2]
    for htmx in (False, True):
        page = client.get(client.at(f"listings/bulk/{action}?id={one}&id={two}&tab=incomplete"), htmx=htmx).text
        assert re.search(r"\b2\b[^<]*listings", page) and ("<html" in page) is not htmx
    assert "5" in client.get(client.at(f"listings/bulk/{action}?all=1&tab=all")).text


def test_a_selection_of_nothing_is_refused(client: PageClient) -> None:
    for path in ("bulk/brand", "publish", "bulk/brand?id=x", "bulk/brand?all=1&tab=live"):
        assert client.get(client.at(f"listings/{path}")).status_code == 422
    assert client.get(client.at("listings/bulk/nonsense?all=1&tab=all")).status_code == 404


def test_setting_the_package_of_all_that_match(app: Flask, store: Store, client: PageClient) -> None:
    data = {"all": "1", "tab": "incomplete", "problem": "weight.missing", "weight": "1", "unit": "POUND"}
    answer = client.post(client.at("listings/bulk/package"), data=data)
    assert answer.status_code == 303 and by_tab(app, store, Tab.READY) == 5
    nothing = client.post(client.at("listings/bulk/package"), data={"all": "1", "tab": "all", "unit": "POUND"})
    assert nothing.status_code == 422 and "form-error" in nothing.text


def test_setting_category_brand_and_attributes(app: Flask, store: Store, client: PageClient, rung: list[Any]) -> None:
    first, second, *_ = ids(app, store)
    two = {"id": [str(first), str(second)], "tab": "all"}
    client.post(client.at("listings/bulk/attributes"), data={**two, "attribute-101": "2"})
    client.post(client.at("listings/bulk/brand"), data={**two, "brand": "HARBOR"})
    with inside(app, store):
        for key in (first, second):
            fields = listings.get(key).fields
            assert fields["attributes.101"] == [{"id": "2", "text": "Glass"}] and fields["brand"]["id"] == "7001"
    client.post(client.at("listings/bulk/category"), data={"id": [str(first)], "tab": "all", "category": SHIRTS})
    page = client.get(client.at(f"listings/bulk/attributes?id={first}&id={second}&tab=all")).text
    assert "in 2 categories" in page
    assert not rung
    client.post(client.at("listings/bulk/category"), data={**two, "category": UNREAD})
    assert [bell[:2] for bell in rung] == [("live", "jobs.needs.read")]
    wrong = client.post(client.at("listings/bulk/category"), data={**two, "category": "600100"})
    assert wrong.status_code == 404


def test_more_than_fifty_become_an_activity(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        for number in range(10, 66):
            add_product(number)
        listings.stage(system(store.id), shop, select(Product.id))
    client.get(client.at("listings/?tab=all"))
    data = {"all": "1", "tab": "all", "weight": "1", "unit": "POUND"}
    answer = client.post(client.at("listings/bulk/package"), data=data, htmx=True)
    assert answer.status_code == 200 and "/activities/" in answer.text
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert (activity.kind, activity.units) == ("bulk_edit", 61)
    assert client.post(client.at("listings/bulk/package"), data=data).location.split("/")[-2] == "activities"


def test_removing_keeps_what_tiktok_has_seen(app: Flask, store: Store, client: PageClient) -> None:
    first = ids(app, store)[0]
    with inside(app, store):
        listings.get(first).tiktok_id = "1730000000000000001"
    page = client.get(client.at("listings/bulk/remove?all=1&tab=all")).text
    assert "4 of 5" in page
    assert client.post(client.at("listings/bulk/remove"), data={"all": "1", "tab": "all"}).status_code == 303
    assert len(ids(app, store)) == 1


def test_the_confirmation_says_what_goes_what_stays_and_why(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("listings/publish?all=1&tab=all")).text
    assert "<b>3</b> listings will be sent" in page and "not complete yet" in page and "Warehouse 1" in page
    assert "100 a day" in page
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        listing_limits.count_listings(shop.id)
        listing_limits.limit_reached(db.session.get_one(Shop, shop.id))
    assert "limit of this shop is used up" in client.get(client.at("listings/publish?all=1&tab=all")).text
    nothing = client.get(client.at(f"listings/publish?id={ids(app, store)[0]}")).text
    assert "can be sent now" in nothing and 'action="/s/abc123/listings/publish"' not in nothing


def test_publishing_starts_one_activity_and_goes_to_it(app: Flask, store: Store, client: PageClient) -> None:
    client.get(client.at("listings/"))
    answer = client.post(client.at("listings/publish"), data={"all": "1", "tab": "ready", "where": "all"})
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert (activity.kind, activity.total) == ("publish", 3)
        assert answer.status_code == 303 and answer.location.endswith(f"/activities/{activity.id}")
    assert by_tab(app, store, Tab.PUBLISHING) == 3
    again = client.post(client.at("listings/publish"), data={"all": "1", "tab": "all", "where": "all"}, htmx=True)
    assert again.status_code == 409
    assert by_tab(app, store, Tab.PUBLISHING) == 3


def test_chosen_warehouses(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        second = db.session.scalars(select(Warehouse).where(Warehouse.name == "Warehouse 2")).one()
        tiktok = second.tiktok_id
        place = db.session.scalars(select(Location.id)).one()
        db.session.add(WarehouseMap(warehouse_id=second.id, location_id=place))
    assert "Only these" in client.get(client.at("listings/publish?all=1&tab=ready")).text
    data: dict[str, Any] = {"all": "1", "tab": "ready", "where": "chosen"}
    for wrong in ({}, {"warehouse": "nobody's"}):
        assert client.post(client.at("listings/publish"), data={**data, **wrong}).status_code == 422
    assert client.post(client.at("listings/publish"), data={**data, "warehouse": tiktok}).status_code == 303
    with inside(app, store):
        assert all(item.args == {"warehouses": [tiktok]} for item in db.session.scalars(select(ActivityItem)))


def test_of_several_shops_one_is_chosen(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        second = add_shop("Second shop", "7490000000000000002")
        listings.stage(system(store.id), second, select(Product.id))
        readiness.recheck_stale()
        number = second.id
    assert "Second shop" in client.get(client.at("listings/?tab=all")).text
    page = client.get(client.at("listings/publish?all=1&tab=ready")).text
    assert "Choose one" in page and f"shop={number}" in page
    assert client.post(client.at("listings/publish"), data={"all": "1", "tab": "ready"}).status_code == 422
    assert "Choose one of them" in client.get(client.at("listings/bulk/brand?all=1&tab=all")).text
    one = client.get(client.at(f"listings/publish?all=1&tab=ready&shop={number}")).text
    assert "<b>3</b> listings will be sent to Second shop" in one
    answer = client.post(
        client.at(f"listings/publish?shop={number}"), data={"all": "1", "tab": "ready", "where": "all"}
    )
    assert answer.status_code == 303
    with inside(app, store):
        assert db.session.scalars(select(Activity)).one().shop_id == number


@pytest.mark.parametrize("given", [["9" * 5000], ["9" * 19], [str(number) for number in range(1, 40_001)]])
def test_an_absurd_selection_is_refused_in_words(client: PageClient, given: list[str]) -> None:
    assert client.post(client.at("listings/publish"), data={"id": given}).status_code == 422
