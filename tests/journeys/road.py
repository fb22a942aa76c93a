"""The road of a merchant, step by step, by pressing what the pages offer."""

from collections.abc import Sequence

from models import Activity
from tests.journeys.reading import Reading
from tests.journeys.watching import PATIENCE, Watcher

HARBOR, JUNIPER = "7494000000000000101", "7494000000000000102"  # sellers: established, on probation
ENDED = ("finished", "cancelled", "broken")


class Merchant(Watcher):
    """The owner of a store."""

    def install(self) -> Reading:
        panel = self.sandbox.control_panel_url
        self.get(f"{panel}/manage/marketplace?store={self.store}")
        self.get(f"{panel}/manage/marketplace/apps/1")
        self.follow("Install")
        return self.press("Confirm")

    def uninstall(self) -> Reading:
        self.get(f"{self.sandbox.control_panel_url}/manage/marketplace/apps/1?store={self.store}")
        return self.press("Uninstall")

    def enter(self) -> Reading:
        """Opens the installed app from the control panel, as on another day."""
        return self.get(f"{self.sandbox.control_panel_url}/manage/app/1?store={self.store}")

    def consent(self, link: str, seller: str = HARBOR) -> Reading:
        """TikTok's window: log in as the seller, tick the agreement, authorize. Answers what our callback shows."""
        self.get(link)
        self.press("Log in", account=seller)
        return self.press("Authorize", {"agreement": "1"})

    def connect(self, seller: str = HARBOR) -> Reading:
        self.open("/wizard/connect")
        return self.consent(self.link("Connect TikTok Shop"), seller)

    def map_warehouses(self) -> Reading:
        self.open("/wizard/warehouses")
        return self.press("Confirm & Activate")

    def imported(self) -> Reading:
        """Products, once the import that the mapping started is over."""
        return self.sees("/products/", "imported:")

    def choose_profile(self, words: str = "mugs") -> Reading:
        """Finds a category by search and keeps everything that is proposed for it."""
        self.open("/wizard/profile")
        self.press("Search", {"q": words})
        self.press("Choose")
        here = self.press("Save and go on")
        assert "/wizard/configuration" in here.address, f"The profile was not taken ({here.status}): {here.text[:1500]}"
        return here

    def finish_wizard(self) -> Reading:
        self.open("/wizard/configuration")
        self.press("Save and go on")
        return self.press("Start")

    def stage_all(self) -> Reading:
        self.open("/products/")
        self.press("Stage listings", {"all": "1"})
        self.press("Stage listings")
        self.until("all are checked", lambda: not any(listing.is_stale for listing in self.listings()))
        return self.open("/listings/")

    def settle_in(self, seller: str = HARBOR) -> Reading:
        """From the marketplace to a workspace full of listings."""
        self.install()
        self.connect(seller)
        self.map_warehouses()
        self.imported()
        self.choose_profile()
        self.finish_wizard()
        return self.stage_all()

    def publish(self, listing_ids: Sequence[int] = (), warehouses: Sequence[str] = ()) -> Reading:
        """Publishes these, or all that are ready, to all mapped warehouses or to those named. Answers the activity's
        page."""
        self.open("/listings/?tab=ready")
        self.press("Publish", {"id": [str(number) for number in listing_ids]} if listing_ids else {"all": "1"})
        form = next(form for form in self.here.forms if form.facts.get("action", "").endswith("/publish"))
        chosen: dict[str, str | list[str]] = {"where": "chosen", "warehouse": list(warehouses)} if warehouses else {}
        return self.press(form.buttons[0].words, chosen)

    def over(self, kind: str, count: int = 1, seconds: float = PATIENCE) -> Activity:
        """The newest activity of a kind, once so many of them have ended."""

        def ended() -> Activity | None:
            found = [one for one in self.activities(kind) if one.state in ENDED]
            return found[-1] if len(found) >= count else None

        return self.until(f"{count} {kind} activities are over", ended, seconds)

    def reaches(self, tab: str, count: int, seconds: float = PATIENCE) -> dict[str, int]:
        """The tabs' counts, once this one has so many."""
        return self.until(
            f"{count} listings under {tab}",
            lambda: counts if (counts := self.tab_counts()).get(tab) == count else None,
            seconds,
        )

    def looks_for_doubles(self, seconds: float = PATIENCE) -> Activity:
        """Presses Check now and waits for that check; the daily one may have run, or be running, before."""
        self.until("no check runs", lambda: all(one.state in ENDED for one in self.activities("find_twins")), seconds)
        before = len(self.activities("find_twins"))
        self.open("/listings/twins")
        self.press("Check now")

        def ended() -> Activity | None:
            found = self.activities("find_twins")
            return found[-1] if len(found) > before and found[-1].state in ENDED else None

        return self.until("the shop was looked through", ended, seconds)
