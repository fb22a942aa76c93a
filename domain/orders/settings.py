"""How a store takes its orders: when, as what, with which statuses (features C-06..C-08, C-20, S5-17, I-36)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Literal, cast, get_args

from domain.orders.grouping import GROUPINGS, Grouping
from domain.orders.statuses import Status
from domain.orders.words import BIGCOMMERCE

Moment = Literal["on_hold", "hold_ended"]
Create = Literal["at_once", "after_hold", "never"]
ByTikTok = Literal["import", "stock_only", "ignore"]
Unlinked = Literal["stop", "custom_line"]

STATUSES: dict[str, int] = {
    Status.ON_HOLD.value: 1,
    Status.AWAITING_SHIPMENT.value: 11,
    Status.PARTIALLY_SHIPPING.value: 11,
    Status.AWAITING_COLLECTION.value: 9,
    Status.IN_TRANSIT.value: 2,
    Status.DELIVERED.value: 2,
    Status.COMPLETED.value: 10,
    Status.CANCELLED.value: 5,
}


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """`statuses`: TikTok's status -> the number of BigCommerce's."""

    download: bool = True
    moment: Moment = "on_hold"
    create: Create = "at_once"
    grouping: Grouping = "whole"
    by_tiktok: ByTikTok = "import"
    replacements: bool = True
    samples: bool = True
    cancellations: bool = True  # an order cancelled on TikTok Shop is cancelled in BigCommerce (feature S5-43)
    unlinked: Unlinked = "stop"
    statuses: Mapping[str, int] = field(default_factory=lambda: dict(STATUSES))
    guest_name: str = "TikTok Shop"
    keep_email: bool = True
    channel_id: int = 1
    holidays: tuple[date, ...] = ()

    def to_json(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["holidays"] = [day.isoformat() for day in self.holidays]
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "OrderSettings":
        """What is missing or makes no sense is as by default."""
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {}
        for name in known & data.keys():
            try:
                values[name] = _read(name, data[name])
            except (TypeError, ValueError):
                continue
        return cls(**values)

    def creates(self, status: str) -> bool:
        """Whether an order that stands there is written to BigCommerce by now."""
        if self.create == "never":
            return False
        return status != Status.ON_HOLD or self.create == "at_once"


_CHOICES: dict[str, tuple[str, ...]] = {
    "moment": get_args(Moment),
    "create": get_args(Create),
    "grouping": GROUPINGS,
    "by_tiktok": get_args(ByTikTok),
    "unlinked": get_args(Unlinked),
}


def _read(name: str, value: Any) -> Any:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ValueError(name)
        return value
    if name == "statuses":
        given = {str(key): int(number) for key, number in cast(Mapping[str, Any], value).items()}
        return STATUSES | {key: number for key, number in given.items() if key in STATUSES and number in BIGCOMMERCE}
    if name == "holidays":
        return tuple(sorted({date.fromisoformat(str(day)) for day in value}))
    if name == "guest_name":
        return str(value)[:60] or "TikTok Shop"
    if name == "channel_id":
        return max(1, int(value))
    if not isinstance(value, bool):
        raise ValueError(name)
    return value
