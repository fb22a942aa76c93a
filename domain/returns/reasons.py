"""Reasons in words, and what they say of the goods. Which of them are valid now is always asked of TikTok
(reference 7.4)."""

from typing import Literal

Group = Literal["unwanted", "wrong", "damaged", "missing", "other"]
GROUPS: dict[Group, str] = {
    "unwanted": "No longer wanted, ordered by mistake, a better price",
    "wrong": "The wrong product, or not as described",
    "damaged": "Damaged or defective",
    "missing": "Missing, lost or never arrived",
    "other": "Any other reason",
}
_SIGNS: tuple[tuple[Group, tuple[str, ...]], ...] = (
    ("damaged", ("damaged", "damagaed", "defective", "scrap")),
    ("missing", ("missing", "lost", "not_received", "not_arrive", "delivery_failed", "miss_estimated")),
    ("wrong", ("wrong_product", "not_match", "wrong_price")),
    ("unwanted", ("no_need", "no_longer_needed", "better_price", "by_mistakes", "high_delivery_costs", "wrong_delivery",
                  "change_payment", "discount_not_expected", "payment_method", "refused", "buyer_requested")),
)  # fmt: skip
WORDS = {
    "seller_cancel_reason_out_of_stock": "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Cannot deliver to the buyer's address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "The buyer asked for it",
    "seller_cancel_unable_to_deliver_to_buyer_address": "Cannot deliver to the buyer's address",
    "seller_cancel_order_reason_potential_fraud": "Possible fraud",
    "seller_shipped_refund_package_lost": "The parcel was lost",
    "seller_shipped_refund_package_delivery_failed": "The delivery failed",
    "seller_shipped_refund_miss_estimated_delivery_date": "It did not arrive in time",
    "ecom_order_delivered_refund_reason_not_received": "Not received",
    "ecom_order_delivered_refund_and_return_reason_no_need": "No longer needed",
    "ecom_order_delivered_refund_and_return_reason_not_match_description": "Not as described",
}
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
_PREFIXES = (
    "ecom_order_delivered_refund_and_return_reason_", "ecom_order_delivered_refund_reason_",
    "ecom_order_shipped_refund_reason_", "ecom_order_to_ship_canceled_reason_", "ecom_order_unpaid_canceled_reason_",
    "order_manage_list_action_respond_popup_reject_reason_", "seller_reject_apply_", "seller_cancel_unpaid_reason_",
    "seller_cancel_paid_reason_", "seller_cancel_reason_", "seller_shipped_refund_", "system_cancel_order_reason_",
    "system_cancel_",
)  # fmt: skip


def plain(name: str) -> str:
    """Without the endings of the United Kingdom and of sellers."""
    return name.removesuffix("_uk").removesuffix("_seller")


def words(name: str, text: str = "") -> str:
    """TikTok's own text where it gave one."""
    if text:
        return text
    bare = plain(name)
    if bare in WORDS:
        return WORDS[bare]
    for prefix in _PREFIXES:
        if bare.startswith(prefix):
            bare = bare[len(prefix) :]
            break
    return bare.replace("_", " ").strip().capitalize()


def group(name: str) -> Group:
    """What a reason says of the goods."""
    lowered = name.lower()
    for found, signs in _SIGNS:
        if any(sign in lowered for sign in signs):
            return found
    return "other"


def is_out_of_stock(name: str) -> bool:
    return plain(name) == OUT_OF_STOCK
