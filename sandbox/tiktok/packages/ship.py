"""Ship: hand packages over, one or many, by the platform's carrier or one's own (reference 6.2)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import (
    MARKED_BY_SELLER,
    PARAMETERS,
    by_seller,
    carrier,
    line_ids,
    no_open_request,
    own_package,
    shippable,
)
from sandbox.tiktok.packages.slots import check_slot
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import FULFILMENT

Document = dict[str, Any]

BATCH_MAXIMUM = 50
PLATFORM_CARRIER = {"shipping_provider_id": "7400000000000000099", "shipping_provider_name": "TikTok Shop Shipping"}


@endpoints.add("POST", "fulfillment/packages/{package_id}/ship", "202309", FULFILMENT)
def ship(call: Call) -> Document:
    with Turn(call.platform) as turn:
        _ship(call, turn, {**call.body, "id": call.params["package_id"]})
    return {}


@endpoints.add("POST", "fulfillment/packages/ship", "202309", FULFILMENT)
def ship_many(call: Call) -> Document:
    """Each package by itself; what fails is told, the rest is shipped."""
    sent = call.rows("packages", BATCH_MAXIMUM, PARAMETERS)
    if not sent or not all(isinstance(row, dict) for row in sent):
        raise Refusal(PARAMETERS, "packages is needed")
    errors = []
    for row in sent:
        try:
            with Turn(call.platform) as turn:
                _ship(call, turn, row)
        except Refusal as refusal:
            detail = {"package_id": str(row.get("id", ""))}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"errors": errors}


def _ship(call: Call, turn: Turn, given: Document) -> None:
    package = own_package(call, given.get("id"))
    orders = [turn.order(number) for number in package["order_ids"]]
    for order in orders:
        by_seller(order)
        if order["status"] == "CANCELLED":
            raise Refusal(21011041, "The order is cancelled")
        if order["status"] in {"UNPAID", "ON_HOLD"}:
            raise Refusal(21011003, f"An order that is {order['status']} cannot be shipped")
        if no_open_request(call, order):
            raise Refusal(21011007, "The buyer's request has to be answered first")
    if package["status"] == "CANCELLED":
        raise Refusal(21011042, "The package is cancelled")
    if package["status"] != "TO_FULFILL":
        raise Refusal(21011020, "The package was shipped already")
    now = turn.now
    if package["shipping_type"] == "SELLER":
        if call.shop["region"] in MARKED_BY_SELLER:
            raise Refusal(21008106, "Own shipping is told by Mark Package As Shipped in this market")
        shipment = given.get("self_shipment")
        found = carrier(call, shipment if isinstance(shipment, dict) else {}, orders, package["id"])
        machine.hand_over(turn, package, now, **found)
        return
    method, slot = check_slot(call, package, given)
    tracking = f"TT{call.shop['region']}{package['id'][-12:]}"
    found = {"tracking_number": tracking, "handover_method": method, "pickup_slot": slot, **PLATFORM_CARRIER}
    machine.hand_over(turn, package, now, **found)


@endpoints.add("POST", "fulfillment/orders/{order_id}/packages", "202309", FULFILMENT)
def mark_as_shipped(call: Call) -> Document:
    """Own shipping where packages are told after they left: some lines of an order, or all that are left."""
    if call.shop["region"] not in MARKED_BY_SELLER:
        raise Refusal(21008106, "Not in this market")
    with Turn(call.platform) as turn:
        order = own_order(call, call.params["order_id"])
        by_seller(order)
        shippable(call, order)
        if order["shipping_type"] != "SELLER":
            raise Refusal(21011004, "The platform ships this order")
        named = line_ids(call, call.body)
        chosen = chosen_lines(turn, order, named)
        found = carrier(call, call.body, [order])
        package = package_for(turn, order, chosen)
        package = machine.hand_over(turn, package, turn.now, **found)
    return {
        "order_id": order["id"],
        "order_line_item_ids": package["line_ids"],
        "package_id": package["id"],
        "warning": {"message": ""},
    }


def chosen_lines(turn: Turn, order: Document, named: list[str]) -> list[str]:
    waiting = [line["id"] for line in active(order) if line["display_status"] == "AWAITING_SHIPMENT"]
    if any(row["tag"] == "COMBINE" and row["status"] == "TO_FULFILL" for row in turn.store.packages_in(order)):
        raise Refusal(21011033, "The order is combined with others")
    if not named:
        if order["status"] == "PARTIALLY_SHIPPING":
            raise Refusal(21011048, "Part of the order was shipped: name the lines")
        return waiting
    known = {line["id"]: line for line in order["lines"]}
    for number in named:
        if number not in known:
            raise Refusal(21011029, f"The line {number} is not one of this order")
        if known[number]["display_status"] == "CANCELLED":
            raise Refusal(21011041, f"The line {number} is cancelled")
        if number not in waiting:
            raise Refusal(21011020, f"The line {number} was shipped already")
    return named


def package_for(turn: Turn, order: Document, chosen: list[str]) -> Document:
    """The package that already waits with exactly these lines, else a new one that takes them out of theirs."""
    for package in turn.store.packages_in(order):
        if package["status"] != "TO_FULFILL":
            continue
        left = [number for number in package["line_ids"] if number not in chosen]
        if not left:
            return package
        if left != package["line_ids"]:
            turn.store.put_package({**package, "line_ids": left, "tag": "SPLIT", "update_time": turn.now})
    all_lines = {line["id"] for line in active(order)}
    tag = "DEFAULT" if set(chosen) == all_lines else "SPLIT"
    return machine.new_package(turn, order, chosen, turn.now, tag=tag)
