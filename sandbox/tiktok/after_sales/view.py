"""Returns and cancellations as they are shown (reference 7.2)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.after_sales.amounts import line_refund
from sandbox.tiktok.after_sales.cancelling import ANSWER_WITHIN, PENDING
from sandbox.tiktok.after_sales.decisions import ACTION
from sandbox.tiktok.after_sales.reasons import TEXTS
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


def _picture(url: str) -> Document:
    return {"url": url, "width": 600, "height": 600}


def shown_return(platform: Platform, row: Document, version: str) -> Document:
    order = platform.orders.orders[row["order_id"]]
    action = ACTION.get((row["return_type"], row["return_status"]))
    waits = action and row["arbitration_status"] != "IN_PROGRESS"
    found: Document = {
        name: row[name]
        for name in (
            "return_id",
            "order_id",
            "return_type",
            "return_status",
            "arbitration_status",
            "role",
            "return_reason",
            "create_time",
            "update_time",
        )
    }
    found |= {
        "return_reason_text": TEXTS.get(row["return_reason"], ""),
        "shipment_type": "BUYER_ARRANGE",
        "handover_method": "DROP_OFF",
        "return_method": "BUYER_SHIPPED",
        "return_tracking_number": row["tracking_number"],
        "return_provider_name": row["provider"],
        "return_provider_id": "7400000000000000001" if row["provider"] else "",
        "can_buyer_keep_item": False,
        "is_combined_return": False,
        "refund_amount": row["refund"],
        "discount_amount": [],
        "shipping_fee_amount": [],
        "return_line_items": [
            {
                **{
                    name: line[name]
                    for name in (
                        "return_line_item_id",
                        "order_line_item_id",
                        "sku_id",
                        "sku_name",
                        "product_name",
                        "seller_sku",
                    )
                },
                "product_image": _picture(line["sku_image"]),
                "refund_amount": line["refund"],
            }
            for line in row["lines"]
        ],
        "seller_next_action_response": [{"action": action, "deadline": row["deadline"]}] if waits else [],
    }
    if version == "202602":
        places = platform.warehouses[row["shop_id"]].values()
        back = next((place for place in places if place["type"] == "RETURN_WAREHOUSE"), None)
        found |= {
            "seller_proposed_return_type": row["proposed_type"],
            "buyer_rejected_partial_refund": row["rejected_partial"],
            "is_quick_refund": False,
            "return_warehouse_address": {"full_address": back["address"]["full_address"] if back else ""},
            "return_sub_line_items": [],
        }
        if row["partial"]:
            found["partial_refund"] = row["partial"]
    return found | (
        {} if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER" else {"return_method": "PLATFORM_SHIPPED"}
    )


def shown_cancellation(platform: Platform, row: Document) -> Document:
    order = platform.orders.orders[row["order_id"]]
    waits = row["cancel_status"] == PENDING
    found: Document = {
        name: row[name]
        for name in (
            "cancel_id",
            "order_id",
            "cancel_type",
            "cancel_status",
            "role",
            "cancel_reason",
            "create_time",
            "update_time",
        )
    }
    lines = [line for line in order["lines"] if line["id"] in row["line_ids"]]
    return found | {
        "cancel_reason_text": TEXTS.get(row["cancel_reason"].removesuffix("_uk"), ""),
        "refund_amount": row["refund"] if row["paid"] else {},
        "cancel_line_items": [
            {
                "cancel_line_item_id": f"{row['cancel_id'][:-3]}{index:03d}",
                "order_line_item_id": line["id"],
                **{name: line[name] for name in ("sku_id", "sku_name", "product_name", "seller_sku")},
                "product_image": _picture(line["sku_image"]),
                "refund_amount": line_refund(platform, order, line),
            }
            for index, line in enumerate(lines)
        ],
        "should_replenish_stock": order["takes_stock"],
        "seller_next_action_response": [
            {"action": "SELLER_RESPOND_CANCEL", "deadline": row["create_time"] + ANSWER_WITHIN}
        ]
        if waits
        else [],
    }
