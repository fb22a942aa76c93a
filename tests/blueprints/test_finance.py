"""The pages of money: orders in both books, one order, statements and payouts, where the money went."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from flask import Flask

from clients.tiktok import finance_models as models
from models import Activity, OrderMoney, Shop, Statement, Store, StoreOrder, db
from services import clock
from services.finance import comparing, recording
from services.finance.comparing import InStore
from tests.blueprints.conftest import SignIn, inside, make_person
from tests.jobs.test_read_statements import PAYMENT, sale
from tests.pages import PageClient
from tests.services import listing_rows
from tests.services.order_rows import NUMBER, facts, line, order, sell, take


@pytest.fixture
def store(app: Flask, store: Store) -> Iterator[Store]:
    """A statement of three orders: one agrees, one was changed in BigCommerce, one never came here; and a penalty."""
    with inside(app, store):
        shop = listing_rows.add_shop()
        sell(shop)
        numbers = [str(NUMBER + number) for number in (1, 2, 3)]
        in_store: dict[int, InStore | None] = {}
        for number in (1, 2):
            take(shop, facts(number, "COMPLETED", payment=PAYMENT, lines=(line(number * 10),)))
            made = order(number)
            copy = db.session.scalars(db.select(StoreOrder).where(StoreOrder.order_id == made.id)).one()
            copy.bigcommerce_id, copy.total = 100 + number, D("17.5")
            in_store[100 + number] = InStore(100 + number, D("17.5") if number == 1 else D("20"), D(0))
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        rows = [sale(number, number) for number in numbers]
        rows.append({"id": "p", "type": "PLATFORM_PENALTY", "adjustment_amount": "-4", "settlement_amount": "-4"})
        recording.statements(shop, [models.Statement.model_validate({
            "id": "3600", "statement_time": int(midnight.timestamp()), "currency": "USD", "settlement_amount": "30.47",
            "revenue_amount": "40.50", "fee_amount": "-6.03", "adjustment_amount": "-4", "payment_status": "PAID",
            "payment_id": "9900",
        })])  # fmt: skip
        statement = recording.statement_of(shop, "3600")
        recording.transactions(statement, [models.Transaction.model_validate(row) for row in rows])
        comparing.compare(shop, recording.close(statement, 4), in_store)
        recording.skus(shop, [models.OrderTransactions.model_validate({
            "order_id": numbers[0], "sku_transactions": [{"sku_id": "sku-1-0", "product_name": "Mug", "quantity": "1",
            "statement_id": "3600", "revenue_amount": "13.50", "settlement_amount": "11.49"}],
        })])  # fmt: skip
        recording.payouts(shop, [models.Payout.model_validate(
            {"id": "9900", "create_time": int(midnight.timestamp()), "status": "PAID", "bank_account": "****4417",
             "amount": {"value": "29.47", "currency": "USD"}})])  # fmt: skip
    yield store


def test_orders_in_both_books_by_state(app: Flask, client: PageClient, store: Store) -> None:
    text = client.get(client.at("finance/")).text
    assert all(str(NUMBER + number) in text for number in (1, 2, 3))
    assert "The total was changed in BigCommerce" in text and "the order is not in Causeway" in text
    agrees = client.get(client.at("finance/?state=agrees")).text
    assert str(NUMBER + 1) in agrees and str(NUMBER + 2) not in agrees
    found = client.get(client.at(f"finance/?q={NUMBER + 2}")).text
    assert str(NUMBER + 2) in found and str(NUMBER + 1) not in found
    with inside(app, store):
        states = set(db.session.scalars(db.select(OrderMoney.unexplained)))
    assert states == {D(0)}


def test_an_order_step_by_step(app: Flask, client: PageClient, store: Store) -> None:
    with inside(app, store):
        row = db.session.scalars(db.select(OrderMoney).where(OrderMoney.order_number == str(NUMBER + 2))).one()
        money_id, order_id = row.id, row.order_id
    text = client.get(client.at(f"finance/orders/{money_id}")).text
    for words in ("20.00 USD", "-2.50 USD", "The total was changed in BigCommerce", "Taxes that TikTok collects",
                  "Referral fee", "11.49 USD"):  # fmt: skip
        assert words in text
    assert client.post(client.at(f"finance/orders/{money_id}/again"), data={}).status_code == 303
    assert f"/finance/order/{order_id}" in client.get(client.at(f"orders/{order_id}")).text
    answer = client.get(client.at(f"finance/order/{order_id}"))
    assert answer.status_code == 303 and answer.location.endswith(f"/finance/orders/{money_id}")


def test_a_statement_and_its_payout(app: Flask, client: PageClient, store: Store) -> None:
    text = client.get(client.at("finance/statements")).text
    assert "3600" in text and "****4417" in text and "Closes" in text
    assert "-1.00 USD" in text, "the bank got a dollar less, and nothing explains it"
    with inside(app, store):
        statement = db.session.scalars(db.select(Statement)).one()
        assert statement.state == "closed" and statement.transactions == 4
        number = statement.id
    text = client.get(client.at(f"finance/statements/{number}")).text
    assert "Platform penalty" in text and "30.47 USD" in text and "not in Causeway" in text
    with inside(app, store):
        db.session.scalars(db.select(Statement)).one().gaps = [["revenue", "40.50", "40.00"]]
        db.session.scalars(db.select(Statement)).one().state = "incomplete"
    assert (
        "Revenue differs from its parts: 40.50 against 40.00"
        in client.get(client.at(f"finance/statements/{number}")).text
    )


def test_where_the_money_went(client: PageClient, store: Store) -> None:
    text = client.get(client.at("finance/fees")).text
    assert "45.00 USD" in text and "-4.50 USD" in text and "Adjustments" in text and "30.47 USD" in text
    assert "Mug" in text and "11.49 USD" in text
    past = datetime.now(UTC).date() - timedelta(days=90)
    assert "Nothing was settled" in client.get(client.at(f"finance/fees?since=2025-01-01&until={past}")).text
    assert client.get(client.at("finance/fees?since=nonsense&until=9999-99-99")).status_code == 200


def test_reading_is_started_once(app: Flask, client: PageClient, store: Store) -> None:
    for _ in range(2):
        assert client.post(client.at("finance/read"), data={}, follow_redirects=False).status_code == 303
    with inside(app, store):
        [activity] = db.session.scalars(db.select(Activity).where(Activity.kind == "read_statements"))
        assert activity.total == 2


def test_semi_consignment_has_no_money_here(app: Flask, client: PageClient, store: Store) -> None:
    with inside(app, store):
        shop = db.session.scalars(db.select(Shop)).one()
        shop.kind, shop_id = "semi_consignment", shop.id
    text = client.get(client.at(f"finance/?shop={shop_id}")).text
    assert "Profit is not available" in text and str(NUMBER + 1) not in text
    assert client.post(client.at("finance/read"), data={}).status_code >= 400


def test_another_store_sees_none_of_it(app: Flask, store: Store, sign_in: SignIn, other_store: Store) -> None:
    stranger = sign_in(other_store, make_person(app, other_store, 8, "eight@example.com"))
    text = stranger.get(stranger.at("finance/")).text
    assert str(NUMBER + 1) not in text and stranger.get(stranger.at("finance/orders/1")).status_code == 404
    assert stranger.get(stranger.at("finance/statements/1")).status_code == 404
