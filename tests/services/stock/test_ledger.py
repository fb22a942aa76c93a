"""The ledger: an order only moves forward, whatever comes twice or late; balances are the sums of their movements."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import MerchantSku, StockBalance, StockMovement, StockOrder, db
from models.tenancy import tenant
from services import clock
from services.stock import ledger, levels
from services.stock.booking import KINDS
from tests.services.listing_rows import add_product, add_shop, add_store

REF = "1:576460000000000001"


@pytest.fixture
def sku(app: Flask) -> Iterator[int]:
    """A merchant SKU with 7 pieces at one location."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            add_shop()
            add_product(1)
            db.session.commit()
            sku_id = db.session.scalars(select(MerchantSku.id)).one()
            levels.follow([sku_id], clock.now())
            db.session.commit()
            yield sku_id
        db.session.remove()


def balance(sku_id: int) -> dict[str, int]:
    columns = [func.sum(getattr(StockBalance, kind)).label(kind) for kind in KINDS]
    row = db.session.execute(select(*columns).where(StockBalance.merchant_sku_id == sku_id)).one()
    return {kind: count for kind, count in row._mapping.items() if count}


def free(sku_id: int) -> int:
    return sum(levels.available([sku_id])[sku_id].values())


def read(sku_id: int, count: int, after: timedelta = timedelta(seconds=1)) -> set[int]:
    place = next(iter(levels.available([sku_id])[sku_id]))
    return levels.record({(sku_id, place): count}, clock.now() + after)


Step = Callable[[int], object]
STEPS: dict[str, Step] = {
    "hold": lambda sku: ledger.hold(REF, [(sku, None, 3)]),
    "reserve": lambda sku: ledger.reserve(REF, [(sku, None, 3)]),
    "reserve less": lambda sku: ledger.reserve(REF, [(sku, None, 2)]),
    "hand over": lambda sku: ledger.handed_over(REF),
    "ship": lambda sku: ledger.shipped(REF),
    "release": lambda sku: ledger.release(REF, "cancelled"),
    "release one": lambda sku: ledger.release(REF, "line 9 cancelled", [(sku, None, 1)]),
    "read 4": lambda sku: read(sku, 4),
    "read 7": lambda sku: read(sku, 7),
    "read 7 late": lambda sku: read(sku, 7, timedelta(minutes=5)),
    "return one": lambda sku: ledger.returned(REF, [(sku, None, 1)], "return 1"),
}
WAYS = [
    (("hold",), {"on_hand": 7, "held": 3}, 4),
    (("hold", "hold"), {"on_hand": 7, "held": 3}, 4),
    (("hold", "reserve"), {"on_hand": 7, "reserved": 3}, 4),
    (("reserve",), {"on_hand": 7, "reserved": 3}, 4),
    (("reserve", "hold"), {"on_hand": 7, "reserved": 3}, 4),
    (("hold", "reserve less"), {"on_hand": 7, "reserved": 2}, 5),
    (("hold", "release"), {"on_hand": 7}, 7),
    (("release", "hold"), {"on_hand": 7}, 7),
    (("hold", "release", "reserve"), {"on_hand": 7}, 7),
    (("hold", "release one"), {"on_hand": 7, "held": 2}, 5),
    (("hold", "release one", "release one"), {"on_hand": 7, "held": 2}, 5),
    (("reserve", "hand over"), {"on_hand": 7, "allocated": 3}, 4),
    (("reserve", "hand over", "read 4"), {"on_hand": 4}, 4),
    (("reserve", "hand over", "read 7"), {"on_hand": 7, "allocated": 3}, 4),
    (("reserve", "hand over", "read 7 late"), {"on_hand": 7}, 7),
    (("reserve", "read 4", "hand over"), {"on_hand": 4, "allocated": 3}, 1),
    (("hand over", "hold"), {"on_hand": 7}, 7),
    (("reserve", "hand over", "release"), {"on_hand": 7}, 7),
    (("reserve", "ship"), {"on_hand": 7, "allocated": 3}, 4),
    (("reserve", "ship", "release"), {"on_hand": 7, "allocated": 3}, 4),
    (("reserve", "return one"), {"on_hand": 7, "reserved": 2}, 5),
    (("reserve", "hand over", "read 4", "return one", "return one"), {"on_hand": 4}, 4),
]


def test_what_an_order_does_to_stock(sku: int) -> None:
    """Each way in a transaction of its own that is taken back."""
    for steps, expected, left in WAYS:
        for step in steps:
            STEPS[step](sku)
            db.session.flush()
        assert (balance(sku), free(sku)) == (expected, left), steps
        assert levels.check() == [], steps
        db.session.rollback()


def test_more_than_there_is_shows_as_a_lack(sku: int) -> None:
    ledger.hold(REF, [(sku, None, 9)])
    assert free(sku) == -2 and levels.check() == []


def test_a_reading_that_changes_nothing_books_nothing(sku: int) -> None:
    before = db.session.scalar(select(func.count(StockMovement.id)))
    assert read(sku, 7) == set()
    assert db.session.scalar(select(func.count(StockMovement.id))) == before
    assert read(sku, 5) == {sku}


def test_an_unknown_pieces_place_is_kept_off_all_the_same(sku: int) -> None:
    other = MerchantSku(code="NOT-COUNTED")
    db.session.add(other)
    db.session.flush()
    ledger.hold(REF, [(other.id, None, 2), (sku, None, 1)])
    assert balance(other.id) == {"held": 2} and free(sku) == 6


def test_whatever_happens_the_books_balance(sku: int) -> None:
    """Random orders, each with its steps shuffled and repeated; between them readings."""
    luck = random.Random(20261121)
    for number in range(25):
        ref = f"1:{number}"
        steps: list[Callable[[], object]] = [
            partial(ledger.hold, ref, [(sku, None, luck.randint(1, 3))]),
            partial(ledger.reserve, ref, [(sku, None, luck.randint(1, 3))]),
            partial(ledger.handed_over, ref),
            partial(ledger.release, ref, "one line", [(sku, None, 1)]),
            partial(ledger.release, ref, "cancelled"),
            partial(ledger.shipped, ref),
            partial(ledger.returned, ref, [(sku, None, 1)], "r1"),
            partial(read, sku, luck.randint(0, 30)),
        ]
        for step in luck.choices(steps, k=5):
            step()
        db.session.commit()
        assert levels.check() == []
    read(sku, 12, timedelta(hours=1))
    for order in db.session.scalars(select(StockOrder.order_ref)).all():
        ledger.release(order, "end")
    db.session.commit()
    assert levels.check() == []
    standing = balance(sku)
    shipped_by_us = standing.get("allocated", 0)  # left without a BigCommerce order
    assert standing.get("held", 0) == standing.get("reserved", 0) == 0 and free(sku) == 12 - shipped_by_us
