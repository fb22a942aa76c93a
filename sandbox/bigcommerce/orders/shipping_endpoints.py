"""/v2/orders/{id}/shipments and /v3 refunds (reference 5.5, 5.6)."""

from flask import Response, jsonify, request

from sandbox.bigcommerce.answers import body, listing, nothing, numbers, one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.orders import refunding, shipping
from sandbox.bigcommerce.orders.endpoints import bare, book_of, page_of
from sandbox.bigcommerce.orders.show import shipment_row
from sandbox.bigcommerce.refusals import not_found

SHIPMENTS = "/v2/orders/<int:number>/shipments"
REFUNDS = "/v3/orders/<int:number>/payment_actions"


@api.get(SHIPMENTS)
def list_shipments(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    with book.box.state.lock:
        order = book.get(number)
        return bare([shipment_row(order, shipment) for shipment in page_of(order["shipments"])])


@api.get(f"{SHIPMENTS}/count")
def count_shipments(store_hash: str, number: int) -> Response:
    return jsonify({"count": len(book_of(store_hash).get(number)["shipments"])})


@api.post(SHIPMENTS)
def create_shipment(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    answer = jsonify(shipment_row(book.get(number), shipping.create(book, number, body())))
    answer.status_code = 201
    return answer


@api.delete(SHIPMENTS)
def delete_shipments(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    for shipment in list(book.get(number)["shipments"]):
        shipping.delete(book, number, shipment["id"])
    return nothing()


@api.get(f"{SHIPMENTS}/<int:shipment_id>")
def get_shipment(store_hash: str, number: int, shipment_id: int) -> Response:
    order = book_of(store_hash).get(number)
    return jsonify(shipment_row(order, shipping.find(order, shipment_id)))


@api.put(f"{SHIPMENTS}/<int:shipment_id>")
def update_shipment(store_hash: str, number: int, shipment_id: int) -> Response:
    book = book_of(store_hash)
    return jsonify(shipment_row(book.get(number), shipping.update(book, number, shipment_id, body())))


@api.delete(f"{SHIPMENTS}/<int:shipment_id>")
def delete_shipment(store_hash: str, number: int, shipment_id: int) -> Response:
    shipping.delete(book_of(store_hash), number, shipment_id)
    return nothing()


@api.post(f"{REFUNDS}/refund_quotes")
def quote_refund(store_hash: str, number: int) -> Response:
    return one(refunding.quoted(book_of(store_hash).get(number), body()), status=201)


@api.post(f"{REFUNDS}/refunds")
def create_refund(store_hash: str, number: int) -> Response:
    return one(refunding.refund_row(refunding.create(book_of(store_hash), number, body())), status=201)


@api.get(f"{REFUNDS}/refunds")
def list_order_refunds(store_hash: str, number: int) -> Response:
    return listing(book_of(store_hash).get(number)["refunds"], refunding.refund_row)


@api.get("/v3/orders/payment_actions/refunds")
def list_refunds(store_hash: str) -> Response:
    book = book_of(store_hash)
    orders, ids = numbers("order_id:in"), numbers("id:in")
    least, most = request.args.get("created:min", ""), request.args.get("created:max", "~")
    found = [
        refund
        for order in book.orders.values()
        for refund in order["refunds"]
        if (not orders or order["id"] in orders)
        and (not ids or refund["id"] in ids)
        and least <= refund["created"] <= most
    ]
    return listing(found, refunding.refund_row)


@api.get("/v3/orders/payment_actions/refunds/<int:refund_id>")
def get_refund(store_hash: str, refund_id: int) -> Response:
    for order in book_of(store_hash).orders.values():
        for refund in order["refunds"]:
            if refund["id"] == refund_id:
                return one(refunding.refund_row(refund))
    raise not_found("refund", refund_id)
