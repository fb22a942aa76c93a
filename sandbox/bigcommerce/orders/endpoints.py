"""/v2/orders and what hangs on an order: bare arrays, 204 when there is nothing (reference 5.1 to 5.4)."""

from collections.abc import Callable

from flask import Response, jsonify, request

from sandbox.bigcommerce.answers import body, nothing
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.orders import show, statuses
from sandbox.bigcommerce.orders.book import OrderBook
from sandbox.bigcommerce.orders.fields import address, decimal, seconds, wrong
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.validation import text
from sandbox.state import Document

SORTS: dict[str, Callable[[Document], object]] = {
    "id": lambda order: order["id"],
    "customer_id": lambda order: order["fields"].get("customer_id", 0),
    "date_created": lambda order: (order["created"], order["id"]),
    "date_modified": lambda order: (order["modified"], order["id"]),
    "status_id": lambda order: (order["status_id"], order["id"]),
    "channel_id": lambda order: (order["fields"].get("channel_id", 1), order["id"]),
    "external_id": lambda order: order["id"],
}
MAXIMUM = 250


def book_of(store_hash: str) -> OrderBook:
    platform = bigcommerce()
    platform.store(store_hash)
    return platform.orders[store_hash]


def v2_whole(name: str, default: int) -> int:
    text = request.args.get(name)
    if text in (None, ""):
        return default
    if not str(text).isdigit():
        raise wrong(name, "must be a whole number")
    return int(str(text))


def page_of(rows: list[Document]) -> list[Document]:
    page, limit = v2_whole("page", 1), min(v2_whole("limit", 50), MAXIMUM)
    if page < 1 or limit < 1:
        raise wrong("page" if page < 1 else "limit", "must be at least 1")
    return rows[(page - 1) * limit : page * limit]


def bare(rows: list[Document]) -> Response:
    """A bare array, or nothing at all."""
    return jsonify(rows) if rows else nothing()


def when(name: str) -> int | None:
    text = request.args.get(name)
    if not text:
        return None
    found = seconds(text.replace(" ", "+") if text[:4].isdigit() else text)
    if found is None:
        raise wrong(name, "must be an RFC 2822 or ISO 8601 date")
    return found


def selected(book: OrderBook) -> list[Document]:
    """The orders the query asks for. Filters nobody knows are ignored."""
    number = request.args.get("external_order_id")
    if number is None:
        found = list(book.orders.values())
    else:
        found = [book.orders[str(each)] for each in book.by_external.get(number, [])]
        found = [order for order in found if str(order["fields"].get("external_order_id")) == number]
    if lag := int(book.store.get("order_lag", 0)):
        found = [order for order in found if order["placed"] + lag <= book.box.clock.now()]
    archived = request.args.get("is_deleted", "").lower() in ("1", "true")
    found = [order for order in found if order["is_deleted"] == archived]
    bounds = (("id", "id"), ("date_created", "created"), ("date_modified", "modified"))
    for name, field in bounds:
        read: Callable[[str], int | None] = when if name != "id" else lambda key: v2_whole(key, 0) or None
        least, most = read(f"min_{name}"), read(f"max_{name}")
        found = [
            order
            for order in found
            if (least is None or order[field] >= least) and (most is None or order[field] <= most)
        ]
    if request.args.get("status_id"):
        wanted = v2_whole("status_id", 0)
        found = [order for order in found if order["status_id"] == wanted]
    if request.args.get("channel_id"):
        found = [order for order in found if order["fields"].get("channel_id", 1) == v2_whole("channel_id", 0)]
    if request.args.get("email"):
        found = [order for order in found if order["billing_address"].get("email") == request.args["email"]]
    for name, sign in (("min_total", 1), ("max_total", -1)):
        if request.args.get(name):
            limit = decimal(request.args[name])
            if limit is None:
                raise wrong(name, "must be an amount")
            found = [order for order in found if sign * (show.totals(order)["total_inc_tax"] - limit) >= 0]
    return found


@api.get("/v2/orders")
def list_orders(store_hash: str) -> Response:
    book = book_of(store_hash)
    sort, _, direction = request.args.get("sort", "id").partition(":")
    if sort not in SORTS or direction not in ("", "asc", "desc"):
        raise wrong("sort", "is not a field to sort by")
    with book.box.state.lock:
        found = sorted(selected(book), key=SORTS[sort], reverse=direction == "desc")  # type: ignore[arg-type]
        return bare([show.order_row(order, book.store) for order in page_of(found)])


@api.post("/v2/orders")
def create_order(store_hash: str) -> Response:
    book = book_of(store_hash)
    order = book.create(body())
    answer = jsonify(show.order_row(order, book.store))
    answer.status_code = 201
    return answer


@api.delete("/v2/orders")
def archive_orders(store_hash: str) -> Response:
    book = book_of(store_hash)
    for order in list(book.orders.values()):
        if not order["is_deleted"]:
            book.archive(order["id"])
    return nothing()


@api.get("/v2/orders/count")
def count_orders(store_hash: str) -> Response:
    book = book_of(store_hash)
    with book.box.state.lock:
        live = [order["status_id"] for order in book.orders.values() if not order["is_deleted"]]
    rows = []
    for number in range(len(statuses.STATUSES)):
        row = statuses.row(number)
        rows.append({**row, "count": live.count(number), "sort_order": row["order"]})
    return jsonify({"count": len(live), "statuses": rows})


@api.get("/v2/order_statuses")
def list_statuses(store_hash: str) -> Response:
    return jsonify([statuses.row(number) for number in range(len(statuses.STATUSES))])


@api.get("/v2/order_statuses/<int:number>")
def get_status(store_hash: str, number: int) -> Response:
    if number >= len(statuses.STATUSES):
        raise Refusal(404, "The requested resource was not found.")
    return jsonify(statuses.row(number))


@api.get("/v2/orders/<int:number>")
def get_order(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    with book.box.state.lock:
        return jsonify(show.order_row(book.get(number), book.store))


@api.put("/v2/orders/<int:number>")
def update_order(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    return jsonify(show.order_row(book.update(number, body()), book.store))


@api.delete("/v2/orders/<int:number>")
def archive_order(store_hash: str, number: int) -> Response:
    book_of(store_hash).archive(number)
    return nothing()


@api.get("/v2/orders/<int:number>/products")
def list_lines(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    with book.box.state.lock:
        order = book.get(number)
        return bare([show.line_row(order, line) for line in page_of(order["lines"])])


@api.get("/v2/orders/<int:number>/products/<int:line_id>")
def get_line(store_hash: str, number: int, line_id: int) -> Response:
    order = book_of(store_hash).get(number)
    for line in order["lines"]:
        if line["id"] == line_id:
            return jsonify(show.line_row(order, line))
    raise Refusal(404, "The requested resource was not found.")


@api.get("/v2/orders/<int:number>/shipping_addresses")
def list_addresses(store_hash: str, number: int) -> Response:
    book = book_of(store_hash)
    with book.box.state.lock:
        order = book.get(number)
        return bare([show.address_row(order, each) for each in page_of(order["addresses"])])


@api.get("/v2/orders/<int:number>/shipping_addresses/<int:address_id>")
def get_address(store_hash: str, number: int, address_id: int) -> Response:
    order = book_of(store_hash).get(number)
    return jsonify(show.address_row(order, find_address(order, address_id)))


@api.put("/v2/orders/<int:number>/shipping_addresses/<int:address_id>")
def update_address(store_hash: str, number: int, address_id: int) -> Response:
    """What is named changes, the rest stays."""
    book, given = book_of(store_hash), body()
    known = find_address(book.get(number), address_id)
    changed = address(given, "shipping_addresses", known)
    if (why := text(255)(given.get("shipping_method", ""))) is not None:
        raise wrong("shipping_method", why)
    with book.changing(number) as order:
        known.update(changed, shipping_method=given.get("shipping_method", known["shipping_method"]))
    return jsonify(show.address_row(order, known))


def find_address(order: Document, address_id: int) -> Document:
    for each in order["addresses"]:
        if each["id"] == address_id:
            found: Document = each
            return found
    raise Refusal(404, "The requested resource was not found.")


@api.get("/v2/orders/<int:number>/<any(taxes, coupons, fees, messages):part>")
def list_nothing(store_hash: str, number: int, part: str) -> Response:
    """Parts that orders of this stand-in never have."""
    book_of(store_hash).get(number)
    return nothing()
