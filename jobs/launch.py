"""From a request to a worker: commit the work, then ring. A lost ring costs one sweep, never the work."""

import contextlib
import logging

import redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs.setup import redis_client
from models import Activity, db
from services.measures import Measure

log = logging.getLogger("causeway.launch")
DRAIN = "jobs.drain.drain"
MARK = 20  # seconds that a bell is believed to wait
SECONDS = 150  # RQ's own limit of one drain; the drain stops by itself after 60


def launch(activity: Activity | None = None) -> bool:
    """Commits the request's transaction and rings for the activity. False when Redis is away: the sweep rings again."""
    rung = (activity.queue, activity.store_id, activity.shop_id) if activity is not None else None
    db.session.commit()
    return ring(*rung) if rung else True


def ring(queue: str, store_id: int, shop_id: int | None) -> bool:
    """Wakes a worker for the work of one shop (None: of the store itself)."""
    return ring_job(queue, DRAIN, queue, store_id, shop_id)


def ring_once(queue: str, function: str) -> bool:
    """`ring_job` for a job that takes whatever there is, unless one waits to begin: a hundred webhooks are one bell.
    Such a job begins with `heard`. The mark ends by itself, because a bell may be lost."""
    try:
        fresh = redis_client().set(f"waits:{function}", b"1", nx=True, ex=MARK)
    except redis.RedisError:
        return False
    return ring_job(queue, function) if fresh else True


def heard(function: str) -> None:
    """The job has begun: what comes from now on rings again."""
    with contextlib.suppress(redis.RedisError):
        redis_client().delete(f"waits:{function}")


def ring_job(queue: str, function: str, *args: object) -> bool:
    """Enqueues a bell; ids only, so nothing secret and nothing stale lies in Redis."""
    try:
        bells = Queue(queue, connection=redis_client(), serializer=JSONSerializer)
        bells.enqueue(function, *args, job_timeout=SECONDS, result_ttl=0, failure_ttl=3600, description=function)
    except redis.RedisError as away:
        log.warning("Redis is away; the sweep rings later: %s", away.__class__.__name__)
        return False
    return True


def queues() -> list[Measure]:
    """Bells and workers by queue, for who watches. Raises redis.RedisError."""
    connection = redis_client()
    bells: dict[tuple[str, ...], float] = {}
    workers: dict[tuple[str, ...], float] = {}
    for name in ("live", "bulk"):
        bells[name,] = float(len(Queue(name, connection=connection, serializer=JSONSerializer)))
        workers[name,] = float(Worker.count(connection=connection, queue=Queue(name, connection=connection)))
    return [
        Measure("bells", "RQ jobs that wait for a worker; a lost one costs a sweep, never work", ("queue",), bells),
        Measure("workers", "Workers that reported themselves lately", ("queue",), workers),
    ]
