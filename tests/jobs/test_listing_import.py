"""The walk reads each unknown product once, knows what did not change, and closes what is gone; products are made in
BigCommerce once, whatever is lost on the way."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from clients.bigcommerce.models import Product as Made
from clients.errors import Refused, Unreachable
from clients.tiktok.models import Product, ProductPage
from jobs import second_writer as schedule
from jobs.drain import Drain
from models import Activity, ActivityItem, FoundProduct, Listing, OutsideChange, Shop, ShopLook, db
from models import Product as Ours
from services import activities, clock, platforms
from services.actor import Actor
from services.adoption import adopting, found, products, second_writer, to_bigcommerce, values
from tests.services.adoption.conftest import answer
from tests.services.listing_rows import add_product, add_shop

pytestmark = pytest.mark.engines("sqlite")


class Shelf:
    """What TikTok holds; a search shows a part of each product."""

    def __init__(self) -> None:
        self.products: dict[str, dict[str, Any]] = {}
        self.read: list[str] = []

    def put(self, number: str, skus: Sequence[Any], title: str = "A mug", **more: Any) -> None:
        self.products[number] = answer(number, skus, title) | {"create_time": int(clock.now().timestamp()) - 60} | more

    def search_products(
        self, *, create_time_ge: int = 0, create_time_le: int = 2**40, update_time_ge: int = 0, page_token: str = "",
        page_size: int = 100, seller_skus: Sequence[str] = (),
    ) -> ProductPage:  # fmt: skip
        shown = ("id", "title", "status", "audit", "create_time", "update_time")
        rows = [
            {name: one[name] for name in shown} | {"skus": [{"id": sku["id"], "seller_sku": sku["seller_sku"]}
                                                            for sku in one["skus"]]}
            for one in self.products.values()
            if create_time_ge <= one["create_time"] <= create_time_le and one["update_time"] >= update_time_ge
        ]  # fmt: skip
        return ProductPage.model_validate({"products": rows, "total_count": len(rows), "next_page_token": ""})

    def get_product(self, number: str, under_review: bool = False) -> Product:
        self.read.append(number)
        product = self.products.get(number)
        if product is None or product["status"] in ("DELETED", "FREEZE"):
            raise Refused("closed", platform="tiktok", code="12052901" if product else "12052032")
        return Product.model_validate(product)


class Store:
    """BigCommerce: makes products, and finds them by SKU."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.trouble: list[Exception] = []
        self.lost: list[Exception] = []

    def create_product(self, body: Mapping[str, Any]) -> Made:
        if self.trouble:
            raise self.trouble.pop()
        number = 500 + len(self.made)
        rows = body.get("variants") or [{"sku": body["sku"]}]
        variants = [
            {"id": number * 10 + place, "product_id": number, "sku": one["sku"]} for place, one in enumerate(rows)
        ]
        told = {"id": number, "custom_fields": body["custom_fields"], "variants": variants,
                **{name: body[name] for name in ("name", "sku", "price", "weight")}}  # fmt: skip
        self.made.append(told)
        if self.lost:
            raise self.lost.pop()
        return Made.model_validate(told)

    def products_with_sku(self, sku: str) -> tuple[Made, ...]:
        return tuple(Made.model_validate(one) for one in self.made if one["sku"] == sku)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: shelf)
    return shelf


@pytest.fixture
def bigcommerce(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store_, observe=None: store)
    return store


@pytest.fixture
def harbor(place: int, bells: list[Any]) -> Shop:
    return add_shop()


@pytest.fixture
def actor(harbor: Shop) -> Actor:
    return Actor("owner@example.com", harbor.store_id, 1)


def run(activity: Activity) -> Activity:
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Drain(app, "bulk", activity.store_id, activity.shop_id).run()
    db.session.expire_all()
    return activity


def test_an_import_sorts_what_the_shop_holds(harbor: Shop, shelf: Shelf, actor: Actor) -> None:
    add_product(1), add_product(2, title="Glazed stoneware teapot with lid")
    shelf.put("9001", ["MUG-1-0"])
    shelf.put("9002", ["X"], "Stoneware teapot, glazed, with lid")
    shelf.put("9003", ["Y"], "Phone stand")
    shelf.put("9004", ["Z"], status="FREEZE")
    shelf.put("9005", ["Z"], status="DELETED")
    activity = run(found.start(actor, harbor).activity)
    assert (activity.state, activity.refused, activity.notes["products"]) == ("finished", 0, 5)
    assert found.counts([harbor.id]) == {"certain": 1, "proposed": 1, "none": 2}
    assert sorted(shelf.read) == ["9001", "9002", "9003"]
    assert [row.tiktok_id for row in found.page([harbor.id], "certain")] == ["9001"]


def test_the_next_import_reads_only_what_changed_and_closes_what_is_gone(
    harbor: Shop, shelf: Shelf, actor: Actor
) -> None:
    for number in ("9001", "9002", "9003"):
        shelf.put(number, [f"K-{number}"])
    run(found.start(actor, harbor).activity)
    shelf.read.clear()
    shelf.products["9002"]["update_time"] += 10
    del shelf.products["9003"]
    run(found.start(actor, harbor).activity)
    assert shelf.read == ["9002"]
    assert found.counts([harbor.id]) == {"none": 2}
    assert db.session.scalars(select(FoundProduct.state).where(FoundProduct.tiktok_id == "9003")).one() == "gone"


@pytest.mark.engines("sqlite", "postgresql")
def test_adopting_many_gives_each_its_outcome(harbor: Shop, shelf: Shelf, actor: Actor) -> None:
    for number in (1, 2, 3):
        add_product(number)
        shelf.put(f"900{number}", [f"MUG-{number}-0"])
    run(found.start(actor, harbor).activity)
    ids = list(db.session.scalars(found.ids_of(harbor.id, found.CERTAIN)))
    started = adopting.start(actor, harbor, ids, list(values.CHOICES)).activity
    adopting.adopt(actor, found.get(ids[1]), [])  # somebody was quicker with this one
    activity = run(started)
    states = [item.state for item in activities.items(activity)]
    assert (activity.state, states) == ("finished", ["done", "refused", "done"])
    assert db.session.scalars(select(Listing.tiktok_id).order_by(Listing.tiktok_id)).all() == ["9001", "9002", "9003"]
    assert run(found.start(actor, harbor).activity).message.endswith("every one has its listing.")


@pytest.fixture
def taken(harbor: Shop, shelf: Shelf, actor: Actor) -> list[int]:
    """Two products that only TikTok knew."""
    shelf.put("9001", [("K-1", "", "Red / S"), ("K-2", "", "Blue / M")], "Kettle")
    shelf.put("9002", ["TRAY"], "Tray")
    run(found.start(actor, harbor).activity)
    ids = list(db.session.scalars(found.ids_of(harbor.id, found.NONE)))
    activity = run(products.start(actor, harbor, ids).activity)
    assert (activity.done, activity.refused) == (2, 0)
    return list(db.session.scalars(to_bigcommerce.candidates().order_by(Ours.id)))


def test_products_are_made_in_bigcommerce_once(taken: list[int], bigcommerce: Store, actor: Actor) -> None:
    activity = run(to_bigcommerce.start(actor).activity)
    assert (activity.done, activity.refused, len(bigcommerce.made)) == (2, 0, 2)
    assert [one["sku"] for one in bigcommerce.made] == ["9001", "TRAY"]
    assert to_bigcommerce.count() == 0
    with pytest.raises(activities.NothingToDo):
        to_bigcommerce.start(actor)


def test_an_answer_that_was_lost_is_looked_up(taken: list[int], bigcommerce: Store, actor: Actor) -> None:
    bigcommerce.lost = [Unreachable("cut", unknown=True), Unreachable("cut", unknown=True)]
    activity = to_bigcommerce.start(actor).activity
    run(activity)
    db.session.execute(update(ActivityItem).values(due_at=clock.now()))
    run(activity)
    assert (activity.state, activity.done, len(bigcommerce.made)) == ("finished", 2, 2)
    assert to_bigcommerce.count() == 0


def test_a_name_that_is_taken_is_refused_and_the_rest_goes_on(
    taken: list[int], bigcommerce: Store, actor: Actor
) -> None:
    bigcommerce.trouble = [Refused("The product name is a duplicate", platform="bigcommerce", status=409)]
    activity = run(to_bigcommerce.start(actor).activity)
    assert (activity.done, activity.refused) == (1, 1)
    assert to_bigcommerce.count() == 1


# -- the look for other writers ---------------------------------------------------------------------------------------


@pytest.mark.engines("sqlite", "postgresql")
def test_one_look_finds_what_was_changed_and_the_next_reads_nothing(harbor: Shop, shelf: Shelf, actor: Actor) -> None:
    add_product(1)
    shelf.put("9001", ["MUG-1-0"])
    run(found.start(actor, harbor).activity)
    row = found.page([harbor.id], found.CERTAIN)[0]
    listing = adopting.adopt(actor, row, list(values.CHOICES)).listing
    db.session.commit()
    shelf.read.clear()
    assert schedule.look(harbor.store_id, harbor.id) == 0
    shelf.products["9001"] |= {"title": "Somebody's title", "update_time": int(clock.now().timestamp())}
    assert schedule.look(harbor.store_id, harbor.id) == 1
    assert schedule.look(harbor.store_id, harbor.id) == 0
    assert shelf.read == ["9001"]
    db.session.expire_all()
    assert db.session.scalars(select(OutsideChange.field)).all() == ["title"]
    assert second_writer.undecided([listing.id]) == {listing.id}
    assert db.session.scalars(select(ShopLook.until)).one() is not None
