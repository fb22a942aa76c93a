"""The standing stream of measures: looks at source pictures of staged listings, so that the rules can judge them."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from uuid import uuid4

from sqlalchemy import select

from domain.tabs import Tab
from jobs import rechecks
from jobs.launch import ring_job
from jobs.setup import redis_client
from models import Counter, Listing, db
from models.tenancy import across_stores, tenant, tenant_id
from services import measuring, readiness, setup
from services.counters import LISTING_PROBLEM
from services.draft_facts import url_hash
from services.measuring import Look
from services.tabs import chip

PICTURES = 200  # a job
SLICE = 16  # looked at between two commits; even with the slowest servers the job ends within its limit
THREADS = 8
SECONDS = 15.0  # a job; whatever else the worker has to do comes in between
LOCK_SECONDS = 150
LOOKS_AGAIN = 1800  # seconds after which main pictures are walked over again, when new ones were measured
FIRST_PAUSE, LONGEST_PAUSE = 60, 6 * 3600  # seconds until a picture whose server was away is tried again


def ring(store_id: int) -> bool:
    """Wakes a worker for the store's pictures."""
    return ring_job("bulk", "jobs.pictures.measure", store_id)


def sweep() -> int:
    """Rings for every store with unmeasured pictures, as the maintained counters say. Answers how many stores."""
    names = [chip(tab, measuring.CODE) for tab in Tab]
    with across_stores("which stores have pictures to measure"):
        waiting = select(Counter.store_id).where(
            Counter.scope == LISTING_PROBLEM, Counter.name.in_(names), Counter.count > 0
        )
        stores = list(db.session.scalars(waiting.distinct()))
        db.session.rollback()
    for store_id in stores:
        ring(store_id)
    return len(stores)


def measure(store_id: int) -> int:
    """An RQ job: looks at up to 200 pictures, or 15 s, one job per store at a time. Answers how many were looked at."""
    lock, token = f"pictures:{store_id}", uuid4().hex
    if not redis_client().set(lock, token, nx=True, ex=LOCK_SECONDS):
        return 0
    try:
        with tenant(store_id):
            return _measure(store_id)
    finally:
        db.session.remove()
        if redis_client().get(lock) == token.encode():
            redis_client().delete(lock)


def _measure(store_id: int) -> int:
    deadline, looked, found = time.monotonic() + SECONDS, 0, Found()
    origin = setup.config().sandbox_url
    urls = found.urls()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="picture") as pool:
        while looked < PICTURES and time.monotonic() < deadline:
            part = list(islice(urls, SLICE))
            db.session.rollback()  # nothing is open while other people's servers answer
            if not part:
                break
            looks = list(pool.map(_looker(origin), part))
            measuring.record(looks)
            db.session.commit()
            put_off(store_id, looks)
            found.looked(looks)
            looked += len(part)
    more = next(urls, None) is not None
    db.session.rollback()
    if found.stale:
        redis_client().expire(f"looks-done:{store_id}", LOOKS_AGAIN)
        readiness.mark_stale(Listing.id.in_(sorted(found.stale)))
        db.session.commit()
        rechecks.ring(store_id)
    if more:
        ring(store_id)
    return looked


def _looker(origin: str) -> Callable[[str], Look]:
    return lambda url: measuring.look(url, origin)


class Found:
    """What one job met: which listing waits for which pictures, and what became of them."""

    def __init__(self) -> None:
        self.listings: dict[str, list[int]] = {}
        self.stale: set[int] = set()

    def urls(self) -> Iterator[str]:
        """Pictures to look at, each once; short queries, none of them open while the caller works."""
        after = 0
        while batch := measuring.wanting(after):
            after = batch[-1].listing_id
            later = put_off_among([url for one in batch for url in one.urls])
            fresh = []
            for one in batch:
                if not one.urls:  # measured for another listing meanwhile
                    self.stale.add(one.listing_id)
                for url in one.urls:
                    if url not in self.listings and url not in later:
                        fresh.append(url)
                    self.listings.setdefault(url, []).append(one.listing_id)
            yield from fresh

    def looked(self, looks: Sequence[Look]) -> None:
        for look in looks:
            if not look.later:
                self.stale.update(self.listings[look.url])


# -- pictures whose server was away: kept in Redis, so losing it only means trying earlier --------------------------


def _key(store_id: int, url: str) -> str:
    return f"picture-later:{store_id}:{url_hash(url)}"


def put_off(store_id: int, looks: Sequence[Look]) -> None:
    """Lets pictures that may go well later rest: a minute at first, doubled each time up to six hours."""
    later = [look for look in looks if look.later]
    if not later:
        return
    client = redis_client()
    for look in later:
        tries = client.incr(f"{_key(store_id, look.url)}:tries")
        client.expire(f"{_key(store_id, look.url)}:tries", 4 * LONGEST_PAUSE)
        client.set(_key(store_id, look.url), "1", ex=min(FIRST_PAUSE * 2 ** (min(tries, 12) - 1), LONGEST_PAUSE))


def put_off_among(urls: Sequence[str]) -> set[str]:
    """Those of the store's pictures that rest."""
    if not urls:
        return set()
    marks = redis_client().mget([_key(tenant_id(), url) for url in urls])
    return {url for url, mark in zip(urls, marks, strict=True) if mark is not None}
