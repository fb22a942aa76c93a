"""What buyers can choose from, and what can be done with an order now."""

from __future__ import annotations

from typing import Any

from sandbox.tiktok.after_sales import reasons
from sandbox.tiktok.after_sales import returning as flow
from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

OFFERS = 300


def offers(platform: Platform, shop_id: str, words: str = "") -> list[Document]:
    """The SKUs of live listings with their stock, at most so many as a page can show."""
    found: list[Document] = []
    for number in platform.products.ids_of(shop_id)[::-1]:
        product = platform.products.products[number]
        if product["status"] != "ACTIVATE":
            continue
        for sku in product["content"]["skus"]:
            variant = ", ".join(row["value_name"] for row in sku["sales_attributes"])
            title = product["content"]["title"]
            if words.lower() not in f"{title} {variant} {sku.get('seller_sku', '')} {product['id']}".lower():
                continue
            stock = product["stock"].get(sku["id"], {})
            places = [
                {**platform.warehouses[shop_id].get(place, {"id": place, "name": place}), "quantity": row["quantity"]}
                for place, row in stock.items()
            ]
            found.append(
                {
                    "sku_id": sku["id"],
                    "title": title,
                    "variant": variant,
                    "seller_sku": sku.get("seller_sku", ""),
                    "price": product["prices"][sku["id"]]["sale_price"],
                    "quantity": sum(place["quantity"] for place in places),
                    "places": places,
                }
            )
            if len(found) >= OFFERS:
                return found
    return found


def moves(platform: Platform, order: Document) -> list[tuple[str, str]]:
    """(action, words) that fit the order's state."""
    store = platform.orders
    states = {row["status"] for row in store.packages_in(order)}
    asked = any(row["cancel_status"].endswith("PENDING") for row in store.cancellations_in(order["id"]))
    status = order["status"]
    found: list[tuple[str, str]] = []
    if status == "UNPAID":
        found.append(("pay", "Pay"))
    if status == "ON_HOLD":
        found.append(("release", "End the hour now"))
    if status in {"UNPAID", "ON_HOLD"}:
        found.append(("cancel", "Cancel as the buyer"))
    if status == "AWAITING_SHIPMENT" and not asked:
        found.append(("cancel", "Ask to cancel"))
    if status in {"ON_HOLD", "AWAITING_SHIPMENT"}:
        found.append(("address", "Change the address"))
    if "PROCESSING" in states:
        found.append(("collect", "Carrier collects"))
    if states & {"PROCESSING", "FULFILLING"}:
        found += [("deliver", "Carrier delivers"), ("lose", "Carrier loses it")]
    if status == "DELIVERED":
        found.append(("complete", "End the time for complaints"))
    if status not in {"DELIVERED", "COMPLETED", "CANCELLED"}:
        found.append(("platform_cancel", "Platform cancels"))
    return found


def cancel_reasons(platform: Platform, order: Document) -> dict[str, str]:
    """What a buyer may say on cancelling now; nothing when that is not possible."""
    if not any(action == "cancel" for action, _ in moves(platform, order)):
        return {}
    return reasons.BUYER_CANCELS_UNPAID if order["status"] == "UNPAID" else reasons.BUYER_CANCELS


def asks(platform: Platform, order: Document) -> dict[str, dict[str, str]]:
    """The reasons for each kind of request that a buyer can make now."""
    if not flow.free_lines(platform.orders, order):
        return {}
    found = {kind: flow.reasons_for(order, kind) for kind in flow.TYPES}
    return {kind: names for kind, names in found.items() if names}


def return_moves(row: Document) -> list[tuple[str, str, Document]]:
    """(action, words, fields) that fit a request's state."""
    status = row["return_status"]
    if row["arbitration_status"] == "IN_PROGRESS":
        return [("judge", "Decide for the buyer", {"side": "buyer"}), ("judge", "For the seller", {"side": "seller"})]
    found: list[tuple[str, str, Document]] = []
    if status == flow.AWAITING:
        found.append(("send_return", "Post the parcel", {}))
    if status == flow.OFFERED:
        found += [
            ("answer_offer", "Accept the offer", {"accept": "true"}),
            ("answer_offer", "Decline", {"accept": "no"}),
        ]
    if status in flow.REFUSED and not row["arbitration_status"]:
        found.append(("dispute", "Call the platform", {}))
    if status in flow.OPEN:
        found.append(("withdraw_return", "Take it back", {}))
    return found
