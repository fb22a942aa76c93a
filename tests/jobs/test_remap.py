"""A confirmed mapping is changed and changed back: at no moment is more on offer than there is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from clients.errors import ItemError, Refused
from clients.tiktok.models import CreatedProduct, Product
from jobs.drain import Drain
from jobs.handlers.remap import Remap, Step
from models import (
    Activity,
    ActivityItem,
    Listing,
    ListingSku,
    Location,
    MappingVersion,
    PushRule,
    Shop,
    Warehouse,
    WarehouseMap,
    db,
)
from services import clock, platforms, warehouses
from services.actor import Actor
from services.errors import Forbidden, Invalid, NotFound, Stale
from services.places import centers, remapping, versions
from services.stock import levels, pushes
from services.stock.offers import live_listings
from tests.jobs.shelves import Shelves
from tests.services.listing_rows import add_listing, add_shop

OLD, NEW = "74900000000000000011", "74900000000000000012"
REAL = 7  # pieces of each SKU, all at the first location


class Shelf(Shelves):
    """Edits too: they add warehouses and take none away. `high`: the most pieces of one SKU ever on offer."""

    def __init__(self) -> None:
        super().__init__()
        self.high = 0
        self.no_right: set[str] = set()

    def look(self) -> None:
        found = [self.shows(product, sku) for product, shelf in self.stock.items() for sku in shelf]
        self.high = max(self.high, *found)

    def update_inventory(self, product: str, skus: Sequence[Mapping[str, Any]]) -> list[ItemError]:
        answer = super().update_inventory(product, skus)
        self.look()
        return answer

    def get_product(self, product: str) -> Product:
        skus = [
            {
                "id": sku, "seller_sku": f"code-{sku}", "external_sku_id": sku[1:],
                "inventory": [{"warehouse_id": place, "quantity": row[0]} for place, row in places.items()],
                "sales_attributes": [{"id": "100", "value_id": "200", "name": "Size", "value_name": "L"}],
            }
            for sku, places in self.stock[product].items()
        ]  # fmt: skip
        return Product.model_validate({"id": product, "skus": skus})

    def partial_edit(self, product: str, body: Mapping[str, Any]) -> CreatedProduct:
        self.calls.append("edit")
        if product in self.no_right:
            raise Refused("no", platform="tiktok", code="12052094")
        for sku in body["skus"]:
            shelf = self.stock[product][sku["id"]]
            named = {row["warehouse_id"]: row["quantity"] for row in sku["inventory"]}
            assert set(shelf) <= set(named) and sku["seller_sku"] and sku["sales_attributes"][0]["value_id"] == "200"
            self.stock[product][sku["id"]] = {
                place: [count, shelf.get(place, [0, 0])[1]] for place, count in named.items()
            }
        self.look()
        return CreatedProduct.model_validate({"product_id": product, "skus": [], "audit": {"status": "AUDITING"}})


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    there = Shelf()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def seller(place: int, shelf: Shelf) -> Iterator[Shop]:
    """A shop that is pushed to, with two live listings and a second location without stock."""
    shop = add_shop()
    shop.authorization.state, shop.mapping_locked_at = "active", clock.now()
    for number in (1, 2):
        listing = add_listing(shop, number)
        listing.tiktok_id, listing.platform_status, listing.audit_status = f"P{listing.id}", "ACTIVATE", "APPROVED"
        for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id == listing.id)):
            line.tiktok_id, line.sent_quantity = f"S{line.id}", REAL
            shelf.put(listing.tiktok_id, line.tiktok_id, {OLD: REAL})
    db.session.add_all([PushRule(shop_id=shop.id, changed_at=clock.now()), Location(bigcommerce_id=2, label="Annex")])
    db.session.commit()
    levels.follow(levels.behind(), clock.now())
    pushes.push_all(actor(shop), shop, live_listings(shop.id))
    db.session.commit()
    drain(shop)
    assert shown(shelf) == [{OLD: REAL}, {OLD: REAL}]
    yield shop


def actor(shop: Shop) -> Actor:
    return Actor("maya", shop.store_id)


def drain(shop: Shop) -> None:
    shop_id, store_id = shop.id, shop.store_id
    for queue in ("bulk", "live"):
        Drain(current_app._get_current_object(), queue, store_id, shop_id).run()  # type: ignore[attr-defined]
        db.session.rollback()


def shown(shelf: Shelf) -> list[dict[str, int]]:
    return [
        {place: row[0] for place, row in places.items()} for skus in shelf.stock.values() for places in skus.values()
    ]


def homes(warehouse: str) -> dict[int, int]:
    """The first location is sold from that warehouse, the other from none."""
    number = db.session.scalars(select(Warehouse.id).where(Warehouse.tiktok_id == warehouse)).one()
    places = db.session.scalars(select(Location.id).order_by(Location.id)).all()
    return {places[0]: number, places[1]: 0}


def begin(shop: Shop, warehouse: str = NEW) -> remapping.Begun:
    found = remapping.look(shop, homes(warehouse))
    begun = remapping.begin(actor(shop), shop, homes(warehouse), "The stock moves to the other hall", found.digest)
    db.session.commit()
    return begun


def states() -> list[tuple[int, str]]:
    rows = db.session.execute(select(MappingVersion.number, MappingVersion.state).order_by(MappingVersion.number))
    return [(number, state) for number, state in rows]


def test_re_map_and_undo_never_offer_more_than_there_is(seller: Shop, shelf: Shelf) -> None:
    effect = remapping.look(seller, homes(NEW)).effect
    assert (effect.listings, effect.attach, effect.before, effect.after, effect.out) == (2, 2, 14, 14, 0)
    moved = [(place.before, place.after) for place in effect.places]
    assert moved == [(14, 0), (0, 14)]
    begun = begin(seller)
    assert states() == [(1, "active"), (2, "preparing")]
    assert set(warehouses.mapping(seller)) == {homes(OLD)[min(homes(OLD))]}
    drain(seller)
    assert shown(shelf) == [{OLD: 0, NEW: REAL}] * 2 and shelf.high == REAL
    assert states() == [(1, "past"), (2, "active")]
    assert {row.warehouse_id for row in db.session.scalars(select(WarehouseMap))} == {begun.version.pairs[0][0]}
    assert db.session.scalars(select(Listing.audit_status)).all() == ["AUDITING"] * 2
    edits = shelf.calls.count("edit")
    remapping.undo(actor(seller), seller)
    db.session.commit()
    drain(seller)
    assert shown(shelf) == [{OLD: REAL, NEW: 0}] * 2 and shelf.high == REAL
    assert shelf.calls.count("edit") == edits and states() == [(1, "past"), (2, "past"), (3, "active")]


def test_what_cannot_take_the_warehouse_keeps_the_mapping_until_somebody_decides(seller: Shop, shelf: Shelf) -> None:
    first = next(iter(shelf.stock))
    shelf.no_right = {first}
    version = begin(seller).version.id
    drain(seller)
    assert states()[-1] == (2, "preparing") and [sum(one.values()) for one in shown(shelf)] == [REAL, REAL]
    codes = db.session.scalars(select(ActivityItem.code).where(ActivityItem.state == "refused")).all()
    assert codes == ["12052094"]
    with pytest.raises(Stale):
        begin(seller)
    remapping.go_on(actor(seller), seller, version, anyway=True)
    db.session.commit()
    drain(seller)
    assert shown(shelf) == [{OLD: 0}, {OLD: 0, NEW: REAL}] and states()[-1] == (2, "active")


def test_given_up_it_stays_as_it_was(seller: Shop, shelf: Shelf) -> None:
    shelf.no_right = set(shelf.stock)
    version = begin(seller).version.id
    drain(seller)
    remapping.give_up(actor(seller), seller, version)
    assert states() == [(1, "active"), (2, "dropped")] and shown(shelf) == [{OLD: REAL}] * 2
    with pytest.raises(NotFound):
        remapping.go_on(actor(seller), seller, version)
    with pytest.raises(NotFound):
        remapping.undo(actor(seller), seller)


def test_an_edit_whose_answer_was_lost_is_not_repeated(seller: Shop, shelf: Shelf) -> None:
    product = next(iter(shelf.stock))
    step = Step(shelf, product, (OLD, NEW))  # type: ignore[arg-type]
    assert Remap().look_up(step) is None
    Remap().call(step)
    answer = Remap().look_up(step)
    assert answer is not None and answer.made is None and shelf.calls.count("edit") == 1
    assert Remap().call(step).made is None and shelf.calls.count("edit") == 1


def test_what_is_refused(seller: Shop) -> None:
    right = remapping.digest({(warehouse, place) for place, warehouse in homes(NEW).items() if warehouse})
    shop_rule = db.session.scalars(select(PushRule)).one()
    new = db.session.scalars(select(Warehouse).where(Warehouse.tiktok_id == NEW)).one()
    table: list[tuple[Any, str, Any, type[Exception]]] = [
        (seller, "kind", "semi_consignment", Forbidden),
        (seller, "mapping_locked_at", None, Invalid),
        (shop_rule, "is_on", False, Invalid),
        (new, "effect_status", "DISABLED", Invalid),
    ]
    for row, name, value, error in table:
        with db.session.begin_nested() as step:
            setattr(row, name, value)
            db.session.flush()
            with pytest.raises(error):
                remapping.begin(actor(seller), seller, homes(NEW), "Because", right)
            step.rollback()
    for wanted, reason, seen, error in (
        (homes(OLD), "Because", right, Invalid),
        (dict.fromkeys(homes(OLD), 0), "Because", right, Invalid),
        (homes(NEW), " ", right, Invalid),
        (homes(NEW), "Because", "another look", Stale),
    ):
        with pytest.raises(error):
            remapping.begin(actor(seller), seller, wanted, reason, seen)
    assert states() == []


def test_a_service_has_its_warehouse_for_itself(seller: Shop) -> None:
    first, second = db.session.scalars(select(Location.id).order_by(Location.id)).all()
    one = homes(NEW)[first]
    centers.declare(actor(seller), second, "Swift Fulfilment")
    with pytest.raises(Invalid):
        remapping.look(seller, {first: one, second: one})
    centers.declare(actor(seller), second, "")
    assert centers.names() == {} and remapping.look(seller, {first: one, second: one}).effect.after == 2 * REAL


def test_locations_that_a_push_rule_named_come_back_with_the_undo(seller: Shop, shelf: Shelf) -> None:
    first, second = db.session.scalars(select(Location.id).order_by(Location.id)).all()
    old = homes(OLD)[first]
    db.session.add(PushRule(shop_id=seller.id, warehouse_id=old, location_ids=[first, second], changed_at=clock.now()))
    db.session.commit()
    begin(seller)
    drain(seller)
    assert remapping.own_places(seller) == {} and shown(shelf) == [{OLD: 0, NEW: REAL}] * 2
    remapping.undo(actor(seller), seller)
    db.session.commit()
    drain(seller)
    assert remapping.own_places(seller) == {str(old): [first, second]} and shown(shelf) == [{OLD: REAL, NEW: 0}] * 2
    assert versions.of_state(seller, "active") is not None and db.session.scalars(select(Activity.state)).all()
