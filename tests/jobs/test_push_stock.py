"""Stock is told, read back and told again; what a shop sells meanwhile is taken off; nothing is told without need."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from jobs import stock as jobs_stock
from jobs.drain import Drain
from jobs.taken import Taken
from models import (
    Activity,
    ActivityItem,
    Listing,
    ListingSku,
    Notice,
    PushRule,
    Shop,
    StockIncident,
    StockPush,
    Variant,
    db,
)
from services import clock, platforms
from services.actor import Actor, system
from services.stock import comparisons, ledger, levels, pushes
from tests.jobs.shelves import Counter, Shelves
from tests.services.listing_rows import add_listing, add_shop


@pytest.fixture
def shelves(monkeypatch: pytest.MonkeyPatch) -> Shelves:
    there = Shelves()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    there = Counter()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def seller(place: int, shelves: Shelves, counter: Counter) -> Iterator[Shop]:
    """A shop that is pushed to, with two live listings of one SKU each: 7 pieces in BigCommerce and in the shop."""
    shop = add_shop()
    shop.authorization.state = "active"
    for number in (1, 2):
        put_on_sale(shop, add_listing(shop, number), shelves, counter)
    db.session.add(PushRule(shop_id=shop.id, changed_at=clock.now()))
    db.session.commit()
    levels.follow(levels.behind(), clock.now())
    db.session.commit()
    yield shop


def put_on_sale(shop: Shop, listing: Listing, shelves: Shelves, counter: Counter) -> None:
    listing.tiktok_id, listing.platform_status = f"P{listing.id}", "ACTIVATE"
    for line in lines(listing):
        line.tiktok_id, line.sent_quantity = f"S{line.id}", 7
        shelves.put(listing.tiktok_id, line.tiktok_id, {f"{shop.tiktok_id}1": 7})
        variant = db.session.get_one(Variant, line.variant_id)
        counter.on_hand[variant.bigcommerce_id or 0] = 7


def lines(listing: Listing) -> Sequence[ListingSku]:
    return db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).all()


def first() -> tuple[Listing, ListingSku, Variant]:
    listing = db.session.scalars(select(Listing).order_by(Listing.id)).first()
    assert listing is not None
    line = lines(listing)[0]
    return listing, line, db.session.get_one(Variant, line.variant_id)


def webhook(variant: Variant, count: int, counter: Counter) -> set[int]:
    """BigCommerce counts so many and says that something changed."""
    counter.on_hand[variant.bigcommerce_id or 0] = count
    product_id = (variant.bigcommerce_id or 0) // 1000
    body = {"created_at": int((clock.now() - timedelta(seconds=3)).timestamp()),
            "data": {"type": "sku", "id": 1, "inventory": {"product_id": product_id}}}  # fmt: skip
    found = jobs_stock.fold(variant.store_id, None, [Taken(1, "bigcommerce", "store/sku/inventory/updated", "x", body)])
    db.session.rollback()
    return found


def drain(shop: Shop, turns: int = 1) -> None:
    """A worker's turns; between them everything that waits comes due."""
    shop_id, store_id = shop.id, shop.store_id
    for turn in range(turns):
        if turn:
            db.session.execute(
                update(ActivityItem).where(ActivityItem.state.in_(("waiting", "unknown"))).values(due_at=clock.now())
            )
            db.session.commit()
        Drain(current_app._get_current_object(), "live", store_id, shop_id).run()  # type: ignore[attr-defined]
        db.session.rollback()


def items() -> list[tuple[str, str]]:
    rows = db.session.execute(select(ActivityItem.state, ActivityItem.code).order_by(ActivityItem.id))
    return [(state, code) for state, code in rows]


def test_a_webhook_becomes_one_write_and_one_read_back(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    listing, line, variant = first()
    assert webhook(variant, 4, counter) == set()
    drain(seller)
    assert shelves.shows(listing.tiktok_id, line.tiktok_id) == 4 and shelves.calls == ["write", "read"]
    assert items() == [("done", "")] and levels.check() == []
    push = db.session.scalars(select(StockPush)).one()
    assert 3000 <= push.milliseconds < 60_000 and push.cause == "webhook"
    webhook(variant, 4, counter)  # the same again, or the echo of our own write
    drain(seller)
    assert shelves.calls == ["write", "read"]


def test_many_changes_become_one_call_and_low_stock_goes_first(
    seller: Shop, shelves: Shelves, counter: Counter
) -> None:
    listings = db.session.scalars(select(Listing).order_by(Listing.id)).all()
    variants = [db.session.get_one(Variant, lines(one)[0].variant_id) for one in listings]
    for count in (6, 50, 40):
        webhook(variants[0], count, counter)
    webhook(variants[1], 2, counter)
    waiting = db.session.scalars(select(ActivityItem).order_by(ActivityItem.due_at)).all()
    assert [item.subject_id for item in waiting] == [listings[1].id, listings[0].id]
    drain(seller)
    assert [shelves.shows(one.tiktok_id, lines(one)[0].tiktok_id) for one in listings] == [40, 2]
    assert shelves.calls.count("write") == 2


def test_a_number_that_does_not_arrive_is_an_incident_and_told_again(
    seller: Shop, shelves: Shelves, counter: Counter
) -> None:
    listing, line, variant = first()
    shelves.forgets = 1
    webhook(variant, 4, counter)
    drain(seller)
    assert items() == [("waiting", "")] and shelves.shows(listing.tiktok_id, line.tiktok_id) == 7
    drain(seller, 2)
    assert items() == [("done", "")] and shelves.shows(listing.tiktok_id, line.tiktok_id) == 4
    incident = db.session.scalars(select(StockIncident)).one()
    assert (incident.kind, incident.told, incident.found, incident.state) == ("not_applied", 4, 7, "resolved")


def test_a_number_that_never_arrives_needs_a_person(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    _, _, variant = first()
    shelves.forgets = 99
    webhook(variant, 4, counter)
    drain(seller, 6)
    assert items() == [("refused", "stock.not_applied")]
    assert db.session.scalar(select(Notice.key).where(Notice.resolved_at.is_(None))) == f"stock:{seller.id}"
    shelves.forgets = 0
    webhook(variant, 3, counter)
    drain(seller)
    assert db.session.scalars(select(StockIncident.state)).all() == ["resolved"]
    assert db.session.scalar(select(Notice.key).where(Notice.resolved_at.is_(None))) is None


def test_a_lost_answer_is_looked_up(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    _, _, variant = first()
    shelves.cut = 1
    webhook(variant, 4, counter)
    drain(seller)
    assert items() == [("unknown", "")]
    drain(seller, 2)
    assert items() == [("done", "")] and shelves.calls == ["write", "read"]


def test_a_refusal_is_an_incident_with_its_code(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    listing, _, variant = first()
    shelves.refuses[listing.tiktok_id] = "12052921"
    webhook(variant, 4, counter)
    drain(seller)
    assert items() == [("refused", "12052921")]
    assert db.session.scalars(select(StockIncident.code)).all() == ["12052921"]


def test_warehouses_that_a_sku_does_not_have_are_left_out(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    """And those that it has beside ours are told 0 (reference 4.12)."""
    listing, line, variant = first()
    shelves.put(listing.tiktok_id, line.tiktok_id, {f"{seller.tiktok_id}1": 7, "elsewhere": 3})
    webhook(variant, 4, counter)
    drain(seller)
    assert shelves.stock[listing.tiktok_id][line.tiktok_id] == {f"{seller.tiktok_id}1": [4, 0], "elsewhere": [0, 0]}
    webhook(variant, 5, counter)
    drain(seller)
    assert shelves.calls[-2:] == ["write", "read"] and shelves.shows(listing.tiktok_id, line.tiktok_id) == 5


def test_what_the_shop_sold_meanwhile_is_taken_off(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    """An order that we have not seen yet is overwritten by an absolute number; the read-back shows it."""
    listing, line, variant = first()
    webhook(variant, 6, counter)
    drain(seller)
    shelves.meanwhile = None
    shelves.buy(listing.tiktok_id, line.tiktok_id, 2)  # TikTok: 4 left; nobody told us
    webhook(variant, 10, counter)
    drain(seller)
    assert shelves.shows(listing.tiktok_id, line.tiktok_id) == 8
    ledger.hold("tiktok:1", [(variant.merchant_sku_id or 0, None, 2)], shop_id=seller.id)  # now we know
    db.session.commit()
    pushes.pour([variant.merchant_sku_id or 0], "order")
    db.session.commit()
    drain(seller)
    assert shelves.shows(listing.tiktok_id, line.tiktok_id) == 8
    webhook(variant, 9, counter)
    drain(seller)
    assert shelves.shows(listing.tiktok_id, line.tiktok_id) == 7


@pytest.mark.parametrize("reason", ["no rule", "off", "settings", "left alone", "disabled"])
def test_nothing_is_told_where_nobody_wants_it(
    seller: Shop, shelves: Shelves, counter: Counter, reason: str, app: Flask
) -> None:
    listing, _, variant = first()
    rule = db.session.scalars(select(PushRule)).one()
    if reason == "no rule":
        db.session.delete(rule)
    elif reason == "off":
        rule.is_on = False
    elif reason == "settings":
        from models import Store

        db.session.get_one(Store, seller.store_id).settings = {"sync_inventory": False}
    elif reason == "left alone":
        db.session.add(PushRule(shop_id=seller.id, product_id=listing.product_id, is_on=False, changed_at=clock.now()))
    else:
        listing.is_enabled = False
    db.session.commit()
    webhook(variant, 4, counter)
    drain(seller)
    assert shelves.calls == []


def test_a_comparison_lists_what_differs_and_repairs_it(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    listing, line, _ = first()
    actor = system(seller.store_id)
    assert run_comparison(seller).message.endswith("nothing differs.")
    shelves.stock[listing.tiktok_id][line.tiktok_id][f"{seller.tiktok_id}1"][0] = 99  # somebody in Seller Center
    found = run_comparison(seller)
    assert [(one.listing_id, one.should, one.shows) for one in comparisons.drifts(found)] == [(listing.id, 7, 99)]
    comparisons.repair(actor, seller, found)
    db.session.commit()
    drain(seller)
    assert shelves.shows(listing.tiktok_id, line.tiktok_id) == 7
    assert run_comparison(seller).notes.get("drift", 0) == 0


def run_comparison(shop: Shop) -> Activity:
    started = comparisons.start(Actor("owner@example.com", shop.store_id, 1), shop)
    db.session.commit()
    Drain(current_app._get_current_object(), "bulk", shop.store_id, shop.id).run()  # type: ignore[attr-defined]
    db.session.rollback()
    return db.session.get_one(Activity, started.activity.id, populate_existing=True)


def test_a_store_that_does_not_answer_is_asked_again(seller: Shop, shelves: Shelves, counter: Counter) -> None:
    _, _, variant = first()
    counter.away = 1
    assert webhook(variant, 4, counter) == {1}
    assert webhook(variant, 4, counter) == set()
