"""TikTok's words for requests (reference 7.2) in one spelling each, and the tab a request stands under."""

from enum import StrEnum

from domain.orders.statuses import Guard


class Kind(StrEnum):
    """What is asked for."""

    CANCEL = "CANCEL"
    REFUND = "REFUND"
    RETURN = "RETURN_AND_REFUND"
    REPLACEMENT = "REPLACEMENT"


class Tab(StrEnum):
    """Where a request stands, seen from the seller."""

    ANSWER = "answer"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CLOSED = "closed"


KINDS: dict[str, str] = {
    Kind.CANCEL: "Cancellation",
    Kind.REFUND: "Refund",
    Kind.RETURN: "Return and refund",
    Kind.REPLACEMENT: "Replacement",
}
TABS: dict[str, str] = {
    Tab.ANSWER: "To answer",
    Tab.WAITING: "Waiting for others",
    Tab.ACCEPTED: "Accepted",
    Tab.REJECTED: "Rejected",
    Tab.CLOSED: "Closed",
}
MEANING: dict[str, str] = {
    Tab.ANSWER: "TikTok waits for your answer. Without one it grants the request when the time is over.",
    Tab.WAITING: "The buyer, the carrier or TikTok is next; nothing is asked of you now.",
    Tab.ACCEPTED: "After applying: you or TikTok granted the request, and TikTok pays the buyer back.",
    Tab.REJECTED: "After-sale reject: you refused. The buyer may still call TikTok as a judge.",
    Tab.CLOSED: "Withdrawn by the buyer, or over without effect.",
}
PENDING = frozenset({"RETURN_OR_REFUND_REQUEST_PENDING", "REPLACEMENT_REQUEST_PENDING", "CANCELLATION_REQUEST_PENDING"})
REJECTED = frozenset({"REFUND_OR_RETURN_REQUEST_REJECT", "REJECT_RECEIVE_PACKAGE", "REPLACEMENT_REQUEST_REJECT"})
WITHDRAWN = frozenset({"RETURN_OR_REFUND_REQUEST_CANCEL", "REPLACEMENT_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCEL"})
GRANTED = frozenset(
    {
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "REPLACEMENT_REQUEST_REFUND_SUCCESS",
        "REPLACEMENT_REQUEST_COMPLETE",
        "CANCELLATION_REQUEST_SUCCESS",
        "CANCELLATION_REQUEST_COMPLETE",
    }
)
WORDS = {
    "RETURN_OR_REFUND_REQUEST_PENDING": "Asked for",
    "REPLACEMENT_REQUEST_PENDING": "Asked for",
    "CANCELLATION_REQUEST_PENDING": "Asked for",
    "AWAITING_BUYER_SHIP": "The buyer sends it back",
    "BUYER_SHIPPED_ITEM": "On its way back",
    "AWAITING_BUYER_RESPONSE": "The buyer considers your offer",
    "REFUND_OR_RETURN_REQUEST_REJECT": "Refused",
    "REJECT_RECEIVE_PACKAGE": "Parcel refused",
    "REPLACEMENT_REQUEST_REJECT": "Refused",
    "RETURN_OR_REFUND_REQUEST_CANCEL": "Withdrawn",
    "REPLACEMENT_REQUEST_CANCEL": "Withdrawn",
    "CANCELLATION_REQUEST_CANCEL": "Withdrawn or refused",
    "RETURN_OR_REFUND_REQUEST_SUCCESS": "Granted, being paid back",
    "RETURN_OR_REFUND_REQUEST_COMPLETE": "Paid back",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS": "Paid back instead of replaced",
    "REPLACEMENT_REQUEST_COMPLETE": "A replacement order was made",
    "CANCELLATION_REQUEST_SUCCESS": "Cancelled, being paid back",
    "CANCELLATION_REQUEST_COMPLETE": "Cancelled and paid back",
}
# Other spellings of the overview and of webhooks (reference 7.2).
_SPELLINGS = {
    "REQUEST_SUCCESS": "RETURN_OR_REFUND_REQUEST_SUCCESS",
    "REQUEST_REJECTED": "REFUND_OR_RETURN_REQUEST_REJECT",
    "RECEIVE_REJECTED": "REJECT_RECEIVE_PACKAGE",
    "RETURN_OR_REFUND_CANCEL": "RETURN_OR_REFUND_REQUEST_CANCEL",
}


def read(text: str) -> str:
    """One spelling for each status; a word nobody knows stays as it is."""
    plain = text.replace("__", "_")
    plain = plain.removesuffix("LED") if plain.endswith("_CANCELLED") else plain
    return _SPELLINGS.get(plain, plain)


def tab(status: str, action: str, arbitration: str = "") -> Tab:
    """`status` as read; `action`: what TikTok asks of the seller, empty where it asks nothing."""
    if status in GRANTED:
        return Tab.ACCEPTED
    if status in WITHDRAWN:
        return Tab.CLOSED
    if arbitration == "IN_PROGRESS":
        return Tab.WAITING
    if action:
        return Tab.ANSWER
    return Tab.REJECTED if status in REJECTED else Tab.WAITING


def is_paid_back(kind: str, status: str) -> bool:
    """Whether TikTok gives the buyer money: then BigCommerce's order shall say so."""
    return status in GRANTED and status != "REPLACEMENT_REQUEST_COMPLETE"


def refused_by_us(status: str, kind: str, answer: str) -> bool:
    """A refused cancellation looks like a withdrawn one (reference 7.2); our answer tells them apart."""
    return status == "CANCELLATION_REQUEST_CANCEL" and kind == Kind.CANCEL and answer.startswith("REJECT")


def may_answer(*, action: str, arbitration: str, by_tiktok: bool, show_only: bool, kind_verdict: Guard) -> Guard:
    """Whether a person can answer here, and why not."""
    if not kind_verdict:
        return kind_verdict
    if show_only:
        return Guard(False, "return.show_only", "This shop's requests are answered in TikTok Seller Center. Settings → "
                     "Returns changes that.")  # fmt: skip
    if by_tiktok:
        return Guard(False, "return.by_tiktok", "TikTok ships this order from its own warehouse and answers for it.")
    if arbitration == "IN_PROGRESS":
        return Guard(False, "return.arbitration", "TikTok decides between the buyer and you at the moment.")
    if not action:
        return Guard(False, "return.nothing_asked", "TikTok asks for no answer at the moment.")
    return Guard(True)
