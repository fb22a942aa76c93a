"""What buyers, carriers and the platform can do to orders; each action takes a plain document and answers one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tiktok.after_sales import buyer_side, cancelling
from sandbox.tiktok.finance import settle
from sandbox.tiktok.orders import bulk, buying, machine
from sandbox.tiktok.orders.people import address_of, buyer
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]
Action = Callable[[Platform, Document], Document]
EXCEPTIONS = {
    "PACKAGE_LOST": "package_lost",
    "PACKAGE_DAMAGAED": "package_damaged",
    "RETURNED_TO_SHIPPER": "returned_to_shipper_refused",
}


def brief(order: Document) -> Document:
    return {
        "order_id": order["id"],
        "status": order["status"],
        "line_item_ids": [line["id"] for line in order["lines"]],
        "warehouse_id": order["warehouse_id"],
    }


def buy(platform: Platform, body: Document) -> Document:
    """See `buying.buy`."""
    return brief(buying.buy(platform, body))


def pay(platform: Platform, body: Document) -> Document:
    """`order_id`."""
    with Turn(platform) as turn:
        return brief(machine.pay(turn, str(body["order_id"]), turn.now))


def release(platform: Platform, body: Document) -> Document:
    """`order_id`: its hour ends now."""
    with Turn(platform) as turn:
        order = turn.order(str(body["order_id"]))
        if not order["held"]:
            raise ValueError(f"The order is {order['status']}, not ON_HOLD")
        machine.release(turn, order["id"], turn.now)
        return brief(turn.order(order["id"]))


def cancel(platform: Platform, body: Document) -> Document:
    """`order_id`, `reason`: the buyer cancels, or asks to, depending on the order's status."""
    with Turn(platform) as turn:
        row = cancelling.by_buyer(turn, str(body["order_id"]), str(body.get("reason") or ""), turn.now)
        return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def withdraw(platform: Platform, body: Document) -> Document:
    """`cancel_id`: the buyer takes the request back."""
    with Turn(platform) as turn:
        row = cancelling.withdraw(turn, str(body["cancel_id"]))
        return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def platform_cancels(platform: Platform, body: Document) -> Document:
    """`order_id`, `reason`: the platform cancels what is not delivered."""
    with Turn(platform) as turn:
        order = turn.order(str(body["order_id"]))
        if order["status"] in {"DELIVERED", "COMPLETED", "CANCELLED"}:
            raise ValueError(f"The order is {order['status']}")
        reason = str(body.get("reason") or "system_cancel_order_reason_potential_fraud")
        row = cancelling.by_system(turn, order["id"], reason, turn.now)
        return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def move_house(platform: Platform, body: Document) -> Document:
    """`order_id`, `buyer`: the parcel goes to where that buyer lives (webhook 3)."""
    with Turn(platform) as turn:
        order = turn.order(str(body["order_id"]))
        if order["status"] not in {"ON_HOLD", "AWAITING_SHIPMENT"}:
            raise ValueError(f"The order is {order['status']}")
        region = platform.shops[order["shop_id"]]["region"]
        number = body.get("buyer")
        other = buyer(region, int(number) if number not in (None, "") else order["buyer"]["number"] + 1)
        address = {
            **address_of(other),
            **{name: order["address"][name] for name in ("name", "first_name", "last_name")},
        }
        order = turn.save({**order, "address": address, "address_changed": True})
        data = {"order_id": order["id"], "update_time": order["update_time"]}
        turn.tell(order["shop_id"], "RECIPIENT_ADDRESS_UPDATE", data)
        return brief(order)


def _packages(turn: Turn, body: Document, statuses: set[str]) -> list[str]:
    """The package the body names, or those of its order that are in one of the states."""
    if body.get("package_id"):
        chosen = [turn.store.packages[str(body["package_id"])]]
    else:
        chosen = turn.store.packages_in(turn.order(str(body["order_id"])))
    found = [row["id"] for row in chosen if row["status"] in statuses]
    if not found:
        raise ValueError("No package is on its way")
    return found


def collect(platform: Platform, body: Document) -> Document:
    """`package_id` or `order_id`: the carrier scans what is ready."""
    with Turn(platform) as turn:
        found = _packages(turn, body, {"PROCESSING"})
        for number in found:
            machine.collect(turn, number, turn.now)
        return {"package_ids": found}


def deliver(platform: Platform, body: Document) -> Document:
    """`package_id` or `order_id`: what is on its way arrives."""
    with Turn(platform) as turn:
        found = _packages(turn, body, {"PROCESSING", "FULFILLING"})
        for number in found:
            machine.deliver(turn, number, turn.now)
        return {"package_ids": found}


def lose(platform: Platform, body: Document) -> Document:
    """`package_id` or `order_id`, `exception`: the carrier does not bring it; the platform cancels what was in it."""
    exception = str(body.get("exception") or "PACKAGE_LOST")
    with Turn(platform) as turn:
        found = _packages(turn, body, {"PROCESSING", "FULFILLING"})
        for number in found:
            machine.lose(turn, number, exception, EXCEPTIONS[exception], turn.now)
        return {"package_ids": found}


def complete(platform: Platform, body: Document) -> Document:
    """`order_id`: the time for complaints ends now."""
    with Turn(platform) as turn:
        order = turn.order(str(body["order_id"]))
        if order["status"] != "DELIVERED":
            raise ValueError(f"The order is {order['status']}, not DELIVERED")
        machine.complete(turn, order["id"], turn.now)
        order = turn.order(order["id"])
        if order["status"] == "DELIVERED":
            raise ValueError("A request of the buyer is still open: it has to end first")
        return brief(order)


def settle_now(platform: Platform, body: Document) -> Document:
    """`shop_id`, `pay` (default true): a statement of everything that has none yet, and its payment."""
    with Turn(platform) as turn:
        statement = settle.close_statement(turn, f"{body['shop_id']}:0", turn.now)
        if statement is None:
            raise ValueError("Nothing to settle: no order was completed since the last statement")
        if body.get("pay", True):
            settle.pay_out(turn, statement["id"], turn.now)
        return {"statement_id": statement["id"], "settlement_amount": statement["settlement_amount"]}


def adjust(platform: Platform, body: Document) -> Document:
    """`shop_id`, `type`, `amount`, `order_id`: the platform takes or gives something."""
    with Turn(platform) as turn:
        shop_id, amount = str(body["shop_id"]), str(body["amount"])
        row = settle.adjust(turn, shop_id, str(body["type"]), amount, str(body.get("order_id") or ""), turn.now)
        return {"transaction_id": row["id"]}


ACTIONS: dict[str, Action] = {
    "buy": buy,
    "buy_many": bulk.buy_many,
    "pay": pay,
    "release": release,
    "cancel": cancel,
    "withdraw_cancel": withdraw,
    "platform_cancel": platform_cancels,
    "address": move_house,
    "collect": collect,
    "deliver": deliver,
    "lose": lose,
    "complete": complete,
    **buyer_side.ACTIONS,
    "settle": settle_now,
    "adjust": adjust,
}
