"""Global products of a global seller (the older flow), and a shop's listing rules (reference 4.13, 4.14)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok import global_catalogue
from sandbox.tiktok.call import Call, encode_page, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.product_search import RESULT_MAXIMUM
from sandbox.tiktok.products import take_listing
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.scopes import GLOBAL_DELETE, GLOBAL_READ, GLOBAL_WRITE, PRODUCT_READ

Document = dict[str, Any]

STATUSES = frozenset({"PUBLISHED", "UNPUBLISHED", "DRAFT", "DELETED"})
NO_PERMISSION, UNKNOWN, NOT_A_GLOBAL_SELLER = 12019114, 12052032, 12052501
PUBLISHED_ALREADY, INACTIVE, FULL = 12019212, 12052903, 12052117


@endpoints.add("GET", "product/global_listing_rules", "202507", PRODUCT_READ)
def listing_rules(call: Call) -> Document:
    """How this shop's products get on sale; only shops of global sellers have such rules."""
    if call.shop["seller_type"] != "CROSS_BORDER":
        raise Refusal(NOT_A_GLOBAL_SELLER, "The shop does not belong to a global seller")
    rules = [
        {"local_warehouse_id": place["id"], "allocation_mode": "MANUAL", "associated_warehouses": []}
        for place in call.platform.warehouses[call.shop_id].values()
        if place["type"] == "SALES_WAREHOUSE"
    ]
    return {"listing_methods": [call.shop["listing_method"]], "inventory_rules": rules}


def _mine(call: Call) -> list[Document]:
    if call.platform.sellers[call.seller_id]["kind"] != "CROSS_BORDER":
        raise Refusal(NO_PERMISSION, "The seller may not manage global products")
    return global_catalogue.of_seller(call.platform, call.seller_id)


def _one(call: Call, number: object) -> Document:
    row = next((row for row in _mine(call) if row["id"] == str(number)), None)
    if row is None:
        raise Refusal(UNKNOWN, "The global product does not exist")
    return row


@endpoints.add("POST", "product/global_products/search", "202312", GLOBAL_READ, cipher=False)
def search(call: Call) -> Document:
    found, (offset, size) = _mine(call), call.page()
    status = call.body.get("status") or ""
    if status and status not in STATUSES:
        raise invalid("status", "not a status of global products")
    found = [row for row in found if (row["status"] == status if status else row["status"] != "DELETED")]
    if len(found) > RESULT_MAXIMUM:
        raise Refusal(12052180, "The search finds more than 10,000 products; narrow it")
    return {
        "global_products": [
            {
                "id": row["id"],
                "title": row["title"],
                "status": row["status"],
                "create_time": row["create_time"],
                "update_time": row["update_time"],
                "skus": [
                    {"id": sku["id"], "seller_sku": sku["seller_sku"], "price": sku["price"]} for sku in row["skus"]
                ],
            }
            for row in found[offset : offset + size]
        ],
        "total_count": len(found),
        "next_page_token": encode_page(offset + size) if offset + size < len(found) else "",
    }


@endpoints.add("GET", "product/global_products/{global_product_id}", "202309", GLOBAL_READ, cipher=False)
def get(call: Call) -> Document:
    row = _one(call, call.params["global_product_id"])
    sales = [{"name": "Color", "value_name": ""}]
    several = len(row["skus"]) > 1
    return {
        "id": row["id"],
        "global_seller_id": row["seller_id"],
        "title": row["title"],
        "description": row["description"],
        "status": row["status"],
        "category_chains": global_catalogue.category_chain(row["category_id"]),
        "main_images": [],
        "create_time": row["create_time"],
        "update_time": row["update_time"],
        "skus": [
            {
                "id": sku["id"],
                "seller_sku": sku["seller_sku"],
                "price": sku["price"],
                "inventory": sku["inventory"],
                "sales_attributes": [{**one, "value_name": sku["colour"]} for one in sales] if several else [],
            }
            for sku in row["skus"]
        ],
        "products": [{name: one[name] for name in ("region", "id", "sku_mappings")} for one in row["products"]],
    }


@endpoints.add("POST", "product/global_products/{global_product_id}/publish", "202309", GLOBAL_WRITE, cipher=False)
def publish(call: Call) -> Document:
    """Into the shops of the regions that are named; the first that cannot take it refuses the call."""
    with call.platform.box.state.batch():
        row = _one(call, call.params["global_product_id"])
        shops = {shop["region"]: shop for shop in call.platform.shops_of(call.seller_id)}
        targets = call.rows("publish_target", 20, 12052910)
        if not targets or not all(isinstance(target, dict) for target in targets):
            raise invalid("publish_target", "expected a list of regions")
        there = {one["region"] for one in row["products"]}
        for target in targets:
            shop = shops.get(word(target.get("region")))
            if shop is None or shop["status"] != "ACTIVE":
                raise Refusal(INACTIVE, f"The region {target.get('region')} is not active")
            if shop["region"] in there:
                raise Refusal(PUBLISHED_ALREADY, f"The product is published in {shop['region']}")
        made = []
        for target in targets:
            shop = shops[target["region"]]
            try:
                take_listing(call.platform, shop)
            except Refusal:
                raise Refusal(FULL, "The limit of published products is reached; it was saved as a draft") from None
            prices = {
                str(sku.get("related_global_sku_id")): sku["price"]
                for sku in target.get("skus") or ()
                if sku.get("price")
            }
            made.append(global_catalogue.sell(call.platform, row, shop, prices))
        row = {**row, "status": "PUBLISHED", "products": [*row["products"], *made], "update_time": call.platform.now()}
        global_catalogue.keep(call.platform, row)
    return {
        "products": [{name: one[name] for name in ("region", "shop_id", "id")} for one in made],
        "publish_result": [{"region": one["region"], "status": "SUCCESS", "fail_reasons": []} for one in made],
    }


@endpoints.add("DELETE", "product/global_products", "202309", GLOBAL_DELETE, cipher=False)
def delete(call: Call) -> Document:
    """Published ones stay; each that cannot be deleted is named."""
    errors = []
    for number in call.rows("global_product_ids", 20, 12019120):
        row = next((row for row in _mine(call) if row["id"] == str(number)), None)
        code = UNKNOWN if row is None else 12052901 if row["products"] else 0
        if row is not None and not code:
            global_catalogue.keep(call.platform, {**row, "status": "DELETED", "update_time": call.platform.now()})
        else:
            errors.append(
                {"code": code, "message": "It cannot be deleted", "detail": {"global_product_id": str(number)}}
            )
    return {"errors": errors}
