"""/v3/catalog/products and /v3/catalog/summary (reference 3.2)."""

from flask import Response, jsonify, request

from sandbox.bigcommerce.answers import body, body_list, comma, listing, nothing, one, trim
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.filters import compile_filters, select
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import STATUS_PAGE, Refusal, invalid
from sandbox.bigcommerce.shapes import SUBRESOURCES, product_row, variant_row
from sandbox.state import Document

BATCH = 10
COMPLETE = ["variants", "images", "custom_fields", "options", "modifiers"]


def included() -> list[str]:
    wanted = comma("include")
    unknown = [name for name in wanted if name not in SUBRESOURCES]
    if unknown:
        raise Refusal(422, "Invalid query parameters", {"include": f"unknown: {', '.join(unknown)}"})
    return wanted


def selected(catalog: Catalog) -> list[Document]:
    return select(catalog.ids, catalog.products, request.args, catalog.store)


@api.get("/v3/catalog/products")
def list_products(store_hash: str) -> Response:
    catalog, include = bigcommerce().catalog(store_hash), included()
    cap = 10 if {"options", "modifiers"} & set(include) else None
    with catalog.box.state.lock:
        return listing(selected(catalog), lambda product: product_row(product, catalog.store, include), cap=cap)


@api.post("/v3/catalog/products")
def create_product(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.create(body())
    return one(trim(product_row(product, catalog.store, included() or COMPLETE)))


@api.put("/v3/catalog/products")
def update_products(store_hash: str) -> Response:
    """A batch: 200 when all went well, 207 with what failed when some did not."""
    catalog, rows = bigcommerce().catalog(store_hash), body_list()
    if len(rows) > BATCH:
        raise Refusal(413, f"The maximum number of products per batch is {BATCH}")
    if any(type(row.get("id")) is not int for row in rows):
        raise invalid({"id": "error.path.missing: id is required in each product"})
    done, failed = [], {}
    for row in rows:
        try:
            done.append(product_row(catalog.update(row["id"], row), catalog.store, included()))
        except Refusal as refusal:
            failed[str(row["id"])] = refusal
    if failed and not done:
        raise next(iter(failed.values()))
    if not failed:
        return one([trim(row) for row in done], {"pagination": {"total": len(done), "count": len(done)}})
    return partly([trim(row) for row in done], failed)


def partly(done: list[Document], failed: dict[str, Refusal]) -> Response:
    """207: what was saved, and per product id and field why the rest was not."""
    texts = {
        f"{number}.{name}": text
        for number, refusal in failed.items()
        for name, text in (refusal.errors or {"product": refusal.title}).items()
    }
    answer = jsonify(
        {
            "data": done,
            "meta": {"total": len(done) + len(failed), "success": len(done), "failed": len(failed)},
            "errors": {"status": 207, "title": "Some products were not updated", "type": STATUS_PAGE, "errors": texts},
        }
    )
    answer.status_code = 207
    return answer


@api.delete("/v3/catalog/products")
def delete_products(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    if not compile_filters(request.args, catalog.store):
        raise Refusal(422, "A filter is required to delete products")
    for product in selected(catalog)[:250]:
        catalog.delete(product["id"])
    return nothing()


@api.get("/v3/catalog/products/<int:product_id>")
def get_product(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    return one(trim(product_row(catalog.get(product_id), catalog.store, included())))


@api.put("/v3/catalog/products/<int:product_id>")
def update_product(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    return one(trim(product_row(catalog.update(product_id, body()), catalog.store, included())))


@api.delete("/v3/catalog/products/<int:product_id>")
def delete_product(store_hash: str, product_id: int) -> Response:
    bigcommerce().catalog(store_hash).delete(product_id)
    return nothing()


@api.get("/v3/catalog/summary")
def summary(store_hash: str) -> Response:
    """Counts and price range over all variants."""
    catalog = bigcommerce().catalog(store_hash)
    with catalog.box.state.lock:
        rows = [
            variant_row(product, variant, catalog.store)
            for product in catalog.products.values()
            for variant in product["variants"]
        ]
        dates = sorted(product["date_created"] for product in catalog.products.values())
        first = next(iter(catalog.categories.values()), {"id": 0, "name": ""})
    prices = [row["calculated_price"] for row in rows] or [0]
    return one(
        {
            "inventory_count": sum(row["inventory_level"] for row in rows),
            "variant_count": len(rows),
            "inventory_value": round(sum(row["inventory_level"] * row["calculated_price"] for row in rows), 2),
            "highest_variant_price": max(prices),
            "average_variant_price": round(sum(prices) / len(prices), 4),
            "lowest_variant_price": str(min(prices)),
            "oldest_variant_date": dates[0] if dates else "",
            "newest_variant_date": dates[-1] if dates else "",
            "primary_category_id": first["id"],
            "primary_category_name": first["name"],
        }
    )
