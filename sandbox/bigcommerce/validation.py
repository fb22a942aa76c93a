"""Which fields a write may set and what each must look like (reference 3.2, 3.3).

Wrong fields are named, unknown ones ignored.
"""

from collections.abc import Callable
from typing import Any

from sandbox.bigcommerce.refusals import invalid
from sandbox.state import Document

Check = Callable[[Any], str | None]


def text(maximum: int | None = None, minimum: int = 0) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "must be a string"
        if len(value) < minimum:
            return "may not be empty" if minimum == 1 else f"must be at least {minimum} characters"
        if maximum is not None and len(value) > maximum:
            return f"must be at most {maximum} characters"
        return None

    return check


def number(maximum: float = 9_999_999_999, minimum: float = 0, nullable: bool = False) -> Check:
    def check(value: Any) -> str | None:
        if value is None and nullable:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "must be a number"
        return None if minimum <= value <= maximum else f"must be between {minimum} and {maximum}"

    return check


def integer(maximum: int = 2_147_483_647, minimum: int = 0) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "must be an integer"
        return None if minimum <= value <= maximum else f"must be between {minimum} and {maximum}"

    return check


def boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be a boolean"


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else "must be one of: " + ", ".join(choices)


def list_of(kind: type, maximum: int | None = None) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or not all(type(item) is kind for item in value):
            return "must be an array"
        return None if maximum is None or len(value) <= maximum else f"may have at most {maximum} entries"

    return check


MONEY, SIZE, FLAG = number(), number(), boolean
PRODUCT: dict[str, Check] = {
    "name": text(250, 1),
    "type": one_of("physical", "digital"),
    "sku": text(255),
    "description": text(),
    "weight": SIZE,
    "width": SIZE,
    "depth": SIZE,
    "height": SIZE,
    "price": MONEY,
    "cost_price": MONEY,
    "retail_price": MONEY,
    "sale_price": MONEY,
    "map_price": MONEY,
    "tax_class_id": integer(255),
    "product_tax_code": text(255),
    "categories": list_of(int, 1000),
    "brand_id": integer(10**9),
    "inventory_level": integer(),
    "inventory_warning_level": integer(),
    "inventory_tracking": one_of("none", "product", "variant"),
    "fixed_cost_shipping_price": MONEY,
    "is_free_shipping": FLAG,
    "is_visible": FLAG,
    "is_featured": FLAG,
    "related_products": list_of(int),
    "warranty": text(65535),
    "bin_picking_number": text(255),
    "layout_file": text(500),
    "upc": text(14),
    "mpn": text(),
    "gtin": text(14),
    "search_keywords": text(65535),
    "availability": one_of("available", "disabled", "preorder"),
    "availability_description": text(255),
    "gift_wrapping_options_type": one_of("any", "none", "list"),
    "sort_order": integer(minimum=-2_147_483_648),
    "condition": one_of("New", "Used", "Refurbished"),
    "is_condition_shown": FLAG,
    "order_quantity_minimum": integer(10**9),
    "order_quantity_maximum": integer(10**9),
    "page_title": text(255),
    "meta_keywords": list_of(str),
    "meta_description": text(65535),
    "preorder_message": text(255),
    "is_preorder_only": FLAG,
    "is_price_hidden": FLAG,
    "price_hidden_label": text(200),
}
VARIANT: dict[str, Check] = {
    "sku": text(255),
    **{
        name: number(nullable=True)
        for name in (
            "price",
            "sale_price",
            "retail_price",
            "cost_price",
            "map_price",
            "weight",
            "width",
            "height",
            "depth",
            "fixed_cost_shipping_price",
        )
    },
    "is_free_shipping": FLAG,
    "purchasing_disabled": FLAG,
    "purchasing_disabled_message": text(255),
    "image_url": text(255),
    "upc": text(14),
    "gtin": text(14),
    "mpn": text(),
    "inventory_level": integer(),
    "inventory_warning_level": integer(),
    "bin_picking_number": text(255),
}
PLAIN: dict[str, dict[str, Check]] = {
    "brand": {
        "name": text(255, 1),
        "page_title": text(255),
        "meta_keywords": list_of(str),
        "meta_description": text(65535),
        "search_keywords": text(255),
        "image_url": text(),
    },
    "category": {
        "name": text(50, 1),
        "parent_id": integer(),
        "description": text(),
        "sort_order": integer(),
        "page_title": text(),
        "meta_keywords": list_of(str),
        "meta_description": text(65535),
        "image_url": text(),
        "is_visible": FLAG,
        "search_keywords": text(255),
    },
    "custom field": {"name": text(250, 1), "value": text(250, 1)},
    "option": {
        "display_name": text(255, 1),
        "type": one_of("radio_buttons", "rectangles", "dropdown", "product_list", "product_list_with_images", "swatch"),
        "sort_order": integer(),
    },
    "modifier": {
        "display_name": text(255, 1),
        "required": FLAG,
        "sort_order": integer(),
        "type": one_of(
            "date",
            "checkbox",
            "file",
            "text",
            "multi_line_text",
            "numbers_only_text",
            "radio_buttons",
            "rectangles",
            "dropdown",
            "product_list",
            "product_list_with_images",
            "swatch",
        ),
    },
    "option value": {
        "id": integer(),
        "option_id": integer(),
        "option_display_name": text(255, 1),
        "label": text(255, 1),
    },
    "image": {"image_url": text(255), "is_thumbnail": FLAG, "sort_order": integer(), "description": text()},
    "hook": {"scope": text(minimum=1), "destination": text(minimum=1), "is_active": FLAG},
}


def checked(fields: dict[str, Check], given: Document, required: tuple[str, ...] = ()) -> Document:
    """The known fields of `given`, or a 422 that names each wrong or missing one."""
    errors = {name: f"{name} {why}" for name, check in fields.items() if name in given and (why := check(given[name]))}
    errors.update({name: f"error.path.missing: {name} is required" for name in required if name not in given})
    if errors:
        raise invalid(errors)
    return {name: given[name] for name in fields if name in given}


def documents(given: Document, name: str) -> list[Document]:
    """The objects of a list field, none when it is absent; anything else is a 422."""
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid({name: f"{name} must be an array of objects"})
    return value
