"""Refunds (V3): what a quote comes to, and that a refund must come to the same (reference 5.6)."""

from decimal import Decimal
from typing import Any

from sandbox.bigcommerce.orders.book import OrderBook
from sandbox.bigcommerce.orders.fields import decimal
from sandbox.bigcommerce.orders.show import refunded, totals
from sandbox.bigcommerce.orders.statuses import PARTLY_REFUNDED, REFUNDED, UNPAID
from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document

UNITS, SUMS = ("PRODUCT", "GIFT_WRAPPING"), ("SHIPPING", "HANDLING", "ORDER", "FEE", "TAX")
CENT = Decimal("0.01")


def unprocessable(field: str, why: str) -> Refusal:
    return Refusal(422, "The refund cannot be made", {field: why})


def quote(order: Document, given: Document) -> tuple[Decimal, Decimal, list[Document]]:
    """(total with tax, tax, the items as kept); raises when the order cannot give that back."""
    if order["status_id"] in UNPAID:
        raise unprocessable("order_id", "the order has no payment that could be refunded")
    rows = given.get("items")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise unprocessable("items", "at least one item is required")
    total, tax, kept, wanted = Decimal(0), Decimal(0), [], dict[int, int]()
    for place, row in enumerate(rows):
        kind = row.get("item_type")
        if kind in UNITS:
            part, part_tax = units(order, row, f"items.{place}", wanted)
        elif kind in SUMS:
            part, part_tax = sums(order, row, f"items.{place}"), Decimal(0)
        else:
            raise unprocessable(f"items.{place}.item_type", "is not known")
        total, tax = total + part, tax + part_tax
        kept.append(
            {
                "item_type": kind,
                "item_id": row.get("item_id") if type(row.get("item_id")) is int else 0,
                "quantity": row.get("quantity", 0) if kind in UNITS else 1,
                "requested_amount": float(part),
                "reason": str(row.get("reason") or "")[:1000],
            }
        )
    override = given.get("merchant_calculated_override")
    if isinstance(override, dict):
        total, tax = decimal(override.get("total_amount")) or total, decimal(override.get("total_tax")) or tax
    total = total.quantize(CENT)
    if total <= 0 or total > totals(order)["total_inc_tax"] - refunded(order):
        raise unprocessable("items", "the amount is not within what is left to refund")
    return total, tax.quantize(CENT), kept


def units(order: Document, row: Document, name: str, wanted: dict[int, int]) -> tuple[Decimal, Decimal]:
    line = next((each for each in order["lines"] if each["id"] == row.get("item_id")), None)
    if line is None:
        raise unprocessable(f"{name}.item_id", "is not a product of this order")
    quantity = row.get("quantity")
    if type(quantity) is not int or quantity < 1:
        raise unprocessable(f"{name}.quantity", "must be an integer of at least 1")
    wanted[line["id"]] = wanted.get(line["id"], 0) + quantity
    if wanted[line["id"]] > line["quantity"] - line["refunded"]:
        raise unprocessable(f"{name}.quantity", "is more than is left to refund")
    amount = Decimal(line["price_inc_tax"]) * quantity if row["item_type"] == "PRODUCT" else Decimal(0)
    adjustments = row.get("adjustments") or []
    for adjustment in adjustments if isinstance(adjustments, list) else [None]:
        change = decimal(adjustment.get("amount")) if isinstance(adjustment, dict) else None
        if change is None or change > 0:
            raise unprocessable(f"{name}.adjustments", "must be negative amounts")
        amount += change
    return amount, (Decimal(line["price_inc_tax"]) - Decimal(line["price_ex_tax"])) * quantity


def sums(order: Document, row: Document, name: str) -> Decimal:
    amount = decimal(row.get("amount"))
    if amount is None or amount <= 0:
        raise unprocessable(f"{name}.amount", "must be an amount")
    if row["item_type"] in ("SHIPPING", "HANDLING"):
        if row.get("item_id") not in [each["id"] for each in order["addresses"]]:
            raise unprocessable(f"{name}.item_id", "is not an address of this order")
        if amount > totals(order)[f"{row['item_type'].lower()}_cost_inc_tax"]:
            raise unprocessable(f"{name}.amount", "is more than was charged")
    elif row["item_type"] == "ORDER" and row.get("item_id") != order["id"]:
        raise unprocessable(f"{name}.item_id", "is not this order")
    return amount


def quoted(order: Document, given: Document) -> Document:
    """The answer to a quote."""
    total, tax, kept = quote(order, given)
    whole = float(sum((Decimal(str(row["requested_amount"])) for row in kept if row["item_type"] == "ORDER"), CENT * 0))
    method = {
        "provider_id": "custom",
        "provider_description": order["fields"].get("payment_method", "Manual"),
        "amount": float(total),
        "offline": True,
        "offline_provider": True,
        "offline_reason": "The payment was taken outside of BigCommerce.",
    }
    return {
        "order_id": order["id"],
        "total_refund_amount": float(total),
        "total_refund_tax_amount": float(tax),
        "order_level_refund_amount": whole,
        "rounding": 0,
        "adjustment": 0,
        "tax_inclusive": False,
        "refund_methods": [[method]],
    }


def create(book: OrderBook, number: int, given: Document, user_id: int = 0) -> Document:
    with book.box.state.lock:
        known = book.get(number)
        total, tax, kept = quote(known, given)
        payments = paid(given.get("payments"), total)
        with book.changing(number) as order:
            refund: Document = {
                "id": book.number("refund"),
                "order_id": number,
                "user_id": user_id,
                "created": book.box.clock.moment().strftime("%Y-%m-%dT%H:%M:%S+00:00"),
                "reason": str(given.get("reason") or ""),
                "total_amount": str(total),
                "total_tax": str(tax),
                "uses_merchant_override_values": isinstance(given.get("merchant_calculated_override"), dict),
                "items": kept,
                "payments": [{"id": book.number("refund_payment"), **payment} for payment in payments],
            }
            for row in kept:
                for line in order["lines"]:
                    if row["item_type"] == "PRODUCT" and line["id"] == row["item_id"]:
                        line["refunded"] += row["quantity"]
            order["refunds"].append(refund)
            whole = refunded(order) >= totals(order)["total_inc_tax"]
            order["status_id"] = REFUNDED if whole else PARTLY_REFUNDED
    book.fire("store/order/refund/created", {"type": "order", "id": number, "refund": {"refund_id": refund["id"]}})
    return refund


def paid(given: Any, total: Decimal) -> list[Document]:
    """The payments, whose sum must be what a quote says."""
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise unprocessable("payments", "at least one payment is required")
    if not all(row.get("offline") is True for row in given):
        raise unprocessable("payments", "the payment was taken outside of BigCommerce: offline must be true")
    amounts = [decimal(row.get("amount")) for row in given]
    if None in amounts or sum((each for each in amounts if each is not None), Decimal(0)) != total:
        raise unprocessable("payments", f"the amounts must come to {total}")
    return [
        {
            "provider_id": str(row.get("provider_id") or "custom"),
            "amount": float(row["amount"]),
            "offline": True,
            "is_declined": False,
            "declined_message": "",
            "transaction_id": None,
        }
        for row in given
    ]


def refund_row(refund: Document) -> Document:
    return {**refund, "total_amount": float(refund["total_amount"]), "total_tax": float(refund["total_tax"])}
