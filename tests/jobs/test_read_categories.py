"""The categories of a market are read as an activity: the tree, then what each category in use demands."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from clients.errors import Refused
from clients.tiktok.models import Attribute, BrandPage, CategoryRules
from clients.tiktok.models import Category as CategoryRow
from jobs.drain import drain
from models import Authorization, Category, ListingProblem, Shop, db
from services import category_reading, platforms
from services.actor import system
from tests.jobs.engine import look
from tests.services.listing_rows import MUGS, SHIRTS, UNREAD, add_listing, add_shop

pytestmark = pytest.mark.engines("sqlite", "postgresql")


class Market:
    """What TikTok answers; `closed` leaves refuse their rules."""

    def __init__(self) -> None:
        self.permissions = {MUGS: ["INVITE_ONLY"]}
        self.closed: set[str] = set()
        self.asked: list[str] = []

    def categories(self) -> list[CategoryRow]:
        leaves = {"600100": ("0", "Kitchen"), MUGS: ("600100", "Mugs"), SHIRTS: ("600100", "Aprons")}
        return [
            CategoryRow.model_validate(
                {"id": key, "parent_id": parent, "local_name": name, "is_leaf": parent != "0",
                 "permission_statuses": self.permissions.get(key, ["AVAILABLE"])}
            )
            for key, (parent, name) in leaves.items()
        ]  # fmt: skip

    def category_rules(self, category_id: str) -> CategoryRules:
        self.asked.append(category_id)
        if category_id in self.closed:
            raise Refused("closed", platform="tiktok", code="12052217")
        return CategoryRules.model_validate({})

    def category_attributes(self, category_id: str) -> list[Attribute]:
        return [Attribute.model_validate({"id": "900", "name": "New", "type": "PRODUCT_PROPERTY"})]

    def brands(self, category_id: str, token: str = "") -> BrandPage:
        return BrandPage.model_validate({"brands": []})


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Market:
    market = Market()
    monkeypatch.setattr(platforms, "tiktok", lambda *_: market)
    return market


@pytest.fixture
def shop_id(place: int) -> int:
    shop = add_shop()
    add_listing(shop, 1)
    db.session.execute(update(Authorization).values(state="active"), execution_options={"synchronize_session": False})
    db.session.commit()
    return shop.id


def read(place: int, shop_id: int) -> Any:
    started = category_reading.start_download(system(place), db.session.get_one(Shop, shop_id))
    number = started.activity.id
    db.session.commit()
    while drain("bulk", place, shop_id):
        pass
    return look(number)


def leaves() -> Sequence[Category]:
    return db.session.scalars(select(Category).order_by(Category.tiktok_id)).all()


def codes() -> set[str]:
    return set(db.session.scalars(select(ListingProblem.code)))


def test_tree_and_attributes_are_read_and_listings_rechecked(market: Market, place: int, shop_id: int) -> None:
    done = read(place, shop_id)
    assert (done.state, done.refused, done.notes) == ("finished", 0, {"categories": 3, "attributes": 2})
    rows = {row.tiktok_id: row for row in leaves()}
    assert UNREAD not in rows, "what TikTok no longer names is gone"
    assert rows[MUGS].permissions == ["INVITE_ONLY"] and sorted(market.asked) == [MUGS, SHIRTS]
    assert [one["id"] for one in (rows[MUGS].needs or {})["attributes"]] == ["900"]
    assert "category.invite_only" in codes(), "its category became one by invitation"
    market.permissions = {}
    read(place, shop_id)
    assert "category.invite_only" not in codes()


def test_a_category_that_refuses_keeps_what_was_read(market: Market, place: int, shop_id: int) -> None:
    market.closed = {SHIRTS}
    done = read(place, shop_id)
    assert (done.refused, done.done) == (1, 2)
    rows = {row.tiktok_id: row for row in leaves()}
    assert rows[SHIRTS].needs is not None


def test_pressing_twice_reads_once(market: Market, place: int, shop_id: int) -> None:
    shop = db.session.get_one(Shop, shop_id)
    first = category_reading.start_download(system(place), shop)
    again = category_reading.start_download(system(place), shop)
    assert (first.already, again.already) == (False, True) and first.activity.id == again.activity.id
    assert category_reading.downloading(shop) is not None
