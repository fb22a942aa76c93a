"""Moves of products on TikTok: one call for up to twenty, an outcome for each, nothing done twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from clients.errors import ItemError, Refused, Unreachable
from clients.exchange import Exchange
from clients.tiktok.models import Product, ProductPage
from jobs.drain import Drain
from models import Activity, ActivityItem, Evidence, Listing, Shop, db
from services import activities, clock, listing_actions, platforms, publishing
from services.actor import Actor, system
from services.listing_actions import MOVES
from services.tabs import retab
from tests.services.listing_rows import add_listing, add_shop

FROM = {name: move.sources for name, move in MOVES.items()}


class Holds:
    """What TikTok holds: status by product; `refuses` by product; `cut`: the answer is lost after the effect."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}
        self.calls: list[tuple[str, list[str]]] = []
        self.refuses: dict[str, str] = {}
        self.cut = 0
        self.observe: Any = None

    def move(self, name: str, ids: Sequence[str]) -> list[ItemError]:
        self.calls.append((name, list(ids)))
        self.observe(Exchange("tiktok", "POST", f"/product/202309/products/{name}", 200, "r1", str(ids), "{}", 0.1))
        errors = []
        for number in ids:
            code = self.refuses.get(number) or ("" if self.status[number] in FROM[name] else "12052901")
            if code:
                inner = ItemError(code, "no")
                errors.append(ItemError("12052990", "failed", number, "product_id", (inner,)))
            else:
                target = MOVES[name].target
                self.status[number] = target[0] if target else ""
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        return errors

    def __getattr__(self, name: str) -> Any:
        if name in MOVES:
            return lambda ids: self.move(name, ids)
        raise AttributeError(name)

    def get_product(self, number: str) -> Product:
        if self.status[number] in ("DELETED", "FREEZE"):
            raise Refused("closed", platform="tiktok", code="12052901")
        audit = "APPROVED" if self.status[number] == "ACTIVATE" else "NONE"
        return Product.model_validate({"id": number, "status": self.status[number], "audit": {"status": audit}})

    def search_products(self, *, seller_skus: Sequence[str] = ()) -> ProductPage:
        rows = [{"id": number, "status": status} for number, status in self.status.items()]
        return ProductPage.model_validate({"products": rows})


@pytest.fixture
def tiktok(monkeypatch: pytest.MonkeyPatch) -> Holds:
    holds = Holds()

    def client(shop: Shop, observe: Any = None) -> Holds:
        holds.observe = observe
        return holds

    monkeypatch.setattr(platforms, "tiktok", client)
    return holds


@pytest.fixture
def harbor(place: int, bells: list[Any]) -> Shop:
    return add_shop()


def put(shop: Shop, tiktok: Holds, status: str, count: int = 1) -> list[Listing]:
    made = []
    for _ in range(count):
        number = len(tiktok.status) + 1
        listing = add_listing(shop, number)
        listing.tiktok_id, listing.platform_status = str(1000 + number), status
        listing.audit_status = "APPROVED"
        tiktok.status[listing.tiktok_id] = status
        made.append(listing)
    retab(made)
    db.session.commit()
    return made


def drain(activity: Activity) -> Activity:
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Drain(app, "bulk", activity.store_id, activity.shop_id).run()
    db.session.expire_all()
    return activity


def begin(shop: Shop, name: str) -> Activity:
    owner = Actor("owner@example.com", shop.store_id, 1)
    return listing_actions.start(owner, shop, select(Listing.id), MOVES[name]).activity


def test_twenty_go_in_one_call_and_each_has_its_outcome(harbor: Shop, tiktok: Holds) -> None:
    listings = put(harbor, tiktok, "ACTIVATE", 23)
    tiktok.refuses = {"1003": "12052377"}
    activity = drain(begin(harbor, "deactivate"))
    assert (activity.state, activity.done, activity.refused) == ("finished", 22, 1)
    assert sorted(len(ids) for _, ids in tiktok.calls) == [3, 20]
    assert [one.tab for one in listings].count("deactivated") == 22
    stays = listings[2]
    assert (stays.tab, stays.intent, stays.platform_status) == ("live", "", "ACTIVATE")
    rows = db.session.execute(select(ActivityItem.state, ActivityItem.code, ActivityItem.subject_id)).all()
    assert [(state, code) for state, code, subject in rows if subject == stays.id] == [("refused", "12052377")]
    assert len(set(db.session.scalars(select(Evidence.item_id)))) == 23, "the call is evidence for each of them"


@pytest.mark.parametrize(
    ("name", "status", "after", "tab"),
    [
        ("activate", "SELLER_DEACTIVATED", ("PENDING", "AUDITING"), "in_review"),
        ("deactivate", "ACTIVATE", ("SELLER_DEACTIVATED", "NONE"), "deactivated"),
        ("delete", "FAILED", ("DELETED", "NONE"), "deactivated"),
        ("recover", "DELETED", ("SELLER_DEACTIVATED", "NONE"), "deactivated"),
    ],
)
def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(
    harbor: Shop, tiktok: Holds, name: str, status: str, after: tuple[str, str], tab: str
) -> None:
    (listing,) = put(harbor, tiktok, status)
    tiktok.cut = 1
    activity = drain(begin(harbor, name))
    assert activity.state == "running" and listing.intent == name
    db.session.execute(update(ActivityItem).values(due_at=clock.now() - timedelta(seconds=1)))
    drain(activity)
    assert (activity.state, activity.done, len(tiktok.calls)) == ("finished", 1, 1)
    assert (listing.platform_status, listing.audit_status) == after
    assert (listing.tab, listing.intent) == (tab, "")


def test_what_is_there_already_counts_as_done(harbor: Shop, tiktok: Holds) -> None:
    (listing,) = put(harbor, tiktok, "ACTIVATE")
    tiktok.status[listing.tiktok_id] = "SELLER_DEACTIVATED"  # in Seller Center, a moment ago
    activity = drain(begin(harbor, "deactivate"))
    assert (activity.done, activity.refused, listing.tab) == (1, 0, "deactivated")


def test_the_daily_limit_lets_the_rest_wait(harbor: Shop, tiktok: Holds) -> None:
    one, other = put(harbor, tiktok, "SELLER_DEACTIVATED", 2)
    tiktok.refuses = {other.tiktok_id: "12052093"}
    activity = drain(begin(harbor, "activate"))
    assert (activity.state, activity.done, activity.waiting) == ("running", 1, 1)
    assert activity.resumes_at is not None and activity.resumes_at > clock.now()
    assert (one.tab, other.tab, harbor.listings_today) == ("in_review", "publishing", 1)


def test_cancelled_ones_go_back_where_they_were(harbor: Shop, tiktok: Holds) -> None:
    (listing,) = put(harbor, tiktok, "ACTIVATE")
    activity = begin(harbor, "deactivate")
    assert listing.intent == "deactivate"
    activities.cancel(system(harbor.store_id), activity)
    assert publishing.after_cancel(activity) == 1
    assert (listing.intent, listing.tab, tiktok.calls) == ("", "live", [])


def test_a_refused_one_is_tried_again_when_it_allows_it(harbor: Shop, tiktok: Holds) -> None:
    (listing,) = put(harbor, tiktok, "ACTIVATE")
    tiktok.refuses = {listing.tiktok_id: "12052377"}
    activity = drain(begin(harbor, "delete"))
    assert activity.refused == 1
    tiktok.refuses = {}
    again = drain(listing_actions.retry(system(harbor.store_id), activity).activity)
    assert (again.done, listing.platform_status) == (1, "DELETED")


def test_the_plan_counts_what_stays_out_and_why(harbor: Shop, tiktok: Holds) -> None:
    put(harbor, tiktok, "ACTIVATE", 3)
    put(harbor, tiktok, "FREEZE")
    put(harbor, tiktok, "SELLER_DEACTIVATED")
    add_listing(harbor, 90)
    plan = listing_actions.plan(harbor, select(Listing.id), MOVES["deactivate"])
    assert (plan.count, plan.by_status) == (3, [("ACTIVATE", 3)])
    assert dict(plan.left_out) == {"FREEZE": 1, "SELLER_DEACTIVATED": 1, "never_sent": 1}
    begin(harbor, "deactivate")
    assert listing_actions.plan(harbor, select(Listing.id), MOVES["delete"]).left_out[-1] == ("on_its_way", 3)
    with pytest.raises(listing_actions.NothingToDo):
        begin(harbor, "deactivate")


def test_sync_writes_what_tiktok_says_and_changes_nothing_there(harbor: Shop, tiktok: Holds) -> None:
    same, gone, frozen = put(harbor, tiktok, "ACTIVATE", 3)
    tiktok.status[gone.tiktok_id], tiktok.status[frozen.tiktok_id] = "DELETED", "FREEZE"
    activity = drain(begin(harbor, "sync_status"))
    assert (activity.state, activity.done, activity.notes["changed"]) == ("finished", 3, 2)
    assert [one.platform_status for one in (same, gone, frozen)] == ["ACTIVATE", "DELETED", "FREEZE"]
    assert [one.tab for one in (same, gone, frozen)] == ["live", "deactivated", "deactivated"]
    assert tiktok.calls == []
