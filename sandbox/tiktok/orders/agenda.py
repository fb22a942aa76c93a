"""What falls due for orders by the sandbox's clock. One planned timer stands for all of it, so that a hundred thousand
waiting orders cost the clock nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.box import Sandbox

if TYPE_CHECKING:
    from sandbox.tiktok.orders.turn import Turn

Document = dict[str, Any]
Handler = Callable[["Turn", str, float], None]
"""Gets the id that was planned with, and the moment it was planned for."""

TIMER = "tiktok.orders"
TOGETHER = 50


class Agenda:
    """`plan` keeps an entry, `run_due` does what is due in the order of its moments, also what that plans in turn."""

    def __init__(self, box: Sandbox, begin: Callable[[], Turn]) -> None:
        self.box, self.begin = box, begin
        self.entries = box.state.collection("tiktok_agenda")
        self.handlers: dict[str, Handler] = {}
        self.reindex()
        box.timers.on(TIMER, self._rung)

    def reindex(self) -> None:
        self.heap: list[tuple[float, str]] = [(row["at"], key) for key, row in self.entries.items()]
        heapq.heapify(self.heap)
        timers = self.box.timers.planned.values()
        self.armed = min((row["payload"]["at"] for row in timers if row["kind"] == TIMER), default=None)
        self._arm()

    def on(self, kind: str, handler: Handler) -> None:
        self.handlers[kind] = handler

    def plan(self, at: float, kind: str, number: str) -> None:
        with self.box.state.lock:
            key = str(self.box.state.next_number("tiktok_agenda"))
            self.entries[key] = {"at": at, "kind": kind, "id": number}
            heapq.heappush(self.heap, (at, key))
            self._arm()

    def run_due(self) -> None:
        while self._run_some():
            pass

    def _run_some(self) -> bool:
        """Do a few things together, so that thousands cost little and callers get their turn between."""
        with self.begin() as turn:
            for _ in range(TOGETHER):
                due = self._take()
                if due is None:
                    return False
                try:
                    self.handlers[due["kind"]](turn, due["id"], due["at"])
                except Exception as error:  # one order that cannot move must not hold up the others
                    print(f"sandbox: {due['kind']} of {due['id']} failed: {error!r}", flush=True)
        return True

    def _rung(self, payload: Document) -> None:
        self.run_due()
        with self.box.state.lock:
            if payload["at"] == self.armed:  # an overtaken timer arms nothing, or they would multiply
                self.armed = None
                self._arm()

    def _arm(self) -> None:
        """Have the timer stand at the earliest entry."""
        if self.heap and (self.armed is None or self.heap[0][0] < self.armed):
            self.armed = self.heap[0][0]
            self.box.timers.at(self.armed, TIMER, {"at": self.armed})

    def _take(self) -> Document | None:
        with self.box.state.lock:
            while self.heap and self.heap[0][0] <= self.box.clock.now():
                _, key = heapq.heappop(self.heap)
                if (due := self.entries.pop(key, None)) is not None:
                    return dict(due)
            return None
