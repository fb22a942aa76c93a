"""History of listings: who changed what and why, any moment rebuilt, two versions compared, going back."""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from clients.tiktok.models import CreatedProduct
from models import Listing, ListingBody, ListingVersion, Product, Shop, db
from models.tenancy import tenant
from services import clock, drafts, listings, publish_requests, readiness, verdicts
from services.actor import Actor
from services.errors import Stale
from services.history import keeping, restoring, snapshots
from services.history.because import because
from tests.services.listing_rows import SHIRTS, add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def owner(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def versions(listing: Listing) -> list[ListingVersion]:
    return list(reversed(snapshots.page(listing, limit=500)))


def send(shop: Shop, listing: Listing) -> publish_requests.Request:
    one = drafts.prepare(shop, [listing.id])[listing.id]
    request = publish_requests.request(shop, listing, one, {}, one.policy)
    skus = [{"id": f"9{place}", "seller_sku": sku["seller_sku"]} for place, sku in enumerate(request.body["skus"])]
    made = CreatedProduct.model_validate({"product_id": "1730000000000000001", "skus": skus})
    with because("owner@example.com", "publish", None):
        verdicts.accepted(listing, made, request)
    return request


def test_each_edit_says_who_why_and_what(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop, variants=2)
    assert versions(listing) == [], "staging is no edit"
    listings.set_fields(owner, listing, {"title": "A mug that holds more than the others do"})
    listings.set_sku_fields(owner, listing, listing.skus[1].id, {"price": "19"})
    listings.set_enabled(owner, listing, False)
    listings.set_many(owner, shop, select(Listing.id), {"weight": {"value": "2", "unit": "POUND"}})
    listings.set_fields(owner, listing, {"title": None})
    found = versions(listing)
    title = "A mug that holds more than the others do"
    assert [one.fields for one in found] == [
        {"title": [None, title]}, {}, {"@enabled": [True, False]},
        {"weight": [None, {"value": "2", "unit": "POUND"}]}, {"title": [title, None]},
    ]  # fmt: skip
    assert found[1].skus == {str(listing.skus[1].id): {"price": [None, "19"]}}
    assert [one.why for one in found] == ["edit", "edit", "edit", "bulk_edit", "edit"]
    assert {one.actor for one in found} == {"owner@example.com"}
    assert [one.activity_id is not None for one in found] == [False, False, False, True, False]


def test_what_changes_nothing_is_no_version(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop)
    listings.set_fields(owner, listing, {"title": "A mug that holds more than the others do"})
    listings.set_fields(owner, listing, {"title": "A mug that holds more than the others do"})
    readiness.recheck(shop, [listing.id])
    assert len(versions(listing)) == 1


def test_many_listings_are_one_statement(shop: Shop, owner: Actor) -> None:
    ids = [add_listing(shop, number).id for number in range(1, 13)]
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO listing_version"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert listings.set_many(owner, shop, select(Listing.id), {"weight": {"value": "2", "unit": "POUND"}}) == 12
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 1
    assert set(db.session.scalars(select(ListingVersion.listing_id))) == set(ids)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_listing_of_any_moment_is_rebuilt_from_the_log(shop: Shop, owner: Actor, seed: int) -> None:
    """Edits of every kind in a random order; after each, what was there is noted and later compared."""
    chance = random.Random(seed)
    listing = add_listing(shop, variants=2)
    notes = []
    start = clock.now()
    for step in range(14):
        with time_machine.travel(start + timedelta(minutes=step), tick=False):
            what = chance.choice(["title", "clear", "weight", "category", "price", "included", "enabled", "send"])
            line = chance.choice(listing.skus).id
            if what == "title":
                listings.set_fields(owner, listing, {"title": f"A mug that holds more than the others, number {step}"})
            elif what == "clear":
                listings.set_fields(owner, listing, {"title": None, "weight": None})
            elif what == "weight":
                listings.set_many(
                    owner, shop, select(Listing.id), {"weight": {"value": str(step + 1), "unit": "POUND"}}
                )
            elif what == "category":
                listings.set_fields(owner, listing, {"category": SHIRTS})
            elif what == "price":
                listings.set_sku_fields(owner, listing, line, {"price": str(10 + step)})
            elif what == "included":
                listings.set_sku_fields(owner, listing, line, {"included": False})
            elif what == "enabled":
                listings.set_enabled(owner, listing, not listing.is_enabled)
            else:
                sent = send(shop, listing)
            notes.append((clock.now(), snapshots.now(listing), verdicts.told(sent) if what == "send" else None))
    for moment, then, sent_then in notes:
        rebuilt = snapshots.at(listing, moment)
        assert (rebuilt.fields, rebuilt.skus, rebuilt.enabled) == (then.fields, then.skus, then.enabled)
        assert rebuilt.sent == then.sent
        if sent_then is not None:
            assert rebuilt.sent["title"] == sent_then["title"] and rebuilt.sent["images"] == sent_then["images"]


def test_the_same_body_is_kept_once_and_says_no_secret_key(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    send(shop, listing)
    [first, second] = versions(listing)
    kept = keeping.body(first.digest)
    assert kept["title"] == listing.title and "idempotency_key" not in kept and kept["images"]
    assert second.digest != "" and first.rule_version.startswith("US-")
    assert len(db.session.scalars(select(ListingBody.id)).all()) <= 2


def test_two_versions_stand_side_by_side(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    listings.set_fields(owner, listing, {"title": "A mug that holds more than the others do"})
    send(shop, listing)
    first, edit, last = versions(listing)
    pairs = snapshots.side_by_side(snapshots.after(listing, first.id), snapshots.after(listing, last.id))
    differ = {(one.group, one.name) for one in pairs if one.differs}
    assert differ == {("set", "title"), ("sent", "title")}
    assert snapshots.after(listing, edit.id).sent["title"] != listing.title, "sent only by the last"


def test_going_back_to_an_edit_brings_back_what_was_set(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop, variants=2)
    listings.set_fields(owner, listing, {"title": "A mug that holds more than the others do"})
    listings.set_sku_fields(owner, listing, listing.skus[0].id, {"price": "19"})
    then = versions(listing)[-1]
    listings.set_fields(owner, listing, {"title": "Something else that nobody wanted here", "category": SHIRTS})
    listings.set_sku_fields(owner, listing, listing.skus[0].id, {"price": None})
    found = restoring.plan(listing, then.id)
    assert found.count == 3 and found.fields["category"] == [SHIRTS, None]
    with pytest.raises(Stale):
        restoring.restore(owner, listing, then.id, seen=listing.version - 1)
    restoring.restore(owner, listing, then.id, seen=listing.version)
    assert listing.fields == {"title": "A mug that holds more than the others do"}
    assert listing.skus[0].fields == {"price": "19"} and versions(listing)[-1].why == "restore"
    with pytest.raises(restoring.NothingDiffers):
        restoring.restore(owner, listing, then.id)


def test_going_back_to_what_tiktok_took_sends_the_same_again(shop: Shop, owner: Actor) -> None:
    """The product changed in BigCommerce and a person edited; what is restored is what would be sent."""
    listing = add_listing(shop)
    before = send(shop, listing)
    sent = versions(listing)[-1]
    product = db.session.get_one(Product, listing.product_id)
    product.title, product.weight = "Another name of the same stoneware mug", Decimal(2)
    listings.set_sku_fields(owner, listing, listing.skus[0].id, {"price": "99"})
    found = restoring.plan(listing, sent.id)
    assert {*found.fields} == {"title", "weight"} and found.lost == []
    restoring.restore(owner, listing, sent.id)
    one = drafts.prepare(shop, [listing.id])[listing.id]
    again = publish_requests.request(shop, listing, one, {}, one.policy)
    assert verdicts.told(again) | {"skus": 0} == verdicts.told(before) | {"skus": 0}
    assert again.body["skus"][0]["price"] == before.body["skus"][0]["price"]
