"""One change to orders: everything in it is stored together, and the webhooks go out when it is."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.orders.status import status_of, told_status

if TYPE_CHECKING:
    from sandbox.tiktok.orders.store import OrderStore
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]


class Turn:
    """A context: holds the sandbox's lock. Check first, change afterwards: what was stored stays stored."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.store: OrderStore = platform.orders
        self.news: list[tuple[str, str, Document]] = []

    def __enter__(self) -> Turn:
        self._batch = self.platform.box.state.batch()
        self._batch.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._batch.__exit__(kind, error, at)
        if self.news:
            with self.platform.box.state.batch():
                for shop_id, event_type, data in self.news:
                    self.platform.webhooks.send(shop_id, event_type, data)

    @property
    def now(self) -> int:
        return self.platform.now()

    def order(self, order_id: str) -> Document:
        return self.store.orders[order_id]

    def tell(self, shop_id: str, event_type: str, data: Document) -> None:
        self.news.append((shop_id, event_type, data))

    def plan(self, at: float, kind: str, number: str) -> None:
        self.platform.agenda.plan(at, kind, number)

    def save(self, order: Document) -> Document:
        """Store an order under the status that follows from its lines; a new status is told (webhook 1)."""
        before = self.store.orders.get(order["id"])
        order = {**order, "status": status_of(order), "update_time": self.now}
        self.store.put_order(order)
        if before is None or before["status"] != order["status"]:
            self.tell(
                order["shop_id"],
                "ORDER_STATUS_CHANGE",
                {
                    "order_id": order["id"],
                    "order_status": told_status(order["status"]),
                    "is_on_hold_order": order["status"] == "ON_HOLD",
                    "update_time": order["update_time"],
                },
            )
        return order
