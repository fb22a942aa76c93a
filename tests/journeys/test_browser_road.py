"""The whole road by clicking alone in Chromium, inside the control panel: nothing may be refused or complained about."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.clicks import Clicks
from tests.journeys.road import Merchant

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.engines("sqlite")
PRODUCTS = 40


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    return {"products": PRODUCTS, "review_seconds": 1}


@pytest.fixture
def complaints(page: "Page") -> Iterator[list[str]]:
    """Everything that went wrong in any page of the browser: console, script, requests, answers."""
    found: list[str] = []
    context = page.context
    context.on("console", lambda line: found.append(f"{line.type}: {line.text}") if line.type in BAD else None)
    context.on("weberror", lambda error: found.append(f"script: {error.error}"))
    context.on("response", lambda answer: found.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    # A page that is left gives up what it was still asking for.
    context.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else found.append(f"{request.failure} {request.url}"),
    )
    yield found
    assert found == []


BAD = ("error", "warning")


def test_from_the_marketplace_to_live_by_clicking(page: "Page", merchant: Merchant, complaints: list[str]) -> None:
    merchant.control("bigcommerce/latency", milliseconds=500)
    clicks = Clicks(page, merchant.sandbox.control_panel_url)
    clicks.install()
    clicks.connect()
    clicks.map_warehouses()
    clicks.choose_category()
    clicks.save_profile()
    clicks.configure()
    bar = clicks.watch_import()
    assert len(bar) > 1 and bar == sorted(bar)

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
    assert bar and bar == sorted(bar)
    merchant.control("tiktok/latency", ms=0)
    clicks.place("Listings")
    clicks.wait_count("Live", ready + 1, seconds=30)
    clicks.open_tab("Live")
    assert clicks.app.locator("#workspace .state-success", has_text="Live").count() > 1
    merchant.nothing_doubled()
