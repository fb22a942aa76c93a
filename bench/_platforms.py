"""The sandbox as benchmarks use it: `gunicorn 'bench._platforms:create_app()'`. The same endpoints and refusals, ten US
shops of one seller, a token for the first store, delays like a network's, and a count of what came and was refused.

BENCH_LATENCY_MS is waited inside the platform, after its rate check; BENCH_JITTER_MS, at random from none to that much,
on the way to it.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from sandbox import create_app as create_sandbox

TOKEN = "bench-token-0123456789abcdef012"  # noqa: S105 - the sandbox's
SELLER = "7494000000000000101"
SHOPS = 10


class Toll:
    """Counts calls by endpoint and lets them wait. GET /bench/counts answers {path: [calls, refused, first, last]}."""

    def __init__(self, app: Flask) -> None:
        self.inner = app.wsgi_app
        self.jitter = float(os.environ.get("BENCH_JITTER_MS", "0")) / 1000
        self.lock = threading.Lock()
        self.counts: dict[str, list[float]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if self.jitter and not path.startswith(("/control", "/bench")):
            time.sleep(random.uniform(0, self.jitter))
        arrived = time.time()

        def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            with self.lock:
                row = self.counts.setdefault(f"{environ['REQUEST_METHOD']} {path}", [0, 0, arrived, arrived])
                refused = status.startswith("429")
                row[1 if refused else 0] += 1
                row[2], row[3] = min(row[2], arrived), max(row[3], arrived)
            return start_response(status, headers, *more)

        return self.inner(environ, answer)


def create_app() -> Flask:
    app: Flask = create_sandbox()
    tiktok, bigcommerce = app.extensions["tiktok"], app.extensions["bigcommerce"]
    first = next(shop for shop in tiktok.shops.values() if shop["seller_id"] == SELLER)
    for number in range(11, 10 + SHOPS):
        tiktok.shops[f"74955407353657775{number}"] = {
            **first, "id": f"74955407353657775{number}", "name": f"Harbor {number}", "code": f"USLCHP{number}",
            "cipher": f"TTP_c1pherBench{number}",
        }  # fmt: skip
    for shop in tiktok.shops_of(SELLER):
        tiktok.change_shop(shop["id"], daily_listings=1_000_000)
    tiktok.turn(latency_ms=float(os.environ.get("BENCH_LATENCY_MS", "0")), policy="manual")
    store_hash = next(iter(bigcommerce.stores))
    bigcommerce.tokens[TOKEN] = {"hash": store_hash, "scope": bigcommerce.scopes, "client_id": "bench"}
    toll = Toll(app)
    app.wsgi_app = toll  # type: ignore[method-assign]

    @app.get("/bench/counts")
    def counts() -> dict[str, list[float]]:
        with toll.lock:
            return dict(toll.counts)

    @app.get("/bench/reset")
    def reset() -> dict[str, str]:
        with toll.lock:
            toll.counts.clear()
        bigcommerce.quota.windows.clear()
        return {"store": store_hash}

    @app.get("/bench/limit/<int:calls>")
    def limit(calls: int) -> dict[str, int]:
        tiktok.rate.calls = calls
        return {"calls": calls}

    return app
