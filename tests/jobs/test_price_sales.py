"""Prices that follow by themselves: rechecks, sale prices, sales; and the trial that changes nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.pricing.velocity import Velocity, to_json
from jobs import prices
from models import Listing, Order, OrderLine, PricePolicy, PriceStep, Shop, Variant, VariantPrices, db
from services import clock
from services.actor import system
from services.pricing import edits, offers, policies, sales, trial, variant_prices
from tests.jobs.test_push_price import Tags, drain, items, pour, seller, set_rule, shows, tags

__all__ = ["seller", "tags"]
pytestmark = pytest.mark.engines("sqlite")
D = Decimal


def test_what_a_recheck_finds_is_sent_by_the_sweep(seller: Shop, tags: Tags, bells: list[Any]) -> None:
    set_rule(seller, kind="percent_up", amount=D(10), ending=".99")
    db.session.execute(update(Listing).values(is_stale=False, checked_at=clock.now()))
    db.session.commit()
    assert prices.sweep() == 2
    drain(seller)
    assert shows(tags) == ["13.99", "13.99"]


def test_the_sale_price_is_followed_and_the_regular_one_struck(seller: Shop, tags: Tags) -> None:
    number = db.session.scalars(select(Variant.bigcommerce_id).order_by(Variant.id)).first() or 0
    assert variant_prices.keep({number: {"sale": D(9), "cost": D(4)}}) == {number}
    assert variant_prices.keep({number: {"sale": D(9), "cost": D(5)}}) == set()
    set_rule(seller, follow="sale", compare_at=True)
    pour(seller)
    drain(seller)
    assert shows(tags) == ["9.00", "12.50"] and sorted(tags.struck.values()) == ["12.50", "12.50"]
    pour(seller)
    assert len(items()) == 2  # the struck price alone is told once
    assert variant_prices.keep({number: {}}) == {number}
    assert db.session.scalars(select(VariantPrices)).all() == []


def test_a_trial_counts_what_would_break(seller: Shop) -> None:
    first, second = db.session.scalars(select(Variant.bigcommerce_id).order_by(Variant.id)).all()[:2]
    variant_prices.keep({first or 0: {"cost": D(12)}, second or 0: {"cost": D(1), "map": D("12.40")}})
    values = edits.checked(seller, {"kind": "percent_down", "amount": "2"})
    found = trial.run(seller, values, D(5))
    assert found.bands["down up to 10 %"] == 2 and found.average == D("-0.02")
    assert found.faults == {"price.below_cost": 1, "price.below_map": 1} and not found.winners
    assert items() == [] and db.session.scalars(select(PricePolicy)).one().kind == ""


def sell(shop: Shop, listing_id: int, pieces: int, days_ago: float, status: str = "DELIVERED") -> None:
    listing = db.session.get_one(Listing, listing_id)
    at = clock.now() - timedelta(days=days_ago)
    order = Order(shop_id=shop.id, tiktok_id=f"{listing_id}-{days_ago}-{status}", status=status, placed_at=at,
                  changed_at=at, seen_at=at, read_at=at, address={}, details={})  # fmt: skip
    db.session.add(order)
    db.session.flush()
    for piece in range(pieces):
        db.session.add(
            OrderLine(order_id=order.id, tiktok_id=f"{order.tiktok_id}-{piece}", product_id=listing.tiktok_id)
        )
    db.session.commit()


def test_sales_move_prices_by_bounded_steps(seller: Shop, tags: Tags, bells: list[Any]) -> None:
    strong, weak = offers.live_listings(seller.id)
    sell(seller, strong, 6, 1)
    sell(seller, weak, 6, 1, "CANCELLED")
    moves = Velocity(7, 5, 0, D(4), D(6), D(3))
    simulated = sales.simulate(seller, edits.checked(seller, to_json(moves)))
    assert simulated is not None and simulated.listings == 2 and sales.steps_of(strong) == []
    set_rule(seller, velocity=to_json(moves))
    prices.steps()
    assert set(db.session.scalars(select(PriceStep.percent))) == {D(0)}  # measured from here on
    for expected in ((D(4), D(-3)), (D(6), D(-3))):
        for row in db.session.scalars(select(PriceStep)):
            row.at -= timedelta(days=7)
        db.session.commit()
        prices.steps()
        prices.steps()  # one step a span, however often it is asked
        assert (sales.steps_of(strong)[0].percent, sales.steps_of(weak)[0].percent) == expected
    drain(seller, 2)
    assert shows(tags) == ["13.25", "12.13"]
    values = edits.checked(seller, {})
    edits.save(system(seller.store_id), seller, values, edits.digest(values, policies.row(seller.id)))
    db.session.commit()
    assert {sales.steps_of(one)[0].why for one in (strong, weak)} == {"reset"}
    assert {sku.value for one in offers.offers(seller, [strong, weak]).values() for sku in one.skus} == {D("12.50")}
