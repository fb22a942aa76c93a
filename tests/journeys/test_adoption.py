"""What a shop sold before it met Causeway: read, matched, adopted; what only TikTok knows comes to BigCommerce; what
somebody else changes waits for a decision."""

from typing import Any

import pytest
from sqlalchemy import select, update

from models import FoundProduct, Listing, Product, db
from services import catalog, listings
from services.adoption import found
from tests.journeys.road import Merchant

pytestmark = pytest.mark.long

FOUND = "/listings/adoption/"


def forget(listing_ids: list[int]) -> None:
    """As if Causeway had never made them."""
    values = {"tiktok_id": "", "platform_status": "", "audit_status": ""}
    db.session.execute(update(Listing).where(Listing.id.in_(listing_ids)).values(**values))
    listings._remove(listing_ids)
    db.session.commit()


def lose(product_id: int) -> int:
    """BigCommerce does not have it any more; its number there."""
    number = db.session.get_one(Product, product_id).bigcommerce_id
    catalog.forget([product_id])
    db.session.commit()
    return number or 0


def names(merchant: Merchant) -> list[str]:
    return [product["name"] for product in merchant.in_bigcommerce()]


def titles(merchant: Merchant) -> dict[str, str]:
    return {product["id"]: product["title"] for product in merchant.on_tiktok()}


def writes(merchant: Merchant, what: str, count: int) -> list[str]:
    """Somebody in Seller Center; the products that were changed."""
    changed: list[str] = merchant.control("second-writer", platform="tiktok", what=what, count=count)["changed"]
    return changed


def outside(merchant: Merchant, count: int) -> Any:
    words = "Which holds" if count else "Nobody else changed anything"
    page = merchant.sees(f"{FOUND}outside", words, 90)
    assert page.text.count("Keep ours") == count
    return page


def test_what_the_shop_sells_is_adopted_and_nothing_is_made_twice(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [one for one in merchant.listings() if one.tab == "ready"][:3]
    merchant.publish([one.id for one in ready])
    merchant.over("publish")
    merchant.reaches("live", 3)
    before, shown = titles(merchant), len(names(merchant))
    lost = ready[2].product_id
    assert lost is not None and len(before) == 3
    merchant.rows(lambda: forget([one.id for one in ready]))
    number = merchant.rows(lambda: lose(lost))
    with merchant.sandbox.app.app_context():
        merchant.sandbox.app.extensions["bigcommerce"].catalog(merchant.store).delete(number)

    # Two are ours by their SKUs; the third is known to TikTok alone.
    merchant.open(FOUND)
    merchant.press("Import from TikTok Shop")
    merchant.over("listing_import")
    page = merchant.open(f"{FOUND}?view=certain")
    assert all(one.title in page.text for one in ready[:2]) and ready[2].title not in page.text
    merchant.press("Adopt the ticked ones")
    merchant.over("adopt_listings")
    merchant.reaches("live", 2)
    left = merchant.rows(lambda: db.session.scalars(select(FoundProduct.id).where(*found.waiting())).one())
    merchant.open(f"{FOUND}{left}")
    merchant.press("Add as a new product")
    merchant.reaches("live", 3)
    assert titles(merchant) == before, "nothing was made, nothing was changed"
    merchant.nothing_doubled()
    assert len(names(merchant)) == shown - 1

    # Into BigCommerce only when told.
    merchant.open(f"{FOUND}products")
    merchant.press("Add the ticked ones to BigCommerce")
    merchant.over("write_products")
    assert len(names(merchant)) == shown
    assert "BigCommerce has every product" in merchant.open(f"{FOUND}products").text
    merchant.counts_hold()

    # A second writer: noticed within one look, not overwritten, decided.
    changed = writes(merchant, "title", 1)[0]
    theirs = titles(merchant)[changed]
    assert theirs != before[changed]
    outside(merchant, 1)
    assert theirs in merchant.here.text
    merchant.press("Take theirs")
    outside(merchant, 0)
    assert theirs in [one.title for one in merchant.listings()]
    changed = writes(merchant, "title", 1)[0]
    outside(merchant, 1)
    ours = next(one.title for one in merchant.listings() if one.tiktok_id == changed)
    merchant.press("Keep ours")
    kind = "compare" if "/listings/changes/" in merchant.here.address else "resend"
    merchant.over(kind)
    if kind == "compare":
        merchant.open(merchant.here.address.partition(merchant.store)[2])
        merchant.press("Send the changes of 1 listing")
        merchant.over("resend")
    merchant.until("ours is back", lambda: titles(merchant)[changed] == ours)
    merchant.reaches("live", 3)
    outside(merchant, 0)
    merchant.nothing_doubled()
    merchant.counts_hold()
