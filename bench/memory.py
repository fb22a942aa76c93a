"""Peak memory of each process: `python -m bench.memory [products]`.

Web, workers and clock as in the Procfile, on SQLite: an import of all products, then publishing as many listings as fit
into a minute, while the pages are asked for. Proportional set size: what a fork shares with its parent counts once.
"""

import contextlib
import sys
import threading
import time
import urllib.request

from bench._stage import STORE, Stage, Usage, furnished, stage, wait_for_activities
from bench.publish import publish

COUNT, LISTINGS = 3000, 1500


def main(count: int) -> None:
    with stage("sqlite", BENCH_LATENCY_MS=50, threads=64) as here, furnished(here, 1, LISTINGS) as shop_ids:
        here.ask("/control/api/catalog", {"store": STORE, "seed": 5, "size": count, "quiet": True})
        here.ask("/control/api/bigcommerce/quota", {"store": STORE, "requests": 0})
        door = here.environment["SANDBOX_PORT"]
        pids = {
            "web, 2 processes": here.start(
                "-m", "gunicorn", "--bind", f"127.0.0.1:{int(door) + 1}", "--worker-class", "gthread", "--workers", "2",
                "--threads", "8", "--no-control-socket", "--log-level", "warning", "app:create_app()",
            ),
            "live worker": here.start("-m", "jobs.worker", "live"),
            "bulk worker": here.start("-m", "jobs.worker", "bulk"),
            "clock": here.start("-m", "jobs.clock"),
        }  # fmt: skip
        time.sleep(5)
        idle = Usage(pids).stop()
        over = threading.Event()
        asking = threading.Thread(target=ask_pages, args=(f"http://127.0.0.1:{int(door) + 1}", over))
        asking.start()
        first = Usage(pids | {"sandbox": here.sandbox})
        imported(here)
        first.stop()
        second = Usage(pids | {"sandbox": here.sandbox})
        publish(here, shop_ids)
        second.stop()
        over.set()
        asking.join()
    print(f"Peak MB of each process: import of {count:,} products, publishing of {LISTINGS:,} listings")
    print(f"{'':18} {'idle':>6} {'import':>8} {'publish':>8}")
    for name in second.peak_mb:
        before = f"{idle.peak_mb[name]:6.0f}" if name in idle.peak_mb else f"{'':6}"
        print(f"{name:18} {before} {first.peak_mb[name]:8.0f} {second.peak_mb[name]:8.0f}")


def imported(here: Stage) -> None:
    from bench.imports import begin
    from jobs.launch import ring

    begin(here)
    ring("bulk", here.store_id, None)
    wait_for_activities()


def ask_pages(url: str, over: threading.Event) -> None:
    """Whatever an outsider may ask for; it loads the processes and answers without a session."""
    while not over.wait(0.02):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:  # noqa: S310
            answer.read()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
