"""Prices are told, read back and told again; rules, other shops and sales move them; nothing is told without need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, update

from clients.errors import ItemError, Refused, Unreachable
from clients.tiktok.models import Product
from jobs import prices
from jobs.drain import Drain
from models import (
    ActivityItem,
    Listing,
    ListingSku,
    Notice,
    PriceIncident,
    PricePolicy,
    PriceTold,
    Profile,
    Shop,
    Store,
    Variant,
    db,
)
from services import clock, drafts, platforms
from services.actor import system
from services.errors import Invalid
from services.pricing import edits, offers, policies, pushes
from tests.services.listing_rows import add_listing, add_shop


class Tags:
    """A TikTok shop's price tags. `cut`: so many answers are lost after the effect; `forgets`: so many writes are taken
    and forgotten; `refuses`: a code."""

    def __init__(self) -> None:
        self.tags: dict[str, dict[str, str]] = {}
        self.struck: dict[str, str] = {}
        self.cut = self.forgets = 0
        self.refuses = ""
        self.calls: list[str] = []

    def get_product(self, product: str) -> Product:
        self.calls.append("read")
        rows = [
            {"id": sku, "price": {"currency": "USD", "tax_exclusive_price": tag}}
            for sku, tag in self.tags[product].items()
        ]
        return Product.model_validate({"id": product, "status": "ACTIVATE", "title": "x", "skus": rows})

    def update_prices(self, product: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        self.calls.append("write")
        if self.refuses:
            raise Refused("no", platform="tiktok", code=self.refuses)
        for row in skus:
            if not self.forgets:
                self.tags[product][row["id"]] = row["price"]["amount"]
                self.struck[row["id"]] = row.get("list_price", {}).get("amount", "")
        self.forgets = max(0, self.forgets - 1)
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        return []


@pytest.fixture
def tags(monkeypatch: pytest.MonkeyPatch) -> Tags:
    there = Tags()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def seller(place: int, tags: Tags) -> Iterator[Shop]:
    """A shop whose prices are sent, with two live listings of one SKU each at 12.50 on both sides."""
    db.session.get_one(Store, place).currency = "USD"
    shop = add_shop()
    put_on_sale(shop, tags, (1, 2))
    yield shop


def put_on_sale(shop: Shop, tags: Tags, numbers: Sequence[int], **rule: Any) -> None:
    shop.authorization.state = "active"
    for number in numbers:
        listing = add_listing(shop, number)
        listing.tiktok_id, listing.platform_status = f"P{listing.id}", "ACTIVATE"
        for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
            line.tiktok_id, line.sent_price = f"S{line.id}", D("12.50")
            tags.tags.setdefault(listing.tiktok_id, {})[line.tiktok_id] = "12.50"
    db.session.add(PricePolicy(shop_id=shop.id, is_on=True, velocity={}, changed_at=clock.now(), **rule))
    db.session.commit()


def set_rule(shop: Shop, **values: Any) -> None:
    row = policies.row(shop.id)
    assert row is not None
    for name, value in values.items():
        setattr(row, name, value)
    db.session.commit()


def drain(shop: Shop, turns: int = 1) -> None:
    shop_id, store_id = shop.id, shop.store_id
    for turn in range(turns):
        if turn:
            db.session.execute(
                update(ActivityItem).where(ActivityItem.state.in_(("waiting", "unknown"))).values(due_at=clock.now())
            )
            db.session.commit()
        Drain(current_app._get_current_object(), "live", store_id, shop_id).run()  # type: ignore[attr-defined]
        db.session.rollback()


def items() -> list[tuple[str, str]]:
    rows = db.session.execute(select(ActivityItem.state, ActivityItem.code).order_by(ActivityItem.id))
    return [(state, code) for state, code in rows]


def shows(tags: Tags) -> list[str]:
    return [tag for product in tags.tags.values() for tag in product.values()]


def pour(shop: Shop) -> None:
    pushes.pour_listings(shop, offers.live_listings(shop.id), "test")
    db.session.commit()


def test_a_changed_price_is_one_write_between_two_reads(seller: Shop, tags: Tags) -> None:
    pour(seller)
    assert items() == []
    variant = db.session.scalars(select(Variant).order_by(Variant.id)).first()
    assert variant is not None
    variant.price = D("15")
    pour(seller)
    pour(seller)  # what waits already is not added again
    drain(seller)
    assert shows(tags) == ["15.00", "12.50"] and tags.calls == ["read", "write", "read"] and items() == [("done", "")]
    told = db.session.scalars(select(PriceTold)).one()
    assert (told.told, told.confirmed) == (D(15), D(15))
    pour(seller)
    assert len(items()) == 1


def test_a_lost_answer_is_looked_up(seller: Shop, tags: Tags) -> None:
    set_rule(seller, kind="fixed_up", amount=D(1))
    tags.cut = 1
    pushes.push_all(system(seller.store_id), seller)
    db.session.commit()
    drain(seller, 3)
    assert shows(tags) == ["13.50", "13.50"] and tags.calls.count("write") == 2
    assert {state for state, _ in items()} == {"done"}


def test_taken_and_not_shown_is_told_again_and_becomes_an_incident(seller: Shop, tags: Tags) -> None:
    set_rule(seller, kind="fixed_up", amount=D(1))
    tags.forgets = 99
    listing_id = offers.live_listings(seller.id)[0]
    pushes.push_all(system(seller.store_id), seller, [listing_id])
    db.session.commit()
    drain(seller, 5)
    assert items() == [("refused", "price.not_applied")]
    row = db.session.scalars(select(PriceIncident)).one()
    assert (row.kind, row.told, row.found, row.state) == ("not_applied", D("13.50"), D("12.50"), "open")
    assert db.session.scalars(select(Notice).where(Notice.key == f"price:{seller.id}")).one().resolved_at is None
    tags.forgets = 0
    pushes.push_all(system(seller.store_id), seller, [listing_id])
    db.session.commit()
    drain(seller)
    assert db.session.scalars(select(PriceIncident.state)).all() == ["resolved"]
    notice = db.session.scalars(select(Notice).where(Notice.key == f"price:{seller.id}")).one()
    assert notice.resolved_at is not None


def test_a_refusal_keeps_its_code(seller: Shop, tags: Tags) -> None:
    set_rule(seller, kind="fixed_up", amount=D(1))
    tags.refuses = "12052038"
    pushes.push_all(system(seller.store_id), seller)
    db.session.commit()
    drain(seller)
    assert items() == [("refused", "12052038")] * 2 and db.session.scalar(select(PriceIncident.code)) == "12052038"


def test_a_price_outside_the_market_is_never_sent(seller: Shop, tags: Tags) -> None:
    set_rule(seller, kind="fixed_up", amount=D(90_000))
    pour(seller)
    assert items() == [] and pushes.dry_run(seller).problems == {"price.too_high": 2}


STANDINGS: list[tuple[dict[str, Any], bool, bool]] = [
    ({}, True, True),
    ({"is_on": False}, False, True),
    ({"kind_of_shop": "semi_consignment"}, False, False),
    ({"sync": False}, False, True),
    ({"currency": "GBP"}, False, True),
    ({"currency": "GBP", "rate": "0.8", "days": 3}, True, True),
    ({"currency": "GBP", "rate": "0.8", "days": 31}, False, True),
]


@pytest.mark.parametrize(("change", "on", "able"), STANDINGS)
def test_when_prices_are_sent(seller: Shop, change: dict[str, Any], on: bool, able: bool) -> None:
    store = db.session.get_one(Store, seller.store_id)
    seller.kind = change.get("kind_of_shop", "local")
    store.settings = {"sync_price": change.get("sync", True)}
    seller.currency = change.get("currency", "USD")
    day = (clock.now() - timedelta(days=change.get("days", 0))).date().isoformat()
    set_rule(seller, is_on=change.get("is_on", True), rate=change.get("rate", ""), rate_on=day)
    standing = policies.standing(seller, store)
    assert (standing.on, standing.able) == (on, able) and bool(standing.why) is not on


def test_an_old_rate_is_said_once_and_settled(seller: Shop, bells: list[Any]) -> None:
    day = (clock.now() - timedelta(days=8)).date().isoformat()
    set_rule(seller, rate="0.8", rate_on=day)
    prices.steps()
    notice = db.session.scalars(select(Notice).where(Notice.key == f"rate:{seller.id}")).one()
    assert notice.resolved_at is None
    set_rule(seller, rate_on=clock.now().date().isoformat())
    prices.steps()
    db.session.refresh(notice)
    assert notice.resolved_at is not None


def test_drafts_are_made_by_the_same_rule(seller: Shop) -> None:
    listing_id = offers.live_listings(seller.id)[0]
    listing = db.session.get_one(Listing, listing_id)
    seller.currency = "GBP"
    db.session.flush()
    assert drafts.prepare(seller, [listing.id])[listing.id].draft.has_conversion_rule is False
    set_rule(seller, rate="0.8", rate_on="2026-11-20", kind="percent_up", amount=D(10))
    made = drafts.prepare(seller, [listing.id])[listing.id]
    assert made.draft.has_conversion_rule and made.draft.skus[0].price == D("11.00")
    db.session.add(PricePolicy(shop_id=seller.id, listing_id=listing_id, kind="none", velocity={}, floor=D(20),
                               changed_at=clock.now()))  # fmt: skip
    db.session.flush()
    own, other = drafts.prepare(seller, offers.live_listings(seller.id)).values()
    assert (own.draft.skus[0].price, other.draft.skus[0].price) == (D("20.00"), D("11.00"))
    assert offers.offers(seller, [listing_id])[listing_id].skus[0].value == D("20.00")


def test_a_profile_goes_before_the_shop(seller: Shop) -> None:
    db.session.scalars(select(Profile)).one().price_rule = {"kind": "fixed_up", "amount": "3"}
    set_rule(seller, kind="percent_up", amount=D(10), ending="whole")
    found = offers.offers(seller, offers.live_listings(seller.id))
    assert {sku.value for one in found.values() for sku in one.skus} == {D(16)}


def test_another_shop_is_followed(seller: Shop, tags: Tags, bells: list[Any]) -> None:
    other = add_shop("Second", "7490000000000000002")
    put_on_sale(other, tags, (), follow="shop", source_shop_id=seller.id, kind="fixed_up", amount=D(2))
    variant = db.session.scalars(select(Variant).order_by(Variant.id)).first()
    assert variant is not None
    listing = Listing(shop_id=other.id, product_id=variant.product_id, tiktok_id="PX", platform_status="ACTIVATE",
                      fields={}, changed_at=clock.now())  # fmt: skip
    db.session.add(listing)
    db.session.flush()
    db.session.add(ListingSku(listing_id=listing.id, variant_id=variant.id, tiktok_id="SX", fields={}))
    db.session.commit()
    tags.tags["PX"] = {"SX": "12.50"}
    assert offers.offers(other, [listing.id])[listing.id].skus[0].value == D("14.50")
    variant.price = D(20)
    pour(seller)
    drain(seller)
    prices.sweep()
    drain(other)
    assert tags.tags["PX"] == {"SX": "22.00"}
    with pytest.raises(Invalid):  # nobody follows in a circle
        edits.checked(seller, {"follow": "shop", "source_shop_id": str(other.id)})
