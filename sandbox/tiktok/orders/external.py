"""The ids that orders have elsewhere (reference 5.5)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.refusal import invalid
from sandbox.tiktok.scopes import EXTERNAL_READ, EXTERNAL_WRITE

Document = dict[str, Any]

PLATFORMS = frozenset(
    {
        "SHOPIFY",
        "WOOCOMMERCE",
        "BIGCOMMERCE",
        "MAGENTO",
        "SALESFORCE_COMMERCE_CLOUD",
        "CHANNEL_ADVISOR",
        "AMAZON",
        "ORDER_MANAGEMENT_SYSTEM",
        "WAREHOUSE_MANAGEMENT_SYSTEM",
        "ERP_SYSTEM",
    }
)
MAXIMUM = 100


@endpoints.add("POST", "order/orders/external_orders", "202406", EXTERNAL_WRITE)
def put(call: Call) -> Document:
    """One record for each order and platform; a second one replaces the first. What fails is told by itself."""
    sent = call.rows("orders", MAXIMUM, 98001004)
    if not sent:
        raise invalid("orders", "expected at least one")
    errors = []
    for row in sent:
        problem = _problem(call, row)
        if problem:
            order_id = str(row.get("id", "")) if isinstance(row, dict) else ""
            errors.append({"code": "36020001", "message": problem, "detail": {"order_id": order_id}})
        else:
            _keep(call, row)
    return {"errors": errors}


def _problem(call: Call, row: Any) -> str:
    external = row.get("external_order") if isinstance(row, dict) else None
    if not isinstance(external, dict):
        return "external_order is missing"
    order = call.platform.orders.orders.get(str(row.get("id")))
    if order is None or order["shop_id"] != call.shop_id:
        return "The order does not exist in this shop"
    if word(external.get("platform")) not in PLATFORMS or not external.get("id"):
        return "platform or id is not valid"
    lines = external.get("line_items") or []
    own = {line["id"] for line in order["lines"]}
    if not isinstance(lines, list) or len(lines) > MAXIMUM:
        return f"line_items takes at most {MAXIMUM}"
    if not all(isinstance(line, dict) and line.get("id") and str(line.get("origin_id")) in own for line in lines):
        return "A line does not belong to the order"
    return ""


def _keep(call: Call, row: Document) -> None:
    external = row["external_order"]
    call.platform.orders.external[f"{row['id']}:{external['platform']}"] = {
        "shop_id": call.shop_id,
        "order_id": str(row["id"]),
        "external_order": {
            "id": str(external["id"]),
            "platform": external["platform"],
            "line_items": [
                {"id": str(line["id"]), "origin_id": str(line["origin_id"])}
                for line in external.get("line_items") or []
            ],
        },
    }


def _platform(call: Call) -> str:
    platform = call.query.get("platform", "")
    if platform not in PLATFORMS:
        raise invalid("platform", "not a known platform")
    return platform


@endpoints.add("GET", "order/orders/{order_id}/external_orders", "202406", EXTERNAL_READ)
def get(call: Call) -> Document:
    order = own_order(call, call.params["order_id"])
    wanted = _platform(call) if call.query.get("platform") else ""
    rows = call.platform.orders.external
    found = [
        rows[f"{order['id']}:{name}"]["external_order"]
        for name in sorted(PLATFORMS)
        if f"{order['id']}:{name}" in rows and wanted in {"", name}
    ]
    return {"external_orders": found}


@endpoints.add("POST", "order/orders/external_order_search", "202406", EXTERNAL_READ)
def search(call: Call) -> Document:
    """Which order has this id elsewhere."""
    platform, number = _platform(call), call.query.get("external_order_id", "")
    if not number:
        raise invalid("external_order_id", "missing")
    found = [
        row
        for row in call.platform.orders.external.values()
        if row["shop_id"] == call.shop_id
        and row["external_order"]["platform"] == platform
        and row["external_order"]["id"] == number
    ]
    return {"orders": [{"id": row["order_id"], "external_order": row["external_order"]} for row in found]}
