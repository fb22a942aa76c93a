"""What is so, seen from all sides: the pages, the rows, and what both platforms hold."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from flask import Flask
from sqlalchemy import func, select

from jobs.setup import redis_client
from models import Activity, ActivityItem, InboxEvent, Listing, ListingProblem, Schedule, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import clock
from tests.conftest import LiveSandbox
from tests.journeys.reading import Reading
from tests.journeys.visitor import Visitor
from tests.servers import Processes

FIRST, SECOND = "hj3kq9w1xz", "p7c2m4v8dn"  # the sandbox's stores
HARBOR_SHOP, JUNIPER_SHOP = "7495540735365777501", "7495540735365777502"
TABS = ("incomplete", "ready", "publishing", "in_review", "live", "failed", "deactivated")
COUNTS = ("waiting", "working", "done", "refused", "failed", "skipped")
Found = TypeVar("Found")


PATIENCE = 30.0  # seconds until work that is due must be seen on a page


class Watcher(Visitor):
    """Somebody of one store who looks: at pages, into the database (`rows`), at what the platforms hold."""

    def __init__(self, app: Flask, sandbox: LiveSandbox, processes: Processes, store: str = FIRST) -> None:
        super().__init__()
        self.app, self.sandbox, self.processes, self.store = app, sandbox, processes, store

    # Looking

    def open(self, path: str) -> Reading:
        """A page of the app, through the session that the frame has."""
        return self.get(f"{self.app.extensions['config'].app_url}/s/{self.store}{path}")

    def until(self, what: str, look: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
        """What `look` answers as soon as it is true; asks four times a second, as a page would."""
        end = time.monotonic() + seconds
        while True:
            if found := look():
                return found
            if time.monotonic() > end:
                shown = f"{self.here.address}: {self.here.text[:2500]}"
                log = self.processes.output()[-3000:]
                raise AssertionError(f"Not within {seconds} s: {what}\n{shown}\n{self.told()}\n{log}")
            time.sleep(0.25)

    def told(self) -> str:
        """The activities in short, for a test that failed."""
        names = ("title", "state", *COUNTS, "message", "resumes_at")
        rows = [", ".join(f"{name} {getattr(one, name)}" for name in names) for one in self.activities()]
        return "\n".join([*rows, f"business time {self.rows(clock.now)}", *self.rows(_background)])

    def sees(self, path: str, words: str, seconds: float = PATIENCE) -> Reading:
        """The page, once it says these words."""
        return self.until(
            f"{path} says {words!r}", lambda: page if words in (page := self.open(path)).text else None, seconds
        )

    def tab_counts(self) -> dict[str, int]:
        """The numbers on the tabs of Listings."""
        page = self.open("/listings/?tab=all")
        found: dict[str, int] = {}
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

    def in_bigcommerce(self) -> list[dict[str, Any]]:
        """The store's products as the sandbox holds them."""
        with self.sandbox.app.app_context():
            return list(self.sandbox.app.extensions["bigcommerce"].catalog(self.store).products.values())

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


def _background() -> list[str]:
    """What clock and queues were doing, for a test that failed."""
    due = db.session.execute(select(Schedule.name, Schedule.due_at, Schedule.last_at)).all()
    client = redis_client()
    queues = {name: client.llen(f"rq:queue:{name}") for name in ("live", "bulk")}
    keys = sorted(key.decode() for key in client.scan_iter("*") if not key.startswith(b"budget:"))
    moments = [f"schedule {name}: due {due_at}, last {last_at}" for name, due_at, last_at in due]
    return [*moments, f"bells {queues}", f"keys {keys}"]
