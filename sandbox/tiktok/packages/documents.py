"""Shipping documents: who may print which when, and the paper itself (reference 6.2, 6.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, Response, abort

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.packages.paper import A5, A6, label_picture, pdf
from sandbox.tiktok.packages.rules import PARAMETERS, own_package
from sandbox.tiktok.platform import Platform, platform
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import FULFILMENT

blueprint = Blueprint("tiktok_documents", __name__)
Document = dict[str, Any]

KINDS = {
    "SHIPPING_LABEL": "label",
    "PACKING_SLIP": "slip",
    "SHIPPING_LABEL_AND_PACKING_SLIP": "both",
    "SHIPPING_LABEL_PICTURE": "picture",
}
SIZES = {"A6": A6, "A5": A5}
LIFE = 24 * 3600


@endpoints.add("GET", "fulfillment/packages/{package_id}/shipping_documents", "202309", FULFILMENT)
def documents(call: Call) -> Document:
    kind, size = call.query.get("document_type", ""), call.query.get("document_size") or "A6"
    form = call.query.get("document_format") or "PDF"
    if kind not in KINDS or size not in SIZES or form != "PDF":
        raise Refusal(PARAMETERS, "document_type, document_size or document_format is not valid")
    package = own_package(call, call.params["package_id"])
    orders = [call.platform.orders.orders[number] for number in package["order_ids"]]
    if any(order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK" for order in orders):
        raise Refusal(21008043, "TikTok fulfils this order")
    if package["status"] == "CANCELLED":
        raise Refusal(21023059, "The package is cancelled")
    if package["shipping_type"] != "TIKTOK":
        raise Refusal(21008017, "The seller ships this package")
    if package["status"] == "TO_FULFILL":
        raise Refusal(21023035, "Ship the package first")
    if package["status"] != "PROCESSING":
        raise Refusal(21042102, "The package was collected")
    name = f"{package['id']}-{KINDS[kind]}-{size}-{call.platform.now() + LIFE}"
    ending = "png" if kind == "SHIPPING_LABEL_PICTURE" else "pdf"
    url = f"{call.platform.box.settings.api_url}/tiktok-documents/{name}-{_seal(call.platform, name)}.{ending}"
    return {"doc_url": url, "tracking_number": package["tracking_number"]}


def _seal(shared: Platform, name: str) -> str:
    secret = shared.box.settings.tiktok_app_secret.encode()
    return hmac.new(secret, name.encode(), hashlib.sha256).hexdigest()[:24]


@blueprint.get("/tiktok-documents/<name>.<any(pdf, png):ending>")
def show(name: str, ending: str) -> Response:
    """The document of a link that was given out and is not a day old."""
    shared = platform()
    sealed, _, seal = name.rpartition("-")
    if not hmac.compare_digest(_seal(shared, sealed).encode(), seal.encode()):
        abort(404)
    package_id, kind, size, expires = sealed.split("-")
    package = shared.orders.packages.get(package_id)
    if package is None or int(expires) < shared.now():
        abort(404)
    parts = [kind] if kind != "both" else ["label", "slip"]
    texts = [_lines(shared, package, part) for part in parts]
    if ending == "png":
        return Response(label_picture(texts[0], package["tracking_number"]), mimetype="image/png")
    pages = [(text, package["tracking_number"]) for text in texts]
    return Response(pdf(pages, SIZES[size]), mimetype="application/pdf")


def _lines(shared: Platform, package: Document, part: str) -> list[str]:
    orders = [shared.orders.orders[number] for number in package["order_ids"]]
    address = orders[0]["address"]
    head = ["SANDBOX - NOT A REAL LABEL", package["shipping_provider_name"], f"Tracking {package['tracking_number']}"]
    if part in {"label", "picture"}:
        place = [address["name"], address["address_detail"], f"{address['postal_code']} {address['region_code']}"]
        return [*head, "", "To:", *place, "", *(f"Order {order['id']}" for order in orders)]
    own, units = set(package["line_ids"]), dict[str, int]()
    for order in orders:
        for line in order["lines"]:
            if line["id"] in own:
                name = f"{line['seller_sku'] or line['sku_id']}  {line['product_name']}"
                units[name] = units.get(name, 0) + 1
    return ["PACKING SLIP", f"Package {package['id']}", "", *(f"{number} x {name}" for name, number in units.items())]
