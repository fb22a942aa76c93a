"""Fifty calls a second per app, shop and endpoint, as an exact sliding window in real time (reference 1.8)."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class SlidingWindow:
    """`admit(key)` is true for at most `calls` admissions in any `seconds`; refused calls do not count."""

    def __init__(self, calls: int = 50, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls = calls
        self.seconds = seconds
        self.clock = clock
        self.lock = threading.Lock()
        self.admitted: dict[str, deque[float]] = {}

    def admit(self, key: str) -> bool:
        with self.lock:
            now = self.clock()
            window = self.admitted.setdefault(key, deque())
            while window and window[0] <= now - self.seconds:
                window.popleft()
            if len(window) >= self.calls:
                return False
            window.append(now)
            return True
