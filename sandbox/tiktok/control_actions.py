"""What the control page can do to the TikTok Shop half; each action takes a plain document and answers one."""

from __future__ import annotations

import ipaddress
from typing import Any

from sandbox.tiktok import review
from sandbox.tiktok.platform import KNOBS, Platform
from sandbox.tiktok.scopes import ALL_SCOPES
from sandbox.tiktok.webhooks import TYPES

Document = dict[str, Any]

SHOP_FIELDS = frozenset(
    {
        "status",
        "daily_listings",
        "multi_warehouse",
        "listing_method",
        "failing",
        "logistics",
        "return_warehouse",
        "bound",
        "warehouse_states",
    }
)
FORCED_STATUSES = frozenset({"PLATFORM_DEACTIVATED", "FREEZE", "ACTIVATE"})


def set_review(platform: Platform, body: Document) -> Document:
    """`policy` approve | manual | refuse_word (`word`) | refuse_share (`share` 0..1); `review_seconds`."""
    if body.get("policy", "approve") not in review.POLICIES:
        raise ValueError(f"policy must be one of {', '.join(review.POLICIES)}")
    changes = {name: body[name] for name in ("policy", "word", "share", "review_seconds") if name in body}
    platform.turn(**changes)
    return {name: platform.knobs[name] for name in ("policy", "word", "share", "review_seconds")}


def verdict(platform: Platform, body: Document) -> Document:
    """`product_id`, `verdict` approve | refuse, `reasons` a list of texts."""
    if body["verdict"] not in {"approve", "refuse"}:
        raise ValueError("verdict must be approve or refuse")
    product = review.conclude(
        platform,
        str(body["product_id"]),
        approve=body["verdict"] == "approve",
        reasons=[str(row) for row in body.get("reasons", [])],
    )
    return {"product_id": product["id"], "status": product["status"], "audit": product["audit"]["status"]}


def set_limits(platform: Platform, body: Document) -> Document:
    """`shop_id`, `daily_listings`; `listed_today` resets the count."""
    shop_id = str(body["shop_id"])
    shop = platform.shops[shop_id]
    if "daily_listings" in body:
        if int(body["daily_listings"]) < 0:
            raise ValueError("daily_listings must not be negative")
        platform.change_shop(shop_id, daily_listings=int(body["daily_listings"]))
    if "listed_today" in body:
        platform.products.listed[f"{shop_id}:{platform.today(shop)}"] = {"count": int(body["listed_today"])}
    return next(row for row in shop_rows(platform) if row["id"] == shop_id)


def set_latency(platform: Platform, body: Document) -> Document:
    """`ms`: how long every API call waits before it acts."""
    ms = float(body["ms"])
    if not 0 <= ms <= 60_000:
        raise ValueError("ms must be between 0 and 60000")
    platform.turn(latency_ms=ms)
    return {"ms": ms}


def set_shop(platform: Platform, body: Document) -> Document:
    """`shop_id` and any of the shop's fixture fields (status ACTIVE or INACTIVE, failing prerequisites, …)."""
    changes = {name: value for name, value in body.items() if name != "shop_id"}
    if set(changes) - SHOP_FIELDS:
        raise ValueError(f"only {', '.join(sorted(SHOP_FIELDS))} can change")
    platform.change_shop(str(body["shop_id"]), **changes)
    return dict(platform.shops[str(body["shop_id"])])


def set_shop_state(platform: Platform, body: Document) -> Document:
    """`shop_id`, `action` close (as after a ban) | open | bind (as an account manager does) | unbind."""
    changes: dict[str, Document] = {
        "close": {"status": "INACTIVE"},
        "open": {"status": "ACTIVE"},
        "bind": {"bound": True},
        "unbind": {"bound": False},
    }
    if body["action"] not in changes:
        raise ValueError(f"action must be one of {', '.join(changes)}")
    return set_shop(platform, {"shop_id": body["shop_id"], **changes[str(body["action"])]})


def set_warehouse(platform: Platform, body: Document) -> Document:
    """`warehouse_id`, `status` ENABLED | DISABLED | RESTRICTED."""
    number, status = str(body["warehouse_id"]), body["status"]
    if status not in {"ENABLED", "DISABLED", "RESTRICTED"}:
        raise ValueError("status must be ENABLED, DISABLED or RESTRICTED")
    shop_id = platform.warehouse_owner[number]
    states = {**platform.shops[shop_id].get("warehouse_states", {}), number: status}
    platform.change_shop(shop_id, warehouse_states=states)
    return dict(platform.warehouses[shop_id][number])


def change_authorization(platform: Platform, body: Document) -> Document:
    """`seller_id`, `action` expire_access | expire_authorization | deauthorize | set_scopes (`scopes`)."""
    seller_id, action, grants = str(body["seller_id"]), body["action"], platform.authorizations
    if action == "deauthorize":
        count = grants.deauthorize(seller_id)
        for shop in platform.shops_of(seller_id) if count else ():
            platform.webhooks.send(
                shop["id"],
                "SELLER_DEAUTHORIZATION",
                {
                    "message": f"The seller of shop {shop['id']} cancelled the authorization",
                    "cancelled_time": platform.now(),
                },
                even_unauthorized=True,
            )
    elif action == "set_scopes":
        count = grants.set_scopes(seller_id, [str(scope) for scope in body.get("scopes", ALL_SCOPES)])
    elif action == "expire_access":
        count = grants.expire_access(seller_id)
    elif action == "expire_authorization":
        count = grants.expire_authorization(seller_id)
    else:
        raise ValueError("action must be expire_access, expire_authorization, deauthorize or set_scopes")
    return {"seller_id": seller_id, "changed": count}


def issue_code(platform: Platform, body: Document) -> Document:
    """An auth code as the consent page would give it, without the page."""
    if str(body["seller_id"]) not in platform.sellers:
        raise ValueError("no such seller")
    return {"code": platform.authorizations.issue_code(str(body["seller_id"]))}


def set_knobs(platform: Platform, body: Document) -> Document:
    """Any knob by name; answers all of them."""
    if set(body) - set(KNOBS):
        raise ValueError(f"only {', '.join(KNOBS)} can change")
    for name in ("search_lag", "hourly_quota"):
        if name in body and not 0 <= float(body[name]) <= 1_000_000:
            raise ValueError(f"{name} must be between 0 and 1000000")
    if not 0 <= float(body.get("stock_lag", 0)) <= 3600 or not 0 <= float(body.get("stock_ignored", 0)) <= 1:
        raise ValueError("stock_lag must be between 0 and 3600, stock_ignored between 0 and 1")
    for row in body.get("ip_allow", []):
        ipaddress.ip_network(str(row), strict=False)
    platform.turn(**body)
    return dict(platform.knobs)


def send_webhook(platform: Platform, body: Document) -> Document:
    """`shop_id`, `event_type`, `data`; or `again`, the id of a delivery to repeat as it was."""
    if "again" in body:
        platform.webhooks.deliveries[str(body["again"])]
        platform.webhooks.again(str(body["again"]))
        return {"id": str(body["again"])}
    if body["event_type"] not in TYPES:
        raise ValueError("unknown event_type")
    return {"id": platform.webhooks.send(str(body["shop_id"]), body["event_type"], dict(body.get("data", {})))}


def set_status(platform: Platform, body: Document) -> Document:
    """`product_id`, `status`: the platform takes a product down, freezes it or frees it."""
    if body["status"] not in FORCED_STATUSES:
        raise ValueError(f"status must be one of {', '.join(sorted(FORCED_STATUSES))}")
    with platform.box.state.lock:
        product = {
            **platform.products.products[str(body["product_id"])],
            "status": body["status"],
            "update_time": platform.now(),
        }
        platform.products.put(product)
    review.tell_status(platform, product, "PRODUCT_STATUS_CHANGED", str(body.get("reason", "")))
    return {"product_id": product["id"], "status": product["status"]}


def shop_rows(platform: Platform) -> list[Document]:
    """Shops with product counts and today's listings against the limit."""
    found = []
    for shop in platform.shops.values():
        products = [platform.products.products[number] for number in platform.products.ids_of(shop["id"])]
        found.append(
            {
                **shop,
                "seller": platform.sellers[shop["seller_id"]]["name"],
                "products": len(products),
                "live": sum(row["status"] == "ACTIVATE" for row in products),
                "in_review": sum(row["audit"]["status"] == "AUDITING" for row in products),
                "listed_today": platform.products.listed_today(shop["id"], platform.today(shop)),
                "authorized": platform.authorizations.is_authorized(shop["seller_id"]),
            }
        )
    return found
