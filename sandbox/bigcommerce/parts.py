"""What hangs on a product: variants with their options, modifiers, images, custom fields; and brands and categories."""

import re
from typing import Any

from sandbox.bigcommerce.holder import Holder
from sandbox.bigcommerce.refusals import Refusal, invalid
from sandbox.bigcommerce.validation import PLAIN, VARIANT, checked, documents
from sandbox.state import Document

IMAGES, VALUES, CUSTOM_FIELDS = 1000, 250, 200


def address(name: str, number: int) -> str:
    """A product's path in the shop, unique by its id."""
    return f"/{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')[:200] or 'product'}-{number}/"


def add_all(catalog: Holder, product: Document, given: Document) -> None:
    """Images, custom fields and modifiers that came inside a product's body."""
    for image in documents(given, "images"):
        add_image(catalog, product, image)
    for custom_field in documents(given, "custom_fields"):
        set_custom_field(catalog, product, custom_field)
    for modifier in documents(given, "modifiers"):
        if "id" not in modifier:
            add_option(catalog, product, modifier, "modifiers")


# Variants and options


def add_variant(catalog: Holder, product: Document, given: Document) -> Document:
    """Append a variant; options and values that it names for the first time come to be."""
    values = documents(given, "option_values")
    if not values:
        raise invalid({"option_values": "error.path.missing: option_values is required"})
    variant: Document = {"id": catalog.number("variant", 501), **checked(VARIANT, given), "option_values": []}
    variant["sku_id"] = variant["id"] + 40000
    for value in values:
        checked(PLAIN["option value"], value)
        option = find_option(catalog, product, value)
        chosen = find_value(catalog, option, value)
        variant["option_values"].append({"id": chosen["id"], "option_id": option["id"]})
    chosen_ids = sorted(value["id"] for value in variant["option_values"])
    if any(sorted(value["id"] for value in other["option_values"]) == chosen_ids for other in product["variants"]):
        raise Refusal(409, "A variant with these option values exists already", {"option_values": "duplicate"})
    level = variant.pop("inventory_level", None)
    if "stock" in given:  # from the catalog maker: stock per location
        variant["stock"] = given["stock"]
    elif level is not None:
        catalog.set_level(product, variant, level)
    product["variants"].append(variant)
    return variant


def create_variant(catalog: Holder, product: Document, given: Document) -> Document:
    """POST …/variants: needs a SKU and option values; a simple product loses its base variant to the first one."""
    checked(VARIANT, given, required=("sku",))
    with catalog.box.state.lock:
        catalog.check_skus([given["sku"]], 0)
        if len(product["variants"]) >= 600:
            raise Refusal(507, "A product may have at most 600 variants")
        catalog.drop_index(product)
        kept, base = list(product["variants"]), product["base_variant_id"]
        try:
            if base:
                product["variants"], product["base_variant_id"] = [], None
            variant = add_variant(catalog, product, given)
        except Refusal:
            product["variants"], product["base_variant_id"] = kept, base
            raise
        finally:
            catalog.note(product)
        catalog.touch(product)
    catalog.fire("store/sku/created", catalog.sku_data(product, variant))
    return variant


def find_option(catalog: Holder, product: Document, value: Document) -> Document:
    for option in product["options"]:
        if option["id"] == value.get("option_id") or option["display_name"] == value.get("option_display_name"):
            return dict_of(option)
    if not value.get("option_display_name"):
        raise invalid({"option_values": "option_display_name is required for a new option"})
    option = {
        "id": catalog.number("option", 111),
        "display_name": value["option_display_name"],
        "type": "rectangles",
        "sort_order": len(product["options"]),
        "option_values": [],
    }
    product["options"].append(option)
    return option


def find_value(catalog: Holder, option: Document, value: Document) -> Document:
    for known in option["option_values"]:
        if known["id"] == value.get("id") or known["label"] == value.get("label"):
            return dict_of(known)
    if not value.get("label"):
        raise invalid({"option_values": "label is required for a new value"})
    if len(option["option_values"]) >= VALUES:
        raise Refusal(507, f"An option may have at most {VALUES} values")
    known = {
        "id": catalog.number("option_value", 201),
        "label": value["label"],
        "sort_order": len(option["option_values"]),
    }
    option["option_values"].append(known)
    return known


def dict_of(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def add_option(catalog: Holder, product: Document, given: Document, kind: str = "options") -> Document:
    """A new option or modifier with its values; `kind` is the list it goes to."""
    fields = checked(
        PLAIN["modifier" if kind == "modifiers" else "option"],
        given,
        ("display_name", "type", "required") if kind == "modifiers" else ("display_name", "type"),
    )
    if any(known["display_name"].lower() == fields["display_name"].lower() for known in product[kind]):
        raise Refusal(409, "The display name is already in use on this product", {"display_name": "duplicate"})
    option: Document = {
        "sort_order": len(product[kind]),
        **fields,
        "id": catalog.number("option", 111),
        "option_values": [],
    }
    for value in documents(given, "option_values"):
        checked(PLAIN["option value"], value)
        find_value(catalog, option, value)
    product[kind].append(option)
    return option


# Images and custom fields


def add_image(catalog: Holder, product: Document, given: Document) -> Document:
    """`image_url` from anywhere, a stored upload (`file`), or a drawn `picture` of the catalog maker."""
    checked(PLAIN["image"], given)
    if len(product["images"]) >= IMAGES:
        raise Refusal(507, f"A product may have at most {IMAGES} images")
    number = catalog.number("image", 301)
    picture, upload = given.get("picture"), given.get("file")
    suffix = picture["format"] if picture else str(upload or given.get("image_url") or "").rpartition(".")[2].lower()
    own = f"{catalog.box.settings.api_url}/images/{catalog.store['hash']}/{number}.{suffix}?c=1"
    if not picture and not upload and not given.get("image_url"):
        raise invalid({"image_url": "image_url or image_file is required"})
    first = not any(image["is_thumbnail"] for image in product["images"])
    if given.get("is_thumbnail"):
        for image in product["images"]:
            image["is_thumbnail"] = False
    image = {
        "id": number,
        "is_thumbnail": bool(given.get("is_thumbnail", first)),
        "sort_order": given.get("sort_order", len(product["images"])),
        "description": given.get("description", ""),
        "file": f"{chr(97 + number % 26)}/{number % 1000:03d}/{number}.{suffix[:4] or 'jpg'}",
        "url": own if picture or upload else given["image_url"],
        "date_modified": catalog.now(),
    }
    if picture:
        image["picture"] = picture
    if upload:
        image["upload"] = upload
    product["images"].append(image)
    catalog.image_of[number] = product["id"]
    return image


def set_custom_field(catalog: Holder, product: Document, given: Document, number: int | None = None) -> Document:
    """Add one, or change the one with this id; the pair of name and value is unique within a product."""
    number = number or given.get("id")
    known = next((row for row in product["custom_fields"] if row["id"] == number), None)
    fields = checked(PLAIN["custom field"], given, () if known else ("name", "value"))
    wanted = {**(known or {}), **fields}
    if any(
        row is not known and (row["name"], row["value"]) == (wanted["name"], wanted["value"])
        for row in product["custom_fields"]
    ):
        raise invalid({"name": "The name and value pair is already in use on this product"})
    if known is not None:
        known.update(fields)
        return dict_of(known)
    if len(product["custom_fields"]) >= CUSTOM_FIELDS:
        raise Refusal(507, f"A product may have at most {CUSTOM_FIELDS} custom fields")
    row: Document = {"id": catalog.number("custom_field", 401), **fields}
    product["custom_fields"].append(row)
    return row


# Brands and categories


def add_brand(catalog: Holder, given: Document) -> Document:
    fields = checked(PLAIN["brand"], given, ("name",))
    if any(brand["name"].lower() == fields["name"].lower() for brand in catalog.brands.values()):
        raise Refusal(409, "A brand with this name exists already", {"name": "duplicate"})
    number = catalog.number("brand", 31)
    brand: Document = {
        "page_title": "",
        "meta_keywords": [],
        "meta_description": "",
        "search_keywords": "",
        "image_url": "",
        **fields,
        "id": number,
        "custom_url": {"url": f"/brands{address(fields['name'], number)}", "is_customized": False},
    }
    catalog.brands[str(number)] = brand
    return brand


def add_category(catalog: Holder, given: Document) -> Document:
    """A category as stored: keyed `id`; both the tree API and the deprecated one show it."""
    fields = {"parent_id": 0, **checked(PLAIN["category"], given, ("name",))}
    if fields["parent_id"] and str(fields["parent_id"]) not in catalog.categories:
        raise invalid({"parent_id": "The parent category does not exist"})
    siblings = [row for row in catalog.categories.values() if row["parent_id"] == fields["parent_id"]]
    if any(row["name"].lower() == fields["name"].lower() for row in siblings):
        raise Refusal(409, "A category with this name exists already under its parent", {"name": "duplicate"})
    number = catalog.number("category", 21)
    category: Document = {
        "description": "",
        "views": 0,
        "sort_order": len(siblings),
        "page_title": "",
        "meta_keywords": [],
        "meta_description": "",
        "layout_file": "category.html",
        "image_url": "",
        "is_visible": True,
        "search_keywords": "",
        "default_product_sort": "use_store_settings",
        **fields,
        "id": number,
    }
    catalog.categories[str(number)] = category
    catalog.fire("store/category/created", {"type": "category", "id": number})
    return category
