"""The pages of shipping: one order's packages, packing, routing, fulfilment services, settings, carriers."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import (
    Activity,
    ActivityItem,
    Location,
    Order,
    OrderHandling,
    OrderMark,
    Shipment,
    ShippingDocument,
    Shop,
    Store,
    Warehouse,
    WarehouseMap,
    db,
)
from services.fulfilment import carriers, packing, rules
from services.orders import recording
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services import listing_rows
from tests.services.order_rows import ADDRESS, NUMBER, facts, line, sell


@pytest.fixture
def store(app: Flask, store: Store) -> Iterator[Store]:
    """One order by the seller's carrier, one by TikTok's label, one on hold; two places, the warehouse fed from the
    first."""
    with inside(app, store):
        shop = listing_rows.add_shop()
        sell(shop)
        carriers.keep(shop.id, {"1": "USPS", "2": "UPS"})
        first, second = (Location(bigcommerce_id=n, label=f"Place {n}") for n in (71, 72))
        house = Warehouse(
            shop_id=shop.id, tiktok_id="W1", name="House", type="SALES_WAREHOUSE", effect_status="ENABLED"
        )
        db.session.add_all([first, second, house])
        db.session.flush()
        db.session.add(WarehouseMap(warehouse_id=house.id, location_id=first.id))
        mine: dict[str, Any] = {"shipping_type": "SELLER", "warehouse_id": "W1", "address": ADDRESS}
        orders = [
            facts(1, "AWAITING_SHIPMENT", lines=(line(11), line(12, "sku-1-1")), **mine),
            facts(2, "AWAITING_SHIPMENT", lines=(line(21, package_id="P2"),)),
            facts(3),
        ]
        recording.record(shop, orders, "import")
    yield store


def of(app: Flask, store: Store, count: int) -> int:
    with inside(app, store):
        return db.session.scalars(select(Order.id).where(Order.tiktok_id == str(NUMBER + count))).one()


def at(client: PageClient, order_id: int, rest: str = "") -> str:
    return client.at(f"orders/{order_id}/packages{rest}")


def test_each_action_says_what_may_be_done(app: Flask, store: Store, client: PageClient) -> None:
    own = client.get(at(client, of(app, store, 1))).text
    assert "Tell TikTok Shop" in own and "Seller Shipping: you ship this order" in own
    assert "split while they are shipped" in own and "Place 71" in own
    label = client.get(at(client, of(app, store, 2))).text
    assert "TikTok Shipping: the label comes from TikTok" in label and "Buy the label" in label
    assert "Arrange the shipment first" in label
    assert "may still cancel for an hour" in client.get(at(client, of(app, store, 3))).text


def test_a_number_by_hand_is_told(app: Flask, store: Store, client: PageClient) -> None:
    order = of(app, store, 1)
    assert client.post(at(client, order, "/ship"), data={"number": "no"}).status_code == 422
    answer = client.post(at(client, order, "/ship"), data={"number": "9400 1118 9956 1234 5678 90", "line": "line-11"})
    assert answer.status_code == 303
    with inside(app, store):
        row = db.session.scalars(select(Shipment)).one()
        assert (row.tracking_number, row.line_ids, row.is_due) == ("9400111899561234567890", ["line-11"], True)
        query = select(ActivityItem.subject_id).join(Activity, Activity.id == ActivityItem.activity_id)
        assert db.session.scalars(query.where(Activity.kind == "ship_orders")).all() == [row.id]
    assert "Being told" in client.get(at(client, order)).text
    assert client.post(at(client, of(app, store, 3), "/ship"), data={"number": "94001118995612"}).status_code != 303


def test_set_aside_restored_marked_and_given_something(app: Flask, store: Store, client: PageClient) -> None:
    order = of(app, store, 1)
    client.post(at(client, order, "/void"), data={"reason": "Fraud check"})
    assert "Fraud check" in client.get(at(client, order)).text
    assert client.post(at(client, order, "/ship"), data={"number": "9400111899561234567890"}).status_code == 409
    client.post(at(client, order, "/restore"), data={})
    client.post(at(client, order, "/mark"), data={"name": "Fragile"})
    client.post(at(client, order, "/gift"), data={"sku": "MUG-1-1", "quantity": "1"})
    assert client.post(at(client, order, "/gift"), data={"sku": "NOTHING", "quantity": "1"}).status_code == 422
    page = client.get(at(client, order)).text
    assert "Fragile" in page and "1 × MUG-1-1" in page
    with inside(app, store):
        assert db.session.scalars(select(OrderHandling.voided_at)).one() is None
        assert sorted(db.session.scalars(select(OrderMark.kind))) == ["gift", "mark"]
    client.post(at(client, order, "/mark"), data={"off": "Fragile"})
    assert "Take off" not in client.get(at(client, order)).text


def test_tiktoks_label_for_those_ticked(app: Flask, store: Store, client: PageClient) -> None:
    page = client.get(client.at("orders/packing")).text
    assert str(NUMBER + 1) in page and str(NUMBER + 3) not in page
    answer = client.post(client.at("orders/packing/arrange"), data={"id": [str(of(app, store, n)) for n in (1, 2)]})
    assert answer.status_code == 303
    with inside(app, store):
        activity = db.session.scalars(select(Activity).where(Activity.kind == "pack_orders")).one()
        assert activity.total == 1, "the other one ships with the seller's carrier"
    assert client.post(client.at("orders/packing/arrange"), data={}).status_code == 422


def test_a_label_is_kept_for_a_day_and_given_to_its_store_alone(app: Flask, store: Store, client: PageClient) -> None:
    order_id = of(app, store, 2)
    with inside(app, store):
        order = db.session.get_one(Order, order_id)
        kept = packing.keep_document(order, "P2", "SHIPPING_LABEL", "application/pdf", b"%PDF-1.4 %%EOF").id
    answer = client.get(client.at(f"orders/documents/{kept}"))
    assert answer.headers["Content-Type"] == "application/pdf" and "attachment" in answer.headers["Content-Disposition"]
    with inside(app, store):
        row = db.session.get_one(ShippingDocument, kept)
        row.expires_at = row.read_at
    assert client.get(client.at(f"orders/documents/{kept}")).status_code == 404


def test_routing_by_rules_shows_where_it_differs(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        place = db.session.scalars(select(Location.id).where(Location.bigcommerce_id == 72)).one()
    assert "No order differs" in client.get(client.at("orders/routing")).text
    form = {
        "version": "0", "upload_tracking": "1", "auto_pack": "off", "routing": "rules", "marks": "Fragile, Urgent",
        "route-when": "state", "route-value": "Oregon", "route-place": str(place), "route-in_stock": "0",
        "rule-when": "total_from", "rule-value": "10", "rule-then": "mark", "rule-name": "Big",
    }  # fmt: skip
    assert client.post(client.at("settings/shipping/"), data=form).status_code == 303
    assert client.post(client.at("settings/shipping/"), data=form).status_code == 409, "somebody saved meanwhile"
    with inside(app, store):
        saved = rules.of()
        assert (saved.read_tracking, saved.routes[0].location_id, saved.rules[0].name) == (False, place, "Big")
    page = client.get(client.at("orders/routing")).text
    assert str(NUMBER + 1) in page and "Place 72" in page and "Rule 1" in page
    client.post(at(client, of(app, store, 1), "/place"), data={"location": ""})
    assert "Differs" in client.get(at(client, of(app, store, 1))).text
    assert "Oregon" in client.get(client.at("settings/shipping/")).text


@pytest.mark.parametrize("service", ["amazon_mcf", "cart_com", "flexport"])
def test_a_service_gets_a_file_and_its_report_is_looked_at_before(
    app: Flask, store: Store, client: PageClient, service: str
) -> None:
    assert "1 order is ready" in client.get(client.at("orders/services")).text
    body = client.post(client.at("orders/services/export"), data={"service": service}).text
    assert body.count(str(NUMBER + 1)) >= 2 and "MUG-1-1" in body and "97201" in body
    assert "0 orders are ready" in client.get(client.at("orders/services")).text
    report = (
        f"Order Number,Tracking Number,Carrier\n{NUMBER + 1},1Z999AA10123456784,UPS\n{NUMBER + 2},94001118,USPS\n1,,\n"
    )
    sent = {"file": (io.BytesIO(report.encode()), "report.csv")}
    page = client.post(client.at("orders/services/look"), data=sent, content_type="multipart/form-data").text
    assert "1 of 3 rows" in page and "No order here" in page and "TikTok Shipping" in page
    client.post(client.at("orders/services/take"), data={"text": report})
    with inside(app, store):
        row = db.session.scalars(select(Shipment)).one()
        assert (row.source, row.tracking_number, row.is_due) == ("sheet", "1Z999AA10123456784", True)


def test_carriers_are_mapped_and_tested(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one().id
    test = client.at("settings/shipping/carriers?carrier=Kangaroo&number=12")
    page = client.get(test).text
    assert "Would not be sent" in page and "6 to 40" in page
    answer = client.post(client.at("settings/shipping/carriers/map"),
                         data={"of_shop": str(shop), "name": "Kangaroo", "provider": "2"})  # fmt: skip
    assert answer.status_code == 303
    page = client.get(test).text
    assert "Would be sent as" in page and re.search(r"UPS <span[^>]*>as you mapped it", page)
    wrong = {"of_shop": str(shop), "name": "Kangaroo", "provider": "99"}
    assert client.post(client.at("settings/shipping/carriers/map"), data=wrong).status_code == 422
    assert client.post(client.at("settings/shipping/carriers/read"), data={"of_shop": str(shop)}).status_code == 303
