"""The publishing plan and trials as pages."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, ActivityItem, Listing, ListingPin, Shop, Store, db
from services import canary, clock, publishing
from services.actor import system
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    with inside(app, store):
        shop = add_shop()
        for number in range(1, 8):
            add_listing(shop, number)
    return store


def publish(app: Flask, store: Store, limit: int = 2) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        shop.daily_limit, shop.limit_reached_day = limit, clock.shop_day(shop.market, clock.now())
        publishing.start(system(store.id), shop, select(Listing.id))


def test_the_preview_says_until_when_and_offers_a_trial(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        shop.daily_limit, shop.listings_day, shop.listings_today = 2, clock.shop_day(shop.market, clock.now()), 2
    page = client.get(client.at("listings/publish?all=1&tab=all"))
    assert "At 2 a day the last one goes on" in page.text and 'name="canaries"' in page.text
    wrong = client.post(client.at("listings/publish"), data={"all": "1", "tab": "all", "trial": "1", "canaries": "0"})
    assert wrong.status_code == 422
    client.post(client.at("listings/publish"), data={"all": "1", "tab": "all", "trial": "1", "canaries": "3"})
    with inside(app, store):
        activity = db.session.scalars(select(Activity)).one()
        assert canary.state(activity) == canary.TRIAL and len(activity.details["canary"]["ids"]) == 3
        far = select(ActivityItem.id).where(ActivityItem.due_at > clock.now() + canary.HELD / 2)
        assert len(db.session.scalars(far).all()) == 4


def test_the_plan_shows_days_and_order_and_pins(app: Flask, store: Store, client: PageClient) -> None:
    assert "Nothing waits" in client.get(client.at("listings/plan?shop=1")).text
    publish(app, store)
    page = client.get(client.at("listings/plan"))
    assert "<b>7</b> listings wait" in page.text and "TikTok takes 2 a day" in page.text
    with inside(app, store):
        last = db.session.scalars(select(ActivityItem.subject_id).order_by(ActivityItem.position.desc())).first()
    where = client.at("listings/plan/pin")
    answer = client.post(where, data={"id": last, "wanted": "1"}, htmx=True)
    assert answer.status_code == 200 and "goes first" in answer.text
    with inside(app, store):
        assert db.session.scalars(select(ListingPin.listing_id)).all() == [last]
        first = db.session.scalars(select(ActivityItem.subject_id).order_by(ActivityItem.position)).first()
        assert first == last
    client.post(where, data={"id": last, "wanted": "0"})
    with inside(app, store):
        assert db.session.scalars(select(ListingPin.id)).all() == []


@pytest.mark.parametrize(("decision", "state"), [("go", canary.CONTINUED), ("stop", canary.STOPPED)])
def test_a_trial_is_decided_on_its_activity(
    app: Flask, store: Store, client: PageClient, decision: str, state: str
) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        activity = publishing.start(system(store.id), shop, select(Listing.id), (), 3).activity
        number = activity.id
    page = client.get(client.at(f"activities/{number}"))
    assert "Sent first" in page.text and "Send the other 4" in page.text
    client.post(client.at(f"listings/trial/{number}/{decision}"))
    with inside(app, store):
        activity = db.session.get_one(Activity, number)
        assert canary.state(activity) == state
        waiting = [
            item.due_at <= clock.now() for item in db.session.scalars(select(ActivityItem)) if item.state == "waiting"
        ]
        assert waiting == ([True] * 7 if decision == "go" else [])
    assert client.post(client.at(f"listings/trial/{number}/{decision}")).status_code == 409
