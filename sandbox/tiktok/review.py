"""Asynchronous review: a submitted product waits, a policy or a person decides, webhooks tell (reference 4.10, 9.3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

POLICIES = ("approve", "manual", "refuse_word", "refuse_share")
TIMER = "tiktok.review"
INFORMATION = ("title", "description", "main_images", "product_attributes")
REASON = {
    "position": "Title",
    "reasons": ["The product information does not match the platform's listing policy."],
    "suggestions": ["Check the title, the images and the description, then submit again."],
    "listing_platform": "TIKTOK_SHOP",
}


def submitted(product: Document, changes: Document) -> Document:
    """The product as it waits for a verdict; an older review no longer counts."""
    return {
        **product,
        **changes,
        "submitted": True,
        "audit": {"status": "AUDITING"},
        "audit_failed_reasons": [],
        "audit_no": product["audit_no"] + 1,
    }


def plan(platform: Platform, product: Document) -> None:
    """Let the review fall due by the sandbox's clock."""
    seconds = platform.knobs["review_seconds"]
    wait = platform.box.settings.review_seconds if seconds is None else float(seconds)
    platform.box.timers.at(
        platform.box.clock.now() + wait, TIMER, {"product_id": product["id"], "audit_no": product["audit_no"]}
    )


def register(platform: Platform) -> None:
    platform.box.timers.on(TIMER, lambda payload: _due(platform, payload))


def _due(platform: Platform, payload: Document) -> None:
    product = platform.products.get(payload["product_id"])
    if product is None or product["audit_no"] != payload["audit_no"] or product["audit"]["status"] != "AUDITING":
        return
    verdict = decide(platform.knobs, product)
    if verdict is not None:
        conclude(platform, product["id"], approve=verdict)


def decide(knobs: Document, product: Document) -> bool | None:
    """True, False, or None while a person has to decide."""
    title = str((product["review"] or product["content"]).get("title", ""))
    match knobs["policy"]:
        case "manual":
            return None
        case "refuse_word":
            word = str(knobs["word"]).lower()
            return not word or word not in title.lower()
        case "refuse_share":
            digest = hashlib.sha256(f"{title}:{product['number']}".encode()).digest()
            return int.from_bytes(digest[:4]) / 2**32 >= float(knobs["share"])
        case _:
            return True


def conclude(platform: Platform, product_id: str, *, approve: bool, reasons: list[str] | None = None) -> Document:
    """Apply a verdict and tell the shop. A refused edit leaves the live version as it was."""
    with platform.box.state.batch():
        product = platform.products.products[product_id]
        if product["audit"]["status"] != "AUDITING":
            raise ValueError(f"The product {product_id} is not under review")
        first_pass = not product["passed"]
        changed_fields = [
            name
            for name in INFORMATION
            if product["review"] and product["review"].get(name) != product["content"].get(name)
        ]
        changed = _approved(product) if approve else _refused(product, reasons)
        platform.products.put({**changed, "update_time": platform.now()})
    news = (
        "PRODUCT_AUDIT_FAILURE"
        if not approve
        else "PRODUCT_FIRST_PASS_REVIEW"
        if first_pass
        else "PRODUCT_STATUS_CHANGED"
    )
    why = "; ".join(text for row in changed["audit_failed_reasons"] for text in row["reasons"])
    tell_status(platform, changed, news, why)
    platform.webhooks.send(
        changed["shop_id"],
        "PRODUCT_AUDIT_STATUS_CHANGE",
        {
            "product_id": int(product_id),
            "audit": {"status": changed["audit"]["status"], "pre_approved_reasons": []},
            "update_time": platform.now(),
        },
    )
    if approve and changed_fields:
        platform.webhooks.send(
            changed["shop_id"],
            "PRODUCT_INFORMATION_CHANGE",
            {
                "product_id": int(product_id),
                "change_source": "OPEN_API",
                "changed_fields": changed_fields,
                "update_time": platform.now(),
            },
        )
    return changed


def tell_status(platform: Platform, product: Document, news: str, reason: str = "") -> None:
    """Webhook 5; the product id travels as a JSON number."""
    platform.webhooks.send(
        product["shop_id"],
        "PRODUCT_STATUS_CHANGE",
        {
            "product_id": int(product["id"]),
            "status": news,
            "suspended_reason": reason,
            "update_time": platform.now(),
        },
    )


def _approved(product: Document) -> Document:
    status = "ACTIVATE" if product["status"] == "PENDING" else product["status"]
    content = product["review"] or product["content"]
    kept = {sku["id"] for sku in content["skus"]}
    return {
        **product,
        "status": status,
        "content": content,
        "review": None,
        "passed": True,
        "audit": {"status": "APPROVED"},
        "prices": {key: value for key, value in product["prices"].items() if key in kept},
        "stock": {key: value for key, value in product["stock"].items() if key in kept},
    }


def _refused(product: Document, reasons: list[str] | None) -> Document:
    told = {**REASON, "reasons": reasons} if reasons else REASON
    status = "FAILED" if product["status"] == "PENDING" else product["status"]
    return {**product, "status": status, "audit": {"status": "FAILED"}, "audit_failed_reasons": [told]}
