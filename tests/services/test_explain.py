"""The chain of facts behind each value: what follows from the facts that are shown is the value itself."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product as every
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Listing, Product, Profile, Shop, db
from models.tenancy import tenant
from services import drafts, explain
from services.explain import recompute
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_shop, add_store


@pytest.fixture
def listing(app: Flask) -> Iterator[Listing]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_listing(add_shop(), 1, 2)
            db.session.rollback()


OWN: list[dict[str, Any]] = [
    {},
    {"title": "Mine", "description": ""},
    {"category": SHIRTS},
    {"category": MUGS, "attributes.101": [{"id": "2", "text": "Glass"}]},
    {"brand": {"id": "", "name": ""}, "weight": {"value": "2.5", "unit": "POUND"}},
    {"dimensions": {"length": "9", "width": "8", "height": "7", "unit": "INCH"}, "attributes.102": []},
]
MAPPING: list[dict[str, Any]] = [
    {},
    {"101": {"kind": "custom_field", "source": "Material", "value_id": ""}},
    {"101": {"kind": "fixed", "source": "Glass", "value_id": "2"}, "brand": {"kind": "fixed", "source": "Ours"}},
    {"102": {"kind": "option", "source": "Color"}, "brand": {"kind": "custom_field", "source": "Maker"}},
    {"weight": {"kind": "custom_field", "source": "Grams"}, "length": {"kind": "field", "source": "width"}},
]
CATALOG: list[dict[str, Any]] = [
    {},
    {"title": "", "brand": "", "weight": None, "depth": None},
    {"custom_fields": {"Material": "ceramics", "Maker": "Them", "Grams": "1.2"}, "description": ""},
    {"custom_fields": {"Grams": "heavy"}, "width": Decimal(0)},
]


@pytest.mark.parametrize("own", range(len(OWN)))
def test_recomputing_from_the_shown_facts_gives_the_shown_value(listing: Listing, own: int) -> None:
    product, profile = db.session.get_one(Product, listing.product_id), db.session.scalars(select(Profile)).one()
    shop = db.session.scalars(select(Shop)).one()
    looked_at = 0
    for mapping, catalog in every(MAPPING, CATALOG):
        listing.fields, profile.mapping = OWN[own], mapping
        for name, value in catalog.items():
            setattr(product, name, value)
        db.session.flush()
        one = drafts.prepare(shop, [listing.id])[listing.id]
        for name, chain in explain.chains(listing, one).items():
            assert recompute(chain.facts) == chain.value, (name, chain, mapping, catalog)
            assert (chain.winner is None) is not any(fact.is_set for fact in chain.facts)
            assert all(fact.url.startswith("/") for fact in chain.facts)
            looked_at += 1
    assert looked_at > 100


def test_the_values_are_those_of_the_draft(listing: Listing) -> None:
    one = drafts.prepare(listing.shop, [listing.id])[listing.id]
    told = explain.chains(listing, one)
    assert told["title"].value == one.draft.title and told["brand"].value == one.draft.brand_name
    assert told["category"].value == "Mugs" and told["weight"].value == "0.9 pound"
    assert told["attributes.101"].value == "Ceramic"
    assert "custom field “Material”" in told["attributes.101"].facts[1].says
    assert told["attributes.101"].winner is told["attributes.101"].facts[1]


def test_the_description_before_keeps_tables_and_loses_what_runs() -> None:
    html = "<table><tr><td onclick='x()'>a</td></tr></table><script>x</script><img src='http://x/y.png'><h2>b</h2>"
    shown = explain.before_html(html)
    assert "<td>a</td>" in shown and "<h2>b</h2>" in shown
    assert "script" not in shown and "onclick" not in shown and "img" not in shown
