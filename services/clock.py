"""Business time. It is the real time, except in development, where it follows the sandbox's clock."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import requests

from services import setup

FOLLOW_SECONDS = 1.0
PATIENCE, FIRST_PATIENCE = 0.5, 3.0  # before its first answer a process has a wrong time


class _Offset:
    """The sandbox's offset in seconds, asked at most once a second and kept when the sandbox does not answer."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.begin()

    def begin(self) -> None:
        """A new process, or a worker's fork: what is known may be old."""
        self.asked = 0.0
        self.first = True
        self.lock = threading.Lock()

    def read(self, url: str) -> float:
        if self._due() and self.lock.acquire(blocking=self.first):
            try:
                if self._due():  # else another thread has asked while this one waited
                    self._ask(url, FIRST_PATIENCE if self.first else PATIENCE)
            finally:
                self.lock.release()
        return self.seconds

    def _due(self) -> bool:
        return time.monotonic() - self.asked > FOLLOW_SECONDS

    def _ask(self, url: str, patience: float) -> None:
        try:
            answer = requests.get(f"{url}/control/api/clock", timeout=patience)
            self.seconds = float(answer.json()["offset"])
        except (requests.RequestException, ValueError, KeyError):
            pass  # keep the last known offset: time must not jump back because a development server is busy
        self.asked, self.first = time.monotonic(), False


_offset = _Offset()
os.register_at_fork(after_in_child=_offset.begin)


def now() -> datetime:
    """The present moment, UTC."""
    url = setup.config().sandbox_url
    shift = _offset.read(url) if url else 0.0
    return datetime.now(UTC) + timedelta(seconds=shift)


# The day of a shop's listing limit is taken as the shop's own calendar day; nothing official names the clock (reference
# 4.15, inferred). Each market has one clock here, the one of its capital or main commercial zone.
MARKET_ZONES = {
    "US": "America/Los_Angeles",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "IT": "Europe/Rome",
    "ID": "Asia/Jakarta",
    "MY": "Asia/Kuala_Lumpur",
    "PH": "Asia/Manila",
    "SG": "Asia/Singapore",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "JP": "Asia/Tokyo",
    "MX": "America/Mexico_City",
    "BR": "America/Sao_Paulo",
}


def zone(market: str) -> ZoneInfo:
    """The clock of a shop."""
    return ZoneInfo(MARKET_ZONES.get(market, "UTC"))


def shop_day(market: str, moment: datetime) -> str:
    """The calendar day of a shop at that moment, as 2026-11-21."""
    return moment.astimezone(zone(market)).date().isoformat()


def next_shop_day(market: str, moment: datetime) -> datetime:
    """When the shop's next calendar day begins, UTC."""
    local = moment.astimezone(zone(market))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=5, microsecond=0)
    return midnight.astimezone(UTC)
