"""Drains the work of one shop: claim, prepare, call in a thread pool, record. Sixteen calls stay in flight; no transaction is open
while waiting for somebody else's server."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

from flask import Flask, current_app

from clients.errors import ClientError, Refused as PlatformRefused, Throttled, Unauthorised
from clients.exchange import Exchange
from jobs import ledger, trail
from jobs.handlers import HANDLERS
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from jobs.launch import ring
from models import Activity, Shop, db
from models.tenancy import tenant
from services import clock, evidence, grants, setup

log = logging.getLogger("causeway.drain")
ITEMS = 250
SECONDS = 60.0
GATHER = 0.05  # after one call is back, wait this long for its neighbours, so that they are recorded together


def drain(queue: str, store_id: int, shop_id: int | None) -> int:
    """An RQ job: up to 250 items of one shop, or 60 s. Answers how many items were settled."""
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

    def __init__(self, app: Flask, queue: str, store_id: int, shop_id: int | None) -> None:
        self.app = app
        self.queue = queue
        self.store_id = store_id
        self.shop_id = shop_id
        self.deadline = time.monotonic() + SECONDS
        self.taken = 0
        self.settled = 0
        self.held: dict[int, Item] = {}
        self.flying: dict[Future[tuple[Any, ClientError | None, list[Exchange]]], tuple[Handler, Item, Any]] = {}
        self.stopped = threading.Event()

    def run(self) -> int:
        beat = threading.Thread(target=self._beat, name="lease", daemon=True)
        beat.start()
        try:
            with ThreadPoolExecutor(max_workers=16, thread_name_prefix="call") as pool:
                while True:
                    if self._may_take() and not self._take(pool) and not self.flying:
                        break
                    if not self.flying:
                        if not self._may_take():
                            break
                        continue
                    self._gather()
        finally:
            self.stopped.set()
            beat.join()
        self._ring_again()
        return self.settled

    def _may_take(self) -> bool:
        return self.taken < ITEMS and time.monotonic() < self.deadline and len(self.flying) <= 12

    def _take(self, pool: ThreadPoolExecutor) -> bool:
        """Claims what fits, prepares it, says so, and sends it off. False when nothing was due."""
        activity = ledger.next_activity(self.queue, self.shop_id)
        if activity is None:
            db.session.rollback()
            return False
        handler = HANDLERS[activity.kind]
        room = min(handler.threads - len(self.flying), ITEMS - self.taken)
        items = ledger.claim(activity, room) if room > 0 else []
        db.session.commit()
        kill_point("claimed")
        if not items:
            return False
        self.taken += len(items)
        self.held.update({item.id: item for item in items})
        try:
            steps = handler.prepare(activity, items)
            ready = {item.id: steps[item.id] for item in items}
        except Exception as broken:
            db.session.rollback()
            self._crashed(activity.id, items, broken, was_sent=False)
            return True
        decided = [item for item in items if isinstance(ready[item.id], Done | Refused | Skipped | Later)]
        self._settle(activity.id, decided, {item.id: ready[item.id] for item in decided})
        calls = [item for item in items if item not in decided]
        ours = ledger.mark_sending(calls)
        db.session.commit()
        kill_point("sending")
        for item in calls:
            if item.id in ours:
                self.flying[pool.submit(self._call, handler, item, ready[item.id])] = (handler, item, ready[item.id])
            else:
                self.held.pop(item.id, None)
        self._finish(activity.id)
        return True

    def _call(self, handler: Handler, item: Item, step: Any) -> tuple[Any, ClientError | None, list[Exchange]]:
        exchanges = trail.begin()
        try:
            if item.was_sent:
                found = handler.look_up(step)
                if found is not None:
                    return found, None, exchanges
            return handler.call(step), None, exchanges
        except ClientError as error:
            return None, error, exchanges

    def _gather(self) -> None:
        wait(self.flying, timeout=1.0, return_when=FIRST_COMPLETED)
        if any(future.done() for future in self.flying):
            wait(self.flying, timeout=GATHER)
        back = [future for future in self.flying if future.done()]
        by_activity: dict[int, list[tuple[Future[Any], Handler, Item, Any]]] = {}
        for future in back:
            handler, item, step = self.flying.pop(future)
            by_activity.setdefault(item.activity_id, []).append((future, handler, item, step))
        kill_point("answered")
        for activity_id, group in by_activity.items():
            self._record(activity_id, group)

    def _record(self, activity_id: int, group: Sequence[tuple["Future[Any]", Handler, Item, Any]]) -> None:
        handler = group[0][1]
        results, broken = [], []
        trails: dict[int, list[Exchange]] = {}
        for future, _, item, step in group:
            failure = future.exception()
            if failure is not None:
                broken.append((item, failure))
                continue
            answer, error, trails[item.id] = future.result()
            results.append(Result(item, step, answer, error))
        for item, failure in broken:
            self._crashed(activity_id, [item], failure, was_sent=True)
        ours = ledger.still_ours([result.item for result in results])
        results = [result for result in results if result.item.id in ours]
        try:
            self._record_results(activity_id, handler, results, trails)
            db.session.commit()
        except Exception as failure:
            db.session.rollback()
            if len(group) > 1:  # find the one that breaks the record, the others go on
                for one in group:
                    self._record(activity_id, [one])
                return
            self._crashed(activity_id, [result.item for result in results], failure, was_sent=True)
        kill_point("recorded")
        for _, _, item, _ in group:
            self.held.pop(item.id, None)
        self._finish(activity_id)

    def _record_results(self, activity_id: int, handler: Handler, results: list[Result], trails: dict[int, list[Exchange]]) -> None:
        if not results:
            return
        activity = db.session.get_one(Activity, activity_id)
        outcomes: dict[int, Outcome] = {}
        unknown = [result for result in results if result.error is not None and result.error.unknown]
        rest = []
        for result in results:
            if result in unknown:
                continue
            waits = self._waits(result)
            if waits is not None:
                outcomes[result.item.id] = waits
            else:
                rest.append(result)
        if rest:
            outcomes.update(handler.record(activity, rest))
        for result in results:
            evidence.keep(trails.get(result.item.id, ()), activity_id=activity_id, item_id=result.item.id, attempt=result.item.attempt,
                          listing_id=result.item.subject_id)
        ledger.settle_unknown(
            activity_id, [result.item for result in unknown], setup.config().settle_seconds,
            {result.item.id: "No clear answer came; it is looked up before anything is sent again." for result in unknown},
        )
        settled = [result.item for result in results if result.item.id in outcomes]
        ledger.settle(activity_id, settled, outcomes)
        self.settled += len(settled)

    def _waits(self, result: Result) -> Later | None:
        """Errors that say "not applied, try again" are the engine's business; refusals are the handler's."""
        error = result.error
        now = clock.now()
        if isinstance(error, Throttled):
            return Later(now + timedelta(seconds=min(error.retry_after or 1.0, 120)), "The platform asked to slow down.")
        if isinstance(error, Unauthorised):
            if self.shop_id is not None:
                shop = db.session.get_one(Shop, self.shop_id)
                grants.reject(shop.authorization, error.text)
            return Later(now + timedelta(seconds=5), "Waiting until the shop is connected again.")
        if error is not None and not isinstance(error, PlatformRefused):
            return Later(now + timedelta(seconds=min(2 ** min(result.item.tries, 8), 300)), "The platform could not be reached; trying again.")
        return None

    def _settle(self, activity_id: int, items: list[Item], outcomes: dict[int, Outcome]) -> None:
        if items:
            ledger.settle(activity_id, items, outcomes)
            self.settled += len(items)
            for item in items:
                self.held.pop(item.id, None)

    def _crashed(self, activity_id: int, items: Iterable[Item], failure: BaseException, *, was_sent: bool) -> None:
        log.error("Work broke: %s", failure, exc_info=failure)
        items = list(items)
        ledger.settle_crashed(activity_id, items, f"Something went wrong on our side ({type(failure).__name__}).", was_sent)
        db.session.commit()
        for item in items:
            self.held.pop(item.id, None)
        self._finish(activity_id)

    def _finish(self, activity_id: int) -> None:
        activity = ledger.finish_if_over(activity_id)
        if activity is not None:
            HANDLERS[activity.kind].finished(activity)
        db.session.commit()

    def _beat(self) -> None:
        with self.app.app_context(), tenant(self.store_id):
            while not self.stopped.wait(5.0):
                held = list(self.held.values())
                if held:
                    try:
                        ledger.extend(held)
                        db.session.commit()
                    except Exception as failure:  # the next beat tries again; the lease lasts three beats
                        db.session.rollback()
                        log.warning("Lease not extended: %s", failure)
            db.session.remove()

    def _ring_again(self) -> None:
        if ledger.next_activity(self.queue, self.shop_id) is not None:
            db.session.rollback()
            ring(self.queue, self.store_id, self.shop_id)
        else:
            db.session.rollback()
