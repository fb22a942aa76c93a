"""Reasons by the names of the platform, with who may use them and when (reference 7.4)."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

NO_ADDRESS_REASON = frozenset({"ID", "PH", "VN", "MY", "TH"})
BUYER_REQUESTED = frozenset({"US", "PH", "MX", "BR", "DE", "ES", "FR", "IE", "IT", "JP", "GB"})
NO_WRONG_PRICE = frozenset({"MX", "BR"})

SELLER_CANCELS: dict[str, str] = {
    "seller_cancel_reason_out_of_stock": "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to the buyer's address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
SELLER_CANCELS_UNPAID: dict[str, str] = {
    "seller_cancel_unpaid_reason_out_of_stock": "Out of stock",
    "seller_cancel_unpaid_reason_wrong_price": "Pricing error",
    "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed": "Buyer has not paid in time",
    "seller_cancel_unpaid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
SELLER_REJECTS_CANCELLATION: dict[str, str] = {
    "order_manage_list_action_respond_popup_reject_reason_invalid_cancellation_reason": "Invalid reason",
    "order_manage_list_action_respond_popup_reject_reason_delivered": "The order is on its way",
    "order_manage_list_action_respond_popup_reject_reason_buyer_agree": "Agreed with the buyer",
    "seller_reject_apply_product_has_been_packed": "The product has been packed",
}
BUYER_CANCELS_UNPAID: dict[str, str] = {
    "ecom_order_unpaid_canceled_reason_no_longer_needed": "No longer needed",
    "ecom_order_unpaid_canceled_reason_better_price": "Better price available",
    "ecom_order_unpaid_canceled_reason_created_by_mistakes": "Order created by mistake",
}
BUYER_CANCELS: dict[str, str] = {
    "ecom_order_to_ship_canceled_reason_no_longer_needed": "No longer needed",
    "ecom_order_to_ship_canceled_reason_better_price": "Better price available",
    "ecom_order_to_ship_canceled_reason_created_by_mistakes": "Order created by mistake",
    "ecom_order_to_ship_canceled_reason_wrong_delivery_info": "Wrong delivery information",
    "ecom_order_to_ship_canceled_reason_high_delivery_costs": "High delivery costs",
    "ecom_order_to_ship_canceled_reason_not_shipped_on_time": "Not shipped on time",
}
SYSTEM_CANCELS: dict[str, str] = {
    "system_cancel_unpaid_time_out": "Not paid in time",
    "system_cancel_order_reason_shipping_timeout": "Not shipped in time",
    "system_cancel_order_untracked": "No tracking in time",
    "system_cancel_order_reason_potential_fraud": "Potential fraud",
    "package_lost": "Package lost",
    "package_damaged": "Package damaged",
    "returned_to_shipper_refused": "Refused by the buyer",
    "returned_to_shipper_other": "Returned to the shipper",
}
BUYER_REFUNDS_SHIPPED: dict[str, str] = {
    "ecom_order_shipped_refund_reason_not_arrive_on_time": "Did not arrive in time"
}
BUYER_REFUNDS: dict[str, str] = {
    "ecom_order_delivered_refund_reason_not_received": "Package not received",
    "ecom_order_delivered_refund_reason_damaged": "Arrived damaged",
    "ecom_order_delivered_refund_reason_defective": "Does not work",
    "ecom_order_delivered_refund_reason_missing_product": "Product missing",
}
BUYER_RETURNS: dict[str, str] = {
    "ecom_order_delivered_refund_and_return_reason_no_need": "No longer needed",
    "ecom_order_delivered_refund_and_return_reason_not_match_description": "Does not match the description",
    "ecom_order_delivered_refund_and_return_reason_damaged": "Arrived damaged",
    "ecom_order_delivered_refund_and_return_reason_defective": "Does not work",
    "ecom_order_delivered_refund_and_return_reason_wrong_product": "Wrong product",
    "ecom_order_delivered_refund_and_return_reason_missing_product": "Product missing",
}
SELLER_REFUNDS_SHIPPED: dict[str, str] = {
    "seller_shipped_refund_package_lost": "Package lost",
    "seller_shipped_refund_package_delivery_failed": "Delivery failed",
    "seller_shipped_refund_miss_estimated_delivery_date": "Missed the estimated delivery date",
}
SELLER_REFUNDS: dict[str, str] = {f"{name}_seller": text for name, text in BUYER_REFUNDS.items()}
SELLER_RETURNS: dict[str, str] = {f"{name}_seller": text for name, text in BUYER_RETURNS.items()}
SELLER_REJECTS: dict[str, str] = {
    **{f"reverse_reject_request_reason_{number}": f"Reason {number} of the platform's list" for number in range(1, 6)},
    "seller_reject_apply_item_is_correct": "The item is correct",
    "seller_reject_apply_products_will_be_sent_separately": "The products come separately",
    "seller_reject_apply_reason_is_unclear_or_lack_of_evidence": "Reason unclear or evidence missing",
}
SELLER_REJECTS_PARCEL: dict[str, str] = {
    **{
        f"reverse_reject_return_parcel_reason_{number}": f"Reason {number} of the platform's list"
        for number in range(1, 6)
    },
    "seller_reject_apply_you_have_reached_an_agreement_with_the_buyer": "Agreed with the buyer",
}
TEXTS: dict[str, str] = {
    **SELLER_CANCELS,
    **SELLER_CANCELS_UNPAID,
    **SELLER_REJECTS_CANCELLATION,
    **BUYER_CANCELS_UNPAID,
    **BUYER_CANCELS,
    **SYSTEM_CANCELS,
    **BUYER_REFUNDS_SHIPPED,
    **BUYER_REFUNDS,
    **BUYER_RETURNS,
    **SELLER_REFUNDS_SHIPPED,
    **SELLER_REFUNDS,
    **SELLER_RETURNS,
    **SELLER_REJECTS,
    **SELLER_REJECTS_PARCEL,
}


def plain(name: str, region: str) -> str:
    """A reason's name without the ending that it has in the United Kingdom."""
    return name.removesuffix("_uk") if region == "GB" else name


def named(name: str, region: str) -> str:
    """The reason's name as the market has it."""
    seller = name in SELLER_CANCELS or name in SELLER_CANCELS_UNPAID or name in SELLER_REJECTS_CANCELLATION
    return f"{name}_uk" if region == "GB" and seller and not name.startswith("seller_reject_") else name


def seller_may_cancel_with(region: str) -> list[str]:
    """The reasons of the market for a paid order."""
    return [
        name
        for name in SELLER_CANCELS
        if not (name.endswith("address_not_deliver") and region in NO_ADDRESS_REASON)
        and not (name.endswith("buyer_requested_cancellation") and region not in BUYER_REQUESTED)
        and not (name.endswith("wrong_price") and region in NO_WRONG_PRICE)
    ]
