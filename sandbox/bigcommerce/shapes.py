"""Stored documents are sparse (only what differs from the defaults below); here they become the API's full rows.

Field names and types as in reference 3.2-3.5. Stock lives as `stock`: location id -> {"onhand", "safety"}, on the
variant, or on the product when a product with options is tracked as a whole.
"""

import copy
from typing import Any

from sandbox.state import Document

PRODUCT_DEFAULTS: Document = {
    "id": 0,
    "name": "",
    "type": "physical",
    "sku": "",
    "description": "",
    "weight": 0,
    "width": 0,
    "depth": 0,
    "height": 0,
    "price": 0,
    "cost_price": 0,
    "retail_price": 0,
    "sale_price": 0,
    "map_price": 0,
    "tax_class_id": 0,
    "product_tax_code": "",
    "calculated_price": 0,
    "categories": [],
    "brand_id": 0,
    "inventory_level": 0,
    "inventory_warning_level": 0,
    "inventory_tracking": "none",
    "reviews_rating_sum": 0,
    "reviews_count": 0,
    "total_sold": 0,
    "fixed_cost_shipping_price": 0,
    "is_free_shipping": False,
    "is_visible": True,
    "is_featured": False,
    "related_products": [-1],
    "warranty": "",
    "bin_picking_number": "",
    "layout_file": "",
    "upc": "",
    "mpn": "",
    "gtin": "",
    "date_last_imported": "",
    "search_keywords": "",
    "availability": "available",
    "availability_description": "",
    "gift_wrapping_options_type": "any",
    "gift_wrapping_options_list": [],
    "sort_order": 0,
    "condition": "New",
    "is_condition_shown": False,
    "order_quantity_minimum": 0,
    "order_quantity_maximum": 0,
    "page_title": "",
    "meta_keywords": [],
    "meta_description": "",
    "date_created": "",
    "date_modified": "",
    "view_count": 0,
    "preorder_release_date": None,
    "preorder_message": "",
    "is_preorder_only": False,
    "is_price_hidden": False,
    "price_hidden_label": "",
    "custom_url": {"url": "/", "is_customized": False},
    "base_variant_id": None,
    "open_graph_type": "product",
    "open_graph_title": "",
    "open_graph_description": "",
    "open_graph_use_meta_description": True,
    "open_graph_use_product_name": True,
    "open_graph_use_image": True,
}
VARIANT_DEFAULTS: Document = {
    "id": 0,
    "product_id": 0,
    "sku": "",
    "sku_id": None,
    "price": None,
    "calculated_price": 0,
    "sale_price": None,
    "retail_price": None,
    "map_price": None,
    "weight": None,
    "calculated_weight": 0,
    "width": None,
    "height": None,
    "depth": None,
    "is_free_shipping": False,
    "fixed_cost_shipping_price": None,
    "purchasing_disabled": False,
    "purchasing_disabled_message": "",
    "image_url": "",
    "cost_price": None,
    "upc": "",
    "mpn": "",
    "gtin": "",
    "inventory_level": 0,
    "inventory_warning_level": 0,
    "bin_picking_number": "",
    "option_values": [],
}
SUBRESOURCES = (
    "bulk_pricing_rules",
    "channels",
    "custom_fields",
    "images",
    "modifiers",
    "options",
    "parent_relations",
    "primary_image",
    "reviews",
    "variants",
    "videos",
)


def product_row(product: Document, store: Document, include: list[str] | None = None) -> Document:
    row: Document = {key: copy.copy(product.get(key, value)) for key, value in PRODUCT_DEFAULTS.items()}
    row["calculated_price"] = row["sale_price"] or row["price"]
    row["inventory_level"] = product_stock(product, store)
    for name in include or ():
        row[name] = subresource(product, store, name)
    if row.get("primary_image", row) is None:
        del row["primary_image"]  # the published schema knows an object or nothing
    return row


def subresource(product: Document, store: Document, name: str) -> Any:
    images = product.get("images", [])
    if name == "variants":
        return [variant_row(product, variant, store) for variant in product["variants"]]
    if name == "images":
        return [image_row(product, image) for image in images]
    if name == "primary_image":
        first = next((image for image in images if image["is_thumbnail"]), None)
        return image_row(product, first) if first else None
    if name == "channels":
        return store["channels"]
    if name == "options":
        return [option_row(product, option) for option in product.get("options", [])]
    if name == "modifiers":
        return [modifier_row(product, modifier) for modifier in product.get("modifiers", [])]
    if name == "custom_fields":
        return product.get("custom_fields", [])
    return []


def variant_row(product: Document, variant: Document, store: Document) -> Document:
    row: Document = {key: variant.get(key, value) for key, value in VARIANT_DEFAULTS.items()}
    price = row["price"] if row["price"] is not None else product.get("price", 0)
    sale = row["sale_price"] if row["sale_price"] is not None else product.get("sale_price", 0)
    row["calculated_price"] = sale or price
    row["calculated_weight"] = row["weight"] if row["weight"] is not None else product.get("weight", 0)
    row["product_id"] = product["id"]
    row["inventory_level"] = available(variant.get("stock", {}), store)
    row["option_values"] = [
        {
            "id": value["id"],
            "label": label["label"],
            "option_id": value["option_id"],
            "option_display_name": option["display_name"],
        }
        for value in variant.get("option_values", [])
        for option in product.get("options", [])
        if option["id"] == value["option_id"]
        for label in option["option_values"]
        if label["id"] == value["id"]
    ]
    return row


def image_row(product: Document, image: Document) -> Document:
    """`url_zoom` is the picture as uploaded, at most 1280 px; the smaller ones are what a theme would show."""

    def sized(size: str) -> str:
        return f"{image['url']}{'&' if '?' in image['url'] else '?'}size={size}"

    return {
        "id": image["id"],
        "product_id": product["id"],
        "is_thumbnail": image["is_thumbnail"],
        "sort_order": image["sort_order"],
        "description": image.get("description", ""),
        "image_file": image["file"],
        "url_zoom": sized("zoom"),
        "url_standard": sized("standard"),
        "url_thumbnail": sized("thumbnail"),
        "url_tiny": sized("tiny"),
        "date_modified": image["date_modified"],
    }


def option_row(product: Document, option: Document) -> Document:
    return {
        "id": option["id"],
        "product_id": product["id"],
        "name": f"{option['display_name']}{option['id']}",
        "display_name": option["display_name"],
        "type": option["type"],
        "config": option.get("config", {}),
        "sort_order": option["sort_order"],
        "option_values": [
            {
                "id": value["id"],
                "label": value["label"],
                "sort_order": value["sort_order"],
                "value_data": value.get("value_data") or {},
                "is_default": value.get("is_default", False),
            }
            for value in option["option_values"]
        ],
    }


def modifier_row(product: Document, modifier: Document) -> Document:
    return {**option_row(product, modifier), "required": modifier["required"]}


def available(stock: Document, store: Document) -> int:
    """What the catalog shows: all enabled locations together, never below zero."""
    enabled = {str(place["id"]) for place in store["locations"] if place["enabled"]}
    return max(
        0, sum(int(level["onhand"]) - int(level["safety"]) for place, level in stock.items() if place in enabled)
    )


def product_stock(product: Document, store: Document) -> int:
    tracking = product.get("inventory_tracking", "none")
    if tracking == "none":
        return 0
    if tracking == "product" and "stock" in product:
        return available(product["stock"], store)
    return sum(available(variant.get("stock", {}), store) for variant in product["variants"])


def stock_of(product: Document, variant: Document) -> Document:
    """Where the stock of this variant is kept: with the whole product when that is what is tracked."""
    whole = product.get("inventory_tracking") == "product" and not product["base_variant_id"]
    stock: Document = (product if whole else variant).setdefault("stock", {})
    return stock
