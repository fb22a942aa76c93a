"""How gunicorn serves the app: `gunicorn --worker-class serving.Worker`. A worker that is told to end cuts nobody off.

gunicorn's own threaded worker stops accepting at once and keeps the door open while it finishes: who comes meanwhile is
reset when it closes, and after a reload (HUP) waits until the new workers have imported the app."""

import select
import time
from types import FrameType
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

SECONDS = 5.0  # goes on serving so long: by then a reload's new workers are there


class Worker(ThreadWorker):  # type: ignore[misc]
    """Goes on for a moment, lets in who has already knocked, closes the door, finishes what it has. Who comes then is
    refused at once, and a load balancer takes the next host."""

    alive: bool
    leaves_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.leaves_at is None:
            self.leaves_at = time.monotonic() + SECONDS

    def notify(self) -> None:
        """Called in every turn of the worker's loop, at least once a second."""
        super().notify()
        if self.alive and self.leaves_at is not None and time.monotonic() >= self.leaves_at:
            self.alive = False

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._empty(listener)
                listener.close()

    def _empty(self, listener: Any) -> None:
        while select.select([listener], [], [], 0)[0]:
            self.accept(listener)
