"""Buying the platform's labels in the United States and Japan: services, and a label's package (reference 6.2)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import PARAMETERS, by_seller, line_ids, no_open_request, shippable
from sandbox.tiktok.packages.ship import PLATFORM_CARRIER, chosen_lines, package_for
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import FULFILMENT

Document = dict[str, Any]

MARKETS = frozenset({"US", "JP"})
SERVICES = (
    ("7210000000000000001", "Ground saver", "5.20", 3, 6),
    ("7210000000000000002", "Priority", "8.90", 1, 3),
)
HEAVIEST = {"GRAM": Decimal(30_000), "POUND": Decimal(66)}


def _measures(body: Document) -> tuple[Document, Document]:
    """Weight and dimension; a parcel that is too heavy has no service."""
    weight, dimension = body.get("weight"), body.get("dimension")
    if not isinstance(weight, dict) or not isinstance(dimension, dict):
        raise Refusal(PARAMETERS, "weight and dimension are needed")
    if word(weight.get("unit")) not in HEAVIEST or word(dimension.get("unit")) not in {"CM", "INCH"}:
        raise Refusal(PARAMETERS, "The units are GRAM or POUND, and CM or INCH")
    try:
        heavy = Decimal(str(weight.get("value")))
        sides = [Decimal(str(dimension.get(name))) for name in ("length", "width", "height")]
    except InvalidOperation:
        raise Refusal(PARAMETERS, "weight and dimension must be numbers") from None
    if heavy <= 0 or min(sides) <= 0:
        raise Refusal(PARAMETERS, "weight and dimension must be above zero")
    if heavy > HEAVIEST[weight["unit"]]:
        raise Refusal(11021009, "No service takes a parcel of this weight")
    return weight, dimension


def _service(call: Call, row: tuple[str, str, str, int, int]) -> Document:
    number, name, price, earliest, latest = row
    return {
        "id": number,
        "name": name,
        "price": price,
        "currency": call.platform.market(call.shop).currency,
        "is_default": row is SERVICES[0],
        "earliest_delivery_days": earliest,
        "latest_delivery_days": latest,
        "shipping_fee": price,
        **PLATFORM_CARRIER,
    }


@endpoints.add("POST", "fulfillment/orders/{order_id}/shipping_services/query", "202309", FULFILMENT)
def query(call: Call) -> Document:
    if call.shop["region"] not in MARKETS:
        raise Refusal(21004010, "Not in this market")
    order = own_order(call, call.params["order_id"])
    _by_platform(order)
    _measures(call.body)
    return {"shipping_services": [_service(call, row) for row in SERVICES]}


def _by_platform(order: Document) -> None:
    by_seller(order)
    if order["shipping_type"] != "TIKTOK":
        raise Refusal(21011004, "The seller ships this order")


@endpoints.add("POST", "fulfillment/packages", "202309 202512", FULFILMENT)
def create(call: Call) -> Document:
    """Buy the label: a package of an order, of some of its lines, or of several orders of one recipient."""
    if call.shop["region"] not in MARKETS:
        raise Refusal(21004010, "Not in this market")
    with Turn(call.platform) as turn:
        orders = _orders(call)
        for order in orders:
            _by_platform(order)
            if order["status"] == "AWAITING_COLLECTION" and not no_open_request(call, order):
                raise Refusal(21022025, "The label was bought already")
            shippable(call, order)
        if any(order["address"] != orders[0]["address"] for order in orders):
            raise Refusal(21011031, "The orders go to different addresses")
        weight, dimension = _measures(call.body)
        wanted = str(call.body.get("shipping_service_id") or SERVICES[0][0])
        service = next((row for row in SERVICES if row[0] == wanted), None)
        if service is None:
            raise Refusal(11021010, "The shipping service does not exist")
        package = _package(call, turn, orders)
        tracking = f"TT{call.shop['region']}{package['id'][-12:]}"
        package = machine.hand_over(
            turn, package, turn.now, tracking_number=tracking, weight=weight, dimension=dimension, **PLATFORM_CARRIER
        )
    return {
        "package_id": package["id"],
        "order_id": orders[0]["id"],
        "order_line_item_ids": package["line_ids"],
        "shipping_service_info": _service(call, service),
        "weight": weight,
        "dimension": dimension,
        "create_time": package["create_time"],
    }


def _orders(call: Call) -> list[Document]:
    kind = str(call.body.get("ship_type"))  # text in the documented example
    several = kind == "3"
    if call.version == "202512" and kind not in ("1", "2", "3"):
        raise Refusal(PARAMETERS, "ship_type must be 1, 2 or 3")
    ids = call.rows("order_list_ids", 20, PARAMETERS) if several else [call.body.get("order_id")]
    if not ids:
        raise Refusal(PARAMETERS, "order_list_ids is needed")
    return [own_order(call, number) for number in ids]


def _package(call: Call, turn: Turn, orders: list[Document]) -> Document:
    if len(orders) > 1:
        lines = [number for order in orders for number in chosen_lines(turn, order, [])]
        ids = [order["id"] for order in orders]
        package = machine.new_package(turn, orders[0], lines, turn.now, order_ids=ids, tag="COMBINE")
        return package
    rows = call.rows("order_line_item", 200, PARAMETERS)  # [{order_line_id, sub_item_id}]
    named = [str(row.get("order_line_id") if isinstance(row, dict) else row) for row in rows]
    named = named or line_ids(call, call.body)
    if str(call.body.get("ship_type")) == "2" and not named:
        raise Refusal(21011048, "Name the lines")
    return package_for(turn, orders[0], chosen_lines(turn, orders[0], named))
