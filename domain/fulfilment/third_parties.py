"""Files for fulfilment services (feature S2-87). They are files to upload and download there: no API is spoken."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """`columns`: heading -> our field. `answers`: how its shipping report may name order, tracking number, carrier."""

    name: str
    columns: tuple[tuple[str, str], ...]


_ADDRESS = ("name", "street_1", "street_2", "city", "state", "postcode", "country", "phone")
SERVICES: dict[str, Service] = {
    "amazon_mcf": Service("Amazon MCF", tuple(zip(
        ("MerchantFulfillmentOrderID", "DisplayableOrderID", "DisplayableOrderDate", "MerchantSKU", "Quantity",
         "MerchantFulfillmentOrderItemID", "DeliverySLA", "AddressName", "AddressFieldOne", "AddressFieldTwo",
         "AddressCity", "AddressStateOrRegion", "AddressPostalCode", "AddressCountryCode", "AddressPhoneNumber"),
        ("order", "order", "placed", "sku", "quantity", "item", "speed", *_ADDRESS), strict=True))),
    "cart_com": Service("Cart.com", tuple(zip(
        ("order_number", "order_date", "sku", "quantity", "ship_to_name", "ship_to_address1", "ship_to_address2",
         "ship_to_city", "ship_to_state", "ship_to_zip", "ship_to_country", "ship_to_phone", "ship_from", "ship_by"),
        ("order", "placed", "sku", "quantity", *_ADDRESS, "location", "ship_by"), strict=True))),
    "flexport": Service("Flexport", tuple(zip(
        ("External Order ID", "Order Date", "SKU", "Quantity", "Recipient Name", "Address 1", "Address 2", "City",
         "State", "Postal Code", "Country", "Phone"),
        ("order", "placed", "sku", "quantity", *_ADDRESS), strict=True))),
}  # fmt: skip
_ORDER = ("order", "ordernumber", "externalorderid", "merchantfulfillmentorderid", "displayableorderid", "orderid")
_NUMBER = ("trackingnumber", "tracking", "trackingid", "trackingno")
_CARRIER = ("carrier", "carriername", "carriercode", "shippingcarrier", "shipcarrier")


@dataclass(frozen=True, slots=True)
class Tracked:
    """A row of a shipping report."""

    row: int
    order: str
    number: str
    carrier: str


class NotReadable(ValueError):
    """The file has no rows or not the columns that are needed; the text says which."""


def write(service: str, rows: Iterable[Mapping[str, str]]) -> str:
    """The file to upload there. A cell that a spreadsheet would take for a formula is made text."""
    columns = SERVICES[service].columns
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading for heading, _ in columns])
    for row in rows:
        writer.writerow([_safe(row.get(field, "")) for _, field in columns])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def read(text: str) -> list[Tracked]:
    """The rows of a shipping report, comma, semicolon or tab separated; order, tracking number and carrier are found by
    their headings."""
    head = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=head.count)
    table = list(csv.reader(io.StringIO(text), delimiter=separator))
    if len(table) < 2:
        raise NotReadable("The file has no rows.")
    names = ["".join(sign for sign in cell.lower() if sign.isalnum()) for cell in table[0]]
    places = [_place(names, known) for known in (_ORDER, _NUMBER, _CARRIER)]
    if places[0] is None or places[1] is None:
        missing = "an order number" if places[0] is None else "a tracking number"
        raise NotReadable(f"No column is {missing}.")
    found = []
    for number, cells in enumerate(table[1:], 2):
        order, tracking, carrier = (_cell(cells, place) for place in places)
        if order or tracking:
            found.append(Tracked(number, order.lstrip("'#"), tracking.lstrip("'"), carrier))
    return found


def _place(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""
