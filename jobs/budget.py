"""The rate budget that all processes share: one GCRA script on Redis' clock, no burst, corrected from the answers."""

import threading
import time

import redis

# KEYS: the slot, the pause, the sign of live work. ARGV: microseconds between calls, 1 for live work, the wider
# distance that bulk work keeps while there is live work. Answers the microseconds to wait before the call.
TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local pause = redis.call('PTTL', KEYS[2])
if pause > 0 then return pause * 1000 + 1000000000000 end
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free < now then free = now end
local step = tonumber(ARGV[1])
if ARGV[2] == '1' then
  redis.call('SET', KEYS[3], '1', 'PX', 2000)
elseif redis.call('EXISTS', KEYS[3]) == 1 then
  step = tonumber(ARGV[3])
end
redis.call('SET', KEYS[1], string.format('%.0f', free + step), 'PX', 60000)
return free - now
"""
# KEYS: the last sending, the pause. ARGV: the least microseconds between two sendings. Asked when the slot has come:
# threads of a process that stalled all wake at once, and would otherwise send in one burst what they missed.
SEND = """
local pause = redis.call('PTTL', KEYS[2])
if pause > 0 then return pause * 1000 + 1000000000000 end
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local at = tonumber(redis.call('GET', KEYS[1]) or '0') + tonumber(ARGV[1])
if at < now then at = now end
redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', 60000)
return at - now
"""
PAUSED = 1_000_000_000_000
LATE = 0.010  # seconds: who wakes later than this after its moment asks again, or its call would crowd the next ones
ASKS = 3
BIGCOMMERCE_RATE = (
    4.8  # calls a second of a store on the smallest plan: 150 in 30 s (reference 8.1), shared with others
)
LIVE_SHARE = 10 / 48  # what bulk work leaves to live work while there is some


class RedisBudget:
    """`take` waits for a slot. Without Redis it paces within the process, so that work never runs unpaced."""

    def __init__(self, connection: redis.Redis, tiktok_rate: float) -> None:
        self.connection = connection
        self.tiktok_rate = tiktok_rate
        self.script = connection.register_script(TAKE)
        self.send_script = connection.register_script(SEND)
        self.rates: dict[str, float] = {}
        self.next_slot: dict[str, float] = {}
        self.lock = threading.Lock()

    def take(self, key: str, path: str, *, live: bool = False) -> None:
        """Blocks until the call may be made. `key`: "tiktok:<shop>" (counted per endpoint) or "bigcommerce:<store>"."""
        slot = f"budget:{key}:{path}" if key.startswith("tiktok:") else f"budget:{key}"
        while True:
            wait = self._wait(slot, f"pause:{key}", self._rate(key), live)
            if wait >= PAUSED:
                time.sleep(min((wait - PAUSED) / 1_000_000, 1.0))
                continue
            time.sleep(wait / 1_000_000)
            if self._send(slot, f"pause:{key}", self._rate(key)):
                return

    def pause(self, key: str, seconds: float) -> None:
        """After a refusal for rate every process stops calling for this shop."""
        seconds = min(max(seconds, 0.1), 120.0)
        with self.lock:
            self.next_slot[f"pause:{key}"] = time.monotonic() + seconds
        try:
            self.connection.set(f"pause:{key}", b"1", px=int(seconds * 1000))
        except redis.RedisError:
            return  # this process keeps the pause by itself

    def report(self, key: str, left: int, quota: int, reset_seconds: float) -> None:
        """What the platform's headers say. Other apps spend the same quota: the last tenth is left to them. A window
        that was used too little so far is used faster, up to twice the even rate."""
        if quota <= 0:
            return
        even = quota / 30
        rate = even
        if left <= max(3, quota // 10) and reset_seconds > 0:
            self.pause(key, reset_seconds)
        elif reset_seconds > 0:
            spread = (left - quota / 10) / reset_seconds
            rate = min(spread if left < quota // 2 else max(even, spread), 2 * even)
        with self.lock:
            self.rates[key] = max(rate, 0.5)

    def _rate(self, key: str) -> float:
        if key.startswith("tiktok:"):
            return self.tiktok_rate
        return self.rates.get(key, BIGCOMMERCE_RATE)

    def _send(self, slot: str, pause: str, rate: float) -> bool:
        """Waits for the moment to send, at the distance of the rate from the sending before. False when a refusal came
        while this call waited."""
        for _ in range(ASKS):
            asked = time.monotonic()
            try:
                wait = int(self.send_script(keys=[f"sent:{slot}", pause], args=[int(1_000_000 / rate)]))
            except redis.RedisError:
                return True
            if wait >= PAUSED:
                return False
            time.sleep(wait / 1_000_000)
            if time.monotonic() - asked < wait / 1_000_000 + LATE:
                break
        return True

    def _wait(self, slot: str, pause: str, rate: float, live: bool) -> int:
        step = 1_000_000 / rate
        keys = [slot, pause, f"live:{slot}"]
        try:
            return int(self.script(keys=keys, args=[int(step), int(live), int(step / (1 - LIVE_SHARE))]))
        except redis.RedisError:
            return self._wait_alone(slot, pause, rate)

    def _wait_alone(self, slot: str, pause: str, rate: float) -> int:
        """Redis is away: the process paces itself at half the rate, as it does not know how many others there are."""
        with self.lock:
            now = time.monotonic()
            paused = self.next_slot.get(pause, 0.0) - now
            if paused > 0:
                return PAUSED + int(paused * 1_000_000)
            free = max(self.next_slot.get(slot, 0.0), now)
            self.next_slot[slot] = free + 2 / rate
            return int((free - now) * 1_000_000)
