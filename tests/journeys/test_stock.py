"""Stock from BigCommerce to TikTok Shop: the rule is looked at and switched on, changes and sales follow by themselves,
what TikTok forgets is found."""

from sqlalchemy import select

from models import Listing, ListingSku, StockIncident, StockPush, db
from services.stock import levels, offers
from tests.journeys.road import Merchant


def told_half(merchant: Merchant, listing_id: int, typed: int) -> bool:
    """TikTok shows half of what BigCommerce counts of the first SKU, the number just typed among it."""

    def first() -> tuple[str, int, int]:
        listing = db.session.get_one(Listing, listing_id)
        sku = offers.offers(listing.shop, [listing_id])[listing_id].skus[0]
        return sku.tiktok_id, sku.available, sku.value

    sku_id, available, value = merchant.rows(first)
    stock = next(one["stored"]["stock"] for one in merchant.on_tiktok() if sku_id in one["stored"]["stock"])
    shown = sum(int(place["quantity"]) for place in stock[sku_id].values())
    return available >= typed and shown == value == available // 2


def set_stock(merchant: Merchant, variant_id: int, count: int) -> None:
    """Somebody types another number in BigCommerce."""
    with merchant.sandbox.app.app_context():
        catalog = merchant.sandbox.app.extensions["bigcommerce"].catalog(merchant.store)
        catalog.update_variant(variant_id, {"inventory_level": count})


def test_stock_follows_by_itself(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish(ready)
    merchant.reaches("live", 2)

    merchant.open("/stock/rules")
    merchant.press("See what would change", {"percent": "50"})
    assert "would be told another number" in merchant.here.text
    merchant.press("Save, switch on and push")
    merchant.over("repush_stock", seconds=90.0)

    def first() -> tuple[int, int]:
        line = db.session.scalars(
            select(ListingSku).where(ListingSku.listing_id == ready[0]).order_by(ListingSku.position, ListingSku.id)
        ).first()
        assert line is not None and line.variant is not None and line.variant.bigcommerce_id
        return line.variant.bigcommerce_id, line.variant.merchant_sku_id or 0

    variant_id, sku_id = merchant.rows(first)

    set_stock(merchant, variant_id, 40)
    merchant.until("TikTok has half of it", lambda: told_half(merchant, ready[0], 40), 60.0)
    merchant.until("it was measured", lambda: merchant.rows(lambda: db.session.scalar(select(StockPush.id))))

    merchant.control("tiktok/knobs", stock_ignored=1.0)
    set_stock(merchant, variant_id, 60)
    merchant.until(
        "what TikTok forgets is an incident",
        lambda: merchant.rows(lambda: db.session.scalar(select(StockIncident.kind))) == "not_applied",
        60.0,
    )
    merchant.control("tiktok/knobs", stock_ignored=0.0)
    merchant.until("and told again", lambda: told_half(merchant, ready[0], 60), 90.0)

    merchant.sees(f"/stock/sku/{sku_id}", "BigCommerce counted anew")
    merchant.open("/stock/lag")
    merchant.press("Compare now")
    assert merchant.over("compare_stock").message.endswith("nothing differs.")
    assert merchant.rows(levels.check) == []
    merchant.counts_hold()
