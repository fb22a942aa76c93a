"""Looks at whole pictures: those of a listing that somebody has opened at once, main pictures of all others bit by
bit."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from sqlalchemy import select

from jobs import rechecks
from jobs.launch import ring_job
from jobs.pictures import put_off, put_off_among
from jobs.setup import redis_client
from models import Listing, Shop, db
from models.tenancy import across_stores, tenant
from services import readiness, setup
from services.measuring import Look
from services.media import looks
from services.media.looks import Wanted

THREADS = 4
SLICE = 8  # looked at between two commits
SECONDS = 12.0  # a job
AGAIN = 24 * 3600  # seconds after a walk over all listings until the next
LOCK_SECONDS = 150


def run_for(store_id: int, listing_id: int) -> int:
    """An RQ job for one listing; answers how many pictures were looked at."""
    with tenant(store_id):
        wanted = looks.wanted_for(listing_id)
        return _look(store_id, wanted)


def sweep() -> int:
    """A schedule: rings for every store whose last walk is a day old or not over."""
    with across_stores("stores whose main pictures are looked at"):
        stores = list(db.session.scalars(select(Shop.store_id).where(Shop.is_active).distinct()))
        db.session.rollback()
    due = [store_id for store_id in stores if redis_client().get(f"looks-done:{store_id}") is None]
    for store_id in due:
        ring_job("bulk", "jobs.looks.walk", store_id)
    return len(due)


def walk(store_id: int) -> int:
    """An RQ job: goes on with the walk over main pictures for a while. Answers how many were looked at."""
    lock, token, place = f"looks:{store_id}", uuid4().hex, f"looks-at:{store_id}"
    if not redis_client().set(lock, token, nx=True, ex=LOCK_SECONDS):
        return 0
    deadline, count, over = time.monotonic() + SECONDS, 0, False
    try:
        with tenant(store_id):
            after = int(redis_client().get(place) or 0)
            while not over and time.monotonic() < deadline:
                wanted, after = looks.main_ones(after)
                count += _look(store_id, wanted)
                redis_client().set(place, after, ex=AGAIN)
                over = after == 0
    finally:
        db.session.remove()
        if redis_client().get(lock) == token.encode():
            redis_client().delete(lock)
    if over:
        redis_client().set(f"looks-done:{store_id}", "1", ex=AGAIN)
    else:
        ring_job("bulk", "jobs.looks.walk", store_id)
    return count


def _look(store_id: int, wanted: Sequence[Wanted]) -> int:
    """Looks, keeps, and has listings rechecked whose main picture was among them."""
    later = put_off_among([one.url for one in wanted])
    todo = [one for one in wanted if one.url not in later]
    db.session.rollback()  # nothing is open while other people's servers answer
    origin, concerned = setup.config().sandbox_url, set[int]()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="look") as pool:
        for first in range(0, len(todo), SLICE):
            found = list(pool.map(lambda one: looks.look(one, origin), todo[first : first + SLICE]))
            concerned.update(looks.record(found))
            db.session.commit()
            put_off(store_id, [Look(one.wanted.url, later=True) for one in found if one.later])
    if concerned:
        readiness.mark_stale(Listing.id.in_(sorted(concerned)))
        db.session.commit()
        rechecks.ring(store_id)
    return len(todo)
