"""The sandbox's time: the real clock plus an offset that the control page moves. Things fall due by it."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.state import State

Handler = Callable[[dict[str, Any]], None]


class Clock:
    """Seconds since the epoch, shifted. `advance` only moves forwards, as time does."""

    def __init__(self, state: State) -> None:
        self.settings = state.collection("clock")

    @property
    def offset(self) -> float:
        return float(self.settings["main"]["offset"]) if "main" in self.settings else 0.0

    @property
    def skew(self) -> float:
        """Seconds that a platform's own clock is ahead of this one; the sandbox's never is."""
        return 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("The sandbox's clock only moves forwards.")
        self.settings["main"] = {"offset": self.offset + seconds}


class Timers:
    """Things that fall due later by the sandbox's clock: review verdicts, webhook attempts. They survive a restart.

    `on(kind, handler)` says what happens; `at(when, kind, payload)` plans it; `run_due()` does what is due, and the
    background thread (`start`) calls it five times a second. A handler that fails is logged and not repeated.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self.state = state
        self.clock = clock
        self.planned = state.collection("timers")
        self.handlers: dict[str, Handler] = {}
        self.thread: threading.Thread | None = None
        self.stopping = threading.Event()
        self.running = threading.Lock()

    def on(self, kind: str, handler: Handler) -> None:
        self.handlers[kind] = handler

    def at(self, when: float, kind: str, payload: dict[str, Any]) -> str:
        key = uuid.uuid4().hex
        self.planned[key] = {"at": when, "kind": kind, "payload": payload}
        return key

    def run_due(self) -> int:
        """Run everything that is due now; returns how many handlers ran."""
        with self.running:
            now = self.clock.now()
            with self.state.lock:
                due = [(key, timer) for key, timer in self.planned.items() if timer["at"] <= now]
            for key, timer in sorted(due, key=lambda pair: pair[1]["at"]):
                if key in self.planned:
                    try:
                        self.handlers[timer["kind"]](timer["payload"])
                    except Exception as error:  # one broken timer must not stop the others
                        print(f"sandbox: timer {timer['kind']} failed: {error!r}", flush=True)
                    self.planned.pop(key, None)
            return len(due)

    def start(self) -> None:
        if self.thread is None:
            self.thread = threading.Thread(target=self._loop, name="sandbox-timers", daemon=True)
            self.thread.start()

    def _loop(self) -> None:
        while not self.stopping.wait(0.2):
            self.run_due()

    def stop(self) -> None:
        self.stopping.set()
