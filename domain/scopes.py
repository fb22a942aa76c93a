"""The permissions Causeway asks TikTok for, and what does not work without each (reference 1.12)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """One scope key in words. `without`: what stops where it is missing."""

    key: str
    word: str
    without: str


PERMISSIONS: tuple[Permission, ...] = (
    Permission("seller.authorization.info", "Authorization", "shops and webhooks cannot be read"),
    Permission("seller.shop.info", "Shop information", "active shops and global sellers cannot be told"),
    Permission("seller.logistics", "Warehouses and delivery", "warehouses cannot be mapped"),
    Permission("seller.product.basic", "Read products", "listings cannot be kept in step"),
    Permission("seller.product.write", "Write products", "nothing is published and no stock or price is pushed"),
    Permission("seller.product.delete", "Delete products", "listings cannot be deleted or recovered"),
    Permission("seller.order.info", "Read orders", "no orders arrive"),
    Permission("seller.order.ext_ref.write", "Order numbers", "TikTok is not told BigCommerce's order numbers"),
    Permission("seller.fulfillment.basic", "Fulfilment", "packages cannot be shipped"),
    Permission("seller.fulfillment.package.write", "Packages", "orders cannot be split or combined"),
    Permission("seller.delivery.status.write", "Delivery status", "deliveries by the seller cannot be reported"),
    Permission("seller.return_refund.basic", "Returns and refunds", "returns cannot be answered"),
    Permission("seller.finance.info", "Money", "settlements are not shown"),
)
GLOBAL_PRODUCTS = Permission("seller.global_product.info", "Global products", "the global store cannot be looked at")
"""Of accounts of global sellers only."""


def missing(granted: Iterable[str]) -> list[Permission]:
    """What was not granted. TikTok names the scopes only since 2024; no names at all is no finding."""
    present = set(granted)
    return [one for one in PERMISSIONS if one.key not in present] if present else []
