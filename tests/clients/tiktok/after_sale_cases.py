"""Returns, refunds, cancellations (reference 7)."""

from decimal import Decimal
from typing import Any

from tests.clients.tiktok.case import Case

R, NEW, KEY = "/return_refund/202309", "/return_refund/202602", {"idempotency_key": "k1"}
OLDEST = {"page_size": "50", "sort_field": "update_time", "sort_order": "ASC"}
RETURN: dict[str, Any] = {
    "return_id": "403", "order_id": "576", "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
    "refund_amount": {"currency": "USD", "refund_total": "9.90"}, "return_line_items": [{"order_line_item_id": "577"}],
    "seller_next_action_response": [{"action": "SELLER_RESPOND_RETURN", "deadline": 1767398400}], "is_new": 1,
}  # fmt: skip
CANCEL: dict[str, Any] = {
    "cancel_id": "404", "order_id": "576", "cancel_status": "CANCELLATION_REQUEST_PENDING",
    "cancel_type": "BUYER_CANCEL", "should_replenish_stock": True, "cancel_line_items": None,
}  # fmt: skip
MONEY = {"currency": "USD", "amount": "4.00"}
WANTED = {"order_id": "576", "return_reason": "x", "return_type": "REFUND"}

CASES = [
    Case(
        "search_returns",
        lambda t: [
            (r.return_id, r.refund_amount and r.refund_amount.refund_total, r.seller_next_action_response[0].deadline)
            for r in t.search_returns(order_ids=["576"], update_time_ge=5).return_orders
        ],
        "POST", NEW + "/returns/search", OLDEST, {"order_ids": ["576"], "update_time_ge": 5},
        {"return_orders": [RETURN]}, [("403", Decimal("9.90"), 1767398400)],
    ),
    Case(
        "return_records", lambda t: [r.role for r in t.return_records("403")], "GET", R + "/returns/403/records", {},
        None, {"records": [{"event": "ORDER_RETURN", "role": "BUYER", "images": None}]}, ["BUYER"],
    ),
    Case(
        "create_return", lambda t: t.create_return(WANTED, "k1").return_id, "POST", NEW + "/returns", KEY, WANTED,
        {"return_id": "403", "return_status": "X"}, "403",
    ),
    Case(
        "approve_return", lambda t: t.approve_return("403", "APPROVE_REFUND", idempotency_key="k1"), "POST",
        R + "/returns/403/approve", KEY, {"decision": "APPROVE_REFUND"}, {}, None, True,
    ),
    Case(
        "offer_partial_refund",
        lambda t: t.approve_return("403", "OFFER_PARTIAL_REFUND", buyer_keep_item=True, partial_refund=MONEY), "POST",
        R + "/returns/403/approve", {},
        {"decision": "OFFER_PARTIAL_REFUND", "buyer_keep_item": True, "partial_refund": MONEY}, {}, None, True,
    ),
    Case(
        "reject_return", lambda t: t.reject_return("403", "REJECT_RETURN", "reverse_reject_request_reason_1", "as is"),
        "POST", R + "/returns/403/reject", {},
        {"decision": "REJECT_RETURN", "reject_reason": "reverse_reject_request_reason_1", "comment": "as is"}, {}, None,
        True,
    ),
    Case(
        "search_cancellations",
        lambda t: [
            (c.cancel_id, c.cancel_type, c.should_replenish_stock)
            for c in t.search_cancellations(cancel_types=["BUYER_CANCEL"]).cancellations
        ],
        "POST", NEW + "/cancellations/search", OLDEST, {"cancel_types": ["BUYER_CANCEL"]}, {"cancellations": [CANCEL]},
        [("404", "BUYER_CANCEL", True)],
    ),
    Case(
        "cancel_order",
        lambda t: t.cancel_order("576", "seller_cancel_reason_out_of_stock", skus={"31": 1}).cancel_id, "POST",
        NEW + "/cancellations", {},
        {
            "order_id": "576", "cancel_reason": "seller_cancel_reason_out_of_stock",
            "skus": [{"sku_id": "31", "quantity": 1}],
        }, {"cancel_id": "404", "cancel_status": "X"}, "404",
    ),
    Case(
        "approve_cancellation", lambda t: t.approve_cancellation("404", "k1"), "POST", R + "/cancellations/404/approve",
        KEY, {}, {}, None, True,
    ),
    Case(
        "reject_cancellation",
        lambda t: t.reject_cancellation("404", "seller_reject_apply_product_has_been_packed"), "POST",
        R + "/cancellations/404/reject", {}, {"reject_reason": "seller_reject_apply_product_has_been_packed"}, {}, None,
        True,
    ),
    Case(
        "reject_reasons", lambda t: [r.name for r in t.reject_reasons("404", "en-US")], "GET", R + "/reject_reasons",
        {"return_or_cancel_id": "404", "locale": "en-US"}, None, {"reasons": [{"name": "a", "text": "b"}]}, ["a"],
    ),
    Case(
        "decisions",
        lambda t: [(d.decision, d.eligible, d.available_reject_reasons[0].name) for d in t.decisions("403", "AB")],
        "GET", "/return_refund/202601/decision_eligibility", {"return_or_cancel_id": "403", "check_decisions": "A,B"},
        None,
        {"decisions": [{"decision": "A", "eligible": False, "available_reject_reasons": [{"name": "a"}]}]},
        [("A", False, "a")],
    ),
    Case(
        "eligibility",
        lambda t: [s.line_item_eligibility[0].available_reason_names for s in t.eligibility("576", ["CANCEL"])], "GET",
        NEW + "/orders/576/aftersale_eligibility", {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"},
        None,
        {"sku_eligibility": [{
            "sku_id": "31", "line_item_eligibility": [{"eligible": True, "available_reason_names": ["a"]}],
        }]}, [("a",)],
    ),
    Case(
        "calculate_refund", lambda t: t.calculate_refund("576", "CANCEL", "a", ["577"]).refund_total, "POST",
        NEW + "/refunds/calculate", {},
        {"order_id": "576", "request_type": "CANCEL", "reason_name": "a", "order_line_item_ids": ["577"]},
        {"order_refund_amount": {"currency": "USD", "refund_total": "9.90"}}, Decimal("9.90"),
    ),
]  # fmt: skip
