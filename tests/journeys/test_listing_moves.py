"""Deactivate, activate, delete, recover, sync status: from the browser to the platform and back."""

import pytest

from tests.journeys.road import Merchant

pytestmark = pytest.mark.long


def statuses(merchant: Merchant) -> list[str]:
    return sorted(product["status"] for product in merchant.on_tiktok())


def act(merchant: Merchant, tab: str, entry: str, button: str, kind: str, count: int = 1) -> None:
    """Ticks all of a tab, chooses from More actions, reads the preview, confirms."""
    merchant.open(f"/listings/?tab={tab}")
    merchant.press(entry, {"all": "1"})
    merchant.press(button)
    merchant.over(kind, count)


def test_listings_leave_the_shop_and_come_back(merchant: Merchant) -> None:
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:3]
    merchant.publish(ready)
    merchant.reaches("live", 3)

    act(merchant, "live", "Deactivate product", "Deactivate 3 listings", "deactivate")
    merchant.reaches("deactivated", 3)
    assert statuses(merchant) == ["SELLER_DEACTIVATED"] * 3

    act(merchant, "deactivated", "Activate product", "Activate 3 listings", "activate")
    merchant.reaches("live", 3)
    assert statuses(merchant) == ["ACTIVATE"] * 3

    # One alone, from its own page.
    merchant.open(f"/listings/{ready[0]}")
    merchant.follow("Delete")
    merchant.press("Delete 1 listing")
    merchant.over("delete")
    assert statuses(merchant) == ["ACTIVATE", "ACTIVATE", "DELETED"]
    merchant.reaches("deactivated", 1)
    merchant.open(f"/listings/{ready[0]}")
    merchant.follow("Recover")
    merchant.press("Recover 1 listing")
    merchant.over("recover")
    assert statuses(merchant) == ["ACTIVATE", "ACTIVATE", "SELLER_DEACTIVATED"]

    merchant.open("/listings/?tab=all")
    merchant.press("Sync product status", {"all": "1"})
    merchant.press("Sync status of 3 listings")
    assert "3 asked about" in merchant.over("sync_status").message
    merchant.nothing_doubled()
    merchant.counts_hold()
