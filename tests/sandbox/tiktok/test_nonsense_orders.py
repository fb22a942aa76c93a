"""Whatever stands where something else should in calls about orders: a refusal or an answer, never an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import create_app
from tests.sandbox.tiktok.buyers import Market
from tests.sandbox.tiktok.conftest import GB, ID, US
from tests.sandbox.tiktok.test_must_reject_nonsense import NONSENSE, places, replaced
from tests.sandbox.tiktok.test_must_reject_orders import R_OLD, F, R, Street

TIMES = {"create_time_ge": 1, "create_time_lt": 2, "update_time_ge": 1, "update_time_lt": 2}
PARCEL: dict[str, Any] = {
    "order_line_item_ids": ["1"],
    "weight": {"value": "500", "unit": "GRAM"},
    "dimension": {"length": "10", "width": "10", "height": "5", "unit": "CM"},
}
SHIPMENT = {"tracking_number": "94001000", "shipping_provider_id": "7400000000000000001"}
PAGED = {"page_size": "10"}


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    app = create_app(run_timers=False, app_url="http://127.0.0.1:9", products=1)
    yield Street(app)
    app.extensions["tiktok"].webhooks.pool.shutdown(wait=True, cancel_futures=True)


def survives(market: Market, path: str, document: dict[str, Any], **options: Any) -> None:
    for place in places(document):
        for value in NONSENSE:
            answer = market.shop.send("POST", path, replaced(document, place, value), **options)
            assert answer.status_code == 200, (path, place, value, answer.get_data())
            assert isinstance(answer.get_json()["code"], int)


def test_reading(street: Street) -> None:
    us = street.market(US)
    number = us.ready()
    body = {"order_status": "ON_HOLD", "shipping_type": "SELLER", "buyer_user_id": "1", "warehouse_ids": ["1"], **TIMES}
    survives(us, "/order/202309/orders/search", {**body, "is_buyer_request_cancel": True}, query=PAGED)
    survives(us, f"{F}/packages/search", {"package_status": "PROCESSING", **TIMES}, query=PAGED)
    filters = {"return_ids": ["1"], "order_ids": ["1"], "return_status": ["1"], "arbitration_status": ["1"], **TIMES}
    survives(us, f"{R}/returns/search", filters, query=PAGED)
    survives(us, f"{R}/cancellations/search", {"cancel_ids": ["1"], "cancel_status": ["1"], **TIMES}, query=PAGED)
    external = {"id": "1", "platform": "BIGCOMMERCE", "line_items": [{"id": "1", "origin_id": "1"}]}
    body = {"orders": [{"id": number, "external_order": external}]}
    survives(us, "/order/202406/orders/external_orders", body)


def test_shipping(street: Street) -> None:
    us, gb, indonesia = street.market(US), street.market(GB), street.market(ID)
    shipped = street.shipped(us)
    survives(us, f"{F}/orders/{us.ready(kind='FBT')}/packages", {**PARCEL, **SHIPMENT})
    survives(us, f"{F}/packages/{street.package(us, shipped)}/shipping_info/update", SHIPMENT)
    survives(gb, f"{F}/orders/{gb.buy()}/packages", {"order_line_list": [{"order_line_id": "1"}], **SHIPMENT})
    waiting = street.package(indonesia, indonesia.buy(hold=False, shipping="SELLER"))
    ship = {"handover_method": "PICKUP", "pickup_slot": {"start_time": 1, "end_time": 2}, "self_shipment": {}}
    survives(indonesia, f"{F}/packages/{waiting}/ship", {**ship, "self_shipment": {**SHIPMENT, "tracking_number": "1"}})
    own = street.package(indonesia, indonesia.ready())
    survives(indonesia, f"{F}/packages/ship", {"packages": [{"id": own, **ship}]})
    brought = {"id": own, "delivery_type": "DELIVERY_FAILED", "fail_delivery_reason": "OTHER"}
    survives(indonesia, f"{F}/packages/deliver", {"packages": [brought]})


def test_dividing_and_labels(street: Street) -> None:
    us, indonesia = street.market(US), street.market(ID)
    number = indonesia.ready(quantity=2)
    order = street.shared.orders.orders[number]
    other = {**order["lines"][1], "sku_id": "1"}
    street.shared.orders.put_order({**order, "lines": [order["lines"][0], other]})
    groups = [{"id": "a", "order_line_item_ids": ["1"]}, {"id": "b", "order_line_item_ids": ["2"]}]
    survives(indonesia, f"{F}/orders/{number}/split", {"splittable_groups": groups})
    rows = [{"id": "1", "order_ids": [number, "2"]}]
    survives(indonesia, f"{F}/packages/combine", {"combinable_packages": rows})
    survives(indonesia, f"{F}/packages/{street.package(indonesia, number)}/uncombine", {"order_ids": ["1"]})
    number = us.ready(shipping="TIKTOK")
    survives(us, f"{F}/orders/{number}/shipping_services/query", PARCEL)
    body = {"ship_type": 2, "order_id": number, "order_line_item": ["1"], "order_list_ids": [number], **PARCEL}
    survives(us, "/fulfillment/202512/packages", {**body, "shipping_service_id": "1"})


def test_complaints(street: Street) -> None:
    us = street.market(US)
    number = us.ready(quantity=2)
    body = {"order_id": number, "cancel_reason": "seller_cancel_reason_out_of_stock", "skus": [{"quantity": 9}]}
    survives(us, f"{R}/cancellations", {**body, "skus": [{"sku_id": us.sku_id, "quantity": 9}]})
    cancel_id = us.act("cancel", order_id=us.ready())["cancel_id"]
    survives(us, f"{R_OLD}/cancellations/{cancel_id}/reject", {"reject_reason": "x", "comment": "x"})
    reason = "ecom_order_delivered_refund_reason_damaged_seller"
    body = {"order_id": street.delivered(us), "return_reason": reason, "return_type": "REFUND", "refund_total": "999"}
    survives(us, f"{R}/returns", {**body, "skus": [{"sku_id": us.sku_id, "quantity": 9}]})
    return_id = street.asked(us)
    offer = {"decision": "OFFER_PARTIAL_REFUND", "partial_refund": {"currency": "USD", "amount": "999"}}
    survives(us, f"{R_OLD}/returns/{return_id}/approve", offer)
    survives(us, f"{R_OLD}/returns/{return_id}/reject", {"decision": "REJECT_REFUND", "reject_reason": "x"})
    body = {"order_id": number, "request_type": "CANCEL", "reason_name": "x", "order_line_item_ids": ["1"]}
    survives(us, f"{R}/refunds/calculate", {**body, "skus": [{"sku_id": "1", "quantity": 1}]})


QUERIES = (
    ("/order/202507/orders", ("ids",)),
    ("/order/202406/orders/{order}/external_orders", ("platform",)),
    ("/fulfillment/202309/orders/split_attributes", ("order_ids",)),
    ("/return_refund/202309/reject_reasons", ("return_or_cancel_id",)),
    ("/return_refund/202601/decision_eligibility", ("return_or_cancel_id", "check_decisions")),
    ("/return_refund/202602/orders/{order}/aftersale_eligibility", ("initiate_aftersale_user", "request_types")),
    ("/finance/202309/statements", ("sort_field", "sort_order", "page_size", "page_token", "statement_time_ge")),
    ("/finance/202605/payments", ("sort_field", "create_time_lt")),
    ("/finance/202309/withdrawals", ("types", "page_token")),
    ("/finance/202507/orders/unsettled", ("sort_field", "search_time_ge")),
    ("/fulfillment/202309/combinable_packages/search", ("page_size", "page_token")),
)


@pytest.mark.parametrize("path", [path for path, _ in QUERIES])
def test_queries(street: Street, path: str) -> None:
    us = street.market(US)
    number = us.ready()
    for name in dict(QUERIES)[path]:
        for value in ("", "x", "-1", "²", "1,2", "W10=", "WzFd", "9" * 40, "x" * 300):
            query = {"sort_field": "statement_time", **PAGED, name: value}
            answer = us.shop.send("GET", path.format(order=number), query=query)
            assert answer.status_code == 200, (name, value, answer.get_data())
