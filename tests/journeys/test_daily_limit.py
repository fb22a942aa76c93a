"""A shop on probation: TikTok takes a few listings a day, the rest goes on by itself."""

from functools import partial
from typing import Any

import pytest

from tests.journeys.road import JUNIPER, Merchant
from tests.journeys.watching import JUNIPER_SHOP

pytestmark = pytest.mark.long

DAY = 86_400
FIRST_WAREHOUSE = "7000000000000002001"  # a shop on probation may list from one warehouse only


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": 18, "review_seconds": 0.5}


def test_the_rest_waits_for_tomorrow_and_goes_on_by_itself(merchant: Merchant) -> None:
    merchant.control("tiktok/limits", shop_id=JUNIPER_SHOP, daily_listings=5)
    merchant.settle_in(JUNIPER)
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:12]
    assert len(ready) == 12
    merchant.publish(ready, [FIRST_WAREHOUSE])
    merchant.until("five are sent and seven wait", partial(has, merchant, (5, 7)))
    activity = merchant.activities("publish")[0]
    assert activity.state == "running" and activity.resumes_at is not None
    assert "goes on by itself" in merchant.open(f"/activities/{activity.id}").text
    assert activity.resumes_at.strftime("%-d %b %Y, %H:%M") in merchant.here.text
    merchant.reaches("live", 5)
    assert merchant.tab_counts()["publishing"] == 7

    for after_a_day in ((10, 2), (12, 0)):
        merchant.control("clock", advance=DAY)
        merchant.until(f"{after_a_day} after a day", partial(has, merchant, after_a_day))
    assert merchant.over("publish").done == 12
    merchant.reaches("live", 12)
    merchant.nothing_doubled(JUNIPER_SHOP)
    merchant.counts_hold()


def has(merchant: Merchant, wanted: tuple[int, int]) -> bool:
    return parked(merchant) == wanted


def parked(merchant: Merchant) -> tuple[int, int]:
    """(products on TikTok, items that wait)"""
    return len(merchant.on_tiktok(JUNIPER_SHOP)), merchant.activities("publish")[0].waiting
