"""How long work waits before it is tried again, and reads that are repeated at once because that is always safe."""

import time
from collections.abc import Callable
from typing import TypeVar

from clients.errors import Refused, Throttled, Unauthorised, Unreachable, Unreadable

T = TypeVar("T")
SOON, LONGEST = 30.0, 300.0  # seconds: the first eight waits, and all others
SHORT_WAITS = 8
TURNS = 3
TURN_SECONDS = 12.0  # no further turn is begun after that
PAUSE = 0.3


def wait_for(first: float, tries: int) -> float:
    """Seconds after failure number `tries` (from 0): doubled each time up to half a minute, so that work is back soon
    after a hiccup; from the ninth failure on doubled again up to five minutes, because this is no hiccup."""
    short = min(first * 2.0 ** min(tries, SHORT_WAITS), max(SOON, first))
    if tries < SHORT_WAITS:
        return short
    return max(short, min(SOON * 2.0 ** min(tries - SHORT_WAITS + 1, SHORT_WAITS), LONGEST))


def persistently(ask: Callable[[], T]) -> T:
    """The answer of a call that may be repeated at will (it reads, or what it makes twice does no harm); the last
    failure when none came. Refusals are answers."""
    began = time.monotonic()
    for turn in range(1, TURNS + 1):
        try:
            return ask()
        except (Refused, Throttled, Unauthorised):
            raise
        except (Unreachable, Unreadable):
            if turn == TURNS or time.monotonic() - began > TURN_SECONDS:
                raise
        time.sleep(PAUSE * turn)
    raise AssertionError("unreachable")
