"""Shops of an authorization, the seller's permissions, and the prerequisites for listing (reference 2.3, 4.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.scopes import AUTHORIZATION, PRODUCT_READ, SHOP_INFO

Document = dict[str, Any]


@endpoints.add("GET", "authorization/shops", "202309", AUTHORIZATION, cipher=False)
def authorized_shops(call: Call) -> Document:
    names = ("id", "name", "region", "seller_type", "cipher", "code")
    return {"shops": [{name: shop[name] for name in names} for shop in call.platform.shops_of(call.seller_id)]}


@endpoints.add("GET", "seller/shops", "202309", SHOP_INFO, cipher=False)
def active_shops(call: Call) -> Document:
    shops = call.platform.shops_of(call.seller_id)
    return {"shops": [{"id": shop["id"], "region": shop["region"]} for shop in shops if shop["status"] == "ACTIVE"]}


@endpoints.add("GET", "seller/permissions", "202309", SHOP_INFO, cipher=False)
def permissions(call: Call) -> Document:
    cross_border = call.platform.sellers[call.seller_id]["kind"] == "CROSS_BORDER"
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if cross_border else []}


def _has_listings_left(call: Call) -> bool:
    listed = call.platform.products.listed_today(call.shop_id, call.platform.today(call.shop))
    return listed < int(call.shop["daily_listings"])


def _pickup(call: Call) -> bool:
    return any(
        place["type"] == "SALES_WAREHOUSE" and place["effect_status"] == "ENABLED"
        for place in call.platform.warehouses[call.shop_id].values()
    )


PREREQUISITES: dict[str, tuple[Callable[[Call], bool], str]] = {
    "SHOP_STATUS": (lambda call: call.shop["status"] == "ACTIVE", "The shop is not active."),
    "SHOP_TAX": (lambda call: True, "The shop's tax information is not complete."),
    "PICKUP_WAREHOUSE": (_pickup, "The shop has no pickup warehouse in use."),
    "RETURN_WAREHOUSE": (lambda call: bool(call.shop["return_warehouse"]), "The shop has no return warehouse."),
    "DELIVERY_OPTION": (lambda call: bool(call.shop["logistics"]), "The shop has no delivery option."),
    "SHIPPING_TEMPLATE": (lambda call: bool(call.shop["logistics"]), "The shop has no shipping template."),
    "PRODUCT_QUANTITY_LIMIT": (
        _has_listings_left,
        "The shop has reached its number of listings for today.",
    ),
    "EXTENDED_PRODUCER_RESPONSIBILITY": (lambda call: True, "The shop's producer responsibility numbers are missing."),
    "BANk_ACCOUNT": (lambda call: True, "The shop has no bank account."),  # spelled so by the platform
    "CONTACT_INFO": (lambda call: True, "The shop's contact information is not complete."),
}


@endpoints.add("GET", "product/prerequisites", "202309 202312", PRODUCT_READ)
def prerequisites(call: Call) -> Document:
    results = []
    for item, (passes, reason) in PREREQUISITES.items():
        failed = item in call.shop["failing"] or not passes(call)
        results.append({"check_item": item, "is_failed": failed, "fail_reasons": [reason] if failed else []})
    return {"check_results": results}
