"""Orders come in whatever the platforms do, and each is in BigCommerce once."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, update

from jobs import orders as coming
from jobs.drain import Drain
from jobs.taken import Taken
from models import Activity, ActivityItem, Evidence, Notice, Order, OrderHour, Shop, StockBalance, StoreOrder, db
from models.tenancy import tenant
from services import clock, platforms
from services.actor import system
from services.orders import counts, evidence_file, imports, options, replay
from services.orders.options import Found
from services.stock import pushes
from tests.jobs.market import Admin, Sales
from tests.services.listing_rows import add_shop
from tests.services.order_rows import sell


@pytest.fixture
def sales(monkeypatch: pytest.MonkeyPatch) -> Sales:
    there = Sales()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Admin:
    there = Admin()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, sales: Sales, admin: Admin) -> Iterator[Shop]:
    """A shop with a listing on sale: sku-1-0 and sku-1-1."""
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    yield shop


EVENTS = iter(range(1, 10**9))


def hint(number: str, topic: str = "1") -> Taken:
    return Taken(next(EVENTS), "tiktok", topic, "x", {"data": {"order_id": number}})


def tell(shop: Shop, *hints: Taken) -> set[int]:
    shop_id, store_id = shop.id, shop.store_id
    again = coming.fold(store_id, shop_id, hints)
    db.session.rollback()
    return again


def drain(
    shop: Shop, shop_id: int | None = None, turns: int = 1, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """A worker's turns; between them the settle time passes and everything that waits comes due."""
    store_id = shop.store_id
    for turn in range(turns):
        if turn:
            meanwhile()
            waiting = update(ActivityItem).where(ActivityItem.state.in_(("waiting", "unknown")))
            db.session.execute(waiting.values(due_at=clock.now()))
            db.session.commit()
        Drain(current_app._get_current_object(), "live", store_id, shop_id).run()  # type: ignore[attr-defined]
        db.session.rollback()


def only() -> Order:
    db.session.expire_all()
    return db.session.scalars(select(Order)).one()


def test_a_webhook_becomes_one_order_by_three_calls(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0", 2)
    assert tell(shop, hint(number), hint(number), hint(number, "11")) == set()
    drain(shop)
    assert sales.calls + admin.calls == ["detail", "find", "create"]
    body = admin.books[100]
    assert body["external_order_id"] == number and body["external_source"] == "Causeway"
    assert (body["status_id"], body["customer_id"]) == (1, 0)
    assert body["products"] == [{"quantity": 2, "price_ex_tax": 12.5, "price_inc_tax": 12.5, "product_id": 1,
                                 "variant_id": 1000}]  # fmt: skip
    assert body["billing_address"]["street_1"] == "Withheld by TikTok"
    kept = only()
    assert (kept.bigcommerce_id, kept.copies[0].status_id, kept.problem) == (100, 1, "")
    balance = db.session.scalars(select(StockBalance)).all()
    assert sum(one.held + one.reserved for one in balance) == 0, "BigCommerce counts them off from here on"


def test_what_an_order_takes_is_told_to_the_shops_at_once(
    shop: Shop, sales: Sales, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each movement once: the hold, and the pieces that are for sale again."""
    told: list[tuple[set[int], str]] = []

    def pour(skus: set[int], cause: str) -> list[Activity]:
        told.append((set(skus), cause))
        return []

    monkeypatch.setattr(pushes, "pour", pour)
    number = sales.sell("sku-1-0")
    tell(shop, hint(number), hint(number))
    tell(shop, hint(number, "11"))
    balance = db.session.scalars(select(StockBalance).where(StockBalance.held > 0)).one()
    assert told == [({balance.merchant_sku_id}, "order")]
    sales.move(number, "CANCELLED")
    tell(shop, hint(number))
    assert told == [({balance.merchant_sku_id}, "order")] * 2


def test_when_the_hold_ends_the_order_gets_its_address_and_is_open(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0")
    tell(shop, hint(number))
    drain(shop)
    sales.move(number, "AWAITING_SHIPMENT")
    tell(shop, hint(number))
    drain(shop)
    assert admin.books[100]["status_id"] == 11 and admin.books[100]["shipped_to"]["street_1"] == "1 Alder Street"
    assert "do not ship" not in admin.books[100]["staff_notes"]
    tell(shop, hint(number), hint(number, "3"))
    drain(shop)
    assert Counter(admin.calls)["create"] == 1 and Counter(admin.calls)["update"] == 1


def test_a_cancellation_in_the_hour_cancels_there_too(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0")
    tell(shop, hint(number))
    drain(shop)
    sales.move(number, "CANCELLED")
    tell(shop, hint(number))
    drain(shop)
    assert (admin.books[100]["status_id"], only().status) == (5, "CANCELLED")


def test_cancelled_before_it_was_written_is_never_written(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0")
    tell(shop, hint(number))
    sales.move(number, "CANCELLED")
    tell(shop, hint(number))
    drain(shop, turns=2)
    assert admin.books == {} and only().problem == ""


@pytest.mark.parametrize("faults", [["lost"], ["nothing"], ["lost", "nothing"], ["nothing", "nothing", "lost"]])
def test_an_answer_that_never_came_is_looked_up(shop: Shop, sales: Sales, admin: Admin, faults: list[str]) -> None:
    admin.faults = list(faults)
    tell(shop, hint(sales.sell("sku-1-0")))
    drain(shop, turns=len(faults) + 1)
    assert list(admin.books) == [100] and only().bigcommerce_id == 100


def test_what_was_moved_on_in_bigcommerce_is_not_moved_back(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0", status="AWAITING_SHIPMENT")
    tell(shop, hint(number))
    drain(shop)
    admin.books[100]["status_id"] = 2
    sales.move(number, "AWAITING_COLLECTION")
    tell(shop, hint(number))
    drain(shop)
    assert admin.books[100]["status_id"] == 2
    sales.move(number, "CANCELLED")
    tell(shop, hint(number))
    drain(shop)
    assert admin.books[100]["status_id"] == 2 and only().problem == "order.shipped_when_cancelled"
    admin.books[100]["status_id"] = 5
    assert coming.fold_bigcommerce(shop.store_id, None, [_theirs(100)]) == set()
    assert only().problem == "" and only().copies[0].status_id == 5


def _theirs(number: int) -> Taken:
    body = {"data": {"type": "order", "id": number}}
    return Taken(next(EVENTS), "bigcommerce", "store/order/statusUpdated", "x", body)


def test_a_refusal_waits_under_error_for_a_replay(shop: Shop, sales: Sales, admin: Admin) -> None:
    admin.faults = ["refused"]
    tell(shop, hint(sales.sell("sku-1-0")))
    drain(shop)
    assert only().problem == "bigcommerce.400" and "options" in only().problem_text
    assert counts.read(None)["error"] == 1
    coming.poll()
    drain(shop, turns=2)
    assert admin.books == {}, "nobody tries by itself what was refused"
    for _ in range(2):
        ready = replay.replay(system(shop.store_id))
        db.session.commit()
        coming.write(ready)
        drain(shop)
    assert list(admin.books) == [100] and only().problem == "" and counts.read(None)["error"] == 0


def test_a_required_option_is_decided_once_and_goes_with_every_order(shop: Shop, sales: Sales, admin: Admin) -> None:
    options.record([1], [Found(1, 99, "Ribbon", "dropdown", [{"id": 8, "label": "Red", "is_default": True}])])
    db.session.commit()
    tell(shop, hint(sales.sell("sku-1-0")))
    drain(shop)
    assert only().problem == "order.option_required" and admin.books == {}, "nothing is even tried"
    assert options.accept_all(system(shop.store_id)) == 1
    ready = replay.replay(system(shop.store_id))
    db.session.commit()
    coming.write(ready)
    drain(shop)
    assert admin.books[100]["products"][0]["product_options"] == [{"id": 99, "value": "8"}]
    options.record([1], [])
    db.session.commit()
    assert options.open_count() == 0


def test_a_poll_finds_what_no_webhook_told_and_goes_on_where_it_stopped(
    shop: Shop, sales: Sales, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming, "PAGES", 2)
    for minute in range(450, 0, -1):
        sales.sell("sku-1-0", ago=timedelta(minutes=minute))
    sales.cut = 1
    assert coming.poll() == 0
    assert sum(coming.poll() for _ in range(3)) == 450, "the next poll begins where this one stopped"
    assert len(db.session.scalars(select(Order.id)).all()) == 450
    sales.calls.clear()
    assert coming.poll() == 0 and sales.calls == ["search"]


def test_an_outage_of_a_day_is_found_by_the_count_and_named(shop: Shop, sales: Sales, admin: Admin) -> None:
    coming.poll()
    for hour in (3, 3, 5):
        sales.sell("sku-1-0", ago=timedelta(hours=hour))
    sales.sell("sku-1-1", status="UNPAID", ago=timedelta(hours=5))
    assert coming.gaps() == 3
    assert sorted(row.filled for row in db.session.scalars(select(OrderHour)) if row.filled) in ([1, 2], [3])
    assert all(row.theirs == row.ours + row.unpaid for row in db.session.scalars(select(OrderHour)))
    assert "had not arrived" in db.session.scalars(select(Notice.text)).one()
    assert coming.gaps() == 0


def test_an_import_brings_what_was_before_the_connection(shop: Shop, sales: Sales, admin: Admin) -> None:
    for day in range(1, 4):
        for _ in range(3):
            sales.sell("sku-1-0", status="COMPLETED", ago=timedelta(days=40 + day))
    coming.poll()
    assert db.session.scalars(select(Order.id)).all() == []
    now = clock.now()
    started = imports.start(system(shop.store_id), shop, now - timedelta(days=50), now - timedelta(days=35))
    db.session.commit()
    drain(shop, shop.id)
    activity = db.session.get_one(Activity, started.activity.id, populate_existing=True)
    assert activity.state == "finished" and activity.message.startswith("9 orders imported")
    drain(shop)
    assert len(admin.books) == 9 and {book["status_id"] for book in admin.books.values()} == {10}


def test_the_evidence_file_holds_each_event_of_the_order(shop: Shop, sales: Sales, admin: Admin) -> None:
    number = sales.sell("sku-1-0")
    for status in ("ON_HOLD", "AWAITING_SHIPMENT", "CANCELLED"):
        if status != "ON_HOLD":
            sales.move(number, status)
        tell(shop, hint(number))
        drain(shop)
    chain = evidence_file.entries(only())
    text = " ".join(entry["text"] for entry in chain)
    for words in ("Placed", "On hold → Awaiting shipment", "Awaiting shipment → Cancelled", "created", "Cancelled"):
        assert words in text
    assert all(before["hash"] == after["previous"] for before, after in pairwise(chain))
    assert all(row.listing_id is None for row in db.session.scalars(select(Evidence)))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_storm(shop: Shop, sales: Sales, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty orders; hints doubled, reordered, dropped and of strangers; one call in three of BigCommerce unanswered,
    with or without effect, or late: as many orders there as were sold, each with its last status, the books balanced.
    """
    chance = random.Random(seed)
    admin = Admin(chance, 0.33)
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: admin)
    waiting: list[Taken] = []
    for _ in range(40):
        number = sales.sell(chance.choice(["sku-1-0", "sku-1-1"]), chance.randint(1, 3))
        waiting += [hint(number) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
    numbers = list(sales.books)
    for turn in range(12):
        for number in chance.sample(numbers, 15):
            _advance(sales, number, chance)
            waiting += [hint(number, chance.choice(["1", "3", "4", "11"])) for _ in range(chance.choice([0, 1, 2]))]
        waiting.append(hint(str(chance.randint(1, 10**6))))
        chance.shuffle(waiting)
        cut = len(waiting) // 2
        told, waiting = waiting[:cut], waiting[cut:]
        sales.cut = chance.choice([0, 0, 1])
        again = tell(shop, *told)
        waiting += [one for one in told if one.id in again]
        if turn % 4 == 3:
            coming.poll()
        admin.settle()
        drain(shop, turns=2, meanwhile=admin.settle)
    sales.cut, admin.share = 0, 0.0
    coming.poll()
    admin.settle()
    drain(shop, turns=8, meanwhile=admin.settle)
    _check(shop, sales, admin)


def _advance(sales: Sales, number: str, chance: random.Random) -> None:
    status = sales.books[number]["status"]
    if status == "ON_HOLD":
        sales.move(number, chance.choice(["AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "CANCELLED"]))
    elif status in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"):
        following = {"AWAITING_SHIPMENT": "AWAITING_COLLECTION", "AWAITING_COLLECTION": "IN_TRANSIT"}
        sales.move(number, following.get(status, "DELIVERED"))


def _check(shop: Shop, sales: Sales, admin: Admin) -> None:
    db.session.expire_all()
    orders = {order.tiktok_id: order for order in db.session.scalars(select(Order))}
    assert {number: order.status for number, order in orders.items()} == {
        number: book["status"] for number, book in sales.books.items()
    }
    written = Counter(book["external_order_id"] for book in admin.books.values())
    assert set(written.values()) <= {1}, "none is there twice"
    alive = {number for number, book in sales.books.items() if book["status"] != "CANCELLED"}
    assert alive <= set(written), "none is missing"
    targets = {"AWAITING_SHIPMENT": 11, "AWAITING_COLLECTION": 9, "IN_TRANSIT": 2, "DELIVERED": 2, "CANCELLED": 5,
               "ON_HOLD": 1}  # fmt: skip
    for number, book in admin.books.items():
        assert book["status_id"] == targets[sales.books[book["external_order_id"]]["status"]], number
    by_status = Counter(order.status for order in orders.values())
    kept: dict[str, Any] = {name: count for name, count in counts.read(shop.id).items() if count and name}
    assert kept == dict(by_status)
    assert db.session.scalars(select(StoreOrder.id).where(StoreOrder.is_due)).all() == []
    for one in db.session.scalars(select(StockBalance)):
        assert one.held == 0 and one.reserved == 0
    with tenant(shop.store_id):
        assert coming.poll() == 0
