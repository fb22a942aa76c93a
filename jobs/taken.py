"""A webhook as it was taken out of the inbox."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """A stored event as plain data. `account` is TikTok's shop id or BigCommerce's store hash."""

    id: int
    source: str
    topic: str
    account: str
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        data = self.body.get("data")
        return data if isinstance(data, dict) else {}

    def happened(self, default: datetime) -> datetime:
        """When, as TikTok says: whole seconds since 1970 (reference 9.1)."""
        stamp = self.body.get("timestamp")
        return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int) and 0 < stamp < 10**11 else default
