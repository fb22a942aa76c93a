"""Activate, deactivate, delete and recover, up to 20 products a call with failures per product (reference 4.11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tiktok import review
from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.products import own_product, take_listing
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import PRODUCT_DELETE, PRODUCT_READ

Document = dict[str, Any]

BATCH_MAXIMUM = 20
MOVES: dict[str, frozenset[str]] = {
    "activate": frozenset({"SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED"}),
    "deactivate": frozenset({"ACTIVATE"}),
    "delete": frozenset({"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED"}),
    "recover": frozenset({"DELETED"}),
}


def _each(call: Call, move: str, act: Callable[[Call, Document], None]) -> Document:
    """Apply to every product that may; the others are told in `errors`."""
    numbers = call.rows("product_ids", BATCH_MAXIMUM, 12019120)
    if not numbers:
        raise invalid("product_ids", "expected 1 to 20 ids")
    errors = []
    for number in numbers:
        try:
            with call.platform.box.state.batch():
                product = own_product(call, number)
                if product["status"] not in MOVES[move]:
                    raise Refusal(12052901, f"A product in {product['status']} does not allow {move}")
                act(call, product)
        except Refusal as refusal:
            extra = {"code": refusal.code, "message": refusal.message}
            errors.append(
                {
                    "code": 12052990,
                    "message": "The operation failed",
                    "detail": {"product_id": str(number), "extra_errors": [extra]},
                }
            )
    return {"errors": errors}


@endpoints.add("POST", "product/products/activate", "202309", PRODUCT_READ)
def activate(call: Call) -> Document:
    return _each(call, "activate", _activate)


def _activate(call: Call, product: Document) -> None:
    take_listing(call.platform, call.shop)
    content = product["review"] or product["content"]
    changed = review.submitted(
        {**product, "content": content, "review": None, "update_time": call.platform.now()}, {"status": "PENDING"}
    )
    call.platform.products.put(changed)
    review.plan(call.platform, changed)


@endpoints.add("POST", "product/products/deactivate", "202309", PRODUCT_READ)
def deactivate(call: Call) -> Document:
    return _each(call, "deactivate", _deactivate)


def _deactivate(call: Call, product: Document) -> None:
    _move(call, product, {"status": "SELLER_DEACTIVATED", "audit": {"status": "NONE"}})


@endpoints.add("DELETE", "product/products", "202309", PRODUCT_DELETE)
def delete(call: Call) -> Document:
    return _each(
        call, "delete", lambda made, product: _move(made, product, {"status": "DELETED", "audit": {"status": "NONE"}})
    )


@endpoints.add("POST", "product/products/recover", "202309", PRODUCT_DELETE)
def recover(call: Call) -> Document:
    return _each(call, "recover", lambda made, product: _move(made, product, {"status": "SELLER_DEACTIVATED"}))


def _move(call: Call, product: Document, changes: Document) -> None:
    changed = {**product, **changes, "update_time": call.platform.now()}
    call.platform.products.put(changed)
    review.tell_status(call.platform, changed, "PRODUCT_STATUS_CHANGED")
