"""Publishing: plan, request, limit, cancel, refusal, verdict. Nothing here calls TikTok."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clients.errors import ItemError, Refused
from clients.tiktok.models import CreatedProduct, Product
from domain.policy import Policy
from domain.tabs import Tab
from models import ActivityItem, Listing, ListingProblem, Shop, Warehouse, WarehouseMap, db
from models.tenancy import tenant
from services import (
    activities,
    clock,
    drafts,
    listing_limits,
    listings,
    publish_requests,
    publishing,
    readiness,
    tabs,
    verdicts,
)
from services.actor import Actor, system
from services.errors import ServiceError
from tests.services.listing_rows import MUGS, add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return system(shop.store_id)


def every() -> Any:
    return select(Listing.id)


def request_of(shop: Shop, listing: Listing, warehouses: tuple[str, ...] = ()) -> publish_requests.Request:
    one = drafts.prepare(shop, [listing.id], warehouses)[listing.id]
    return publish_requests.request(shop, listing, one, {}, Policy())


def send(shop: Shop, listing: Listing, product_id: str = "1730000000000000001") -> None:
    listings.set_intent([listing.id], "publish")
    made = CreatedProduct.model_validate(
        {
            "product_id": product_id,
            "skus": [{"id": "1730000000000000101", "seller_sku": "MUG-1-0", "sales_attributes": []}],
        }
    )
    verdicts.accepted(listing, made, request_of(shop, listing))


def said(status: str, audit: str = "", reasons: tuple[tuple[str, str], ...] = ()) -> Product:
    return Product.model_validate({
        "id": "1730000000000000001", "status": status, "audit": {"status": audit} if audit else None,
        "audit_failed_reasons": [
            {"position": place, "reasons": [text], "suggestions": ["Change it."]} for place, text in reasons
        ],
    })  # fmt: skip


def test_the_request_is_the_minimal_shape(shop: Shop) -> None:
    """As in reference 4.16, with the category's attribute and this shop's own values."""
    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    request = request_of(shop, listing)
    key = str(listing.skus[0].id)
    assert request.body == {
        "save_mode": "LISTING", "title": "Stoneware mug with a wide handle, number 1",
        "description": "<p>Glazed by hand.</p>", "category_id": MUGS, "category_version": "v2", "brand_id": "7001",
        "package_weight": {"value": request.body["package_weight"]["value"], "unit": "POUND"},
        "package_dimensions": {**request.body["package_dimensions"], "unit": "INCH"},
        "product_attributes": [{"id": "101", "values": [{"id": "1"}]}],
        "skus": [{
            "seller_sku": "MUG-1-0", "price": {"amount": "12.50", "currency": "USD"}, "external_sku_id": key,
            "inventory": [{"warehouse_id": f"{shop.tiktok_id}1", "quantity": 7}],
        }],
        "idempotency_key": publish_requests.key_of(shop, listing),
    }  # fmt: skip
    body = publish_requests.complete(request, {("https://cdn.example/p1.jpg", "MAIN_IMAGE"): "tos/aa11"})
    assert body["main_images"] == [{"uri": "tos/aa11"}]


def test_the_key_belongs_to_one_intent(shop: Shop) -> None:
    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    first = publish_requests.key_of(shop, listing)
    assert publish_requests.key_of(shop, listing) == first
    listings.set_intent([listing.id], "")
    listings.set_intent([listing.id], "publish")
    assert publish_requests.key_of(shop, listing) != first


def test_stock_goes_to_the_chosen_warehouses_only(shop: Shop) -> None:
    second = db.session.scalars(select(Warehouse).where(Warehouse.name == "Warehouse 2")).one()
    place = db.session.scalars(select(WarehouseMap)).one().location_id
    db.session.add(WarehouseMap(warehouse_id=second.id, location_id=place))
    listing = add_listing(shop)
    assert len(request_of(shop, listing).body["skus"][0]["inventory"]) == 2
    [only] = request_of(shop, listing, (second.tiktok_id,)).body["skus"][0]["inventory"]
    assert only["warehouse_id"] == second.tiktok_id


def test_the_plan_counts_what_goes_and_what_stays(shop: Shop, actor: Actor) -> None:
    ready = [add_listing(shop, number) for number in (1, 2, 3)]
    add_listing(shop, 4, weight=None)
    listings.set_intent([ready[0].id], "publish")
    listings.set_enabled(actor, ready[1], False)
    plan = publishing.plan(shop, every())
    assert (plan.ready, plan.not_ready, plan.limit, plan.waiting) == (1, 3, None, 0)
    assert dict(plan.left_out) == {Tab.INCOMPLETE: 1, Tab.PUBLISHING: 1, Tab.READY: 1}
    assert [warehouse.name for warehouse in plan.warehouses] == ["Warehouse 1"]


def test_starting_moves_them_and_pressing_twice_sends_once(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number) for number in (1, 2)]
    started = publishing.start(actor, shop, every(), ["w1"])
    assert tabs.counts(shop.id)[Tab.PUBLISHING] == 2 and {row.intent for row in rows} == {"publish"}
    items = db.session.scalars(select(ActivityItem).where(ActivityItem.activity_id == started.activity.id)).all()
    assert {item.subject_id for item in items} == {row.id for row in rows} and items[0].args == {"warehouses": ["w1"]}
    with pytest.raises(publishing.NothingReady):
        publishing.start(actor, shop, every())
    add_listing(shop, 3)
    joined = publishing.start(actor, shop, every())
    assert joined.activity.id == started.activity.id
    assert (joined.activity.total, joined.activity.waiting, joined.activity.units) == (3, 3, 3)
    assert activities.check_counts(joined.activity) == {}


def test_without_a_mapped_warehouse_nothing_is_published(shop: Shop, actor: Actor) -> None:
    add_listing(shop)
    for row in db.session.scalars(select(WarehouseMap)):
        db.session.delete(row)
    db.session.flush()
    with pytest.raises(ServiceError):
        publishing.start(actor, shop, every())


def test_a_cancelled_item_leaves_publishing(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number) for number in (1, 2, 3)]
    started = publishing.start(actor, shop, every())
    items = db.session.scalars(select(ActivityItem).order_by(ActivityItem.position)).all()
    items[0].state = "sending"
    db.session.flush()
    activities.cancel(actor, started.activity)
    assert publishing.after_cancel(started.activity) == 2
    assert [row.tab for row in rows] == [Tab.PUBLISHING, Tab.READY, Tab.READY]
    with pytest.raises(ServiceError):
        publishing.start(actor, shop, select(Listing.id).where(Listing.id == rows[1].id))
    items[0].state = "failed"
    db.session.flush()
    assert publishing.settle(started.activity) == 1 and rows[0].tab == Tab.READY


def test_retry_sends_the_refused_again(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number) for number in (1, 2)]
    started = publishing.start(actor, shop, every())
    verdicts.refused(rows[0], Refused("refused", code="12052261"))
    item = db.session.scalars(select(ActivityItem).where(ActivityItem.subject_id == rows[0].id)).one()
    item.state, started.activity.state, started.activity.open_key = "refused", "finished", None
    db.session.flush()
    again = publishing.retry(actor, started.activity)
    assert again.activity.id != started.activity.id
    subjects = select(ActivityItem.subject_id).where(ActivityItem.activity_id == again.activity.id)
    assert db.session.scalars(subjects).all() == [rows[0].id] and rows[0].tab == Tab.PUBLISHING


def test_the_limit_is_learned_and_the_rest_waits(shop: Shop, actor: Actor) -> None:
    rows = [add_listing(shop, number) for number in (1, 2, 3)]
    send(shop, rows[0])
    tomorrow = listing_limits.limit_reached(shop)
    assert shop.daily_limit == 1 and clock.now() < tomorrow <= clock.now() + timedelta(hours=25)
    plan = publishing.plan(shop, every())
    assert (plan.ready, plan.left, plan.waiting, plan.limit_now, plan.resumes_at) == (2, 0, 2, True, tomorrow)
    with time_machine.travel(tomorrow + timedelta(minutes=1), tick=False):
        assert listing_limits.waits_for_tomorrow(shop) is None
        assert listing_limits.today(shop) == (1, 1) and publishing.plan(shop, every()).waiting == 1


def test_a_refusal_becomes_a_problem_at_its_field(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    verdicts.refused(
        listing, Refused("see the details", code="12052990", details=(ItemError("12052261", "Title is spam"),))
    )
    [row] = [row for row in readiness.problems([listing.id])[listing.id] if row.source == "platform"]
    assert (row.code, row.field, listing.tab) == ("tiktok.12052261", "title", Tab.FAILED)
    # Stock that moves by itself is no answer to a refusal; another title is.
    listings.set_fields(actor, listing, {"title": "Another title that nobody takes for spam"})
    assert listing.tab == Tab.READY
    assert not [row for row in readiness.problems([listing.id])[listing.id] if row.source == "platform"]


def test_stock_does_not_answer_a_refusal(shop: Shop) -> None:
    from models import Stock

    listing = add_listing(shop)
    listings.set_intent([listing.id], "publish")
    verdicts.refused(listing, Refused("spam", code="12052261"))
    db.session.scalars(select(Stock)).one().available = 3
    readiness.mark_stale(Listing.id == listing.id)
    readiness.recheck_stale()
    assert listing.tab == Tab.FAILED and [
        row for row in readiness.problems([listing.id])[listing.id] if row.source == "platform"
    ]


def test_accepted_is_in_review_then_live(shop: Shop) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    assert (listing.tab, listing.tiktok_id, listing.skus[0].tiktok_id) == (
        Tab.IN_REVIEW,
        "1730000000000000001",
        "1730000000000000101",
    )
    assert listing.skus[0].sent_quantity == 7 and shop.listings_today == 1
    assert verdicts.verdict(listing, said("ACTIVATE", "PASS")) is True
    assert listing.tab == Tab.LIVE and listing.product is not None and listing.product.status == "live"


def test_a_verdict_twice_changes_nothing_the_second_time(shop: Shop) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    failed = said("FAILED", "FAILED", (("Title", "Misleading"), ("MainImage", "Blurry")))
    assert verdicts.verdict(listing, failed) is True and verdicts.verdict(listing, failed) is False
    rows = db.session.scalars(
        select(ListingProblem).where(ListingProblem.source == "review").order_by(ListingProblem.position)
    ).all()
    assert [(row.code, row.field) for row in rows] == [("review.title", "title"), ("review.images", "images")]
    assert listing.tab == Tab.FAILED
    assert dict(tabs.chips(shop.id, Tab.FAILED)).get("review.title") == 1


def test_verdicts_out_of_order_end_with_what_the_api_says_last(shop: Shop) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    verdicts.verdict(listing, said("FAILED", "FAILED", (("Title", "Misleading"),)))
    verdicts.verdict(listing, said("PENDING", "AUDITING"))
    assert listing.tab == Tab.IN_REVIEW
    verdicts.verdict(listing, said("ACTIVATE", "PASS"))
    assert listing.tab == Tab.LIVE
    assert not db.session.scalars(select(ListingProblem).where(ListingProblem.source == "review")).all()


def test_after_a_failed_review_it_is_sent_as_an_edit(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop)
    send(shop, listing)
    verdicts.verdict(listing, said("FAILED", "FAILED"))
    listings.set_fields(actor, listing, {"title": "A better title for the same stoneware mug"})
    assert publishing.plan(shop, every()).ready == 1
    publishing.start(actor, shop, every())
    request = request_of(shop, listing)
    assert request.tiktok_id == "1730000000000000001" and "idempotency_key" not in request.body


def test_a_refusal_of_yesterday_read_after_midnight_holds_nothing_back(shop: Shop) -> None:
    """The last call of a day is refused for that day's limit; its answer is written down on the next."""
    asked_at = clock.next_shop_day(shop.market, clock.now()) - timedelta(seconds=10)
    with time_machine.travel(asked_at + timedelta(seconds=20), tick=False):
        resumes = listing_limits.limit_reached(shop, asked_at)
        assert resumes < clock.now() and listing_limits.waits_for_tomorrow(shop) is None
