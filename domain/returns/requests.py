"""What the seller may start: cancel, refund (reference 7.3; features S5-39..S5-42, C-10, S3-104). TikTok itself has the
last word; this says early, and in words, why a button is off."""

from domain.orders.statuses import Guard, Status

ON_TIKTOK_ONLY = ("paypal", "apple pay", "applepay", "apple_pay")
SINGLE_LINES = frozenset({"US", "GB"})
LATE = frozenset({"US"})  # markets where an order that waits for its carrier may still be cancelled
BEFORE_SHIPPING = frozenset({Status.ON_HOLD, Status.AWAITING_SHIPMENT, Status.PARTIALLY_SHIPPING})


def may_cancel(status: str, market: str, *, by_tiktok: bool, cancel_asked: bool) -> Guard:
    """Whether the seller can cancel an order that stands there."""
    if by_tiktok:
        return Guard(
            False, "cancel.by_tiktok", "TikTok ships this order from its own warehouse; it cannot be cancelled here."
        )
    if status == Status.CANCELLED:
        return Guard(False, "cancel.done", "The order is cancelled already.")
    if status == Status.UNPAID:
        return Guard(
            False, "cancel.unpaid", "The buyer has not paid; TikTok cancels it by itself when the time is over."
        )
    if cancel_asked:
        return Guard(False, "cancel.asked", "The buyer asks to cancel: answer that request under Returns.")
    if status in BEFORE_SHIPPING or (status == Status.AWAITING_COLLECTION and market in LATE):
        return Guard(True)
    if status == Status.AWAITING_COLLECTION:
        return Guard(False, "cancel.market", "The parcel is arranged; in this market only TikTok can cancel it now.")
    return Guard(False, "cancel.shipped", "The order was shipped. Refund it, or wait for a return.")


def may_refund(status: str, payment_method: str, *, by_tiktok: bool) -> Guard:
    """Whether the seller can give money back without a request of the buyer."""
    if by_tiktok:
        return Guard(False, "refund.by_tiktok", "TikTok ships this order from its own warehouse and refunds it.")
    if any(name in payment_method.lower() for name in ON_TIKTOK_ONLY):
        return Guard(False, "refund.payment", f"Paid with {payment_method}: refund it in TikTok Seller Center.")
    if status in BEFORE_SHIPPING:
        return Guard(False, "refund.cancel", "Nothing was shipped yet: cancel the order, and the buyer is paid back.")
    if status in (Status.AWAITING_COLLECTION, Status.IN_TRANSIT, Status.DELIVERED):
        return Guard(True)
    word = str(status).replace("_", " ").lower()
    return Guard(False, "refund.status", f"TikTok takes no refund for an order that is {word}.")


def may_choose_lines(market: str, kind: str, out_of_stock: bool) -> Guard:
    """Single pieces are cancelled only in some markets, and only because they are out of stock (reference 7.3)."""
    if kind != "CANCEL":
        return Guard(True)
    if market not in SINGLE_LINES:
        return Guard(False, "cancel.lines", "In this market an order is cancelled as a whole.")
    if not out_of_stock:
        return Guard(False, "cancel.lines_reason", "Single pieces are cancelled only when they are out of stock.")
    return Guard(True)
