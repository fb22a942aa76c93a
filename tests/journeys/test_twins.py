"""Products that came into being twice: found, shown, and deleted only when somebody says so."""

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import update

from models import Listing, ListingSku, db
from sandbox.tiktok.product_store import PRODUCT_BASE, SKU_BASE, SKUS_PER_PRODUCT
from services import twins
from tests.journeys.road import Merchant

pytestmark = pytest.mark.long


def double(merchant: Merchant, tiktok_id: str) -> str:
    """The product once more, as a creation that was answered twice would have left it; its id."""
    platform: Any = merchant.sandbox.app.extensions["tiktok"]
    product = deepcopy(platform.products.products[tiktok_id])
    number = platform.products.next_product_number()
    product |= {"id": str(PRODUCT_BASE + number), "number": number, "idempotency_key": ""}
    names = {}
    for place, sku in enumerate(product["content"]["skus"], 1):
        names[sku["id"]] = sku["id"] = str(SKU_BASE + number * SKUS_PER_PRODUCT + place)
    for part in ("prices", "stock"):
        product[part] = {f"{number}{place}": value for place, value in enumerate(product[part].values(), 1)}
    platform.products.put(product)
    found: str = product["id"]
    return found


def forget(merchant: Merchant, listing_id: int) -> None:
    """As after a backup that is older than the publishing."""
    values = {"tiktok_id": "", "platform_status": "", "audit_status": "", "published_at": None}
    db.session.execute(update(Listing).where(Listing.id == listing_id).values(**values))
    db.session.execute(update(ListingSku).where(ListingSku.listing_id == listing_id).values(tiktok_id=""))
    db.session.commit()


def statuses(merchant: Merchant) -> dict[str, str]:
    return {product["id"]: product["status"] for product in merchant.on_tiktok()}


def test_doubles_are_found_kept_apart_and_deleted_only_when_told(merchant: Merchant) -> None:
    merchant.settle_in()
    first, second, third = [one for one in merchant.listings() if one.tab == "ready"][:3]
    merchant.publish([first.id, second.id, third.id])
    merchant.over("publish")
    merchant.reaches("live", 3)
    known = {one.id: one.tiktok_id for one in merchant.listings() if one.tiktok_id}
    copies = {one.id: double(merchant, known[one.id]) for one in (first, second)}
    merchant.rows(lambda: forget(merchant, third.id))

    merchant.open("/listings/")
    assert merchant.follow("Doubles").title == "Doubles"
    merchant.looks_for_doubles()
    page = merchant.open("/listings/twins")
    assert all(product in page.text for product in (*known.values(), *copies.values()))
    assert "DELETED" not in statuses(merchant).values(), "finding deletes nothing"
    assert "holds 2 products twice and has 1" in merchant.open("/notices/").text

    # The third is linked to its product again.
    merchant.open("/listings/twins")
    merchant.press("Adopt it")
    assert known[third.id] in {one.tiktok_id for one in merchant.listings()}

    # Of the upper pair the linked one stays, of the lower the copy.
    upper, lower = merchant.rows(lambda: [twin.listing_id for twin in twins.findings()])
    for which in ("linked", "other"):
        merchant.open("/listings/twins")
        merchant.press("Keep this one, delete the other", which=which)
    merchant.over("delete_twin", 2)
    wanted = {known[upper]: "ACTIVATE", copies[upper]: "DELETED", known[lower]: "DELETED",
              copies[lower]: "ACTIVATE", known[third.id]: "ACTIVATE"}  # fmt: skip
    assert statuses(merchant) == wanted
    merchant.reaches("live", 3)
    merchant.nothing_doubled()
    merchant.counts_hold()
    assert "Nothing is there twice" in merchant.open("/listings/twins").text
    assert "twice" not in merchant.open("/notices/").text
