"""A semi-consignment store from the account manager's grant to a number typed: connected, paired, published to, told
its stock by hand."""

from typing import Any

import pytest
from sqlalchemy import select

from models import Listing, ListingSku, SemiListing, SemiPair, Shop, WarehouseMap, db
from services import listings
from services.actor import system
from services.semi import products
from tests.journeys.road import Merchant

MELATI, LOCAL, SEMI = "7494000000000000104", "7495540735365777504", "7495540735365777591"


def in_semi(merchant: Merchant) -> list[dict[str, Any]]:
    """Products of the store as TikTok has them."""
    return [one["stored"] for one in merchant.on_tiktok(SEMI)]


def in_rupiah() -> None:
    """The store's prices are dollars; each variant gets one in the shop's currency."""
    for line in db.session.scalars(select(ListingSku).order_by(ListingSku.id)).all():
        listings.set_sku_fields(system(line.store_id), line.listing, line.id, {"price": "99000"})
    db.session.commit()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_pair_is_connected_published_to_and_told_its_stock(merchant: Merchant) -> None:
    merchant.settle_in(MELATI)
    merchant.rows(in_rupiah)
    merchant.until("some are ready", lambda: merchant.tab_counts().get("ready", 0) >= 2)
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish(ready)
    merchant.reaches("live", 2)

    merchant.control("tiktok/shop_state", shop_id=SEMI, action="bind")
    merchant.open("/tiktok/connect")
    merchant.consent(merchant.link("Connect TikTok Shop"), MELATI)
    merchant.open("/semi-consignment/pairs")
    merchant.press("Read pairs")
    assert "Rumah Melati Semi sells for Rumah Melati" in merchant.here.text and "In effect" in merchant.here.text

    def inherited() -> tuple[str, int]:
        pair = db.session.scalars(select(SemiPair)).one()
        return pair.shop.kind, len(db.session.scalars(select(WarehouseMap)).all())

    kind, maps = merchant.rows(inherited)
    assert kind == "semi_consignment" and maps % 2 == 0, "the locations feed the warehouses of both stores"

    merchant.open("/semi-consignment/publish?published=no")
    merchant.press("Publish to TTS Semi", {"all": "1"})
    assert "2 would be published" in merchant.here.text
    merchant.press("Publish")
    assert merchant.over("publish_semi").message == "2 products published."
    assert [one["status"] for one in in_semi(merchant)] == ["ACTIVATE"] * 2
    assert "No live product" in merchant.open("/semi-consignment/publish?published=no").text

    def first() -> tuple[int, int, str]:
        shop = db.session.scalars(select(Shop).where(Shop.tiktok_id == SEMI)).one()
        row = products.find(products.Wanted(shop.id)).rows[0]
        return row.id, row.lines[0].id, next(iter(row.lines[0].places))

    listing_id, line_id, place = merchant.rows(first)
    merchant.open(f"/semi-consignment/product/{listing_id}")
    merchant.press("Send stock", {f"count-{line_id}-{place}": "3"})
    assert merchant.over("stock_semi").message == "1 product was told their stock."

    def shown() -> int:
        listing = db.session.get_one(Listing, listing_id)
        line = next(line for line in listing.skus if line.id == line_id)
        stock = next(one["stock"] for one in in_semi(merchant) if one["id"] == listing.tiktok_id)
        return int(stock[line.tiktok_id][place]["quantity"])

    assert merchant.rows(shown) == 3

    merchant.control("tiktok/status", product_id=in_semi(merchant)[0]["id"], status="FREEZE")
    merchant.open("/semi-consignment/")
    merchant.press("Sync product", {"all": "1"})
    merchant.over("sync_semi")
    assert "1 product" in merchant.open("/semi-consignment/?status=frozen").text
    assert merchant.rows(lambda: len(db.session.scalars(select(SemiListing)).all())) == 2
    merchant.counts_hold()
