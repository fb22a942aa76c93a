"""What a buyer gets back (reference 7.1, 7.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.orders.amounts import NOTHING, payment_of, total

if TYPE_CHECKING:
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


def refund_of(platform: Platform, order: Document, lines: list[Document], *, shipping: bool) -> Document:
    """refund_amount of some lines, with the shipping fee when nothing else is left."""
    market = platform.market(platform.shops[order["shop_id"]])
    payment = payment_of(order, market)
    subtotal, tax = total(lines, "sale_price"), total(lines, "tax")
    fee = Decimal(payment["shipping_fee"]) if shipping else NOTHING
    if shipping:
        tax += Decimal(payment["shipping_fee_tax"])
    return amount(market.currency, [subtotal, fee, tax], market.decimals)


def amount(currency: str, parts: list[Decimal], decimals: int) -> Document:
    subtotal, fee, tax = parts
    place = Decimal(1).scaleb(-decimals)
    found = {
        "refund_total": subtotal + fee + tax,
        "refund_subtotal": subtotal,
        "refund_shipping_fee": fee,
        "refund_tax": tax,
        "retail_delivery_fee": NOTHING,
        "buyer_service_fee": NOTHING,
    }
    return {"currency": currency, **{name: str(value.quantize(place)) for name, value in found.items()}}


def line_refund(platform: Platform, order: Document, line: Document) -> Document:
    """The refund of one unit."""
    return refund_of(platform, order, [line], shipping=False)
