"""The Faults page in a real browser: narrow, without script, and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import requests

from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from tests.servers import Door

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def url() -> Iterator[str]:
    door = Door()
    with door.serving(create_app(run_timers=False, products=2, app_url="http://127.0.0.1:9")):
        yield f"http://127.0.0.1:{door.port}"


@pytest.mark.parametrize("width", [360, 1280])
def test_without_script_everything_can_be_pressed(chromium: Browser, url: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/control/faults")
    page.get_by_role("button", name="A bad day").click()
    assert page.get_by_role("button", name="Remove: No answer, no effect").is_visible()
    wide = [box for box in (row.bounding_box() for row in page.locator("main *:visible").all()) if box]
    assert max(box["x"] + box["width"] for box in wide) <= width
    page.get_by_role("button", name="Remove: No answer, no effect").click()
    assert page.get_by_role("button", name="Remove: No answer, no effect").count() == 0
    page.get_by_role("button", name="All quiet again").click()
    assert page.get_by_text("Nothing is broken").is_visible()
    context.close()


def test_hits_appear_by_themselves_and_keys_are_enough(chromium: Browser, url: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/control/faults")
    page.get_by_role("button", name="429 storm").focus()
    page.keyboard.press("Enter")
    page.get_by_role("row", name="Refused as too many requests").wait_for()
    statuses = [requests.get(f"{url}/stores/{FIRST}/v2/time", timeout=5).status_code for _ in range(12)]
    hits = page.get_by_role("row", name="Refused as too many requests").locator("[data-label=Hits]")
    hits.filter(has_text=str(statuses.count(429))).wait_for(timeout=10_000)
    context.close()
