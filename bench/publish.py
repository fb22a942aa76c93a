"""Publishing against TikTok's limit of 50 calls a second, shop and endpoint: `python -m bench.publish [seconds]`.

Real workers (RQ, one process each), real HTTP to the sandbox in a process of its own, which waits 150 ms inside and up
to 20 ms on the way, and refuses the 51st call of any sliding second. Counted at the sandbox: products created from the
first to the last, and calls refused. Goal: 95 % of the quota, nothing refused. The ceiling is what the sandbox answers
to a bare client with many connections and no limit.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bench._stage import Stage, Usage, furnished, has_postgresql, stage, wait_for_activities

LATENCY, JITTER = 150, 20  # milliseconds
QUOTA, GOAL = 50.0, 0.95
SECONDS = 30  # of work at the limit in each run
CREATE = "POST /product/202309/products"


@dataclass(frozen=True)
class Case:
    name: str
    engine: str
    workers: int
    shops: int


def cases() -> list[Case]:
    server = "postgresql" if has_postgresql() else "sqlite"
    found = [Case("one worker", "sqlite", 1, 1), Case("one worker", server, 1, 1), Case("three workers", server, 3, 1),
             Case("ten shops, one worker", server, 1, 10), Case("ten shops, three workers", server, 3, 10)]  # fmt: skip
    return list(dict.fromkeys(found))


def run(case: Case, seconds: float) -> str:
    with stage(case.engine, BENCH_LATENCY_MS=LATENCY, BENCH_JITTER_MS=JITTER, threads=32 + 16 * case.shops) as here:
        per_shop = int(seconds * QUOTA / (1 if case.shops == 1 else 2.5))
        with furnished(here, case.shops, per_shop) as shop_ids:
            with working(here, case.workers):
                here.ask("/bench/reset")
                usage = Usage({"worker": here.running[-1].pid, "sandbox": here.sandbox})
                begun = time.perf_counter()
                publish(here, shop_ids)
                whole = time.perf_counter() - begun
                usage.stop()
            done, refused, first, last = here.ask("/bench/counts")[CREATE]
            made = check(shop_ids, per_shop)
            rate = (done - 1) / (last - first)
            share = rate / (QUOTA * case.shops)
            top = ceiling(here, shop_ids, 32 + 16 * case.shops)
    cpu = usage.cpu["worker"] / whole
    return (
        f"{case.name:26} {case.engine:11} {rate:7.1f}/s {share:7.1%} {refused:5.0f} refused {made:6} made "
        f"{whole:6.1f} s {cpu:6.1%} {usage.peak_mb['worker']:5.0f} MB {top:8.0f}/s"
    )


@contextmanager
def working(here: Stage, workers: int) -> Iterator[None]:
    """Bulk workers, ready for the first bell, and the clock that rings again."""
    import redis

    pids = [here.start("-m", "jobs.clock"), *(here.start("-m", "jobs.worker", "bulk") for _ in range(workers))]
    client = redis.Redis.from_url(here.environment["REDIS_URL"])
    until = time.monotonic() + 60
    while client.scard("rq:workers") < workers and time.monotonic() < until:
        time.sleep(0.05)
    client.close()
    yield
    for pid in pids:
        here.stop(pid)


def publish(here: Stage, shop_ids: list[int]) -> None:
    """Starts one publishing per shop and waits for the end of all."""
    from sqlalchemy import select

    from jobs.launch import launch
    from models import Listing, Shop, db
    from services import publishing
    from services.actor import system

    for shop_id in shop_ids:
        mine = select(Listing.id).where(Listing.shop_id == shop_id)
        launch(publishing.start(system(here.store_id), db.session.get_one(Shop, shop_id), mine).activity)
    wait_for_activities()


def check(shop_ids: list[int], per_shop: int) -> int:
    """How many listings are at TikTok; every one must be."""
    from sqlalchemy import func, select

    from models import Listing, db

    made = db.session.scalar(select(func.count(Listing.id)).where(Listing.tiktok_id != "")) or 0
    if made != per_shop * len(shop_ids):
        raise SystemExit(f"{made} of {per_shop * len(shop_ids)} listings were published")
    return made


def ceiling(here: Stage, shop_ids: list[int], connections: int, seconds: float = 4.0) -> float:
    """Products a second that the sandbox creates for a bare client: the standard library's connections, prepared
    bodies."""
    from sqlalchemy import select

    from models import Listing, Shop, db
    from services import drafts, pictures, publish_requests, publishing
    from services.secrets import unseal

    shop = db.session.get_one(Shop, shop_ids[0])
    listing = db.session.scalars(select(Listing).where(Listing.shop_id == shop.id).limit(1)).one()
    listing.tiktok_id = ""
    one = drafts.prepare(shop, [listing.id])[listing.id]
    known = pictures.uploaded(shop.authorization_id, [one.draft])
    request = publish_requests.request(shop, listing, one, known, publishing.store_policy(shop))
    body = publish_requests.complete(request, known)
    shops = [db.session.get_one(Shop, shop_id) for shop_id in shop_ids]
    targets = [(row.cipher, unseal(row.authorization.access_token)) for row in shops]
    db.session.rollback()
    here.ask("/bench/limit/1000000000")
    here.ask("/bench/reset")
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=hammer, args=(here, *targets[number % len(targets)], body, number, until))
        for number in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    here.ask(f"/bench/limit/{QUOTA:.0f}")
    done, _, first, last = here.ask("/bench/counts")[CREATE]
    return float(done / (last - first))


def hammer(here: Stage, cipher: str, token: str, body: dict[str, Any], number: int, until: float) -> None:
    from clients.tiktok.sign import sign

    place = urlsplit(here.sandbox_url)
    link = http.client.HTTPConnection(place.hostname or "", place.port)
    count = 0
    while time.monotonic() < until:
        count += 1
        name = f"bare-{cipher}-{number}-{count}"
        content = json.dumps({**body, "title": f"{body['title']} {name}", "idempotency_key": name}).encode()
        path = CREATE.split()[1]
        query = {"app_key": here.environment["TIKTOK_APP_KEY"], "timestamp": str(int(time.time())),
                 "shop_cipher": cipher}  # fmt: skip
        query["sign"] = sign(here.environment["TIKTOK_APP_SECRET"], path, query, content, "application/json")
        headers = {"x-tts-access-token": token, "Content-Type": "application/json"}
        link.request("POST", f"{path}?{urlencode(query, quote_via=quote)}", content, headers)
        read = json.loads(link.getresponse().read())
        if read["code"] != 0:
            raise SystemExit(f"the bare client was refused: {read}")
    link.close()


def main(seconds: float, only: str) -> None:
    print(f"TikTok publishing, {LATENCY} ms + up to {JITTER} ms a call, quota {QUOTA:.0f}/s a shop. Goal {GOAL:.0%},")
    print("none refused. Worker: share of a core, memory of one process with its fork. Last: the sandbox's ceiling.")
    for case in cases():
        if only in f"{case.name} {case.engine}":
            print(run(case, seconds), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, sys.argv[2] if len(sys.argv) > 2 else "")
