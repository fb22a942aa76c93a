"""The same road in a real browser, by clicking alone, inside the control panel's frame."""

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

DESCRIPTION = "Made to be used every day: sturdy, easy to clean, and good to look at from every side."


class Clicks:
    """One browser window at the control panel. Every step ends when the page shows what it leads to."""

    def __init__(self, page: "Page", panel: str) -> None:
        self.page, self.panel = page, panel
        page.set_default_timeout(15_000)

    @property
    def app(self) -> "FrameLocator":
        return self.page.frame_locator("#app-frame")

    def place(self, name: str) -> None:
        """A place of the app's top bar."""
        self.app.locator(".places").get_by_role("link", name=name).click()
        self.heading(name)

    def heading(self, words: str) -> None:
        self.app.locator("h1", has_text=re.compile(f"^{re.escape(words)}")).wait_for()

    def drawer(self) -> "Locator":
        return self.app.locator("#drawer[open]")

    def count(self, tab: str) -> int:
        """The number on a tab of Listings."""
        return int(self.tab(tab).locator(".tab-count").inner_text().replace(",", ""))

    def tab(self, name: str) -> "Locator":
        return self.app.locator("#listing-tabs").get_by_role("link", name=re.compile(f"^{name} [0-9,]+$"))

    def open_tab(self, name: str) -> None:
        self.tab(name).click()
        self.app.locator(f"#listing-tabs a[aria-current=page]:has-text('{name}')").wait_for()

    def wait_count(self, tab: str, count: int, seconds: float = 20) -> None:
        wanted = re.compile(f"^{tab} {count:,}$")
        self.app.locator("#listing-tabs").get_by_role("link", name=wanted).wait_for(timeout=seconds * 1000)

    # The steps

    def install(self) -> None:
        self.page.goto(f"{self.panel}/manage/")
        self.page.get_by_role("link", name="Go to Marketplace").click()
        self.page.locator(".app-card").click()
        self.page.get_by_role("link", name="Install").click()
        self.page.get_by_role("button", name="Confirm").click()
        self.heading("Connect TikTok Shop")

    def connect(self, seller: str = "Harbor & Pine") -> None:
        """TikTok's page opens at top level; the framed page goes on by itself when consent is given."""
        with self.page.context.expect_page() as opened:
            self.app.locator("#consent").get_by_role("link", name="Connect TikTok Shop", exact=True).click()
        window = opened.value
        window.get_by_role("button", name=f"Log in as {seller}", exact=True).click()
        window.get_by_role("checkbox").check()
        window.get_by_role("button", name="Authorize").click()
        window.get_by_role("heading", name="TikTok Shop is connected").wait_for()
        window.close()
        self.heading("Warehouses")

    def map_warehouses(self) -> None:
        self.app.get_by_role("button", name="Confirm & Activate").click()
        self.heading("Default profile")

    def choose_category(self, words: str = "mugs") -> None:
        self.app.get_by_role("searchbox", name="Search categories").press_sequentially(words)
        self.app.locator("#results", has_text=f"“{words}”").wait_for()
        self.app.locator("#results").get_by_role("button", name=re.compile("^Choose")).first.click()
        self.app.locator("#mapping").wait_for()

    def save_profile(self) -> None:
        self.app.get_by_role("button", name="Save and go on").click()
        self.heading("Default configuration")

    def configure(self) -> None:
        self.app.get_by_role("button", name="Save and go on").click()
        self.heading("Ready to start")
        self.app.get_by_role("button", name="Start").click()
        self.heading("Dashboard")

    def watch(self, bar: "Locator", over: "Locator", seconds: float = 30) -> list[float]:
        """What a bar shows, in parts of a hundred, until `over` is there; each value once, in order."""
        seen: list[float] = []
        for _ in self.ticks(seconds):
            if over.count():
                return seen
            # One evaluation, because the next poll may take the element away.
            share = bar.evaluate_all("bars => bars.map(bar => 100 * bar.position)")
            if share and share[0] >= 0 and (not seen or share[0] != seen[-1]):
                seen.append(share[0])
        raise AssertionError(f"The bar did not come to its end within {seconds} s: {seen}")

    def ticks(self, seconds: float) -> Iterator[None]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield
            self.page.wait_for_timeout(100)

    def watch_import(self) -> list[float]:
        """The dashboard's bar until the import stands under Completed."""
        return self.watch(
            self.app.locator("#moving progress"), self.app.locator("#moving .completed", has_text="imported")
        )

    def stage_all(self) -> None:
        self.place("Products")
        self.app.get_by_label(re.compile("^Select all .* that match")).check()
        self.app.get_by_role("button", name="Stage listings").first.click()
        self.drawer().get_by_role("button", name="Stage listings").click()
        self.heading("Listings")
        self.app.locator("#listing-pulse", has_text="Rechecking").wait_for(state="hidden")
        self.app.locator("#listing-tabs .chips").wait_for()

    def describe_first(self) -> None:
        """Gives the first listing without a description one, in the side panel."""
        self.app.locator(".chips").get_by_role("link", name=re.compile("^No description")).click()
        self.app.locator(".chips a[aria-current=true]", has_text="No description").wait_for()
        self.app.locator("#workspace").get_by_role("link", name=re.compile("^Complete:")).first.click()
        part = self.drawer().locator("#field-description")
        part.get_by_label("Description", exact=True).fill(DESCRIPTION)
        part.get_by_role("button", name="Save").click()
        self.drawer().locator("#listing-head .head-state", has_text="Ready to publish").wait_for()

    def close_drawer(self) -> None:
        self.app.locator(".drawer-close").click()
        self.app.locator("#drawer:not([open])").wait_for(state="attached")

    def publish_ready(self) -> str:
        """Publishes everything under Ready; answers what the confirmation said it would do."""
        self.open_tab("Ready to publish")
        self.app.get_by_label(re.compile("^Select all .* that match")).check()
        self.app.locator(".bulk-bar").get_by_role("button", name="Publish", exact=True).click()
        said = self.drawer().locator(".publish-count").inner_text()
        self.drawer().get_by_role("button", name=re.compile("^Publish [0-9,]+ listing")).click()
        self.heading("Publish")
        return said

    def watch_publish(self) -> list[float]:
        head = self.app.locator(".activity").first
        return self.watch(head.locator("progress"), head.locator(".state", has_text="Done"))
