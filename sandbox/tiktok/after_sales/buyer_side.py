"""What buyers, and the platform as their judge, do with refunds and returns."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.after_sales import returning as flow
from sandbox.tiktok.orders.turn import Turn

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


def _brief(row: Document) -> Document:
    return {name: row[name] for name in ("return_id", "order_id", "return_type", "return_status", "deadline")}


def ask(platform: Platform, body: Document) -> Document:
    """`order_id`, `type` REFUND | RETURN_AND_REFUND | REPLACEMENT, `reason`, and `line_item_ids` or `units` (a number
    of units; all of them without)."""
    with Turn(platform) as turn:
        order, kind = turn.order(str(body["order_id"])), str(body.get("type") or "REFUND")
        if kind not in flow.TYPES:
            raise ValueError(f"type must be one of {', '.join(flow.TYPES)}")
        reasons = flow.reasons_for(order, kind)
        if not reasons:
            raise ValueError(f"A buyer cannot ask for this while the order is {order['status']}")
        reason = str(body.get("reason") or next(iter(reasons)))
        if reason not in reasons:
            raise ValueError(f"reason must be one of {', '.join(reasons)}")
        free = flow.free_lines(turn, order)
        named = {str(number) for number in body.get("line_item_ids") or []}
        lines = [line for line in free if line["id"] in named] if named else free[: int(body.get("units") or len(free))]
        if not lines or (named and len(lines) < len(named)):
            raise ValueError("Something was asked for these units before")
        return _brief(flow.request(turn, order, kind, lines, reason, "BUYER", turn.now))


def _in(turn: Turn, body: Document, *statuses: str) -> Document:
    row = turn.store.returns[str(body["return_id"])]
    if row["return_status"] not in statuses:
        raise ValueError(f"The request is {row['return_status']}")
    return row


def send(platform: Platform, body: Document) -> Document:
    """`return_id`: the buyer posts the parcel."""
    with Turn(platform) as turn:
        row = _in(turn, body, flow.AWAITING)
        row = {**row, "tracking_number": f"RET{row['return_id'][-10:]}", "provider": "USPS"}
        return _brief(flow.step(turn, row, flow.SENT, "BUYER", turn.now, flow.ANSWER_WITHIN))


def withdraw(platform: Platform, body: Document) -> Document:
    """`return_id`."""
    with Turn(platform) as turn:
        return _brief(flow.withdraw(turn, _in(turn, body, *flow.OPEN), "BUYER", turn.now))


def respond(platform: Platform, body: Document) -> Document:
    """`return_id`, `accept`: to the seller's offer of a part."""
    with Turn(platform) as turn:
        row, accept = _in(turn, body, flow.OFFERED), body.get("accept", True)
        if accept in (True, "true", "yes"):
            return _brief(flow.refund(turn, row, "BUYER", turn.now, Decimal(row["partial"]["amount"])))
        wait, kept = flow.ANSWER_WITHIN, {"rejected_partial": True, "partial": {}}
        return _brief(flow.step(turn, row, flow.PENDING, "BUYER", turn.now, wait, **kept))


def dispute(platform: Platform, body: Document) -> Document:
    """`return_id`: the buyer calls the platform after the seller's refusal."""
    with Turn(platform) as turn:
        row = _in(turn, body, *flow.REFUSED)
        if row["arbitration_status"]:
            raise ValueError("The platform was called already")
        row = {**row, "arbitration_status": "IN_PROGRESS"}
        return _brief(flow.step(turn, row, row["return_status"], "BUYER", turn.now))


def judge(platform: Platform, body: Document) -> Document:
    """`return_id`, `side` buyer | seller: the platform's verdict."""
    with Turn(platform) as turn:
        row = _in(turn, body, *flow.REFUSED)
        if row["arbitration_status"] != "IN_PROGRESS":
            raise ValueError("Nobody called the platform")
        if body["side"] == "buyer":
            row = {**row, "arbitration_status": "SUPPORT_BUYER"}
            if row["return_type"] == "REPLACEMENT":
                return _brief(flow.send_again(turn, row, "OPERATOR", turn.now))
            return _brief(flow.refund(turn, row, "OPERATOR", turn.now))
        if body["side"] != "seller":
            raise ValueError("side must be buyer or seller")
        return _brief(flow.withdraw(turn, {**row, "arbitration_status": "SUPPORT_SELLER"}, "OPERATOR", turn.now))


ACTIONS = {
    "ask_return": ask,
    "send_return": send,
    "withdraw_return": withdraw,
    "answer_offer": respond,
    "dispute": dispute,
    "judge": judge,
}
