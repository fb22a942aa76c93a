"""Search cancellations, cancel as the seller, answer a buyer (reference 7.1)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.after_sales import cancelling, reasons
from sandbox.tiktok.after_sales.keys import once
from sandbox.tiktok.after_sales.view import shown_cancellation
from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.listing import between, chosen, pages
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import line_ids
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import AFTER_SALES

Document = dict[str, Any]

PARAMETERS, FOREIGN, UNKNOWN = 25001001, 25020005, 25007006
SINGLE_LINES = frozenset({"US", "GB"})
FILTERS = {
    "cancel_ids": "cancel_id",
    "order_ids": "order_id",
    "buyer_user_ids": "user_id",
    "cancel_types": "cancel_type",
    "cancel_status": "cancel_status",
}


@endpoints.add("POST", "return_refund/cancellations/search", "202309 202602", AFTER_SALES)
def search(call: Call) -> Document:
    inside = between(call.body, ("create_time", "update_time"), PARAMETERS)
    wanted = chosen(call.body, FILTERS, code=PARAMETERS)
    store = call.platform.orders
    found = [
        row for row in store.cancellations.values() if row["shop_id"] == call.shop_id and wanted(row) and inside(row)
    ]
    fields = ("create_time", "update_time")
    page, total, following = pages(
        call, found, fields=fields, key="cancel_id", maximum=50, size=10, order="ASC", code=PARAMETERS
    )
    return {
        "cancellations": [shown_cancellation(call.platform, row) for row in page],
        "total_count": total,
        "next_page_token": following,
    }


@endpoints.add("POST", "return_refund/cancellations", "202309 202602", AFTER_SALES)
def cancel(call: Call) -> Document:
    with Turn(call.platform) as turn:
        order = own_order(call, call.body.get("order_id"), UNKNOWN, FOREIGN)
        reason = _reason(call, order)
        _state(call, order, turn)
        lines = _lines(call, order, reason)
        row = cancelling.done(turn, order, lines, reason, "SELLER", turn.now)
    return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def _reason(call: Call, order: Document) -> str:
    """A reason that a seller of this market has for a paid order."""
    given, region = call.body.get("cancel_reason"), call.shop["region"]
    if not isinstance(given, str) or not given:
        raise Refusal(PARAMETERS, "cancel_reason is needed")
    name = reasons.plain(given, region)
    if name in reasons.SELLER_CANCELS_UNPAID:
        if order["status"] != "UNPAID":
            raise Refusal(25001021, "This reason is for unpaid orders")
    elif name in reasons.SELLER_CANCELS:
        if name not in reasons.seller_may_cancel_with(region):
            raise Refusal(25001020, "This reason is not in use in this market")
        if order["status"] == "UNPAID":
            raise Refusal(25001021, "This reason is for paid orders")
    elif name in reasons.TEXTS:
        raise Refusal(25001015, "This reason is not for sellers")
    else:
        raise Refusal(25001014, "The reason does not exist")
    return given


def _state(call: Call, order: Document, turn: Turn) -> None:
    status = order["status"]
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        raise Refusal(25011026, "TikTok fulfils this order")
    if status in {"COMPLETED", "CANCELLED"}:
        raise Refusal(25001051, f"The order is {status}")
    if status == "UNPAID":
        raise Refusal(25001003, "A seller cannot cancel an order that is not paid")
    if status in {"IN_TRANSIT", "DELIVERED"} or (status == "AWAITING_COLLECTION" and call.shop["region"] != "US"):
        raise Refusal(25001045, "The order was shipped")
    if cancelling.open_requests(turn, order["id"]):
        raise Refusal(25001011, "The buyer has asked to cancel: answer that")


def _lines(call: Call, order: Document, reason: str) -> set[str]:
    """The units to cancel; all of them without a selection."""
    own = {line["id"]: line for line in active(order)}
    named = line_ids(call, call.body)
    for row in call.rows("skus", 100, PARAMETERS):
        number = row.get("quantity") if isinstance(row, dict) else None
        matching = [key for key, line in own.items() if number and line["sku_id"] == str(row.get("sku_id"))]
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(matching):
            raise Refusal(25005011, "There are not that many units")
        named += matching[:number]
    if not set(named) <= set(own):
        raise Refusal(25005011, "A line is not one of this order's open ones")
    chosen_lines = set(named) or set(own)
    if chosen_lines != set(own):
        if call.shop["region"] not in SINGLE_LINES:
            raise Refusal(25005010, "Single lines cannot be cancelled in this market")
        if reasons.plain(reason, call.shop["region"]) != "seller_cancel_reason_out_of_stock":
            raise Refusal(25001016, "Single lines are cancelled only when they are out of stock")
    if any(own[number]["display_status"] in {"IN_TRANSIT", "DELIVERED"} for number in chosen_lines):
        raise Refusal(25001045, "A part of the order was shipped")
    return chosen_lines


def own_cancellation(call: Call, cancel_id: object) -> Document:
    row = call.platform.orders.cancellations.get(str(cancel_id))
    if row is None:
        raise Refusal(UNKNOWN, "The cancellation does not exist")
    if row["shop_id"] != call.shop_id:
        raise Refusal(FOREIGN, "The cancellation belongs to another shop")
    return row


def answerable(call: Call, row: Document) -> None:
    order = call.platform.orders.orders[row["order_id"]]
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        raise Refusal(25011026, "TikTok fulfils this order")
    if row["cancel_status"] == cancelling.WITHDRAWN:
        raise Refusal(25020009, "The request was cancelled or refused already")
    if row["cancel_status"] != cancelling.PENDING:
        raise Refusal(25020010, "The request was granted already")


@endpoints.add("POST", "return_refund/cancellations/{cancel_id}/approve", "202309", AFTER_SALES)
def approve(call: Call) -> Document:
    def act() -> None:
        with Turn(call.platform) as turn:
            row = own_cancellation(call, call.params["cancel_id"])
            answerable(call, row)
            cancelling.grant(turn, row["cancel_id"], turn.now)

    return once(call, f"approve {call.params['cancel_id']}", act)


@endpoints.add("POST", "return_refund/cancellations/{cancel_id}/reject", "202309", AFTER_SALES)
def reject(call: Call) -> Document:
    def act() -> None:
        with Turn(call.platform) as turn:
            row = own_cancellation(call, call.params["cancel_id"])
            answerable(call, row)
            given = call.body.get("reject_reason")
            if not isinstance(given, str) or not given:
                raise Refusal(PARAMETERS, "reject_reason is needed")
            name = reasons.plain(given, call.shop["region"])
            if name not in reasons.SELLER_REJECTS_CANCELLATION:
                known = name in reasons.TEXTS
                raise Refusal(25001016 if known else 25001014, "The reason does not fit")
            cancelling.withdraw(turn, row["cancel_id"])

    return once(call, f"reject {call.params['cancel_id']}", act)
