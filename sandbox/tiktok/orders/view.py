"""Orders as Search and Detail show them (reference 5.3)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.orders.amounts import payment_of
from sandbox.tiktok.orders.people import masked
from sandbox.tiktok.orders.status import CONCEALED
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

AS_STORED = (
    "id",
    "status",
    "create_time",
    "update_time",
    "order_type",
    "fulfillment_type",
    "shipping_type",
    "delivery_type",
    "delivery_option_id",
    "delivery_option_name",
    "warehouse_id",
    "is_cod",
    "is_sample_order",
    "is_replacement_order",
    "is_buyer_request_cancel",
)
WHEN_SET = (
    "paid_time",
    "release_date",
    "replaced_order_id",
    "request_cancel_time",
    "cancellation_initiator",
    "cancel_reason",
    "cancel_time",
    "rts_sla_time",
    "tts_sla_time",
    "rts_time",
    "cancel_order_sla_time",
    "shipping_due_time",
    "collection_due_time",
    "delivery_due_time",
    "delivery_sla_time",
    "collection_time",
    "delivery_time",
)
LINE_AS_STORED = (
    "id",
    "product_id",
    "product_name",
    "sku_id",
    "sku_name",
    "sku_image",
    "seller_sku",
    "original_price",
    "sale_price",
    "seller_discount",
    "platform_discount",
    "currency",
    "display_status",
    "is_gift",
    "sku_type",
)
LINE_WHEN_SET = ("package_id", "rts_time", "cancel_reason", "cancel_user", "gift_retail_price")
CARDS: Document = {"payment_method_code": "CC", "payment_card_type": "VISA", "payment_auth_code": ""}


def shown(platform: Platform, order: Document, *, detail: bool = False) -> Document:
    """The order object; times that have not come and objects that do not exist are left out."""
    shop = platform.shops[order["shop_id"]]
    found: Document = {name: order[name] for name in AS_STORED}
    found |= {name: order[name] for name in WHEN_SET if order[name]}
    packages = [row for row in platform.orders.packages_in(order) if row["status"] != "CANCELLED"]
    found |= {
        "buyer_message": order["message"],
        "seller_note": "",
        "commerce_platform": "TIKTOK_SHOP",
        "payment": payment_of(order, platform.market(shop)),
        "payment_method_name": "Cash on delivery" if order["is_cod"] else "Visa",
        "is_on_hold_order": order["status"] == "ON_HOLD",
        "has_updated_recipient_address": order["address_changed"],
        "is_exchange_order": False,
        "is_subscription_order": False,
        "packages": [{"id": row["id"]} for row in packages],
        "handling_duration": {"days": 3, "type": "CALENDAR_DAY"},
        "line_items": [_line(platform, order, line) for line in order["lines"]],
    }
    if packages:
        found |= {
            name: packages[0][other]
            for name, other in (
                ("tracking_number", "tracking_number"),
                ("shipping_provider", "shipping_provider_name"),
                ("shipping_provider_id", "shipping_provider_id"),
            )
            if packages[0][other]
        }
        tags = {row["tag"] for row in packages}
        if "COMBINE" in tags:
            found["split_or_combine_tag"] = "COMBINED"
        elif "SPLIT" in tags or len(packages) > 1:
            found["split_or_combine_tag"] = "SPLIT"
    if order["status"] not in CONCEALED:
        found |= {
            "user_id": order["buyer"]["user_id"],
            "buyer_email": order["buyer"]["email"],
            "buyer_nickname": order["buyer"]["nickname"],
            "buyer_avatar": "",
            "recipient_address": masked(order["address"]) if order["masked"] else order["address"],
        }
    return found | (CARDS if detail else {})


def _line(platform: Platform, order: Document, line: Document) -> Document:
    found: Document = {name: line[name] for name in LINE_AS_STORED}
    found |= {name: line[name] for name in LINE_WHEN_SET if line[name]}
    found["is_dangerous_good"] = found["needs_prescription"] = False
    tax = float(line["tax"])
    rate = "0.0825" if tax else "0"
    found["item_tax"] = [{"tax_type": "SALES_TAX", "tax_amount": line["tax"], "tax_rate": rate}] if tax else []
    package = platform.orders.packages.get(line["package_id"]) if line["package_id"] else None
    if package:
        found |= {
            "package_status": package["status"],
            "tracking_number": package["tracking_number"],
            "shipping_provider_id": package["shipping_provider_id"],
            "shipping_provider_name": package["shipping_provider_name"],
        }
    return found
