"""The catalog import against BigCommerce's quota, and the whole path without one: `python -m bench.imports [products]`.

quota   450 and 150 requests in 30 s, 100 ms an answer. The budget follows the headers and leaves the last tenth to the
        store's other apps. Counted at the sandbox at the end of the first window; small pages, so that a small catalog
        makes many calls. Goal: 95 % of what the budget leaves, nothing refused.
path    no quota, no delay: a bulk worker reads, shapes, compares and writes; products a second, first and unchanged.
"""

import sys
import threading
import time
from typing import Any

from bench._stage import STORE, Stage, Usage, furnished, stage, wait_for_activities
from bench.publish import working

COUNT, GOAL, LATENCY = 3000, 0.95, 100
QUOTAS = (450, 150)
WINDOW, KEPT_BACK = 30.0, 0.1  # seconds; the share that stays for others
PAGE = 10


def small_pages() -> None:
    from clients.bigcommerce import api

    api.BATCH = PAGE
    (api.BigCommerce.products.__kwdefaults__ or {})["limit"] = PAGE


def begin(here: Stage) -> int:
    """A fresh import; the activity's number."""
    from models import db
    from services import catalog
    from services.actor import system

    activity = catalog.start_import(system(here.store_id)).activity
    number = activity.id
    db.session.commit()
    return number


def against(here: Stage, quota: int) -> str:
    from jobs.drain import Drain
    from models import Activity, db
    from services import activities, setup
    from services.actor import system

    here.ask("/control/api/bigcommerce/quota", {"store": STORE, "requests": quota})
    redis_of(here).flushdb()
    setup.budget().rates.clear()  # type: ignore[attr-defined]
    number = begin(here)
    here.ask("/bench/reset")
    found: list[tuple[int, int]] = []
    at_the_end = threading.Timer(WINDOW - 0.2, lambda: found.append(counted(here)))
    at_the_end.start()
    Drain(here.app, "bulk", here.store_id, None, deadline=time.monotonic() + WINDOW).run()
    at_the_end.join()
    db.session.rollback()
    activity = db.session.get_one(Activity, number)
    if activity.state not in ("queued", "running"):
        raise SystemExit("The catalog is too small to fill the window.")
    activities.cancel(system(here.store_id), activity)
    db.session.commit()
    here.ask("/control/api/bigcommerce/quota", {"store": STORE, "requests": 0})
    Drain(here.app, "bulk", here.store_id, None).run()
    calls, refused = found[0]
    left = quota * (1 - KEPT_BACK)
    return (
        f"quota {quota:4} in 30 s: {calls:4} calls, {calls / left:6.1%} of the {left:.0f} that the budget leaves "
        f"(goal {GOAL:.0%}), {refused} refused"
    )


def counted(here: Stage) -> tuple[int, int]:
    """(calls answered, calls refused) at the store's API."""
    rows = [row for path, row in here.ask("/bench/counts").items() if f"/stores/{STORE}/" in path]
    return int(sum(row[0] for row in rows)), int(sum(row[1] for row in rows))


def redis_of(here: Stage) -> Any:
    import redis

    return redis.Redis.from_url(here.environment["REDIS_URL"])


def whole_path(here: Stage, name: str, count: int) -> str:
    from jobs.launch import ring
    from models import Activity, db

    here.ask("/control/api/bigcommerce/quota", {"store": STORE, "requests": 0})
    here.ask("/control/api/bigcommerce/latency", {"store": STORE, "milliseconds": 0})
    with working(here, 1):
        usage = Usage({"worker": here.running[-1].pid})
        begun = time.perf_counter()
        number = begin(here)
        ring("bulk", here.store_id, None)
        wait_for_activities()
        took = time.perf_counter() - begun
        usage.stop()
    activity = db.session.get_one(Activity, number, populate_existing=True)
    if activity.state != "finished" or activity.units_done != count:
        raise SystemExit(f"{activity.state}: {activity.message}")
    db.session.rollback()
    cpu = usage.cpu["worker"] / count * 1000
    return (
        f"whole path, {name:9}: {count:,} products in {took:5.1f} s, {count / took:6,.0f} products/s, {cpu:.2f} ms of "
        f"CPU each, {usage.peak_mb['worker']:.0f} MB"
    )


def main(count: int) -> None:
    with stage("sqlite") as here, furnished(here, shops=0):
        made = here.ask("/control/api/catalog", {"store": STORE, "seed": 5, "size": count, "quiet": True})
        total = int(made["created"])
        print(whole_path(here, "first", total), flush=True)
        print(whole_path(here, "unchanged", total), flush=True)
        here.ask("/control/api/bigcommerce/latency", {"store": STORE, "milliseconds": LATENCY})
        small_pages()
        for quota in QUOTAS:
            print(against(here, quota), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
