"""The stock pages: numbers with their causes, rules looked at before they are saved, incidents, comparisons."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import (
    Activity,
    ActivityItem,
    Listing,
    ListingSku,
    MerchantSku,
    PushRule,
    StockIncident,
    StockPush,
    StockTold,
    Store,
    Warehouse,
    db,
)
from services import clock
from services.stock import comparisons, ledger, levels
from tests.blueprints.conftest import inside, make_person
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

WAREHOUSE = "74900000000000000011"


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """A shop with two live listings of 7 pieces each; an order holds two pieces of the first."""
    with inside(app, store):
        shop = add_shop()
        for number in (1, 2):
            listing = add_listing(shop, number)
            listing.tiktok_id, listing.platform_status = f"10{number}", "ACTIVATE"
            for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
                line.tiktok_id, line.sent_quantity = f"S{line.id}", 7
        db.session.flush()
        levels.follow(levels.behind(), clock.now(), "import")
        ledger.hold("tiktok:576123", [(first_sku(), None, 2)], shop_id=shop.id)
    return store


def first_sku() -> int:
    return db.session.scalars(select(MerchantSku.id).order_by(MerchantSku.id)).all()[0]


def rules(app: Flask, store: Store) -> list[PushRule]:
    with inside(app, store):
        found = list(db.session.scalars(select(PushRule).order_by(PushRule.id)))
        db.session.expunge_all()
        return found


def pushed(app: Flask, store: Store) -> list[tuple[str, int]]:
    with inside(app, store):
        return [(row.kind, row.total) for row in db.session.scalars(select(Activity).order_by(Activity.id))]


def form(app: Flask, store: Store, **changes: str) -> dict[str, Any]:
    """The rule's form as it is rendered, with changes."""
    with inside(app, store):
        ids = db.session.scalars(select(Warehouse.id).order_by(Warehouse.id)).all()
    return {f"warehouse-{ids[0]}-on": "1", f"warehouse-{ids[0]}-location": "1", f"warehouse-{ids[1]}-on": "1"} | changes


def test_every_sku_with_what_orders_keep(client: PageClient, app: Flask, store: Store) -> None:
    page = client.get(f"{client.home}stock/")
    assert page.status_code == 200 and "MUG-1-0" in page.text and "not told its stock" in page.text
    assert "MUG-2-0" not in client.get(f"{client.home}stock/?view=orders").text
    assert "MUG-1-0" in client.get(f"{client.home}stock/?view=orders").text
    assert "Nothing matches" in client.get(f"{client.home}stock/?q=nothing").text
    assert "MUG-2-0" in client.get(f"{client.home}stock/?q=number 2").text


def test_one_sku_with_its_movements_and_steps(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        number = first_sku()
    page = client.get(f"{client.home}stock/sku/{number}")
    assert page.status_code == 200
    assert "576123" in page.text and "Catalog import" in page.text and "available 5" in page.text
    assert client.get(f"{client.home}stock/sku/999999").status_code == 404


def test_a_rule_is_looked_at_then_saved_and_pushed(client: PageClient, app: Flask, store: Store) -> None:
    told = form(app, store, percent="50", guard="1")
    client.get(f"{client.home}stock/rules")
    page = client.post(f"{client.home}stock/rules/look", data=told)
    assert page.status_code == 200 and "Save, switch on and push" in page.text
    assert "50 % = 2" in page.text and rules(app, store) == [] and pushed(app, store) == []
    digest = page.text.partition('name="digest" value="')[2].partition('"')[0]
    other = client.post(f"{client.home}stock/rules", data={**told, "percent": "60", "digest": digest})
    assert other.status_code == 409 and rules(app, store) == []
    saved = client.post(f"{client.home}stock/rules", data={**told, "digest": digest})
    assert saved.status_code == 303
    shops = [row for row in rules(app, store) if not row.warehouse_id]
    assert [(row.percent, row.guard) for row in shops] == [(50, 1)]
    assert pushed(app, store) == [("repush_stock", 2)]
    stop = client.post(f"{client.home}stock/rules/switch", data={"on": "0"})
    assert stop.status_code == 303 and not rules(app, store)[0].is_on and rules(app, store)[0].percent == 50


@pytest.mark.parametrize(
    ("name", "value", "status"), [("percent", "1001", 422), ("guard", "-1", 422), ("cap", "x", 422), ("cap", "", 200)]
)
def test_numbers_are_checked(client: PageClient, app: Flask, store: Store, name: str, value: str, status: int) -> None:
    client.get(f"{client.home}stock/rules")
    answer = client.post(f"{client.home}stock/rules/look", data=form(app, store, **{name: value}))
    assert answer.status_code == status


def test_a_location_feeds_one_warehouse_only(client: PageClient, app: Flask, store: Store) -> None:
    client.get(f"{client.home}stock/rules")
    with inside(app, store):
        ids = db.session.scalars(select(Warehouse.id).order_by(Warehouse.id)).all()
    answer = client.post(
        f"{client.home}stock/rules/look", data=form(app, store, **{f"warehouse-{ids[1]}-location": "1"})
    )
    assert answer.status_code == 422


def test_a_product_has_numbers_of_its_own(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        shop_id = db.session.scalars(select(Listing.shop_id)).first()
        db.session.add(PushRule(shop_id=shop_id, changed_at=clock.now()))
    client.get(f"{client.home}stock/rules")
    assert client.post(f"{client.home}stock/rules/product", data={"sku": "MUG-1-0", "cap": "3"}).status_code == 303
    assert pushed(app, store) == [("push_stock", 1)]
    page = client.get(f"{client.home}stock/rules")
    assert "at most 3" in page.text
    rule = rules(app, store)[-1]
    assert client.post(f"{client.home}stock/rules/product/{rule.id}/drop").status_code == 303
    assert len(rules(app, store)) == 1
    assert client.post(f"{client.home}stock/rules/product", data={"sku": "NONE"}).status_code == 422


def test_lag_incidents_and_the_comparison(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        now = clock.now()
        listing = db.session.scalars(select(Listing).order_by(Listing.id)).all()[0]
        shop_id, listing_id = listing.shop_id, listing.id
        db.session.add(PushRule(shop_id=shop_id, changed_at=now))
        for number in range(1, 101):
            db.session.add(StockPush(
                shop_id=shop_id, listing_id=listing_id, day="2026-11-21", changed_at=now - timedelta(seconds=number),
                confirmed_at=now, milliseconds=number * 100, cause="webhook",
            ))  # fmt: skip
        db.session.add(StockIncident(
            shop_id=shop_id, listing_id=listing_id, listing_sku_id=1, warehouse=WAREHOUSE, kind="refused",
            code="12052531", text="The warehouse is disabled.", told=4, first_at=now, last_at=now,
        ))  # fmt: skip
        started = comparisons.start(_actor(store), listing.shop)
        item = db.session.scalars(select(ActivityItem)).one()
        item.args = {**item.args, "drift": [[listing_id, "A mug", "MUG-1-0", 5, 99]]}
        item.state, started.activity.state, started.activity.open_key = "done", "finished", None
        started.activity.waiting, started.activity.done, started.activity.finished_at = 0, 1, now
        number = started.activity.id
    page = client.get(f"{client.home}stock/lag")
    assert page.status_code == 200
    for words in ("5.0 s", "9.5 s", "9.9 s", "12052531", "Refresh the warehouses", "99", "Repair all"):
        assert words in page.text, words
    assert client.post(f"{client.home}stock/repair/{number}").status_code == 303
    assert pushed(app, store)[-1] == ("repush_stock", 1)
    assert client.post(f"{client.home}stock/compare").status_code == 303
    assert client.post(f"{client.home}stock/push", data={"listing": listing_id}).status_code == 303
    assert client.get(f"{client.home}stock/push-all").status_code == 200


def _actor(store: Store) -> Any:
    from services.actor import Actor

    return Actor("owner@example.com", store.id, 1)


def test_what_was_told_is_shown_beside_what_the_shop_shows(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        line = db.session.scalars(select(ListingSku).order_by(ListingSku.id)).all()[0]
        shop_id = db.session.get_one(Listing, line.listing_id).shop_id
        db.session.add(StockTold(
            shop_id=shop_id, listing_id=line.listing_id, listing_sku_id=line.id, warehouse=WAREHOUSE, told=5,
            told_at=clock.now(), confirmed=7, confirmed_at=clock.now(),
        ))  # fmt: skip
    assert "shows 7" in client.get(f"{client.home}stock/?view=unconfirmed").text


def test_another_store_sees_nothing_of_it(
    client: PageClient, app: Flask, store: Store, other_store: Store, sign_in: Any
) -> None:
    theirs = sign_in(other_store, make_person(app, other_store, 8))
    with inside(app, store):
        number = first_sku()
    assert "MUG-1-0" not in theirs.get(f"{theirs.home}stock/").text
    assert theirs.get(f"{theirs.home}stock/sku/{number}").status_code == 404
