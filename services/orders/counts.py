"""The counters behind the tabs of Orders: by status, and those with a problem."""

from collections.abc import Mapping

from domain.orders.statuses import ERROR
from models import Order
from services import counters
from services.counters import Deltas
from services.orders import sales_days

SCOPE = "order_tab"


def moved(deltas: Deltas, order: Order, old_status: str, old_problem: str) -> None:
    """What changed of one order since it was counted last; a status of "" was not counted."""
    deltas.move(SCOPE, order.shop_id, old_status, order.status)
    deltas.add(SCOPE, order.shop_id, ERROR, bool(order.problem) - bool(old_problem))
    sales_days.touch(deltas, order.shop_id, order.placed_at)


def read(shop_id: int | None) -> Mapping[str, int]:
    """By status, "error" for those with a problem, "" for all."""
    found = {name: max(count, 0) for name, count in counters.read(SCOPE, shop_id).items()}
    return {**found, "": sum(count for name, count in found.items() if name != ERROR)}
