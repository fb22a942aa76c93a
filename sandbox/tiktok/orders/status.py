"""The status of an order as it follows from its lines (reference 5.2)."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)
SHIPPED = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")
CONCEALED = frozenset({"UNPAID", "ON_HOLD"})
"""States in which a seller learns neither the buyer nor the address."""


def active(order: Document) -> list[Document]:
    """The lines that are not cancelled."""
    return [line for line in order["lines"] if line["display_status"] != "CANCELLED"]


def status_of(order: Document) -> str:
    """The least advanced line decides; shipped and unshipped ones together are PARTIALLY_SHIPPING."""
    found = {line["display_status"] for line in active(order)}
    if not found:
        return "CANCELLED"
    if "UNPAID" in found:
        return "UNPAID"
    if order["held"]:
        return "ON_HOLD"
    if "AWAITING_SHIPMENT" in found:
        return "AWAITING_SHIPMENT" if len(found) == 1 else "PARTIALLY_SHIPPING"
    return next(status for status in SHIPPED if status in found)


def told_status(status: str) -> str:
    """The word of webhook 1, which says CANCEL where everything else says CANCELLED."""
    return "CANCEL" if status == "CANCELLED" else status


def with_lines(order: Document, line_ids: set[str], **changes: Any) -> Document:
    """The order with some of its lines changed."""
    lines = [{**line, **changes} if line["id"] in line_ids else line for line in order["lines"]]
    return {**order, "lines": lines}
