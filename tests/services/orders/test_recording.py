"""What TikTok says about orders is kept once and never goes back in time."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.orders.settings import OrderSettings
from models import Order, OrderEvent, OrderLine, Shop, StockBalance, StoreOrder, db
from services.actor import Actor
from services.orders import copies, counts, linking, replay, rules
from tests.services.order_rows import facts, line, moment, order, take, variant


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count(model.id))) or 0)


def keep(shop: Shop, **changes: Any) -> None:
    rules.save(Actor("owner", shop.store_id), replace(rules.of(), **changes), rules.version())
    db.session.commit()


def balances() -> dict[str, int]:
    query = select(func.sum(StockBalance.held), func.sum(StockBalance.reserved), func.sum(StockBalance.allocated))
    held, reserved, allocated = db.session.execute(query).one()
    return {"held": int(held or 0), "reserved": int(reserved or 0), "allocated": int(allocated or 0)}


def test_an_order_is_kept_with_its_lines_linked_and_its_pieces_held(shop: Shop) -> None:
    done = take(shop, facts(lines=(line(1), line(2), line(3, "sku-1-1"))))
    kept = order()
    assert (done.new, len(done.write), kept.status, kept.quantity) == (1, 1, "ON_HOLD", 3)
    assert [one.linked_by for one in kept.lines] == ["listing"] * 3
    assert kept.problem == "" and kept.copies[0].reference == kept.tiktok_id
    assert balances() == {"held": 3, "reserved": 0, "allocated": 0}
    assert counts.read(shop.id) == {"": 1, "ON_HOLD": 1}
    assert kept.deadline_kind == "hold"


def test_whatever_comes_in_whatever_order_the_newest_stays(shop: Shop) -> None:
    """All orders of four versions, each twice: the same end, one BigCommerce order, stock booked once."""
    versions = [
        facts(age=30),
        facts(status="AWAITING_SHIPMENT", age=20),
        facts(status="AWAITING_SHIPMENT", age=10, warehouse_id="74900000000000000011"),
        facts(status="AWAITING_COLLECTION", age=0),
    ]
    for number, way in enumerate(list(itertools.permutations(versions))[::5], 1):
        for one in (*way, *way):
            take(shop, replace(one, id=f"9{number}"))
        kept = db.session.scalars(select(Order).where(Order.tiktok_id == f"9{number}")).one()
        assert kept.status == "AWAITING_COLLECTION"
        assert len(kept.copies) == 1 and len(kept.lines) == 1
    assert counts.read(None) == {"": count(Order), "AWAITING_COLLECTION": count(Order)} | {
        name: 0 for name in counts.read(None) if name not in ("", "AWAITING_COLLECTION")
    }
    assert balances()["held"] == balances()["reserved"] == 0


def test_within_one_second_the_further_status_stays(shop: Shop) -> None:
    now = moment()
    take(shop, facts(status="AWAITING_SHIPMENT", changed_at=now))
    done = take(shop, facts(status="ON_HOLD", changed_at=now))
    assert (done.unchanged, order().status) == (1, "AWAITING_SHIPMENT")


def test_a_cancellation_in_the_hour_gives_the_pieces_back_and_writes_nothing(shop: Shop) -> None:
    keep(shop, create="after_hold")
    take(shop, facts(age=10))
    assert balances()["held"] == 1 and count(StoreOrder) == 0
    done = take(shop, facts(status="CANCELLED", cancel_reason="Changed my mind", cancelled_by="BUYER"))
    assert done.write == [] and count(StoreOrder) == 0
    assert balances() == {"held": 0, "reserved": 0, "allocated": 0}
    assert (order().status, order().deadline_at, order().problem) == ("CANCELLED", None, "")


@pytest.mark.parametrize(
    ("changes", "more", "kept"),
    [
        ({}, {}, True),
        ({"download": False}, {}, False),
        ({"moment": "hold_ended"}, {}, False),
        ({"moment": "hold_ended"}, {"status": "AWAITING_SHIPMENT"}, True),
        ({}, {"status": "UNPAID", "paid_at": None}, False),
        ({}, {"status": "CANCELLED", "paid_at": None}, False),
        ({}, {"fulfillment": "FULFILLMENT_BY_TIKTOK"}, True),
        ({"by_tiktok": "ignore"}, {"fulfillment": "FULFILLMENT_BY_TIKTOK"}, False),
        ({"replacements": False}, {"replaces": "575"}, False),
        ({"samples": False}, {"is_sample": True}, False),
        ({}, {"placed_at": datetime(2020, 1, 1, tzinfo=UTC)}, False),
    ],
)  # fmt: skip
def test_which_orders_come_by_themselves(shop: Shop, changes: Any, more: Any, kept: bool) -> None:
    keep(shop, **changes)
    done = take(shop, facts(**more))
    assert (done.new, done.skipped) == ((1, 0) if kept else (0, 1))


def test_what_a_person_imports_may_be_older_than_the_connection(shop: Shop) -> None:
    keep(shop, download=False)
    old = facts(status="COMPLETED", placed_at=moment() - timedelta(days=400))
    assert take(shop, old, source="import").new == 1


def test_orders_by_tiktok_hold_no_stock_and_are_never_open_for_shipping(shop: Shop) -> None:
    done = take(shop, facts(status="AWAITING_SHIPMENT", fulfillment="FULFILLMENT_BY_TIKTOK"))
    assert len(done.write) == 1 and balances()["reserved"] == 0
    assert copies.target(order(), OrderSettings()) == 2  # shipped
    keep(shop, by_tiktok="stock_only")
    assert take(shop, facts(2, "AWAITING_SHIPMENT", fulfillment="FULFILLMENT_BY_TIKTOK")).write == []


def test_a_replacement_names_the_order_it_replaces(shop: Shop) -> None:
    take(shop, facts(replaces="5761"))
    said = db.session.scalars(select(OrderEvent.text).where(OrderEvent.kind == "note")).all()
    assert said == ["A replacement for order 5761."]


def test_an_unknown_sku_waits_under_error_until_it_is_linked_and_replayed(shop: Shop, actor: Actor) -> None:
    stranger = (line(1, "elsewhere", seller_sku="OLD-7"),)
    for number in (1, 2):
        done = take(shop, facts(number, lines=stranger))
        assert done.write == [] and order(number).problem == copies.UNLINKED
    assert counts.read(shop.id)["error"] == 2
    healed = linking.by_person(actor, order(), "elsewhere", variant("MUG-1-1").id)
    db.session.commit()
    assert healed == 2
    first = replay.replay(actor)
    db.session.commit()
    again = replay.replay(actor)
    db.session.commit()
    assert (len(first), len(again), count(StoreOrder)) == (2, 0, 2)
    assert counts.read(shop.id)["error"] == 0 and order(2).problem == ""
    take(shop, facts(3, lines=stranger))
    assert order(3).problem == "", "what was linked once is linked for all that comes"


def test_a_seller_sku_links_when_only_one_variant_has_it(shop: Shop) -> None:
    take(shop, facts(lines=(line(1, "elsewhere", seller_sku="MUG-1-0"),)))
    assert db.session.scalars(select(OrderLine.linked_by)).all() == ["sku"]


def test_strangers_may_become_lines_of_their_own_words(shop: Shop) -> None:
    keep(shop, unlinked="custom_line")
    assert len(take(shop, facts(lines=(line(1, "elsewhere"),))).write) == 1


@pytest.mark.parametrize(
    ("grouping", "keys"),
    [
        ("whole", [""]),
        ("sku", ["sku-sku-1-0", "sku-sku-1-1"]),
        ("package", ["pkg-p1", "pkg-p2"]),
        ("warehouse", ["wh-w1"]),
    ],
)
def test_grouping_as_the_merchant_set_it(shop: Shop, grouping: Any, keys: list[str]) -> None:
    keep(shop, grouping=grouping)
    lines = (line(1, package_id="p1", warehouse_id="w1"), line(2, "sku-1-1", package_id="p2", warehouse_id="w1"))
    take(shop, facts(status="AWAITING_SHIPMENT", lines=lines, age=5))
    assert [one.key for one in order().copies] == keys
    keep(shop, grouping="whole")
    take(shop, facts(status="PARTIALLY_SHIPPING", lines=lines))
    assert [one.key for one in order().copies] == keys, "what was begun is not regrouped"
    assert len({one.reference for one in order().copies}) == len(keys)
