"""The truth, for whoever checks the books: every product that was ever created, and whether its caller was told."""

from typing import Any

from sandbox.state import Document, State
from sandbox.tiktok.platform import Platform

Listing = dict[str, list[str]]


class Effects:
    """Creations are read from TikTok Shop's own products, which are never removed; what a call knew is noted beside."""

    def __init__(self, state: State) -> None:
        self.notes = state.collection("faults_effects")

    def answered(self, product_id: str) -> None:
        """A whole answer that names the product was handed over to the caller who asked for it."""
        if product_id not in self.notes:
            self.notes[product_id] = {"answered": True}

    def clear(self) -> None:
        for key in self.notes:
            del self.notes[key]

    def report(self, tiktok: Platform, shop_id: str = "") -> dict[str, Any]:
        """`creates`, `products` oldest first, and `by_reference`, `by_shop`: which products carry one reference."""
        rows = [row for row in tiktok.products.products.values() if shop_id in ("", row["shop_id"])]
        found = [self._row(row) for row in rows]
        by_reference: Listing = {}
        by_shop: dict[str, Listing] = {}
        for row in found:
            for reference in row["references"]:
                by_reference.setdefault(reference, []).append(row["id"])
                by_shop.setdefault(row["shop_id"], {}).setdefault(reference, []).append(row["id"])
        return {
            "creates": len(found),
            "unanswered": sum(not row["answered"] for row in found),
            "doubled": {
                reference: ids for listing in by_shop.values() for reference, ids in listing.items() if len(ids) > 1
            },
            "by_reference": by_reference,
            "by_shop": by_shop,
            "products": found,
        }

    def _row(self, product: Document) -> Document:
        return {
            "id": product["id"],
            "shop_id": product["shop_id"],
            "references": references(product),
            "seller_skus": [sku.get("seller_sku", "") for sku in product["content"].get("skus", [])],
            "idempotency_key": product.get("idempotency_key", ""),
            "status": product["status"],
            "created": product["create_time"],
            "answered": product["id"] in self.notes,
        }


def references(product: Document) -> list[str]:
    """The caller's own ids in any version of a product: external_product_id, each SKU's external_sku_id, once each."""
    versions = [product[name] for name in ("content", "review", "draft") if product.get(name)]
    given = [version.get("external_product_id") for version in versions]
    given += [sku.get("external_sku_id") for version in versions for sku in version.get("skus", [])]
    return list(dict.fromkeys(str(value) for value in given if value))
