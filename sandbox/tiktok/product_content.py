"""From a checked body to what is stored: the content of a version, and prices and stock apart from it."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.product_store import SKU_BASE, SKUS_PER_PRODUCT
from sandbox.tiktok.rules_text import shown
from sandbox.tiktok.submission import Document, Submission, part, rows

KEPT = (
    "title",
    "category_id",
    "category_version",
    "brand_id",
    "package_weight",
    "package_dimensions",
    "is_cod_allowed",
    "external_product_id",
    "delivery_option_ids",
    "shipping_template_id",
    "listing_platforms",
    "minimum_order_quantity",
    "shipping_insurance_requirement",
    "is_not_for_sale",
    "is_pre_owned",
    "manufacturer_ids",
    "responsible_person_ids",
    "search_terms",
    "key_product_features",
    "locale",
    "size_chart",
    "video",
    "certifications",
)
SKU_KEPT = (
    "seller_sku",
    "external_sku_id",
    "external_urls",
    "identifier_code",
    "extra_identifier_codes",
    "combined_skus",
    "list_price",
    "external_list_prices",
    "pre_sale",
    "sku_unit_count",
)


def build(submission: Submission, number: int, first_sku: int) -> tuple[Document, Document, Document, int]:
    """(content, prices and stock by SKU id, next SKU index). Existing SKUs keep what is not sent."""
    body, before = submission.body, submission.product or {}
    prices, stock = dict(before.get("prices", {})), dict(before.get("stock", {}))
    content: Document = {name: body[name] for name in KEPT if body.get(name) is not None}
    content["description"] = shown(str(body.get("description") or ""))
    content["main_images"] = [{"uri": image.get("uri")} for image in rows(body, "main_images")]
    content["product_attributes"] = [_attribute(submission, row) for row in rows(body, "product_attributes")]
    content["skus"], following = [], first_sku
    for sku in submission.skus:
        sku_id = str(sku.get("id") or "")
        if not sku_id:
            sku_id, following = str(SKU_BASE + number * SKUS_PER_PRODUCT + following), following + 1
        content["skus"].append(
            {
                "id": sku_id,
                **{name: sku[name] for name in SKU_KEPT if sku.get(name) is not None},
                "sales_attributes": [_sales_attribute(submission, row) for row in rows(sku, "sales_attributes")],
            }
        )
        if "price" in sku:
            prices[sku_id] = price_of(part(sku, "price"))
        if "inventory" in sku:
            stock[sku_id] = _stock(submission, rows(sku, "inventory"), stock.get(sku_id, {}))
    return content, prices, stock, following


def price_of(price: Document) -> Document:
    """The stored price: what buyers see, and the amount before tax (equal for local sellers)."""
    amount = str(price.get("amount") or "0")
    return {
        "currency": str(price.get("currency") or ""),
        "sale_price": str(price.get("sale_price") or amount),
        "tax_exclusive_price": amount,
    }


def _stock(submission: Submission, inventory: list[Document], before: Document) -> Document:
    places = submission.platform.warehouses[submission.shop["id"]]
    default = next(number for number, place in places.items() if place["is_default"])
    return {
        number: {"quantity": row.get("quantity", 0), "committed": before.get(number, {}).get("committed", 0)}
        for row in inventory
        for number in (str(row.get("warehouse_id") or default),)
    }


def _attribute(submission: Submission, row: Document) -> Document:
    attribute = submission.attributes.get(str(row.get("id")))
    names = attribute.names if attribute else {}
    numbers = {name: number for number, name in names.items()}
    store = submission.platform.products
    values = []
    for value in rows(row, "values"):
        given = str(value.get("id") or "")
        name = names.get(given) or (store.custom_name(given) if given else None) or str(value.get("name") or "")
        values.append({"id": given or numbers.get(name) or store.custom_id(name), "name": name})
    return {"id": str(row.get("id")), "name": attribute.name if attribute else "", "values": values}


def _sales_attribute(submission: Submission, row: Document) -> Document:
    store = submission.platform.products
    attribute = submission.attributes.get(str(row.get("id")))
    if attribute is None:
        attribute = next(
            (
                known
                for known in submission.attributes.values()
                if known.type == "SALES_PROPERTY" and known.name == row.get("name")
            ),
            None,
        )
    names = attribute.names if attribute else {}
    numbers = {name: number for number, name in names.items()}
    name = attribute.name if attribute else store.custom_name(row.get("id")) or str(row.get("name") or "")
    given = str(row.get("value_id") or "")
    value = names.get(given) or store.custom_name(given) or str(row.get("value_name") or "")
    made: Document = {
        "id": attribute.id if attribute else store.custom_id(name),
        "name": name,
        "value_id": numbers.get(value) or store.custom_id(value),
        "value_name": value,
    }
    extras: tuple[str, ...] = ("sku_img", "supplementary_sku_images")
    return made | {key: row[key] for key in extras if row.get(key)}


def receipt(content: Document, warnings: list[str], product_id: str) -> dict[str, Any]:
    """What create and edit answer."""
    return {
        "product_id": product_id,
        "skus": [
            {
                "id": sku["id"],
                "seller_sku": sku.get("seller_sku", ""),
                "external_sku_id": sku.get("external_sku_id", ""),
                "sales_attributes": [{"id": row["id"], "value_id": row["value_id"]} for row in sku["sales_attributes"]],
            }
            for sku in content["skus"]
        ],
        "warnings": [{"message": text} for text in warnings],
    }
