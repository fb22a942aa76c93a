"""Clients of both platforms against recorded answers, and a budget that remembers what it was asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import responses

from clients.bigcommerce import BigCommerce
from clients.exchange import Exchange
from clients.tiktok import TikTok
from clients.transport import Transport

BIGCOMMERCE = "https://bigcommerce.test"
TIKTOK = "https://tiktok.test"
NOW = 1767225600.0


@dataclass
class Ledger:
    """A budget that lets everything pass and keeps the calls."""

    taken: list[tuple[str, str, bool]] = field(default_factory=list)
    paused: list[tuple[str, float]] = field(default_factory=list)
    reported: list[tuple[str, int, int, float]] = field(default_factory=list)

    def take(self, key: str, path: str, *, live: bool = False) -> None:
        self.taken.append((key, path, live))

    def pause(self, key: str, seconds: float) -> None:
        self.paused.append((key, seconds))

    def report(self, key: str, left: int, quota: int, reset_seconds: float) -> None:
        self.reported.append((key, left, quota, reset_seconds))


@pytest.fixture
def transport() -> Transport:
    return Transport("Causeway/test")


@pytest.fixture
def budget() -> Ledger:
    return Ledger()


@pytest.fixture
def seen() -> list[Exchange]:
    return []


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def tiktok(transport: Transport, budget: Ledger, seen: list[Exchange]) -> TikTok:
    return TikTok(
        transport,
        TIKTOK,
        "sandboxkey01",
        "sandboxsecret0123456789",
        "TTP_accesstoken0001",
        shop_id="7495540735365777507",
        cipher="ROW_c1pherAAAAexample01",
        budget=budget,
        observe=seen.append,
        clock=lambda: NOW,
    )


@pytest.fixture
def store(transport: Transport, budget: Ledger, seen: list[Exchange]) -> BigCommerce:
    return BigCommerce(transport, BIGCOMMERCE, "abc123", "bctoken-marker-0001", budget, seen.append)


def envelope(data: Any = None, code: int = 0, message: str = "Success") -> dict[str, Any]:
    """TikTok Shop's envelope (reference 1.5)."""
    return {"code": code, "message": message, "request_id": "20260101000000AA01", "data": data}
