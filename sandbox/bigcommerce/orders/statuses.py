"""The fifteen statuses (reference 5.4), and which of them hold stock or count as paid."""

INCOMPLETE, PENDING, SHIPPED, PARTLY_SHIPPED, REFUNDED, CANCELLED, DECLINED = range(7)
PARTLY_REFUNDED = 14
STATUSES = (
    "Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined", "Awaiting Payment",
    "Awaiting Pickup", "Awaiting Shipment", "Completed", "Awaiting Fulfillment", "Manual Verification Required",
    "Disputed", "Partially Refunded",
)  # fmt: skip
STOCKLESS = frozenset({INCOMPLETE, CANCELLED, DECLINED})
UNPAID = frozenset({INCOMPLETE, PENDING, REFUNDED, CANCELLED, DECLINED, 7})


def row(number: int) -> dict[str, object]:
    name = STATUSES[number]
    return {
        "id": number,
        "name": name,
        "system_label": name,
        "custom_label": name,
        "system_description": f"The order is {name.lower()}.",
        "order": number,
    }
