"""Drains the work of one shop: claim, prepare, call in a thread pool, record. As many calls as the kind of work allows
stay in flight; no transaction is open while waiting for somebody else's server."""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from types import FrameType
from typing import TypeVar

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from clients.wire import Permit
from jobs import closing, ledger, presence, recording, settlement
from jobs.handlers import HANDLERS
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Skipped
from jobs.launch import ring, ring_job
from jobs.recording import Back, call
from models import Activity, db
from models.tenancy import tenant
from services import clock, setup
from services.activities import hold
from services.history.because import because
from services.patience import SOON

log = logging.getLogger("causeway.drain")
Written = TypeVar("Written")
SECONDS = 60.0
THREADS = 32  # the most that any kind of work has
HOLD = ledger.LEASE.total_seconds() - 3.0  # so long after its lease was written an item is surely ours
OUTAGE = 12.0  # seconds without a database that a run sits out; then the leases have ended anyway
HURRY = 10.0  # seconds between two looks for waits that have grown too long
STUCK = 45.0  # seconds without a step after which a run takes itself for hung


def drain(queue: str, store_id: int, shop_id: int | None) -> int:
    """An RQ job: what is due of one shop, for up to 60 s. Answers how many items were settled."""
    with tenant(store_id):
        try:
            return Drain(current_app._get_current_object(), queue, store_id, shop_id).run()  # type: ignore[attr-defined]
        finally:
            db.session.remove()


def kill_point(name: str) -> None:
    """Fault tests make a worker kill itself exactly here."""
    if setup.config().kill_point == name:
        os.kill(os.getpid(), signal.SIGKILL)


def despite_outage(write: Callable[[], Written]) -> Written:
    """What `write` answers; tried again while the database is busy or away, for a few seconds."""
    until, pause = time.monotonic() + OUTAGE, 0.1
    while True:
        try:
            return write()
        except OperationalError:
            db.session.rollback()
            if time.monotonic() + pause > until:
                raise
            time.sleep(pause)
            pause = min(2 * pause, 2.0)


class Drain:
    """One run. The main thread owns the database session; pool threads get and give plain data."""

    def __init__(
        self, app: Flask, queue: str, store_id: int, shop_id: int | None, deadline: float | None = None
    ) -> None:
        self.app = app
        self.queue = queue
        self.store_id = store_id
        self.shop_id = shop_id
        self.deadline = time.monotonic() + SECONDS if deadline is None else deadline
        self.threads = THREADS  # of the kind of work claimed last
        self.settled = 0
        self.held: dict[int, Item] = {}
        self.permits: dict[int, Permit] = {}
        self.away_since = 0.0
        self.hurry_at = 0.0
        self.moved = time.monotonic()
        self.flying: dict[Future[Back], tuple[Handler, Item]] = {}
        self.stopped = threading.Event()
        self.leaving = False

    def run(self) -> int:
        beat = threading.Thread(target=self._beat, name="lease", daemon=True)
        beat.start()
        try:
            with self._until_told_to_leave(), ThreadPoolExecutor(THREADS, thread_name_prefix="call") as pool:
                while True:
                    self.moved = time.monotonic()
                    took = self._may_take() and self._take_if_possible(pool)
                    if self.flying:
                        self._gather()
                    elif not took:
                        break
            closing.close_over()
        finally:
            self.stopped.set()
            beat.join()
        self._ring_again()
        return self.settled

    @contextlib.contextmanager
    def _until_told_to_leave(self) -> Iterator[None]:
        """SIGTERM (a deploy) ends the run after the calls that are in flight; the next worker takes the rest."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        before = signal.getsignal(signal.SIGTERM)

        def leave(number: int, frame: FrameType | None) -> None:
            self.leaving = True
            if callable(before):  # whoever works beside us
                before(number, frame)

        signal.signal(signal.SIGTERM, leave)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def _may_take(self) -> bool:
        suspect = any(item.crashes for _, item in self.flying.values())  # handled by itself
        in_time = time.monotonic() < self.deadline and not self.leaving
        return in_time and not suspect and self._is_room(self.threads)

    def _is_room(self, threads: int) -> bool:
        """A third of the threads free is worth a claim: its statements cost the same for one item as for many."""
        return len(self.flying) <= threads - max(1, threads // 3)

    def _take_if_possible(self, pool: ThreadPoolExecutor) -> bool:
        """Without a database nothing is taken; what flies is still waited for and written down. True: look again."""
        try:
            took = self._take(pool)
            self.away_since = 0.0
            return took
        except OperationalError as away:
            db.session.rollback()
            self.away_since = self.away_since or time.monotonic()
            if not self.flying and time.monotonic() - self.away_since > OUTAGE:
                raise
            log.warning("Nothing taken, the database is away or busy: %s", away.__class__.__name__)
            time.sleep(0.2)
            return True

    def _take(self, pool: ThreadPoolExecutor) -> bool:
        """Claims what fits, prepares it, says so, and sends it off. False when nothing was due."""
        activity = ledger.next_activity(self.queue, self.shop_id)
        if activity is None:
            db.session.rollback()
            return False
        number, handler = activity.id, HANDLERS.get(activity.kind)
        if handler is None:
            settlement.break_off(number, f"This version does not know work of the kind “{activity.kind}”.")
            db.session.commit()
            return True
        self.threads = handler.threads
        free = handler.threads - len(self.flying) if self._is_room(handler.threads) else 0
        items = ledger.claim(activity, free, alone=not self.flying)
        if not items:
            db.session.rollback()
            return False
        self.held.update({item.id: item for item in items})
        db.session.commit()
        kill_point("claimed")
        self._send(pool, number, handler, items)
        return True

    def _send(self, pool: ThreadPoolExecutor, number: int, handler: Handler, items: Sequence[Item]) -> None:
        """Prepares items and hands them to the pool. When preparing breaks, each is tried by itself, so that one poison
        item cannot set its neighbours aside."""
        try:
            activity = db.session.get_one(Activity, number, populate_existing=True)
            stopping = activity.state not in ("queued", "running")
            wanted = [item for item in items if item.was_sent or not stopping]
            with because(activity.actor, activity.kind, number):
                steps = dict(handler.prepare(activity, wanted)) if wanted else {}
            ready = {item.id: steps[item.id] for item in wanted}
            ready |= {item.id: Skipped(settlement.STOPPED, units=0) for item in items if item.id not in ready}
            decided = [item for item in items if isinstance(ready[item.id], Done | Refused | Skipped | Later)]
            calls = [item for item in items if item not in decided]
            over = self._settle(number, decided, {item.id: ready[item.id] for item in decided})
            began = time.monotonic()
            mine = ledger.mark_sending(calls, handler.has_effects)
            db.session.commit()
        except OperationalError as busy:
            db.session.rollback()
            log.warning("Not prepared, the database is busy: %s", busy.__class__.__name__)
            again = Later(clock.now() + timedelta(seconds=2), "The database was busy; trying again.")

            def put_back() -> None:
                self._settle(number, items, {item.id: again for item in items})
                db.session.commit()

            despite_outage(put_back)
            self._let_go(items)
            return
        except Exception as broken:
            db.session.rollback()
            if len(items) > 1:
                for item in items:
                    self._send(pool, number, handler, [item])
            else:
                self._crashed(number, items, broken, was_sent=False)
            return
        kill_point("sending")
        self._let_go(decided)
        self._let_go([item for item in calls if item.id not in mine])
        for item in calls:
            if item.id in mine:
                self.permits[item.id] = permit = Permit(began + HOLD)
                self.flying[pool.submit(call, handler, item, ready[item.id], stopping, permit)] = (handler, item)
        if over:
            closing.close(number)

    def _settle(self, number: int, items: Sequence[Item], outcomes: dict[int, Outcome]) -> bool:
        """Before any call: who was sent earlier may still have been applied."""
        if not items:
            return False
        hold(number)
        mine = ledger.still_ours(items)
        own = [item for item in items if item.id in mine]
        self.settled += len(own)
        return settlement.settle(number, own, outcomes, {item.id for item in own if item.was_sent})

    def _gather(self) -> None:
        wait(self.flying, timeout=1.0, return_when=FIRST_COMPLETED)
        if any(future.done() for future in self.flying):
            wait(self.flying, timeout=min(handler.gather for handler, _ in self.flying.values()))
        back = [future for future in self.flying if future.done()]
        by_activity: dict[int, list[tuple[Future[Back], Handler, Item]]] = {}
        for future in back:
            handler, item = self.flying.pop(future)
            by_activity.setdefault(item.activity_id, []).append((future, handler, item))
        if back:
            kill_point("answered")
        for number, group in by_activity.items():
            answered = []
            for future, _, item in group:
                failure = future.exception()
                if failure is not None:
                    self._crashed(number, [item], failure, was_sent=True)
                else:
                    answered.append(future.result())
            self._record(number, group[0][1], answered)

    def _record(self, number: int, handler: Handler, answered: Sequence[Back]) -> None:
        """Writes down what came back. When one item breaks the record, the others go on; a database that is away is
        waited for as long as the items are ours. After that they are looked up."""
        if not answered:
            return

        def write() -> tuple[int, bool, bool]:
            written = recording.write(number, handler, answered, self.shop_id)
            self._hurry(number, answered)
            db.session.commit()
            return written

        try:
            settled, over, expired = despite_outage(write)
        except OperationalError:
            raise
        except Exception as failure:
            db.session.rollback()
            if len(answered) > 1:
                for one in answered:
                    self._record(number, handler, [one])
            else:
                self._crashed(number, [answered[0].item], failure, was_sent=True)
            return
        kill_point("recorded")
        self.settled += settled
        self._let_go([one.item for one in answered])
        if expired:
            ring_job("live", "jobs.tokens.refresh")
        if over:
            closing.close(number)

    def _hurry(self, number: int, answered: Sequence[Back]) -> None:
        """Waits grow while nobody answers; once somebody does, the longest of them have lost their reason."""
        now = time.monotonic()
        if now >= self.hurry_at and any(one.error is None for one in answered):
            self.hurry_at = now + HURRY
            ledger.hurry(number, clock.now() + timedelta(seconds=SOON))

    def _crashed(self, number: int, items: Sequence[Item], failure: BaseException, *, was_sent: bool) -> None:
        log.error("Work broke: %s", failure, exc_info=failure)
        over = settlement.settle_crashed(
            number,
            items,
            f"Something went wrong on our side ({type(failure).__name__}).",
            was_sent,
            setup.config().settle_seconds,
        )
        db.session.commit()
        self._let_go(items)
        if over:
            closing.close(number)

    def _let_go(self, items: Sequence[Item]) -> None:
        for item in items:
            self.held.pop(item.id, None)
            self.permits.pop(item.id, None)

    def _beat(self) -> None:
        """Keeps leases alive every four seconds, and the sign that somebody is here every two. A run that hangs keeps
        neither: it takes its process along, and others do its work."""
        place = (self.queue, self.store_id, self.shop_id)
        with self.app.app_context(), tenant(self.store_id):
            presence.show(place)
            turn = 0
            while not self.stopped.wait(2.0):
                if time.monotonic() - self.moved > STUCK:
                    log.error("The work of shop %s hangs; this process ends itself.", self.shop_id)
                    os.kill(os.getpid(), signal.SIGKILL)
                presence.show(place)
                turn += 1
                held = list(self.held.values())
                if held and turn % 2 == 0:
                    try:
                        began = time.monotonic()
                        ours = ledger.extend(held)
                        db.session.commit()
                        for item_id in ours:
                            if permit := self.permits.get(item_id):
                                permit.until = began + HOLD
                    except Exception as failure:  # the next beat tries again; the lease lasts for more
                        db.session.rollback()
                        log.warning("Lease not extended: %s", failure)
            presence.leave(place)
            db.session.remove()

    def _ring_again(self) -> None:
        left = ledger.next_activity(self.queue, self.shop_id) is not None
        db.session.rollback()
        if left:
            ring(self.queue, self.store_id, self.shop_id)
