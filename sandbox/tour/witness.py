"""Sees every API call and what came back, in front of the faults: the tour asks whether something has happened."""

import re
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

from sandbox.faults.target import target_of

CODE = re.compile(rb'^\{"code": ?(\d+)')
KEPT = 20_000


@dataclass(frozen=True)
class Call:
    """One answered call: real time, platform, `GET catalog/products`, HTTP status, TikTok's code (0 where none)."""

    at: float
    platform: str
    name: str
    status: int
    code: int


class Answer:
    """The answer as it was, after its first part has been looked at."""

    def __init__(self, first: bytes, rest: Iterator[bytes], whole: Any) -> None:
        self.parts = chain((first,), rest)
        self.whole = whole

    def __iter__(self) -> Iterator[bytes]:
        return self.parts

    def close(self) -> None:
        close = getattr(self.whole, "close", None)
        if close:
            close()


class Witness:
    """WSGI around everything else. Calls that got no answer are not among `calls`: nobody could have heard it."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.began = time.time()
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        target = target_of(environ)
        if target is None:
            untouched: Iterable[bytes] = self.inner(environ, start_response)
            return untouched
        statuses: list[int] = []

        def started(status: str, headers: Any, *error: Any) -> Any:
            statuses.append(int(status[:3]))
            return start_response(status, headers, *error)

        answer = self.inner(environ, started)
        parts = iter(answer)
        first = next(parts, b"")  # a connection that is broken without an answer ends here
        code = CODE.match(first)
        status = statuses[-1] if statuses else 0
        with self.lock:
            self.calls.append(Call(time.time(), target.platform, target.name, status, int(code[1]) if code else 0))
        return Answer(first, parts, answer)

    def since(self, moment: float, platform: str, *patterns: str) -> list[Call]:
        """Calls after a moment of real time, oldest first, whose name fits one of the patterns."""
        with self.lock:
            calls = list(self.calls)
        return [
            call
            for call in calls
            if call.at >= moment
            and call.platform == platform
            and any(fnmatchcase(call.name, pattern) for pattern in patterns)
        ]

    def forget(self) -> None:
        with self.lock:
            self.calls.clear()
