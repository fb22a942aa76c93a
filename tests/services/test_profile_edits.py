"""Profiles made, changed, ordered, deleted; what their effects say; what a listing takes from them."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain.attributes import AttributeMapping
from domain.rule_groups import Condition, RuleGroup
from models import Activity, Listing, Profile, Shop, db
from models.tenancy import tenant
from services import drafts, profile_edits, profile_effects, profile_list, profile_map, profile_members, rederivation
from services.actor import Actor, system
from services.errors import Invalid, NotFound, Stale
from services.profile_edits import Change
from tests.services.listing_rows import MUGS, SHIRTS, add_listing, add_product, add_shop, add_store

FIXED = {"weight": AttributeMapping("fixed", "2.5")}
APRONS = Change("Aprons", RuleGroup("any", (Condition("title", "contains", "apron"),)), SHIRTS, FIXED)


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """A shop with a complete default profile and two mugs listed; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            made = add_shop()
            default = db.session.scalars(select(Profile)).one()
            sides = {"weight": "weight", "length": "depth", "width": "width", "height": "height"}
            package = {key: {"kind": "field", "source": name, "value_id": ""} for key, name in sides.items()}
            default.mapping = {**default.mapping, **package}
            db.session.commit()
            for number in (1, 2):
                add_listing(made, number)
            yield made
        db.session.remove()


def actor(shop: Shop) -> Actor:
    return system(shop.store_id)


def made(shop: Shop, change: Change) -> Profile:
    profile = profile_edits.apply(actor(shop), shop, None, change)
    rederivation.sort(shop, 0, 2**62)
    return profile


def mug(shop: Shop, number: int) -> Listing:
    return db.session.scalars(select(Listing).where(Listing.title.endswith(f"number {number}"))).one()


def test_a_name_is_needed_unique_and_at_most_a_hundred_characters(shop: Shop) -> None:
    made(shop, APRONS)
    for name in ("", "aprons", "x" * 101, "Default profile"):
        assert list(profile_edits.faults(shop, None, replace(APRONS, name=name))) == ["name"], name
    assert profile_edits.faults(shop, None, replace(APRONS, name="x" * 100)) == {}


def test_every_fault_is_named_at_its_control(shop: Shop) -> None:
    wrong = Change(
        "Other", RuleGroup("any", (Condition("price", "less", "cheap"),)), MUGS,
        {"101": AttributeMapping("fixed", "Steel")}, price_rule={"kind": "percent_down", "amount": "120"},
        policy={"brand": "sometimes"},
    )  # fmt: skip
    assert set(profile_edits.faults(shop, None, wrong)) == {"rule.0", "101", "price"}
    assert "brand" in profile_edits.faults(shop, None, replace(wrong, price_rule={}))
    assert list(profile_edits.faults(shop, None, replace(APRONS, rule=RuleGroup("any")))) == ["rule"]
    assert list(profile_edits.faults(shop, None, replace(APRONS, category_id="600104"))) == ["category"]
    with pytest.raises(Invalid):
        profile_edits.apply(actor(shop), shop, None, wrong)


def test_the_first_whose_rule_takes_a_product_prepares_it(shop: Shop) -> None:
    change = replace(
        APRONS, name="One", rule=RuleGroup("any", (Condition("sku", "equals", "mug-1"),)),
        price_rule={"kind": "percent_up", "amount": "10"}, policy={"brand": "never", "identifier_required": True},
    )  # fmt: skip
    made(shop, change)
    one, two = mug(shop, 1), mug(shop, 2)
    db.session.expire_all()
    found = drafts.prepare(shop, [one.id, two.id])
    first, second = found[one.id], found[two.id]
    assert (first.draft.category_id, second.draft.category_id) == (SHIRTS, MUGS)
    assert first.draft.weight is not None and first.draft.weight.value == Decimal("2.50")
    assert (first.draft.skus[0].price, second.draft.skus[0].price) == (Decimal("13.75"), Decimal("12.50"))
    assert (first.policy.brand, second.policy.brand) == ("never", "send_if_authorised")
    assert first.draft.identifier_required and not second.draft.identifier_required
    assert first.draft.origins["category"] == "profile" and second.draft.origins["category"] == "default profile"
    assert first.profile_name == "One"


def test_what_a_profile_leaves_open_comes_from_the_default_one(shop: Shop) -> None:
    made(shop, Change("All mugs", RuleGroup("any", (Condition("title", "contains", "mug"),))))
    draft = drafts.prepare(shop, [mug(shop, 1).id])[mug(shop, 1).id].draft
    assert draft.category_id == MUGS and draft.attributes["101"][0].id == "1"
    assert {draft.origins[name] for name in ("category", "attributes.101", "weight")} == {"default profile"}


def test_overriding_comes_first_and_otherwise_last(shop: Shop) -> None:
    every = RuleGroup("any", (Condition("title", "contains", "mug"),))
    first = made(shop, Change("First", every))
    second = made(shop, Change("Second", every))
    assert profile_members.counts(shop.id) == {first.id: 2}
    third = made(shop, Change("Third", every, first=True))
    assert profile_members.counts(shop.id) == {third.id: 2}
    assert [line.name for line in profile_list.lines(shop)] == ["Third", "First", "Second", "Default profile"]
    profile_edits.swap(actor(shop), shop, third.id, second.id)
    assert [line.name for line in profile_list.lines(shop)][:3] == ["Second", "First", "Third"]
    with pytest.raises(NotFound):
        profile_edits.swap(actor(shop), shop, third.id, 10**9)


def test_a_new_or_changed_product_joins_by_itself_and_one_that_is_gone_is_not_counted(shop: Shop) -> None:
    profile = made(shop, APRONS)
    new, other = add_product(7, title="Linen apron"), add_product(8)
    profile_members.join([new.id, other.id])
    assert profile_members.of(shop.id, [new.id, other.id]) == {new.id: profile.id}
    other.title = "Cotton apron"
    db.session.flush()
    profile_members.join([other.id])
    assert profile_members.counts(shop.id) == {profile.id: 2}
    profile_members.leave([new.id])
    assert profile_members.counts(shop.id) == {profile.id: 1}
    profile_members.join([new.id])  # it came back
    assert profile_members.counts(shop.id) == {profile.id: 2}


def test_two_people_at_one_profile(shop: Shop) -> None:
    profile = made(shop, APRONS)
    seen = profile.version
    profile_edits.apply(actor(shop), shop, profile, replace(APRONS, name="Kitchen aprons"), seen)
    with pytest.raises(Stale):
        profile_edits.apply(actor(shop), shop, profile, APRONS, seen)


def test_what_would_change_is_what_changes(shop: Shop) -> None:
    db.session.execute(update(Listing).values(is_stale=False))
    db.session.execute(update(Listing).where(Listing.id == mug(shop, 1).id).values(tiktok_id="9"))
    change = replace(APRONS, name="Both", rule=RuleGroup("any", (Condition("title", "contains", "mug"),)))
    effects = profile_effects.of_save(actor(shop), shop, None, change)
    assert effects.moves == [("Default profile", "Both", 2)]
    assert (effects.listings, effects.live, effects.changed) == (2, 1, 2)
    fields = dict(effects.fields)
    assert fields["Category"] == fields["Package weight"] == 2 and "Brand" not in fields
    shown = {line.field: (line.before, line.after) for line in effects.examples[0].differences}
    assert shown["Category"] == ("Kitchen › Mugs", "Kitchen › Aprons")
    assert len(db.session.scalars(select(Profile)).all()) == 1 and not db.session.scalars(select(Activity)).all()
    before = {listing.id: drafts.prepare(shop, [listing.id])[listing.id] for listing in (mug(shop, 1), mug(shop, 2))}
    profile = made(shop, change)
    after = drafts.prepare(shop, list(before))
    for example in effects.examples:
        found = profile_effects.differences(shop, before[example.listing_id], after[example.listing_id])
        assert found == list(example.differences)
    gone = profile_effects.of_delete(shop, profile)
    assert gone.moves == [("Both", "Default profile", 2)] and gone.listings == 2
    assert {line.field: line.after for line in gone.examples[0].differences}["Category"] == "Kitchen › Mugs"


def test_deleting_gives_the_products_to_the_next(shop: Shop) -> None:
    every = RuleGroup("any", (Condition("title", "contains", "mug"),))
    first, second = made(shop, Change("First", every)), made(shop, Change("Second", every))
    db.session.execute(update(Listing).values(is_stale=False))
    started = profile_edits.delete(actor(shop), shop, first)
    assert started.activity.kind == "rederive"
    assert all(db.session.scalars(select(Listing.is_stale)))
    found = rederivation.sort(shop, 0, 2**62)
    assert found.moved == 2 and len(found.stale) == 2
    assert profile_members.counts(shop.id) == {second.id: 2}
    default = db.session.scalars(select(Profile).where(Profile.is_default)).one()
    with pytest.raises(Invalid):
        profile_edits.delete(actor(shop), shop, default)


def test_the_map_says_who_wins_and_what_another_order_changes(shop: Shop) -> None:
    one = made(shop, Change("One", RuleGroup("any", (Condition("sku", "equals", "MUG-1"),))))
    both = made(shop, Change("Both", RuleGroup("any", (Condition("title", "contains", "mug"),))))
    add_product(9, title="A plain bowl of wood")
    found = profile_map.read(shop)
    assert [(line.name, line.matching, line.held, line.lost) for line in found.lines] == [
        ("One", 1, 1, {}), ("Both", 2, 1, {"One": 1}),
    ]  # fmt: skip
    assert (found.default, found.total) == (1, 3)
    assert [(item.winner, item.others, item.count) for item in found.overlaps] == [("One", ("Both",), 1)]
    assert found.moved(one.id, both.id) == [("One", "Both", 1)]
    effects = profile_effects.of_swap(shop, one.id, both.id)
    assert effects.moves == [("One", "Both", 1)] and effects.listings == 1
    order = profile_members.ranked(shop.id)
    assert [row.sku for row in profile_map.examples(order, frozenset({one.id, both.id}))] == ["MUG-1"]
    assert [row.title for row in profile_map.examples(order, frozenset())] == ["A plain bowl of wood"]


def test_the_list_has_a_search_and_pages(shop: Shop) -> None:
    for number in range(12):
        profile_edits.apply(actor(shop), shop, None, replace(APRONS, name=f"Aprons {number}"))
    first, second = profile_list.page(shop), profile_list.page(shop, number=2)
    assert (first.first, first.last, first.total, second.first, second.last) == (1, 10, 13, 11, 13)
    assert second.lines[-1].is_default and second.lines[-1].rules == ["All Products"]
    assert second.lines[-1].products == profile_edits.total(shop)
    assert [line.name for line in profile_list.page(shop, "s 11").lines] == ["Aprons 11"]


def test_the_default_profile_comes_first_of_all(shop: Shop) -> None:
    default = db.session.scalars(select(Profile).where(Profile.is_default)).one()
    default.mapping = {}
    with pytest.raises(Invalid):
        profile_edits.apply(actor(shop), shop, None, APRONS)
