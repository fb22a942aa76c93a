"""What a client asks of a rate budget. The shared one lives outside; here is only its shape."""

from typing import Protocol


class Budget(Protocol):
    """Keys are `tiktok:{shop_id}` and `bigcommerce:{store_hash}`; paths are templates, not filled in."""

    def take(self, key: str, path: str, *, live: bool = False) -> None:
        """Returns when one call may be sent."""

    def pause(self, key: str, seconds: float) -> None:
        """The platform throttled: no call of this key for so long, from any process."""

    def report(self, key: str, left: int, quota: int, reset_seconds: float) -> None:
        """What the platform says is left of the window."""


class NoBudget:
    """Lets every call pass: tests and single calls."""

    def take(self, key: str, path: str, *, live: bool = False) -> None:
        return None

    def pause(self, key: str, seconds: float) -> None:
        return None

    def report(self, key: str, left: int, quota: int, reset_seconds: float) -> None:
        return None
