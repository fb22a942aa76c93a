"""Refunds, returns and replacements as they happen: asked for, answered, sent back, disputed (reference 7.3)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.after_sales.amounts import line_refund, refund_of
from sandbox.tiktok.after_sales.reasons import (
    BUYER_REFUNDS,
    BUYER_REFUNDS_SHIPPED,
    BUYER_RETURNS,
    SELLER_REFUNDS,
    SELLER_REFUNDS_SHIPPED,
    SELLER_RETURNS,
)
from sandbox.tiktok.finance.settle import refund_later
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.buying import replace
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.orders.store import RETURN_BASE

if TYPE_CHECKING:
    from sandbox.tiktok.orders.turn import Turn
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

HOUR = 3600
ANSWER_WITHIN, REPLACE_WITHIN, SEND_WITHIN, DISPUTE_WITHIN = 48 * HOUR, 24 * HOUR, 5 * 24 * HOUR, 72 * HOUR
REFUNDED_AFTER = 60
TYPES = ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT")
PENDING, SUCCESS, WITHDRAWN, COMPLETE = (
    f"RETURN_OR_REFUND_REQUEST_{word}" for word in ("PENDING", "SUCCESS", "CANCEL", "COMPLETE")
)
REJECTED, AWAITING, SENT = "REFUND_OR_RETURN_REQUEST_REJECT", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM"
PARCEL_REJECTED, OFFERED = "REJECT_RECEIVE_PACKAGE", "AWAITING_BUYER_RESPONSE"
REPLACEMENT = "REPLACEMENT_REQUEST_"
REPLACEMENT_PENDING, REPLACEMENT_REJECTED = f"{REPLACEMENT}PENDING", f"{REPLACEMENT}REJECT"
REFUSED = frozenset({REJECTED, PARCEL_REJECTED, REPLACEMENT_REJECTED})
OPEN = frozenset({PENDING, REPLACEMENT_PENDING, AWAITING, SENT, OFFERED, *REFUSED})
WAITING = frozenset({PENDING, REPLACEMENT_PENDING, SENT})
"""States in which the seller's answer is waited for."""
REFUND_IN_TRANSIT = frozenset({"US", "GB", "DE", "FR", "ES", "IT"})


def register(platform: Platform) -> None:
    platform.agenda.on("return_due", _due)


def reasons_for(order: Document, kind: str, role: str = "BUYER") -> dict[str, str]:
    """The reasons that fit the order's state; empty where the market or the state allows none."""
    delivered = order["status"] == "DELIVERED"
    if kind != "REFUND":
        return (BUYER_RETURNS if role == "BUYER" else SELLER_RETURNS) if delivered else {}
    if delivered:
        return BUYER_REFUNDS if role == "BUYER" else SELLER_REFUNDS
    region = order["address"]["region_code"]
    on_its_way = order["status"] == "IN_TRANSIT" and region in REFUND_IN_TRANSIT
    if order["status"] == "AWAITING_COLLECTION" or on_its_way:
        return BUYER_REFUNDS_SHIPPED if role == "BUYER" else SELLER_REFUNDS_SHIPPED
    return {}


def free_lines(turn_or_store: Any, order: Document) -> list[Document]:
    """The units that nothing was asked or granted for yet."""
    store = getattr(turn_or_store, "store", turn_or_store)
    taken = {
        line["order_line_item_id"]
        for row in store.returns_in(order["id"])
        if row["return_status"] in OPEN or row["refunded"] or row["replacement_order_id"]
        for line in row["lines"]
    }
    return [line for line in active(order) if line["id"] not in taken]


def request(
    turn: Turn, order: Document, kind: str, lines: list[Document], reason: str, role: str, at: float
) -> Document:
    """A request for some units, checked before; a buyer's waits for an answer, a seller's is granted as it is made."""
    free = {line["id"] for line in free_lines(turn, order)}
    everything = free == {line["id"] for line in lines} and len(free) == len(order["lines"])
    row: Document = {
        "return_id": turn.store.number(RETURN_BASE),
        "shop_id": order["shop_id"],
        "order_id": order["id"],
        "user_id": order["buyer"]["user_id"],
        "return_type": kind,
        "return_status": "",
        "arbitration_status": "",
        "role": role,
        "return_reason": reason,
        "lines": [
            {
                "return_line_item_id": turn.store.number(RETURN_BASE),
                "order_line_item_id": line["id"],
                **{name: line[name] for name in ("sku_id", "sku_name", "product_name", "seller_sku", "sku_image")},
                "refund": line_refund(turn.platform, order, line),
            }
            for line in lines
        ],
        "refund": refund_of(turn.platform, order, lines, shipping=everything and kind == "REFUND"),
        "refunded": False,
        "share": "1",
        "partial": {},
        "rejected_partial": False,
        "proposed_type": "",
        "tracking_number": "",
        "provider": "",
        "replacement_order_id": "",
        "decided": "",
        "deadline": 0,
        "create_time": int(at),
        "update_time": turn.now,
        "records": [],
    }
    if role == "BUYER":
        pending = REPLACEMENT_PENDING if kind == "REPLACEMENT" else PENDING
        wait = REPLACE_WITHIN if kind == "REPLACEMENT" else ANSWER_WITHIN
        return step(turn, row, pending, role, at, wait)
    if kind == "REFUND":
        return refund(turn, step(turn, row, PENDING, role, at), role, at)
    return step(turn, row, AWAITING, role, at, SEND_WITHIN)


def step(turn: Turn, row: Document, status: str, role: str, at: float, wait: float = 0, **changes: Any) -> Document:
    """The request's next state; `wait` seconds until the platform goes on by itself."""
    deadline = int(at + wait) if wait else 0
    record = {
        "event": "ORDER_RETURN",
        "role": role,
        "description": status,
        "reason_text": str(changes.pop("said", "")),
        "note": str(changes.pop("note", "")),
        "images": [],
        "videos": [],
        "create_time": int(at),
    }
    row = {
        **row,
        "return_status": status,
        "deadline": deadline,
        "update_time": turn.now,
        "records": [*row["records"], record],
        **changes,
    }
    turn.store.put_return(row)
    if deadline:
        turn.plan(deadline, "return_due", row["return_id"])
    turn.tell(
        row["shop_id"],
        "RETURN_STATUS_CHANGE",
        {
            "order_id": row["order_id"],
            "return_id": row["return_id"],
            "return_role": row["role"],
            "return_type": row["return_type"],
            "return_status": status,
            "create_time": row["create_time"],
            "update_time": row["update_time"],
        },
    )
    turn.save(turn.order(row["order_id"]))
    return row


def refund(turn: Turn, row: Document, role: str, at: float, amount: Decimal | None = None) -> Document:
    """The money goes back; an order of which everything went back is complete."""
    total = Decimal(row["refund"]["refund_total"])
    changes: Document = {"refunded": True}
    if amount is not None and amount < total:
        changes |= {"share": str(amount / total), "refund": _scaled(row["refund"], amount / total, amount)}
    status = f"{REPLACEMENT}REFUND_SUCCESS" if row["return_type"] == "REPLACEMENT" else SUCCESS
    row = step(turn, row, status, role, at, 0 if row["return_type"] == "REPLACEMENT" else REFUNDED_AFTER, **changes)
    order = turn.order(row["order_id"])
    if turn.store.transactions_in(order["id"]):
        refund_later(turn, order, row, at)
    elif not _unrefunded(turn, order):
        machine.complete(turn, order["id"], at)
    return row


def _unrefunded(turn: Turn, order: Document) -> list[Document]:
    back = {
        line["order_line_item_id"]
        for row in turn.store.returns_in(order["id"])
        if row["refunded"] and row["share"] == "1"
        for line in row["lines"]
    }
    return [line for line in active(order) if line["id"] not in back]


def _scaled(refund: Document, share: Decimal, total: Decimal) -> Document:
    """A refund of less than everything: the parts shrink alike, the subtotal takes what rounding leaves."""
    places = Decimal(refund["refund_total"])
    found = {
        name: (Decimal(value) * share).quantize(places)
        for name, value in refund.items()
        if name not in {"currency", "refund_total", "refund_subtotal"}
    }
    total = total.quantize(places)
    found["refund_subtotal"] = total - sum(found.values())
    return {
        "currency": refund["currency"],
        "refund_total": str(total),
        **{key: str(value) for key, value in found.items()},
    }


def send_again(turn: Turn, row: Document, role: str, at: float) -> Document:
    """The same goods in an order of their own."""
    order = turn.order(row["order_id"])
    made = replace(turn, order, {line["order_line_item_id"] for line in row["lines"]}, at)
    return step(turn, row, f"{REPLACEMENT}COMPLETE", role, at, replacement_order_id=made["id"])


def withdraw(turn: Turn, row: Document, role: str, at: float, **changes: Any) -> Document:
    """The request is over without effect."""
    status = f"{REPLACEMENT}CANCEL" if row["return_type"] == "REPLACEMENT" else WITHDRAWN
    return step(turn, row, status, role, at, **changes)


def agree(turn: Turn, row: Document, role: str, at: float) -> Document:
    """What was asked for is granted."""
    match row["return_type"]:
        case "REFUND":
            return refund(turn, row, role, at)
        case "REPLACEMENT":
            return send_again(turn, row, role, at)
        case _:
            return step(turn, row, AWAITING, role, at, SEND_WITHIN)


def _ask_again(turn: Turn, row: Document, role: str, at: float) -> Document:
    return step(turn, row, PENDING, role, at, ANSWER_WITHIN, rejected_partial=True, partial={})


def _finish(turn: Turn, row: Document, role: str, at: float) -> Document:
    return step(turn, row, COMPLETE, role, at)


_NEXT: dict[str, Callable[[Turn, Document, str, float], Document]] = {
    PENDING: agree,
    REPLACEMENT_PENDING: agree,
    SENT: refund,
    AWAITING: withdraw,
    OFFERED: _ask_again,
    SUCCESS: _finish,
    **dict.fromkeys(REFUSED, withdraw),
}


def _due(turn: Turn, return_id: str, at: float) -> None:
    """Nobody answered in time: the platform goes on."""
    row = turn.store.returns[return_id]
    if row["deadline"] == int(at) and row["arbitration_status"] != "IN_PROGRESS":
        _NEXT[row["return_status"]](turn, row, "SYSTEM", at)
