"""The shared rate budget: never more than the limit in any second, pauses for everybody, a share for live work."""

import threading
import time

import pytest
import redis as redis_client

from jobs import budget
from jobs.budget import PAUSED, RedisBudget
from jobs.setup import connect

pytestmark = pytest.mark.engines("sqlite")
KEY, PATH = "tiktok:7491", "/product/202309/products"


class Planned(RedisBudget):
    """Notes when each call may be sent, on Redis' own clock, so that a busy machine does not blur the measure."""

    def __init__(self, connection: "redis_client.Redis", rate: float) -> None:
        super().__init__(connection, rate)
        self.slots: list[float] = []

    def _wait(self, slot: str, pause: str, rate: float, live: bool) -> int:
        with self.lock:  # the script and the reading of the clock belong together
            wait = super()._wait(slot, pause, rate, live)
            seconds, micro = self.connection.time()
        if wait < PAUSED:
            self.slots.append(seconds + micro / 1e6 + wait / 1e6)
        return wait


def most_in_a_second(moments: list[float]) -> int:
    moments = sorted(moments)
    return max(sum(start <= other < start + 1.0 for other in moments) for start in moments)


def test_three_pools_stay_below_the_limit_together(redis: "redis_client.Redis", redis_url: str) -> None:
    pools = [Planned(redis_client.Redis.from_url(redis_url), 48.0) for _ in range(3)]
    until = time.monotonic() + 2.5

    def work(pool: Planned) -> None:
        while time.monotonic() < until:
            pool.take(KEY, PATH)

    threads = [threading.Thread(target=work, args=(pool,)) for pool in pools for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moments = [slot for pool in pools for slot in pool.slots]
    assert most_in_a_second(moments) <= 50
    assert len(moments) / (max(moments) - min(moments)) > 46, "and it is used"


def test_a_refusal_for_rate_pauses_every_process(redis: "redis_client.Redis", redis_url: str) -> None:
    one, two = RedisBudget(redis, 48.0), RedisBudget(redis_client.Redis.from_url(redis_url), 48.0)
    one.pause(KEY, 0.6)
    start = time.monotonic()
    two.take("tiktok:another shop", PATH)
    assert time.monotonic() - start < 0.4
    two.take(KEY, PATH)
    assert time.monotonic() - start >= 0.55


def test_a_call_that_waits_for_its_slot_sees_the_pause(redis: "redis_client.Redis", redis_url: str) -> None:
    slow = RedisBudget(redis, 4.0)
    slow.take(KEY, PATH)
    taken: list[float] = []

    def take() -> None:
        slow.take(KEY, PATH)
        taken.append(time.monotonic())

    waiting = threading.Thread(target=take)
    waiting.start()
    time.sleep(0.05)
    paused = time.monotonic()
    RedisBudget(redis_client.Redis.from_url(redis_url), 4.0).pause(KEY, 1.0)
    waiting.join(5)
    assert taken[0] - paused >= 0.95


def test_absurd_pauses_are_bounded(redis: "redis_client.Redis") -> None:
    shared = RedisBudget(redis, 48.0)
    shared.pause(KEY, 86400)
    assert 0 < redis.pttl(f"pause:{KEY}") <= 120_000
    shared.pause(KEY, -5)
    assert 0 < redis.pttl(f"pause:{KEY}") <= 100


def test_live_work_keeps_its_share(redis: "redis_client.Redis") -> None:
    """While there is live work, bulk work spreads its calls wider, so that live calls find room within the limit."""
    shared = Planned(redis, 48.0)
    shared.take(KEY, PATH, live=True)
    shared.slots.clear()
    waits = [shared._wait(f"budget:{KEY}:{PATH}", f"pause:{KEY}", 48.0, False) for _ in range(11)]
    distance = (waits[-1] - waits[0]) / 10 / 1e6
    assert 1 / 38 * 0.95 < distance < 1 / 38 * 1.05


def test_quota_headers_slow_down_and_stop(redis: "redis_client.Redis") -> None:
    shared = RedisBudget(redis, 48.0)
    key = "bigcommerce:abc"
    assert shared._rate(key) == budget.BIGCOMMERCE_RATE
    shared.report(key, 140, 150, 28.0)
    assert shared._rate(key) == pytest.approx(5.0)
    shared.report(key, 40, 150, 25.0)
    assert shared._rate(key) == pytest.approx(1.0)
    shared.report(key, 5, 150, 3.0)
    assert 0 < redis.pttl(f"pause:{key}") <= 3000


def test_without_redis_the_process_paces_itself() -> None:
    away = RedisBudget(connect("unix:///nowhere/redis.sock"), 40.0)
    start = time.monotonic()
    for _ in range(6):
        away.take(KEY, PATH)
    assert time.monotonic() - start >= 5 * 2 / 40 * 0.95
    away.pause(KEY, 0.3)
    start = time.monotonic()
    away.take(KEY, PATH)
    assert time.monotonic() - start >= 0.25


def test_who_stalled_does_not_send_in_a_burst(redis: "redis_client.Redis") -> None:
    """Ten threads whose slots have all passed still keep the distance of the rate."""
    shared = RedisBudget(redis, 40.0)
    waits = [int(shared.send_script(keys=["sent:x", "pause:x"], args=[25_000])) for _ in range(10)]
    assert waits[0] == 0
    assert waits == sorted(waits) and waits[-1] <= 9 * 25_000
    assert waits[-1] > 5 * 25_000, "though asked at once, or nearly so"


def test_a_pause_is_seen_at_the_moment_of_sending(redis: "redis_client.Redis") -> None:
    shared = RedisBudget(redis, 40.0)
    shared.pause(KEY, 5.0)
    assert shared._send("budget:x", f"pause:{KEY}", 40.0) is False
    assert shared._send("budget:x", "pause:tiktok:another", 40.0) is True


def test_a_window_that_began_slowly_is_still_used(redis: "redis_client.Redis") -> None:
    """450 in 30 s: whoever has 400 left after half of it may go faster, but not more than twice as fast."""
    shared = RedisBudget(redis, 48.0)
    key = "bigcommerce:abc"
    shared.report(key, 400, 450, 15.0)
    assert shared._rate(key) == pytest.approx((400 - 45) / 15)
    shared.report(key, 200, 450, 8.0)
    assert shared._rate(key) == pytest.approx((200 - 45) / 8)
    shared.report(key, 440, 450, 1.0)
    assert shared._rate(key) == pytest.approx(30.0)
