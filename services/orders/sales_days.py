"""The counter that says an order of a day has changed: services.finance.sales sums such a day again."""

from datetime import UTC, datetime

from services.counters import Deltas

SCOPE = "sales_day"


def touch(deltas: Deltas, shop_id: int, placed_at: datetime) -> None:
    deltas.add(SCOPE, shop_id, placed_at.astimezone(UTC).date().isoformat())
