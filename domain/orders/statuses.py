"""TikTok Shop's order statuses (reference 5.2): their order, what each allows, the tabs they are shown under."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOLD = timedelta(hours=1)  # the remorse period after payment


class Status(StrEnum):
    """In the order in which an order passes through them; CANCELLED may follow any before DELIVERED."""

    UNPAID = "UNPAID"
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


_RANK = {status: number for number, status in enumerate(Status)}
TABS: tuple[Status, ...] = tuple(Status)[1:]  # an order is imported once it is paid (feature S2-76)
ERROR = "error"  # the tab of orders with a problem, whatever their status
OPEN = frozenset({Status.ON_HOLD, Status.AWAITING_SHIPMENT, Status.PARTIALLY_SHIPPING})
TO_SHIP = frozenset({Status.AWAITING_SHIPMENT, Status.PARTIALLY_SHIPPING})
GONE = frozenset({Status.AWAITING_COLLECTION, Status.IN_TRANSIT, Status.DELIVERED, Status.COMPLETED})

MEANING = {
    Status.ON_HOLD: "Paid. The buyer may still cancel for an hour; nothing may be shipped and TikTok withholds the "
    "address until then.",
    Status.AWAITING_SHIPMENT: "Received; no shipping has been arranged yet.",
    Status.PARTIALLY_SHIPPING: "Part of the order is ready to ship.",
    Status.AWAITING_COLLECTION: "Everything is arranged; the carrier has not collected it yet.",
    Status.IN_TRANSIT: "The carrier has all packages.",
    Status.DELIVERED: "All packages were delivered; returns are still possible.",
    Status.COMPLETED: "Delivered, and the time for returns and refunds has passed.",
    Status.CANCELLED: "All items were cancelled.",
    ERROR: "Not created in BigCommerce, or its tracking is not on TikTok Shop yet.",
}


def read(text: str) -> str:
    """The status as written in the API; webhooks also write CANCEL (reference 5.2)."""
    return Status.CANCELLED.value if text == "CANCEL" else text


def rank(status: str) -> int:
    """How far along; a status nobody knows counts as before everything."""
    return _RANK[Status(status)] if status in _RANK else -1


def is_newer(seen: datetime, status: str, known_at: datetime, known: str) -> bool:
    """Whether what was read now replaces what is known: by the platform's own time of change, and within one second by
    how far along it is."""
    return (seen, rank(status)) >= (known_at, rank(known))


@dataclass(frozen=True, slots=True)
class Guard:
    """Whether goods may leave; `code` and `reason` say why not, `until` when that ends by itself."""

    yes: bool
    code: str = ""
    reason: str = ""
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.yes


def hold_ends(status: str, paid_at: datetime | None) -> datetime | None:
    """When an order on hold can be shipped at the earliest; None where no hold is running."""
    return paid_at + HOLD if status == Status.ON_HOLD and paid_at is not None else None


def may_ship(status: str, *, by_tiktok: bool, cancel_asked: bool, paid_at: datetime | None) -> Guard:
    """Goods must never leave for an order that may still die (feature I-30)."""
    if by_tiktok:
        return Guard(False, "ship.by_tiktok", "TikTok ships this order from its own warehouse.")
    if status == Status.UNPAID:
        return Guard(False, "ship.unpaid", "The buyer has not paid yet.")
    if status == Status.ON_HOLD:
        ends = hold_ends(status, paid_at)
        return Guard(False, "ship.on_hold", "On hold: the buyer may still cancel for an hour after paying.", ends)
    if status == Status.CANCELLED:
        return Guard(False, "ship.cancelled", "The order was cancelled.")
    if cancel_asked:
        return Guard(False, "ship.cancel_asked", "The buyer asked to cancel. Answer the request first.")
    if status not in TO_SHIP:
        return Guard(False, "ship.gone", "Everything in this order has been shipped already.")
    return Guard(True)
