"""The whole road by clicking alone in Chromium, inside the control panel: nothing refused, nothing complained of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.clicks import Clicks
from tests.journeys.road import Merchant

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, Response

pytestmark = pytest.mark.engines("sqlite")
PRODUCTS = 40
SOUND = 21  # a product of this catalog without troubles of its own


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": PRODUCTS, "review_seconds": 1}


@pytest.fixture
def complaints(page: "Page") -> Iterator[list[str]]:
    """Everything that goes wrong in any page of the browser: console, policy, script, requests, answers."""
    found: list[str] = []

    def console(line: "ConsoleMessage") -> None:
        if line.type in ("error", "warning"):
            found.append(f"{line.type}: {line.text} {line.location['url']}")

    def lost(request: "Request") -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left gives up what it was still asking for
            found.append(f"{request.failure} {request.url}")

    def refused(answer: "Response") -> None:
        if answer.status >= 400:
            found.append(f"{answer.status} {answer.url}")

    page.context.on("console", console)
    page.context.on("weberror", lambda error: found.append(f"script: {error.error}"))
    page.context.on("requestfailed", lost)
    page.context.on("response", refused)
    yield found
    assert found == []


def test_from_the_marketplace_to_live_by_clicking(page: "Page", merchant: Merchant, complaints: list[str]) -> None:
    merchant.edit_product(merchant.in_bigcommerce()[SOUND]["id"], description="")
    merchant.control("bigcommerce/latency", milliseconds=500)
    clicks = Clicks(page, merchant.sandbox.control_panel_url)
    clicks.install()
    clicks.connect()
    clicks.map_warehouses()
    clicks.choose_category()
    clicks.save_profile()
    clicks.configure()
    bar = clicks.watch_import()
    assert bar and bar == sorted(bar)

    clicks.stage_all()
    merchant.until("all are staged", lambda: len(merchant.listings()) == PRODUCTS)
    clicks.open_tab("Incomplete")
    incomplete, ready = clicks.count("Incomplete"), clicks.count("Ready to publish")
    assert incomplete + ready == PRODUCTS and incomplete
    clicks.describe_first()
    clicks.wait_count("Incomplete", incomplete - 1)
    clicks.wait_count("Ready to publish", ready + 1)
    clicks.close_drawer()

    merchant.control("tiktok/latency", ms=150)
    assert clicks.publish_ready().startswith(f"{ready + 1} listings will be sent to")
    bar = clicks.watch_publish()
    assert len(bar) > 1 and bar == sorted(bar)
    merchant.control("tiktok/latency", ms=0)
    clicks.place("Listings")
    clicks.wait_count("Live", ready + 1, seconds=30)
    clicks.open_tab("Live")
    assert clicks.app.locator("#workspace .state-success", has_text="Live").count() > 1
    merchant.nothing_doubled()
