"""Whatever ended before it was clear whether TikTok has the product: nothing stays in Publishing, and the next
publishing looks first and keeps the key."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, Product, Shop, Store, db
from models.tenancy import tenant
from services import (
    activities,
    catalog_rows,
    clock,
    counters,
    listings,
    publish_requests,
    publishing,
    readiness,
    shops,
    stores,
    tabs,
)
from services.actor import Actor, system
from tests.services.listing_rows import add_listing, add_product, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return system(shop.store_id)


def publish(actor: Actor, shop: Shop) -> Activity:
    started = publishing.start(actor, shop, select(Listing.id))
    db.session.commit()
    return started.activity


def item_of(activity: Activity) -> ActivityItem:
    return db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == activity.id)).one()


def end(activity: Activity, state: str, sent: bool) -> None:
    """As the engine ends an item and its activity."""
    item = item_of(activity)
    item.state, item.sent_at = state, clock.now() if sent else None
    activity.waiting, activity.state, activity.open_key = 0, "finished", None
    setattr(activity, state, 1)
    publishing.settle(activity)
    db.session.commit()


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_an_unclear_one_is_looked_up_under_its_key(shop: Shop, actor: Actor, state: str) -> None:
    listing = add_listing(shop)
    first = publish(actor, shop)
    key = publish_requests.key_of(shop, listing)
    end(first, state, sent=True)
    assert listing.tab == Tab.READY
    again = publish(actor, shop)
    assert again.id != first.id and item_of(again).sent_at is not None
    assert publish_requests.key_of(shop, listing) == key


@pytest.mark.parametrize(("state", "sent"), [("failed", False), ("refused", True)])
def test_a_clear_no_is_a_new_effect(shop: Shop, actor: Actor, state: str, sent: bool) -> None:
    listing = add_listing(shop)
    first = publish(actor, shop)
    key = publish_requests.key_of(shop, listing)
    end(first, state, sent)
    again = publish(actor, shop)
    assert item_of(again).sent_at is None and publish_requests.key_of(shop, listing) != key


def test_only_the_last_time_counts(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    end(publish(actor, shop), "failed", sent=True)
    end(publish(actor, shop), "refused", sent=False)
    key = publish_requests.key_of(shop, listing)
    assert item_of(publish(actor, shop)).sent_at is None and publish_requests.key_of(shop, listing) != key


@pytest.mark.parametrize("state", ["waiting", "unknown"])
def test_a_disconnect_leaves_nothing_in_publishing(shop: Shop, actor: Actor, state: str) -> None:
    listing = add_listing(shop)
    activity = publish(actor, shop)
    if state == "unknown":
        item_of(activity).state, item_of(activity).sent_at = "unknown", clock.now()
        activity.waiting, activity.working = 0, 1
    shops.disconnect(actor, shop)
    db.session.commit()
    assert (listing.intent, listing.tab, activity.state) == ("", Tab.READY, "cancelled")
    assert item_of(activity).state == "skipped" and activities.check_counts(activity) == {}
    assert (item_of(activity).sent_at is not None) is (state == "unknown")
    assert tabs.counts(shop.id)[Tab.PUBLISHING] == 0


def test_an_uninstall_leaves_nothing_in_publishing(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    activity = publish(actor, shop)
    stores.uninstall(db.session.get_one(Store, shop.store_id).hash)
    db.session.commit()
    assert (listing.intent, activity.state, item_of(activity).state) == ("", "cancelled", "skipped")
    assert activities.check_counts(activity) == {}


def test_what_is_sent_meanwhile_cannot_be_removed(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    assert listings._remove([listing.id]) == 0
    assert db.session.scalar(select(Listing.id)) == listing.id


def test_an_activity_that_ended_meanwhile_takes_no_more(
    shop: Shop, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_listing(shop)
    first = publish(actor, shop)
    add_listing(shop, 2)
    seen = activities.opened(f"publish:{shop.id}")
    end(first, "skipped", sent=False)
    answers = iter([seen, None])
    monkeypatch.setattr(activities, "opened", lambda _key: next(answers))
    again = publish(actor, shop)
    assert again.id != first.id and again.total == 2


def test_two_who_begin_at_once_leave_no_listing_behind(shop: Shop, app: Flask, engine_name: str) -> None:
    """Each publishes another listing while no publishing is open: both end in one activity."""
    ids = [add_listing(shop, number).id for number in (1, 2)]
    store_id, shop_id, gate = shop.store_id, shop.id, threading.Barrier(2)
    began: list[Activity | None] = []
    db.session.rollback()
    original = activities.opened

    def opened(key: str) -> Activity | None:
        found = original(key)
        if engine_name == "postgresql" and len(began) < 2:
            began.append(found)
            gate.wait(10)
        return found

    def press(listing_id: int) -> None:
        with app.app_context(), tenant(store_id):
            chosen = select(Listing.id).where(Listing.id == listing_id)
            publishing.start(system(store_id), db.session.get_one(Shop, shop_id), chosen)
            db.session.commit()
            db.session.remove()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activities, "opened", opened)
        people = [threading.Thread(target=press, args=(listing_id,)) for listing_id in ids]
        for person in people:
            person.start()
        for person in people:
            person.join()
    [activity] = db.session.scalars(select(Activity)).all()
    rows = select(ActivityItem.subject_id).where(ActivityItem.activity_id == activity.id)
    assert sorted(key for key in db.session.scalars(rows) if key) == ids
    assert activities.check_counts(activity) == {} and activity.total == 2


def test_a_recheck_of_the_old_catalog_does_not_take_the_mark_of_the_new(
    shop: Shop, app: Flask, engine_name: str
) -> None:
    """A recheck holds the listing when the catalog marks it, stale already, once more."""
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer")
    listing = add_listing(shop)
    store_id, product_id = shop.store_id, listing.product_id or 0
    listing.is_stale = True
    db.session.commit()
    assert readiness.recheck_stale() == 1  # not committed: the row is held

    def catalog() -> None:
        with app.app_context(), tenant(store_id):
            catalog_rows.mark_stale([product_id])
            db.session.commit()
            db.session.remove()

    writer = threading.Thread(target=catalog)
    writer.start()
    writer.join(0.5)
    db.session.commit()
    writer.join()
    db.session.refresh(listing)
    assert listing.is_stale


def test_counts_hold_when_a_listing_moved_behind_the_sessions_back(shop: Shop, actor: Actor) -> None:
    """The route has read the listing; another process moved it before the row was locked."""
    listing = add_listing(shop)
    db.session.execute(update(Listing).values(tab="failed"), execution_options={"synchronize_session": False})
    moved = counters.Deltas()
    moved.move(counters.LISTING_TAB, shop.id, "ready", "failed")
    moved.write()
    assert listing.tab == "ready"  # as remembered
    listings.set_intent([listing.id], "publish")
    assert {name: count for name, count in tabs.counts(shop.id).items() if count} == {"publishing": 1}


def test_a_product_in_two_shops_is_counted_once(shop: Shop, app: Flask, actor: Actor, engine_name: str) -> None:
    """Both of its listings move at once."""
    product = add_product(1)
    other = add_shop("Second", "7490000000000000002")
    chosen = select(Product.id).where(Product.id == product.id)
    for one in (shop, other):
        listings.stage(actor, one, chosen)
    db.session.commit()
    ids = list(db.session.scalars(select(Listing.id)))
    store_id = shop.store_id
    db.session.rollback()
    gate = threading.Barrier(2)

    def move(listing_id: int) -> None:
        with app.app_context(), tenant(store_id):
            gate.wait(10)
            listings.set_intent([listing_id], "publish")
            db.session.commit()
            db.session.remove()

    workers = [threading.Thread(target=move, args=(listing_id,)) for listing_id in ids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    db.session.expire_all()
    counted = {name: count for name, count in counters.read(counters.PRODUCT_STATUS).items() if count}
    assert db.session.get_one(Product, product.id).status == "in_progress"
    assert counted.get("in_progress") == 1 and counted.get("draft", 0) <= 0
