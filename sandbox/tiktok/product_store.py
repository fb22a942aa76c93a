"""Products with the indexes that calls need: by shop, seller SKU, SKU id, identifier and idempotency key."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.box import Sandbox

Document = dict[str, Any]

PRODUCT_BASE, SKU_BASE = 1730000000000000000, 1731000000000000000
SKUS_PER_PRODUCT = 1000


class ProductStore:
    """Documents are replaced as a whole, never changed in place; `put` keeps the indexes in step."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.products = box.state.collection("tiktok_products")
        self.listed = box.state.collection("tiktok_listed")
        self.names = box.state.collection("tiktok_custom_names")
        self.reindex()

    def reindex(self) -> None:
        """Build every index from the stored products."""
        self.by_shop: dict[str, dict[str, None]] = {}
        self.by_seller_sku: dict[tuple[str, str], set[str]] = {}
        self.by_sku: dict[str, str] = {}
        self.by_identifier: dict[tuple[str, str], str] = {}
        self.by_idempotency_key: dict[tuple[str, str], str] = {}
        for product in self.products.values():
            self._index(product)

    def get(self, product_id: object) -> Document | None:
        return self.products.get(str(product_id))

    def put(self, product: Document) -> None:
        """Store a product; its shop, seller SKUs, SKU ids and identifiers are found from now on."""
        with self.box.state.lock:
            old = self.products.get(product["id"])
            if old:
                self._forget(old)
            self.products[product["id"]] = product
            self._index(product)

    def ids_of(self, shop_id: str) -> list[str]:
        return list(self.by_shop.get(shop_id, {}))

    def with_seller_sku(self, shop_id: str, seller_sku: str) -> set[str]:
        return set(self.by_seller_sku.get((shop_id, seller_sku), ()))

    def next_product_number(self) -> int:
        return self.box.state.next_number("tiktok_products")

    def listed_today(self, shop_id: str, day: str) -> int:
        row = self.listed.get(f"{shop_id}:{day}")
        return int(row["count"]) if row else 0

    def count_listing(self, shop_id: str, day: str) -> None:
        with self.box.state.lock:
            self.listed[f"{shop_id}:{day}"] = {"count": self.listed_today(shop_id, day) + 1}

    def custom_id(self, name: str) -> str:
        """The generated id of a merchant's own attribute name or value; the same words get the same id."""
        number = "73" + str(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))[:17].zfill(17)
        if number not in self.names:
            self.names[number] = {"name": name}
        return number

    def custom_name(self, number: object) -> str | None:
        row = self.names.get(str(number))
        return str(row["name"]) if row else None

    def _index(self, product: Document) -> None:
        shop, number = product["shop_id"], product["id"]
        self.by_shop.setdefault(shop, {})[number] = None
        if product.get("idempotency_key"):
            self.by_idempotency_key[shop, product["idempotency_key"]] = number
        for sku in all_skus(product):
            self.by_sku[sku["id"]] = number
            if sku.get("seller_sku"):
                self.by_seller_sku.setdefault((shop, sku["seller_sku"]), set()).add(number)
            code = (sku.get("identifier_code") or {}).get("code")
            if code and product["status"] != "DELETED":
                self.by_identifier[shop, code] = sku["id"]

    def _forget(self, product: Document) -> None:
        shop = product["shop_id"]
        for sku in all_skus(product):
            self.by_seller_sku.get((shop, sku.get("seller_sku") or ""), set()).discard(product["id"])
            code = (sku.get("identifier_code") or {}).get("code")
            if code and self.by_identifier.get((shop, code)) == sku["id"]:
                del self.by_identifier[shop, code]


def all_skus(product: Document) -> list[Document]:
    """The SKUs of the live version, the one under review and the draft."""
    return [sku for version in ("content", "review", "draft") for sku in (product.get(version) or {}).get("skus", ())]
