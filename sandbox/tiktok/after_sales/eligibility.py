"""What may be answered, asked and given back right now (reference 7.1)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.after_sales import cancelling, decisions, reasons
from sandbox.tiktok.after_sales import returning as flow
from sandbox.tiktok.after_sales.amounts import refund_of
from sandbox.tiktok.after_sales.cancellations import FOREIGN, PARAMETERS, UNKNOWN, answerable, own_cancellation
from sandbox.tiktok.after_sales.returns import own_return
from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.packages.rules import line_ids
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import AFTER_SALES

Document = dict[str, Any]

CANCEL_DECISIONS = ("APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL")
REQUESTS = ("CANCEL", "REFUND", "RETURN_AND_REFUND")


def _names(found: dict[str, str]) -> list[Document]:
    return [{"name": name, "text": text} for name, text in found.items()]


def _target(call: Call) -> tuple[Document | None, Document | None]:
    """(return, cancellation): the one that the query names."""
    number = call.query.get("return_or_cancel_id", "")
    if not number:
        raise Refusal(PARAMETERS, "return_or_cancel_id is needed")
    if number in call.platform.orders.cancellations:
        return None, own_cancellation(call, number)
    return own_return(call, number), None


def _cancel_rejects(call: Call) -> dict[str, str]:
    region = call.shop["region"]
    return {reasons.named(name, region): text for name, text in reasons.SELLER_REJECTS_CANCELLATION.items()}


@endpoints.add("GET", "return_refund/reject_reasons", "202309", AFTER_SALES)
def reject_reasons(call: Call) -> Document:
    row, cancellation = _target(call)
    if row is not None:
        return {"reasons": _names(decisions.reject_reasons(row))}
    pending = cancellation is not None and cancellation["cancel_status"] == cancelling.PENDING
    return {"reasons": _names(_cancel_rejects(call)) if pending else []}


@endpoints.add("GET", "return_refund/decision_eligibility", "202601", AFTER_SALES)
def decision_eligibility(call: Call) -> Document:
    row, cancellation = _target(call)
    known = tuple(decisions.FITS) if row is not None else CANCEL_DECISIONS
    asked = [name for name in call.query.get("check_decisions", "").split(",") if name] or list(known)
    found = []
    for name in asked:
        if name not in known:
            raise Refusal(PARAMETERS, f"{name} is no decision for this")
        allowed: dict[str, str] = {}
        try:
            if row is not None:
                decisions.check(row, call.platform.orders.orders[row["order_id"]], name)
                allowed = decisions.reject_reasons(row)
            elif cancellation is not None:
                answerable(call, cancellation)
                allowed = _cancel_rejects(call)
            told: Document = {"eligible": True, "ineligible_code": 0, "ineligible_reason": ""}
        except Refusal as refusal:
            told = {"eligible": False, "ineligible_code": refusal.code, "ineligible_reason": refusal.message}
        rejects = _names(allowed) if name.startswith("REJECT") and told["eligible"] else []
        found.append({"decision": name, **told, "available_reject_reasons": rejects})
    return {"decisions": found}


def may(call: Call, order: Document, kind: str, user: str) -> dict[str, str]:
    """The reasons with which a request of the kind can be made now; empty when it cannot."""
    if kind != "CANCEL":
        return flow.reasons_for(order, kind, user)
    status, region = order["status"], call.shop["region"]
    if user == "BUYER":
        if status == "UNPAID":
            return reasons.BUYER_CANCELS_UNPAID
        return reasons.BUYER_CANCELS if status in {"ON_HOLD", "AWAITING_SHIPMENT"} else {}
    late = {"AWAITING_COLLECTION"} if region == "US" else set()
    if status in {"ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"} | late:
        allowed = reasons.seller_may_cancel_with(region)
        return {reasons.named(name, region): reasons.SELLER_CANCELS[name] for name in allowed}
    return {}


@endpoints.add("GET", "return_refund/orders/{order_id}/aftersale_eligibility", "202309 202602", AFTER_SALES)
def eligibility(call: Call) -> Document:
    order = own_order(call, call.params["order_id"], UNKNOWN, FOREIGN)
    user = call.query.get("initiate_aftersale_user") or "SELLER"
    kinds = [name for name in call.query.get("request_types", "").split(",") if name] or list(REQUESTS)
    if user not in {"SELLER", "BUYER"} or not set(kinds) <= set(REQUESTS):
        raise Refusal(PARAMETERS, "initiate_aftersale_user or request_types is not valid")
    groups: dict[str, list[str]] = {}
    free = flow.free_lines(call.platform.orders, order)
    for line in free:
        groups.setdefault(line["sku_id"], []).append(line["id"])
    fbt = order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK" and user == "SELLER"
    found = []
    for sku_id, lines in groups.items():
        rows = []
        for kind in kinds:
            names = {} if fbt else may(call, order, kind, user)
            rows.append(
                {
                    "request_type": kind,
                    "order_line_items_ids": lines,
                    "eligible": bool(names),
                    "ineligible_code": 0 if names else 25011026 if fbt else 25001003,
                    "ineligible_reason": "" if names else f"Not while the order is {order['status']}",
                    "available_reason_names": list(names),
                }
            )
        found.append({"sku_id": sku_id, "line_item_eligibility": rows})
    return {"sku_eligibility": found}


@endpoints.add("POST", "return_refund/refunds/calculate", "202309 202602", AFTER_SALES)
def calculate(call: Call) -> Document:
    order = own_order(call, call.body.get("order_id"), UNKNOWN, FOREIGN)
    kind, reason = call.body.get("request_type"), call.body.get("reason_name")
    if kind not in REQUESTS or not isinstance(reason, str) or not reason:
        raise Refusal(PARAMETERS, "request_type and reason_name are needed")
    if order["status"] in {"COMPLETED", "CANCELLED"}:
        raise Refusal(25001051, f"The order is {order['status']}")
    named = line_ids(call, call.body)
    for row in call.rows("skus", 100, PARAMETERS):
        matching = [line["id"] for line in active(order) if line["sku_id"] == str(row.get("sku_id"))]
        named += matching[: int(row.get("quantity") or 1)]
    lines = [line for line in active(order) if not named or line["id"] in named]
    if not lines or (named and len(lines) < len(set(named))):
        raise Refusal(25005011, "A line is not one of this order's open ones")
    shipping = kind != "RETURN_AND_REFUND" and len(lines) == len(order["lines"])
    return {"order_refund_amount": refund_of(call.platform, order, lines, shipping=shipping)}
