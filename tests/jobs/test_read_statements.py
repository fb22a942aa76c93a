"""Statements are read by cursor, applied to orders, and compared with BigCommerce; nothing is counted twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from clients.bigcommerce.order_models import Order as TheirOrder
from clients.errors import Refused
from clients.tiktok import finance_models as models
from domain.finance.reconciliation import Bucket
from jobs import money
from jobs.drain import Drain
from models import (
    Activity,
    MoneyCursor,
    Order,
    OrderMoney,
    Payout,
    SettledSku,
    Settlement,
    Shop,
    Statement,
    StoreOrder,
    db,
)
from models.tenancy import tenant
from services import clock, counters, platforms
from services.actor import system
from services.errors import ServiceError
from services.finance import comparing, reading
from tests.services.listing_rows import add_shop
from tests.services.order_rows import facts, line, order, sell, take

PAYMENT = {
    "original_total_product_price": "15.00", "seller_discount": "1.50", "platform_discount": "1.00",
    "sub_total": "12.50", "shipping_fee": "4.00", "tax": "1.00", "total_amount": "17.50",
}  # fmt: skip


class Bank:
    """TikTok's side of the money: one statement a page, two transactions a page."""

    def __init__(self) -> None:
        self.lists: list[dict[str, Any]] = []
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.paid: list[dict[str, Any]] = []
        self.calls: list[str] = []

    def statement(self, days_ago: int, rows: list[dict[str, Any]], **changes: Any) -> str:
        number = f"36{len(self.lists):017d}"
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)

        def total(*names: str) -> D:
            return sum((D(str(row.get(name, 0))) for row in rows for name in names), D(0))

        self.lists.append({
            "id": number, "statement_time": int(midnight.timestamp()), "currency": "USD",
            "settlement_amount": str(total("settlement_amount")), "revenue_amount": str(total("revenue_amount")),
            "fee_amount": str(total("fee_tax_amount", "shipping_cost_amount")),
            "adjustment_amount": str(total("adjustment_amount")), "payment_status": "PROCESSING", **changes,
        })  # fmt: skip
        self.rows[number] = rows
        return number

    def statements(self, *, statement_time_ge: int, page_token: str = "") -> models.StatementPage:
        self.calls.append("statements")
        here = [row for row in self.lists if row["statement_time"] >= statement_time_ge]
        at = int(page_token or 0)
        return models.StatementPage.model_validate(
            {"statements": here[at : at + 1], "next_page_token": str(at + 1) if at + 1 < len(here) else ""}
        )

    def payments(self, *, create_time_ge: int, page_token: str = "") -> models.PayoutPage:
        return models.PayoutPage.model_validate({"payments": self.paid})

    def statement_transactions(self, statement_id: str, page_token: str = "") -> models.StatementTransactions:
        self.calls.append("transactions")
        rows, at = self.rows[statement_id], int(page_token or 0)
        return models.StatementTransactions.model_validate(
            {"id": statement_id, "transactions": rows[at : at + 2], "total_count": len(rows),
             "next_page_token": str(at + 2) if at + 2 < len(rows) else ""}
        )  # fmt: skip

    def order_transactions(self, order_id: str) -> models.OrderTransactions:
        self.calls.append("order")
        mine = [(number, row) for number, rows in self.rows.items() for row in rows if row.get("order_id") == order_id]
        if not mine:
            raise Refused("36009003", platform="tiktok")
        kept = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount", "settlement_amount")
        skus = [
            {"sku_id": "sku-1-0", "product_name": "Mug", "quantity": "1", "statement_id": number,
             **{name: row.get(name) for name in kept}}
            for number, row in mine
        ]  # fmt: skip
        return models.OrderTransactions.model_validate({"order_id": order_id, "sku_transactions": skus})


class Books:
    """BigCommerce's orders by id."""

    def __init__(self) -> None:
        self.orders: dict[int, dict[str, Any]] = {}

    def order(self, order_id: int) -> TheirOrder | None:
        found = self.orders.get(order_id)
        return TheirOrder.model_validate({"id": order_id, "status_id": 10, **found}) if found else None


def sale(number: str, name: str = "1") -> dict[str, Any]:
    return {
        "id": f"t{name}", "type": "ORDER", "order_id": number, "settlement_amount": "11.49", "revenue_amount": "13.50",
        "shipping_cost_amount": "-1.20", "fee_tax_amount": "-0.81",
        "revenue_breakdown": {"subtotal_before_discount_amount": "15.00", "seller_discount_amount": "-1.50"},
        "shipping_cost_breakdown": {"actual_shipping_fee_amount": "-5.20", "customer_paid_shipping_fee_amount": "4.00"},
        "fee_tax_breakdown": {"fee": {"referral_fee_amount": "-0.81"}, "tax": {"vat_amount": "0"}},
    }  # fmt: skip


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    there = Bank()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    there = Books()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, bank: Bank, books: Books) -> Iterator[Shop]:
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    yield shop


@pytest.fixture
def sold(shop: Shop, books: Books) -> Callable[[int], Order]:
    """A completed order that is in BigCommerce with its total."""

    def one(number: int) -> Order:
        take(shop, facts(number, "COMPLETED", payment=PAYMENT, lines=(line(number * 10),)))
        made = order(number)
        copy = db.session.scalars(select(StoreOrder).where(StoreOrder.order_id == made.id)).one()
        copy.bigcommerce_id, copy.state, copy.total = 100 + number, "written", D("17.50")
        books.orders[100 + number] = {"total_inc_tax": "17.5000", "refunded_amount": "0.0000"}
        db.session.commit()
        return made

    return one


def read(shop: Shop) -> Activity:
    started = reading.start(system(shop.store_id), shop).activity
    db.session.commit()
    Drain(current_app._get_current_object(), "bulk", shop.store_id, shop.id).run()  # type: ignore[attr-defined]
    db.session.expire_all()
    return db.session.get_one(Activity, started.id)


def compared(number: str) -> OrderMoney:
    return db.session.scalars(select(OrderMoney).where(OrderMoney.order_number == number)).one()


def counted(model: Any) -> int:
    return int(db.session.scalar(select(func.count(model.id))) or 0)


def test_a_statement_is_applied_to_its_orders_and_every_cent_has_a_name(
    shop: Shop, bank: Bank, books: Books, sold: Callable[[int], Order]
) -> None:
    numbers = [sold(number).tiktok_id for number in (1, 2, 3)]
    bank.statement(1, [sale(number, str(at)) for at, number in enumerate(numbers)])
    bank.paid = [{"id": "p1", "create_time": 1, "status": "PAID", "amount": {"value": "34.47", "currency": "USD"}}]
    activity = read(shop)
    assert (activity.state, activity.refused, activity.notes["statements"], activity.notes["orders"]) == (
        "finished", 0, 1, 3,
    )  # fmt: skip
    statement = db.session.scalars(select(Statement)).one()
    assert (statement.state, statement.transactions, statement.settlement) == ("closed", 3, D("34.47"))
    assert sum(D(value) for value in statement.amounts.values()) == statement.settlement
    for number in numbers:
        row = compared(number)
        assert (row.state, row.unexplained, row.in_store, row.settlement) == ("agrees", D(0), D("17.5"), D("11.49"))
        steps = sum((D(value) for _, value in row.steps), D(0))
        assert row.in_store is not None and row.in_store + steps == row.settlement
    assert (counted(SettledSku), counted(Payout)) == (3, 1)
    assert counters.read(comparing.SCOPE, shop.id)["agrees"] == 3


def test_reading_again_asks_no_transactions_twice_and_counts_nothing_twice(
    shop: Shop, bank: Bank, sold: Callable[[int], Order]
) -> None:
    number = sold(1).tiktok_id
    bank.statement(1, [sale(number)])
    read(shop)
    bank.calls.clear()
    bank.lists[0] |= {"payment_status": "PAID", "payment_id": "p1"}
    activity = read(shop)
    assert bank.calls == ["statements"] and activity.notes.get("statements", 0) == 0
    statement = db.session.scalars(select(Statement)).one()
    assert (statement.payment_status, statement.payment_id) == ("PAID", "p1")
    refund = {
        "id": "t9", "type": "ORDER", "order_id": number, "settlement_amount": "-12.69", "revenue_amount": "-13.50",
        "fee_tax_amount": "0.81", "shipping_cost_amount": "0",
        "revenue_breakdown": {"refund_subtotal_before_discount_amount": "-15", "seller_discount_refund_amount": "1.5"},
        "fee_tax_breakdown": {"fee": {"referral_fee_amount": "0.81"}},
    }  # fmt: skip
    bank.statement(0, [refund])
    read(shop)
    row = compared(number)
    only = D(dict(row.steps)[Bucket.REFUND_ONLY_TIKTOK])
    assert (row.state, row.settlement, only) == ("attention", D("-1.20"), D("-13.5"))
    assert (counted(Statement), counted(Settlement), counted(OrderMoney)) == (2, 2, 1)
    kept = {name: count for name, count in counters.read(comparing.SCOPE, shop.id).items() if count}
    assert kept == {"attention": 1}


def test_what_was_mended_in_bigcommerce_is_compared_again(
    shop: Shop, bank: Bank, books: Books, sold: Callable[[int], Order]
) -> None:
    made = sold(1)
    books.orders[101]["total_inc_tax"] = "20.0000"
    bank.statement(1, [sale(made.tiktok_id)])
    read(shop)
    assert compared(made.tiktok_id).state == "attention"
    books.orders[101]["total_inc_tax"] = "17.5000"
    since = db.session.scalars(select(MoneyCursor.answered_at)).one()
    reading.again(system(shop.store_id), shop, made.tiktok_id)
    db.session.commit()
    Drain(current_app._get_current_object(), "bulk", shop.store_id, shop.id).run()  # type: ignore[attr-defined]
    db.session.expire_all()
    assert compared(made.tiktok_id).state == "agrees"
    assert {name: count for name, count in counters.read(comparing.SCOPE, shop.id).items() if count} == {"agrees": 1}
    assert db.session.scalars(select(MoneyCursor.answered_at)).one() == since, "no statement was asked for"


@pytest.mark.parametrize(
    "seed,state,bucket",
    [
        ({"total_inc_tax": "20.0000"}, "attention", Bucket.CHANGED),
        (None, "attention", Bucket.NOT_IN_STORE),
        ({"total_inc_tax": "17.5000", "refunded_amount": "3.0000"}, "attention", Bucket.REFUND_ONLY_STORE),
    ],
)
def test_seeded_differences_are_found(
    shop: Shop,
    bank: Bank,
    books: Books,
    sold: Callable[[int], Order],
    seed: dict[str, str] | None,
    state: str,
    bucket: str,
) -> None:
    made = sold(1)
    if seed is None:
        books.orders.clear()
    else:
        books.orders[101] |= seed
    bank.statement(1, [sale(made.tiktok_id)])
    read(shop)
    row = compared(made.tiktok_id)
    assert (row.state, row.unexplained) == (state, D(0)) and bucket in dict(row.steps)


def test_numbers_of_tiktok_that_do_not_close_are_said_to_be_tiktoks(
    shop: Shop, bank: Bank, sold: Callable[[int], Order]
) -> None:
    made = sold(1)
    wrong = sale(made.tiktok_id) | {"settlement_amount": "10.49"}
    bank.statement(1, [wrong], revenue_amount="99.00")
    activity = read(shop)
    statement = db.session.scalars(select(Statement)).one()
    assert statement.state == "incomplete" and "revenue" in [code for code, *_ in statement.gaps]
    assert (compared(made.tiktok_id).state, activity.notes["incomplete"]) == ("incomplete", 1)


def test_a_settled_order_that_never_came_here_is_named(shop: Shop, bank: Bank) -> None:
    bank.statement(1, [sale("57600000000009999")])
    read(shop)
    row = compared("57600000000009999")
    assert (row.state, row.order_id, row.currency) == ("attention", None, "USD")
    assert D(dict(row.steps)[Bucket.NOT_HERE]) == D("13.5")


def test_a_shop_is_read_once_a_day_and_from_where_the_last_reading_ended(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.statement(1, [])
    assert money.read_statements() == 1 and money.read_statements() == 0
    shop_id, store_id = shop.id, shop.store_id
    with tenant(store_id):
        Drain(current_app._get_current_object(), "bulk", store_id, shop_id).run()  # type: ignore[attr-defined]
        db.session.expire_all()
        here = db.session.scalars(select(MoneyCursor)).one()
        assert int(here.since.timestamp()) == bank.lists[0]["statement_time"] and here.answered_at is not None
        db.session.execute(update(MoneyCursor).values(asked_at=clock.now() - timedelta(days=1)))
        db.session.commit()
    assert money.read_statements() == 1


def test_money_of_semi_consignment_is_not_asked_for(shop: Shop) -> None:
    shop.kind = "semi_consignment"
    db.session.flush()
    assert not reading.is_due(shop) and reading.with_money([shop]) == []
    with pytest.raises(ServiceError):
        reading.start(system(shop.store_id), shop)
