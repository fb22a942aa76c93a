"""Search orders, read them, and what each part of them costs (reference 5.1)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.listing import between, pages
from sandbox.tiktok.orders.amounts import price_detail
from sandbox.tiktok.orders.status import STATUSES
from sandbox.tiktok.orders.view import shown
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import ORDERS

Document = dict[str, Any]

IDS_MAXIMUM = 50
SHIPPING_TYPES = frozenset({"TIKTOK", "SELLER", "TIKTOK_DIGITAL"})


def own_order(call: Call, order_id: object, unknown: int = 21001001, foreign: int = 21008111) -> Document:
    """The shop's order; unknown and foreign ones are refused."""
    order = call.platform.orders.orders.get(str(order_id))
    if order is None:
        raise Refusal(unknown, f"The order {order_id} does not exist")
    if order["shop_id"] != call.shop_id:
        raise Refusal(foreign, f"The order {order_id} belongs to another shop")
    return order


@endpoints.add("POST", "order/orders/search", "202309", ORDERS)
def search(call: Call) -> Document:
    body = call.body
    status, shipping = word(body.get("order_status")), word(body.get("shipping_type"))
    if status and status not in STATUSES:
        raise invalid("order_status", "not an order status")
    if shipping and shipping not in SHIPPING_TYPES:
        raise invalid("shipping_type", "not a shipping type")
    asked = body.get("is_buyer_request_cancel")
    if asked is not None and not isinstance(asked, bool):
        raise invalid("is_buyer_request_cancel", "expected true or false")
    warehouses = {str(number) for number in call.rows("warehouse_ids", 100, 98001004)}
    buyer = body.get("buyer_user_id")
    inside = between(body, ("create_time", "update_time"))
    found = (
        order
        for order in call.platform.orders.orders_of(call.shop_id)
        if (not status or order["status"] == status)
        and (not shipping or order["shipping_type"] == shipping)
        and (asked is None or order["is_buyer_request_cancel"] is asked)
        and (not warehouses or order["warehouse_id"] in warehouses)
        and (not buyer or order["buyer"]["user_id"] == str(buyer))
        and inside(order)
    )
    rows, total, following = pages(call, found, fields=("create_time", "update_time"))
    return {
        "orders": [shown(call.platform, order) for order in rows],
        "total_count": total,
        "next_page_token": following,
    }


@endpoints.add("GET", "order/orders", "202309 202507", ORDERS)
def detail(call: Call) -> Document:
    """Unknown ids are left out; another shop's is refused."""
    ids = [number for number in call.query.get("ids", "").split(",") if number]
    if not ids or not all(number.isascii() and number.isdigit() for number in ids):
        raise invalid("ids", "expected order ids, joined by commas")
    if len(ids) > IDS_MAXIMUM:
        raise invalid("ids", f"at most {IDS_MAXIMUM}")
    found = [own_order(call, number) for number in dict.fromkeys(ids) if number in call.platform.orders.orders]
    return {"orders": [shown(call.platform, order, detail=call.version == "202507") for order in found]}


@endpoints.add("GET", "order/orders/{order_id}/price_detail", "202407", ORDERS)
def prices(call: Call) -> Document:
    return price_detail(own_order(call, call.params["order_id"]), call.platform.market(call.shop))
