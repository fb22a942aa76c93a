"""Shipments of an order: what may be shipped, and what that does to its status (reference 5.5)."""

from typing import Any

from sandbox.bigcommerce.orders.book import OrderBook
from sandbox.bigcommerce.orders.fields import amount, checked, not_writable, nullable, wrong
from sandbox.bigcommerce.orders.statuses import PARTLY_SHIPPED, SHIPPED, STATUSES
from sandbox.bigcommerce.refusals import Refusal
from sandbox.bigcommerce.validation import Check, text
from sandbox.state import Document

PROVIDERS = (
    "", "auspost", "canadapost", "endicia", "usps", "fedex", "ups", "upsready", "upsonline", "shipperhq", "royalmail",
)  # fmt: skip
DONE = (SHIPPED, STATUSES.index("Completed"))
LINKS = {
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "royalmail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
}


def provider(value: Any) -> str | None:
    known = value in PROVIDERS or (isinstance(value, str) and value.startswith("carrier_") and value[8:].isdigit())
    return None if known else "is not a shipping provider"


SHIPMENT: dict[str, Check] = {
    "tracking_number": nullable(text(50)),
    "tracking_link": nullable(text(500)),
    "shipping_provider": nullable(provider),
    "tracking_carrier": nullable(text(100)),
    "shipping_method": nullable(text(255)),
    "merchant_shipping_cost": nullable(amount),
    "comments": nullable(text(65535)),
}


def link(shipment: Document) -> str:
    """What the platform makes of provider and number; a link of one's own stands beside it."""
    carrier = shipment.get("shipping_provider") or shipment.get("tracking_carrier") or ""
    number = shipment.get("tracking_number") or ""
    return LINKS.get(str(carrier), f"https://track.example/{carrier}/{{}}").format(number) if carrier and number else ""


def find(order: Document, shipment_id: int) -> Document:
    for shipment in order["shipments"]:
        if shipment["id"] == shipment_id:
            found: Document = shipment
            return found
    raise Refusal(404, "The requested resource was not found.")


def items(order: Document, given: Any, address_id: Any) -> list[tuple[Document, int]]:
    """(line, quantity); the sum over shipments may not exceed what was ordered."""
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise wrong("items", "at least one item is required")
    lines = {each["id"]: each for each in order["lines"] if each["address_id"] == address_id}
    wanted: dict[int, int] = {}
    for row in given:
        if "product_id" in row:
            raise not_writable("product_id")
        number, quantity = row.get("order_product_id"), row.get("quantity")
        if type(number) is not int or number not in lines:
            raise wrong("order_product_id", "is not a product of this order and address")
        if type(quantity) is not int or quantity < 1:
            raise wrong("quantity", "must be an integer of at least 1")
        wanted[number] = wanted.get(number, 0) + quantity
        if wanted[number] > lines[number]["quantity"] - lines[number]["shipped"]:
            raise wrong("quantity", "is more than is left to ship")
    return [(lines[number], quantity) for number, quantity in wanted.items()]


def create(book: OrderBook, number: int, given: Document) -> Document:
    fields = checked(SHIPMENT, given)
    with book.box.state.lock:
        known = book.get(number)
        address_id = given.get("order_address_id")
        if address_id not in [each["id"] for each in known["addresses"]]:
            raise wrong("order_address_id", "is not an address of this order")
        shipped = items(known, given.get("items"), address_id)
        with book.changing(number) as order:
            shipment: Document = {
                "id": book.number("shipment"),
                "at": book.now(),
                "address_id": address_id,
                **fields,
                "items": [
                    {"order_product_id": each["id"], "product_id": each["product_id"], "quantity": quantity}
                    for each, quantity in shipped
                ],
            }
            for each, quantity in shipped:
                each["shipped"] += quantity
            order["shipments"].append(shipment)
            if order["status_id"] not in DONE:
                whole = all(each["shipped"] >= each["quantity"] for each in order["lines"] if each["address_id"])
                order["status_id"] = SHIPPED if whole else PARTLY_SHIPPED
    book.fire("store/shipment/created", event(number, shipment))
    return shipment


def update(book: OrderBook, number: int, shipment_id: int, given: Document) -> Document:
    if "items" in given:
        raise not_writable("items")
    fields = checked(SHIPMENT, given)
    with book.changing(number) as order:
        shipment = find(order, shipment_id)
        shipment.update(fields)
    book.fire("store/shipment/updated", event(number, shipment))
    return shipment


def delete(book: OrderBook, number: int, shipment_id: int) -> None:
    """The quantities may be shipped again; the status stays where it is."""
    with book.changing(number) as order:
        shipment = find(order, shipment_id)
        order["shipments"].remove(shipment)
        for item in shipment["items"]:
            for each in order["lines"]:
                if each["id"] == item["order_product_id"]:
                    each["shipped"] -= item["quantity"]
    book.fire("store/shipment/deleted", event(number, shipment))


def event(number: int, shipment: Document) -> Document:
    return {"type": "shipment", "id": shipment["id"], "orderId": number}
