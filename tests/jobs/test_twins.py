"""A check walks through everything a shop holds, however much that is; a deletion happens once and only to a double."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import event, select, update

from clients.errors import ItemError, Refused, Unreachable
from clients.tiktok.models import Product, ProductPage
from jobs import twins as schedule
from jobs.drain import Drain
from models import Activity, ActivityItem, Listing, ListingSku, Shop, Twin, db
from models.tenancy import across_stores
from services import activities, clock, platforms, twin_decisions, twins
from services.actor import Actor, system
from tests.services.listing_rows import add_listing, add_shop

ACTOR_NAME = "owner@example.com"


class Shelf:
    """What TikTok holds. Like the real search it answers at most `most` products, without SKU keys."""

    def __init__(self, most: int = 10_000) -> None:
        self.most = most
        self.products: dict[str, dict[str, Any]] = {}
        self.read: list[str] = []
        self.pages = 0
        self.deleted: list[str] = []
        self.trouble: list[Exception] = []
        self.refuses: dict[str, str] = {}

    def put(self, number: str, skus: Sequence[tuple[str, str]], created: int, **more: Any) -> None:
        rows = [{"id": f"{number}{place}", "seller_sku": code, "external_sku_id": key}
                for place, (code, key) in enumerate(skus)]  # fmt: skip
        self.products[number] = {
            "id": number, "title": f"Product {number}", "status": "ACTIVATE", "skus": rows, "create_time": created,
            **more,
        }  # fmt: skip

    def search_products(
        self, *, seller_skus: Sequence[str] = (), create_time_ge: int = 0, create_time_le: int = 2**40,
        page_token: str = "", page_size: int = 100,
    ) -> ProductPage:  # fmt: skip
        if self.trouble:
            raise self.trouble.pop()
        self.pages += 1
        found = [
            {**one, "skus": [{"id": sku["id"], "seller_sku": sku["seller_sku"]} for sku in one["skus"]]}
            for one in self.products.values()
            if create_time_ge <= one["create_time"] <= create_time_le
            and (not seller_skus or {sku["seller_sku"] for sku in one["skus"]} & set(seller_skus))
        ]
        if len(found) > self.most:
            raise Refused("too many", platform="tiktok", code="12052180")
        start = int(page_token or 0)
        following = str(start + page_size) if start + page_size < len(found) else ""
        return ProductPage.model_validate(
            {"products": found[start : start + page_size], "total_count": len(found), "next_page_token": following}
        )

    def get_product(self, number: str) -> Product:
        self.read.append(number)
        product = self.products.get(number)
        if product is None or product["status"] in ("DELETED", "FREEZE"):
            raise Refused("closed", platform="tiktok", code="12052901" if product else "12052032")
        return Product.model_validate(product)

    def delete(self, numbers: Sequence[str]) -> list[ItemError]:
        self.deleted += numbers
        for number in numbers:
            if number in self.refuses:
                inner = ItemError(self.refuses[number], "it has platform stock")
                return [ItemError("12052990", "failed", number, "product_id", (inner,))]
            self.products[number]["status"] = "DELETED"
        if self.trouble:
            raise self.trouble.pop()
        return []


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: shelf)
    return shelf


@pytest.fixture
def harbor(place: int, bells: list[Any]) -> Shop:
    return add_shop()


def now() -> int:
    return int(clock.now().timestamp())


def sent(shop: Shop, shelf: Shelf, number: int, tiktok_id: str) -> tuple[Listing, list[tuple[str, str]]]:
    """A listing whose product is on the shelf."""
    listing = add_listing(shop, number)
    line = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).one()
    skus = [(f"MUG-{number}-0", str(line.id))]
    if tiktok_id:
        listing.tiktok_id, listing.platform_status = tiktok_id, "ACTIVATE"
        shelf.put(tiktok_id, skus, now())
        db.session.commit()
    return listing, skus


def run(activity: Activity) -> Activity:
    """Drains until nothing is due."""
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Drain(app, "bulk", activity.store_id, activity.shop_id).run()  # without the end of its session
    db.session.expire_all()
    return activity


def check(shop: Shop, **options: bool) -> Activity:
    return run(twins.start(Actor(ACTOR_NAME, shop.store_id, 1), shop, **options).activity)


def found(shop: Shop) -> list[str]:
    return [twin.tiktok_id for twin in twins.findings(shop.id)]


def test_a_check_finds_twins_and_orphans_and_leaves_strangers(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    _, lonely = sent(harbor, shelf, 2, "")
    shelf.put("102", skus, now())
    shelf.put("103", lonely, now())
    shelf.put("104", [("FOREIGN", "7777777")], now())
    activity = check(harbor)
    assert (activity.state, activity.refused, activity.failed) == ("finished", 0, 0)
    assert found(harbor) == ["102", "103"]
    assert (activity.units, activity.notes["products"], activity.notes["new"]) == (4, 4, 2)
    assert "101" not in shelf.read, "what a listing knows is not read"
    assert shelf.deleted == []


def test_more_than_a_search_answers_is_split_by_time_and_none_is_missed(harbor: Shop, shelf: Shelf) -> None:
    shelf.most = 30
    _, skus = sent(harbor, shelf, 1, "101")
    old = now() - 40 * 86_400
    for number in range(400):  # three hundred in one hour, the rest over years
        moment = old + number * 12 if number < 300 else 1_600_000_000 + number * 400_000
        shelf.put(str(5000 + number), [(f"X-{number}", "")], moment)
    shelf.put("102", skus, old + 1800)
    activity = check(harbor)
    assert activity.state == "finished" and activity.notes["products"] == 402
    assert found(harbor) == ["102"]
    assert len(shelf.read) == 1, "strangers from before our first call are not read"


def test_two_pages_cost_two_searches_and_no_statement_a_product(harbor: Shop, shelf: Shelf) -> None:
    statements = []

    def count(*_: Any) -> None:
        statements.append(1)

    for number in range(150):
        shelf.put(str(5000 + number), [(f"X-{number}", "")], now() - 40 * 86_400)
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        activity = check(harbor)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert activity.notes["products"] == 150 and shelf.pages == 2 and shelf.read == []
    assert len(statements) < 120


def test_a_check_goes_on_after_errors(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    shelf.trouble = [Unreachable("cut")]
    activity = twins.start(system(harbor.store_id), harbor).activity
    run(activity)
    db.session.execute(update(ActivityItem).values(due_at=clock.now()))
    assert run(activity).state == "finished" and found(harbor) == ["102"]


def test_what_is_gone_is_closed_by_the_next_check(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    for number in ("102", "103", "104"):
        shelf.put(number, skus, now() - 10 * 86_400 if number == "104" else now())
    check(harbor)
    shelf.products["102"]["status"] = "DELETED"
    del shelf.products["104"]
    shelf.products["103"]["status"] = "FREEZE"
    check(harbor, everything=False)
    assert [(twin.tiktok_id, twin.status) for twin in twins.findings(harbor.id)] == [("103", "FREEZE")]


def keep(shop: Shop, which: str = twin_decisions.OURS) -> Activity:
    twin = twins.findings(shop.id)[0]
    return twin_decisions.keep(Actor(ACTOR_NAME, shop.store_id, 1), twin, which).activity


def test_the_chosen_double_is_deleted_and_no_other(harbor: Shop, shelf: Shelf) -> None:
    listing, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    activity = run(keep(harbor))
    assert (activity.state, activity.done, shelf.deleted) == ("finished", 1, ["102"])
    assert found(harbor) == [] and listing.tiktok_id == "101"


def test_keeping_the_other_deletes_the_one_that_was_linked(harbor: Shop, shelf: Shelf) -> None:
    listing, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    run(keep(harbor, twin_decisions.THEIRS))
    assert (listing.tiktok_id, shelf.deleted, found(harbor)) == ("102", ["101"], [])
    check(harbor)
    assert found(harbor) == []


def test_an_unanswered_deletion_is_looked_up_and_not_sent_twice(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    activity = keep(harbor)
    shelf.trouble = [Unreachable("cut after the effect")]
    run(activity)
    assert activities.items(activity)[0].state == "unknown"
    db.session.execute(update(ActivityItem).values(due_at=clock.now()))
    assert run(activity).done == 1 and shelf.deleted == ["102"]


def test_nothing_is_deleted_when_the_one_to_keep_is_gone(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    activity = keep(harbor)
    shelf.products["101"]["status"] = "DELETED"
    assert run(activity).refused == 1
    assert activities.items(activity)[0].code == "twin.kept_is_gone" and shelf.deleted == []
    assert twins.findings(harbor.id)[0].state == "open"


def test_a_refused_deletion_says_why_and_waits_again(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    shelf.refuses["102"] = "12052377"
    check(harbor)
    activity = run(keep(harbor))
    assert activities.items(activity)[0].code == "12052377"
    twin = twins.findings(harbor.id)[0]
    assert (twin.state, bool(twin.note)) == ("open", True)


def test_what_a_listing_took_meanwhile_is_not_deleted(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    activity = keep(harbor)
    other, _ = sent(harbor, shelf, 2, "")
    other.tiktok_id = "102"
    assert run(activity).skipped == 1 and shelf.deleted == []


def test_a_cancelled_deletion_leaves_the_finding_open(harbor: Shop, shelf: Shelf) -> None:
    _, skus = sent(harbor, shelf, 1, "101")
    shelf.put("102", skus, now())
    check(harbor)
    activity = keep(harbor)
    activities.cancel(Actor(ACTOR_NAME, harbor.store_id, 1), activity)
    assert run(activity).state == "cancelled" and shelf.deleted == []
    assert twins.findings(harbor.id)[0].state == "open"


def sweep() -> int:
    with across_stores("the sweep looks for due work of every store"):
        return schedule.sweep()


def test_every_shop_is_looked_through_once_a_day(harbor: Shop, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.launch.ring_job", lambda *_: True)
    assert sweep() == 0, "a shop without listings has nothing to compare"
    add_listing(harbor, 1)
    assert (sweep(), sweep()) == (1, 0)
    db.session.execute(update(Activity).values(created_at=clock.now() - timedelta(hours=25)))
    db.session.commit()
    assert sweep() == 0, "yesterday's is still open"
    run(db.session.scalars(select(Activity)).one())
    assert sweep() == 1


def test_a_shop_that_may_not_be_called_waits(harbor: Shop, shelf: Shelf) -> None:
    add_listing(harbor, 1)
    harbor.authorization.state = "rejected"
    db.session.commit()
    assert sweep() == 0


def test_without_its_table_the_schedule_waits(app: Flask, harbor: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    add_listing(harbor, 1)
    monkeypatch.setattr(schedule, "has_table", lambda model: model is not Twin)
    assert sweep() == 0
