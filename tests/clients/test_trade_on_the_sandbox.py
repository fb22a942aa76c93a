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


def test_what_products_demand_is_read_and_an_address_follows_later(place: Place) -> None:
    ring = place.api.new("Ring", modifiers=[{"display_name": "Engraving", "type": "text", "required": True}])
    [product] = place.store.products_with_modifiers([ring["id"]])
    assert [(modifier.required, modifier.display_name) for modifier in product.modifiers] == [(True, "Engraving")]
    number, _, address = in_bigcommerce(place, "576")
    changed = place.store.update_order_address(number, address, {"zip": "10115", "country_iso2": "DE"})
    assert (changed.zip, changed.country) == ("10115", "Germany")


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


def test_a_cancellation_is_answered_with_a_reason_of_the_platform(place: Place) -> None:
    order_id = place.market.ready()
    place.market.act("cancel", order_id=order_id)
    tiktok = place.tiktok
    [request] = tiktok.search_cancellations(order_ids=[order_id]).cancellations
    assert (request.cancel_type, request.cancel_status) == ("BUYER_CANCEL", "CANCELLATION_REQUEST_PENDING")
    assert request.seller_next_action_response[0].deadline > 0
    reasons = tiktok.reject_reasons(request.cancel_id)
    tiktok.reject_cancellation(request.cancel_id, reasons[0].name, "packed already", "key-1")
    assert refused(lambda: tiktok.approve_cancellation(request.cancel_id)).startswith("25")
    amount = tiktok.calculate_refund(order_id, "CANCEL", "seller_cancel_reason_out_of_stock")
    made = tiktok.cancel_order(order_id, "seller_cancel_reason_out_of_stock")
    [order] = tiktok.orders([order_id])
    assert made.cancel_id and order.status == "CANCELLED"
    assert order.payment is not None and amount.refund_total == order.payment.total_amount


def test_a_return_is_taken_back_and_the_money_adds_up(place: Place) -> None:
    order_id = place.market.ready(quantity=2, shipping="SELLER")
    tiktok = place.tiktok
    [order] = tiktok.orders([order_id])
    provider = tiktok.shipping_providers(order.delivery_option_id)[0]
    tiktok.mark_shipped(order_id, [line.id for line in order.line_items], "1Z99900001", provider.id)
    place.market.act("deliver", order_id=order_id)
    place.market.act("ask_return", type="RETURN_AND_REFUND", order_id=order_id, line_item_ids=[order.line_items[0].id])
    [request] = tiktok.search_returns(order_ids=[order_id]).return_orders
    assert request.return_type == "RETURN_AND_REFUND" and len(request.return_line_items) == 1
    assert tiktok.reject_reasons(request.return_id)
    tiktok.approve_return(request.return_id, "APPROVE_RETURN", idempotency_key="key-1")
    assert refused(lambda: tiktok.approve_return(request.return_id, "APPROVE_RETURN")).startswith("25")
    assert [record.role for record in tiktok.return_records(request.return_id)][:1] == ["BUYER"]
    assert tiktok.search_returns(return_ids=[request.return_id]).return_orders[0].return_status == "AWAITING_BUYER_SHIP"
    assert tiktok.decisions(request.return_id)
    place.market.act("send_return", return_id=request.return_id)
    tiktok.approve_return(request.return_id, "APPROVE_RECEIVED_PACKAGE")
    refund = tiktok.search_returns(return_ids=[request.return_id]).return_orders[0].refund_amount
    assert refund is not None and refund.refund_total is not None and refund.refund_total > 0

    place.market.act("complete", order_id=order_id)
    assert [row.order_id for row in tiktok.unsettled_orders().transactions] == [order_id]
    place.market.act("settle", shop_id=place.market.shop.row["id"])
    [statement] = tiktok.statements().statements
    answer = tiktok.statement_transactions(statement.id)
    of_order = [row for row in answer.transactions if row.order_id == order_id]
    assert sum((row.settlement_amount or Decimal(0) for row in answer.transactions), Decimal(0)) == (
        statement.settlement_amount
    )
    settled = tiktok.order_transactions(order_id)
    assert settled.settlement_amount == sum((row.settlement_amount or Decimal(0) for row in of_order), Decimal(0))
    for sku in settled.sku_transactions:
        assert sum(sku.revenue_breakdown.values(), Decimal(0)) == sku.revenue_amount
    assert [payout.id for payout in tiktok.payments().payments] == [statement.payment_id]
    assert all(row.amount is not None for row in tiktok.withdrawals().withdrawals)


@pytest.mark.parametrize("place", [ID], indirect=True)
def test_orders_of_one_buyer_are_combined_and_taken_apart(place: Place) -> None:
    ids = [place.market.ready(shipping="TIKTOK") for _ in range(2)]
    tiktok = place.tiktok
    [offer] = tiktok.combinable_packages().combinable_packages
    assert set(offer.order_ids) == set(ids)
    assert tiktok.combine_packages({offer.id: offer.order_ids}) == []
    [package] = {package.id for order in tiktok.orders(ids) for package in order.packages}
    assert set(tiktok.package(package).order_line_item_ids) == {
        line.id for order in tiktok.orders(ids) for line in order.line_items
    }
    assert tiktok.uncombine_package(package, ids[:1])
    assert len({package.id for order in tiktok.orders(ids) for package in order.packages}) == 2


def test_the_platform_ships_an_american_order_in_parts(place: Place) -> None:
    order_id = place.market.ready(quantity=2, shipping="TIKTOK")
    tiktok = place.tiktok
    [order] = tiktok.orders([order_id])
    lines = [line.id for line in order.line_items]
    weight, box = {"value": "1", "unit": "POUND"}, {"length": "9", "width": "4", "height": "4", "unit": "INCH"}
    services = tiktok.shipping_services(order_id, lines[:1], weight, box)
    made = tiktok.create_package(
        [order_id], line_ids=lines[:1], weight=weight, dimension=box, shipping_service_id=services[0].id
    )
    assert tiktok.package(made.package_id).order_line_item_ids == (lines[0],)
    assert tiktok.orders([order_id])[0].status == "PARTIALLY_SHIPPING"
    assert tiktok.shipping_document(made.package_id, "SHIPPING_LABEL", "A6").tracking_number
    assert [option.id for option in tiktok.delivery_options(order.warehouse_id)]


def test_a_seller_may_refund_what_is_on_its_way_only_as_offered(place: Place) -> None:
    order_id = place.market.ready(shipping="SELLER")
    tiktok = place.tiktok
    [order] = tiktok.orders([order_id])
    provider = tiktok.shipping_providers(order.delivery_option_id)[0]
    tiktok.mark_shipped(order_id, [order.line_items[0].id], "1Z99900001", provider.id)
    tiktok.update_order_shipping(order_id, "1Z99900002", provider.id)
    offered = {
        row.request_type: row.eligible for sku in tiktok.eligibility(order_id) for row in sku.line_item_eligibility
    }
    assert offered["REFUND"] is True and offered["RETURN_AND_REFUND"] is False
    reason = next(
        row.available_reason_names[0]
        for sku in tiktok.eligibility(order_id, ["REFUND"])
        for row in sku.line_item_eligibility
    )
    wish = {"order_id": order_id, "return_type": "REFUND", "return_reason": reason}
    made = tiktok.create_return({**wish, "order_line_item_ids": [order.line_items[0].id]}, "key-9")
    assert tiktok.create_return({**wish, "order_line_item_ids": [order.line_items[0].id]}, "key-9") == made
