"""Beside the shop that a bell named, a worker serves others: shops with due work that nobody is at, each by a drain of
its own in a thread. One process waits for many platforms' answers as well as for one (decision 0008)."""

import logging
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from jobs import drain, presence
from jobs.drain import Drain
from jobs.presence import Place
from jobs.sweep import due
from models import db
from models.engine import read_only
from models.tenancy import tenant

log = logging.getLogger("causeway.neighbours")
MOST = 11  # beside one's own: twelve times thirty-two calls
HASTE = 0.1  # between two new ones, so that several workers share them
LOOK = 1.0  # between two looks for more
REST = 2.0  # before the same shop again


@contextmanager
def beside(app: Flask, place: Place) -> Iterator[None]:
    """While the block works at `place`, and until the turn is over, others are served too."""
    others = Neighbours(app, place)
    before = signal.signal(signal.SIGTERM, lambda *_: others.leave()) if _is_main() else None
    others.start()
    try:
        yield
    finally:
        others.finish()
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


class Neighbours:
    """The others of one turn. `leave` is for a deploy: calls in flight are waited for, nothing new is begun."""

    def __init__(self, app: Flask, place: Place) -> None:
        self.app = app
        self.place = place
        self.deadline = time.monotonic() + drain.SECONDS
        self.running: dict[Place, Drain] = {}
        self.rested: dict[Place, float] = {}
        self.threads: list[threading.Thread] = []
        self.leaving = False
        self.alone = False  # the block is over
        self.stirred = threading.Event()
        self.looking = threading.Thread(target=self._look_around, name="neighbours", daemon=True)

    def start(self) -> None:
        self.looking.start()

    def leave(self) -> None:
        """Only sets flags: it runs in a signal handler, which may have interrupted whoever holds the event's lock."""
        self.leaving = True
        for one in list(self.running.values()):
            one.leaving = True

    def finish(self) -> None:
        self.alone = True
        self.stirred.set()
        self.looking.join()
        for thread in self.threads:
            thread.join()

    def _look_around(self) -> None:
        self.stirred.wait(HASTE)  # most bells that come late are over by then
        while not self.leaving and time.monotonic() < self.deadline and (self.running or not self.alone):
            began = False
            try:
                place = self._somewhere() if len(self.running) < MOST else None
                if place is not None:
                    self._begin(place)
                    began = True
            except Exception as failure:  # the next look tries again
                log.warning("Not looked around: %s", failure.__class__.__name__)
            self.stirred.wait(HASTE if began else LOOK)
            self.stirred.clear()

    def _somewhere(self) -> Place | None:
        now = time.monotonic()
        reading = read_only.set(True)  # on SQLite it asks for no turn among the writers
        try:
            with self.app.app_context():
                found = due()
                db.session.remove()
        finally:
            read_only.reset(reading)
        free = [
            place
            for place in found
            if place[0] == self.place[0]
            and (place != self.place or self.alone)
            and place not in self.running
            and self.rested.get(place, 0.0) < now
        ]
        random.shuffle(free)
        with self.app.app_context():
            return next((place for place in free if not presence.somebody(place)), None)

    def _begin(self, place: Place) -> None:
        self.running[place] = one = Drain(self.app, *place, deadline=self.deadline)
        one.leaving = self.leaving
        thread = threading.Thread(target=self._work, args=(place, one), name=f"shop {place[2]}", daemon=True)
        self.threads.append(thread)
        thread.start()

    def _work(self, place: Place, one: Drain) -> None:
        try:
            with self.app.app_context(), tenant(place[1]):
                try:
                    one.run()
                finally:
                    db.session.remove()
        except Exception as failure:  # its leases end, and the sweep rings
            log.error("Work of shop %s broke: %s", place[2], failure, exc_info=failure)
        finally:
            self.rested[place] = time.monotonic() + REST
            self.running.pop(place, None)
            self.stirred.set()
