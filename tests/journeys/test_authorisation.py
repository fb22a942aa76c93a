"""The seller withdraws the permission while listings are being sent."""

from tests.journeys.road import HARBOR, Merchant
from tests.journeys.watching import HARBOR_SHOP


def test_withdrawn_while_publishing_then_connected_again(merchant: Merchant) -> None:
    merchant.settle_in()
    merchant.control("tiktok/latency", ms=400)
    ready = merchant.tab_counts()["ready"]
    merchant.publish()
    merchant.until("the first product is there", lambda: merchant.on_tiktok())
    merchant.control("tiktok/authorization", seller_id=HARBOR, action="deauthorize")
    merchant.until("the shop needs its seller", lambda: merchant.shop().authorization.state == "needs_reauthorisation")
    merchant.control("tiktok/latency", ms=0)

    # Its work waits and says for what.
    activity = merchant.activities("publish")[0]
    assert activity.state == "running" and activity.done < ready
    merchant.sees(f"/activities/{activity.id}", "Reconnect")
    sent = len(merchant.on_tiktok())
    assert 0 < sent < ready
    assert "Needs reauthorisation" in merchant.follow("Reconnect").text

    merchant.press("Reconnect")
    page = merchant.consent(merchant.link("Connect TikTok Shop"))
    assert page.title == "TikTok Shop is connected"
    assert merchant.over("publish").done == ready
    merchant.control("clock", advance=90)  # a verdict that fell while nobody was told is found by the poll
    merchant.reaches("live", ready)
    merchant.nothing_doubled(HARBOR_SHOP)
    merchant.counts_hold()
