"""TikTok knows each order's number in BigCommerce; what stands in BigCommerce twice is found and told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from clients.bigcommerce.order_models import Order as TheirOrder
from clients.errors import ItemError, Unreachable
from jobs import order_care
from models import Notice, Order, OrderReference, Shop, StoreOrder, db
from models.tenancy import tenant
from services import clock, platforms
from services.orders import doubles
from tests.services.listing_rows import add_shop
from tests.services.order_rows import NUMBER, facts, line, sell, take


class Both:
    """TikTok as far as it takes numbers, BigCommerce as far as it lists orders."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []
        self.refused: set[str] = set()
        self.cut = False
        self.books: list[dict[str, Any]] = []

    def put_external_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        if self.cut:
            raise Unreachable("cut")
        self.told += orders
        return [ItemError("36020001", "No.", str(one["id"])) for one in orders if one["id"] in self.refused]

    def orders(self, **_: Any) -> tuple[TheirOrder, ...]:
        return tuple(TheirOrder.model_validate(one) for one in self.books)

    def find_orders(self, reference: str, source: str = "") -> list[TheirOrder]:
        return [one for one in self.orders() if one.external_order_id == reference]


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Both:
    there = Both()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, both: Both) -> Iterator[Shop]:
    """Orders 1 and 2 are BigCommerce orders 101 and 102, order 3 waits."""
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    for number in (1, 2, 3):
        take(shop, facts(number, "AWAITING_SHIPMENT", lines=(line(number * 10), line(number * 10 + 1))))
    for copy in db.session.scalars(select(StoreOrder).order_by(StoreOrder.id).limit(2)):
        order = db.session.get_one(Order, copy.order_id)
        copy.state, copy.bigcommerce_id = "written", int(order.tiktok_id) - NUMBER + 100
        order.bigcommerce_id = copy.bigcommerce_id
        book = {"id": copy.bigcommerce_id, "status_id": 11, "external_order_id": copy.reference,
                "external_source": doubles.source()}  # fmt: skip
        both.books.append(book)
    db.session.commit()
    yield shop


def test_numbers_are_told_once_and_a_lost_answer_is_told_again(shop: Shop, both: Both) -> None:
    both.cut = True
    assert order_care.tell_numbers() == 0
    both.cut, both.refused = False, {str(NUMBER + 2)}
    assert order_care.tell_numbers() == 1 and order_care.tell_numbers() == 0
    assert [one["id"] for one in both.told] == [str(NUMBER + 1), str(NUMBER + 2)], "the third is not written yet"
    first = both.told[0]["external_order"]
    assert (first["id"], first["platform"]) == ("101", "BIGCOMMERCE")
    assert [one["origin_id"] for one in first["line_items"]] == ["line-10", "line-11"]
    with tenant(shop.store_id):
        kept = db.session.execute(select(OrderReference.numbers, OrderReference.problem).order_by(OrderReference.id))
        assert kept.all() == [("101", ""), ("102", "No.")]


def test_an_order_that_is_there_twice_is_told_until_it_is_cured(shop: Shop, both: Both) -> None:
    assert order_care.find_doubles() == 0
    both.books.append({**both.books[0], "id": 150})
    both.books.append({**both.books[1], "id": 151, "status_id": 5})  # cancelled: no double
    assert order_care.find_doubles() == 1
    with tenant(shop.store_id):
        order = db.session.scalars(select(Order).where(Order.problem == doubles.DOUBLED)).one()
        assert order.bigcommerce_id == 101 and "cancel 150" in order.problem_text
    both.books[2]["status_id"] = 5
    assert order_care.find_doubles() == 0
    with tenant(shop.store_id):
        db.session.expire_all()
        assert db.session.scalars(select(Order).where(Order.problem != "")).all() == []


def test_people_are_warned_once_of_deadlines_and_of_stuck_orders(shop: Shop, both: Both) -> None:
    def told() -> list[tuple[str, str]]:
        db.session.expire_all()
        query = select(Notice.key, Notice.level).where(Notice.resolved_at.is_(None)).order_by(Notice.key)
        return [(key.rpartition(".")[0], level) for key, level in db.session.execute(query)]

    with tenant(shop.store_id):
        for hours, level in ((5, "warning"), (-1, "danger")):
            at = clock.now() + timedelta(hours=hours)
            db.session.execute(update(Order).values(deadline_at=at, deadline_kind="ship"))
            db.session.commit()
            order_care.warn()
            order_care.warn()
            assert told() == [("orders.deadlines", level)]
        db.session.execute(update(Order).values(deadline_at=None, deadline_kind=""))
        take(shop, facts(4, "AWAITING_SHIPMENT", lines=(line(40, "sku-unknown"),)))
        order_care.warn()
        assert told() == [("orders.stuck", "danger")]
