"""Settlements, statements and payments (reference 8)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.buyers import DAY, Market
from tests.sandbox.tiktok.conftest import ID, US, Document, Shop
from tests.sandbox.tiktok.test_after_sales import ask, decide, delivered

F = "/finance/202501"


def complete(market: Market, **wish: Any) -> str:
    number = delivered(market, **wish)
    market.act("complete", order_id=number)
    return number


def statements(market: Market, **query: str) -> list[Document]:
    query = {"sort_field": "statement_time", **query}
    rows: list[Document] = market.shop.data("GET", "/finance/202309/statements", query=query)["statements"]
    return rows


def test_a_day_becomes_a_statement_and_is_paid(market: Market) -> None:
    numbers = [complete(market, quantity=2, seller_discount=10), complete(market, platform_discount=20)]
    assert statements(market) == []
    assert market.shop.data("GET", f"{F}/orders/{numbers[0]}/statement_transactions")["sku_transactions"] == []
    market.wait(DAY)
    row = statements(market)[0]
    assert row["statement_time"] % DAY == 0 and row["payment_status"] == "PROCESSING"
    whole = Decimal(row["revenue_amount"]) + Decimal(row["fee_amount"]) + Decimal(row["adjustment_amount"])
    assert Decimal(row["settlement_amount"]) == whole > 0
    path, query = f"{F}/statements/{row['id']}/statement_transactions", {"sort_field": "order_create_time"}
    told = market.shop.data("GET", path, query=query)
    assert [each["order_id"] for each in told["transactions"]] == numbers and told["total_count"] == 2
    total = sum(Decimal(each["settlement_amount"]) for each in told["transactions"])
    assert total == Decimal(told["total_settlement_amount"]) == Decimal(row["settlement_amount"])
    market.wait(DAY)
    row = statements(market, payment_status="PAID")[0]
    payment = market.shop.data("GET", "/finance/202605/payments", query={"sort_field": "create_time"})["payments"][0]
    assert payment["id"] == row["payment_id"] and payment["amount"]["value"] == row["settlement_amount"]


def test_a_settlement_adds_up_and_discounts_count_for_who_gave_them(market: Market) -> None:
    number = complete(market, quantity=2, seller_discount=10, platform_discount=20)
    market.act("settle", shop_id=US)
    told = market.shop.data("GET", f"{F}/orders/{number}/statement_transactions")
    sku = told["sku_transactions"][0]
    assert sku["quantity"] == "2" and sku["revenue_breakdown"]["subtotal_before_discount_amount"] == "19.80"
    assert told["revenue_amount"] == "17.82"  # the platform's own discount costs the seller nothing
    fees = sku["fee_tax_breakdown"]["fee"]
    assert fees["referral_fee_amount"] == "-1.07"
    assert sum(map(Decimal, fees.values())) == Decimal(told["fee_and_tax_amount"])
    parts = ("revenue_amount", "fee_and_tax_amount", "shipping_cost_amount")
    assert Decimal(told["settlement_amount"]) == sum(Decimal(told[name]) for name in parts)
    old = market.shop.data("GET", f"/finance/202309/orders/{number}/statement_transactions")
    assert old["statement_transactions"][0]["settlement_amount"] == told["settlement_amount"]


def test_what_was_refunded_brings_nothing(market: Market) -> None:
    number = delivered(market, quantity=2, seller_discount=10)
    decide(market, ask(market, number, "REFUND"), "APPROVE_REFUND")
    assert market.status(number) == "COMPLETED"
    market.act("settle", shop_id=US)
    told = market.shop.data("GET", f"{F}/orders/{number}/statement_transactions")
    assert (told["revenue_amount"], told["fee_and_tax_amount"]) == ("0.00", "0.00")


def test_adjustments(market: Market) -> None:
    number = complete(market)
    market.act("adjust", shop_id=US, type="PLATFORM_PENALTY", amount="-2.50", order_id=number)
    statement = market.act("settle", shop_id=US)["statement_id"]
    path, query = f"{F}/statements/{statement}/statement_transactions", {"sort_field": "order_create_time"}
    rows = market.shop.data("GET", path, query=query)["transactions"]
    penalty = next(row for row in rows if row["type"] == "PLATFORM_PENALTY")
    assert (penalty["adjustment_amount"], penalty["settlement_amount"]) == ("-2.50", "-2.50")
    assert penalty["adjustment_order_id"] == number
    answer = market.http.post("/control/api/buyers/adjust", json={"shop_id": US, "type": "X", "amount": "1"})
    assert answer.status_code == 400


def test_what_is_still_to_come(market: Market) -> None:
    number, done = delivered(market), complete(market)
    query = {"sort_field": "order_create_time"}
    told = market.shop.data("GET", "/finance/202507/orders/unsettled", query=query)
    assert [row["order_id"] for row in told["transactions"]] == [number, done]
    market.act("settle", shop_id=US)
    told = market.shop.data("GET", "/finance/202507/orders/unsettled", query=query)
    assert [row["order_id"] for row in told["transactions"]] == [number]


def test_withdrawn_versions_and_markets_without_payments(
    http: FlaskClient, shared: Platform, shop: Callable[[str], Shop], market: Market
) -> None:
    query = {"sort_field": "create_time"}
    assert market.shop.call("GET", "/finance/202309/payments", query=query)["code"] == 36009014
    assert market.shop.call("GET", "/finance/202309/withdrawals", query={"types": "SETTLE"})["code"] == 0
    assert shop(ID).data("GET", "/finance/202605/payments", query=query)["payments"] == []
