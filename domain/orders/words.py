"""Order statuses in the words of the tool a merchant comes from (feature C-15). A word marked * is ours, because that
tool's guide has none."""

from collections.abc import Mapping

from domain.orders.statuses import ERROR, TABS


def _read(line: str) -> dict[str, str]:
    words = [word.strip() for word in line.split(",")]
    return dict(zip([*(tab.value for tab in TABS), ERROR], words, strict=True))


_LINES = {
    "causeway": "On hold, Awaiting shipment, Partially shipping, Awaiting collection, In transit, Delivered, "
    "Completed, Cancelled, Error",
    "tiktok": "On hold, Awaiting shipment, Partially shipping, Awaiting collection, In transit, Delivered, "
    "Completed, Canceled, Error*",
    "bigseller": "On hold*, New, Partially shipping*, To pick up*, Shipped, Delivered*, Completed, Canceled, Error*",
    "cartcom": "Pending, Unshipped, Partially shipped*, Shipped*, In transit*, Delivered*, Completed*, Canceled, "
    "Error*",
    "cedcommerce": "On hold*, Awaiting Shipment, Partially Shipping, Awaiting Collection, In transit*, Delivered*, "
    "Completed, Cancelled, Error",
    "sellercloud": "On hold*, Unshipped, Partially shipped*, Ready to ship*, Shipped*, Delivered*, Completed, "
    "Cancelled*, Problem*",
}
WORDS: dict[str, dict[str, str]] = {name: _read(line) for name, line in _LINES.items()}


def words(vocabulary: str) -> Mapping[str, str]:
    """Status (or "error") -> word; ours where nobody knows the vocabulary."""
    return {status: word.rstrip("*") for status, word in WORDS.get(vocabulary, WORDS["causeway"]).items()}


# BigCommerce's statuses (reference 5.4): the merchant may rename them, so the number decides.
BIGCOMMERCE: dict[int, str] = {
    0: "Incomplete", 1: "Pending", 2: "Shipped", 3: "Partially Shipped", 4: "Refunded", 5: "Cancelled", 6: "Declined",
    7: "Awaiting Payment", 8: "Awaiting Pickup", 9: "Awaiting Shipment", 10: "Completed", 11: "Awaiting Fulfillment",
    12: "Manual Verification Required", 13: "Disputed", 14: "Partially Refunded",
}  # fmt: skip
