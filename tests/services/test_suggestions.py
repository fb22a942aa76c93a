"""Suggestions for one listing from its product and from what was chosen before; nothing is changed by asking."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from models import Listing, Shop, db
from models.tenancy import tenant
from services import drafts, listings, suggestions
from services.actor import system
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
            db.session.rollback()


def suggested(listing: Listing) -> dict[str, list[str]]:
    one = drafts.prepare(listing.shop, [listing.id])[listing.id]
    return {key: [value.name for value in found] for key, found in suggestions.values(listing, one).items()}


def test_an_empty_attribute_is_suggested_from_the_title_and_stays_empty(shop: Shop) -> None:
    listing = add_listing(shop, 1, custom_fields={})
    assert suggested(listing) == {"101": ["Ceramic"]}  # a stoneware mug
    assert listing.fields == {} and not listing.is_ready


def test_what_has_a_value_is_not_suggested(shop: Shop) -> None:
    assert "101" not in suggested(add_listing(shop, 1))


def test_a_value_that_tiktok_does_not_know_gets_one_it_knows(shop: Shop) -> None:
    listing = add_listing(shop, 1, custom_fields={"Material": "hand-blown glass"})
    assert suggested(listing)["101"][0] == "Glass"


def test_past_choices_of_the_same_store_category_count(shop: Shop) -> None:
    for number in (1, 2):
        chosen = add_listing(shop, number, custom_fields={}, title=f"Thing {number} for the table, plain")
        listings.set_fields(system(shop.store_id), chosen, {"attributes.101": [{"id": "2", "text": "Glass"}]})
    other = add_listing(shop, 3, custom_fields={}, title="Thing 3 for the table, plain", category_path="Garden")
    same = add_listing(shop, 4, custom_fields={}, title="Thing 4 for the table, plain")
    assert suggested(same)["101"] == ["Glass"] and "101" not in suggested(other)


def test_a_category_chosen_before_comes_first(shop: Shop) -> None:
    name, path = "Large stoneware mug for the kitchen", ("Home", "Mugs")
    assert suggestions.categories(shop, name, path)[0].category_id == MUGS
    listing = add_listing(shop, 1, title="Stoneware mug for the kitchen")
    listings.set_fields(system(shop.store_id), listing, {"category": SHIRTS})
    found = suggestions.categories(shop, name, path)
    assert found[0].category_id == SHIRTS and "Stoneware mug for the kitchen" in found[0].reason
    assert db.session.scalar(select(Listing.id).where(Listing.category_id == SHIRTS)) == listing.id
