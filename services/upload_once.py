"""Threads of one worker that need the same upload at the same time make it once."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT_SECONDS = 60.0  # by then the database knows it


class Once(Generic[T]):
    """Remembers what is under way or just done; failures are not remembered."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self._kept = kept_seconds
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, tuple[float, Future[T]]] = {}

    def do(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result of `work`, done here or by the thread that came first; its exception reaches all who wait."""
        with self._lock:
            self._prune()
            known = self._under_way.get(key)
            mine: Future[T] = Future()
            if known is None:
                self._under_way[key] = (time.monotonic(), mine)
        if known is not None:
            return known[1].result()
        try:
            result = work()
        except BaseException as failure:
            with self._lock:
                del self._under_way[key]
            mine.set_exception(failure)
            raise
        with self._lock:
            self._under_way[key] = (time.monotonic(), mine)
        mine.set_result(result)
        return result

    def _prune(self) -> None:
        ends = time.monotonic() - self._kept
        for key in [key for key, (since, future) in self._under_way.items() if future.done() and since < ends]:
            del self._under_way[key]
