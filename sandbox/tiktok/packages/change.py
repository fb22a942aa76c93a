"""Correct a tracking number, report what one's own fleet brought, prove it (reference 6.2, 6.3)."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox.tiktok.call import Call, word
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.orders import machine
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.packages.rules import MARKED_BY_SELLER, PARAMETERS, WITHIN_72_HOURS, carrier, own_package
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import DELIVERY, FULFILMENT, LOGISTICS

Document = dict[str, Any]

LATEST = 72 * 3600
PDF_MAXIMUM, IMAGE_MAXIMUM = 10 * 1024 * 1024, 5 * 1024 * 1024
DELIVERIES = frozenset({"DELIVERY_SUCCESS", "DELIVERY_FAILED", "UPDATE_POD"})
FAILURES = frozenset(
    {
        "INVALID_ADDRESS",
        "UNABLE_RECEIVE",
        "UNABLE_CONTACT_BUYER",
        "BUYER_REFUSED",
        "DELAY_DELIVERY",
        "PACKAGE_LOST",
        "PACKAGE_DAMAGE",
        "FORCE_MAJEURE",
        "OTHER",
    }
)


@endpoints.add("POST", "fulfillment/packages/{package_id}/shipping_info/update", "202309", FULFILMENT)
def update_package(call: Call) -> Document:
    with Turn(call.platform) as turn:
        package = own_package(call, call.params["package_id"])
        found = _correction(call, package, turn.now)
        _keep(turn, package, found)
    return {}


@endpoints.add("POST", "fulfillment/orders/{order_id}/shipping_info/update", "202309", LOGISTICS)
def update_order(call: Call) -> Document:
    """The same for every package of an order."""
    with Turn(call.platform) as turn:
        order = own_order(call, call.params["order_id"])
        if order["status"] == "CANCELLED":
            raise Refusal(21011041, "The order is cancelled")
        packages = [row for row in turn.store.packages_in(order) if row["status"] != "CANCELLED"]
        if not packages:
            raise Refusal(21011043, "Nothing of the order was shipped")
        found = [(package, _correction(call, package, turn.now)) for package in packages]
        for package, changes in found:
            _keep(turn, package, changes)
    return {}


def _correction(call: Call, package: Document, now: int) -> Document:
    if package["shipping_type"] != "SELLER":
        raise Refusal(21011004, "The platform ships this package")
    if package["status"] == "CANCELLED":
        raise Refusal(21011042, "The package is cancelled")
    if package["status"] == "TO_FULFILL":
        raise Refusal(21011043, "The package was not shipped yet")
    if package["status"] == "COMPLETED":
        raise Refusal(21011030, "The package was delivered")
    if package["tracking_changes"]:
        raise Refusal(21011051, "The tracking number was changed once already")
    if call.shop["region"] in WITHIN_72_HOURS and now - package["shipped_time"] > LATEST:
        raise Refusal(21011050, "72 hours have passed since the package was shipped")
    orders = [call.platform.orders.orders[number] for number in package["order_ids"]]
    return carrier(call, call.body, orders, package["id"])


def _keep(turn: Turn, package: Document, found: Document) -> None:
    turn.store.put_package({**package, **found, "tracking_changes": 1, "update_time": turn.now})
    for number in package["order_ids"]:
        turn.save(turn.order(number))


@endpoints.add("POST", "fulfillment/packages/deliver", "202309", DELIVERY)
def deliver(call: Call) -> Document:
    """One's own fleet: delivered or not. In South-East Asia."""
    sent = call.rows("packages", 50, PARAMETERS)
    if not sent or not all(isinstance(row, dict) for row in sent):
        raise Refusal(PARAMETERS, "packages is needed")
    if call.shop["region"] in MARKED_BY_SELLER:
        raise Refusal(21008106, "Not in this market")
    errors = []
    for row in sent:
        try:
            with Turn(call.platform) as turn:
                _deliver(call, turn, row)
        except Refusal as refusal:
            detail = {"package_id": str(row.get("id", ""))}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"errors": errors}


def _deliver(call: Call, turn: Turn, row: Document) -> None:
    package, kind = own_package(call, row.get("id")), word(row.get("delivery_type"))
    if kind not in DELIVERIES:
        raise Refusal(PARAMETERS, "delivery_type is not valid")
    if package["shipping_type"] != "SELLER":
        raise Refusal(21011004, "The platform ships this package")
    if package["status"] == "CANCELLED":
        raise Refusal(21011042, "The package is cancelled")
    if package["status"] == "TO_FULFILL":
        raise Refusal(21011043, "The package was not shipped yet")
    if kind == "UPDATE_POD":
        return
    if package["status"] == "COMPLETED":
        raise Refusal(21011030, "The package was delivered")
    if kind == "DELIVERY_SUCCESS":
        machine.deliver(turn, package["id"], turn.now)
        return
    if word(row.get("fail_delivery_reason")) not in FAILURES:
        raise Refusal(PARAMETERS, "fail_delivery_reason is not valid")
    machine.lose(turn, package["id"], "RETURNED_TO_SHIPPER", "returned_to_shipper_other", turn.now)


@endpoints.add("POST", "fulfillment/files/upload", "202309", FULFILMENT, upload=True)
def upload_file(call: Call) -> Document:
    file = call.files.get("data")
    content = file.stream.read() if file else b""
    if not content.startswith(b"%PDF") or len(content) > PDF_MAXIMUM:
        raise Refusal(PARAMETERS, "A PDF of at most 10 MB is expected")
    name = call.form.get("name") or "proof.pdf"
    digest = hashlib.sha256(content).hexdigest()[:32]
    return {"url": call.platform.media.put(f"{digest}.pdf", content), "name": name}


@endpoints.add("POST", "fulfillment/images/upload", "202309", FULFILMENT, upload=True)
def upload_image(call: Call) -> Document:
    file = call.files.get("data")
    content = file.stream.read() if file else b""
    try:
        picture = Image.open(BytesIO(content))
        kind = {"PNG": "png", "JPEG": "jpg"}[str(picture.format)]
    except (UnidentifiedImageError, KeyError, OSError):
        raise Refusal(PARAMETERS, "A PNG or JPEG is expected") from None
    if len(content) > IMAGE_MAXIMUM:
        raise Refusal(PARAMETERS, "At most 5 MB")
    url = call.platform.media.put(f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}", content)
    return {"url": url, "width": picture.width, "height": picture.height}
