"""Changes of live listings: compared in the browser, sent as shown, live after the review."""

from sqlalchemy import select

from models import ListingSku, db
from tests.journeys.road import Merchant


def test_changes_are_shown_then_sent_and_then_live(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish(ready)
    merchant.reaches("live", 2)
    title = "Wide stoneware cup with a slow-pour lid"
    merchant.open(f"/listings/{ready[0]}")
    merchant.press("Save", {"title": title})
    assert title not in [product["title"] for product in merchant.on_tiktok()]

    merchant.open("/listings/?tab=live")
    merchant.press("Re-publish changes", {"all": "1"})
    assert "1 has changes that are not on TikTok yet" in merchant.here.text
    merchant.press("Compare 2 listings")
    activity = merchant.over("compare")
    page = merchant.open(f"/listings/changes/{activity.id}")
    assert "1 change in 1 listing" in page.text and title in page.text
    assert title not in [product["title"] for product in merchant.on_tiktok()], "a comparison sends nothing"
    merchant.press("Send the changes of 1 listing")
    merchant.over("resend")
    merchant.until("the new title is live", lambda: title in [product["title"] for product in merchant.on_tiktok()])
    merchant.reaches("live", 2)

    # A price alone needs no review.
    merchant.control("tiktok/review", policy="manual")
    lines = select(ListingSku.id).where(ListingSku.listing_id == ready[1])
    line = merchant.rows(lambda: db.session.scalars(lines).first())
    merchant.open(f"/listings/{ready[1]}?sku={line}")
    merchant.press("Save", {"price": "31.40"})
    merchant.open(f"/listings/{ready[1]}")
    merchant.follow("Re-publish changes")
    merchant.press("Compare 1 listing")
    activity = merchant.over("compare", 2)
    merchant.open(f"/listings/changes/{activity.id}")
    merchant.press("Only the 1 price")
    assert "1 value is live" in merchant.over("live_values").message
    prices = [row["sale_price"] for one in merchant.on_tiktok() for row in one["stored"]["prices"].values()]
    assert 31.4 in map(float, prices)
    merchant.reaches("live", 2)
    merchant.nothing_doubled()
    merchant.counts_hold()
