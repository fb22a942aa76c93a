"""Orders (reference 5)."""

from decimal import Decimal
from typing import Any

from tests.clients.tiktok.case import Case

ORDER: dict[str, Any] = {
    "id": "576461413038785752", "status": "ON_HOLD", "create_time": 1767225000, "update_time": 1767225600,
    "is_on_hold_order": True, "fulfillment_type": "FULFILLMENT_BY_SELLER", "rts_sla_time": None, "warehouse_id": "7",
    "payment": {"currency": "USD", "total_amount": "24.90", "tax": "", "unknown": "1"},
    "packages": [{"id": "1152"}],
    "line_items": [
        {"id": 577086512123755123, "sku_id": "31", "seller_sku": "MUG-1", "sale_price": "9.90", "item_tax": None},
        {"id": "577086512123755124", "sku_id": "31", "seller_sku": "MUG-1", "sale_price": "9.90"},
    ],
}  # fmt: skip
EXTERNAL = {"id": "218", "platform": "BIGCOMMERCE", "line_items": [{"id": "31", "origin_id": "577086512123755123"}]}
FIRST: dict[str, str] = {"page_size": "100", "sort_field": "update_time", "sort_order": "ASC"}

CASES = [
    Case(
        "search_orders",
        lambda t: (p := t.search_orders(update_time_ge=1767225000, warehouse_ids=["7"]), p.orders[0].line_items[0].id)[
            1
        ],
        "POST", "/order/202309/orders/search", FIRST, {"update_time_ge": 1767225000, "warehouse_ids": ["7"]},
        {"orders": [ORDER], "next_page_token": "", "total_count": 1}, "577086512123755123",
    ),
    Case(
        "search_orders_on",
        lambda t: t.search_orders(is_buyer_request_cancel=False, page_token="b2Zmc2V0/+==").next_page_token,
        "POST", "/order/202309/orders/search", {**FIRST, "page_token": "b2Zmc2V0/+=="},
        {"is_buyer_request_cancel": False}, {"orders": None, "next_page_token": "x"}, "x",
    ),
    Case(
        "orders",
        lambda t: [(o.id, o.status, o.payment and o.payment.total_amount, o.rts_sla_time) for o in t.orders("12")],
        "GET", "/order/202507/orders", {"ids": "1,2"}, None, {"orders": [ORDER]},
        [("576461413038785752", "ON_HOLD", Decimal("24.90"), 0)],
    ),
    Case(
        "price_detail",
        lambda t: (d := t.price_detail("576461413038785752"), (d.payment, d.line_items[0].tax_amount))[1],
        "GET", "/order/202407/orders/576461413038785752/price_detail", {}, None,
        {"payment": "24.90", "currency": "USD", "line_items": [{"id": "577", "tax_amount": "0.80"}]},
        (Decimal("24.90"), Decimal("0.80")),
    ),
    Case(
        "put_external_orders",
        lambda t: [(e.code, e.subject) for e in t.put_external_orders([{"id": "576", "external_order": EXTERNAL}])],
        "POST", "/order/202406/orders/external_orders", {}, {"orders": [{"id": "576", "external_order": EXTERNAL}]},
        {"errors": [{"code": "36020001", "message": "no", "detail": {"order_id": "576"}}]}, [("36020001", "576")], True,
    ),
    Case(
        "external_orders",
        lambda t: [(e.id, e.line_items[0].origin_id) for e in t.external_orders("576")],
        "GET", "/order/202406/orders/576/external_orders", {"platform": "BIGCOMMERCE"}, None,
        {"external_orders": [EXTERNAL]}, [("218", "577086512123755123")],
    ),
    Case(
        "find_by_external_order",
        lambda t: [o.id for o in t.find_by_external_order("218")],
        "POST", "/order/202406/orders/external_order_search",
        {"platform": "BIGCOMMERCE", "external_order_id": "218"}, {},
        {"orders": [{"id": "576", "external_order": EXTERNAL}]}, ["576"],
    ),
]  # fmt: skip
