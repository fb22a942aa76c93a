"""Publishing under a daily limit, and trials: drained for real against a TikTok that counts."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from clients.errors import Refused
from clients.tiktok.models import CreatedProduct, Product
from jobs import plans
from jobs.drain import Drain
from jobs.handlers.publish import Publish
from models import Activity, ActivityItem, Listing, ListingDay, Shop, Store, db
from models import Product as OurProduct
from services import (
    activities,
    canary,
    clock,
    listing_limits,
    listings,
    notices,
    platforms,
    publishing,
    quota_plan,
    readiness,
    verdicts,
)
from services.actor import Actor
from services.errors import ServiceError
from tests.services.listing_rows import add_product, add_shop


class Day:
    """Business time that goes on, and that a test moves to the next midnight of the shop."""

    def __init__(self) -> None:
        self.base, self.began = datetime.fromisoformat("2026-11-21T18:00:00+00:00"), time.monotonic()

    @property
    def now(self) -> datetime:
        return self.base + timedelta(seconds=time.monotonic() - self.began)

    def over(self) -> None:
        self.base += clock.next_shop_day("US", self.now) - self.now + timedelta(seconds=1)


class Shelf:
    """A TikTok that takes `limit` listings a day; `refuses`: titles that it refuses; `lost`: answers that get lost."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.limit = 100
        self.calls: list[tuple[str, str, bool]] = []  # (day, title, taken)
        self.refuses: set[str] = set()

    def create_product(self, body: dict[str, Any]) -> CreatedProduct:
        day = clock.shop_day("US", self.day.now)
        full = sum(one[0] == day and one[2] for one in self.calls) >= self.limit
        no = body["title"] in self.refuses
        self.calls.append((day, body["title"], not full and not no))
        if full:
            raise Refused("limit", platform="tiktok", code=listing_limits.LIMIT_CODE)
        if no:
            raise Refused("no", platform="tiktok", code="12052261")
        number = f"17{len(self.calls):08d}"
        skus = [{"id": f"{number}{place}", "seller_sku": sku["seller_sku"]} for place, sku in enumerate(body["skus"])]
        return CreatedProduct.model_validate({"product_id": number, "skus": skus})

    def by_day(self) -> list[int]:
        days = sorted({one[0] for one in self.calls})
        return [sum(one[0] == day for one in self.calls) for day in days]

    def taken(self, day: str = "") -> list[str]:
        return [title for one, title, took in self.calls if took and day in ("", one)]


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Day:
    found = Day()
    monkeypatch.setattr(clock, "now", lambda: found.now)
    return found


@pytest.fixture
def tiktok(monkeypatch: pytest.MonkeyPatch, day: Day) -> Shelf:
    shelf = Shelf(day)
    monkeypatch.setattr(platforms, "tiktok", lambda *_: shelf)
    monkeypatch.setattr(platforms, "tiktok_seller", lambda *_: shelf)
    monkeypatch.setattr(Publish, "_pictures", lambda *_: {})
    return shelf


@pytest.fixture
def harbor(place: int, bells: list[Any], tiktok: Shelf) -> Shop:
    store = db.session.get_one(Store, place)
    store.currency, store.country, store.weight_units, store.dimension_units = "USD", "US", "LBS", "Inches"
    return add_shop()


def fill(shop: Shop, count: int) -> list[Listing]:
    for number in range(1, count + 1):
        add_product(number)
    owner = actor(shop)
    listings.stage(owner, shop, select(OurProduct.id))
    ids = list(db.session.scalars(select(Listing.id)))
    for start in range(0, len(ids), 100):
        readiness.recheck(shop, ids[start : start + 100])
    db.session.commit()
    return list(db.session.scalars(select(Listing).order_by(Listing.id)))


def actor(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def work(activity: Activity) -> Activity:
    """Drains until nothing is due soon; each run is a worker of its own that is told to leave early."""
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    while due(activity):
        Drain(app, "bulk", activity.store_id, activity.shop_id, time.monotonic() + 0.5).run()
        db.session.expire_all()
        time.sleep(0.02)
    return activity


def due(activity: Activity) -> bool:
    soon = clock.now() + timedelta(seconds=5)
    states = ActivityItem.state.in_(("waiting", "unknown"))
    query = select(ActivityItem.id).where(ActivityItem.activity_id == activity.id, states, ActivityItem.due_at <= soon)
    found = db.session.scalar(query.limit(1)) is not None
    db.session.rollback()
    return found


def every() -> Any:
    return select(Listing.id)


@pytest.mark.parametrize("known", [True, False])
def test_exactly_the_limit_a_day_in_order_and_nothing_lost(harbor: Shop, tiktok: Shelf, day: Day, known: bool) -> None:
    """350 at 100 a day; what is pinned goes first, then the higher score, more stock, the older."""
    rows = fill(harbor, 350 if known else 112)
    for place, row in enumerate(rows):
        row.score, row.quantity = 90 + place % 7, place % 5
    if known:
        harbor.daily_limit = 100
        db.session.add(ListingDay(shop_id=harbor.id, day="2026-11-20", accepted=100, refused=1))
    best = {row.title: row for row in rows}
    db.session.commit()
    activity = publishing.start(actor(harbor), harbor, every()).activity
    db.session.commit()
    quota_plan.pin(actor(harbor), harbor, [rows[0].id, rows[3].id], True)
    pinned = {rows[0].title, rows[3].title}
    right = sorted(best, key=lambda title: (
        title not in pinned, -best[title].score, not best[title].quantity, -(best[title].quantity or 0), best[title].id
    ))  # fmt: skip
    outlook = quota_plan.outlook(harbor)
    assert [count for _, count in outlook.days] == ([100, 100, 100, 50] if known else [])
    assert [row.title for row in quota_plan.queue(harbor)][:2] == right[:2]
    work(activity)
    assert activity.waiting == len(rows) - 100 and activity.resumes_at is not None
    assert quota_plan.outlook(harbor).per_day == 100 and len(tiktok.calls) == (100 if known else 101)
    while activity.waiting:
        day.over()
        work(activity)
    assert tiktok.by_day() == ([100, 100, 100, 50] if known else [101, 12])
    assert activity.done == len(rows) == len(set(tiktok.taken())) and activities.check_counts(activity) == {}
    for number, one in enumerate(sorted({call[0] for call in tiktok.calls})):
        assert set(tiktok.taken(one)) == set(right[100 * number : 100 * number + 100]), "the best of what was left"


def test_a_raised_limit_is_noticed_and_an_odd_one_asked_again(harbor: Shop, tiktok: Shelf, day: Day) -> None:
    rows = fill(harbor, 20)
    tiktok.limit = 7
    activity = work(publishing.start(actor(harbor), harbor, every()).activity)
    assert harbor.daily_limit == 7 and activity.waiting == 13
    first = len(tiktok.calls)
    day.over()
    tiktok.limit = 100
    work(activity)
    assert activity.done == len(rows) and len(tiktok.calls) == first + 13, "one more than seven was taken, so all went"
    assert harbor.daily_limit is None
    taken = db.session.execute(select(ListingDay.accepted, ListingDay.refused > 0).order_by(ListingDay.day)).all()
    assert [tuple(row) for row in taken] == [(7, True), (13, False)]


def test_what_joins_goes_before_what_is_worse(harbor: Shop, tiktok: Shelf, day: Day) -> None:
    rows = fill(harbor, 4)
    for place, row in enumerate(rows):
        row.score = 90 + place
    harbor.daily_limit = 1
    tiktok.limit = 1
    db.session.commit()
    low = select(Listing.id).where(Listing.id.in_([rows[0].id, rows[1].id]))
    activity = work(publishing.start(actor(harbor), harbor, low).activity)
    publishing.start(actor(harbor), harbor, every())
    db.session.commit()
    while activity.waiting:
        day.over()
        work(activity)
    assert tiktok.taken() == [rows[number].title for number in (1, 3, 2, 0)]
    assert plans.sweep() == 0


def trial(shop: Shop, count: int = 3) -> Activity:
    return work(publishing.start(actor(shop), shop, every(), (), count).activity)


def judge(listing: Listing, status: str, audit: str) -> None:
    reasons = [{"position": "Title", "reasons": ["Misleading"], "suggestions": []}] if status == "FAILED" else []
    said = {"id": listing.tiktok_id, "status": status, "audit": {"status": audit}, "audit_failed_reasons": reasons}
    verdicts.verdict(listing, Product.model_validate(said))
    db.session.commit()
    canary.watch(listing.shop_id)
    db.session.commit()


def test_canaries_that_pass_let_the_rest_follow(harbor: Shop, tiktok: Shelf) -> None:
    rows = fill(harbor, 8)
    activity = trial(harbor)
    assert (len(tiktok.calls), activity.waiting, canary.state(activity)) == (3, 5, canary.TRIAL)
    with pytest.raises(ServiceError):
        publishing.start(actor(harbor), harbor, every(), (), 2)
    for bird in canary.birds(activity):
        work(activity)
        assert len(tiktok.calls) == 3
        judge(db.session.get_one(Listing, bird.listing_id), "ACTIVATE", "PASS")
    assert canary.state(activity) == canary.PASSED
    work(activity)
    assert (activity.state, activity.done, len(set(tiktok.taken()))) == ("finished", 8, len(rows))


@pytest.mark.parametrize("refusal", ["review", "call"])
@pytest.mark.parametrize("decision", ["go", "stop"])
def test_one_refused_canary_stops_the_rest_until_a_person_decides(
    harbor: Shop, tiktok: Shelf, refusal: str, decision: str
) -> None:
    rows = fill(harbor, 8)
    if refusal == "call":
        tiktok.refuses = {row.title for row in rows}
    activity = trial(harbor)
    if refusal == "review":
        first = canary.birds(activity)[0]
        judge(db.session.get_one(Listing, first.listing_id), "FAILED", "FAILED")
        assert canary.birds(activity)[0].why.endswith("Misleading")
    assert canary.state(activity) == canary.ASKS
    work(activity)
    assert len(tiktok.calls) == 3, "the remaining calls are zero"
    assert [one.key for one in notices.open_notices()] == [f"canary:{activity.id}"]
    tiktok.refuses = set()
    if decision == "go":
        canary.go_on(actor(harbor), activity)
        work(activity)
        assert len(tiktok.calls) == 8 and activity.state == "finished"
    else:
        canary.stop(actor(harbor), activity)
        assert publishing.after_cancel(activity) == 5
        assert len(tiktok.calls) == 3 and activity.waiting == 0
        assert sum(row.tab == "ready" for row in rows) == 5
    assert notices.open_notices() == []
    with pytest.raises(ServiceError):
        canary.go_on(actor(harbor), activity)
