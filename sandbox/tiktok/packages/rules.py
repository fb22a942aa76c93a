"""What every shipping call checks first, in one order (reference 6.3)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.orders.status import SHIPPED
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.warehouses import PROVIDERS

Document = dict[str, Any]

MARKED_BY_SELLER = frozenset({"US", "GB", "ES", "IE", "IT", "DE", "FR", "JP"})
"""Where own shipping is told by Mark Package As Shipped, and a tracking number may stand for up to 20 orders."""
SPLIT_BEFORE = frozenset({"ID", "MY", "PH", "SG", "TH", "VN", "BR", "MX", "JP"})
COMBINE_BEFORE = frozenset({"ID", "MY", "PH", "SG", "TH", "VN", "BR", "MX"})
WITHIN_72_HOURS = frozenset({"US", "GB", "ID", "MY", "PH", "SG", "TH", "VN"})
SHARED_MAXIMUM = 20
TRACKING = re.compile(r"[A-Za-z0-9-]{6,40}", re.ASCII)
PARAMETERS = 21001001


def own_package(call: Call, package_id: object) -> Document:
    package = call.platform.orders.packages.get(str(package_id))
    if package is None or package.get("gone"):
        raise Refusal(21011001, f"The package {package_id} does not exist")
    if package["shop_id"] != call.shop_id:
        raise Refusal(21011028, f"The package {package_id} belongs to another shop")
    return package


def by_seller(order: Document) -> None:
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        raise Refusal(21008025, "TikTok fulfils this order")


def shippable(call: Call, order: Document) -> None:
    """The order's state lets something of it be shipped."""
    status = order["status"]
    if status == "CANCELLED":
        raise Refusal(21011041, "The order is cancelled")
    if status in {"UNPAID", "ON_HOLD"}:
        raise Refusal(21011003, f"An order that is {status} cannot be shipped")
    if no_open_request(call, order):
        raise Refusal(21011007, "The buyer's request has to be answered first")
    if status in SHIPPED:
        raise Refusal(21011020, f"The order is {status} already")


def no_open_request(call: Call, order: Document) -> bool:
    """Whether a cancellation or a return of the order waits for an answer."""
    store = call.platform.orders
    return any(row["cancel_status"].endswith("PENDING") for row in store.cancellations_in(order["id"])) or any(
        row["return_status"].endswith("REQUEST_PENDING") for row in store.returns_in(order["id"])
    )


def carrier(call: Call, given: Document, orders: list[Document], but: str = "") -> Document:
    """The tracking number and carrier of a call, as a package keeps them."""
    tracking, provider = given.get("tracking_number"), given.get("shipping_provider_id")
    if not isinstance(tracking, str) or not tracking or not isinstance(provider, str) or not provider:
        raise Refusal(PARAMETERS, "tracking_number and shipping_provider_id are needed")
    if not TRACKING.fullmatch(tracking) or not (provider.isascii() and provider.isdigit()):
        raise Refusal(21011022, "The tracking number or the shipping provider is not valid")
    if provider not in PROVIDERS:
        raise Refusal(11028006, f"The shipping provider {provider} does not exist")
    _unused(call, tracking, orders, but)
    return {
        "tracking_number": tracking,
        "shipping_provider_id": provider,
        "shipping_provider_name": PROVIDERS[provider],
    }


def _unused(call: Call, tracking: str, orders: list[Document], but: str) -> None:
    """A number stands for one package; where orders are combined by it, for those of one recipient at one address."""
    store = call.platform.orders
    others = [
        store.packages[number] for number in store.by_tracking.get((call.shop_id, tracking), set()) if number != but
    ]
    others = [row for row in others if row["status"] != "CANCELLED"]
    if not others:
        return
    addresses = [store.orders[number]["address"] for row in others for number in row["order_ids"]]
    same = all(address == order["address"] for address in addresses for order in orders)
    reusable = call.shop["region"] in MARKED_BY_SELLER and len(addresses) + len(orders) <= SHARED_MAXIMUM
    if not same or not reusable:
        raise Refusal(21011025, "The tracking number is in use")


def line_ids(call: Call, body: Document) -> list[str]:
    """The order lines that a call names; none when it means all."""
    if body.get("order_line_list"):
        found = [row.get("order_line_id") for row in call.rows("order_line_list", 200, PARAMETERS)]
    else:
        found = call.rows("order_line_item_ids", 200, PARAMETERS)
    return list(dict.fromkeys(str(number) for number in found))
