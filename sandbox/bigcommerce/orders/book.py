"""One store's orders: creating, changing, archiving. Nothing here refuses a second order with the same external number,
as the platform does not either (reference 5.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.bigcommerce.catalog import Catalog
from sandbox.bigcommerce.orders import stock
from sandbox.bigcommerce.orders.fields import address, order_fields, wrong
from sandbox.bigcommerce.orders.lines import line
from sandbox.bigcommerce.orders.statuses import PENDING, SHIPPED, STOCKLESS
from sandbox.bigcommerce.refusals import Refusal
from sandbox.state import Document

FIRST_ORDER = 1001


class OrderBook:
    def __init__(self, catalog: Catalog) -> None:
        self.catalog, self.store, self.box = catalog, catalog.store, catalog.box
        self.orders = self.box.state.collection(f"bigcommerce_orders_{self.store['hash']}")
        self.by_external: dict[str, list[int]] = {}
        for order in self.orders.values():
            self.note(order)

    def note(self, order: Document) -> None:
        number = order["fields"].get("external_order_id")
        if number:
            ids = self.by_external.setdefault(str(number), [])
            if order["id"] not in ids:
                ids.append(order["id"])

    def number(self, kind: str, start: int = 1) -> int:
        return self.catalog.number(kind, start)

    def now(self) -> int:
        return int(self.box.clock.now())

    def get(self, number: int) -> Document:
        order: Document | None = self.orders.get(str(number))
        if order is None:
            raise Refusal(404, "The requested resource was not found.")
        return order

    def fire(self, scope: str, data: Document) -> None:
        self.catalog.fire(scope, data)

    def create(self, given: Document, source: str = "external") -> Document:
        """As POST /orders takes it; raises Refusal and then changes nothing."""
        fields = order_fields(given)
        self.check(fields)
        billing = address(given.get("billing_address"), "billing_address")
        rows = given.get("products")
        if not isinstance(rows, list) or not rows:
            raise wrong("products", "at least one product is required")
        with self.box.state.lock:
            lines = [line(self.catalog, row, place) for place, row in enumerate(rows)]
            addresses = self.addresses(given.get("shipping_addresses"), billing, lines)
            status = fields.pop("status_id", PENDING)
            if status not in STOCKLESS:
                stock.check(self.catalog, lines)
            moment = self.now()
            order: Document = {
                "id": self.number("order", FIRST_ORDER),
                "status_id": status,
                "created": fields.pop("date_created", moment),
                "modified": moment,
                "placed": moment,
                "shipped_at": None,
                "source": source,
                "fields": fields,
                "billing_address": billing,
                "addresses": addresses,
                "lines": [],
                "shipments": [],
                "refunds": [],
                "is_deleted": False,
            }
            for each in lines:
                self.add_line(order, each)
            moved = [] if status in STOCKLESS else self.take_all(order)
            self.orders[str(order["id"])] = order
            self.note(order)
        self.fire("store/order/created", {"type": "order", "id": order["id"]})
        stock.tell(self.catalog, moved)
        return order

    def check(self, fields: Document) -> None:
        if fields.get("channel_id", 1) not in self.store["channels"]:
            raise wrong("channel_id", "the channel does not exist or cannot take orders")
        if fields.get("customer_id"):
            raise wrong("customer_id", "the customer does not exist")
        if fields.get("default_currency_code", self.store["currency"]) != self.store["currency"]:
            raise wrong("default_currency_code", "the store has one currency only")

    def addresses(self, given: Any, billing: Document, lines: list[Document]) -> list[Document]:
        """Where it goes: what was given, the billing address otherwise; nothing for digital orders."""
        if given is not None and not (isinstance(given, list) and all(isinstance(row, dict) for row in given)):
            raise wrong("shipping_addresses", "must be an array of objects")
        if not given and all(each["type"] == "digital" for each in lines):
            return []
        rows = given or [billing]
        return [
            {
                "id": self.number("order_address"),
                **address(row, "shipping_addresses"),
                "shipping_method": str(row.get("shipping_method") or ""),
            }
            for row in rows
        ]

    def add_line(self, order: Document, each: Document) -> None:
        first = order["addresses"][0]["id"] if order["addresses"] and each["type"] != "digital" else 0
        order["lines"].append({"id": self.number("order_product"), **each, "address_id": first})

    def take_all(self, order: Document) -> stock.Moved:
        moved: stock.Moved = []
        for each in order["lines"]:
            moved += stock.take(self.catalog, each, each["quantity"] - sum(each["taken"].values()))
        return moved

    @contextmanager
    def changing(self, number: int) -> Iterator[Document]:
        """One order under the lock; saved at the end, its new status told, and what that does to stock done."""
        moved: stock.Moved = []
        with self.box.state.lock:
            order = self.get(number)
            before = order["status_id"]
            yield order
            if order["status_id"] != before:
                moved = self.move_stock(order, before)
                if order["status_id"] == SHIPPED:
                    order["shipped_at"] = self.now()
            order["modified"] = self.now()
            self.orders.save(str(number))
        if order["status_id"] != before:
            change = {"previous_status_id": before, "new_status_id": order["status_id"]}
            self.fire("store/order/statusUpdated", {"type": "order", "id": number, "status": change})
        self.fire("store/order/updated", {"type": "order", "id": number})
        stock.tell(self.catalog, moved)

    def move_stock(self, order: Document, before: int) -> stock.Moved:
        if order["status_id"] in STOCKLESS and before not in STOCKLESS:
            moved: stock.Moved = []
            for each in order["lines"]:
                moved += stock.give_back(self.catalog, each, each["quantity"] - each["shipped"])
            return moved
        if before in STOCKLESS and order["status_id"] not in STOCKLESS:
            return self.take_all(order)
        return []

    def update(self, number: int, given: Document) -> Document:
        """As PUT /orders/{id} takes it: what is named changes, the rest stays."""
        fields = order_fields(given)
        self.check(fields)
        moved: stock.Moved = []
        with self.box.state.lock:
            known = self.get(number)
            if known["fields"].get("external_merchant_id") and "external_merchant_id" in fields:
                raise wrong("external_merchant_id", "was set already")
            billing = known["billing_address"]
            if "billing_address" in given:
                billing = address(given["billing_address"], "billing_address", billing)
            changes = self.line_changes(known, given.get("products"))
            with self.changing(number) as order:
                moved = self.change_lines(order, changes)
                order["status_id"] = fields.pop("status_id", order["status_id"])
                order["created"] = fields.pop("date_created", order["created"])
                order["fields"].update(fields)
                order["billing_address"] = billing
                self.note(order)
        stock.tell(self.catalog, moved)
        return order

    def line_changes(self, order: Document, given: Any) -> list[tuple[Document | None, Document]]:
        """(known line or None for a new one, what it becomes), all checked before anything changes."""
        if given is None:
            return []
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            raise wrong("products", "must be an array of objects")
        known = {each["id"]: each for each in order["lines"]}
        found: list[tuple[Document | None, Document]] = []
        for place, row in enumerate(given):
            if "id" not in row:
                found.append((None, line(self.catalog, row, place)))
            elif type(row["id"]) is not int or row["id"] not in known:
                raise wrong(f"products.{place}.id", "is not a product of this order")
            else:
                each, quantity = known[row["id"]], row.get("quantity", known[row["id"]]["quantity"])
                if type(quantity) is not int or quantity < each["shipped"]:
                    raise wrong(f"products.{place}.quantity", "must be an integer and not below what was shipped")
                found.append((each, {"quantity": quantity}))
        new = [each for old, each in found if old is None]
        if order["status_id"] not in STOCKLESS:
            stock.check(self.catalog, new)
        return found

    def change_lines(self, order: Document, changes: list[tuple[Document | None, Document]]) -> stock.Moved:
        moved: stock.Moved = []
        for old, new in changes:
            if old is None:
                self.add_line(order, new)
                if order["status_id"] not in STOCKLESS:
                    moved += stock.take(self.catalog, order["lines"][-1], new["quantity"])
                continue
            more = new["quantity"] - old["quantity"]
            old["quantity"] = new["quantity"]
            if order["status_id"] not in STOCKLESS:
                moved += stock.take(self.catalog, old, more) or stock.give_back(self.catalog, old, -more)
            if not new["quantity"]:
                order["lines"].remove(old)
        return moved

    def archive(self, number: int) -> None:
        """Out of the lists, not out of the world."""
        with self.box.state.lock:
            order = self.get(number)
            order.update(is_deleted=True, modified=self.now())
            self.orders.save(str(number))
        self.fire("store/order/archived", {"type": "order", "id": number})
