"""Search returns, make one, answer one (reference 7.1)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.tiktok.after_sales import decisions, reasons
from sandbox.tiktok.after_sales import returning as flow
from sandbox.tiktok.after_sales.cancellations import FOREIGN, PARAMETERS, UNKNOWN
from sandbox.tiktok.after_sales.keys import once
from sandbox.tiktok.after_sales.view import shown_return
from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.listing import between, chosen, pages
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import line_ids
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import AFTER_SALES

Document = dict[str, Any]

FILTERS = {
    "return_ids": "return_id",
    "order_ids": "order_id",
    "buyer_user_ids": "user_id",
    "return_types": "return_type",
    "return_status": "return_status",
    "seller_proposed_return_type": "proposed_type",
    "arbitration_status": "arbitration_status",
}


@endpoints.add("POST", "return_refund/returns/search", "202309 202602", AFTER_SALES)
def search(call: Call) -> Document:
    inside = between(call.body, ("create_time", "update_time"), PARAMETERS)
    wanted = chosen(call.body, FILTERS, code=PARAMETERS)
    found = [
        row
        for row in call.platform.orders.returns.values()
        if row["shop_id"] == call.shop_id and wanted(row) and inside(row)
    ]
    page, total, following = pages(
        call,
        found,
        fields=("create_time", "update_time"),
        key="return_id",
        minimum=10 if call.version == "202602" else 1,
        maximum=50,
        size=10,
        order="ASC",
        code=PARAMETERS,
    )
    return {
        "return_orders": [shown_return(call.platform, row, call.version) for row in page],
        "total_count": total,
        "next_page_token": following,
    }


def own_return(call: Call, return_id: object) -> Document:
    row = call.platform.orders.returns.get(str(return_id))
    if row is None:
        raise Refusal(UNKNOWN, "The return does not exist")
    if row["shop_id"] != call.shop_id:
        raise Refusal(FOREIGN, "The return belongs to another shop")
    return row


@endpoints.add("GET", "return_refund/returns/{return_id}/records", "202309", AFTER_SALES)
def records(call: Call) -> Document:
    return {"records": own_return(call, call.params["return_id"])["records"]}


@endpoints.add("POST", "return_refund/returns", "202309 202602", AFTER_SALES)
def create(call: Call) -> Document:
    """The seller gives money back, with or without the goods."""

    def act() -> Document:
        with Turn(call.platform) as turn:
            order = own_order(call, call.body.get("order_id"), UNKNOWN, FOREIGN)
            kind, reason = word(call.body.get("return_type")), call.body.get("return_reason")
            if kind not in {"REFUND", "RETURN_AND_REFUND"} or not isinstance(reason, str) or not reason:
                raise Refusal(PARAMETERS, "return_type and return_reason are needed")
            _reason(order, kind, reason)
            lines = _lines(call, turn, order)
            _affordable(call, lines)
            row = flow.request(turn, order, kind, lines, reason, "SELLER", turn.now)
        return {"return_id": row["return_id"], "return_status": row["return_status"]}

    return once(call, f"return {call.body.get('order_id')}", act)


def _reason(order: Document, kind: str, reason: str) -> None:
    if order["status"] in {"COMPLETED", "CANCELLED"}:
        raise Refusal(25001051, f"The order is {order['status']}")
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        raise Refusal(25011026, "TikTok fulfils this order")
    if reason not in reasons.TEXTS:
        raise Refusal(25001014, "The reason does not exist")
    if not reason.endswith("_seller") and not reason.startswith("seller_"):
        raise Refusal(25001015, "This reason is not for sellers")
    fitting = flow.reasons_for(order, kind, "SELLER")
    if not fitting:
        raise Refusal(25001003, f"Not while the order is {order['status']}")
    if reason not in fitting:
        raise Refusal(25001021, "The reason does not fit the order's status")


def _lines(call: Call, turn: Turn, order: Document) -> list[Document]:
    free = flow.free_lines(turn, order)
    named = line_ids(call, call.body)
    for row in call.rows("skus", 100, PARAMETERS):
        number = row.get("quantity") if isinstance(row, dict) else None
        matching = [line["id"] for line in free if number and line["sku_id"] == str(row.get("sku_id"))]
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(matching):
            raise Refusal(25005011, "There are not that many units")
        named += matching[:number]
    found = [line for line in free if not named or line["id"] in named]
    if not found or (named and len(found) < len(set(named))):
        raise Refusal(25005011, "These units have a request already, or are not of this order")
    return found


def _affordable(call: Call, lines: list[Document]) -> None:
    given = call.body.get("refund_total")
    if given is None:
        return
    paid = sum((Decimal(line["sale_price"]) + Decimal(line["tax"]) for line in lines), Decimal(0))
    try:
        wanted = Decimal(str(given))
    except InvalidOperation:
        raise Refusal(PARAMETERS, "refund_total must be a number") from None
    if not 0 < wanted <= paid:
        raise Refusal(25005005, f"At most {paid} can be refunded")


@endpoints.add("POST", "return_refund/returns/{return_id}/approve", "202309", AFTER_SALES)
def approve(call: Call) -> Document:
    decision = call.body.get("decision")

    def act() -> None:
        with Turn(call.platform) as turn:
            row = own_return(call, call.params["return_id"])
            if decision not in decisions.APPROVALS:
                raise Refusal(PARAMETERS, "decision is not valid")
            decisions.check(row, turn.order(row["order_id"]), str(decision))
            partial = _partial(call, row) if decision == "OFFER_PARTIAL_REFUND" else {}
            _approve(call, turn, {**row, "decided": decision}, str(decision), partial)

    return once(call, f"{decision} {call.params['return_id']}", act)


def _partial(call: Call, row: Document) -> Document:
    given = call.body.get("partial_refund")
    if not isinstance(given, dict) or given.get("currency") != row["refund"]["currency"]:
        raise Refusal(PARAMETERS, "partial_refund needs an amount in the order's currency")
    try:
        amount = Decimal(str(given.get("amount")))
    except InvalidOperation:
        raise Refusal(PARAMETERS, "partial_refund.amount must be a number") from None
    if not 0 < amount <= Decimal(row["refund"]["refund_total"]):
        raise Refusal(25005005, f"At most {row['refund']['refund_total']} can be refunded")
    return {"currency": given["currency"], "amount": str(amount)}


def _approve(call: Call, turn: Turn, row: Document, decision: str, partial: Document) -> None:
    now = turn.now
    match decision:
        case "OFFER_PARTIAL_REFUND":
            wait = flow.ANSWER_WITHIN
            flow.step(turn, row, flow.OFFERED, "SELLER", now, wait, partial=partial, proposed_type="PARTIAL_REFUND")
        case "APPROVE_RETURN" if not call.body.get("buyer_keep_item"):
            flow.step(turn, row, flow.AWAITING, "SELLER", now, flow.SEND_WITHIN)
        case "APPROVE_REPLACEMENT":
            flow.send_again(turn, row, "SELLER", now)
        case _:
            flow.refund(turn, row, "SELLER", now)


@endpoints.add("POST", "return_refund/returns/{return_id}/reject", "202309", AFTER_SALES)
def reject(call: Call) -> Document:
    decision = call.body.get("decision")

    def act() -> None:
        with Turn(call.platform) as turn:
            row = own_return(call, call.params["return_id"])
            reason = call.body.get("reject_reason")
            if decision not in decisions.REJECTIONS or not isinstance(reason, str) or not reason:
                raise Refusal(PARAMETERS, "decision and reject_reason are needed")
            decisions.check(row, turn.order(row["order_id"]), str(decision))
            if reason not in decisions.reject_reasons(row):
                raise Refusal(25001016 if reason in reasons.TEXTS else 25001014, "The reason does not fit")
            status = {
                "REJECT_RECEIVED_PACKAGE": flow.PARCEL_REJECTED,
                "REJECT_REPLACEMENT": flow.REPLACEMENT_REJECTED,
            }.get(str(decision), flow.REJECTED)
            said = {"said": reasons.TEXTS[reason], "note": str(call.body.get("comment") or "")}
            flow.step(turn, row, status, "SELLER", turn.now, flow.DISPUTE_WITHIN, decided=decision, **said)

    return once(call, f"{decision} {call.params['return_id']}", act)
