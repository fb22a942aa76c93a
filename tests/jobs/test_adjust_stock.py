"""Where BigCommerce gets no orders, its number follows TikTok's: each order exactly once, whatever comes twice, late or
not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, update

from clients.errors import Refused
from domain.orders.settings import OrderSettings
from jobs import stock as sweeping
from jobs.drain import Drain
from models import (
    ActivityItem,
    AfterSale,
    AfterSaleLine,
    Location,
    Notice,
    Product,
    Shop,
    StockAdjustment,
    StockOrderLine,
    StoreOrder,
    db,
)
from services import clock, platforms
from services.actor import system
from services.errors import ServiceError
from services.orders import rules
from services.returns import following
from services.stock import adjustments, counting_off, levels
from tests.jobs.after_sales import Books
from tests.services.listing_rows import add_shop
from tests.services.order_rows import facts, line, order, sell, take

pytestmark = pytest.mark.engines("sqlite")
SHIPS, GONE = "AWAITING_SHIPMENT", "IN_TRANSIT"
TWO = (line(10), line(11))


class Shelf(Books):
    """Refuses what would leave less than nothing."""

    def add_stock(self, location_id: int, quantity: int, **more: Any) -> None:
        if self.stock + quantity < 0:
            raise Refused("The result would be below the safety stock.", platform="bigcommerce", status=422)
        super().add_stock(location_id, quantity, **more)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    there = Shelf()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, books: Books, bells: list[Any]) -> Iterator[Shop]:
    """A shop whose orders are not written; BigCommerce has 10 pieces of its product."""
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    db.session.scalars(select(Product)).one().inventory_tracking = "variant"
    if db.session.scalars(select(Location)).first() is None:
        db.session.add(Location(bigcommerce_id=1, label="Main"))
    levels.follow(levels.behind(), clock.now(), "import")
    write(shop, "never")
    yield shop


def write(shop: Shop, create: Any) -> None:
    rules.save(system(shop.store_id), replace(OrderSettings(), create=create), rules.version())
    db.session.commit()


def work(shop: Shop, turns: int = 1) -> None:
    store_id = shop.store_id
    for turn in range(turns):
        if turn:  # time passes
            db.session.execute(update(ActivityItem).values(due_at=clock.now()))
            db.session.execute(update(StockAdjustment).values(looked_at=clock.now() - timedelta(minutes=2)))
            db.session.commit()
        sweeping.count_off()
        Drain(current_app._get_current_object(), "live", store_id, None).run()  # type: ignore[attr-defined]
        db.session.rollback()


def rows() -> list[tuple[int, str]]:
    db.session.expire_all()
    query = select(StockAdjustment.delta, StockAdjustment.state).order_by(StockAdjustment.id)
    return [(delta, state) for delta, state in db.session.execute(query)]


def test_an_order_is_counted_off_once(shop: Shop, books: Books) -> None:
    take(shop, facts(1, "ON_HOLD", 60, lines=TWO))
    work(shop)
    assert rows() == [] and books.stock == 10  # the buyer may still cancel
    for age in (50, 40, 40):
        take(shop, facts(1, SHIPS, age, lines=TWO))
        work(shop)
    take(shop, facts(1, GONE, 30, lines=TWO))
    work(shop, 2)
    assert (rows(), books.stock) == ([(-2, "done")], 8)
    assert levels.check() == []
    line_ = db.session.scalars(select(StockOrderLine)).one()
    assert line_.kind == "allocated" and line_.handed_at is not None
    sku, place = line_.merchant_sku_id, line_.location_id
    levels.record({(sku, place): 5}, clock.now() + timedelta(seconds=1))  # of 7
    assert (sum(levels.available([sku])[sku].values()), levels.check()) == (5, [])


def test_what_is_cancelled_goes_back_once(shop: Shop, books: Books) -> None:
    take(shop, facts(1, SHIPS, 60, lines=TWO))
    work(shop)
    gone = (line(10), line(11, status="CANCELLED"))
    for _ in range(2):
        take(shop, facts(1, SHIPS, 50, lines=gone))
        work(shop)
    assert (rows(), books.stock) == ([(-2, "done"), (1, "done")], 9)
    take(shop, facts(1, "CANCELLED", 40, lines=(line(10, status="CANCELLED"), line(11, status="CANCELLED"))))
    work(shop, 2)
    assert (rows(), books.stock, levels.check()) == ([(-2, "done"), (1, "done"), (1, "done")], 10, [])


def test_cancelled_before_it_was_sent_is_never_sent(shop: Shop, books: Books) -> None:
    take(shop, facts(1, SHIPS, 60))
    take(shop, facts(1, "CANCELLED", 50))
    work(shop, 2)
    assert (rows(), books.stock) == ([(-1, "withdrawn")], 10)


@pytest.mark.parametrize(
    ("faults", "others", "state", "left"),
    [
        (["lost"], 0, "done", 9),  # it took effect, so it is not sent again
        (["nothing"], 0, "done", 9),  # it did not, so it is
        (["lost", "lost"], 0, "done", 9),
        (["lost"], 3, "unclear", 6),  # somebody else moved the number meanwhile: nobody can tell
    ],
)
def test_an_answer_that_never_came(
    faults: list[str], others: int, state: str, left: int, shop: Shop, books: Books
) -> None:
    books.faults, books.others = faults, others
    take(shop, facts(1, SHIPS, 60))
    work(shop, 3)
    assert (rows(), books.stock) == ([(-1, state)], left)
    assert (db.session.scalar(select(Notice.id).where(Notice.key == counting_off.NOTICE)) is not None) is bool(others)


@pytest.mark.parametrize(("send", "expected", "left"), [(True, "done", 4), (False, "left", 5)])
def test_a_refusal_waits_for_a_person(send: bool, expected: str, left: int, shop: Shop, books: Books) -> None:
    books.stock = 0
    take(shop, facts(1, SHIPS, 60))
    work(shop, 2)
    assert (rows(), books.stock) == ([(-1, "refused")], 0)
    books.stock = 5
    question = counting_off.questions()[0]
    counting_off.decide(system(shop.store_id), question.id, send)
    work(shop, 2)
    assert (rows(), books.stock, counting_off.questions()) == ([(-1, expected)], left, [])
    assert db.session.scalars(select(Notice).where(Notice.key == counting_off.NOTICE)).one().resolved_at is not None
    with pytest.raises(ServiceError):
        counting_off.decide(system(shop.store_id), question.id, True)


def test_bigcommerces_own_orders_count_by_themselves(shop: Shop, books: Books) -> None:
    write(shop, "after_hold")
    take(shop, facts(1, SHIPS, 60))
    work(shop)
    assert rows() == []
    write(shop, "never")
    take(shop, facts(2, SHIPS, 50))
    work(shop, 2)
    assert rows() == [(-1, "done")] * 2 and books.stock == 8  # the first was never written either
    copy = db.session.scalars(select(StoreOrder).where(StoreOrder.order_id == order(1).id)).one()
    copy.bigcommerce_id = 100  # now BigCommerce counts it itself, so what was counted off before goes back
    db.session.flush()
    adjustments.plan(["tiktok:" + order(1).tiktok_id])
    work(shop)
    assert (rows(), books.stock) == ([(-1, "done"), (-1, "done"), (1, "done")], 9)


def test_uncounted_and_tiktoks_own_stock_are_left_alone(shop: Shop, books: Books) -> None:
    take(shop, facts(1, SHIPS, 60, fulfillment="FULFILLMENT_BY_TIKTOK"))
    db.session.scalars(select(Product)).one().inventory_tracking = "none"
    db.session.commit()
    take(shop, facts(2, SHIPS, 50))
    work(shop)
    assert (rows(), books.stock) == ([], 10)


def test_what_comes_back_goes_on_sale_again_once(shop: Shop, books: Books) -> None:
    take(shop, facts(1, SHIPS, 60))
    take(shop, facts(1, GONE, 50))
    work(shop)
    request = AfterSale(
        shop_id=shop.id, tiktok_id="4000", order_number=order().tiktok_id, kind="RETURN_AND_REFUND", tab="accepted",
        status="RETURN_OR_REFUND_REQUEST_SUCCESS", asked_at=clock.now(), changed_at=clock.now(), read_at=clock.now(),
        tracking_number="T1", reason="x_no_need", details={}, choices=[], is_unplanned=True,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    db.session.add(AfterSaleLine(after_sale_id=request.id, line_id="line-10", amount=Decimal("12.50")))
    db.session.commit()
    for _ in range(2):
        following.plan([request.id])
        following.pour([], following.due_restocks())
        work(shop, 2)
    assert (rows(), books.stock) == ([(-1, "done")], 10)
