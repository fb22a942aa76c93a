"""What a global seller's global store holds on the first day, and how a product of it gets into a market's shop."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.category_tree import TREES
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.product_store import PRODUCT_BASE, SKU_BASE, SKUS_PER_PRODUCT

Document = dict[str, Any]

GLOBAL_BASE, GLOBAL_SKU_BASE, GLOBAL_PLACE = 1732000000000000000, 1733000000000000000, "7400000000000000105"
THINGS = ("mug", "lamp", "blanket", "tray", "vase", "stool", "clock", "basket")
LOOKS = ("Stoneware", "Walnut", "Linen", "Brass", "Smoked glass", "Recycled wool")
COLOURS = ("Ink", "Sand", "Moss")
CATEGORY = "600123"
MARKETS = {"FR": 1, "DE": 3, "GB": 4}  # every such-manieth published product is in this market
DAY = 86_400


def of_seller(shared: Platform, seller_id: str) -> list[Document]:
    """The global products of a seller, newest first."""
    rows = shared.box.state.collection("tiktok_global_products")
    started = shared.box.state.collection("tiktok_global_sellers")
    if seller_id not in started and shared.sellers[seller_id]["kind"] == "CROSS_BORDER":
        with shared.box.state.batch():
            started[seller_id] = {"seller_id": seller_id}
            _begin(shared, seller_id)
    return [row for row in reversed(list(rows.values())) if row["seller_id"] == seller_id]


def find(shared: Platform, seller_id: str, number: object) -> Document | None:
    return next((row for row in of_seller(shared, seller_id) if row["id"] == str(number)), None)


def keep(shared: Platform, row: Document) -> None:
    shared.box.state.collection("tiktok_global_products")[row["id"]] = row


def next_number(shared: Platform) -> int:
    return shared.box.state.next_number("tiktok_global_products")


def _begin(shared: Platform, seller_id: str) -> None:
    shops = {shop["region"]: shop for shop in shared.shops.values() if shop["seller_id"] == seller_id}
    now = shared.now()
    for place, (look, thing) in enumerate((look, thing) for look in LOOKS for thing in THINGS):
        row = _product(
            seller_id, next_number(shared), look, thing, place, now - (len(LOOKS) * len(THINGS) - place) * DAY
        )
        if row["status"] == "PUBLISHED":
            row["products"] = [
                sell(shared, row, shops[market]) for market, share in MARKETS.items() if place % share == 0
            ]
        keep(shared, row)


def _product(seller_id: str, number: int, look: str, thing: str, place: int, made: int) -> Document:
    status = "DRAFT" if place % 12 == 11 else "UNPUBLISHED" if place % 6 == 5 else "PUBLISHED"
    colours = COLOURS[: 1 + place % 3]
    code = "".join(word[0] for word in look.upper().split()) + f"-{thing[:3].upper()}"
    return {
        "id": str(GLOBAL_BASE + number),
        "seller_id": seller_id,
        "number": number,
        "title": f"{look} {thing} of the Atlas house collection",
        "description": f"<p>A {thing} in {look.lower()}, made for every day.</p>",
        "category_id": CATEGORY,
        "status": status,
        "create_time": made,
        "update_time": made,
        "products": [],
        "skus": [
            {
                "id": str(GLOBAL_SKU_BASE + number * SKUS_PER_PRODUCT + index),
                "seller_sku": f"ATL-{code}-{place:02d}-{colour[:2].upper()}",
                "colour": colour,
                "price": {"amount": f"{12 + place}.50", "currency": "USD"},
                "inventory": [{"global_warehouse_id": GLOBAL_PLACE, "quantity": 10 + 7 * place % 90}],
            }
            for index, colour in enumerate(colours, 1)
        ],
    }


def category_chain(category_id: str) -> list[Document]:
    return [
        {"id": one.id, "parent_id": one.parent_id, "local_name": one.name, "is_leaf": one.is_leaf}
        for one in TREES["v2"].chain(category_id)
    ]


def sell(shared: Platform, row: Document, shop: Document, prices: dict[str, Document] | None = None) -> Document:
    """Makes the local product of one market, on sale at once; answers how the global product names it."""
    number, currency = shared.products.next_product_number(), shared.market(shop).currency
    warehouse = next(
        place["id"] for place in shared.warehouses[shop["id"]].values() if place["type"] == "SALES_WAREHOUSE"
    )
    ids = {sku["id"]: str(SKU_BASE + number * SKUS_PER_PRODUCT + index) for index, sku in enumerate(row["skus"], 1)}
    several = len(row["skus"]) > 1
    skus = [
        {
            "id": ids[sku["id"]],
            "seller_sku": sku["seller_sku"],
            "sales_attributes": [{"name": "Color", "value_name": sku["colour"]}] if several else [],
        }
        for sku in row["skus"]
    ]
    said = prices or {}
    shared.products.put(
        {
            "id": str(PRODUCT_BASE + number),
            "number": number,
            "shop_id": shop["id"],
            "global_id": row["id"],
            "status": "ACTIVATE",
            "audit": {"status": "APPROVED"},
            "audit_failed_reasons": [],
            "content": {
                "title": row["title"],
                "description": row["description"],
                "category_id": row["category_id"],
                "category_version": "v2",
                "main_images": [],
                "package_weight": {"value": "0.5", "unit": "KILOGRAM"},
                "skus": skus,
            },
            "review": None,
            "draft": None,
            "prices": {
                ids[sku["id"]]: said.get(sku["id"]) or {"amount": sku["price"]["amount"], "currency": currency}
                for sku in row["skus"]
            },
            "stock": {
                ids[sku["id"]]: {warehouse: {"quantity": sku["inventory"][0]["quantity"], "committed": 0}}
                for sku in row["skus"]
            },
            "next_sku": len(skus) + 1,
            "create_time": shared.now(),
            "update_time": shared.now(),
            "audit_no": 0,
            "submitted": True,
            "passed": True,
            "idempotency_key": "",
            "switched_off": [],
        }
    )
    return {
        "region": shop["region"],
        "shop_id": shop["id"],
        "id": str(PRODUCT_BASE + number),
        "sku_mappings": [{"global_sku_id": key, "local_sku_id": value} for key, value in ids.items()],
    }
