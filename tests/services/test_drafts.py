"""Effective drafts: what wins, where it comes from, and a hash that says the same in every process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain.draft import AttributeNeed, ImageDraft
from models import ListingSku, Profile, Shop, Stock, Variant, Warehouse, WarehouseMap, db
from models.tenancy import tenant
from services import drafts
from services.drafts import Prepared
from tests.services.listing_rows import add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


def prepared(shop: Shop, listing_id: int) -> Prepared:
    db.session.flush()
    return drafts.prepare(shop, [listing_id])[listing_id]


def profile(shop: Shop) -> Profile:
    return db.session.scalars(select(Profile).where(Profile.shop_id == shop.id)).one()


def test_the_profile_wins_over_the_product(shop: Shop) -> None:
    listing = add_listing(shop)
    own = profile(shop)
    own.mapping = {
        "brand": {"kind": "fixed", "source": "Elsewhere", "value_id": ""},
        "weight": {"kind": "fixed", "source": "2.25", "value_id": ""},
        "101": {"kind": "fixed", "source": "Glass", "value_id": "2"},
    }
    draft = prepared(shop, listing.id).draft
    assert (draft.brand_id, draft.brand_authorised) == ("7002", False)
    assert draft.weight is not None and draft.weight.value == Decimal("2.25")
    assert draft.attributes["101"][0].id == "2"
    assert {draft.origins[name] for name in ("brand", "weight", "attributes.101", "category")} == {"default profile"}


def test_the_profiles_attributes_do_not_reach_another_category(shop: Shop) -> None:
    listing = add_listing(shop)
    listing.fields = {"category": "600102"}
    assert prepared(shop, listing.id).draft.attributes == {}


def test_a_measure_that_only_variants_have_is_the_largest(shop: Shop) -> None:
    listing = add_listing(shop, 1, 2, weight=None)
    for position, weight in ((0, "1.5"), (1, "3")):
        db.session.execute(update(Variant).where(Variant.position == position).values(weight=Decimal(weight)))
    db.session.expire_all()
    draft = prepared(shop, listing.id).draft
    assert draft.weight is not None and draft.weight.value == Decimal(3)


def test_price_rule_and_stock_rule_explain_themselves(shop: Shop) -> None:
    listing = add_listing(shop)
    profile(shop).price_rule = {"kind": "percent_up", "amount": "10"}
    one = prepared(shop, listing.id)
    [sku] = one.draft.skus
    assert sku.price == Decimal("13.75") and one.price_steps[sku.key][0] == "price 12.5"
    assert sku.quantity == 7 and one.stock_steps[sku.key] == ("available 7",)
    db.session.execute(update(ListingSku).values(fields={"price": "9.99"}))
    db.session.expire_all()
    assert prepared(shop, listing.id).draft.skus[0].price == Decimal("9.99")


def test_stock_comes_from_mapped_warehouses_that_sell(shop: Shop) -> None:
    listing = add_listing(shop)
    assert dict(prepared(shop, listing.id).stock) == {str(listing.skus[0].id): {f"{shop.tiktok_id}1": 7}}
    warehouse = db.session.scalars(select(Warehouse).where(Warehouse.is_default)).one()
    warehouse.effect_status = "DISABLED"
    assert prepared(shop, listing.id).draft.skus[0].quantity is None
    warehouse.effect_status = "ENABLED"
    db.session.delete(db.session.scalars(select(WarehouseMap)).one())
    assert prepared(shop, listing.id).draft.skus[0].quantity is None


def test_the_hash_changes_with_what_would_be_sent_and_its_first_half_not_with_stock(shop: Shop) -> None:
    listing = add_listing(shop)
    first = prepared(shop, listing.id).hash
    assert prepared(shop, listing.id).hash == first and len(first) == 32
    db.session.scalars(select(Stock)).one().available = 3
    second = prepared(shop, listing.id).hash
    assert second != first and drafts.same_content(first, second)
    listing.fields = {"title": "Another title for this very mug"}
    assert not drafts.same_content(prepared(shop, listing.id).hash, second)


def test_what_is_learned_of_the_same_content_is_no_change_to_send(shop: Shop) -> None:
    """A listing is published, then its picture is measured, the category read again, the rule pack exchanged."""
    listing = add_listing(shop)
    first = prepared(shop, listing.id)
    image = replace(first.draft.images[0], width=1200, height=1200, size=90_000, format="JPEG")
    skus = tuple(replace(sku, image=image) for sku in first.draft.skus)
    with_pictures = replace(first, draft=replace(first.draft, skus=skus))
    unmeasured = tuple(replace(sku, image=ImageDraft(image.key, image.url)) for sku in skus)
    assert first.needs is not None
    later = replace(first.pack, effective_from=date(2027, 1, 1))
    more = replace(first.needs, attributes=(*first.needs.attributes, AttributeNeed("777", "Novelty", "product")))
    learned = (
        (first, replace(first, draft=replace(first.draft, images=(image,)))),
        (with_pictures, replace(first, draft=replace(first.draft, skus=unmeasured))),
        (first, replace(first, draft=replace(first.draft, origins={"title": "profile"}))),
        (first, replace(first, draft=replace(first.draft, duplicate_identifiers=frozenset({"1"})))),
        (first, replace(first, needs=more)),
        (first, replace(first, pack=later)),
    )
    for one, other in learned:
        assert one.hash != other.hash and drafts.same_content(one.hash, other.hash)
    other_picture = replace(first.draft, images=(ImageDraft("9", "https://images.example/9.jpg"),))
    assert not drafts.same_content(first.hash, replace(first, draft=other_picture).hash)


def test_a_variant_that_stayed_behind_is_a_change_once_it_has_stock(shop: Shop) -> None:
    """TikTok takes no new variant without stock (reference 4.8)."""
    sent = prepared(shop, add_listing(shop).id)
    [sku] = sent.draft.skus

    def with_other(quantity: int, is_known: bool = False) -> str:
        skus = (sku, replace(sku, key="99", seller_sku="M-2", quantity=quantity, is_known=is_known))
        return replace(sent, draft=replace(sent.draft, skus=skus)).hash

    assert not drafts.same_content(with_other(0), with_other(4))
    assert drafts.same_content(with_other(4), with_other(9)) and drafts.same_content(with_other(4), with_other(0, True))


HASH = """
from dataclasses import replace
from datetime import date
from decimal import Decimal
from domain.draft import CategoryNeeds, Draft
from domain.markets import MARKETS
from domain.policy import Policy
from domain.rulepacks import pack_for
from datetime import date
from services.drafts import Prepared
names = frozenset({"INVITE_ONLY", "NON_MAIN_CATEGORY", "AVAILABLE", "PROHIBITED"})
draft = Draft("US", "USD", "USD", duplicate_identifiers=frozenset(str(n) for n in range(20)))
pack = pack_for("US", date(2026, 11, 21))
print(Prepared(1, draft, CategoryNeeds("1", permissions=names), pack, {}, {}, {}, "", Policy()).hash)
"""


@pytest.mark.engines("sqlite")
def test_two_processes_give_one_hash() -> None:
    """Sets are walked in another order under another hash seed."""
    found = set()
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", HASH],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        found.add(done.stdout.strip())
    assert len(found) == 1 and len(found.pop()) == 32
