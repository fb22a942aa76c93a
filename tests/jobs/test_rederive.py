"""A saved profile becomes an activity: products go to it part by part, listings are rechecked, what is on sale
waits."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from domain.attributes import AttributeMapping
from domain.rule_groups import Condition, RuleGroup
from jobs.drain import drain
from models import Activity, ActivityItem, Listing, Product, Profile, Shop, db
from models.tenancy import tenant
from services import activities, profile_edits, profile_members, rederivation
from services.actor import system
from services.profile_edits import Change
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_product, add_shop, add_store


@pytest.fixture
def shop(engine_environment: dict[str, str], app: Flask, bells: list[tuple[Any, ...]]) -> Iterator[Shop]:
    """Five mugs listed, one apron that is not; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            made = add_shop()
            default = db.session.scalars(select(Profile)).one()
            default.mapping = {**default.mapping, "weight": {"kind": "field", "source": "weight", "value_id": ""}}
            for number in range(1, 6):
                add_listing(made, number)
            add_product(6, title="Linen apron with two wide pockets")
            db.session.commit()
            yield made
        db.session.remove()


def run(store_id: int, shop_id: int, activity_id: int) -> Activity:
    db.session.commit()
    while drain("bulk", store_id, shop_id):
        pass
    activity = db.session.get_one(Activity, activity_id, populate_existing=True)
    assert activities.check_counts(activity) == {}
    return activity


def test_products_move_and_listings_are_rechecked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_members, "RANGE", 2)
    monkeypatch.setattr(rederivation, "CHUNK", 1)
    monkeypatch.setattr(profile_members.ranges, "__defaults__", (2,))
    store_id, shop_id = shop.store_id, shop.id
    db.session.execute(update(Listing).values(is_stale=False))
    live = db.session.scalars(select(Listing).order_by(Listing.id)).first()
    assert live is not None
    live.tiktok_id, live.platform_status, live.sent_hash = "17", "ACTIVATE", live.draft_hash
    rule = RuleGroup("any", (Condition("sku", "equals", "MUG-1"), Condition("title", "contains", "apron")))
    change = Change("Aprons", rule, SHIRTS, {"weight": AttributeMapping("fixed", "2")})
    started = profile_edits.save(system(store_id), shop, None, change)
    activity = run(store_id, shop_id, started.activity.id)
    assert (activity.state, activity.units_done, activity.refused, activity.failed) == ("finished", 6, 0, 0)
    assert (activity.notes["moved"], activity.notes["rechecked"]) == (2, 1)
    labels = db.session.scalars(select(ActivityItem.label).where(ActivityItem.activity_id == activity.id)).all()
    assert len(labels) == 1 + 3 + 1  # the plan, three parts of two products, one listing
    rows = db.session.scalars(select(Listing).order_by(Listing.id)).all()
    assert [row.category_id for row in rows] == [SHIRTS, MUGS, MUGS, MUGS, MUGS]
    assert rows[0].draft_hash != rows[0].sent_hash  # on sale: the change waits to be sent
    assert rows[0].tiktok_id == "17" and not any(row.is_stale for row in rows)


def test_the_default_profile_concerns_every_listing_and_a_deleted_one_its_own(shop: Shop) -> None:
    store_id, shop_id = shop.store_id, shop.id
    default = db.session.scalars(select(Profile)).one()
    package = {side: AttributeMapping("fixed", "3") for side in ("weight", "length", "width", "height")}
    mapping = {**package, "101": AttributeMapping("custom_field", "Material")}
    change = Change(default.name, None, MUGS, mapping)
    started = profile_edits.save(system(store_id), shop, default, change)
    assert run(store_id, shop_id, started.activity.id).notes["rechecked"] == 5
    shop = db.session.get_one(Shop, shop_id)
    change = Change("Mugs", RuleGroup("all", (Condition("title", "contains", "number 2"),)), SHIRTS)
    started = profile_edits.save(system(store_id), shop, None, change)
    notes = run(store_id, shop_id, started.activity.id).notes
    assert (notes["moved"], notes["rechecked"]) == (1, 1)
    profile = db.session.scalars(select(Profile).where(Profile.name == "Mugs")).one()
    started = profile_edits.delete(system(store_id), db.session.get_one(Shop, shop_id), profile)
    assert run(store_id, shop_id, started.activity.id).notes["rechecked"] == 1
    assert set(db.session.scalars(select(Listing.category_id))) == {MUGS}


def test_a_second_change_meanwhile_wins(shop: Shop) -> None:
    """The first activity had not begun: whichever part runs, it runs by the rules as they are then."""
    store_id, shop_id = shop.store_id, shop.id
    first = profile_edits.save(
        system(store_id), shop, None, Change("One", RuleGroup("any", (Condition("title", "contains", "mug"),)))
    )
    one, first_id = db.session.scalars(select(Profile).where(Profile.name == "One")).one(), first.activity.id
    change = Change("One", RuleGroup("any", (Condition("title", "contains", "apron"),)))
    second = profile_edits.save(system(store_id), shop, one, change)
    second_id = second.activity.id
    assert run(store_id, shop_id, first_id).state == run(store_id, shop_id, second_id).state == "finished"
    apron = db.session.scalar(select(Product.id).where(Product.sku == "MUG-6"))
    assert list(profile_members.of(shop_id, db.session.scalars(select(Product.id)))) == [apron]
    assert db.session.scalar(select(func.count(Listing.id)).where(Listing.is_stale)) == 0
