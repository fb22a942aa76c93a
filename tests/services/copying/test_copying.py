"""Copying listings between shops: seen before, staged after with what fits, once, and taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from jobs.handlers.copy_listings import CopyListings
from jobs.handling import Done, Item, Skipped
from models import Activity, Category, Listing, ListingCopy, ListingSku, PricePolicy, Profile, Shop, ShopPublishing, db
from models.tenancy import tenant
from services import clock, listings
from services.activities import NothingToDo, items
from services.actor import Actor
from services.copying import doing
from services.copying.plan import plan, targets
from services.errors import Forbidden
from services.history import undoing
from tests.services.listing_rows import MUGS, NEEDS, SHIRTS, add_listing, add_shop, add_store


@pytest.fixture
def two(app: Flask) -> Iterator[tuple[Shop, Shop]]:
    """A shop in the United States and one in Germany, which sells in euros."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            here, there = add_shop(), add_shop("Berlin", "7490000000000000002")
            there.market, there.currency = "DE", "EUR"
            for row in db.session.scalars(select(Category).where(Category.shop_id == there.id)):
                row.needs = {**NEEDS, "attributes": NEEDS["attributes"][:1]} if row.tiktok_id == MUGS else row.needs
            db.session.commit()
            yield here, there
        db.session.remove()


@pytest.fixture
def owner(two: tuple[Shop, Shop]) -> Actor:
    return Actor("owner@example.com", two[0].store_id, 1)


def run(activity: Activity) -> list[Any]:
    """What a worker does with the items; what each became."""
    given = [
        Item(one.id, activity.id, activity.store_id, one.subject_id, one.label, one.args, 1, 0, False)
        for one in items(activity)
    ]
    made = CopyListings().prepare(activity, given)
    notes = [one.notes for one in made.values() if isinstance(one, Done)]
    activity.notes = {"made": sum(note["made"] for note in notes)}
    activity.state, activity.done = "finished", len(notes)
    db.session.commit()
    return [made[one.id] for one in given]


def copied(there: Shop) -> Listing:
    return db.session.scalars(select(Listing).where(Listing.shop_id == there.id).order_by(Listing.id.desc())).first()  # type: ignore[return-value]


def euros(there: Shop, rate: str = "0.9") -> None:
    row = PricePolicy(
        shop_id=there.id, listing_id=0, rate=rate, rate_on=clock.now().date().isoformat(), changed_at=clock.now()
    )
    db.session.add(row)
    db.session.commit()


def test_own_values_go_along_where_they_fit_and_each_difference_is_told(two: tuple[Shop, Shop], owner: Actor) -> None:
    here, there = two
    listing = add_listing(here, 1)
    values = {
        "title": "A mug with a title of its own, made by hand",
        "weight": {"value": "2", "unit": "POUND"},
        "attributes.101": [{"id": "2", "text": "Glass"}],
        "attributes.102": [{"id": "11", "text": "Dishwasher safe"}],
    }
    listings.set_fields(owner, listing, values)
    [line] = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).all()
    listings.set_sku_fields(owner, listing, line.id, {"price": "20", "sku": "OWN-1"})
    euros(there)
    chosen = select(Listing.id).where(Listing.id == listing.id)
    seen = plan(here, there, chosen)
    said = {one.field: one for one in seen.sample[0].differences}
    assert (seen.fresh, seen.there, said["category"].state, said["Care"].state) == (1, 0, "same", "left")
    assert said["price"].here == "20 USD" and said["price"].there == "18 EUR" and "kilogram" in said["weight"].there
    assert db.session.scalar(select(func.count(Listing.id)).where(Listing.shop_id == there.id)) == 0
    [outcome] = run(doing.start(owner, here, there, chosen, seen.road.choice).activity)
    made = copied(there)
    assert isinstance(outcome, Done) and made.version == 1 and made.fields["title"] == values["title"]
    assert made.fields["weight"]["unit"] == "KILOGRAM" and "attributes.102" not in made.fields
    assert made.fields["attributes.101"] == [{"id": "2", "text": "Glass"}] and "category" not in made.fields
    [line] = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == made.id)).all()
    assert line.fields == {"price": "18.00", "sku": "OWN-1"}
    problems = {problem.code for problem in seen.sample[0].blocking}
    assert made.is_ready is not bool(problems)


def test_without_a_rate_a_price_is_not_invented(two: tuple[Shop, Shop], owner: Actor) -> None:
    here, there = two
    listing = add_listing(here, 1)
    [line] = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).all()
    listings.set_sku_fields(owner, listing, line.id, {"price": "20"})
    seen = plan(here, there, select(Listing.id))
    assert seen.road.exchange.why_not
    run(doing.start(owner, here, there, select(Listing.id), {}).activity)
    [line] = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == copied(there).id)).all()
    assert line.fields == {} and not copied(there).is_ready


def test_a_product_that_is_there_is_named_and_not_doubled(two: tuple[Shop, Shop], owner: Actor) -> None:
    here, there = two
    rows = [add_listing(here, number) for number in (1, 2)]
    first = doing.start(owner, here, there, select(Listing.id), {}).activity
    second = doing.start(owner, here, there, select(Listing.id), {}).activity
    assert [type(one) for one in run(first)] == [Done, Done]
    assert [type(one) for one in run(second)] == [Skipped, Skipped]
    assert db.session.scalar(select(func.count(Listing.id)).where(Listing.shop_id == there.id)) == 2
    with pytest.raises(NothingToDo):
        doing.start(owner, here, there, select(Listing.id), {})
    seen = plan(here, there, select(Listing.id).where(Listing.id == rows[0].id))
    assert (seen.fresh, seen.there, seen.listed[0][0].id) == (0, 1, rows[0].id)


def test_a_category_that_is_not_there_is_suggested_chosen_or_left_to_the_profile(
    two: tuple[Shop, Shop], owner: Actor
) -> None:
    here, there = two
    row = db.session.scalars(select(Category).where(Category.shop_id == there.id, Category.tiktok_id == SHIRTS)).one()
    row.tiktok_id, there.tree_read_at = "990103", clock.now()
    listing = add_listing(here, 1)
    listings.set_fields(owner, listing, {"category": SHIRTS})
    db.session.commit()
    seen = plan(here, there, select(Listing.id).where(Listing.id == listing.id))
    [category] = seen.categories
    assert not category.is_there and ("990103", "Kitchen › Aprons") in category.options
    run(doing.start(owner, here, there, select(Listing.id), {SHIRTS: "990103"}).activity)
    assert copied(there).fields["category"] == "990103"
    profile = db.session.scalars(select(Profile).where(Profile.shop_id == there.id)).one()
    left = plan(here, there, select(Listing.id), {SHIRTS: ""})
    assert profile.category_id == MUGS and left.there == 1


def test_a_shop_that_takes_none_says_why(two: tuple[Shop, Shop], owner: Actor) -> None:
    here, there = two
    add_listing(here, 1)
    there.kind = "global_seller"
    db.session.add(ShopPublishing(shop_id=there.id, told="global_to_local"))
    db.session.commit()
    [target] = targets(here, [here, there])
    assert not target.verdict and target.verdict.reason
    with pytest.raises(Forbidden):
        doing.start(owner, here, there, select(Listing.id), {})


def test_copies_that_nobody_touched_are_taken_back(two: tuple[Shop, Shop], owner: Actor) -> None:
    here, there = two
    for number in (1, 2, 3):
        add_listing(here, number)
    activity = doing.start(owner, here, there, select(Listing.id), {}).activity
    run(activity)
    listings.set_fields(owner, copied(there), {"title": "Edited since by somebody who wants to keep it"})
    db.session.commit()
    found = undoing.plan(activity)
    assert (found.count, found.left_out) == (2, [(1, "edited, sent or removed since")])
    [item] = items(undoing.start(owner, activity).activity)
    assert undoing.take_back(there, item.args["of"], item.args["ids"], owner) == (2, 0)
    db.session.commit()
    assert db.session.scalar(select(func.count(Listing.id)).where(Listing.shop_id == there.id)) == 1
    assert db.session.scalar(select(func.count(ListingCopy.id))) == 1
