"""Requests after the sale, and BigCommerce's refunds and stock, in memory: for tests of what follows from what."""

import itertools
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from clients.bigcommerce.models import InventoryItem
from clients.bigcommerce.order_models import Order, OrderProduct, Refund, RefundQuote, ShippingAddress
from clients.errors import Refused, Unreachable
from clients.tiktok.after_sale_models import (
    CancellationPage,
    CreatedCancellation,
    Decision,
    RefundAmount,
    ReturnPage,
    SkuEligibility,
)
from domain.returns.decisions import CANCEL, FOR, KEEP


class Buyers:
    """A TikTok shop's requests. `faults`: of the next changing calls: lost (took effect), nothing, refused."""

    def __init__(self) -> None:
        self.returns: dict[str, dict[str, Any]] = {}
        self.cancellations: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(4_000_000_000_000_000)
        self.calls: list[str] = []
        self.images: list[Any] = []
        self.faults: list[str] = []

    def ask(self, order: str, kind: str, lines: Mapping[str, str], reason: str = "x_no_need", **more: Any) -> str:
        """A buyer asks; `lines`: line -> amount."""
        number, now = str(next(self.numbers)), int(time.time())
        total = str(sum((Decimal(amount) for amount in lines.values()), Decimal(more.pop("shipping", "0"))))
        rows = [
            {"order_line_item_id": line, "sku_id": "sku-1-0", "product_name": "Stoneware mug",
             "refund_amount": {"currency": "USD", "refund_total": amount}}
            for line, amount in lines.items()
        ]  # fmt: skip
        common = {"order_id": order, "role": "BUYER", "create_time": now, "update_time": now,
                  "refund_amount": {"currency": "USD", "refund_total": total},
                  "seller_next_action_response": [{"action": "SELLER_RESPOND", "deadline": now + 172_800}]}  # fmt: skip
        if kind == "CANCEL":
            self.cancellations[number] = {
                **common, "cancel_id": number, "cancel_type": "BUYER_CANCEL", "cancel_reason": reason,
                "cancel_status": "CANCELLATION_REQUEST_PENDING", "cancel_line_items": rows,
                "should_replenish_stock": True, **more,
            }  # fmt: skip
        else:
            self.returns[number] = {
                **common, "return_id": number, "return_type": kind, "return_reason": reason,
                "return_status": "RETURN_OR_REFUND_REQUEST_PENDING", "return_line_items": rows, **more,
            }  # fmt: skip
        return number

    def move(self, number: str, status: str, waits: bool = False, **more: Any) -> None:
        row = self.returns.get(number) or self.cancellations[number]
        row["return_status" if number in self.returns else "cancel_status"] = status
        row["update_time"] += 1
        deadline = row["create_time"] + 172_800
        row["seller_next_action_response"] = [{"action": "SELLER_RESPOND", "deadline": deadline}] if waits else []
        row.update(more)

    def _change(self, name: str, number: str, status: str) -> None:
        self.calls.append(name)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            raise Refused("This was decided already.", code="25020003", platform="tiktok", status=200)
        if fault != "nothing":
            self.move(number, status)
        if fault:
            raise Unreachable("cut")

    # What the client offers

    def search_returns(self, **asked: Any) -> ReturnPage:
        return ReturnPage.model_validate({"return_orders": self._found(self.returns, asked.get("return_ids"), asked)})

    def search_cancellations(self, **asked: Any) -> CancellationPage:
        found = self._found(self.cancellations, asked.get("cancel_ids"), asked)
        return CancellationPage.model_validate({"cancellations": found})

    def _found(self, rows: dict[str, dict[str, Any]], ids: Any, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.calls.append("search")
        orders, since = asked.get("order_ids"), asked.get("update_time_ge") or 0
        return [
            row
            for number, row in rows.items()
            if (not ids or number in ids) and (not orders or row["order_id"] in orders) and row["update_time"] >= since
        ]

    def decisions(self, number: str) -> list[Decision]:
        kind = "CANCEL" if number in self.cancellations else self.returns[number]["return_type"]
        reasons = [{"name": "not_now", "text": "Not now"}]
        return [
            Decision.model_validate(
                {"decision": name, "eligible": name != "APPROVE_RECEIVED_PACKAGE", "ineligible_code": "25020003",
                 "available_reject_reasons": reasons if name.startswith("REJECT") else []}
            )
            for name in FOR[kind]
        ]  # fmt: skip

    def approve_return(self, number: str, decision: str, **_: Any) -> None:
        waits = "AWAITING_BUYER_SHIP" if decision == "APPROVE_RETURN" else "RETURN_OR_REFUND_REQUEST_SUCCESS"
        self._change(decision, number, "AWAITING_BUYER_RESPONSE" if decision.startswith("OFFER") else waits)

    def reject_return(self, number: str, decision: str, reason: str, comment: str, key: str, images: Any = ()) -> None:
        self.images += images
        self._change(decision, number, "REFUND_OR_RETURN_REQUEST_REJECT")

    def approve_cancellation(self, number: str, key: str = "") -> None:
        self._change(CANCEL, number, "CANCELLATION_REQUEST_SUCCESS")

    def reject_cancellation(self, number: str, reason: str, comment: str, key: str, images: Any = ()) -> None:
        self._change(KEEP, number, "CANCELLATION_REQUEST_CANCEL")

    def upload_image(self, body: bytes, use_case: str, name: str) -> Any:
        return type("Uploaded", (), {"uri": f"tos-{len(body)}", "width": 0, "height": 0})()

    def eligibility(self, order: str, types: Sequence[str]) -> list[SkuEligibility]:
        rows = [
            {"request_type": name, "eligible": name == "CANCEL", "order_line_items_ids": ["line-10", "line-11"],
             "available_reason_names": ["seller_cancel_reason_out_of_stock", "seller_cancel_reason_wrong_price"]}
            for name in types
        ]  # fmt: skip
        return [SkuEligibility.model_validate({"sku_id": "sku-1-0", "line_item_eligibility": rows})]

    def calculate_refund(self, *_: Any) -> RefundAmount:
        return RefundAmount(currency="USD", refund_total=Decimal("27.00"))

    def cancel_order(self, order: str, reason: str, *, line_ids: Sequence[str] = ()) -> CreatedCancellation:
        fault = self.faults[0] if self.faults else ""
        if fault != "nothing":
            lines = {line: "13.50" for line in line_ids or ("line-10", "line-11")}
            number = self.ask(order, "CANCEL", lines, reason, role="SELLER", cancel_type="CANCEL")
            self.move(number, "CANCELLATION_REQUEST_SUCCESS")
        self.calls.append("cancel")
        if self.faults:
            self.faults.pop(0)
            raise Unreachable("cut")
        return CreatedCancellation(cancel_id=number)


class Books:
    """BigCommerce's refunds and stock of one order. `faults`: lost, nothing, refused."""

    def __init__(self, pieces: int = 2, price: str = "13.50", status_id: int = 2) -> None:
        self.status_id, self.pieces, self.price = status_id, pieces, Decimal(price)
        self.made: list[dict[str, Any]] = []
        self.notes = ""
        self.stock = 10
        self.faults: list[str] = []
        self.others = 0  # what somebody else takes while an answer is lost
        self.calls: list[str] = []

    @property
    def refunded(self) -> Decimal:
        return sum((Decimal(str(one["total_amount"])) for one in self.made), Decimal(0))

    def _fault(self) -> str:
        return self.faults.pop(0) if self.faults else ""

    def order(self, number: int) -> Order:
        return Order(id=number, status_id=self.status_id, total_inc_tax=self.price * self.pieces + 4,
                     refunded_amount=self.refunded, items_total=self.pieces, staff_notes=self.notes)  # fmt: skip

    def update_order(self, number: int, body: Mapping[str, Any]) -> Order:
        self.calls.append("update")
        self.status_id, self.notes = body.get("status_id", self.status_id), body.get("staff_notes", self.notes)
        return self.order(number)

    def order_products(self, number: int) -> list[OrderProduct]:
        gone = sum(item.get("quantity", 0) for one in self.made for item in one["items"])
        return [
            OrderProduct(id=70, product_id=1, variant_id=1000, quantity=self.pieces, quantity_refunded=gone,
                         price_inc_tax=self.price)
        ]  # fmt: skip

    def order_addresses(self, number: int) -> list[ShippingAddress]:
        return [ShippingAddress(id=71, cost_inc_tax=Decimal("4.00"))]

    def refunds(self, number: int) -> tuple[Refund, ...]:
        return tuple(Refund.model_validate(one) for one in self.made)

    def refund_quote(self, number: int, items: Sequence[Mapping[str, Any]], override: Any = None) -> RefundQuote:
        total = sum((self.price * item["quantity"] if "quantity" in item else Decimal(str(item["amount"]))
                     for item in items), Decimal(0))  # fmt: skip
        total = Decimal(str(override["total_amount"])) if override else total
        method = {"provider_id": "custom", "amount": total, "offline": True}
        return RefundQuote.model_validate(
            {"order_id": number, "total_refund_amount": total, "refund_methods": [[method]]}
        )

    def create_refund(self, number: int, items: Any, payments: Any, reason: str, override: Any = None) -> Refund:
        self.calls.append("refund")
        fault = self._fault()
        if fault == "refused":
            raise Refused("The refund cannot be made.", platform="bigcommerce", status=422)
        total = f"{sum(Decimal(str(one['amount'])) for one in payments):.2f}"
        refund = {"id": 900 + len(self.made), "order_id": number, "reason": reason, "total_amount": total,
                  "items": [dict(item) for item in items]}  # fmt: skip
        if fault != "nothing":
            self.made.append(refund)
            self.status_id = 14 if self.refunded < self.price * self.pieces else 4
        if fault:
            raise Unreachable("cut")
        return Refund.model_validate(refund)

    def inventory(self, variants: Sequence[int]) -> list[InventoryItem]:
        place = {"location_id": 1, "available_to_sell": self.stock, "total_inventory_onhand": self.stock}
        return [InventoryItem.model_validate({"identity": {"variant_id": variants[0]}, "locations": [place]})]

    def add_stock(self, location_id: int, quantity: int, **_: Any) -> None:
        self.calls.append("add")
        fault = self._fault()
        if fault != "nothing":
            self.stock += quantity
        if fault:
            self.stock -= self.others
            raise Unreachable("cut")
