"""Create, edit, partial edit and listing check (reference 4.7-4.10)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok import review
from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.product_content import build, receipt
from sandbox.tiktok.product_rules import CHECKS, DRAFT_CHECKS, check_shape, findings, refuse_first
from sandbox.tiktok.product_store import PRODUCT_BASE
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.rules_skus import identifiers
from sandbox.tiktok.scopes import PRODUCT_READ, PRODUCT_WRITE
from sandbox.tiktok.submission import Submission

Document = dict[str, Any]

RESUBMITTED = frozenset({"DRAFT", "FAILED", "PLATFORM_DEACTIVATED", "PENDING"})
"""States in which an edit is a new submission of the whole product."""
RELISTED = frozenset({"DRAFT", "FAILED", "PLATFORM_DEACTIVATED"})
CLOSED = frozenset({"FREEZE", "DELETED"})


def own_product(call: Call, product_id: object) -> Document:
    """The shop's product; unknown and foreign ones are refused."""
    product = call.platform.products.get(product_id)
    if product is None:
        raise Refusal(12052032, "The product does not exist")
    if product["shop_id"] != call.shop_id:
        raise Refusal(12052048, "The product belongs to another shop")
    return product


def take_listing(platform: Platform, shop: Document) -> None:
    """Count one listing against today's limit of the shop, or refuse."""
    day = platform.today(shop)
    if platform.products.listed_today(shop["id"], day) >= shop["daily_listings"]:
        raise Refusal(12052093, "The shop has reached its number of listings for today")
    platform.products.count_listing(shop["id"], day)


@endpoints.add("POST", "product/products", "202309", PRODUCT_WRITE)
def create(call: Call) -> Document:
    submission = Submission(call.platform, call.shop, call.body)
    check_shape(submission)
    key = call.body.get("idempotency_key") or ""
    if (call.shop_id, key) not in call.platform.products.by_idempotency_key:
        refuse_first(submission, DRAFT_CHECKS if _is_draft(call) else CHECKS)
    with call.platform.box.state.batch():
        first = call.platform.products.by_idempotency_key.get((call.shop_id, key))
        if first:
            product = call.platform.products.products[first]
            return receipt(product["content"], [], first)
        return _insert(call, submission, key)


def _is_draft(call: Call) -> bool:
    return call.body.get("save_mode") == "AS_DRAFT"


def _insert(call: Call, submission: Submission, key: str) -> Document:
    """Inside the lock: the checks that other calls may have overtaken, then the product."""
    draft = _is_draft(call)
    if not draft:
        for code, message in identifiers(submission):
            raise Refusal(code, message)
        take_listing(call.platform, call.shop)
    number = call.platform.products.next_product_number()
    content, prices, stock, following = build(submission, number, 1)
    product: Document = {
        "id": str(PRODUCT_BASE + number),
        "number": number,
        "shop_id": call.shop_id,
        "status": "DRAFT",
        "audit": {"status": "NONE"},
        "audit_failed_reasons": [],
        "content": content,
        "review": None,
        "draft": None,
        "prices": prices,
        "stock": stock,
        "next_sku": following,
        "create_time": call.platform.now(),
        "update_time": call.platform.now(),
        "audit_no": 0,
        "submitted": False,
        "passed": False,
        "idempotency_key": key,
        "switched_off": [],
    }
    if not draft:
        product = review.submitted(product, {"status": "PENDING"})
    call.platform.products.put(product)
    if not draft:
        review.plan(call.platform, product)
    return receipt(content, submission.warnings, product["id"])


@endpoints.add("PUT", "product/products/{product_id}", "202309 202509", PRODUCT_WRITE)
def edit(call: Call) -> Document:
    with call.platform.box.state.batch():
        product = _editable(call)
        body = {name: value for name, value in call.body.items() if name not in {"product_id", "idempotency_key"}}
        return _edit(call, product, body)


@endpoints.add("POST", "product/products/{product_id}/partial_edit", "202309 202509", PRODUCT_WRITE)
def partial_edit(call: Call) -> Document:
    with call.platform.box.state.batch():
        product = _editable(call)
        current = product["review"] or product["content"]
        changes = {
            name: value
            for name, value in call.body.items()
            if name not in {"category_id", "category_version", "idempotency_key"}
        }
        answer = _edit(call, product, {**current, **changes})
        return {**answer, "audit": {"status": call.platform.products.products[product["id"]]["audit"]["status"]}}


def _editable(call: Call) -> Document:
    product = own_product(call, call.params["product_id"])
    if product["status"] in CLOSED:
        raise Refusal(12052901, f"A product in {product['status']} cannot be edited")
    return product


def _edit(call: Call, product: Document, body: Document) -> Document:
    """Price and stock act at once; the rest waits for review while a live version stays (reference 4.10)."""
    submission = Submission(call.platform, call.shop, body, product)
    if _is_draft(call):
        return _keep_draft(call, submission, product)
    refuse_first(submission)
    if product["status"] in RELISTED:
        take_listing(call.platform, call.shop)
    content, prices, stock, following = build(submission, product["number"], product["next_sku"])
    changed = {
        **product,
        "prices": prices,
        "stock": stock,
        "next_sku": following,
        "draft": None,
        "update_time": call.platform.now(),
    }
    if product["status"] in RESUBMITTED:
        changed = review.submitted({**changed, "content": content, "review": None}, {"status": "PENDING"})
    else:
        changed = review.submitted({**changed, "review": content}, {})
    call.platform.products.put(changed)
    review.plan(call.platform, changed)
    return receipt(content, submission.warnings, product["id"])


def _keep_draft(call: Call, submission: Submission, product: Document) -> Document:
    if product["status"] == "PENDING":
        raise Refusal(12052901, "A product under review takes no draft")
    refuse_first(submission, DRAFT_CHECKS)
    content, prices, stock, following = build(submission, product["number"], product["next_sku"])
    changed = {**product, "next_sku": following, "update_time": call.platform.now()}
    if product["status"] == "DRAFT":
        changed |= {"content": content, "prices": prices, "stock": stock}
    else:
        changed |= {"draft": content}
    call.platform.products.put(changed)
    return receipt(content, submission.warnings, product["id"])


@endpoints.add("POST", "product/products/listing_check", "202309", PRODUCT_READ)
def listing_check(call: Call) -> Document:
    submission = Submission(call.platform, call.shop, call.body)
    check_shape(submission)
    found = [{"code": code, "message": message} for code, message in findings(submission)]
    return {
        "check_result": "FAILED" if found else "PASS",
        "fail_reasons": found,
        "warnings": {"message": " ".join(submission.warnings)},  # one object here, a list in the receipt of create
        "listing_quality": {"current_tier": "GOOD", "remaining_recommendations": 0},
        "diagnoses": [],
    }
