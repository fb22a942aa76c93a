"""Products as Get and Search show them (reference 4.11)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.brands import LISTED
from sandbox.tiktok.category_tree import TREES
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

AS_STORED = (
    "title",
    "description",
    "package_weight",
    "package_dimensions",
    "product_attributes",
    "is_cod_allowed",
    "is_pre_owned",
    "external_product_id",
    "listing_platforms",
    "minimum_order_quantity",
    "manufacturer_ids",
    "responsible_person_ids",
    "key_product_features",
    "search_terms",
    "shipping_template_id",
    "size_chart",
)


UNSET: Document = {
    "is_cod_allowed": False,
    "external_product_id": "",
    "manufacturer_ids": [],
    "responsible_person_ids": [],
    "is_pre_owned": False,
    "product_families": [],
    "listing_quality_tier": "FAIR",
}
"""What Get Product says of fields that nobody set; objects nobody set (video, size chart, pre-sale) are left out."""
UNSET_SKU: Document = {
    "external_sku_id": "",
    "external_urls": [],
    "extra_identifier_codes": [],
    "combined_skus": [],
    "external_list_prices": [],
}


def full(platform: Platform, product: Document, version: str = "content") -> Document:
    """The answer of Get Product for one version of the product."""
    content = product[version]
    tree = TREES[content.get("category_version") or "v1"]
    chain = tree.chain(str(content.get("category_id")))
    found: Document = UNSET | {name: content[name] for name in AS_STORED if name in content}
    found |= {
        "id": product["id"],
        "status": product["status"],
        "product_status": _without_audit(product),
        "audit": _audit(product),
        "audit_failed_reasons": product["audit_failed_reasons"],
        "category_chains": [
            {"id": row.id, "parent_id": row.parent_id, "local_name": row.name, "is_leaf": row.is_leaf} for row in chain
        ],
        "main_images": [_image(platform, image["uri"]) for image in content["main_images"]],
        "skus": [_sku(platform, product, sku) for sku in content["skus"]],
        "certifications": content.get("certifications", []),
        "delivery_options": [],
        "recommended_categories": [],
        "integrated_platform_statuses": [{"platform": "TIKTOK_SHOP", "status": product["status"]}],
        "product_types": [],
        "is_replicated": False,
        "has_draft": product["draft"] is not None,
        "is_not_for_sale": bool(content.get("is_not_for_sale")),
        "create_time": product["create_time"],
        "update_time": product["update_time"],
    }
    if product.get("global_id"):
        found["global_product_association"] = {"global_product_id": product["global_id"], "sku_mappings": []}
    brand = content.get("brand_id")
    if brand:
        row = LISTED.get(str(brand)) or platform.brands.get(str(brand)) or {}
        found["brand"] = {"id": str(brand), "name": row.get("name", "")}
    if content.get("video"):
        file = platform.media.files.get(str(content["video"].get("id")), {})
        found["video"] = {"id": file.get("id", ""), "url": file.get("url", ""), "format": file.get("format", "")}
    return found


def brief(product: Document) -> Document:
    """One row of Search Products."""
    content = product["content"]
    return {
        "id": product["id"],
        "title": content.get("title", ""),
        "status": product["status"],
        "create_time": product["create_time"],
        "update_time": product["update_time"],
        "audit": _audit(product),
        "has_draft": product["draft"] is not None,
        "sales_regions": [product["region"]] if "region" in product else [],
        "listing_quality_tier": "FAIR",
        "product_sync_fail_reasons": [],
        "is_not_for_sale": bool(content.get("is_not_for_sale")),
        "recommended_categories": [],
        "product_families": [],
        "integrated_platform_statuses": [{"platform": "TIKTOK_SHOP", "status": product["status"]}],
        "skus": [
            {
                "id": sku["id"],
                "seller_sku": sku.get("seller_sku", ""),
                "price": product["prices"].get(sku["id"], {}),
                "inventory": inventory(product, sku["id"]),
                "external_list_prices": sku.get("external_list_prices", []),
                "status_info": _status_info(product, sku["id"]),
                **({"list_price": sku["list_price"]} if "list_price" in sku else {}),
            }
            for sku in content["skus"]
        ],
    }


def inventory(product: Document, sku_id: str) -> list[Document]:
    return [
        {"warehouse_id": place, "quantity": row["quantity"]} for place, row in product["stock"].get(sku_id, {}).items()
    ]


def _audit(product: Document) -> Document:
    return {
        "status": product["audit"]["status"],
        "pre_approved_reasons": product["audit"].get("pre_approved_reasons", []),
    }


def _without_audit(product: Document) -> str:
    return "INITIAL" if product["status"] in {"PENDING", "FAILED"} else str(product["status"])


def _status_info(product: Document, sku_id: str) -> Document:
    off = sku_id in product["switched_off"]
    return {"status": "DEACTIVATED", "deactivation_source": "SELLER"} if off else {"status": "NORMAL"}


def _image(platform: Platform, uri: object) -> Document:
    known = platform.media.image(uri)
    if known is None:
        return {"uri": uri}
    return {
        "uri": uri,
        "urls": [known["url"]],
        "thumb_urls": [known["url"]],
        "width": known["width"],
        "height": known["height"],
    }


def _sku(platform: Platform, product: Document, sku: Document) -> Document:
    attributes = []
    for row in sku["sales_attributes"]:
        row = dict(row)
        if row.get("sku_img"):
            row["sku_img"] = _image(platform, row["sku_img"].get("uri"))
        attributes.append(row)
    return {
        **UNSET_SKU,
        **sku,
        "seller_sku": sku.get("seller_sku", ""),
        "sales_attributes": attributes,
        "price": product["prices"].get(sku["id"], {}),
        "inventory": inventory(product, sku["id"]),
        "status_info": _status_info(product, sku["id"]),
    }
