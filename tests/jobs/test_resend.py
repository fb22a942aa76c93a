"""A comparison sends nothing; what it predicted is what is sent; a review is never disturbed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from clients.errors import ItemError, Unreachable
from clients.tiktok.models import CreatedProduct
from clients.tiktok.models import Product as Held
from jobs.drain import Drain
from models import (
    Activity,
    ActivityItem,
    Listing,
    ListingSku,
    Location,
    MerchantSku,
    Picture,
    Product,
    Shop,
    Stock,
    Store,
    Variant,
    db,
)
from services import clock, drafts, listing_edits, listings, pictures, platforms, publish_requests, readiness, verdicts
from services.actor import Actor
from services.draft_facts import url_hash
from services.errors import Invalid
from tests.services.listing_rows import add_listing, add_shop


class Holds:
    """One product as TikTok has it; counts what is written."""

    def __init__(self) -> None:
        self.product: dict[str, Any] = {}
        self.written: list[tuple[str, Mapping[str, Any]]] = []
        self.cut = 0

    def take(self, body: Mapping[str, Any]) -> None:
        """As an approved edit leaves it."""
        skus = [
            {"id": sku.get("id") or f"9{place}", "seller_sku": sku["seller_sku"], "inventory": sku["inventory"],
             "external_sku_id": sku["external_sku_id"], "sales_attributes": sku.get("sales_attributes", []),
             "price": {"currency": "USD", "sale_price": sku["price"]["amount"]}}
            for place, sku in enumerate(body["skus"])
        ]  # fmt: skip
        self.product = {
            **self.product, "title": body["title"], "description": body["description"], "skus": skus,
            "category_chains": [{"id": body["category_id"], "local_name": "Mugs"}],
            "brand": {"id": body.get("brand_id", ""), "name": "Harbor"}, "main_images": body["main_images"],
            "package_weight": body["package_weight"], "package_dimensions": body["package_dimensions"],
            "product_attributes": body["product_attributes"],
        }  # fmt: skip

    def get_product(self, number: str, under_review: bool = False) -> Held:
        return Held.model_validate(self.product)

    def edit_product(self, number: str, body: Mapping[str, Any]) -> CreatedProduct:
        self.written.append((number, body))
        self.take(body)
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        skus = [{"id": sku["id"], "seller_sku": sku["seller_sku"]} for sku in self.product["skus"]]
        return CreatedProduct.model_validate({"product_id": number, "skus": skus})

    def partial_edit(self, number: str, body: Mapping[str, Any]) -> CreatedProduct:
        self.written.append(("part", body))
        named = {name: value for name, value in body.items() if name in ("title", "description", "package_weight")}
        self.product = {**self.product, **named}
        skus = [{"id": sku["id"], "seller_sku": sku["seller_sku"]} for sku in self.product["skus"]]
        said = {"status": "AUDITING"}
        return CreatedProduct.model_validate({"product_id": number, "skus": skus, "audit": said})

    def update_prices(self, number: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        self.written.append(("price", {"skus": list(skus)}))
        return self._change(skus, lambda sku: {"price": {"currency": "USD", "sale_price": sku["price"]["amount"]}})

    def update_inventory(self, number: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        self.written.append(("stock", {"skus": list(skus)}))
        return self._change(skus, lambda sku: {"inventory": sku["inventory"]})

    def _change(self, skus: Sequence[Mapping[str, Any]], values: Any) -> list[ItemError]:
        given = {sku["id"]: values(sku) for sku in skus}
        self.product["skus"] = [{**sku, **given.get(sku["id"], {})} for sku in self.product["skus"]]
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        return []


@pytest.fixture
def tiktok(monkeypatch: pytest.MonkeyPatch) -> Holds:
    holds = Holds()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: holds)
    monkeypatch.setattr(platforms, "tiktok_seller", lambda grant, observe=None: holds)
    return holds


@pytest.fixture
def harbor(place: int, bells: list[Any]) -> Shop:
    store = db.session.get_one(Store, place)
    store.currency, store.country, store.weight_units, store.dimension_units = "USD", "US", "LBS", "Inches"
    return add_shop()


def uploaded(shop: Shop) -> None:
    """Every picture is with TikTok already."""
    for url in db.session.scalars(select(Picture.url).where(Picture.authorization_id == 0)).all():
        if not db.session.scalar(select(Picture.id).where(Picture.url == url, Picture.authorization_id != 0)):
            db.session.add(Picture(
                url_hash=url_hash(url), url=url, authorization_id=shop.authorization_id, tiktok_uri=f"tos/{url[-6:]}",
                measured_at=clock.now(), width=1200, height=1200, size=200_000, format="JPEG",
            ))  # fmt: skip
    db.session.flush()


@pytest.fixture
def live(harbor: Shop, tiktok: Holds) -> Listing:
    """A listing on sale, exactly as it was sent; its picture is uploaded."""
    listing = add_listing(harbor)
    uploaded(harbor)
    tiktok.product = {"id": "1730000000000000001", "status": "ACTIVATE", "audit": {"status": "APPROVED"}}
    listings.set_intent([listing.id], "publish")
    sent = request_of(harbor, listing)
    tiktok.take(publish_requests.complete(sent, uris(harbor, listing)))
    made = {"product_id": tiktok.product["id"], "skus": [{"id": "90", "seller_sku": "MUG-1-0"}]}
    verdicts.accepted(listing, CreatedProduct.model_validate(made), sent)
    verdicts.verdict(listing, tiktok.get_product(""))
    readiness.recheck(harbor, [listing.id])
    db.session.commit()
    assert (listing.tab, listing.is_ready) == ("live", True), readiness.problems([listing.id])[listing.id][0].code
    return listing


def request_of(shop: Shop, listing: Listing) -> publish_requests.Request:
    one = drafts.prepare(shop, [listing.id])[listing.id]
    return publish_requests.request(shop, listing, one, uris(shop, listing), one.policy)


def uris(shop: Shop, listing: Listing) -> Any:
    return pictures.uploaded(shop.authorization_id, [drafts.prepare(shop, [listing.id])[listing.id].draft])


def owner(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def drain(activity: Activity) -> Activity:
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Drain(app, "bulk", activity.store_id, activity.shop_id).run()
    db.session.expire_all()
    return activity


def compare(shop: Shop) -> Activity:
    return drain(listing_edits.compare(owner(shop), shop, select(Listing.id)).activity)


def found(activity: Activity) -> Sequence[Mapping[str, str]]:
    return [one for item in listing_edits.differing(activity, 0, 50) for one in item.args["changes"]]


def edit(shop: Shop, listing: Listing, **values: Any) -> None:
    listings.set_fields(owner(shop), listing, values)
    db.session.commit()


def test_what_is_as_it_was_sent_differs_in_nothing(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    activity = compare(harbor)
    assert (activity.done, found(activity), tiktok.written) == (1, [], [])
    assert db.session.scalar(select(Listing.id).where(listing_edits.unsent())) is None


def test_the_comparison_names_each_field_and_sends_nothing(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="A wide stoneware mug for slow mornings", weight={"value": "2", "unit": "POUND"})
    listings.set_sku_fields(owner(harbor), live, live.skus[0].id, {"price": "15"})
    activity = compare(harbor)
    key = live.skus[0].id
    assert {one["field"]: (one["theirs"], one["ours"]) for one in found(activity)} == {
        "title": ("Stoneware mug with a wide handle, number 1", "A wide stoneware mug for slow mornings"),
        "weight": (found(activity)[1]["theirs"], "2 POUND"), f"skus.{key}.price": ("12.5", "15 USD"),
    }  # fmt: skip
    assert (activity.notes["content"], activity.notes["price"], activity.notes["changes"]) == (2, 1, 3)
    assert tiktok.written == []
    assert db.session.scalars(select(Listing.id).where(listing_edits.unsent())).all() == [live.id]


def test_what_was_predicted_is_exactly_what_is_sent(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="A wide stoneware mug for slow mornings")
    activity = compare(harbor)
    predicted = publish_requests.complete(request_of(harbor, live), uris(harbor, live))
    again = drain(listing_edits.send(owner(harbor), activity).activity)
    assert (again.state, again.done) == ("finished", 1)
    assert tiktok.written == [("1730000000000000001", predicted)]
    assert predicted["skus"][0]["id"] == "90" and "idempotency_key" not in predicted
    assert (live.tab, live.audit_status, live.intent) == ("live", "AUDITING", "")
    assert found(compare(harbor)) == []
    assert db.session.scalar(select(Listing.id).where(listing_edits.unsent())) is None


def test_a_change_after_the_comparison_is_not_sent_unseen(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="A wide stoneware mug for slow mornings")
    activity = compare(harbor)
    edit(harbor, live, title="Another title that nobody has compared")
    again = drain(listing_edits.send(owner(harbor), activity).activity)
    assert (again.refused, tiktok.written, live.intent) == (1, [], "")
    assert (
        db.session.scalars(select(ActivityItem.code).where(ActivityItem.activity_id == again.id)).one()
        == "changed_since_preview"
    )


def test_edits_during_a_review_make_exactly_one_call_after_it(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    live.audit_status = "AUDITING"
    edit(harbor, live, title="The first title of three during the review")
    sending = drain(listing_edits.send(owner(harbor), compare(harbor)).activity)
    assert (sending.state, sending.waiting, tiktok.written, live.intent) == ("running", 1, [], "")
    edit(harbor, live, title="The second title of three during the review")
    with pytest.raises(listing_edits.NothingToSend):
        listing_edits.send(owner(harbor), compare(harbor))
    edit(harbor, live, title="The third title of three during the review")
    assert tiktok.written == []
    tiktok.product["audit"] = {"status": "APPROVED"}
    verdicts.verdict(live, tiktok.get_product(""))
    drain(sending)
    assert (sending.state, sending.done) == ("finished", 1)
    assert [body["title"] for _, body in tiktok.written] == ["The third title of three during the review"]


def test_variants_added_and_left_out_later(harbor: Shop, tiktok: Holds, live: Listing) -> None:
    """A line that TikTok does not know is added; one that is not sold any more is taken away."""
    other = add_listing(harbor, 2, 2)
    uploaded(harbor)
    first, second = other.skus
    other.tiktok_id, other.platform_status, other.sent_hash = "1730000000000000001", "ACTIVATE", "x" * 32
    first.tiktok_id = "90"
    live.tiktok_id = ""
    tiktok.take(publish_requests.complete(request_of(harbor, other), uris(harbor, other)))
    tiktok.product["skus"] = [sku for sku in tiktok.product["skus"] if sku["id"] == "90"]
    db.session.commit()
    activity = compare(harbor)
    assert [one["kind"] for one in found(activity)] == ["variants"]
    drain(listing_edits.send(owner(harbor), activity).activity)
    assert len(tiktok.written[-1][1]["skus"]) == 2
    other.audit_status = "APPROVED"
    listings.set_sku_fields(owner(harbor), other, first.id, {"included": False})
    activity = compare(harbor)
    assert [(one["kind"], one["theirs"]) for one in found(activity)] == [("variants", "MUG-2-0")]
    drain(listing_edits.send(owner(harbor), activity).activity)
    assert [sku["seller_sku"] for sku in tiktok.written[-1][1]["skus"]] == ["MUG-2-1"]
    known = dict(db.session.execute(select(ListingSku.id, ListingSku.tiktok_id)).all())
    assert known[first.id] == "" and known[second.id] != ""


def test_a_lost_answer_ends_in_the_same_state(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="A wide stoneware mug for slow mornings")
    tiktok.cut = 1
    sending = drain(listing_edits.send(owner(harbor), compare(harbor)).activity)
    assert sending.state == "running" and live.intent == "resend"
    db.session.execute(update(ActivityItem).values(due_at=clock.now() - timedelta(seconds=1)))
    drain(sending)
    assert (sending.state, sending.done, live.intent) == ("finished", 1, "")
    assert len({str(body) for _, body in tiktok.written}) == 1


def test_a_price_goes_live_by_its_own_call_without_a_review(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="A title that waits for the next re-publish")
    listings.set_sku_fields(owner(harbor), live, live.skus[0].id, {"price": "15"})
    comparison = compare(harbor)
    tiktok.cut = 1
    activity = drain(listing_edits.send(owner(harbor), comparison, "price").activity)
    assert activity.state == "running", "the answer was lost"
    db.session.execute(update(ActivityItem).values(due_at=clock.now() - timedelta(seconds=1)))
    drain(activity)
    assert (activity.state, activity.done) == ("finished", 1)
    assert [name for name, _ in tiktok.written] == ["price"], "it was there already, so it was not sent again"
    [sku] = tiktok.written[0][1]["skus"]
    assert (sku["id"], Decimal(sku["price"]["amount"])) == ("90", Decimal(15))
    assert (live.audit_status, live.tab, live.skus[0].sent_price) == ("APPROVED", "live", Decimal(15))
    assert [one["field"] for one in found(compare(harbor))] == ["title"]
    assert db.session.scalars(select(Listing.id).where(listing_edits.unsent())).all() == [live.id]


def test_a_price_alone_leaves_nothing_unsent(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    listings.set_sku_fields(owner(harbor), live, live.skus[0].id, {"price": "15"})
    drain(listing_edits.send(owner(harbor), compare(harbor), "price").activity)
    assert db.session.scalar(select(Listing.id).where(listing_edits.unsent())) is None
    with pytest.raises(listing_edits.NothingToSend):
        listing_edits.send(owner(harbor), compare(harbor), "price")


def test_chosen_fields_are_sent_alone(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="Another title for the same stoneware mug", weight={"value": "3", "unit": "POUND"})
    comparison = compare(harbor)
    assert (comparison.notes["field.title"], comparison.notes["field.weight"]) == (1, 1)
    with pytest.raises(Invalid):
        listing_edits.send(owner(harbor), comparison, listing_edits.PART)
    with pytest.raises(listing_edits.NothingToSend):
        listing_edits.send(owner(harbor), comparison, listing_edits.PART, ["brand"])
    activity = drain(listing_edits.send(owner(harbor), comparison, listing_edits.PART, ["title", "images"]).activity)
    assert (activity.kind, activity.state, activity.done) == ("update_part", "finished", 1)
    assert tiktok.written == [("part", {"title": "Another title for the same stoneware mug"})]
    assert (live.intent, live.tab, live.audit_status) == ("", "live", "AUDITING")
    assert db.session.scalars(select(Listing.id).where(listing_edits.unsent())).all() == [live.id], "the weight is left"
    verdicts.verdict(live, tiktok.get_product(""))
    last = drain(listing_edits.send(owner(harbor), compare(harbor), listing_edits.PART, ["weight"]).activity)
    assert last.done == 1 and list(tiktok.written[-1][1]) == ["package_weight"]
    assert db.session.scalar(select(Listing.id).where(listing_edits.unsent())) is None


def test_a_category_takes_everything_along(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    edit(harbor, live, title="Another title for the same stoneware mug")
    sent = listing_edits.send(owner(harbor), compare(harbor), listing_edits.PART, ["title", "category"])
    assert sent.activity.kind == "resend"


def test_quantities_name_every_warehouse_that_tiktok_has(harbor: Shop, live: Listing, tiktok: Holds) -> None:
    first, other = f"{harbor.tiktok_id}1", "7000000000000000009"
    tiktok.product["skus"][0]["inventory"] = [
        {"warehouse_id": first, "quantity": 3}, {"warehouse_id": other, "quantity": 4}
    ]  # fmt: skip
    comparison = compare(harbor)
    assert [one["kind"] for one in found(comparison)] == ["stock"]
    activity = drain(listing_edits.send(owner(harbor), comparison, "stock").activity)
    told = [{"warehouse_id": first, "quantity": 7}, {"warehouse_id": other, "quantity": 0}]
    assert tiktok.written == [("stock", {"skus": [{"id": "90", "inventory": told}]})]
    assert (activity.done, live.skus[0].sent_quantity) == (1, 7)


def test_variants_that_came_and_went_in_bigcommerce_are_shown_and_sent(
    harbor: Shop, live: Listing, tiktok: Holds
) -> None:
    product = db.session.get_one(Product, live.product_id)
    old = db.session.scalars(select(Variant)).one()
    old.options = [["Color", "Red"]]
    sku, place = MerchantSku(code="MUG-1-NEW"), db.session.scalars(select(Location)).one()
    db.session.add(sku)
    db.session.flush()
    db.session.add(Stock(merchant_sku_id=sku.id, location_id=place.id, available=4, read_at=clock.now()))
    db.session.add(Variant(
        product_id=product.id, bigcommerce_id=77, merchant_sku_id=sku.id, sku="MUG-1-NEW", options=[["Color", "Blue"]],
        price=Decimal(14), position=1,
    ))  # fmt: skip
    db.session.commit()
    comparison = compare(harbor)
    assert [one["label"] for one in found(comparison)] == ["Red: options", "Blue: added"]
    drain(listing_edits.send(owner(harbor), comparison).activity)
    assert [sku["seller_sku"] for sku in tiktok.written[-1][1]["skus"]] == ["MUG-1-0", "MUG-1-NEW"]
    live.audit_status = "APPROVED"
    db.session.delete(old)
    db.session.commit()
    comparison = compare(harbor)
    gone = [(one["kind"], one["theirs"]) for one in found(comparison)]
    assert gone == [("variants", "MUG-1-0")]
    drain(listing_edits.send(owner(harbor), comparison).activity)
    assert [sku["seller_sku"] for sku in tiktok.written[-1][1]["skus"]] == ["MUG-1-NEW"]
