"""Both platforms' orders in memory, for tests of how orders come in and are written: what a shop sold, what BigCommerce
took, and everything that can go wrong with a call."""

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from clients.bigcommerce.order_models import Order as TheirOrder
from clients.bigcommerce.order_models import ShippingAddress
from clients.errors import Refused, Unreachable
from clients.tiktok.order_models import Order, OrderPage
from services import clock

PATH = ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED")


class Sales:
    """A TikTok shop. `cut`: so many answers are lost."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(577_000_000_000_000_000)
        self.calls: list[str] = []
        self.cut = 0

    def sell(self, sku_id: str, count: int = 1, status: str = "ON_HOLD", ago: timedelta = timedelta(0)) -> str:
        """A paid order; its number."""
        number, now = str(next(self.numbers)), self.seconds(clock.now() - ago)
        lines = [
            {"id": f"{number}-{n}", "sku_id": sku_id, "sale_price": "12.50", "display_status": status}
            for n in range(count)
        ]
        self.books[number] = {
            "id": number, "status": status, "create_time": now, "update_time": now, "paid_time": now,
            "fulfillment_type": "FULFILLMENT_BY_SELLER", "line_items": lines,
            "payment": {"currency": "USD", "sub_total": "12.50", "total_amount": "12.50"},
        }  # fmt: skip
        return number

    def move(self, number: str, status: str) -> None:
        book = self.books[number]
        book["status"], book["update_time"] = status, book["update_time"] + 1
        for line in book["line_items"]:
            line["display_status"] = status
        if status != "CANCELLED":
            book["recipient_address"] = {
                "name": "Jane Doe", "address_line1": "1 Alder Street", "postal_code": "97201", "region_code": "US",
            }  # fmt: skip

    @staticmethod
    def seconds(moment: datetime) -> int:
        return int(moment.timestamp())

    def _answers(self, name: str) -> None:
        self.calls.append(name)
        if self.cut:
            self.cut -= 1
            raise Unreachable("cut")

    # What the client offers

    def orders(self, numbers: Sequence[str]) -> list[Order]:
        self._answers("detail")
        return [Order.model_validate(self.books[number]) for number in numbers if number in self.books]

    def search_orders(
        self,
        *,
        create_time_ge: int = 0,
        create_time_lt: int = 2**40,
        update_time_ge: int = 0,
        sort_field: str = "update_time",
        page_token: str = "",
        page_size: int = 100,
    ) -> OrderPage:
        self._answers("search")
        found = [
            book
            for book in self.books.values()
            if create_time_ge <= book["create_time"] < create_time_lt and book["update_time"] >= update_time_ge
        ]
        found.sort(key=lambda book: (book[sort_field], book["id"]))
        start = int(page_token or 0)
        following = str(start + page_size) if start + page_size < len(found) else ""
        return OrderPage.model_validate(
            {"orders": found[start : start + page_size], "next_page_token": following, "total_count": len(found)}
        )


class Admin:
    """BigCommerce's orders. A creation takes `next_fault`: lost (made, not answered), nothing (neither), slow (made,
    but found only later), refused."""

    def __init__(self, chance: random.Random | None = None, share: float = 0.0) -> None:
        self.books: dict[int, dict[str, Any]] = {}
        self.numbers = itertools.count(100)
        self.calls: list[str] = []
        self.faults: list[str] = []
        self.chance, self.share = chance or random.Random(1), share
        self.hidden: set[int] = set()

    def _fault(self) -> str:
        if self.faults:
            return self.faults.pop(0)
        kinds = ("lost", "nothing", "slow")
        return self.chance.choice(kinds) if self.chance.random() < self.share else ""

    def settle(self) -> None:
        """What was late has arrived."""
        self.hidden.clear()

    def find_orders(self, reference: str, source: str = "") -> list[TheirOrder]:
        self.calls.append("find")
        return [
            self._shown(number)
            for number, book in self.books.items()
            if book["external_order_id"] == reference and number not in self.hidden
        ]

    def create_order(self, body: Mapping[str, Any]) -> TheirOrder:
        self.calls.append("create")
        fault = self._fault()
        if fault == "refused":
            raise Refused("The options of one or more products are invalid.", platform="bigcommerce", status=400)
        if fault == "nothing":
            raise Unreachable("cut")
        number = next(self.numbers)
        self.books[number] = dict(body)
        if fault == "slow":
            self.hidden.add(number)
        if fault in ("lost", "slow"):
            raise Unreachable("cut")
        return self._shown(number)

    def order(self, number: int) -> TheirOrder | None:
        self.calls.append("read")
        return self._shown(number) if number in self.books else None

    def update_order(self, number: int, body: Mapping[str, Any]) -> TheirOrder:
        self.calls.append("update")
        self.books[number] |= dict(body)
        if self._fault():
            raise Unreachable("cut")
        return self._shown(number)

    def order_addresses(self, number: int) -> list[ShippingAddress]:
        self.calls.append("addresses")
        return [ShippingAddress(id=number * 10)]

    def update_order_address(self, number: int, address_id: int, fields: Mapping[str, str]) -> ShippingAddress:
        self.calls.append("address")
        self.books[number]["shipped_to"] = dict(fields)
        return ShippingAddress(id=address_id)

    def _shown(self, number: int) -> TheirOrder:
        book = self.books[number]
        return TheirOrder.model_validate(
            {
                "id": number,
                "status_id": book["status_id"],
                "external_order_id": book["external_order_id"],
                "external_source": book["external_source"],
                "total_inc_tax": book["total_inc_tax"],
            }
        )
