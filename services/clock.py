"""Business time. It is the real time, except in development, where it follows the sandbox's clock."""

import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import requests

from services import setup

FOLLOW_SECONDS = 1.0


class _Offset:
    """The sandbox's offset in seconds, asked at most once a second and kept when the sandbox does not answer."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked = 0.0
        self.lock = threading.Lock()

    def read(self, url: str) -> float:
        if time.monotonic() - self.asked > FOLLOW_SECONDS and self.lock.acquire(blocking=False):
            try:
                self.asked = time.monotonic()
                answer = requests.get(f"{url}/control/api/clock", timeout=0.5)
                self.seconds = float(answer.json()["offset"])
            except (requests.RequestException, ValueError, KeyError):
                pass  # keep the last known offset: time must not jump back because a development server is busy
            finally:
                self.lock.release()
        return self.seconds


_offset = _Offset()


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


def shop_day(market: str, moment: datetime) -> str:
    """The calendar day of a shop at that moment, as 2026-11-21."""
    return moment.astimezone(ZoneInfo(MARKET_ZONES.get(market, "UTC"))).date().isoformat()


def next_shop_day(market: str, moment: datetime) -> datetime:
    """When the shop's next calendar day begins, UTC."""
    local = moment.astimezone(ZoneInfo(MARKET_ZONES.get(market, "UTC")))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=5, microsecond=0)
    return midnight.astimezone(UTC)
