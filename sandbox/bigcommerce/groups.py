"""Brands, category trees and the deprecated category list (reference 3.7)."""

import uuid

from flask import Response, jsonify, request

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.answers import body, body_list, listing, nothing, numbers, one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import invalid, not_found
from sandbox.bigcommerce.validation import PLAIN, checked
from sandbox.state import Document

TREE = 1


def chosen(rows: list[Document], keys: dict[str, str]) -> list[Document]:
    """The rows that fit `<parameter>:in`, `:not_in` (keys: parameter -> field), `name`, `name:like`, `keyword`."""
    for parameter, field in keys.items():
        for name in (parameter, f"{parameter}:in"):
            if request.args.get(name):
                rows = [row for row in rows if row[field] in numbers(name)]
        if request.args.get(f"{parameter}:not_in"):
            rows = [row for row in rows if row[field] not in numbers(f"{parameter}:not_in")]
    name, like = (
        request.args.get("name", "").lower(),
        (request.args.get("name:like") or request.args.get("keyword") or "").lower(),
    )
    return [row for row in rows if (not name or row["name"].lower() == name) and like in row["name"].lower()]


@api.get("/v3/catalog/brands")
def list_brands(store_hash: str) -> Response:
    rows = chosen(list(bigcommerce().catalog(store_hash).brands.values()), {"id": "id"})
    return listing(
        sorted(rows, key=lambda row: str(row["name"])) if request.args.get("sort") == "name" else rows, lambda row: row
    )


@api.post("/v3/catalog/brands")
def create_brand(store_hash: str) -> Response:
    return one(parts.add_brand(bigcommerce().catalog(store_hash), body()))


@api.get("/v3/catalog/brands/<brand_id>")
def get_brand(store_hash: str, brand_id: str) -> Response:
    brands = bigcommerce().catalog(store_hash).brands
    if brand_id not in brands:
        raise not_found("brand", brand_id)
    return one(brands[brand_id])


@api.put("/v3/catalog/brands/<brand_id>")
def update_brand(store_hash: str, brand_id: str) -> Response:
    brands = bigcommerce().catalog(store_hash).brands
    if brand_id not in brands:
        raise not_found("brand", brand_id)
    brands[brand_id] = {**brands[brand_id], **checked(PLAIN["brand"], body())}
    return one(brands[brand_id])


@api.delete("/v3/catalog/brands/<brand_id>")
def delete_brand(store_hash: str, brand_id: str) -> Response:
    bigcommerce().catalog(store_hash).brands.pop(brand_id, None)
    return nothing()


@api.get("/v3/catalog/trees")
def list_trees(store_hash: str) -> Response:
    return listing(
        [{"id": TREE, "name": "Default catalog tree", "channels": bigcommerce().store(store_hash)["channels"]}],
        lambda row: row,
    )


@api.get("/v3/catalog/trees/<int:tree_id>/categories")
def tree(store_hash: str, tree_id: int) -> Response:
    if tree_id != TREE:
        raise not_found("category tree", tree_id)
    return one(branch(list(bigcommerce().catalog(store_hash).categories.values()), 0, []))


def branch(rows: list[Document], parent: int, above: list[int]) -> list[Document]:
    return [
        {
            "id": row["id"],
            "parent_id": parent,
            "depth": len(above),
            "path": [*above, row["id"]],
            "name": row["name"],
            "is_visible": row["is_visible"],
            "url": parts.address(row["name"], row["id"]),
            "children": branch(rows, row["id"], [*above, row["id"]]),
        }
        for row in rows
        if row["parent_id"] == parent
    ]


def tree_row(store_hash: str, row: Document) -> Document:
    """A category as the tree API shows it."""
    shown = {key: value for key, value in row.items() if key != "id"}
    return {
        "category_id": row["id"],
        "category_uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{store_hash}/{row['id']}")),
        "tree_id": TREE,
        **shown,
        "url": {"path": parts.address(row["name"], row["id"]), "is_customized": False},
    }


@api.get("/v3/catalog/trees/categories")
def list_tree_categories(store_hash: str) -> Response:
    rows = list(bigcommerce().catalog(store_hash).categories.values())
    if request.args.get("tree_id:in") and TREE not in numbers("tree_id:in"):
        rows = []
    return listing(chosen(rows, {"category_id": "id", "parent_id": "parent_id"}), lambda row: tree_row(store_hash, row))


@api.post("/v3/catalog/trees/categories")
def create_tree_categories(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    return one([tree_row(store_hash, parts.add_category(catalog, row)) for row in body_list()], status=201)


@api.put("/v3/catalog/trees/categories")
def update_tree_categories(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    for row in body_list():
        change(catalog, str(row.get("category_id")), row)
    return one([tree_row(store_hash, catalog.categories[str(row["category_id"])]) for row in body_list()])


@api.delete("/v3/catalog/trees/categories")
def delete_tree_categories(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    if not request.args.get("category_id:in"):
        raise invalid({"category_id:in": "A filter is required to delete categories"})
    for number in numbers("category_id:in"):
        if catalog.categories.pop(str(number), None):
            catalog.fire("store/category/deleted", {"type": "category", "id": number})
    answer = jsonify({})  # an empty object, not an empty body, says the published description
    answer.status_code = 202
    return answer


def change(catalog: Catalog, number: str, given: Document) -> Document:
    if number not in catalog.categories:
        raise not_found("category", number)
    catalog.categories[number] = {**catalog.categories[number], **checked(PLAIN["category"], given)}
    catalog.fire("store/category/updated", {"type": "category", "id": int(number)})
    row: Document = catalog.categories[number]
    return row


def old_row(row: Document) -> Document:
    """A category as the deprecated API shows it."""
    return {**row, "custom_url": {"url": parts.address(row["name"], row["id"]), "is_customized": False}}


@api.get("/v3/catalog/categories")
def list_categories(store_hash: str) -> Response:
    rows = list(bigcommerce().catalog(store_hash).categories.values())
    return listing(chosen(rows, {"id": "id", "parent_id": "parent_id"}), old_row)


@api.post("/v3/catalog/categories")
def create_category(store_hash: str) -> Response:
    return one(old_row(parts.add_category(bigcommerce().catalog(store_hash), body())))


@api.get("/v3/catalog/categories/<category_id>")
def get_category(store_hash: str, category_id: str) -> Response:
    categories = bigcommerce().catalog(store_hash).categories
    if category_id not in categories:
        raise not_found("category", category_id)
    return one(old_row(categories[category_id]))


@api.put("/v3/catalog/categories/<category_id>")
def update_category(store_hash: str, category_id: str) -> Response:
    return one(old_row(change(bigcommerce().catalog(store_hash), category_id, body())))
