"""Who is at the work of a shop, as a hint in Redis: others turn to shops that nobody is at. Nothing depends on it; a
dead worker's sign is gone after seconds, and without Redis everybody counts as present."""

import contextlib

import redis

from jobs.setup import redis_client

SECONDS = 6  # a sign lasts; it is renewed every two
Place = tuple[str, int, int | None]
"""Queue, store, shop (None: the store itself)."""


def show(place: Place) -> None:
    with contextlib.suppress(redis.RedisError):
        redis_client().set(_key(place), b"1", ex=SECONDS)


def leave(place: Place) -> None:
    with contextlib.suppress(redis.RedisError):
        redis_client().delete(_key(place))


def somebody(place: Place) -> bool:
    """True when a worker is at it."""
    try:
        return bool(redis_client().exists(_key(place)))
    except redis.RedisError:
        return True


def _key(place: Place) -> str:
    queue, store_id, shop_id = place
    return f"at:{queue}:{store_id}:{shop_id or 0}"
