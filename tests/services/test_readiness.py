"""From rows to problems, tabs and counters: one complete listing, then one change at a time."""

import random
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from domain.tabs import Tab
from models import Counter, Listing, ListingProblem, ListingSku, Picture, Product, Shop, Stock, Store, Variant, db
from models.tenancy import tenant
from services import drafts, listings, readiness, tabs, verdicts
from services.actor import system
from tests.services.listing_rows import SHIRTS, UNREAD, add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


def blocking(listing: Listing) -> list[tuple[str, str]]:
    """(code, field) of what keeps a listing from being sold; SKU ids are left out."""
    rows = db.session.scalars(
        select(ListingProblem).where(ListingProblem.listing_id == listing.id, ListingProblem.is_blocking)
    )
    return [(row.code, ".".join(part for part in row.field.split(".") if not part.isdigit())) for row in rows]


def test_a_complete_listing_is_ready(shop: Shop) -> None:
    listing = add_listing(shop)
    assert blocking(listing) == []
    assert (listing.is_ready, listing.is_stale, listing.tab) == (True, False, Tab.READY)
    assert tabs.counts(shop.id) == {Tab.READY: 1, Tab.INCOMPLETE: 0}
    assert listing.product is not None and listing.product.status == "draft"


Change = Callable[[Product], None]


def of_product(**values: Any) -> Change:
    def change(product: Product) -> None:
        for name, value in values.items():
            setattr(product, name, value)

    return change


def of_variant(**values: Any) -> Change:
    def change(product: Product) -> None:
        db.session.execute(update(Variant).where(Variant.product_id == product.id).values(**values))

    return change


def of_stock(product: Product) -> None:
    db.session.execute(update(Stock).values(available=0))


def of_picture(product: Product) -> None:
    db.session.execute(update(Picture).values(width=120, height=120))


CHANGES: dict[str, tuple[Change, tuple[str, str]]] = {
    "no title": (of_product(title=""), ("title.missing", "title")),
    "no description": (of_product(description="<p> </p>"), ("description.missing", "description")),
    "no picture": (of_product(images=[]), ("images.none", "images")),
    "small picture": (of_picture, ("images.too_small", "images")),
    "no weight": (of_product(weight=None), ("weight.missing", "weight")),
    "no depth": (of_product(depth=None), ("dimensions.missing", "dimensions")),
    "no material": (of_product(custom_fields={}), ("attributes.missing", "attributes")),
    "unknown material": (
        of_product(custom_fields={"Material": "Felt"}),
        ("attributes.custom_not_allowed", "attributes"),
    ),
    "conditional attribute": (of_product(custom_fields={"Material": "Glass"}), ("attributes.missing", "attributes")),
    "no price": (of_variant(price=None), ("price.missing", "skus.price")),
    "dear": (of_variant(price=Decimal(90000)), ("price.too_high", "skus.price")),
    "no sku": (of_variant(sku=""), ("sku.missing", "skus.sku")),
    "spaces in the sku": (of_variant(sku="A B"), ("sku.spaces", "skus.sku")),
    "sold out": (of_stock, ("quantity.none", "skus.quantity")),
    "untracked": (of_product(inventory_tracking="none"), ("quantity.missing", "skus.quantity")),
    "letters in the upc": (of_variant(upc="03600029145A"), ("identifier.digits", "identifier")),
    "short upc": (of_variant(upc="0360"), ("identifier.length", "identifier")),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_one_change_gives_exactly_this_problem(shop: Shop, change: str) -> None:
    listing = add_listing(shop)
    apply, problem = CHANGES[change]
    assert listing.product is not None
    apply(listing.product)
    readiness.mark_stale(Listing.id == listing.id)
    assert readiness.stale_count(shop.id) == 1
    assert readiness.recheck_stale() == 1
    expected = [problem] if problem[0] else []
    assert blocking(listing) == expected
    assert listing.tab == (Tab.INCOMPLETE if expected else Tab.READY)
    if expected:
        assert tabs.chips(shop.id, Tab.INCOMPLETE)[0] in {(code, 1) for code, _ in expected} | {
            ("attributes.optional_empty", 1)
        }
    assert readiness.stale_count() == 0


def test_a_category_that_was_not_read_blocks(shop: Shop) -> None:
    listing = add_listing(shop)
    listings.set_fields(system(shop.store_id), listing, {"category": UNREAD})
    assert blocking(listing) == [("category.not_loaded", "category")]


def test_what_did_not_change_is_not_written(shop: Shop) -> None:
    listing = add_listing(shop)
    before = listing.checked_at
    readiness.mark_stale(Listing.id == listing.id)
    readiness.recheck_stale()
    assert listing.checked_at == before and not listing.is_stale


def test_the_same_gtin_in_two_listings_blocks_both_and_no_third(shop: Shop) -> None:
    rows = [add_listing(shop, number) for number in (1, 2, 3)]
    for listing in rows[:2]:
        db.session.execute(
            update(Variant).where(Variant.product_id == listing.product_id).values(gtin="00012345600012")
        )
    readiness.mark_stale(Listing.shop_id == shop.id)
    readiness.recheck_stale()
    assert [[code for code, _ in blocking(listing)] for listing in rows] == [["identifier.duplicate"]] * 2 + [[]]
    # A hash that depended on the batch would make the next check write again.
    hashes = [listing.draft_hash for listing in rows]
    assert [drafts.prepare(shop, [listing.id])[listing.id].hash for listing in rows] == hashes


def test_the_store_policy_is_part_of_what_is_checked(shop: Shop) -> None:
    listing = add_listing(shop, title="Stoneware mug with a very wide handle")
    store = db.session.get_one(Store, shop.store_id)
    store.settings = {"identifier_required": True}
    db.session.flush()
    readiness.mark_stale(Listing.id == listing.id)
    readiness.recheck_stale()
    assert [code for code, _ in blocking(listing)] == ["identifier.missing"]


def true_counts() -> dict[tuple[str, str], int]:
    found: Tally[tuple[str, str]] = Tally()
    for tab, count in db.session.execute(select(Listing.tab, func.count()).group_by(Listing.tab)):
        found["listing_tab", tab] = count
    pairs = select(Listing.tab, ListingProblem.code, func.count(func.distinct(Listing.id))).join(
        ListingProblem, ListingProblem.listing_id == Listing.id
    )
    for tab, code, count in db.session.execute(pairs.group_by(Listing.tab, ListingProblem.code)):
        found["listing_problem", tabs.chip(tab, code)] = count
    for status, count in db.session.execute(select(Product.status, func.count()).group_by(Product.status)):
        found["product_status", status] = count
    return dict(found)


def kept_counts() -> dict[tuple[str, str], int]:
    rows = db.session.execute(
        select(Counter.scope, Counter.name, func.sum(Counter.count)).group_by(Counter.scope, Counter.name)
    )
    return {(scope, name): int(count) for scope, name, count in rows if count}


@pytest.mark.parametrize("seed", [1, 2])
def test_counters_equal_group_by_whatever_happens(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    actor = system(shop.store_id)
    rows = [add_listing(shop, number, variants=chance.choice((1, 3))) for number in range(1, 9)]
    start = {("product_status", "not_uploaded"): len(rows)}
    moves: list[Callable[[Listing], object]] = [
        lambda one: listings.set_fields(
            actor, one, {"title": chance.choice((None, "Mug", "A mug with a very wide, round handle"))}
        ),
        lambda one: listings.set_fields(actor, one, {"category": chance.choice((None, SHIRTS, UNREAD))}),
        lambda one: listings.set_fields(
            actor, one, {"weight": chance.choice((None, {"value": "900", "unit": "POUND"}))}
        ),
        lambda one: listings.set_sku_fields(
            actor, one, chance.choice(one.skus).id, {"sku": chance.choice((None, "A B"))}
        ),
        lambda one: listings.set_intent([one.id], chance.choice(("", "publish"))),
        lambda one: verdicts.unfit(one, "pictures.none", "images", "No picture can be used."),
    ]
    for _ in range(40):
        one = chance.choice(rows)
        if one.intent:
            listings.set_intent([one.id], "")
        chance.choice(moves)(one)
        db.session.flush()
    gone = rows[0].id
    listings.set_intent([gone], "")
    listings.unstage(actor, select(Listing.id).where(Listing.id == gone))
    db.session.commit()
    # The products were made without the import, which counts them; what it would have counted is added here.
    kept = kept_counts()
    for key, count in start.items():
        kept[key] = kept.get(key, 0) + count
    assert {key: count for key, count in kept.items() if count} == true_counts()


def test_leaving_a_variant_out(shop: Shop) -> None:
    listing = add_listing(shop, variants=3)
    first = listing.skus[0].id
    db.session.execute(update(ListingSku).where(ListingSku.id == first).values(fields={"sku": "A B"}))
    readiness.mark_stale(Listing.id == listing.id)
    readiness.recheck_stale()
    assert [code for code, _ in blocking(listing)] == ["sku.spaces"]
    db.session.expire_all()
    listings.set_sku_fields(system(shop.store_id), listing, first, {"included": False})
    assert listing.tab == Tab.READY
