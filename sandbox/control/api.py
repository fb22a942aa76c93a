"""The control page's JSON twins under /control/api, for the product's clock and for tests."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.bigcommerce.panel import refuse_foreign_forms
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, refuse
from sandbox.bigcommerce.seeds import FIRST
from sandbox.bigcommerce.shapes import product_row
from sandbox.box import sandbox
from sandbox.catalog import KINDS
from sandbox.catalog.export_file import BYTES
from sandbox.control import actions, catalog_actions

control_api = Blueprint("control_api", __name__, url_prefix="/control/api")
control_api.before_request(refuse_foreign_forms)
control_api.register_error_handler(Refusal, refuse)


def given() -> dict[str, Any]:
    value = request.get_json(silent=True)
    return value if isinstance(value, dict) else {}


def whole(name: str, default: int) -> int:
    value = given().get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(422, "Invalid value", {name: "must be an integer"})
    return value


@control_api.get("/clock")
def clock() -> Response:
    box = sandbox()
    return jsonify({"now": box.clock.now(), "offset": box.clock.offset})


@control_api.post("/clock")
def advance() -> Response:
    """{"advance": seconds}; only forwards."""
    seconds = given().get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise Refusal(422, "Invalid value", {"advance": "must be a number of seconds, zero or more"})
    sandbox().clock.advance(float(seconds))
    return clock()


@control_api.post("/catalog")
def add_catalog() -> Response:
    """{"store", "seed", "size", "quiet", "troubles", "share"} → {"created"}; see `catalog_actions.mix_of`."""
    mix = catalog_actions.mix_of(given().get("troubles", "everyday"), given().get("share"))
    store, size = str(given().get("store", FIRST)), whole("size", sum(mix.counts.values()) or 100)
    return jsonify(
        {"created": catalog_actions.add_products(store, whole("seed", 1), size, bool(given().get("quiet")), mix)}
    )


@control_api.get("/catalog/troubles")
def troubles() -> Response:
    """`?store=` → {"counts": {kind: number}, "products": {id: [kinds]}, "kinds": {kind: words}}."""
    found = catalog_actions.troubles_of(bigcommerce().catalog(request.args.get("store", FIRST)))
    words = {kind: trouble.words for kind, trouble in KINDS.items()}
    return jsonify({"counts": catalog_actions.trouble_counts(found), "products": found, "kinds": words})


@control_api.post("/catalog/file")
def catalog_file() -> Response:
    """A product export as the body, `?store=` and `?replace=1` → {"products", "variants", "images", "troubles"}."""
    request.max_content_length = BYTES
    store, replace = request.args.get("store", FIRST), request.args.get("replace") == "1"
    return jsonify(asdict(catalog_actions.take_file(store, request.get_data(), replace)))


@control_api.patch("/products/<store_hash>/<int:product_id>")
def edit_product(store_hash: str, product_id: int) -> Response:
    product = actions.edit_product(store_hash, product_id, given())
    return jsonify({"data": product_row(product, bigcommerce().store(store_hash), ["variants"])})


@control_api.delete("/products/<store_hash>/<int:product_id>")
def delete_product(store_hash: str, product_id: int) -> Response:
    bigcommerce().catalog(store_hash).delete(product_id)
    return Response(status=204)


@control_api.post("/bigcommerce/latency")
def latency() -> Response:
    """{"milliseconds", "store"}; without a store, all of them."""
    for store_hash in targets():
        actions.change_store(store_hash, latency=whole("milliseconds", 0))
    return jsonify({"stores": targets()})


@control_api.post("/bigcommerce/quota")
def quota() -> Response:
    """{"requests", "store", "used_by_others"}: requests per 30 s, 0 for no limit."""
    for store_hash in targets():
        if "requests" in given():
            actions.change_store(store_hash, quota=whole("requests", 450))
        actions.burden(store_hash, whole("used_by_others", 0))
    return jsonify({"stores": targets()})


@control_api.get("/bigcommerce/orders")
def orders() -> Response:
    """The truth about orders of `?store=`: how many were ever created, and which marketplace numbers came twice."""
    store = bigcommerce().store(request.args.get("store", FIRST))
    book = bigcommerce().orders[store["hash"]]
    doubled = {number: ids for number, ids in book.by_external.items() if len(ids) > 1}
    statuses = {str(order["id"]): order["status_id"] for order in book.orders.values()}
    return jsonify(
        {"created": len(book.orders), "by_external": book.by_external, "doubled": doubled, "statuses": statuses}
    )


@control_api.post("/bigcommerce/orders")
def order_lag() -> Response:
    """{"lag": seconds, "store"}: so long a new order is missing from the lists, as from a copy that lags behind."""
    for store_hash in targets():
        actions.change_store(store_hash, order_lag=whole("lag", 0))
    return jsonify({"stores": targets()})


@control_api.post("/bigcommerce/revoke")
def revoke() -> Response:
    """{"store"}: the token stops working; without a store, all of them."""
    for store_hash in targets():
        bigcommerce().revoke(store_hash)
    return jsonify({"stores": targets()})


@control_api.post("/reset")
def reset() -> Response:
    actions.reset()
    return jsonify({"ok": True})


def targets() -> list[str]:
    """The store that the body names, or all."""
    stores = bigcommerce().stores
    if "store" not in given():
        return list(stores)
    return [str(bigcommerce().store(str(given()["store"]))["hash"])]
