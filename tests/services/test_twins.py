"""Which products of a shop are ours without being known to their listing, and what a person may do about them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clients.tiktok.models import Product
from domain.tabs import Tab
from models import Activity, ActivityItem, Listing, ListingSku, Notice, Shop, Twin, db
from models.tenancy import tenant
from services import activities, clock, publishing, twin_decisions, twin_matching, twins
from services.actor import Actor, system
from services.errors import NotFound, ServiceError
from services.twin_decisions import NotNow
from tests.services.listing_rows import add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


@pytest.fixture
def actor(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def lines(listing: Listing) -> Sequence[ListingSku]:
    query = select(ListingSku).where(ListingSku.listing_id == listing.id).order_by(ListingSku.position)
    return db.session.scalars(query).all()


def sent(shop: Shop, number: int, tiktok_id: str = "", variants: int = 1) -> Listing:
    """A listing that TikTok took under this id; none: one that was never sent."""
    listing = add_listing(shop, number, variants)
    if tiktok_id:
        listing.tiktok_id, listing.platform_status, listing.published_at = tiktok_id, "ACTIVATE", clock.now()
        for line in lines(listing):
            line.tiktok_id = f"{tiktok_id}-{line.position}"
        db.session.commit()
    return listing


def theirs(tiktok_id: str, skus: Sequence[tuple[str, str]], age: timedelta = timedelta(0), **more: Any) -> Product:
    """A product on TikTok; `skus`: (seller SKU, our key)."""
    rows = [{"id": f"{tiktok_id}{place}", "seller_sku": code, "external_sku_id": key}
            for place, (code, key) in enumerate(skus)]  # fmt: skip
    moment = int((clock.now() - age).timestamp())
    return Product.model_validate(
        {"id": tiktok_id, "title": "A mug", "status": "ACTIVATE", "skus": rows, "create_time": moment} | more
    )


def keys(listing: Listing) -> list[tuple[str, str]]:
    return [(line.variant.sku if line.variant else "", str(line.id)) for line in lines(listing)]


def found(shop: Shop, *products: Product) -> list[tuple[str, str]]:
    """(product, how it matches) of what was kept."""
    twin_matching.note(shop, list(products))
    db.session.commit()
    return [(twin.tiktok_id, twin.match) for twin in twins.findings(shop.id)]


# -- what is ours -----------------------------------------------------------------------------------------------------


def test_a_second_product_with_our_keys_is_a_twin_and_the_known_one_is_not(shop: Shop) -> None:
    listing = sent(shop, 1, "70001", variants=2)
    assert found(shop, theirs("70001", keys(listing)), theirs("70002", keys(listing))) == [("70002", "both")]


@pytest.mark.parametrize(
    ("skus", "how"),
    [
        ([("MUG-1-0", "own")], "both"),
        ([("RENAMED", "own")], "key"),
        ([("MUG-1-0", "")], "sku"),
        ([("MUG-1-0", "999999")], "sku"),
        ([("MUG-1-0", "x" * 300)], "sku"),
    ],
)
def test_how_a_twin_is_known(shop: Shop, skus: list[tuple[str, str]], how: str) -> None:
    listing = sent(shop, 1, "70001")
    own = str(lines(listing)[0].id)
    assert found(shop, theirs("70002", [(code, own if key == "own" else key) for code, key in skus])) == [
        ("70002", how)
    ]


@pytest.mark.parametrize("skus", [[("OTHER", "")], [("MUG-1-0", ""), ("OTHER", "")], [("", "")], []])
def test_what_only_resembles_a_listing_is_not_ours(shop: Shop, skus: list[tuple[str, str]]) -> None:
    sent(shop, 1, "70001")
    assert found(shop, theirs("70002", skus)) == []


def test_keys_of_another_shop_mean_nothing(shop: Shop) -> None:
    other = add_shop("Other", "7490000000000000002")
    listing = add_listing(other, 9)
    key = str(lines(listing)[0].id)
    assert found(shop, theirs("70002", [("SOMETHING", key)])) == []


def test_a_deleted_product_is_no_twin(shop: Shop) -> None:
    listing = sent(shop, 1, "70001")
    assert found(shop, theirs("70002", keys(listing), status="DELETED")) == []


def test_only_what_may_carry_keys_is_read_whole(shop: Shop) -> None:
    """A product older than our first call is compared by its SKUs, and one that TikTok froze cannot be read."""
    sent(shop, 1, "70001")
    products = [
        theirs("1", [("FOREIGN", "")]),
        theirs("2", [("FOREIGN", "")], age=timedelta(days=30)),
        theirs("3", [("MUG-1-0", "")], age=timedelta(days=30)),
        theirs("4", [("MUG-1-0", "")], status="FREEZE"),
    ]
    assert twin_matching.to_read(shop, products) == ["1", "3"]


def test_a_listing_that_knows_no_product_has_an_orphan(shop: Shop) -> None:
    listing = sent(shop, 1)
    assert found(shop, theirs("70002", keys(listing))) == [("70002", "both")]
    assert list(twins.orphans(select(Listing.id))) == [listing.id]


def test_what_is_on_its_way_is_no_finding_until_it_is_over(shop: Shop) -> None:
    listing = sent(shop, 1)
    listing.intent = "publish"
    db.session.commit()
    assert found(shop, theirs("70002", keys(listing))) == []
    listing.intent, listing.tiktok_id = "", "70002"
    db.session.commit()
    assert twins.count(shop.id) == 0, "it was the listing's own"
    listing.tiktok_id = "70003"
    db.session.commit()
    assert twins.count(shop.id) == 1


def test_seen_again_it_is_the_same_finding_with_todays_status(shop: Shop) -> None:
    listing = sent(shop, 1, "70001")
    found(shop, theirs("70002", keys(listing)))
    first = twins.findings(shop.id)[0]
    assert found(shop, theirs("70002", keys(listing), status="SELLER_DEACTIVATED")) == [("70002", "both")]
    assert twins.findings(shop.id)[0].id == first.id and first.status == "SELLER_DEACTIVATED"


def test_a_finding_that_is_gone_is_closed_and_opens_when_it_comes_back(shop: Shop) -> None:
    listing = sent(shop, 1, "70001")
    found(shop, theirs("70002", keys(listing)))
    twin_matching.seen(shop, "70002", "DELETED")
    assert twins.count(shop.id) == 0
    assert found(shop, theirs("70002", keys(listing))) == [("70002", "both")]


def test_another_store_sees_nothing_of_it(shop: Shop) -> None:
    listing = sent(shop, 1, "70001")
    found(shop, theirs("70002", keys(listing)))
    twin = twins.findings(shop.id)[0]
    with tenant(add_store("second").id):
        assert twins.count() == 0
        with pytest.raises(NotFound):
            twins.get(twin.id)


# -- a check ----------------------------------------------------------------------------------------------------------


def finish(activity: Activity, **counts: int) -> None:
    activity.state, activity.open_key, activity.waiting = "finished", None, 0
    activity.created_at = clock.now() - timedelta(days=5)
    for name, count in counts.items():
        setattr(activity, name, count)
    db.session.commit()


def span(activity: Activity) -> int:
    query = select(ActivityItem).where(ActivityItem.activity_id == activity.id).order_by(ActivityItem.position)
    low: int = db.session.scalars(query).first().args["low"]  # type: ignore[union-attr]
    return low


def test_pressing_twice_shows_the_check_that_runs(shop: Shop, actor: Actor) -> None:
    first = twins.start(actor, shop)
    again = twins.start(actor, shop)
    assert (again.already, again.activity.id) == (True, first.activity.id)


def test_the_daily_check_begins_where_the_last_complete_one_stood(shop: Shop, actor: Actor) -> None:
    whole = twins.start(actor, shop, everything=False).activity
    assert span(whole) == 1_577_836_800, "nothing was looked through yet"
    finish(whole)
    began = int((whole.created_at - twin_matching.MARGIN).timestamp())
    daily = twins.start(actor, shop, everything=False).activity
    assert span(daily) == began
    finish(daily, refused=1)
    daily.created_at = clock.now()
    assert span(twins.start(actor, shop, everything=False).activity) == began, "one that lost a part proves nothing"


def test_findings_that_are_open_are_looked_at_again(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001")
    found(shop, theirs("70002", keys(listing)))
    activity = twins.start(actor, shop).activity
    assert [item.args.get("again") for item in activities.items(activity)] == [None, "70002"]


def test_the_notice_counts_and_goes(shop: Shop, actor: Actor) -> None:
    listing, lonely = sent(shop, 1, "70001"), sent(shop, 2)
    found(shop, theirs("70002", keys(listing)), theirs("70003", keys(lonely)))
    assert twins.tell(shop) == 2
    notice = db.session.scalars(select(Notice).where(Notice.key == f"twins:{shop.id}")).one()
    assert notice.url == f"/listings/twins?shop={shop.id}" and notice.resolved_at is None
    for twin in twins.findings(shop.id):
        twin_decisions.dismiss(actor, twin)
    assert notice.resolved_at is not None


def test_quiet_checks_of_the_day_before_leave_the_list(shop: Shop, actor: Actor) -> None:
    for who, notes in ((system(shop.store_id), {}), (actor, {}), (system(shop.store_id), {"new": 1})):
        activity = twins.start(who, shop).activity
        activity.notes = notes
        finish(activity)
    last = twins.start(system(shop.store_id), shop).activity
    finish(last)
    twins.forget_quiet(last)
    db.session.commit()
    left = db.session.scalars(select(Activity).where(Activity.kind == twins.KIND).order_by(Activity.id)).all()
    assert [(one.actor, one.notes) for one in left] == [(actor.name, {}), ("Causeway", {"new": 1}), ("Causeway", {})]


# -- decisions --------------------------------------------------------------------------------------------------------


def twin_of(shop: Shop, listing: Listing, tiktok_id: str = "70002") -> Twin:
    found(shop, theirs(tiktok_id, keys(listing)))
    return next(twin for twin in twins.findings(shop.id) if twin.tiktok_id == tiktok_id)


def test_keeping_the_linked_one_sends_the_other_to_be_deleted(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001")
    twin = twin_of(shop, listing)
    started = twin_decisions.keep(actor, twin, twin_decisions.OURS)
    assert activities.items(started.activity)[0].args == {"twin": twin.id, "tiktok_id": "70002"}
    assert (listing.tiktok_id, twin.state, twin.decided_by) == ("70001", "deleting", actor.name)
    assert twin_decisions.deletable(shop.id, twin.id, "70002") is twin
    with pytest.raises(NotNow):
        twin_decisions.keep(actor, twin, twin_decisions.OURS)


def test_keeping_the_other_one_links_it_first(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001", variants=2)
    twin = twin_of(shop, listing)
    started = twin_decisions.keep(actor, twin, twin_decisions.THEIRS)
    assert listing.tiktok_id == "70002"
    assert [line.tiktok_id for line in lines(listing)] == ["700020", "700021"]
    assert activities.items(started.activity)[0].args["tiktok_id"] == "70001" == twin.tiktok_id
    assert [sku["id"] for sku in twin.skus] == ["70001-0", "70001-1"]
    assert twin_decisions.deletable(shop.id, twin.id, "70001") is twin


def test_what_a_listing_knows_is_never_deleted(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001")
    twin = twin_of(shop, listing)
    twin_decisions.keep(actor, twin, twin_decisions.OURS)
    assert twin_decisions.deletable(shop.id, twin.id, "70009") is None, "another product than was agreed to"
    other = sent(shop, 2, "70002")
    assert twin_decisions.deletable(shop.id, twin.id, "70002") is None, "another listing knows it by now"
    other.tiktok_id, listing.tiktok_id = "70004", ""
    db.session.flush()
    assert twin_decisions.deletable(shop.id, twin.id, "70002") is None, "it would be the listing's only one"


def test_the_only_product_of_a_listing_can_only_be_adopted(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1)
    twin = twin_of(shop, listing)
    with pytest.raises(NotNow):
        twin_decisions.keep(actor, twin, twin_decisions.OURS)
    assert twin_decisions.adopt(actor, twin) is listing
    assert (listing.tiktok_id, listing.tab, twin.state) == ("70002", Tab.LIVE, "closed")
    assert [line.tiktok_id for line in lines(listing)] == ["700020"]
    with pytest.raises(ServiceError):
        twin_decisions.adopt(actor, twin)


def test_of_two_orphans_one_is_adopted_and_the_other_is_its_twin(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1)
    first, second = twin_of(shop, listing, "70002"), twin_of(shop, listing, "70003")
    twin_decisions.adopt(actor, first)
    assert [twin.id for twin in twins.findings(shop.id)] == [second.id]
    twin_decisions.keep(actor, second, twin_decisions.OURS)


def test_no_decision_while_the_listing_is_being_sent(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1)
    twin = twin_of(shop, listing)
    listing.intent = "publish"
    db.session.flush()
    with pytest.raises(NotNow):
        twin_decisions.adopt(actor, twin)


def test_a_dismissed_one_is_not_shown_again(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001")
    twin_decisions.dismiss(actor, twin_of(shop, listing))
    assert found(shop, theirs("70002", keys(listing))) == []


def test_a_deletion_that_was_stopped_with_its_shop_is_decided_again(shop: Shop, actor: Actor) -> None:
    listing = sent(shop, 1, "70001")
    twin = twin_of(shop, listing)
    started = twin_decisions.keep(actor, twin, twin_decisions.OURS)
    activities.stop(started.activity, "The shop leaves.")
    assert twins.count(shop.id) == 1
    twin_decisions.keep(actor, twin, twin_decisions.OURS)


def test_publishing_a_listing_with_an_orphan_looks_before_it_sends(shop: Shop, actor: Actor) -> None:
    lonely, plain = sent(shop, 1), sent(shop, 2)
    twin_of(shop, lonely)
    activity = publishing.start(actor, shop, select(Listing.id)).activity
    was_sent = {item.subject_id: item.sent_at is not None for item in activities.items(activity)}
    assert was_sent == {lonely.id: True, plain.id: False}
