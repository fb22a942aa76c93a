"""Stock: update one product's SKUs, search many (reference 4.12)."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.products import CLOSED, own_product
from sandbox.tiktok.refusal import Refusal, invalid
from sandbox.tiktok.rules_offer import check_quantity, check_warehouse
from sandbox.tiktok.scopes import PRODUCT_READ, PRODUCT_WRITE
from sandbox.tiktok.submission import rows

Document = dict[str, Any]

PRODUCTS_MAXIMUM, SKUS_MAXIMUM = 100, 600
LOCKS = {
    "shared": (12052921, "The stock is shared with the product this one was copied from"),
    "bundle": (12052850, "The stock of a bundle follows from its parts"),
}


@endpoints.add("POST", "product/products/{product_id}/inventory/update", "202309", PRODUCT_WRITE)
def update(call: Call) -> Document:
    """Absolute values for every warehouse of each SKU; a SKU that fails is told, the others are stored."""
    sent = rows(call.body, "skus")
    if not sent:
        raise invalid("skus", "expected at least one SKU")
    errors: list[Document] = []
    with call.platform.box.state.lock:
        product = own_product(call, call.params["product_id"])
        if product["status"] in CLOSED:
            raise Refusal(12052901, f"The stock of a product in {product['status']} cannot change")
        for lock in product.get("locks", ()):
            if lock in LOCKS:
                raise Refusal(*LOCKS[lock])
        stock = dict(product["stock"])
        for sku in sent:
            check_sku(call, product, sku.get("id"))
        for sku in sent:
            found = _failures(call, stock[str(sku["id"])], rows(sku, "inventory"))
            if found:
                errors.append(
                    {
                        "code": found[0]["code"],
                        "message": found[0]["message"],
                        "detail": {"sku_id": str(sku["id"]), "extra_errors": found},
                    }
                )
            elif not _forgets(call, product["id"]):
                stock[str(sku["id"])] = _merged(stock[str(sku["id"])], rows(sku, "inventory"))
        changed = {**product, "stock": stock, "update_time": call.platform.now()}
        if call.platform.knobs["stock_lag"]:
            until = call.platform.box.clock.now() + float(call.platform.knobs["stock_lag"])
            changed["shown_stock"] = {"until": until, "stock": _shown(call, product)}
        call.platform.products.put(changed)
    return {"errors": errors}


def _forgets(call: Call, product_id: str) -> bool:
    """Every so-manieth update is taken, answered as usual, and forgotten; which ones, follows from their count."""
    share = float(call.platform.knobs["stock_ignored"])
    number = call.platform.box.state.next_number("tiktok_stock_updates")
    return share > 0 and int(number * share) > int((number - 1) * share)


def _shown(call: Call, product: Document) -> Document:
    """What the stock search shows: for a while after a change the numbers before it."""
    held: Document = product.get("shown_stock") or {}
    stock: Document = held["stock"] if held.get("until", 0) > call.platform.box.clock.now() else product["stock"]
    return stock


def check_sku(call: Call, product: Document, sku_id: object) -> None:
    """The SKU is one of the product's."""
    if str(sku_id) not in product["stock"]:
        known = call.platform.products.by_sku.get(str(sku_id))
        if known and known != product["id"]:
            raise Refusal(12052557, f"The SKU {sku_id} belongs to another product")
        raise Refusal(12052556, f"The SKU {sku_id} does not exist")


def _failures(call: Call, assigned: Document, inventory: list[Document]) -> list[Document]:
    single = next(iter(assigned)) if len(assigned) == 1 else None
    numbers = [str(row.get("warehouse_id") or single) for row in inventory]
    found = []
    for row, number in zip(inventory, numbers, strict=True):
        problems = list(check_warehouse(call.platform, call.shop, number)) or list(
            check_quantity(row.get("quantity"), 0)
        )
        if not problems and number not in assigned:
            problems = [(12052533, f"The warehouse {number} is not assigned to the SKU")]
        found += [{"warehouse_id": number, "code": code, "message": message} for code, message in problems]
    for number in assigned:
        if number not in numbers:
            found.append({"warehouse_id": number, "code": 12052037, "message": f"The warehouse {number} is missing"})
    if len(set(numbers)) < len(numbers):
        found.append({"warehouse_id": "", "code": 12052555, "message": "A warehouse is named twice"})
    return found


def _merged(assigned: Document, inventory: list[Document]) -> Document:
    single = next(iter(assigned))
    sent = {str(row.get("warehouse_id") or single): row["quantity"] for row in inventory}
    return {number: {**row, "quantity": sent[number]} for number, row in assigned.items()}


@endpoints.add("POST", "product/inventory/search", "202309", PRODUCT_READ)
def search(call: Call) -> Document:
    sku_ids = {str(number) for number in call.rows("sku_ids", SKUS_MAXIMUM, 12019015)}
    product_ids = [str(number) for number in call.rows("product_ids", PRODUCTS_MAXIMUM, 12019120)]
    if not sku_ids and not product_ids:
        raise Refusal(12019008, "product_ids or sku_ids is needed")
    store = call.platform.products
    if sku_ids:
        product_ids = list(dict.fromkeys(store.by_sku[number] for number in sku_ids if number in store.by_sku))
    found = []
    for number in product_ids:
        product = own_product(call, number)
        skus = [sku for sku in product["content"]["skus"] if not sku_ids or sku["id"] in sku_ids]
        found.append({"product_id": number, "skus": [_sku(_shown(call, product), sku) for sku in skus]})
    return {"inventory": found}


def _sku(stock: Document, sku: Document) -> Document:
    places = stock.get(sku["id"], {})
    available = sum(row["quantity"] for row in places.values())
    return {
        "id": sku["id"],
        "seller_sku": sku.get("seller_sku", ""),
        "total_available_quantity": available,
        "total_committed_quantity": sum(row["committed"] for row in places.values()),
        "total_available_inventory_distribution": {
            "campaign_inventory": [],
            "creator_inventory": [],
            "in_shop_inventory": {"quantity": available},
        },
        "warehouse_inventory": [
            {"warehouse_id": number, "available_quantity": row["quantity"], "committed_quantity": row["committed"]}
            for number, row in places.items()
        ],
    }
