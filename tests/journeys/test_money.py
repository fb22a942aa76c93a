"""From the buyer's money to the bank: sold, delivered, settled, stated, paid, and equal in both books."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models import Order, OrderMoney, Payout, Statement, db
from tests.journeys.road import Merchant
from tests.journeys.test_returns import ship
from tests.journeys.watching import HARBOR_SHOP

DAY = int(timedelta(days=1).total_seconds())
pytestmark = pytest.mark.engines("sqlite")  # what differs between the engines is tested in tests/jobs


@pytest.mark.timeout(300)
def test_an_order_is_settled_and_both_books_agree(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:1]
    merchant.publish(ready)
    merchant.reaches("live", 1, 90)
    sku = merchant.on_tiktok()[0]["stored"]["content"]["skus"][0]["id"]
    number = merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku, quantity=2)["order_id"]
    merchant.until("it is in BigCommerce", lambda: written(merchant, number))
    merchant.sees("/", "Gross sales")

    merchant.control("buyers/release", order_id=number)
    ship(merchant, [number])
    merchant.control("buyers/complete", order_id=number)
    merchant.control("buyers/settle", shop_id=HARBOR_SHOP)
    merchant.control("clock", advance=DAY)
    merchant.open("/finance/statements")
    merchant.press("Read now")

    def compared() -> OrderMoney | None:
        return db.session.scalar(select(OrderMoney).where(OrderMoney.order_number == number))

    row = merchant.until("it is compared", lambda: merchant.rows(compared), 60)
    assert (row.state, row.unexplained, row.in_store is not None) == ("agrees", Decimal(0), True), row.steps
    merchant.sees("/finance/", number)
    merchant.sees(f"/finance/orders/{row.id}", "Taxes that TikTok collects")
    merchant.sees("/finance/fees", "Referral fee")
    statement = merchant.rows(lambda: db.session.scalars(select(Statement)).first())
    assert statement is not None and statement.state == "closed"
    merchant.until("the payout is here", lambda: merchant.rows(lambda: db.session.scalars(select(Payout)).first()), 60)
    merchant.sees("/finance/statements", "Paid")


def written(merchant: Merchant, number: str) -> bool:
    def there() -> Any:
        query = select(Order.bigcommerce_id).where(Order.tiktok_id == number)
        return db.session.scalar(query)

    return merchant.rows(there) is not None
