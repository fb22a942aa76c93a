"""How often somebody may ask: a sliding allowance per key, on Redis' clock, shared by all web processes."""

import threading
import time
from dataclasses import dataclass

import redis

from services import logs

# KEYS: the allowance of one key. ARGV: microseconds that one request takes, microseconds of the whole window.
# Answers the microseconds to wait, 0 when the request is taken; a refused one takes nothing.
SPEND = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
if used < now then used = now end
local next = used + tonumber(ARGV[1])
local over = next - now - tonumber(ARGV[2])
if over > 0 then return over end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return 0
"""
AWAY_SECONDS = 5.0  # a Redis that did not answer is left alone so long, so that pages do not wait for it
ANSWER_SECONDS = 0.25
MOST_KEYS = 20_000  # of the process's own memory while Redis is away

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `number` in any `seconds`; what was used comes back evenly."""

    number: int
    seconds: float


class Rates:
    """`factor` multiplies every allowance; 0 takes the limits away. Without Redis each process counts by itself."""

    def __init__(self, redis_url: str, factor: float = 1.0) -> None:
        self.factor = factor
        self.connection = redis.Redis.from_url(
            redis_url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS, max_connections=64
        )
        self.script = self.connection.register_script(SPEND)
        self.away_until = 0.0
        self.used: dict[str, float] = {}
        self.lock = threading.Lock()

    def spend(self, key: str, allowance: Allowance) -> float:
        """Takes one request from the key's allowance; the seconds to wait when there is none left, else 0."""
        if self.factor <= 0:
            return 0.0
        window = allowance.seconds
        step = window / max(1.0, allowance.number * self.factor)
        if time.monotonic() >= self.away_until:
            try:
                return int(self.script(keys=[f"rate:{key}"], args=[int(step * 1e6), int(window * 1e6)])) / 1e6
            except redis.RedisError as away:
                self.away_until = time.monotonic() + AWAY_SECONDS
                log.warning("rates_alone", error=away.__class__.__name__)
        return self._spend_alone(key, step, window)

    def _spend_alone(self, key: str, step: float, window: float) -> float:
        with self.lock:
            now = time.monotonic()
            if len(self.used) >= MOST_KEYS:
                self.used = {name: until for name, until in self.used.items() if until > now}
            if len(self.used) >= MOST_KEYS:
                self.used.clear()  # somebody invents keys: better to count anew than to grow
            free = max(self.used.get(key, 0.0), now) + step
            over = free - now - window
            if over > 0:
                return over
            self.used[key] = free
            return 0.0
