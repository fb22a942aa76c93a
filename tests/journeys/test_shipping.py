"""Bought, shipped in BigCommerce, a package on TikTok with its tracking, delivered; and back, with TikTok's label."""

from typing import Any

import pytest
from sqlalchemy import select

from models import Shipment, db
from tests.journeys.road import Merchant
from tests.journeys.test_orders import HOUR, book, order
from tests.journeys.watching import HARBOR_SHOP

pytestmark = pytest.mark.long

DAY = 24 * 3600
LONG = 150.0  # seconds: many steps on either side
NUMBER = "1Z999AA10123456784"


def packages(merchant: Merchant, number: str) -> list[dict[str, Any]]:
    """As the sandbox holds them."""
    store = merchant.sandbox.app.extensions["tiktok"].orders
    return [row for row in store.packages_in(store.orders[number]) if row["status"] != "CANCELLED"]


def status(merchant: Merchant, number: str) -> str:
    return str(merchant.sandbox.app.extensions["tiktok"].orders.orders[number]["status"])


@pytest.mark.timeout(600)
def test_shipped_on_either_side_is_known_on_both(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:1]
    merchant.publish(ready)
    merchant.reaches("live", 1, 90)
    sku = merchant.on_tiktok()[0]["stored"]["content"]["skus"][0]["id"]
    own = merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku, quantity=2)["order_id"]
    theirs = merchant.control("buyers/buy", shop_id=HARBOR_SHOP, sku_id=sku, shipping="TIKTOK")["order_id"]
    merchant.until("both are in BigCommerce", lambda: {own, theirs} <= set(book(merchant)), LONG)
    merchant.control("clock", advance=HOUR)
    merchant.until(
        "the holds have ended", lambda: all(book(merchant)[one]["status_id"] == 11 for one in (own, theirs)), LONG
    )
    merchant.sees("/orders/packing", own)

    def carriers_known() -> bool:
        return "UPS" in merchant.open("/settings/shipping/carriers").text

    merchant.until("TikTok's carriers are read", carriers_known, LONG)
    merchant.get(
        f"{merchant.sandbox.control_panel_url}/manage/orders/{book(merchant)[own]['id']}?store={merchant.store}"
    )
    merchant.press("Add shipment", {"tracking_number": NUMBER, "shipping_provider": "ups"})
    merchant.until(
        "TikTok has the package", lambda: [one["tracking_number"] for one in packages(merchant, own)] == [NUMBER], LONG
    )
    row = order(merchant, own)
    assert row is not None
    merchant.sees(f"/orders/{row.id}/packages", "Told")

    label = order(merchant, theirs)
    assert label is not None
    merchant.open(f"/orders/{label.id}/packages")
    merchant.press("Buy the label", {"weight": "500", "length": "20", "width": "15", "height": "10"})
    merchant.until(
        "the label is bought", lambda: [one for one in packages(merchant, theirs) if one["tracking_number"]], LONG
    )
    merchant.sees(f"/orders/{label.id}/packages", "Packing slip")
    merchant.press("Shipping label")
    merchant.sees(f"/orders/{label.id}/packages", "kept until")
    merchant.follow(f"Shipping label of package {packages(merchant, theirs)[0]['id']}")
    assert merchant.here.status == 200
    bought = packages(merchant, theirs)[0]["tracking_number"]
    merchant.until("BigCommerce has TikTok's tracking", lambda: [
        one["fields"]["tracking_number"] if "fields" in one else one["tracking_number"]
        for one in book(merchant)[theirs]["shipments"]] == [bought], 120)  # fmt: skip

    for _ in range(12):
        merchant.control("clock", advance=DAY)
        if status(merchant, own) in ("DELIVERED", "COMPLETED"):
            break
    merchant.until("it is delivered, and we know", lambda: (one := order(merchant, own)) is not None
                   and one.status in ("DELIVERED", "COMPLETED"), 90)  # fmt: skip
    told = merchant.rows(lambda: sorted((one.source, one.state) for one in db.session.scalars(select(Shipment))))
    assert told == [("bigcommerce", "sent"), ("tiktok", "sent")], "each parcel once"
    assert len(packages(merchant, own)) == 1 and len(book(merchant)[own]["shipments"]) == 1
