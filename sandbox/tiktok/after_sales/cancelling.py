"""Cancellations as they happen: by a buyer, a seller or the platform; the answer a buyer waits for (reference 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.tiktok.after_sales.amounts import refund_of
from sandbox.tiktok.after_sales.reasons import BUYER_CANCELS, BUYER_CANCELS_UNPAID
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.orders.store import CANCEL_BASE

if TYPE_CHECKING:
    from sandbox.tiktok.orders.turn import Turn
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

ANSWER_WITHIN = 48 * 3600
REFUNDED_AFTER = 60
PENDING, SUCCESS, WITHDRAWN, COMPLETE = (
    f"CANCELLATION_REQUEST_{word}" for word in ("PENDING", "SUCCESS", "CANCEL", "COMPLETE")
)


def register(platform: Platform) -> None:
    on = platform.agenda.on
    on("unpaid", lambda turn, number, at: _if(turn, number, "UNPAID", "system_cancel_unpaid_time_out", at))
    on(
        "overdue",
        lambda turn, number, at: _if(
            turn, number, "AWAITING_SHIPMENT", "system_cancel_order_reason_shipping_timeout", at
        ),
    )
    on(
        "untracked",
        lambda turn, number, at: _if(turn, number, "AWAITING_COLLECTION", "system_cancel_order_untracked", at),
    )
    on("cancel_answer", _unanswered)
    on("cancel_refunded", _refunded)


def _if(turn: Turn, order_id: str, status: str, reason: str, at: float) -> None:
    """The platform cancels what still waits after its deadline."""
    if turn.order(order_id)["status"] == status:
        by_system(turn, order_id, reason, at)


def by_system(turn: Turn, order_id: str, reason: str, at: float) -> Document:
    order = turn.order(order_id)
    for row in open_requests(turn, order_id):
        _keep(turn, {**row, "cancel_status": WITHDRAWN})
    return done(turn, order, {line["id"] for line in active(order)}, reason, "SYSTEM", at)


def by_buyer(turn: Turn, order_id: str, reason: str, at: float) -> Document:
    """At once before and during the first hour; later a request that the seller answers within 48 hours."""
    order = turn.order(order_id)
    unpaid = order["status"] == "UNPAID"
    reason = reason or next(iter(BUYER_CANCELS_UNPAID if unpaid else BUYER_CANCELS))
    lines = {line["id"] for line in active(order)}
    if order["status"] in {"UNPAID", "ON_HOLD"}:
        return done(turn, order, lines, reason, "BUYER", at)
    if order["status"] != "AWAITING_SHIPMENT":
        raise ValueError(f"A buyer cannot cancel an order that is {order['status']}")
    if open_requests(turn, order_id):
        raise ValueError("The buyer has asked already")
    row = _new(turn, order, lines, reason, "BUYER", at) | {"cancel_status": PENDING}
    turn.plan(at + ANSWER_WITHIN, "cancel_answer", row["cancel_id"])
    turn.save({**order, "is_buyer_request_cancel": True, "request_cancel_time": int(at)})
    return _keep(turn, row)


def withdraw(turn: Turn, cancel_id: str) -> Document:
    """The buyer thinks better of it, or the seller refuses."""
    row = turn.store.cancellations[cancel_id]
    if row["cancel_status"] != PENDING:
        raise ValueError(f"The request is {row['cancel_status']}")
    turn.save({**turn.order(row["order_id"]), "is_buyer_request_cancel": False})
    return _keep(turn, {**row, "cancel_status": WITHDRAWN})


def grant(turn: Turn, cancel_id: str, at: float) -> Document:
    """The buyer's request is met."""
    row = turn.store.cancellations[cancel_id]
    order = turn.order(row["order_id"])
    machine.cancel(turn, order["id"], set(row["line_ids"]), row["cancel_reason"], "BUYER", at)
    return _succeeded(turn, row, at)


def done(turn: Turn, order: Document, line_ids: set[str], reason: str, user: str, at: float) -> Document:
    """A cancellation nobody has to answer."""
    row = _new(turn, order, line_ids, reason, user, at)
    machine.cancel(turn, order["id"], line_ids, reason, user, at)
    return _succeeded(turn, row, at)


def _succeeded(turn: Turn, row: Document, at: float) -> Document:
    turn.plan(at + REFUNDED_AFTER, "cancel_refunded", row["cancel_id"])
    return _keep(turn, {**row, "cancel_status": SUCCESS})


def _new(turn: Turn, order: Document, line_ids: set[str], reason: str, user: str, at: float) -> Document:
    lines = [line for line in active(order) if line["id"] in line_ids]
    return {
        "cancel_id": turn.store.number(CANCEL_BASE),
        "shop_id": order["shop_id"],
        "order_id": order["id"],
        "user_id": order["buyer"]["user_id"],
        "cancel_type": "BUYER_CANCEL" if user == "BUYER" else "CANCEL",
        "role": user,
        "cancel_reason": reason,
        "line_ids": [line["id"] for line in lines],
        "refund": refund_of(turn.platform, order, lines, shipping=len(lines) == len(active(order))),
        "paid": bool(order["paid_time"]),
        "create_time": int(at),
        "update_time": turn.now,
        "decided": "",
    }


def _keep(turn: Turn, row: Document) -> Document:
    """Store a cancellation and tell (webhook 11, which writes one status with two L and ED)."""
    row = {**row, "update_time": turn.now}
    turn.store.put_cancellation(row)
    status = "CANCELLATION_REQUEST_CANCELLED" if row["cancel_status"] == WITHDRAWN else row["cancel_status"]
    turn.tell(
        row["shop_id"],
        "CANCELLATION_STATUS_CHANGE",
        {
            "order_id": row["order_id"],
            "cancel_id": row["cancel_id"],
            "cancellations_role": row["role"],
            "cancel_status": status,
            "create_time": row["create_time"],
        },
    )
    return row


def open_requests(turn: Turn, order_id: str) -> list[Document]:
    return [row for row in turn.store.cancellations_in(order_id) if row["cancel_status"] == PENDING]


def _unanswered(turn: Turn, cancel_id: str, at: float) -> None:
    if turn.store.cancellations[cancel_id]["cancel_status"] == PENDING:
        grant(turn, cancel_id, at)


def _refunded(turn: Turn, cancel_id: str, at: float) -> None:
    row = turn.store.cancellations[cancel_id]
    if row["cancel_status"] == SUCCESS:
        _keep(turn, {**row, "cancel_status": COMPLETE})
