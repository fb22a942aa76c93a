"""Search packages, read one, follow it (reference 6.2)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.listing import between, pages
from sandbox.tiktok.orders.people import masked
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.packages.rules import PARAMETERS, own_package
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import FULFILMENT

Document = dict[str, Any]

STATUSES = frozenset({"TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"})
SUB_STATUS = {
    "TO_FULFILL": "CREATED",
    "PROCESSING": "RTS_success",
    "FULFILLING": "TTS",
    "COMPLETED": "Delivery",
    "CANCELLED": "ISSUE",
}


@endpoints.add("POST", "fulfillment/packages/search", "202309", FULFILMENT)
def search(call: Call) -> Document:
    status = word(call.body.get("package_status"))
    if status and status not in STATUSES:
        raise Refusal(PARAMETERS, "package_status is not valid")
    inside = between(call.body, ("create_time", "update_time"), PARAMETERS)
    store = call.platform.orders
    rows = [store.packages[number] for number in list(store.packages_by_shop.get(call.shop_id, {}))]
    found = [
        {**row, "order_pay_time": store.orders[row["order_ids"][0]]["paid_time"]}
        for row in rows
        if not row.get("gone") and (not status or row["status"] == status) and inside(row)
    ]
    fields = ("create_time", "update_time", "order_pay_time")
    page, total, following = pages(call, found, fields=fields, maximum=50, code=PARAMETERS)
    return {
        "packages": [
            {
                "id": row["id"],
                "orders": [{"id": number, "skus": []} for number in row["order_ids"]],
                "order_line_item_ids": row["line_ids"],
                **{
                    name: row[name]
                    for name in (
                        "status",
                        "create_time",
                        "update_time",
                        "tracking_number",
                        "shipping_provider_id",
                        "shipping_provider_name",
                    )
                },
            }
            for row in page
        ],
        "total_count": total,
        "next_page_token": following,
    }


@endpoints.add("GET", "fulfillment/packages/{package_id}", "202309", FULFILMENT)
def detail(call: Call) -> Document:
    package = own_package(call, call.params["package_id"])
    store = call.platform.orders
    orders = [store.orders[number] for number in package["order_ids"]]
    own = set(package["line_ids"])
    skus: dict[tuple[str, str], int] = {}
    for order in orders:
        for line in order["lines"]:
            if line["id"] in own:
                key = (order["id"], line["sku_id"])
                skus[key] = skus.get(key, 0) + 1
    lines = {line["sku_id"]: line for order in orders for line in order["lines"]}
    first = orders[0]
    found: Document = {
        "package_id": package["id"],
        "orders": [
            {
                "id": order["id"],
                "skus": [
                    {
                        "id": sku_id,
                        "name": lines[sku_id]["product_name"],
                        "quantity": number,
                        "image_url": lines[sku_id]["sku_image"],
                    }
                    for (order_id, sku_id), number in skus.items()
                    if order_id == order["id"]
                ],
            }
            for order in orders
        ],
        "order_line_item_ids": package["line_ids"],
        "package_status": "TO FULFILL" if package["status"] == "TO_FULFILL" else package["status"],
        "package_sub_status": "Ship_exception" if package["exception"] else SUB_STATUS[package["status"]],
        "split_and_combine_tag": package["tag"],
        "has_multi_skus": len({sku_id for _, sku_id in skus}) > 1,
        "note_tag": "BUYER_NOTED" if any(order["message"] for order in orders) else "BUYER_UNNOTED",
        "delivery_option_id": first["delivery_option_id"],
        "delivery_option_name": first["delivery_option_name"],
        "recipient_address": masked(first["address"]) if first["masked"] else first["address"],
        "sender_address": call.platform.warehouses[call.shop_id].get(first["warehouse_id"], {}).get("address", {}),
        "insurance": {"is_purchased": False},
        "biz_extension_tags": [],
        "last_mile_tracking_number": "",
    }
    found |= {
        name: package[name]
        for name in (
            "shipping_type",
            "shipping_provider_id",
            "shipping_provider_name",
            "tracking_number",
            "create_time",
            "update_time",
        )
    }
    found |= {
        name: package[name] for name in ("handover_method", "pickup_slot", "weight", "dimension") if package[name]
    }
    if package["exception"]:
        found["ship_exception_reason"] = package["exception"]
    if call.shop["region"] == "US":
        found["warehouse_id"] = first["warehouse_id"]
    return found


@endpoints.add("GET", "fulfillment/orders/{order_id}/tracking", "202309", FULFILMENT)
def tracking(call: Call) -> Document:
    order = own_order(call, call.params["order_id"])
    events = [row for package in call.platform.orders.packages_in(order) for row in package["trail"]]
    return {"tracking": sorted(events, key=lambda row: row["update_time_millis"], reverse=True)}


@endpoints.add("GET", "fulfillment/tts_tracking_validation", "202508", FULFILMENT)
def validate(call: Call) -> Document:
    number = call.query.get("tracking_number", "")
    if not number:
        raise Refusal(PARAMETERS, "tracking_number is needed")
    ours = number.startswith(("TTUS", "FBT"))
    return {"is_tiktok_shipping": ours, "is_tiktok_collection": False}
