"""Bought by a buyer in the sandbox, held, in BigCommerce once, cancelled in the hour or open after it."""

from typing import Any

import pytest
from sqlalchemy import select

from models import Order, StockBalance, db
from tests.journeys.road import Merchant
from tests.journeys.watching import HARBOR_SHOP

HOUR = 3700


def book(merchant: Merchant) -> dict[str, dict[str, Any]]:
    """BigCommerce's orders by the marketplace's number; fails when one is there twice."""
    platform: Any = merchant.sandbox.app.extensions["bigcommerce"]
    found: dict[str, dict[str, Any]] = {}
    for order in list(platform.orders[merchant.store].orders.values()):
        number = order["fields"].get("external_order_id")
        assert number not in found, f"{number} is there twice"
        found[number] = order
    return found


def order(merchant: Merchant, number: str) -> Order | None:
    return merchant.rows(lambda: db.session.scalar(select(Order).where(Order.tiktok_id == number)))


@pytest.mark.timeout(300)
def test_an_order_on_both_sides(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish(ready)
    merchant.reaches("live", 2, 90)
    product = merchant.on_tiktok()[0]
    sku = product["stored"]["content"]["skus"][0]["id"]
    bought = merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku, quantity=2)["order_id"]
    regretted = merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku)["order_id"]

    merchant.until("both are in BigCommerce", lambda: {bought, regretted} <= set(book(merchant)))
    merchant.sees("/orders/", bought)
    assert book(merchant)[bought]["status_id"] == 1, "pending while it is held"
    number = order(merchant, bought)
    assert number is not None
    page = merchant.open(f"/orders/{number.id}")
    assert "withholds name and address" in page.text and "Not now" in page.text

    merchant.control("buyers/cancel", order_id=regretted)
    merchant.until("it is cancelled there too", lambda: book(merchant)[regretted]["status_id"] == 5)
    merchant.control("clock", advance=HOUR)
    merchant.until("the hold has ended", lambda: book(merchant)[bought]["status_id"] == 11)
    to = book(merchant)[bought]["billing_address"]
    assert to["street_1"] != "Withheld by TikTok" and to["zip"] != "00000"
    merchant.sees("/orders/deadlines", bought)
    merchant.until("our page says so", lambda: "Awaiting Fulfillment" in merchant.open(f"/orders/{number.id}").text)

    merchant.open("/orders/import")
    merchant.press("Import orders")
    merchant.over("order_import")
    assert len(book(merchant)) == 2, "an import doubles nothing"

    def held() -> int:
        return sum(one.held + one.reserved for one in db.session.scalars(select(StockBalance)))

    assert merchant.rows(held) == 0
    merchant.counts_hold()
