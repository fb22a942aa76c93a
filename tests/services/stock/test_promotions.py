"""Pieces kept for promotions: reserved, reminded of and released by the clock; a release is taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from models import MerchantSku, Notice, Product, Promotion, Shop, Stock, StockMovement, db
from models.tenancy import tenant
from services import clock
from services.actor import Actor
from services.errors import Invalid, ServiceError
from services.stock import levels, promotions
from tests.services.listing_rows import add_product, add_shop, add_store

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """Seven pieces of one SKU."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            shop = add_shop()
            add_product(1)
            db.session.scalars(select(Product)).one().inventory_tracking = "variant"
            levels.follow(db.session.scalars(select(MerchantSku.id)).all(), clock.now())
            db.session.commit()
            yield shop
        db.session.remove()


def sku() -> MerchantSku:
    return db.session.scalars(select(MerchantSku)).one()


def free() -> int:
    return sum(levels.available([sku().id])[sku().id].values())


def owner(shop: Shop) -> Actor:
    return Actor("owner@example.com", shop.store_id, 1)


def add(shop: Shop, pieces: int = 5, **at: datetime) -> Promotion:
    now = clock.now()
    when = {"keeps_from": now, "starts_at": now + HOUR, "ends_at": now + 2 * HOUR} | at
    return promotions.add(owner(shop), shop, "Flash sale", {sku().code: pieces}, **when)


def told() -> list[tuple[str, bool]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Notice).where(Notice.key.startswith("promotion.")).order_by(Notice.id))
    return [(row.key.partition(":")[0].removeprefix("promotion."), row.resolved_at is None) for row in rows]


def test_from_beginning_to_end_by_the_clock(shop: Shop) -> None:
    begin = clock.now()
    promotion = add(shop, keeps_from=begin + HOUR, starts_at=begin + HOUR, ends_at=begin + 2 * HOUR)
    steps: list[tuple[timedelta, str, int, list[tuple[str, bool]]]] = [
        (timedelta(0), "planned", 7, []),
        (HOUR - timedelta(seconds=1), "planned", 7, []),
        (HOUR, "kept", 2, [("start", True)]),
        (2 * HOUR - timedelta(seconds=1), "kept", 2, [("start", True)]),
        (2 * HOUR, "over", 7, [("start", False), ("end", True)]),
        (3 * HOUR, "over", 7, [("start", False), ("end", True)]),
    ]
    with time_machine.travel(begin, tick=False) as machine:
        for after, state, left, notices in steps:
            machine.move_to(begin + after)
            for _ in range(2):  # again changes nothing
                promotions.turn_over()
            assert (promotion.state, free(), told()) == (state, left, notices), after
            assert levels.check() == []
    causes = db.session.scalars(select(StockMovement.cause).where(StockMovement.kind == "reserved")).all()
    assert list(causes) == ["reserved", "promotion_over"]


def test_a_release_by_hand_is_taken_back(shop: Shop) -> None:
    promotion = add(shop)
    assert (promotion.state, free()) == ("kept", 2)
    promotions.release(owner(shop), promotion)
    assert (promotion.state, free()) == ("released", 7)
    with pytest.raises(ServiceError):
        promotions.release(owner(shop), promotion)
    promotions.resume(owner(shop), promotion)
    assert (promotion.state, free()) == ("kept", 2)
    promotions.release(owner(shop), promotion)
    db.session.scalars(select(Stock)).one().available = 4
    with pytest.raises(Invalid):  # too few are left
        promotions.resume(owner(shop), promotion)


def test_another_number_as_it_sells(shop: Shop) -> None:
    promotion = add(shop)
    for pieces, left in ((3, 4), (7, 0), (0, 7)):
        promotions.set_pieces(owner(shop), promotion, sku().id, pieces)
        assert (promotion.state, free(), levels.check()) == ("kept", left, [])
    with pytest.raises(Invalid):
        promotions.set_pieces(owner(shop), promotion, sku().id, 8)


@pytest.mark.parametrize(
    "change",
    [
        {"pieces": 8}, {"pieces": 0}, {"ends_at": "before"}, {"ends_at": "past"},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(change: dict[str, Any], shop: Shop) -> None:
    now = clock.now()
    words = {"before": now + HOUR / 2, "past": now - HOUR}
    values = {name: words.get(value, value) for name, value in change.items()}
    if change.get("ends_at") == "past":
        values["starts_at"] = now - 2 * HOUR
    with pytest.raises(Invalid):
        add(shop, **values)
    with pytest.raises(Invalid):
        promotions.add(owner(shop), shop, "Sale", {"NOBODY": 1}, now, now, now + HOUR)


def test_pieces_as_they_are_typed() -> None:
    assert promotions.read_pieces("MUG-1 20\n\nRed, big 3\nMUG-1\t2\nCUP,4") == {"MUG-1": 22, "Red  big": 3, "CUP": 4}
    for text in ("MUG", "20", "MUG -3", "MUG 1.5"):
        with pytest.raises(Invalid):
            promotions.read_pieces(text)
