"""What the app itself holds, read in this process straight from its database, however often that goes away."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from jobs.launch import launch
from models import (
    Activity,
    ActivityItem,
    InboxEvent,
    Listing,
    ListingProblem,
    ListingSku,
    Product,
    Shop,
    Store,
    Twin,
    Variant,
    db,
)
from models.tenancy import across_stores, tenant
from services import activities, books, measuring, twins
from services.activities import OPEN
from services.actor import system
from services.secrets import unseal

PATIENCE = 60.0
COUNTS = ("waiting", "working", "done", "refused", "failed", "skipped")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Progress:
    """An activity at one moment. `wrong`: what does not add up in it."""

    id: int
    kind: str
    state: str
    counts: dict[str, int]
    units: int
    units_done: int
    wrong: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def left(self) -> int:
        return self.counts["waiting"] + self.counts["working"]


class Ledger:
    """Reads of one store. Every read is one moment."""

    def __init__(self, app: Flask, store_hash: str) -> None:
        self.app = app
        self.store_hash = store_hash

    def read(self, look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
        """`look` inside the store's tenant; asked again while the database is away."""
        until = time.monotonic() + seconds
        while True:
            try:
                with self.app.app_context(), self._one_moment():
                    return look()
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    @contextmanager
    def _one_moment(self) -> Any:
        try:
            with across_stores("the soak looks up its store"):
                store_id = db.session.scalar(select(Store.id).where(Store.hash == self.store_hash))
                db.session.rollback()
            if store_id is None:
                raise LookupError(f"no store {self.store_hash}")
            with tenant(store_id), books.one_moment():
                yield
        finally:
            db.session.remove()

    def progress(self) -> list[Progress]:
        """Every activity of the store, with what does not add up."""
        return self.read(lambda: [_progress(one) for one in db.session.scalars(select(Activity).order_by(Activity.id))])

    def unfinished(self) -> dict[str, int]:
        """Items by state that are not final."""
        states = ("waiting", "claimed", "sending", "unknown")
        query = select(ActivityItem.state, func.count()).where(ActivityItem.state.in_(states))
        return self.read(lambda: {state: n for state, n in db.session.execute(query.group_by(ActivityItem.state))})

    def item_outcomes(self, kind: str) -> dict[str, int]:
        query = (
            select(ActivityItem.state, ActivityItem.code, func.count())
            .join(Activity, Activity.id == ActivityItem.activity_id)
            .where(Activity.kind == kind)
            .group_by(ActivityItem.state, ActivityItem.code)
        )
        return self.read(lambda: {f"{state} {code}".strip(): n for state, code, n in db.session.execute(query)})

    def differences(self) -> list[str]:
        """Kept counts that are not what their rows add up to (counters, activities)."""
        return self.read(lambda: [str(one) for one in books.differences()])

    def stale(self) -> int:
        return self.read(lambda: db.session.scalar(select(func.count(Listing.id)).where(Listing.is_stale)) or 0)

    def unmeasured(self) -> int:
        """Listings with a picture that nobody has looked at yet."""
        query = select(func.count(func.distinct(ListingProblem.listing_id)))
        return self.read(lambda: db.session.scalar(query.where(ListingProblem.code == measuring.CODE)) or 0)

    def tabs(self) -> dict[str, int]:
        query = select(Listing.tab, func.count()).group_by(Listing.tab)
        return self.read(lambda: {tab: count for tab, count in db.session.execute(query)})

    def listings(self) -> list[Any]:
        """(id, tiktok_id, intent, tab, published_at) of every listing."""
        query = select(Listing.id, Listing.tiktok_id, Listing.intent, Listing.tab, Listing.published_at)
        return self.read(lambda: list(db.session.execute(query.order_by(Listing.id))))

    def published(self) -> set[int]:
        """Listings that a publishing carried and that were not refused, skipped or set aside."""
        query = (
            select(ActivityItem.subject_id)
            .join(Activity, Activity.id == ActivityItem.activity_id)
            .where(Activity.kind == "publish", ActivityItem.state == "done")
        )
        return {number for number in self.read(lambda: list(db.session.scalars(query))) if number is not None}

    def lines(self) -> list[Any]:
        """(line id, listing id, TikTok's SKU id) of every listing's SKUs."""
        query = select(ListingSku.id, ListingSku.listing_id, ListingSku.tiktok_id)
        return self.read(lambda: list(db.session.execute(query)))

    def products(self) -> list[Any]:
        query = select(
            Product.id, Product.bigcommerce_id, Product.title, Product.sku, Product.description, Product.weight,
            Product.is_visible, Product.variant_count,
        )  # fmt: skip
        return self.read(lambda: list(db.session.execute(query.where(Product.deleted_at.is_(None)))))

    def variants(self) -> list[Any]:
        query = select(Variant.product_id, Variant.bigcommerce_id, Variant.sku, Variant.price, Variant.upc)
        return self.read(lambda: list(db.session.execute(query)))

    def find_twins(self) -> None:
        """Starts the check for doubles, as the daily schedule does."""
        with self.app.app_context():
            with across_stores("the soak looks up its store"):
                store = db.session.scalars(select(Store).where(Store.hash == self.store_hash)).one()
            with tenant(store.id):
                shop = db.session.scalars(select(Shop).where(Shop.is_active)).one()
                launch(twins.start(system(store.id), shop).activity)
                db.session.remove()

    def twins(self) -> set[str]:
        """TikTok's ids of the products that the check holds for doubles."""
        return self.read(lambda: set(db.session.scalars(select(Twin.tiktok_id).where(Twin.state == "open"))))

    def inbox(self) -> dict[str, int]:
        def look() -> dict[str, int]:
            query = select(InboxEvent.state, func.count()).group_by(InboxEvent.state)
            return {state: count for state, count in db.session.execute(query)}

        return self.read(look)

    def secrets(self) -> dict[str, str]:
        """What must be in no log: the tokens of this run, by name."""

        def look() -> dict[str, str]:
            store = db.session.scalars(select(Store).where(Store.hash == self.store_hash)).one()
            found = {"BigCommerce token": unseal(store.token), "webhook secret": unseal(store.hook_secret)}
            for shop in db.session.scalars(select(Shop)):
                found[f"TikTok access token {shop.id}"] = unseal(shop.authorization.access_token)
                found[f"TikTok refresh token {shop.id}"] = unseal(shop.authorization.refresh_token)
            return {name: value for name, value in found.items() if len(value) >= 12}

        return self.read(look)

    def token(self) -> str:
        return self.secrets()["BigCommerce token"]


def _progress(activity: Activity) -> Progress:
    counts = {name: int(getattr(activity, name)) for name in COUNTS}
    wrong = [f"{name} {kept} but counted {true}" for name, (kept, true) in activities.check_counts(activity).items()]
    if sum(counts.values()) != activity.total:
        wrong.append(f"counts sum to {sum(counts.values())}, total is {activity.total}")
    if min(counts.values()) < 0:
        wrong.append("a count is below zero")
    if activity.state not in OPEN and counts["waiting"] + counts["working"]:
        wrong.append(f"{activity.state} with work left")
    title = f"activity {activity.id} ({activity.kind}): "
    return Progress(
        activity.id, activity.kind, activity.state, counts, activity.units, activity.units_done,
        tuple(title + one for one in wrong),
    )  # fmt: skip
