"""Both clients against both platforms of the sandbox, over HTTP: an order from the buyer to BigCommerce and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from clients.bigcommerce import BigCommerce
from clients.budget import NoBudget
from clients.errors import Refused
from clients.tiktok import TikTok
from clients.transport import Transport
from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from tests.sandbox.bigcommerce.conftest import Api, installed
from tests.sandbox.tiktok.buyers import DAY, HOUR, Market
from tests.sandbox.tiktok.conftest import ID, US, Shop
from tests.servers import Door


@dataclass
class Place:
    """A served sandbox: the app's clients, a shop's buyers and a store's products."""

    app: Flask
    url: str
    transport: Transport
    market: Market
    api: Api

    @property
    def tiktok(self) -> TikTok:
        settings, shop = self.app.extensions["sandbox"].settings, self.market.shop
        return TikTok(
            self.transport, self.url, settings.tiktok_app_key, settings.tiktok_app_secret, shop.token,
            shop_id=shop.row["id"], cipher=shop.row["cipher"], budget=NoBudget(), clock=self.now,
        )  # fmt: skip

    @property
    def store(self) -> BigCommerce:
        return BigCommerce(self.transport, self.url, FIRST, self.api.token, NoBudget())

    def now(self) -> float:
        moment: float = self.app.extensions["sandbox"].clock.now()
        return moment


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    app = create_app(run_timers=False, products=0, app_url="http://127.0.0.1:9", review_seconds=6.0)
    shared, door = app.extensions["tiktok"], Door()
    region = getattr(request, "param", US)
    with door.serving(app):
        market = Market(app.test_client(), shared, Shop(app.test_client(), shared, region))
        yield Place(app, f"http://127.0.0.1:{door.port}", Transport("Causeway/test"), market, installed(app, FIRST))
    shared.webhooks.pool.shutdown(wait=True, cancel_futures=True)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def in_bigcommerce(place: Place, order_id: str) -> tuple[int, int, int]:
    """(order, line, address) of what the app makes of a TikTok order."""
    mug = place.api.new("Mug", sku="MUG", price=12, inventory_tracking="product", inventory_level=9)
    order = place.store.create_order(
        {
            "billing_address": {"first_name": "TikTok", "last_name": "Shop", "zip": "97209", "country_iso2": "US"},
            "products": [{"product_id": mug["id"], "quantity": 2, "price_inc_tax": "12.00", "price_ex_tax": "12.00"}],
            "status_id": 11,
            "external_order_id": order_id,
            "external_source": "1",
        }
    )
    [line], [address] = place.store.order_products(order.id), place.store.order_addresses(order.id)
    return order.id, line.id, address.id


def test_an_order_is_read_written_shipped_and_refunded(place: Place) -> None:
    order_id = place.market.buy(quantity=2)
    tiktok, store = place.tiktok, place.store
    [held] = tiktok.search_orders(order_status="ON_HOLD").orders
    assert (held.id, held.is_on_hold_order, held.recipient_address, len(held.line_items)) == (order_id, True, None, 2)
    place.market.wait(HOUR)
    [order] = tiktok.orders([order_id])
    assert order.status == "AWAITING_SHIPMENT" and order.recipient_address is not None and order.payment is not None
    assert order.update_time > held.update_time and order.rts_sla_time > order.create_time
    detail = tiktok.price_detail(order_id)
    assert detail.payment == order.payment.total_amount and len(detail.line_items) == 2

    assert store.find_orders(order_id) == []
    number, line, address = in_bigcommerce(place, order_id)
    [found] = store.find_orders(order_id, "1")
    assert (found.id, found.status_id, found.total_inc_tax) == (number, 11, Decimal("24.0000"))
    reference = {
        "id": order_id,
        "external_order": {
            "id": str(number), "platform": "BIGCOMMERCE",
            "line_items": [{"id": str(line), "origin_id": each.id} for each in order.line_items],
        },
    }  # fmt: skip
    assert tiktok.put_external_orders([reference]) == []
    assert [each.id for each in tiktok.external_orders(order_id)] == [str(number)]
    assert [each.id for each in tiktok.find_by_external_order(str(number))] == [order_id]

    shipment = store.create_shipment(number, address, [(line, 2)], tracking_number="1Z1", shipping_provider="ups")
    assert store.order(number) is not None and [each.id for each in store.shipments(number)] == [shipment.id]
    quote = store.refund_quote(number, [{"item_type": "PRODUCT", "item_id": line, "quantity": 1}])
    [method] = quote.refund_methods[0]
    payment = {"provider_id": method.provider_id, "amount": float(quote.total_refund_amount), "offline": True}
    refund = store.create_refund(
        number, [{"item_type": "PRODUCT", "item_id": line, "quantity": 1}], [payment], "returned"
    )
    assert refund.total_amount == Decimal(12) and [each.id for each in store.refunds(number)] == [refund.id]
    assert store.update_order(number, {"status_id": 10}).status_id == 10
    assert store.order_count().count == 1 and len(store.order_statuses()) == 15
    assert store.update_shipment(number, shipment.id, tracking_number="1Z2").tracking_number == "1Z2"
    store.delete_shipment(number, shipment.id)
    assert store.shipments(number) == []
    store.archive_order(number)
    assert store.orders() == ()


def test_an_order_is_shipped_by_the_seller_and_its_tracking_corrected_once(place: Place) -> None:
    order_id = place.market.ready(quantity=2, shipping="SELLER")
    tiktok = place.tiktok
    [order] = tiktok.orders([order_id])
    providers = tiktok.shipping_providers(order.delivery_option_id)
    shipped = tiktok.mark_shipped(order_id, [order.line_items[0].id], "1Z99900001", providers[0].id)
    assert shipped.order_line_item_ids == (order.line_items[0].id,)
    package = tiktok.package(shipped.package_id)
    assert (package.state, package.tracking_number, package.orders[0].id) == ("PROCESSING", "1Z99900001", order_id)
    tiktok.update_package_shipping(shipped.package_id, "1Z99900002", providers[0].id)
    code = refused(lambda: tiktok.update_package_shipping(shipped.package_id, "1Z99900003", providers[0].id))
    assert code == "21011051"
    tiktok.mark_shipped(order_id, [order.line_items[1].id], "1Z77700001", providers[0].id)
    rows = tiktok.search_packages().packages
    assert {row.tracking_number for row in rows} == {"1Z99900002", "1Z77700001"}
    assert tiktok.orders([order_id])[0].status == "AWAITING_COLLECTION"
    place.market.wait(2 * DAY)
    assert place.tiktok.tracking(order_id)


@pytest.mark.parametrize("place", [ID], indirect=True)
def test_an_order_of_the_platform_is_split_shipped_and_labelled(place: Place) -> None:
    order_id = place.market.ready(quantity=2, shipping="TIKTOK")
    tiktok = place.tiktok
    [attribute] = tiktok.split_attributes([order_id])
    assert attribute.order_id == order_id
    [package] = tiktok.orders([order_id])[0].packages
    assert refused(lambda: tiktok.shipping_document(package.id, "SHIPPING_LABEL")) in ("21023035", "21042104")
    slots = tiktok.handover_slots(package.id)
    assert slots.can_drop_off or slots.pickup_slots
    slot = next((each for each in slots.pickup_slots if each.available), None)
    tiktok.ship_package(
        package.id,
        handover_method="PICKUP" if slot else "DROP_OFF",
        pickup_slot=(slot.start_time, slot.end_time) if slot else None,
    )
    assert tiktok.shipping_document(package.id, "SHIPPING_LABEL").doc_url.startswith("http")
    assert [error.code for error in tiktok.ship_packages([{"id": package.id, "handover_method": "DROP_OFF"}])]
    assert tiktok.combinable_packages().combinable_packages == ()
