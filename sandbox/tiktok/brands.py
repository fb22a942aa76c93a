"""Brands: listed, authorized or not, T1, and a seller's own (reference 4.5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.tiktok.call import Call, encode_page
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import PRODUCT_READ

Document = dict[str, Any]

DAILY, TOTAL = 50, 1000
AUTHORIZED, UNAUTHORIZED = "AUTHORIZED", "UNAUTHORIEZD"  # the second is spelled so by the platform

_NAMES = [
    "Aldergrove",
    "Ashdown",
    "Birchwell",
    "Bluefin Works",
    "Brightwater",
    "Caldera",
    "Casa Lume",
    "Cedar & Co",
    "Cobblestone",
    "Dovetail Goods",
    "Ember Home",
    "Fairlight",
    "Fernhollow",
    "Finch & Field",
    "Goldleaf",
    "Greyfriars",
    "Halcyon",
    "Hearthside",
    "Ironwood",
    "Juniper Lane",
    "Kestrel",
    "Lakeshore",
    "Larkspur",
    "Lumen Studio",
    "Maple Row",
    "Marigold",
    "Meadowsweet",
    "Northfold",
    "Oakhaven",
    "Ombra",
    "Pebble Bay",
    "Quillon",
    "Ravenscar",
    "Saltmarsh",
    "Silverbirch",
    "Stonecrop",
    "Tamarind",
    "Thornbury",
    "Umber",
    "Verdant",
    "Willowbrook",
    "Windrush",
]
_T1 = ["Auralis", "Corvex", "Maison Velour", "Stratos Sport"]

LISTED: dict[str, Document] = {
    number: {
        "id": number,
        "name": name,
        "authorized_status": AUTHORIZED if index % 3 == 0 else UNAUTHORIZED,
        "is_t1_brand": False,
    }
    for index, name in enumerate(_NAMES)
    for number in (f"70820000000000{index + 1:05d}",)
} | {
    number: {
        "id": number,
        "name": name,
        "authorized_status": AUTHORIZED if index == 3 else UNAUTHORIZED,
        "is_t1_brand": True,
    }
    for index, name in enumerate(_T1)
    for number in (f"70821000000000{index + 1:05d}",)
}


def brand_of(platform: Platform, seller_id: str, brand_id: str) -> Document:
    """A brand this seller may name on a product; T1 brands need an authorization."""
    own = platform.brands.get(brand_id)
    brand = LISTED.get(brand_id) or (own if own and own["seller_id"] == seller_id else None)
    if brand is None:
        raise Refusal(12052026, "The brand does not exist")
    if brand["is_t1_brand"] and brand["authorized_status"] != AUTHORIZED:
        raise Refusal(12052201, "The shop is not authorized for this brand")
    return brand


@endpoints.add("GET", "product/brands", "202309", PRODUCT_READ)
def brands(call: Call) -> Document:
    offset, size = call.page()
    prefix = call.query.get("brand_name", "").lower()
    own = [row for row in call.platform.brands.values() if row["seller_id"] == call.seller_id]
    found = [row for row in (*LISTED.values(), *own) if row["name"].lower().startswith(prefix)]
    if call.query.get("is_authorized", "").lower() in {"1", "true"}:
        found = [row for row in found if row["authorized_status"] == AUTHORIZED]
    names = ("id", "name", "authorized_status", "is_t1_brand")
    rows = [
        {**{name: row[name] for name in names}, "brand_status": "AVAILABLE"} for row in found[offset : offset + size]
    ]
    following = encode_page(offset + size) if offset + size < len(found) else ""
    return {"brands": rows, "total_count": len(found), "next_page_token": following}


@endpoints.add("POST", "product/brands", "202309", PRODUCT_READ, cipher=False)
def create_brand(call: Call) -> Document:
    name = call.body.get("name")
    checks = (
        (not isinstance(name, str) or len(name.strip()) < 2, 12052189, "The name is too short"),
        (isinstance(name, str) and len(name) > 30, 12052190, "The name is too long"),
        (
            isinstance(name, str) and re.search(r"[\u3400-\u9fff\U0001f000-\U0001ffff]", name),
            12052191,
            "The name has characters that are not allowed",
        ),
        (isinstance(name, str) and re.search(r"\d{5}", name), 12052192, "The name has five digits in a row"),
    )
    for failed, code, message in checks:
        if failed:
            raise Refusal(code, message)
    with call.platform.box.state.lock:
        return {"id": _keep(call, str(name))}


def _keep(call: Call, name: str) -> str:
    own = [row for row in call.platform.brands.values() if row["seller_id"] == call.seller_id]
    if any(row["name"].lower() == name.lower() for row in (*LISTED.values(), *own)):
        raise Refusal(12052205, "The brand exists already")
    day = datetime.fromtimestamp(call.platform.now(), UTC).date().isoformat()
    if len(own) >= TOTAL:
        raise Refusal(12052203, "The seller has too many brands")
    if sum(row["day"] == day for row in own) >= DAILY:
        raise Refusal(12052202, "The seller has made too many brands today")
    number = f"70829000000000{call.platform.box.state.next_number('tiktok_brands'):05d}"
    call.platform.brands[number] = {
        "id": number,
        "name": name,
        "seller_id": call.seller_id,
        "day": day,
        "authorized_status": UNAUTHORIZED,
        "is_t1_brand": False,
    }
    return number
