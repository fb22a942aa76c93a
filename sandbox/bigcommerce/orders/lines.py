"""The lines of an order: products of the catalog with their options, or free ones (reference 5.2)."""

from decimal import Decimal
from typing import Any

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.orders.fields import amount, checked, money, wrong
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.shapes import variant_row
from sandbox.bigcommerce.validation import Check, integer, text
from sandbox.state import Document

LINE: dict[str, Check] = {
    "product_id": integer(),
    "variant_id": integer(),
    "quantity": integer(10**6),
    "name": text(250),
    "name_merchant": text(250),
    "sku": text(255),
    "upc": text(255),
    "price_inc_tax": amount,
    "price_ex_tax": amount,
}


def options_invalid(why: str) -> Refusal:
    return Refusal(400, "The options of one or more products are invalid.", {"product_options": why})


def line(catalog: Catalog, given: Any, place: int) -> Document:
    """A new line as kept, without its ids; raises for whatever is wrong with it."""
    name = f"products.{place}"
    if not isinstance(given, dict):
        raise wrong(name, "must be an object")
    fields = checked(LINE, given, f"{name}.")
    if not fields.get("quantity"):
        raise wrong(f"{name}.quantity", "must be an integer of at least 1")
    if ("price_inc_tax" in fields) != ("price_ex_tax" in fields):
        raise wrong(f"{name}.price_ex_tax", "give both the price with tax and the one without, or neither")
    made = catalog_line(catalog, given, fields, name) if fields.get("product_id") else free_line(fields, name)
    price: Decimal | int = made.pop("price", 0)
    return {
        **made,
        "quantity": fields["quantity"],
        "shipped": 0,
        "refunded": 0,
        "taken": {},
        "price_inc_tax": money(fields.get("price_inc_tax", price)),
        "price_ex_tax": money(fields.get("price_ex_tax", price)),
    }


def free_line(fields: Document, name: str) -> Document:
    """Something the catalog does not have."""
    if not fields.get("name"):
        raise wrong(f"{name}.name", "is required where there is no product_id")
    if "price_inc_tax" not in fields:
        raise wrong(f"{name}.price_inc_tax", "is required where there is no product_id")
    kept = {key: fields.get(key, "") for key in ("name", "name_merchant", "sku", "upc")}
    return {**kept, "product_id": 0, "variant_id": 0, "type": "physical", "weight": 0, "options": []}


def catalog_line(catalog: Catalog, given: Document, fields: Document, name: str) -> Document:
    product = catalog.products.get(str(fields["product_id"]))
    if product is None:
        raise wrong(f"{name}.product_id", "the product does not exist")
    chosen = choices(given)
    variant = pick(product, fields.get("variant_id", 0), chosen)
    shown = variant_row(product, variant, catalog.store)
    options = [
        {
            "option_id": value["option_id"],
            "product_option_id": value["option_id"],
            "display_name": value["option_display_name"],
            "display_value": value["label"],
            "value": str(value["id"]),
            "type": "Multiple choice",
        }
        for value in shown["option_values"]
    ]
    return {
        "product_id": product["id"],
        "variant_id": variant["id"],
        "name": fields.get("name") or product["name"],
        "name_merchant": fields.get("name_merchant", ""),
        "sku": shown["sku"] or product.get("sku", ""),
        "upc": fields.get("upc") or shown["upc"],
        "type": product.get("type", "physical"),
        "weight": shown["calculated_weight"],
        "price": Decimal(str(shown["calculated_price"])),
        "options": options + modifiers(product, chosen),
    }


def choices(given: Document) -> dict[int, str]:
    """Option id to the value chosen, from `product_options`."""
    rows = given.get("product_options") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) and type(row.get("id")) is int for row in rows):
        raise options_invalid("product_options must be objects with an id and a value")
    return {row["id"]: str(row.get("value", "")) for row in rows}


def pick(product: Document, variant_id: int, chosen: dict[int, str]) -> Document:
    """The variant by its id, or by one value for each option."""
    variants: list[Document] = product["variants"]
    if variant_id:
        for variant in variants:
            if variant["id"] == variant_id:
                return variant
        raise options_invalid(f"variant {variant_id} is not of product {product['id']}")
    if product["base_variant_id"]:
        return variants[0]
    for variant in variants:
        values = {value["option_id"]: str(value["id"]) for value in variant["option_values"]}
        if all(chosen.get(option) == value for option, value in values.items()):
            return variant
    raise options_invalid("the product has options: name a variant_id, or a value for each option")


def modifiers(product: Document, chosen: dict[int, str]) -> list[Document]:
    """What the buyer added; what is required must be there, and a choice must be one of those offered."""
    found = []
    for modifier in product.get("modifiers", []):
        value = chosen.get(modifier["id"], "")
        if not value:
            if modifier["required"]:
                raise options_invalid(f"option {modifier['id']} ({modifier['display_name']}) is required")
            continue
        labels = {str(each["id"]): each["label"] for each in modifier["option_values"]}
        if labels and value not in labels:
            raise options_invalid(f"option {modifier['id']} has no value {value}")
        found.append(
            {
                "option_id": modifier["id"],
                "product_option_id": modifier["id"],
                "display_name": modifier["display_name"],
                "display_value": labels.get(value, value),
                "value": value,
                "type": modifier["type"],
            }
        )
    return found
