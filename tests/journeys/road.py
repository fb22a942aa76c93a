"""The road of a merchant, step by step, by pressing what the pages offer."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import requests
from flask import Flask
from sqlalchemy import func, select

from models import Activity, ActivityItem, InboxEvent, Listing, ListingProblem, Shop, Store, db
from models.tenancy import across_stores, tenant
from tests.conftest import LiveSandbox
from tests.journeys.reading import Reading
from tests.journeys.visitor import Visitor
from tests.servers import Processes

FIRST, SECOND = "hj3kq9w1xz", "p7c2m4v8dn"  # the sandbox's stores
HARBOR, JUNIPER = "7494000000000000101", "7494000000000000102"  # its sellers: established, on probation
HARBOR_SHOP, JUNIPER_SHOP = "7495540735365777501", "7495540735365777502"
TABS = ("incomplete", "ready", "publishing", "in_review", "live", "failed", "deactivated")
ENDED = ("finished", "cancelled", "broken")
COUNTS = ("waiting", "working", "done", "refused", "failed", "skipped")
Found = TypeVar("Found")


class Merchant(Visitor):
    """Somebody of one store. What a page shows is read from the page; `rows` look into the database."""

    def __init__(self, app: Flask, sandbox: LiveSandbox, processes: Processes, store: str = FIRST) -> None:
        super().__init__()
        self.app, self.sandbox, self.processes, self.store = app, sandbox, processes, store

    # Looking

    def open(self, path: str) -> Reading:
        """A page of the app, through the session that the frame has."""
        return self.get(f"{self.app.extensions['config'].app_url}/s/{self.store}{path}")

    def until(self, what: str, look: Callable[[], Found], seconds: float = 20) -> Found:
        """What `look` answers as soon as it is true; asks four times a second, as a page would."""
        end = time.monotonic() + seconds
        while True:
            if found := look():
                return found
            if time.monotonic() > end:
                log = self.processes.output()[-3000:]
                raise AssertionError(f"Not within {seconds} s: {what}\n{self.here.address}: {self.here.text[:2500]}\n{log}")
            time.sleep(0.25)

    def sees(self, path: str, words: str, seconds: float = 20) -> Reading:
        """The page, once it says these words."""
        return self.until(
            f"{path} says {words!r}", lambda: page if words in (page := self.open(path)).text else None, seconds
        )

    def tab_counts(self) -> dict[str, int]:
        """The numbers on the tabs of Listings."""
        page = self.open("/listings/?tab=all")
        found = {}
        for words, address in page.links:
            tab = address.partition("/listings/?tab=")[2].partition("&")[0]
            if tab in TABS and words.split()[-1].replace(",", "").isdigit():
                found.setdefault(tab, int(words.split()[-1].replace(",", "")))
        return found

    def rows(self, look: Callable[[], Found]) -> Found:
        """`look` inside this store's tenant, in a session of its own."""
        with self.app.app_context():
            store = db.session.query(Store).filter_by(hash=self.store).one()
            with tenant(store.id):
                found = look()
                db.session.expunge_all()
            db.session.rollback()
            return found

    def listings(self) -> list[Listing]:
        return self.rows(lambda: db.session.query(Listing).order_by(Listing.id).all())

    def activities(self, kind: str = "") -> list[Activity]:
        found = self.rows(lambda: db.session.query(Activity).order_by(Activity.id).all())
        return [activity for activity in found if activity.kind == (kind or activity.kind)]

    def problems(self, listing_id: int) -> list[ListingProblem]:
        query = select(ListingProblem).where(ListingProblem.listing_id == listing_id).order_by(ListingProblem.position)
        return self.rows(lambda: list(db.session.scalars(query)))

    def shop(self) -> Shop:
        """The oldest shop of the store, with its authorization."""

        def first() -> Shop:
            shop = db.session.scalars(select(Shop).order_by(Shop.id)).first()
            assert shop is not None and shop.authorization is not None
            return shop

        return self.rows(first)

    def inbox(self, state: str = "") -> list[InboxEvent]:
        """Webhooks that arrived, of all stores."""
        with self.app.app_context(), across_stores("the inbox holds events of every store"):
            found = list(db.session.scalars(select(InboxEvent).order_by(InboxEvent.id)))
            db.session.expunge_all()
            db.session.rollback()
        return [event for event in found if event.state == (state or event.state)]

    # What the platforms' people do

    def control(self, path: str, **body: Any) -> Any:
        """A button of the sandbox's control page."""
        answer = requests.post(f"{self.sandbox.url}/control/api/{path}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def edit_product(self, product_id: int, **fields: Any) -> None:
        """Somebody changes a product in BigCommerce."""
        url = f"{self.sandbox.url}/control/api/products/{self.store}/{product_id}"
        answer = requests.patch(url, json=fields, timeout=10)
        assert answer.status_code == 200, answer.text

    def on_tiktok(self, shop_id: str = HARBOR_SHOP) -> list[dict[str, Any]]:
        """What the sandbox's TikTok Shop holds for a shop."""
        url = f"{self.sandbox.url}/control/api/tiktok/products"
        found: list[dict[str, Any]] = requests.get(url, params={"shop_id": shop_id}, timeout=10).json()["products"]
        return found

    # The steps

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
        return self.press("Save and go on")

    def finish_wizard(self) -> Reading:
        self.open("/wizard/configuration")
        self.press("Save and go on")
        return self.press("Start")

    def stage_all(self) -> Reading:
        self.open("/products/")
        self.press("Stage listings", {"all": "1"})
        return self.press("Stage listings")

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

    def over(self, kind: str, count: int = 1, seconds: float = 30) -> Activity:
        """The newest activity of a kind, once so many of them have ended."""

        def ended() -> Activity | None:
            found = [one for one in self.activities(kind) if one.state in ENDED]
            return found[-1] if len(found) >= count else None

        return self.until(f"{count} {kind} activities are over", ended, seconds)

    def reaches(self, tab: str, count: int, seconds: float = 20) -> dict[str, int]:
        """The tabs' counts, once this one has so many."""
        return self.until(
            f"{count} listings under {tab}",
            lambda: counts if (counts := self.tab_counts()).get(tab) == count else None,
            seconds,
        )

    # What must hold wherever one stands

    def nothing_doubled(self, shop_id: str = HARBOR_SHOP) -> None:
        """TikTok's products are exactly our sent listings, one each."""
        theirs = [product for product in self.on_tiktok(shop_id) if product["status"] != "DELETED"]
        ours = sorted((listing.tiktok_id, listing.title) for listing in self.listings() if listing.tiktok_id)
        assert sorted((product["id"], product["title"]) for product in theirs) == ours
        skus = [sku["seller_sku"] for product in theirs for sku in product["stored"]["content"]["skus"]]
        assert len(skus) == len(set(skus))

    def counts_hold(self) -> None:
        """Every activity's counts are what GROUP BY says, every tab's counter is what its listings say."""

        def compare() -> None:
            for activity in db.session.query(Activity):
                query = select(ActivityItem.state, func.count(ActivityItem.id)).group_by(ActivityItem.state)
                found = Counter(dict(db.session.execute(query.where(ActivityItem.activity_id == activity.id)).all()))
                counted = {name: getattr(activity, name) for name in COUNTS}
                working = found["claimed"] + found["sending"] + found["unknown"]
                assert counted == {name: found[name] for name in COUNTS} | {"working": working}, activity.title
                assert activity.total == sum(found.values())

        self.rows(compare)
        tabs = Counter(listing.tab for listing in self.listings())
        assert {tab: count for tab, count in self.tab_counts().items() if count} == dict(tabs)
