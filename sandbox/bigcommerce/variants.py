"""/v3/catalog/variants and the variants, options and modifiers of one product (reference 3.3, 3.4)."""

from flask import Response, jsonify, request

from sandbox.bigcommerce import parts
from sandbox.bigcommerce.answers import body, body_list, comma, listing, nothing, one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, invalid, not_found
from sandbox.bigcommerce.shapes import modifier_row, option_row, variant_row
from sandbox.state import Document

BATCH = 50


@api.get("/v3/catalog/variants")
def list_variants(store_hash: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    wanted = {
        name: set(comma(name))
        for name in ("id", "id:in", "sku", "sku:in", "upc", "product_id", "product_id:in")
        if request.args.get(name)
    }
    with catalog.box.state.lock:
        pairs = [
            (product, variant)
            for product in catalog.products.values()
            for variant in product["variants"]
            if all(str(seen(product, variant, name)) in values for name, values in wanted.items())
        ]
        return listing(pairs, lambda pair: variant_row(pair[0], pair[1], catalog.store))


def seen(product: Document, variant: Document, name: str) -> object:
    field = name.partition(":")[0]
    return product["id"] if field == "product_id" else variant.get(field, "")


@api.put("/v3/catalog/variants")
def update_variants(store_hash: str) -> Response:
    """A batch of at most 50; what is refused is listed in `batch_errors`, the rest is saved."""
    catalog, rows = bigcommerce().catalog(store_hash), body_list()
    if len(rows) > BATCH:
        raise Refusal(413, f"The maximum number of variants per batch is {BATCH}")
    done, failed = [], []
    for place, row in enumerate(rows):
        try:
            if type(row.get("id")) is not int:
                raise invalid({"id": "id must be an integer"})
            product, _ = catalog.variant(row["id"])
            done.append(variant_row(product, catalog.update_variant(row["id"], row), catalog.store))
        except Refusal as refusal:
            failed.append({**refusal.body(), "instance": f"/{place}"})
    if failed:
        answer = jsonify({"batch_errors": failed})
        answer.status_code = 422
        return answer
    return one(done)


@api.get("/v3/catalog/products/<int:product_id>/variants")
def product_variants(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    return listing(product["variants"], lambda variant: variant_row(product, variant, catalog.store))


@api.post("/v3/catalog/products/<int:product_id>/variants")
def create_variant(store_hash: str, product_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    return one(variant_row(product, parts.create_variant(catalog, product, body()), catalog.store))


@api.get("/v3/catalog/products/<int:product_id>/variants/<int:variant_id>")
def get_variant(store_hash: str, product_id: int, variant_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product, variant = catalog.variant(variant_id)
    if product["id"] != product_id:
        raise not_found("variant", variant_id)
    return one(variant_row(product, variant, catalog.store))


@api.put("/v3/catalog/products/<int:product_id>/variants/<int:variant_id>")
def update_variant(store_hash: str, product_id: int, variant_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product, _ = catalog.variant(variant_id)
    if product["id"] != product_id:
        raise not_found("variant", variant_id)
    return one(variant_row(product, catalog.update_variant(variant_id, body()), catalog.store))


@api.delete("/v3/catalog/products/<int:product_id>/variants/<int:variant_id>")
def delete_variant(store_hash: str, product_id: int, variant_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    with catalog.box.state.lock:
        product, variant = catalog.variant(variant_id)
        if product["id"] != product_id:
            raise not_found("variant", variant_id)
        if len(product["variants"]) == 1:
            raise Refusal(409, "A product keeps at least one variant")
        catalog.drop_index(product)
        product["variants"].remove(variant)
        catalog.note(product)
        catalog.touch(product)
    catalog.fire("store/sku/deleted", catalog.sku_data(product, variant))
    return nothing()


@api.get("/v3/catalog/products/<int:product_id>/<any(options, modifiers):kind>")
def list_options(store_hash: str, product_id: int, kind: str) -> Response:
    product = bigcommerce().catalog(store_hash).get(product_id)
    show = modifier_row if kind == "modifiers" else option_row
    return listing(product[kind], lambda option: show(product, option))


@api.post("/v3/catalog/products/<int:product_id>/<any(options, modifiers):kind>")
def create_option(store_hash: str, product_id: int, kind: str) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    with catalog.box.state.lock:
        product = catalog.get(product_id)
        option = parts.add_option(catalog, product, body(), kind)
        catalog.touch(product)
    catalog.fire(f"store/{kind[:-1]}/updated", {"type": kind[:-1], "id": option["id"]})
    return one((modifier_row if kind == "modifiers" else option_row)(product, option))


@api.get("/v3/catalog/products/<int:product_id>/<any(options, modifiers):kind>/<int:option_id>")
def get_option(store_hash: str, product_id: int, kind: str, option_id: int) -> Response:
    product = bigcommerce().catalog(store_hash).get(product_id)
    option = next((option for option in product[kind] if option["id"] == option_id), None)
    if option is None:
        raise not_found(kind[:-1], option_id)
    return one((modifier_row if kind == "modifiers" else option_row)(product, option))


@api.delete("/v3/catalog/products/<int:product_id>/modifiers/<int:modifier_id>")
def delete_modifier(store_hash: str, product_id: int, modifier_id: int) -> Response:
    catalog = bigcommerce().catalog(store_hash)
    product = catalog.get(product_id)
    product["modifiers"] = [modifier for modifier in product["modifiers"] if modifier["id"] != modifier_id]
    catalog.touch(product)
    catalog.fire("store/product/updated", {"type": "product", "id": product_id})
    return nothing()
