"""A buyer asks a return: accepted, sent back, refunded in BigCommerce once and back on sale by the rule; another one is
refused; a third order is cancelled from here."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models import AfterSale, Shop, db
from services import platforms
from tests.journeys.road import Merchant
from tests.journeys.test_orders import HOUR, book, order
from tests.journeys.watching import HARBOR_SHOP

pytestmark = pytest.mark.long


def waits(merchant: Merchant, number: str, tab: str) -> AfterSale:
    """The request about an order, once it stands under this tab and can be answered where it must be."""

    def look() -> AfterSale | None:
        found = db.session.scalar(select(AfterSale).where(AfterSale.order_number == number, AfterSale.tab == tab))
        return found if found is not None and (tab != "answer" or found.choices) else None

    return merchant.until(f"the request of {number} stands under {tab}", lambda: merchant.rows(look))


def on_hand(merchant: Merchant, row: dict[str, Any]) -> int:
    """Of the first product of a BigCommerce order."""
    platform: Any = merchant.sandbox.app.extensions["bigcommerce"]
    line = row["lines"][0]
    product = platform.catalog(merchant.store).products[str(line["product_id"])]
    variant = next(one for one in product["variants"] if one["id"] == line["variant_id"])
    whole = product.get("inventory_tracking") == "product" and not product["base_variant_id"]
    return sum(int(level["onhand"]) for level in (product if whole else variant)["stock"].values())


def ship(merchant: Merchant, numbers: list[str]) -> None:
    def arrange() -> bool:
        client = platforms.tiktok(db.session.scalars(select(Shop)).first())  # type: ignore[arg-type]
        for one in client.orders(numbers):
            carrier = client.shipping_providers(one.delivery_option_id)[0].id
            client.mark_shipped(one.id, [line.id for line in one.line_items], f"94001{one.id[-15:]}", carrier)
        return True

    merchant.rows(arrange)
    for number in numbers:
        merchant.control("buyers/deliver", order_id=number)


def refunds(merchant: Merchant, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = book(merchant)[number]["refunds"]
    return found


def answered(merchant: Merchant, asked: AfterSale, button: str, changes: dict[str, Any] | None = None) -> None:
    merchant.open(f"/returns/{asked.id}")
    merchant.press(button, changes)


def test_from_the_request_to_the_refund(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish(ready)
    merchant.reaches("live", 2)
    sku = merchant.on_tiktok()[0]["stored"]["content"]["skus"][0]["id"]
    buy: Callable[[], str] = lambda: merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku)["order_id"]  # noqa: E731
    back, kept, ended = buy(), buy(), buy()
    merchant.control("clock", advance=HOUR)
    merchant.until(
        "all are open in BigCommerce",
        lambda: {book(merchant).get(one, {}).get("status_id") for one in (back, kept, ended)} == {11},
    )
    ship(merchant, [back, kept])
    merchant.until("both have left", lambda: {book(merchant)[one]["status_id"] for one in (back, kept)} == {2})

    reason = "ecom_order_delivered_refund_and_return_reason_no_need"
    asking = {"type": "RETURN_AND_REFUND", "reason": reason}
    first = merchant.control("buyers/ask_return", order_id=back, **asking)["return_id"]
    merchant.control("buyers/ask_return", order_id=kept, **asking)
    asked = waits(merchant, back, "answer")
    page = merchant.sees("/returns/?tab=answer", back)
    assert "left" in page.text and "No longer needed" in page.text
    answered(merchant, asked, "Accept the return")
    waits(merchant, back, "waiting")
    assert refunds(merchant, back) == [], "nothing is paid before the parcel is here"

    other = waits(merchant, kept, "answer")
    page = merchant.open(f"/returns/{other.id}")
    form, _ = merchant.form("Refuse the return")
    answered(merchant, other, "Refuse the return", {"reason": form.choices("reason")[0], "comment": "Worn."})
    waits(merchant, kept, "rejected")

    before = on_hand(merchant, book(merchant)[back])
    merchant.control("buyers/send_return", return_id=first)
    asked = waits(merchant, back, "answer")
    answered(merchant, asked, "The parcel is here: refund")
    waits(merchant, back, "accepted")
    merchant.until("it is refunded in BigCommerce", lambda: len(refunds(merchant, back)) == 1)
    merchant.until("it is for sale again", lambda: on_hand(merchant, book(merchant)[back]) == before + 1)
    assert str(refunds(merchant, back)[0]["total_amount"]) == str(asked.total.quantize(asked.total))

    there = order(merchant, ended)
    assert there is not None
    merchant.open(f"/orders/{there.id}")
    merchant.follow("Cancel or refund")
    merchant.press("Ask TikTok what it takes")
    where = f"/returns/of-order/{there.id}"
    merchant.until("TikTok said what it takes", lambda: 'name="reason"' in merchant.open(where).html)
    merchant.press("Cancel", {"reason": "seller_cancel_reason_out_of_stock"})
    merchant.until("it is cancelled in BigCommerce", lambda: book(merchant)[ended]["status_id"] == 5)
    waits(merchant, ended, "accepted")

    merchant.open("/returns/import")
    merchant.press("Read")
    merchant.over("sync_returns")
    assert [len(refunds(merchant, one)) for one in (back, kept, ended)] == [1, 0, 0], "once, and only where it is due"
    merchant.counts_hold()
