"""Drains the work of one shop: claim, prepare, call in a thread pool, record. As many calls as the kind of work allows
stay in flight; no transaction is open while waiting for somebody else's server."""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from jobs import closing, ledger, presence, recording, settlement
from jobs.handlers import HANDLERS
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Skipped
from jobs.launch import ring, ring_job
from jobs.recording import Back, call
from models import Activity, db
from models.tenancy import tenant
from services import clock, setup
from services.activities import hold

log = logging.getLogger("causeway.drain")
SECONDS = 60.0
THREADS = 32  # the most that any kind of work has
TRIES = 3  # of writing down what came back, when the database is busy


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
        self.flying: dict[Future[Back], tuple[Handler, Item]] = {}
        self.stopped = threading.Event()
        self.leaving = False

    def run(self) -> int:
        beat = threading.Thread(target=self._beat, name="lease", daemon=True)
        beat.start()
        try:
            with self._until_told_to_leave(), ThreadPoolExecutor(THREADS, thread_name_prefix="call") as pool:
                while True:
                    took = self._may_take() and self._take(pool)
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

        def leave(*_: object) -> None:
            self.leaving = True

        before = signal.signal(signal.SIGTERM, leave)
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
            steps = dict(handler.prepare(activity, wanted)) if wanted else {}
            ready = {item.id: steps[item.id] for item in wanted}
            ready |= {item.id: Skipped(settlement.STOPPED, units=0) for item in items if item.id not in ready}
            decided = [item for item in items if isinstance(ready[item.id], Done | Refused | Skipped | Later)]
            calls = [item for item in items if item not in decided]
            over = self._settle(number, decided, {item.id: ready[item.id] for item in decided})
            mine = ledger.mark_sending(calls)
            db.session.commit()
        except OperationalError as busy:
            db.session.rollback()
            log.warning("Not prepared, the database is busy: %s", busy.__class__.__name__)
            again = Later(clock.now() + timedelta(seconds=2), "The database was busy; trying again.")
            self._settle(number, items, {item.id: again for item in items})
            db.session.commit()
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
                self.flying[pool.submit(call, handler, item, ready[item.id], stopping)] = (handler, item)
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
        """Writes down what came back. When one item breaks the record, the others go on; a busy database gets three
        tries."""
        if not answered:
            return
        for turn in range(1, TRIES + 1):
            try:
                settled, over, expired = recording.write(number, handler, answered, self.shop_id)
                db.session.commit()
                break
            except OperationalError:
                db.session.rollback()
                if turn == TRIES:
                    raise  # the leases end and each item is looked up
                time.sleep(0.2 * turn)
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

    def _beat(self) -> None:
        """Keeps leases alive every four seconds, and the sign that somebody is here every two."""
        place = (self.queue, self.store_id, self.shop_id)
        with self.app.app_context(), tenant(self.store_id):
            presence.show(place)
            turn = 0
            while not self.stopped.wait(2.0):
                presence.show(place)
                turn += 1
                held = list(self.held.values())
                if held and turn % 2 == 0:
                    try:
                        ledger.extend(held)
                        db.session.commit()
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
