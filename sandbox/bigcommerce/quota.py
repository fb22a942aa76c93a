"""Requests per thirty seconds, per store, by the real clock (reference 8.1)."""

import threading
import time

WINDOW = 30.0


class Quota:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.windows: dict[str, tuple[float, int]] = {}

    def take(self, store_hash: str, quota: int, amount: int = 1) -> tuple[bool, int, int]:
        """Use up `amount` requests: (allowed, left, milliseconds to the next window). A quota of 0 has no end."""
        now = time.monotonic()
        with self.lock:
            started, used = self.windows.get(store_hash, (now, 0))
            if now - started >= WINDOW:
                started, used = now, 0
            allowed = not quota or used + amount <= quota
            used += amount if allowed else 0
            self.windows[store_hash] = (started, used)
        reset = max(1, int((WINDOW - (now - started)) * 1000))
        return allowed, max(0, quota - used) if quota else 1_000_000, reset

    def burden(self, store_hash: str, quota: int, amount: int) -> None:
        """Other apps of the store use up part of the window."""
        _, left, _ = self.take(store_hash, quota, 0)
        self.take(store_hash, quota, min(left, amount))
