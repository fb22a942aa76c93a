"""Stock from BigCommerce to TikTok Shop: the rule is looked at and switched on, changes and sales follow by themselves,
what TikTok forgets is found."""

from sqlalchemy import select

from models import ListingSku, StockIncident, StockPush, db
from services.stock import levels
from tests.journeys.road import Merchant


def shown(merchant: Merchant, product_id: str) -> list[int]:
    """What TikTok has of each SKU of a product."""
    product = next(one for one in merchant.on_tiktok() if one["id"] == product_id)
    return [sum(place["quantity"] for place in places.values()) for places in product["stored"]["stock"].values()]


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

    def first() -> tuple[str, int, int]:
        listing = merchant.listings()[0]
        line = db.session.scalars(
            select(ListingSku).where(ListingSku.listing_id == ready[0]).order_by(ListingSku.position)
        ).first()
        assert line is not None and line.variant is not None and line.variant.bigcommerce_id
        return listing.tiktok_id, line.variant.bigcommerce_id, line.variant.merchant_sku_id or 0

    tiktok_id = next(one.tiktok_id for one in merchant.listings() if one.id == ready[0])
    _, variant_id, sku_id = merchant.rows(first)

    set_stock(merchant, variant_id, 40)
    merchant.until("TikTok has half of 40", lambda: shown(merchant, tiktok_id)[0] == 20, 60.0)
    merchant.until("it was measured", lambda: merchant.rows(lambda: db.session.scalar(select(StockPush.id))))

    merchant.control("tiktok/knobs", stock_ignored=1.0)
    set_stock(merchant, variant_id, 60)
    merchant.until(
        "what TikTok forgets is an incident",
        lambda: merchant.rows(lambda: db.session.scalar(select(StockIncident.kind))) == "not_applied",
        60.0,
    )
    merchant.control("tiktok/knobs", stock_ignored=0.0)
    merchant.until("and told again", lambda: shown(merchant, tiktok_id)[0] == 30, 90.0)

    merchant.sees(f"/stock/sku/{sku_id}", "BigCommerce counted anew")
    merchant.open("/stock/lag")
    merchant.press("Compare now")
    assert merchant.over("compare_stock").message.endswith("nothing differs.")
    assert merchant.rows(levels.check) == []
    merchant.counts_hold()
