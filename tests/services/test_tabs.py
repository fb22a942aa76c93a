"""Tabs and counters when the stored facts of a listing move."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.tabs import Tab
from models import Listing, Product, Shop, db
from models.tenancy import tenant
from services import listings, tabs
from services.actor import system
from tests.services.listing_rows import add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


FACTS: dict[Tab, dict[str, Any]] = {
    Tab.READY: {},
    Tab.PUBLISHING: {"intent": "publish"},
    Tab.IN_REVIEW: {"platform_status": "PENDING", "audit_status": "AUDITING"},
    Tab.LIVE: {"platform_status": "ACTIVATE"},
    Tab.FAILED: {"is_refused": True},
    Tab.DEACTIVATED: {"platform_status": "FREEZE"},
    Tab.SCHEDULED: {"platform_status": "SCHEDULED"},
    Tab.INCOMPLETE: {"is_ready": False},
}


@pytest.mark.parametrize("tab", FACTS)
def test_each_fact_leads_to_its_tab_and_the_counts_follow(shop: Shop, tab: Tab) -> None:
    listing = add_listing(shop)
    for name, value in FACTS[tab].items():
        setattr(listing, name, value)
    tabs.retab([listing])
    assert listing.tab == tab
    assert {name: count for name, count in tabs.counts(shop.id).items() if count} == {tab: 1}
    assert {name: count for name, count in tabs.counts(None).items() if count} == {tab: 1}


def test_chips_move_with_their_listing(shop: Shop) -> None:
    listing = add_listing(shop, weight=None)
    assert ("weight.missing", 1) in tabs.chips(shop.id, Tab.INCOMPLETE)
    listing.platform_status = "FAILED"
    tabs.retab([listing])
    assert tabs.chips(shop.id, Tab.INCOMPLETE) == [] and ("weight.missing", 1) in tabs.chips(shop.id, Tab.FAILED)


def test_a_product_shows_what_asks_for_most_attention(shop: Shop) -> None:
    first = add_listing(shop)
    second = add_shop("Second shop", "7490000000000000002")
    listings.stage(system(shop.store_id), second, select(Product.id))
    other = db.session.scalars(select(Listing).where(Listing.shop_id == second.id)).one()
    first.platform_status = "ACTIVATE"
    tabs.retab([first])
    assert first.product is not None and first.product.status == "live"
    other.is_refused = True
    tabs.retab([other])
    db.session.refresh(first.product)
    assert first.product.status == "failed"
    assert tabs.counts(shop.id)[Tab.LIVE] == 1 and tabs.counts(None)[Tab.FAILED] == 1
