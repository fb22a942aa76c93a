"""Who changed a value on TikTok Shop: us, TikTok, or somebody else whose work waits for a decision."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from clients.tiktok.models import CreatedProduct, Product
from models import Listing, ListingSku, Notice, OutsideChange, Shop, db
from services import current_requests, verdicts
from services.actor import Actor
from services.adoption import adopting, second_writer, second_writer_decisions, values
from services.adoption.second_writer_decisions import OURS, THEIRS
from services.errors import ServiceError
from tests.services.adoption.conftest import answer, imported, theirs
from tests.services.listing_rows import add_listing, add_product

pytestmark = pytest.mark.engines("sqlite")
Change = Callable[[dict[str, Any]], object]
EVERY = list(values.CHOICES)


def mug(**more: Any) -> dict[str, Any]:
    return answer("9001", ["MUG-1-0"], "Stoneware mug as TikTok has it") | more


@pytest.fixture
def listing(shop: Shop, actor: Actor) -> Listing:
    """Adopted: what TikTok has now is what is expected."""
    add_product(1)
    row = imported(shop, Product.model_validate(mug()))["9001"]
    made = adopting.adopt(actor, row, EVERY).listing
    db.session.commit()
    return made


def look(shop: Shop, listing: Listing, told: dict[str, Any]) -> int:
    fresh = second_writer.look(shop, {listing.id: Product.model_validate({**told, "update_time": 1_700_000_500})})
    db.session.commit()
    return fresh


def flagged(listing: Listing) -> dict[str, tuple[str, str]]:
    """Field -> (TikTok's, ours)."""
    return {one.field: (one.theirs, one.ours) for one in second_writer.of_listing(listing.id)}


def dearer(told: dict[str, Any]) -> None:
    told["skus"][0]["price"]["sale_price"] = "24.90"


def attribute(told: dict[str, Any]) -> None:
    told["product_attributes"][0]["values"] = [{"id": "2", "name": "Glass"}]


def weight(told: dict[str, Any]) -> None:
    told["package_weight"] = {"value": "9", "unit": "POUND"}


def same_weight(told: dict[str, Any]) -> None:
    told["package_weight"] = {"value": "1.20", "unit": "POUND"}


def sold(told: dict[str, Any]) -> None:
    told["skus"][0]["inventory"][0]["quantity"] = 1


CHANGES: list[tuple[str, Change, set[str]]] = [
    ("title", lambda told: told.update(title="Somebody's title"), {"title"}),
    ("description", lambda told: told.update(description="<p>Somebody's words.</p>"), {"description"}),
    ("brand", lambda told: told.update(brand=None), {"brand"}),
    ("price", dearer, {"skus.{line}.price"}),
    ("seller SKU", lambda told: told["skus"][0].update(seller_sku="THEIRS"), {"skus.{line}.sku"}),
    ("attribute", attribute, {"attributes.101"}),
    ("weight", weight, {"weight"}),
    ("the same weight", same_weight, set()),
    ("sold", sold, set()),
    ("deactivated", lambda told: told.update(status="SELLER_DEACTIVATED"), set()),
    ("in review", lambda told: told.update(title="In review", audit={"status": "AUDITING"}), set()),
    ("nothing", lambda told: None, set()),
]


@pytest.mark.engines("sqlite", "postgresql")
def test_what_is_flagged(shop: Shop, listing: Listing) -> None:
    line = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).one()
    for name, change, fields in CHANGES:
        second_writer.begin(listing, Product.model_validate(mug()))
        told = mug()
        change(told)
        wanted = {field.format(line=line.id) for field in fields}
        assert (name, look(shop, listing, told)) == (name, len(wanted))
        assert (name, set(flagged(listing))) == (name, wanted)
        assert second_writer.undecided([listing.id]) == ({listing.id} if wanted else set())


def test_seen_twice_it_is_one_change_with_todays_value(shop: Shop, listing: Listing) -> None:
    assert look(shop, listing, mug(title="First")) == 1
    assert look(shop, listing, mug(title="Second")) == 0
    assert flagged(listing) == {"title": ("Second", "Stoneware mug as TikTok has it")}
    change = db.session.scalars(select(OutsideChange)).one()
    assert change.changed_at is not None and change.noticed_at is not None
    assert db.session.scalars(select(Notice.level).where(Notice.resolved_at.is_(None))).all() == ["warning"]


def test_taken_back_it_leaves_by_itself(shop: Shop, listing: Listing) -> None:
    look(shop, listing, mug(title="First"))
    look(shop, listing, mug())
    assert flagged(listing) == {} and second_writer.count([shop.id]) == 0
    assert db.session.scalars(select(Notice).where(Notice.resolved_at.is_(None))).all() == []


def published(shop: Shop) -> tuple[Listing, dict[str, Any]]:
    """A listing that we sent whole; and TikTok's answer as it was sent."""
    made = add_listing(shop, 2)
    made.platform_status = "ACTIVATE"
    request = current_requests.requests(shop, [made.id])[made.id]
    created = CreatedProduct.model_validate({"product_id": "9002", "skus": [{"id": "900201", "seller_sku": "MUG-2-0"}]})
    verdicts.all_accepted([(made, created, request)])
    db.session.commit()
    sent = request.body
    told = answer("9002", ["MUG-2-0"], sent["title"], description=sent["description"],
                  package_weight=sent["package_weight"], package_dimensions=sent["package_dimensions"],
                  brand={"id": sent.get("brand_id", ""), "name": ""} if sent.get("brand_id") else None)  # fmt: skip
    told["skus"][0]["price"]["sale_price"] = sent["skus"][0]["price"]["amount"]
    return made, told


def test_what_we_sent_is_nobody_elses(shop: Shop) -> None:
    listing, told = published(shop)
    assert look(shop, listing, {**told, "audit": {"status": "AUDITING"}}) == 0
    assert look(shop, listing, told) == 0 and flagged(listing) == {}


def test_a_change_before_our_first_look_is_noticed(shop: Shop) -> None:
    listing, told = published(shop)
    assert look(shop, listing, {**told, "title": "Somebody was quick"}) == 1
    assert set(flagged(listing)) == {"title"}


def test_a_description_that_tiktok_writes_anew_is_not_somebody(shop: Shop) -> None:
    listing, told = published(shop)
    assert look(shop, listing, {**told, "description": "<div>Glazed by hand.</div>"}) == 0
    assert look(shop, listing, {**told, "description": "<p>Somebody's words.</p>"}) == 1


# -- decisions --------------------------------------------------------------------------------------------------------


def change_of(listing: Listing) -> OutsideChange:
    return second_writer.of_listing(listing.id)[0]


def test_theirs_is_taken_over_and_nothing_is_sent(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title"))
    done = second_writer_decisions.decide(actor, change_of(listing), THEIRS)
    db.session.commit()
    assert done.activity is None and listing.fields["title"] == listing.title == "Somebody's title"
    assert second_writer.undecided([listing.id]) == set()
    assert look(shop, listing, mug(title="Somebody's title")) == 0


def test_their_price_becomes_the_variants(shop: Shop, actor: Actor, listing: Listing) -> None:
    told = mug()
    dearer(told)
    look(shop, listing, told)
    second_writer_decisions.decide(actor, change_of(listing), THEIRS)
    line = db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)).one()
    assert (line.fields["price"], line.sent_price) == ("24.9", Decimal("24.9"))
    assert look(shop, listing, told) == 0


def test_our_price_is_sent_by_its_own_call(shop: Shop, actor: Actor, listing: Listing) -> None:
    told = mug()
    dearer(told)
    look(shop, listing, told)
    done = second_writer_decisions.decide(actor, change_of(listing), OURS)
    assert done.activity is not None and done.activity.kind == "live_values"


def test_our_title_is_sent_when_nothing_else_would_go_along(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title"))
    listing.sent_hash = listing.draft_hash
    done = second_writer_decisions.decide(actor, change_of(listing), OURS)
    assert done.activity is not None and (done.activity.kind, done.compares) == ("resend", False)


def test_with_other_unsent_changes_it_is_compared_first(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title"))
    listing.sent_hash = adopting.ADOPTED
    done = second_writer_decisions.decide(actor, change_of(listing), OURS)
    assert done.activity is not None and (done.activity.kind, done.compares) == ("compare", True)


def test_nothing_is_sent_before_all_is_decided(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title", description="<p>And words.</p>"))
    first, second = second_writer.of_listing(listing.id)
    assert second_writer_decisions.decide(actor, first, OURS).activity is None
    assert second_writer_decisions.decide(actor, second, OURS).activity is not None


def test_decided_twice_or_on_its_way_it_is_refused(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title"))
    change = change_of(listing)
    second_writer_decisions.decide(actor, change, THEIRS)
    with pytest.raises(ServiceError):
        second_writer_decisions.decide(actor, change, OURS)
    look(shop, listing, mug(title="Another title"))
    listing.intent = "resend"
    db.session.flush()
    with pytest.raises(ServiceError):
        second_writer_decisions.decide(actor, change_of(listing), OURS)


def test_pictures_cannot_be_taken_over(shop: Shop, actor: Actor, listing: Listing) -> None:
    told = mug()
    told["main_images"] = [{"uri": "tos/other", "urls": []}]
    look(shop, listing, told)
    change = change_of(listing)
    assert change.field == "images" and not second_writer_decisions.takeable(change)
    with pytest.raises(ServiceError):
        second_writer_decisions.decide(actor, change, THEIRS)


def test_adopting_begins_anew(shop: Shop, actor: Actor, listing: Listing) -> None:
    look(shop, listing, mug(title="Somebody's title"))
    second_writer.begin(listing, theirs("9001", ["MUG-1-0"], "Somebody's title"))
    assert second_writer.undecided([listing.id]) == set()
