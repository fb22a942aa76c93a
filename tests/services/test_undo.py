"""Undo of bulk actions: everything as before, except what somebody changed since."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, ActivityItem, Listing, Product, Profile, Shop, db
from models.tenancy import tenant
from services import activities, listing_actions, listings, profile_edits, tabs
from services.actor import Actor
from services.history import undoing
from services.listing_actions import MOVES
from tests.services.listing_rows import SHIRTS, add_listing, add_product, add_shop, add_store
from tests.services.test_profile_edits import FIXED


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


def last(kind: str) -> Activity:
    return db.session.scalars(select(Activity).where(Activity.kind == kind).order_by(Activity.id.desc()).limit(1)).one()


def run(shop: Shop, owner: Actor, activity: Activity) -> tuple[int, int]:
    """What the handler does, part by part."""
    found = [undoing.take_back(shop, item.args["of"], item.args["ids"], owner) for item in activities.items(activity)]
    return sum(done for done, _ in found), sum(left for _, left in found)


def state() -> Any:
    return [(row.id, row.fields, row.is_enabled, row.tab, row.category_id, row.draft_hash) for row in
            db.session.scalars(select(Listing).order_by(Listing.id))]  # fmt: skip


def test_a_bulk_edit_is_put_back_exactly(shop: Shop, owner: Actor) -> None:
    rows = [add_listing(shop, number) for number in range(1, 5)]
    listings.set_fields(owner, rows[0], {"weight": {"value": "3", "unit": "POUND"}})
    before = state()
    listings.set_many(owner, shop, select(Listing.id), {"weight": {"value": "9", "unit": "POUND"}})
    activity = last("bulk_edit")
    assert (activity.state, activity.done, activity.units) == ("finished", 1, 4) and state() != before
    found = undoing.plan(activity)
    assert (found.count, found.left_out) == (4, []) and len(found.examples) == 4
    started = undoing.start(owner, activity)
    assert started.activity.kind == "undo" and undoing.start(owner, activity).already
    assert run(shop, owner, started.activity) == (4, 0)
    assert state() == before


def test_what_was_changed_since_stays(shop: Shop, owner: Actor) -> None:
    rows = [add_listing(shop, number) for number in range(1, 5)]
    listings.set_many(owner, shop, select(Listing.id), {"weight": {"value": "9", "unit": "POUND"}})
    activity = last("bulk_edit")
    listings.set_fields(owner, rows[1], {"weight": {"value": "4", "unit": "POUND"}})
    listings.set_fields(owner, rows[2], {"title": "A title that was set afterwards by hand"})
    listings.set_intent([rows[3].id], "publish")
    found = undoing.plan(activity)
    assert found.count == 2 and sorted(count for count, _ in found.left_out) == [1, 1]
    assert run(shop, owner, undoing.start(owner, activity).activity) == (2, 2)
    assert rows[0].fields == {} and rows[1].fields["weight"]["value"] == "4"
    assert rows[2].fields == {"title": "A title that was set afterwards by hand"}
    assert rows[3].fields["weight"]["value"] == "9"


def test_a_category_brings_its_attributes_back(shop: Shop, owner: Actor) -> None:
    listing = add_listing(shop)
    listings.set_fields(owner, listing, {"attributes.101": [{"id": "2", "text": "Glass"}]})
    listings.set_many(owner, shop, select(Listing.id), {"category": SHIRTS})
    assert listing.fields == {"category": SHIRTS}
    run(shop, owner, undoing.start(owner, last("bulk_edit")).activity)
    assert listing.fields == {"attributes.101": [{"id": "2", "text": "Glass"}]}


def test_staging_is_taken_out_again(shop: Shop, owner: Actor) -> None:
    for number in range(1, 5):
        add_product(number)
    before = tabs.counts(shop.id)
    statuses = db.session.scalars(select(Product.status).order_by(Product.id)).all()
    listings.stage(owner, shop, select(Product.id), kept=True)
    activity = last("stage")
    assert (activity.units, activity.state, activity.message) == (4, "finished", "4 products staged.")
    edited = db.session.scalars(select(Listing).order_by(Listing.id)).first()
    assert edited is not None
    listings.set_fields(owner, edited, {"title": "A title that was set afterwards by hand"})
    found = undoing.plan(activity)
    assert found.count == 3 and found.left_out[0][0] == 1
    assert run(shop, owner, undoing.start(owner, activity).activity) == (3, 0)
    assert db.session.scalars(select(Listing.id)).all() == [edited.id]
    listings.unstage(owner, select(Listing.id))
    assert {name: count for name, count in tabs.counts(shop.id).items() if count} == {
        name: count for name, count in before.items() if count
    }
    assert db.session.scalars(select(Product.status).order_by(Product.id)).all() == statuses


@pytest.mark.parametrize(
    ("name", "after", "inverse"),
    [
        ("deactivate", "SELLER_DEACTIVATED", "activate"),
        ("activate", "ACTIVATE", "deactivate"),
        ("delete", "DELETED", "recover"),
        ("recover", "SELLER_DEACTIVATED", "delete"),
        ("publish", "ACTIVATE", "deactivate"),
    ],
)
def test_moves_are_undone_by_their_inverse(shop: Shop, owner: Actor, name: str, after: str, inverse: str) -> None:
    rows = [add_listing(shop, number) for number in range(1, 4)]
    items = [activities.NewItem(row.title, row.id) for row in rows]
    activity = activities.start(owner, name, "Moved", items, shop_id=shop.id).activity
    for row in rows:
        row.tiktok_id, row.platform_status, row.audit_status = f"17{row.id}", after, "PASS"
    rows[2].platform_status = "FREEZE"
    tabs.retab(rows)
    assert not undoing.possible(activity), "it has not ended"
    for item in db.session.scalars(select(ActivityItem)):
        item.state = "done"
    activity.state, activity.waiting, activity.done = "finished", 0, 3
    db.session.flush()
    found = undoing.plan(activity)
    assert (found.count, [count for count, _ in found.left_out]) == (2, [1]) and found.stays
    started = undoing.start(owner, activity)
    assert (started.activity.kind, started.activity.total) == (inverse, 2)
    assert {row.intent for row in rows[:2]} == {inverse} and MOVES[inverse]
    with pytest.raises((undoing.CannotUndo, listing_actions.NothingToDo)):
        undoing.start(owner, activity)


def test_a_profile_is_as_it_was(shop: Shop, owner: Actor) -> None:
    default = db.session.scalars(select(Profile)).one()
    before = profile_edits.state(default)
    change = profile_edits.Change("Default profile", None, SHIRTS, FIXED)
    activity = profile_edits.save(owner, shop, default, change).activity
    assert default.category_id == SHIRTS
    activity.state, activity.waiting, activity.done = "finished", 0, 1
    db.session.flush()
    assert undoing.plan(activity).count == 1
    again = undoing.start(owner, activity).activity
    assert profile_edits.state(default) == before and again.kind == "rederive"
    assert undoing.plan(activity).why_not, "only its last change can be taken back"


def test_what_has_no_undo_offers_none(shop: Shop, owner: Actor) -> None:
    activity = activities.record(owner, "compare", "Compare", "x", 1, shop_id=shop.id)
    assert not undoing.possible(activity)
    with pytest.raises(undoing.CannotUndo):
        undoing.plan(activity)
