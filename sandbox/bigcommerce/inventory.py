"""Locations, inventory items and adjustments (reference section 4)."""

import uuid

from flask import Response, jsonify, request

from sandbox.bigcommerce.answers import body, comma, listing, numbers
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, not_found
from sandbox.bigcommerce.shapes import available, stock_of
from sandbox.state import Document

MAXIMUM, ENTRIES = 2_147_483_647, 2000
Step = tuple[Document, Document, Document, int]  # product, variant, stock by location, new on-hand quantity


class Unprocessable(Refusal):
    """Inventory speaks problem+json."""


@api.errorhandler(Unprocessable)
def problem(refusal: Unprocessable) -> Response:
    answer = jsonify(refusal.body())
    answer.status_code, answer.mimetype = refusal.status, "application/problem+json"
    return answer


@api.get("/v3/inventory/locations")
def list_locations(store_hash: str) -> Response:
    rows = bigcommerce().store(store_hash)["locations"]
    for parameter, field in (("location_id:in", "id"), ("location_code:in", "code"), ("type_id:in", "type_id")):
        if request.args.get(parameter):
            rows = [row for row in rows if str(row[field]) in comma(parameter)]
    for parameter, field in (
        ("is_active", "enabled"),
        ("storefront_visibility", "storefront_visibility"),
        ("managed_by_external_source", "managed_by_external_source"),
    ):
        if request.args.get(parameter):
            rows = [row for row in rows if row[field] == (request.args[parameter].lower() in ("1", "true"))]
    if request.args.get("is_default"):
        rows = [row for row in rows if (row["id"] == 1) == (request.args["is_default"].lower() in ("1", "true"))]
    return listing(rows, lambda row: row, maximum=1000)


@api.get("/v3/inventory/items")
def list_items(store_hash: str) -> Response:
    return items(
        bigcommerce().catalog(store_hash),
        numbers("location_id:in"),
        set(comma("location_code:in")),
    )


@api.get("/v3/inventory/locations/<int:location_id>/items")
def list_location_items(store_hash: str, location_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    if not any(place["id"] == location_id for place in catalog.store["locations"]):
        raise not_found("location", location_id)
    return items(catalog, {location_id}, set())


def items(catalog: Catalog, location_ids: set[int], codes: set[str]) -> Response:
    places = [
        place
        for place in catalog.store["locations"]
        if (not location_ids or place["id"] in location_ids) and (not codes or place["code"] in codes)
    ]
    skus = {sku.lower() for sku in comma("sku:in")}
    variants, products = numbers("variant_id:in"), numbers("product_id:in")
    with catalog.box.state.lock:
        pairs = [
            (product, variant)
            for product in catalog.products.values()
            for variant in product["variants"]
            if (not skus or variant.get("sku", "").lower() in skus)
            and (not variants or variant["id"] in variants)
            and (not products or product["id"] in products)
        ]
        return listing(pairs, lambda pair: item_row(pair[0], pair[1], places), maximum=1000)


def item_row(product: Document, variant: Document, places: list[Document]) -> Document:
    stock = stock_of(product, variant)
    levels = [(place, stock.get(str(place["id"]), {"onhand": 0, "safety": 0})) for place in places]
    return {
        "identity": {
            "sku": variant.get("sku", ""),
            "variant_id": variant["id"],
            "product_id": product["id"],
            "sku_id": variant.get("sku_id"),
        },
        "locations": [
            {
                "location_id": place["id"],
                "location_code": place["code"],
                "location_name": place["label"],
                "available_to_sell": level["onhand"] - level["safety"],
                "total_inventory_onhand": level["onhand"],
                "location_enabled": place["enabled"],
                "settings": {
                    "safety_stock": level["safety"],
                    "is_in_stock": level["onhand"] > level["safety"],
                    "warning_level": product.get("inventory_warning_level", 0),
                    "bin_picking_number": variant.get("bin_picking_number", ""),
                },
            }
            for place, level in levels
        ],
    }


@api.put("/v3/inventory/adjustments/absolute")
def absolute(store_hash: str) -> Response:
    """Set on-hand quantities; never refused for being too small."""
    return adjust(bigcommerce().catalog(store_hash), relative=False)


@api.post("/v3/inventory/adjustments/relative")
def relative(store_hash: str) -> Response:
    """Add or subtract: all of the request or nothing."""
    return adjust(bigcommerce().catalog(store_hash), relative=True)


def adjust(catalog: Catalog, relative: bool) -> Response:
    rows = body().get("items")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Unprocessable(422, "Items are required", {"items": "error.path.missing"})
    if len(rows) > ENTRIES:
        raise Unprocessable(422, f"At most {ENTRIES} items are allowed per request", {"items": "too many"})
    with catalog.box.state.lock:
        pending: dict[tuple[int, int], int] = {}
        steps = [plan(catalog, place, row, relative, pending) for place, row in enumerate(rows)]
        for row, (product, _, stock, onhand) in zip(rows, steps, strict=True):
            stock.setdefault(str(row["location_id"]), {"onhand": 0, "safety": 0})["onhand"] = onhand
            catalog.touch(product)
    for product, variant, stock, _ in steps:
        catalog.fire_stock(product, variant, available(stock, catalog.store))
        catalog.fire("store/product/updated", {"type": "product", "id": product["id"]})
    return jsonify({"transaction_id": str(uuid.uuid4())})


def plan(catalog: Catalog, place: int, row: Document, relative: bool, pending: dict[tuple[int, int], int]) -> Step:
    """What one entry would do; raises for anything that is wrong with it. `pending` sums repeated entries."""
    whole = ("location_id", "quantity")
    wrong = {f"items.{place}.{name}": "must be an integer" for name in whole if type(row.get(name)) is not int}
    if wrong:
        raise Unprocessable(422, "Invalid fields", wrong)
    if not any(known["id"] == row["location_id"] for known in catalog.store["locations"]):
        raise Unprocessable(422, "The location does not exist", {f"items.{place}.location_id": "unknown location"})
    product, variant = identify(catalog, place, row)
    stock = stock_of(product, variant)
    known, holder = stock.get(str(row["location_id"])), (id(stock), row["location_id"])
    quantity = int(row["quantity"])
    if relative:
        if known is None:
            raise Unprocessable(
                422, "The item needs an absolute adjustment first", {f"items.{place}": "no inventory record"}
            )
        quantity += pending.get(holder, known["onhand"])
        if quantity < known["safety"]:
            raise Unprocessable(
                422, "The result would be below the safety stock", {f"items.{place}.quantity": "too small"}
            )
    if not 0 <= quantity <= MAXIMUM:
        raise Unprocessable(422, "Invalid fields", {f"items.{place}.quantity": f"must be between 0 and {MAXIMUM}"})
    pending[holder] = quantity
    return product, variant, stock, quantity


def identify(catalog: Catalog, place: int, row: Document) -> tuple[Document, Document]:
    """The item by exactly one of sku, variant_id, product_id; the identity must fit what is tracked."""
    given = [name for name in ("sku", "variant_id", "product_id") if name in row]
    if len(given) != 1:
        raise Unprocessable(
            422, "Invalid fields", {f"items.{place}": "exactly one of sku, variant_id, product_id is required"}
        )
    name, value = given[0], row[given[0]]
    if type(value) is not (str if name == "sku" else int):
        raise Unprocessable(422, "Invalid fields", {f"items.{place}.{name}": "is of the wrong type"})
    product: Document | None
    if name == "product_id":
        product = catalog.products.get(str(value))
        variant_id = product["variants"][0]["id"] if product else 0
    else:
        variant_id = catalog.skus.get(str(value).lower(), (0, 0))[1] if name == "sku" else int(value)
        product = catalog.products.get(str(catalog.variant_of.get(variant_id, 0)))
    if product is None:
        raise Unprocessable(422, "The item does not exist", {f"items.{place}.{name}": "unknown item"})
    many = not product["base_variant_id"]
    if many and product.get("inventory_tracking") == "product" and name != "product_id":
        raise Unprocessable(
            422, "The inventory is tracked by product; use product_id", {f"items.{place}.{name}": "wrong identity"}
        )
    if many and product.get("inventory_tracking") == "variant" and name == "product_id":
        raise Unprocessable(
            422,
            "The inventory is tracked by variant; use sku or variant_id",
            {f"items.{place}.{name}": "wrong identity"},
        )
    return catalog.variant(variant_id)
