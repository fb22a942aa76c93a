"""What is done with packages is done once, and what TikTok gives is looked at before it is kept."""

from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from clients.bigcommerce.order_models import OrderProduct
from clients.errors import ItemError, Refused
from clients.fetch import Fetched
from clients.tiktok import fulfilment_models as models
from clients.tiktok.order_models import Order
from jobs.drain import Drain
from jobs.handlers import pack_orders
from jobs.handlers.pack_orders import DO, Step
from models import ActivityItem, db
from services import platforms
from services.actor import system
from services.errors import Invalid
from services.fulfilment import combining
from tests.services.listing_rows import add_shop
from tests.services.order_rows import NUMBER, facts, sell, take


class Desk:
    """TikTok's packages of two orders, one line in each SKU, and BigCommerce's products of an order."""

    def __init__(self, *packages: str, status: str = "AWAITING_SHIPMENT") -> None:
        self.packages, self.status, self.calls = list(packages), status, list[Any]()

    def orders(self, numbers: list[str]) -> list[Order]:
        lines = [
            {"id": f"L{n}", "package_id": one, "display_status": self.status} for n, one in enumerate(self.packages)
        ]
        return [Order.model_validate({"id": one, "status": self.status, "update_time": 1, "line_items": lines})
                for one in numbers]  # fmt: skip

    def split_attributes(self, numbers: list[str]) -> list[models.SplitAttribute]:
        return [models.SplitAttribute(order_id="1", can_split="X" not in self.packages, reason="no")]

    def split_order(self, number: str, groups: dict[str, list[str]]) -> list[models.SplitPackage]:
        self.calls.append("split")
        return [models.SplitPackage(id=key) for key in groups]

    def combine_packages(self, packages: dict[str, list[str]]) -> list[ItemError]:
        self.calls.append("combine")
        return []

    def combinable_packages(self, token: str) -> models.CombinablePage:
        rows = [{"id": "C1", "order_ids": ["1", "2"]}, {"id": "C2", "order_ids": ["3"]}]
        return models.CombinablePage.model_validate({"combinable_packages": rows})

    def package(self, number: str) -> models.Package:
        return models.Package.model_validate({"package_id": number, "orders": [{"id": "1"}, {"id": "2"}]})

    def uncombine_package(self, number: str, orders: list[str]) -> None:
        self.calls.append(("uncombine", *orders))

    def handover_slots(self, package: str) -> models.HandoverSlots:
        rows = [
            {"start_time": 1, "end_time": 2, "avaliable": False},
            {"start_time": 3, "end_time": 4, "avaliable": True},
        ]
        return models.HandoverSlots.model_validate({"can_pickup": True, "pickup_slots": rows})

    def ship_package(self, package: str, handover_method: str, pickup_slot: Any) -> None:
        self.calls.append((package, handover_method, pickup_slot))

    def shipping_document(self, package: str, kind: str) -> models.Document:
        return models.Document(doc_url="https://example.com/label")

    def order_products(self, number: int) -> list[OrderProduct]:
        return [OrderProduct(id=1, product_id=7, quantity=1, price_ex_tax=Decimal(0 if "gift" in self.packages else 5))]

    def update_order(self, number: int, body: dict[str, Any]) -> None:
        self.calls.append(body)


def step(do: str, desk: Any, market: str = "ID", **args: Any) -> Step:
    return Step(do, 1, "1", market, args, desk, desk, 100, {"product_id": 7, "quantity": 1})


GROUPS = {"1": ["L0"], "2": ["L1"]}


@pytest.mark.parametrize(
    ("do", "packages", "args", "calls"),
    [
        ("split", ("P", "P"), {"groups": GROUPS}, ["split"]), ("split", ("P", "Q"), {"groups": GROUPS}, []),
        ("combine", ("P", "Q"), {"package": "C", "orders": ["1", "2"]}, ["combine"]),
        ("combine", ("C", "C"), {"package": "C", "orders": ["1", "2"]}, []),
        ("uncombine", ("C",), {"package": "C"}, [("uncombine", "1")]), ("uncombine", ("P",), {"package": "C"}, []),
        ("arrange", ("P",), {"method": "DROP_OFF"}, [("P", "DROP_OFF", None)]),
        ("arrange", ("P", "Q"), {"method": "PICKUP"}, [("P", "PICKUP", (3, 4)), ("Q", "PICKUP", (3, 4))]),
        ("gift", (), {"sku": "G", "quantity": 1}, [{"products": [{"product_id": 7, "quantity": 1}]}]),
        ("gift", ("gift",), {"sku": "G", "quantity": 1}, []),
    ],
)  # fmt: skip
def test_what_is_there_already_is_not_done_again(
    do: str, packages: tuple[str, ...], args: dict[str, Any], calls: list[Any]
) -> None:
    desk = Desk(*packages)
    DO[do](step(do, desk, **args))
    assert desk.calls == calls


def test_arranged_already() -> None:
    desk = Desk("P", status="AWAITING_COLLECTION")
    assert DO["arrange"](step("arrange", desk)).text == "Arranged already." and desk.calls == []


def test_proposals_to_combine_are_shown_before_anything_is_combined() -> None:
    desk = Desk()
    assert [one["orders"] for one in DO["combinable"](step("combinable", desk)).found] == [["1", "2"]]
    assert desk.calls == []


def test_a_person_chooses_from_the_proposals_and_each_is_recorded(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk("P", "Q")
    rows = [{"id": "C1", "order_ids": [str(NUMBER + 1), str(NUMBER + 2)]}]
    page = models.CombinablePage.model_validate({"combinable_packages": rows})
    monkeypatch.setattr(desk, "combinable_packages", lambda token: page)
    monkeypatch.setattr(platforms, "tiktok", lambda shop, observe=None: desk)
    shop = add_shop()
    shop.market, shop.authorization.state = "ID", "active"
    sell(shop)
    take(shop, facts(1, "AWAITING_SHIPMENT"), facts(2, "AWAITING_SHIPMENT"))
    actor, shop_id = system(shop.store_id), shop.id
    combining.ask(actor, shop)
    db.session.commit()
    assert combining.last(shop).moving
    drain(shop.store_id, shop_id)
    found = combining.last(shop)
    assert [(one.package, len(one.orders), one.left_out) for one in found.proposals] == [
        ("C1", 2, 0)
    ] and not desk.calls
    with pytest.raises(Invalid):
        combining.combine(actor, shop, ["C9"])
    combining.combine(actor, shop, ["C1"])
    db.session.commit()
    drain(shop.store_id, shop_id)
    assert desk.calls == ["combine"] and combining.last(shop).proposals == ()
    assert db.session.scalars(select(ActivityItem.state).order_by(ActivityItem.id)).all() == ["done", "done"]


def drain(store_id: int, shop_id: int) -> None:
    Drain(current_app._get_current_object(), "live", store_id, shop_id).run()  # type: ignore[attr-defined]
    db.session.rollback()
    db.session.expire_all()


def test_a_market_that_buys_labels_needs_measures_and_tiktoks_no_is_told() -> None:
    with pytest.raises(Refused) as refused:
        DO["arrange"](step("arrange", Desk("P"), "US"))
    assert refused.value.code == "pack.measures"
    with pytest.raises(Refused) as refused:
        DO["split"](step("split", Desk("P", "X", "P"), groups=GROUPS))
    assert refused.value.code == "pack.split"


@pytest.mark.parametrize(("body", "kept"), [(b"%PDF-1.7 ... %%EOF", True), (b"\x89PNG\r\n\x1a\n", True),
                                            (b"<html>Sign in</html>", False), (b"%PDF-1.7 cut", False)])  # fmt: skip
def test_only_a_real_document_is_kept(monkeypatch: pytest.MonkeyPatch, body: bytes, kept: bool) -> None:
    monkeypatch.setattr(pack_orders, "fetch", lambda url, **more: Fetched(body, "application/pdf"))
    wanted = step("document", Desk("P"), package="P", kind="SHIPPING_LABEL")
    if kept:
        assert DO["document"](wanted).body == body
    else:
        with pytest.raises(Refused) as refused:
            DO["document"](wanted)
        assert refused.value.code == "pack.document"
