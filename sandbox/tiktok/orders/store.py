"""Orders, packages, cancellations and returns, with the indexes that calls need."""

from __future__ import annotations

from typing import Any

from sandbox.box import Sandbox

Document = dict[str, Any]

ORDER_BASE, LINE_BASE, PACKAGE_BASE = 576461000000000000, 577086000000000000, 1152900000000000000
CANCEL_BASE, RETURN_BASE, TRANSACTION_BASE, STATEMENT_BASE, PAYMENT_BASE = (
    4035300000000000000,
    4035600000000000000,
    3458700000000000000,
    3458900000000000000,
    3459100000000000000,
)


class OrderStore:
    """Documents are replaced as a whole, never changed in place; the `put_…` methods keep the indexes in step."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        collection = box.state.collection
        self.orders = collection("tiktok_orders")
        self.packages = collection("tiktok_packages")
        self.cancellations = collection("tiktok_cancellations")
        self.returns = collection("tiktok_returns")
        self.transactions = collection("tiktok_transactions")
        self.statements = collection("tiktok_statements")
        self.days = collection("tiktok_statement_days")
        self.payments = collection("tiktok_payments")
        self.external = collection("tiktok_external_orders")
        self.combinable = collection("tiktok_combinable")
        self.keys = collection("tiktok_aftersale_keys")
        self.reindex()

    def reindex(self) -> None:
        """Build every index from what is stored."""
        self.by_shop: dict[str, dict[str, None]] = {}
        self.by_line: dict[str, str] = {}
        self.by_tracking: dict[tuple[str, str], set[str]] = {}
        self.packages_of: dict[str, dict[str, None]] = {}
        self.packages_by_shop: dict[str, dict[str, None]] = {}
        self.cancellations_of: dict[str, dict[str, None]] = {}
        self.returns_of: dict[str, dict[str, None]] = {}
        self.transactions_of: dict[str, dict[str, None]] = {}
        for order in self.orders.values():
            self._index_order(order)
        for package in self.packages.values():
            self._index_package(package)
        for row in self.cancellations.values():
            self.cancellations_of.setdefault(row["order_id"], {})[row["cancel_id"]] = None
        for row in self.returns.values():
            self.returns_of.setdefault(row["order_id"], {})[row["return_id"]] = None
        for row in self.transactions.values():
            self._index_transaction(row)

    def number(self, base: int) -> str:
        """The next id of a kind."""
        return str(base + self.box.state.next_number(f"tiktok_ids_{base}"))

    def put_order(self, order: Document) -> None:
        with self.box.state.lock:
            self.orders[order["id"]] = order
            self._index_order(order)

    def put_package(self, package: Document) -> None:
        with self.box.state.lock:
            old = self.packages.get(package["id"])
            if old:
                for order_id in old["order_ids"]:
                    self.packages_of.get(order_id, {}).pop(package["id"], None)
                self.by_tracking.get((old["shop_id"], old["tracking_number"]), set()).discard(package["id"])
            self.packages[package["id"]] = package
            self._index_package(package)

    def put_cancellation(self, row: Document) -> None:
        with self.box.state.lock:
            self.cancellations[row["cancel_id"]] = row
            self.cancellations_of.setdefault(row["order_id"], {})[row["cancel_id"]] = None

    def put_return(self, row: Document) -> None:
        with self.box.state.lock:
            self.returns[row["return_id"]] = row
            self.returns_of.setdefault(row["order_id"], {})[row["return_id"]] = None

    def put_transaction(self, row: Document) -> None:
        with self.box.state.lock:
            self.transactions[row["id"]] = row
            self._index_transaction(row)

    def orders_of(self, shop_id: str) -> list[Document]:
        """The shop's orders, oldest first."""
        return [self.orders[number] for number in list(self.by_shop.get(shop_id, {}))]

    def packages_in(self, order: Document) -> list[Document]:
        return [self.packages[number] for number in list(self.packages_of.get(order["id"], {}))]

    def cancellations_in(self, order_id: str) -> list[Document]:
        return [self.cancellations[number] for number in list(self.cancellations_of.get(order_id, {}))]

    def returns_in(self, order_id: str) -> list[Document]:
        return [self.returns[number] for number in list(self.returns_of.get(order_id, {}))]

    def transactions_in(self, order_id: str) -> list[Document]:
        return [self.transactions[number] for number in list(self.transactions_of.get(order_id, {}))]

    def _index_order(self, order: Document) -> None:
        self.by_shop.setdefault(order["shop_id"], {})[order["id"]] = None
        for line in order["lines"]:
            self.by_line[line["id"]] = order["id"]

    def _index_package(self, package: Document) -> None:
        self.packages_by_shop.setdefault(package["shop_id"], {})[package["id"]] = None
        if package.get("gone"):  # split up or merged into another one
            return
        for order_id in package["order_ids"]:
            self.packages_of.setdefault(order_id, {})[package["id"]] = None
        if package["tracking_number"]:
            self.by_tracking.setdefault((package["shop_id"], package["tracking_number"]), set()).add(package["id"])

    def _index_transaction(self, row: Document) -> None:
        if row.get("order_id"):
            self.transactions_of.setdefault(row["order_id"], {})[row["id"]] = None
