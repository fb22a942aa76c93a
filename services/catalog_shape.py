"""A BigCommerce product as our rows, and the hash that tells whether any of it changed. Pure: safe in pool threads."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from clients.bigcommerce.models import Image, InventoryItem, Product, Variant

SHAPE = 1  # raise it when a column's meaning changes: every row is then written once more
INT32 = 2_147_483_647

Stock = Mapping[int, Mapping[int, int]]
"""BigCommerce's variant id -> its location id -> available to sell."""


class Names(Protocol):
    """Names that a product gives as ids only."""

    def brand(self, brand_id: int) -> str: ...

    def category_path(self, category_id: int) -> str: ...


@dataclass(frozen=True, slots=True)
class ShapedVariant:
    """`values`: the columns of `variant` without keys; `code` names its merchant SKU; `stock` is None when unknown;
    `prices`: what else it says of prices (services.pricing.variant_prices)."""

    bigcommerce_id: int
    code: str
    values: Mapping[str, Any]
    hash: str
    stock: Mapping[int, int] | None
    prices: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shaped:
    """`values` are the columns of `product` without keys and status."""

    bigcommerce_id: int
    values: Mapping[str, Any]
    hash: str
    variants: Sequence[ShapedVariant]


def digest(values: Mapping[str, Any]) -> str:
    """Thirty-two characters over canonical values: money as whole ten-thousandths, so that 10.0 and 10.00 are one."""
    plain = [int(value * 10000) if isinstance(value, Decimal) else value for value in values.values()]
    # repr is five times as quick as JSON here, and as exact for text, numbers, lists and dictionaries.
    return hashlib.blake2b(repr((SHAPE, plain)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def levels(items: Sequence[InventoryItem]) -> dict[int, dict[int, int]]:
    """The inventory answer by variant and location; below zero counts as none."""
    found: dict[int, dict[int, int]] = {}
    for item in items:
        if item.identity.variant_id is not None:
            mine = found.setdefault(item.identity.variant_id, {})
            for place in item.locations:
                mine[place.location_id] = min(max(place.available_to_sell, 0), INT32)
    return found


def shape(product: Product, names: Names, currency: str, stock: Stock | None, open_locations: frozenset[int]) -> Shaped:
    """`stock` None: BigCommerce would not tell it. `open_locations` are those whose stock counts into the quantity."""
    variants = [_variant(product, variant, place, stock) for place, variant in enumerate(product.variants)]
    images = _images(product.images)
    prices = [variant.values["price"] for variant in variants] or [product.price]
    values = {
        "title": product.name[:255],
        "description": product.description,
        "sku": product.sku[:255],
        "type": product.type[:16],
        "brand": names.brand(product.brand_id)[:255],
        "price": min(prices),
        "currency": currency,
        "quantity": _quantity(product, variants, open_locations),
        "weight": product.weight,
        "width": product.width,
        "height": product.height,
        "depth": product.depth,
        "upc": product.upc[:32],
        "gtin": product.gtin[:32],
        "mpn": product.mpn[:255],
        "is_visible": product.is_visible,
        "inventory_tracking": product.inventory_tracking[:16],
        "image_url": images[0].url_thumbnail or _address(images[0]) if images else "",
        "images": [{"id": image.id, "url": _address(image), "description": image.description} for image in images],
        "category_ids": list(product.categories),
        "category_path": names.category_path(product.categories[0]) if product.categories else "",
        "custom_fields": _custom_fields(product),
        "tags": product.search_keywords,
        "variant_count": len(variants),
    }
    # The date moves with every sale; alone it is no change.
    return Shaped(product.id, {**values, "modified_at": product.date_modified}, digest(values), variants)


def _variant(product: Product, variant: Variant, place: int, stock: Stock | None) -> ShapedVariant:
    # Price: the variant's own, else the product's (reference 3.3). Measures stay empty where they are inherited.
    values: dict[str, Any] = {
        "sku": variant.sku[:255],
        "options": [[value.option_display_name, value.label] for value in variant.option_values],
        "price": product.price if variant.price is None else variant.price,
        "weight": variant.weight,
        "width": variant.width,
        "height": variant.height,
        "depth": variant.depth,
        "upc": variant.upc[:32],
        "gtin": variant.gtin[:32],
        "mpn": variant.mpn[:255],
        "image_url": variant.image_url,
        "position": place,
    }
    mine = None if stock is None else stock.get(variant.id, {})
    prices = {
        name: getattr(product, f"{name}_price") if told is None else told
        for name, told in (
            ("sale", variant.sale_price),
            ("retail", variant.retail_price),
            ("cost", variant.cost_price),
            ("map", variant.map_price),
        )
    }
    return ShapedVariant(variant.id, values["sku"] or f"#{variant.id}", values, digest(values), mine, prices)


def _quantity(product: Product, variants: Sequence[ShapedVariant], open_locations: frozenset[int]) -> int:
    """What can be sold of all variants together. A product tracked as a whole has one number, not one per variant."""
    if product.inventory_tracking == "none":
        return 0
    if product.inventory_tracking == "product" or any(variant.stock is None for variant in variants):
        return min(max(product.inventory_level, 0), INT32)
    known = (variant.stock or {} for variant in variants)
    return min(sum(count for stock in known for place, count in stock.items() if place in open_locations), INT32)


def _images(images: Sequence[Image]) -> list[Image]:
    """The main image first, the others in the merchant's order."""
    usable = [image for image in images if _address(image)]
    return sorted(usable, key=lambda image: (not image.is_thumbnail, image.sort_order, image.id))


def _address(image: Image) -> str:
    return image.url_zoom or image.url_standard


def _custom_fields(product: Product) -> dict[str, str]:
    """By name; a name that occurs twice has its values joined."""
    found: dict[str, str] = {}
    for one in product.custom_fields:
        found[one.name] = f"{found[one.name]}, {one.value}" if one.name in found else one.value
    return found
