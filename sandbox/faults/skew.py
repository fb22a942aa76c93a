"""A platform's own clock, which may run ahead of the sandbox's or behind it."""

import threading

from sandbox.box import Sandbox
from sandbox.clock import Clock, Timers
from sandbox.state import Collection, State

COLLECTION = "faults_skew"


class _Request(threading.local):
    """Whose call this thread serves, for servers that write the Date header themselves."""

    seconds = 0.0


serving = _Request()


def skews(state: State) -> Collection:
    return state.collection(COLLECTION)


def skew_of(rows: Collection, platform: str) -> float:
    return float(rows[platform]["seconds"]) if platform in rows else 0.0


class SkewedClock(Clock):
    """The sandbox's clock as one platform believes it to be. Advancing it advances the sandbox's."""

    def __init__(self, state: State, platform: str) -> None:
        super().__init__(state)
        self.skews = skews(state)
        self.platform = platform

    @property
    def skew(self) -> float:
        return skew_of(self.skews, self.platform)

    def now(self) -> float:
        return super().now() + self.skew


class SkewedTimers(Timers):
    """The sandbox's timers for somebody who plans by a skewed clock: what is due in six seconds comes in six."""

    def __init__(self, timers: Timers, clock: SkewedClock) -> None:
        super().__init__(timers.state, timers.clock)
        self.handlers, self.running = timers.handlers, timers.running
        self.skewed = clock

    def at(self, when: float, kind: str, payload: dict[str, object]) -> str:
        return super().at(when - self.skewed.skew, kind, payload)


class PlatformBox(Sandbox):
    """The sandbox as one platform sees it: everything shared, but its own idea of the time."""

    def __init__(self, box: Sandbox, platform: str) -> None:
        self.settings, self.state = box.settings, box.state
        self.clock = SkewedClock(box.state, platform)
        self.timers = SkewedTimers(box.timers, self.clock)
