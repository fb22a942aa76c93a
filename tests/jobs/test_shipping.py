"""Shipments reach the other side once, whatever the platforms do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clients.bigcommerce.order_models import OrderProduct
from clients.bigcommerce.order_models import Shipment as TheirShipment
from clients.errors import Refused, Unreachable
from clients.tiktok.fulfilment_models import Shipped, SplitPackage
from domain.fulfilment.settings import FulfilmentSettings
from jobs import shipping
from jobs.taken import Taken
from models import Order, Shipment, Shop, StoreOrder, db
from services import clock, platforms
from services.actor import Actor, system
from services.fulfilment import carriers, handling, rules, shipments, shipped_by_tiktok, typed
from tests.jobs.market import Admin, Sales
from tests.jobs.test_orders import drain, hint, only, tell
from tests.services.listing_rows import add_shop
from tests.services.order_rows import sell

PROVIDERS = {"7400000000000000001": "USPS", "7400000000000000002": "UPS"}


class Parcels(Sales):
    """A TikTok shop that takes tracking numbers. `faults`: lost (done, not answered), nothing, or a refusal's code."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.told: list[tuple[str, ...]] = []

    def _effect(self, lines: list[dict[str, Any]], number: str, provider: str, package: str) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "nothing":
            raise Unreachable("cut")
        if fault and fault != "lost":
            raise Refused("no", platform="tiktok", code=fault)
        for line in lines:
            line |= {"display_status": "AWAITING_COLLECTION", "tracking_number": number, "package_id": package,
                     "shipping_provider_id": provider, "shipping_provider_name": PROVIDERS[provider]}  # fmt: skip
        for book in self.books.values():
            states = {line["display_status"] for line in book["line_items"]}
            if "AWAITING_COLLECTION" in states:
                book["status"] = "AWAITING_COLLECTION" if len(states) == 1 else "PARTIALLY_SHIPPING"
                book["update_time"] += 1
        if fault == "lost":
            raise Unreachable("cut")

    def mark_shipped(self, order: str, lines: list[str], number: str, provider: str) -> Shipped:
        mine = [line for line in self.books[order]["line_items"] if line["id"] in lines]
        self.told.append(("mark", number, *lines))
        self._effect(mine, number, provider, f"P{len(self.told)}")
        return Shipped(package_id=f"P{len(self.told)}")

    def update_package_shipping(self, package: str, number: str, provider: str) -> None:
        self.told.append(("correct", package, number))
        lines = [one for book in self.books.values() for one in book["line_items"] if one.get("package_id") == package]
        self._effect(lines, number, provider, package)

    def split_order(self, order: str, groups: dict[str, list[str]]) -> list[SplitPackage]:
        self.told.append(("split", order))
        for key, ids in groups.items():
            for line in self.books[order]["line_items"]:
                if line["id"] in ids:
                    line["package_id"] = f"S{key}"
        return [SplitPackage(splittable_group_id=key, id=f"S{key}") for key in groups]

    def ship_package(self, package: str, *, tracking_number: str, shipping_provider_id: str) -> None:
        self.told.append(("ship", package, tracking_number))
        lines = [one for book in self.books.values() for one in book["line_items"] if one.get("package_id") == package]
        self._effect(lines, tracking_number, shipping_provider_id, package)


class Office(Admin):
    """BigCommerce with shipments."""

    def __init__(self) -> None:
        super().__init__()
        self.parcels: list[dict[str, Any]] = []
        self.cut = 0

    def ship(self, order: int, count: int, number: str, carrier: str = "usps") -> dict[str, Any]:
        items = [{"order_product_id": order * 10, "quantity": count}]
        parcel = {"id": len(self.parcels) + 1, "order_id": order, "tracking_number": number, "items": items}
        parcel["tracking_carrier"] = carrier
        self.parcels.append(parcel)
        return parcel

    def shipments(self, order: int) -> list[TheirShipment]:
        return [TheirShipment.model_validate(one) for one in self.parcels if one["order_id"] == order]

    def order_products(self, order: int) -> list[OrderProduct]:
        rows = self.books[order]["products"]
        done = sum(item["quantity"] for one in self.parcels if one["order_id"] == order for item in one["items"])
        return [
            OrderProduct(id=order * 10 + n, variant_id=row["variant_id"], quantity=row["quantity"],
                         quantity_shipped=done, order_address_id=7, price_ex_tax=row["price_ex_tax"])
            for n, row in enumerate(rows)
        ]  # fmt: skip

    def create_shipment(self, order: int, address: int, items: Any, **fields: str) -> TheirShipment:
        self.calls.append("shipment")
        made = self.ship(order, sum(count for _, count in items), fields["tracking_number"])
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")
        return TheirShipment.model_validate(made)


@pytest.fixture
def sales(monkeypatch: pytest.MonkeyPatch) -> Parcels:
    there = Parcels()
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: there)
    return there


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Office:
    there = Office()
    monkeypatch.setattr(platforms, "bigcommerce", lambda store, observe=None: there)
    return there


@pytest.fixture
def shop(place: int, sales: Parcels, admin: Office) -> Iterator[Shop]:
    shop = add_shop()
    shop.authorization.state = "active"
    sell(shop)
    carriers.keep(shop.id, PROVIDERS)
    db.session.commit()
    yield shop


def bought(shop: Shop, sales: Parcels, count: int = 2, status: str = "AWAITING_SHIPMENT", kind: str = "SELLER") -> str:
    """An order that is in BigCommerce as number 100 and may be shipped."""
    number = sales.sell("sku-1-0", count)
    sales.books[number]["shipping_type"] = kind
    sales.move(number, status)
    tell(shop, hint(number))
    drain(shop)
    return number


def news(shop: Shop, order: int = 100) -> set[int]:
    event = Taken(1, "bigcommerce", "store/shipment/created", "x", {"data": {"type": "shipment", "orderId": order}})
    store_id = shop.store_id
    again = shipping.fold(store_id, None, [event])
    db.session.rollback()
    return again


def parcel() -> Shipment:
    db.session.expire_all()
    return db.session.scalars(select(Shipment)).one()


def test_a_shipment_becomes_a_package_however_often_it_is_told(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    admin.ship(100, 2, "9400 1118 9956 1234 5678 90")
    for _ in range(3):
        assert news(shop) == set()
        drain(shop)
    assert [one[:2] for one in sales.told] == [("mark", "9400111899561234567890")] and len(sales.told[0]) == 4
    assert (parcel().state, parcel().package_id, only().status) == ("sent", "P1", "AWAITING_COLLECTION")
    db.session.rollback()
    assert shipped_by_tiktok.collect() == [], "BigCommerce knows this parcel"


def test_parts_are_told_by_their_lines(shop: Shop, sales: Parcels, admin: Office) -> None:
    number = bought(shop, sales, 3)
    admin.ship(100, 1, "1Z999AA10123456784", "ups")
    news(shop)
    drain(shop)
    assert only().status == "PARTIALLY_SHIPPING"
    admin.ship(100, 2, "1Z999AA10123456785", "ups")
    news(shop)
    drain(shop)
    assert [one[2:] for one in sales.told] == [(f"{number}-0",), (f"{number}-1", f"{number}-2")]


@pytest.mark.parametrize("faults", [["lost"], ["nothing"], ["nothing", "lost"]])
def test_a_lost_answer_is_looked_up(shop: Shop, sales: Parcels, admin: Office, faults: list[str]) -> None:
    bought(shop, sales)
    sales.faults = list(faults)
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop, turns=len(faults) + 2)
    assert len(sales.told) == len(faults) - (faults[-1] == "lost") + 1 - (faults == ["nothing"]) + (
        faults == ["nothing"]
    )
    assert parcel().state == "sent"


def test_nothing_leaves_while_it_is_held(shop: Shop, sales: Parcels, admin: Office) -> None:
    number = bought(shop, sales, status="ON_HOLD")
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    assert sales.told == [] and (parcel().state, parcel().is_due) == ("held", True)
    assert shipments.due() == []
    sales.move(number, "AWAITING_SHIPMENT")
    tell(shop, hint(number))
    shipping.ring(shipments.due())
    drain(shop)
    assert len(sales.told) == 1 and parcel().state == "sent"


def test_what_cannot_be_told_is_under_error_until_it_is_put_right(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    admin.ship(100, 2, "9400111899561234567890", "kangaroo-post")
    news(shop)
    drain(shop)
    assert sales.told == [] and (parcel().problem, only().problem) == ("ship.carrier", "ship.carrier")
    actor = Actor("owner", shop.store_id, is_owner=True)
    carriers.map_name(actor, shop, "Kangaroo-Post", "7400000000000000001")
    shipping.ring(typed.again(actor))
    drain(shop)
    assert parcel().state == "sent" and only().problem == ""


def test_tracking_is_corrected_once_and_in_time(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    made = admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    made["tracking_number"] = "9400111899561234567891"
    news(shop)
    drain(shop)
    assert sales.told[-1] == ("correct", "P1", "9400111899561234567891") and parcel().corrections == 1
    made["tracking_number"] = "9400111899561234567892"
    news(shop)
    drain(shop)
    assert len(sales.told) == 2 and parcel().problem == "ship.correction"


def test_too_late_to_correct(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    made = admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    parcel().sent_at = clock.now() - timedelta(hours=73)
    db.session.commit()
    made["tracking_number"] = "9400111899561234567891"
    news(shop)
    assert parcel().problem == "ship.correction" and len(sales.told) == 1


def test_a_number_for_tiktoks_own_label_is_not_sent(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales, kind="TIKTOK")
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    assert sales.told == [] and parcel().state == "not_needed" and "label" in parcel().problem_text


def test_the_switch(shop: Shop, sales: Parcels, admin: Office) -> None:
    rules.save(system(shop.store_id), FulfilmentSettings(upload_tracking=False, read_tracking=False), 0)
    db.session.commit()
    bought(shop, sales)
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    assert parcel().state == "not_needed"


def test_what_tiktok_ships_is_written_to_bigcommerce_once(shop: Shop, sales: Parcels, admin: Office) -> None:
    number = bought(shop, sales, kind="TIKTOK")
    lines = sales.books[number]["line_items"]
    sales._effect(lines, "TTUS0001", "7400000000000000001", "P9")
    tell(shop, hint(number))
    admin.cut = 1
    for _ in range(2):
        shipped_by_tiktok.collect()
        db.session.commit()
        shipping.ring(shipments.due())
        drain(shop, turns=3)
    assert [(one["tracking_number"], one["items"][0]["quantity"]) for one in admin.parcels] == [("TTUS0001", 2)]
    assert news(shop) == set() and parcel().source == "tiktok", "our own shipment does not come back"


def test_outside_the_marking_markets_a_part_is_split_off_first(shop: Shop, sales: Parcels, admin: Office) -> None:
    shop.market = "ID"
    db.session.commit()
    number = bought(shop, sales)
    for line in sales.books[number]["line_items"]:
        line["package_id"] = "P0"
    admin.ship(100, 1, "9400111899561234567890")
    news(shop)
    drain(shop)
    assert sales.told == [("split", number), ("ship", "S1", "9400111899561234567890")]


def test_set_aside_and_restored(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    actor = Actor("owner", shop.store_id, is_owner=True)
    handling.void(actor, only(), shop, "Fraud check")
    db.session.commit()
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    assert sales.told == [] and shipments.due() == []
    handling.restore(actor, db.session.scalars(select(Order)).one(), shop)
    db.session.commit()
    shipping.ring(shipments.due())
    drain(shop)
    assert len(sales.told) == 1


def test_a_refusal_is_kept_and_shown(shop: Shop, sales: Parcels, admin: Office) -> None:
    bought(shop, sales)
    sales.faults = ["21011025"]
    admin.ship(100, 2, "9400111899561234567890")
    news(shop)
    drain(shop)
    assert (parcel().problem, only().problem) == ("ship.21011025", "ship.21011025")
    assert db.session.scalars(select(StoreOrder.problem)).one() == "ship.21011025"
