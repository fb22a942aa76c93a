"""The standing stream of readiness: rechecks stale listings, store by store, until none is left."""

import time

from sqlalchemy import select

from jobs.launch import ring_job
from models import Listing, db
from models.tenancy import across_stores, tenant
from services import readiness

SECONDS = 15.0  # a job; whatever else the worker has to do comes in between


def ring(store_id: int) -> bool:
    """Wakes a worker for the store's stale listings."""
    return ring_job("bulk", "jobs.rechecks.run", store_id)


def run(store_id: int) -> int:
    """An RQ job: rechecks for at most 15 s and rings again when something is left. Answers how many were looked at."""
    deadline, looked = time.monotonic() + SECONDS, 0
    with tenant(store_id):
        while time.monotonic() < deadline:
            count = readiness.recheck_stale()
            db.session.commit()
            db.session.expunge_all()
            looked += count
            if not count:
                break
        else:
            ring(store_id)
    return looked


def sweep() -> int:
    """Rings for every store with stale listings (a schedule calls it)."""
    with across_stores("which stores have listings to recheck"):
        stores = list(db.session.scalars(select(Listing.store_id).where(Listing.is_stale).distinct()))
        db.session.rollback()
    for store_id in stores:
        ring(store_id)
    return len(stores)
