"""Which answer fits which request, and why another does not (reference 7.2, 7.5)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.after_sales import returning as flow
from sandbox.tiktok.after_sales.reasons import SELLER_REJECTS, SELLER_REJECTS_PARCEL
from sandbox.tiktok.refusal import Refusal

Document = dict[str, Any]

REFUNDS, RETURNS, REPLACEMENTS = "REFUND", "RETURN_AND_REFUND", "REPLACEMENT"
FITS: dict[str, tuple[frozenset[str], str]] = {
    "APPROVE_REFUND": (frozenset({REFUNDS}), flow.PENDING),
    "APPROVE_RETURN": (frozenset({RETURNS}), flow.PENDING),
    "DIRECT_REFUND": (frozenset({RETURNS}), flow.PENDING),
    "OFFER_PARTIAL_REFUND": (frozenset({REFUNDS, RETURNS}), flow.PENDING),
    "APPROVE_RECEIVED_PACKAGE": (frozenset({RETURNS}), flow.SENT),
    "APPROVE_REPLACEMENT": (frozenset({REPLACEMENTS}), flow.REPLACEMENT_PENDING),
    "ISSUE_REPLACEMENT_REFUND": (frozenset({REPLACEMENTS}), flow.REPLACEMENT_PENDING),
    "REJECT_REFUND": (frozenset({REFUNDS}), flow.PENDING),
    "REJECT_RETURN": (frozenset({RETURNS}), flow.PENDING),
    "REJECT_RECEIVED_PACKAGE": (frozenset({RETURNS}), flow.SENT),
    "REJECT_REPLACEMENT": (frozenset({REPLACEMENTS}), flow.REPLACEMENT_PENDING),
}
APPROVALS = tuple(name for name in FITS if not name.startswith("REJECT"))
REJECTIONS = tuple(name for name in FITS if name.startswith("REJECT"))
ACTION = {
    (REFUNDS, flow.PENDING): "SELLER_RESPOND_REFUND",
    (RETURNS, flow.PENDING): "SELLER_RESPOND_RETURN",
    (RETURNS, flow.SENT): "SELLER_RESPOND_RECEIVE_PACKAGE",
    (REPLACEMENTS, flow.REPLACEMENT_PENDING): "SELLER_RESPOND_REPLACEMENT",
}
WITHDRAWN = frozenset({flow.WITHDRAWN, f"{flow.REPLACEMENT}CANCEL"})


def check(row: Document, order: Document, decision: str) -> None:
    """The decision may be taken now, or the reason why not."""
    types, status = FITS[decision]
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        raise Refusal(25011026, "TikTok fulfils this order and answers for it")
    if row["arbitration_status"] == "IN_PROGRESS":
        raise Refusal(25011010, "The platform decides this request")
    if row["return_status"] in WITHDRAWN:
        raise Refusal(25020009, "The request was cancelled")
    if row["return_type"] not in types:
        raise Refusal(25020004, f"{decision} does not fit a request of type {row['return_type']}")
    if row["return_status"] != status:
        if row["decided"] == decision:
            raise Refusal(25020011 if decision == "APPROVE_RECEIVED_PACKAGE" else 25020010, "This was decided already")
        raise Refusal(25020003, f"{decision} does not fit a request that is {row['return_status']}")


def reject_reasons(row: Document) -> dict[str, str]:
    """What a seller may say; nothing when there is nothing to answer."""
    if row["return_status"] == flow.SENT:
        return SELLER_REJECTS_PARCEL
    return SELLER_REJECTS if row["return_status"] in flow.WAITING else {}
