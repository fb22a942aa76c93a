"""A deploy under load: web processes and workers are told to end while people click and listings are sent."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from migrations.bounds import OLDEST
from tests.hosts.hosts import CREATE, Balancer, Hosts, balancer, merchant
from tests.journeys.road import HARBOR, Merchant
from tests.migrations.databases import move

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]
PEOPLE = 4
DEADLINE = 30.0  # seconds that a call to a platform may take (clients/transport.py)
PAGES = ("/", "/products/", "/listings/", "/listings/?tab=all", "/activities/", "/notices/", "/settings/authorization")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Hosts]:
    options = ("--worker-class", "serving.Worker", "--workers", "1", "--threads", "8")  # as in the Procfile
    with Hosts(
        tmp_path, engine="postgresql", webs=2, live=1, bulk=2, clocks=1, products=40, web_options=options
    ) as stack:
        yield stack


@dataclass
class Seen:
    """What people got: answers by status, and those that were cut off."""

    statuses: Counter[int] = field(default_factory=Counter)
    cut: list[str] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())

    def bad(self) -> list[int]:
        return [status for status in self.statuses if status != 200]


@contextmanager
def people(front: Balancer, store: str) -> Iterator[Seen]:
    """Some people who look at page after page, until the block ends."""
    seen, over = Seen(), threading.Event()

    def look(number: int) -> None:
        while not over.is_set():
            for path in PAGES:
                try:
                    answer = front.send("GET", f"/s/{store}{path}")
                    seen.statuses[answer.status_code] += 1
                    assert "</html>" in answer.text, "the page ends too soon"
                except (requests.RequestException, AssertionError) as failure:
                    seen.cut.append(f"{path}: {failure!r}"[:300])

    threads = [threading.Thread(target=look, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join(60)


def until(what: str, look: Callable[[], object], seconds: float = 60) -> float:
    began = time.monotonic()
    while not look():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.05)
    return time.monotonic() - began


def more(seen: Seen, count: int = 30) -> None:
    """Until so many more answers came."""
    before = seen.answers
    until("people get answers", lambda: seen.answers >= before + count)


def test_a_deploy_under_load(stack: Hosts) -> None:
    with merchant(stack) as person:
        person.settle_in(HARBOR)
        schema_is_an_earlier_one(stack)
        front = balancer(stack, person)
        with people(front, person.store) as seen:
            more(seen)
            schema_moves(stack, seen)
            web_reloads(stack, seen)
            web_is_replaced(stack, seen)
        assert seen.bad() == [] and seen.cut == [], (seen.statuses, seen.cut[:5])
        workers_are_replaced(stack, person)


def web_reloads(stack: Hosts, seen: Seen) -> None:
    """HUP: new workers with the new code, the old ones finish what they have."""
    old = set(stack.jobs_of("web1"))
    stack.children["web1"].signal(signal.SIGHUP)
    until("the workers are others", lambda: stack.jobs_of("web1") and not old & set(stack.jobs_of("web1")))
    more(seen)
    assert not stack.children["web1"].deaths


def web_is_replaced(stack: Hosts, seen: Seen) -> None:
    """TERM to one of the two, as when its host gets the new version; it comes back by itself."""
    for name in ("web2", "web1"):
        before = stack.children[name].starts
        stack.children[name].signal(signal.SIGTERM)
        until(f"{name} is there again", lambda: stack.children[name].starts > before and stack.answers(name))  # noqa: B023
        assert stack.children[name].deaths[-1][1] == 0
        more(seen)


def schema_is_an_earlier_one(stack: Hosts) -> None:
    """As on the day of an upgrade: this code, started on the schema of before. Nobody looks yet."""
    move(stack.environment, stack.database_url, OLDEST, back=True)
    for name in ("web1", "web2"):
        before = stack.children[name].starts
        stack.children[name].signal(signal.SIGTERM)
        until(f"{name} is there again", lambda: stack.children[name].starts > before and stack.answers(name))  # noqa: B023


def schema_moves(stack: Hosts, seen: Seen) -> None:
    """The migrations come while people look."""
    move(stack.environment, stack.database_url)
    more(seen, 10)


def workers_are_replaced(stack: Hosts, person: Merchant) -> None:
    """TERM while calls are in flight: each worker ends after them, nothing is lost and nothing is sent twice."""
    ready = person.tab_counts()["ready"]
    stack.control.post("tiktok/latency", ms=700)
    person.publish()
    for name in ("bulk1", "bulk2"):
        sent = len(stack.calls(CREATE))
        until("calls are in flight", lambda: len(stack.calls(CREATE)) > sent or not waiting(person))  # noqa: B023
        child = stack.children[name]
        before, began = child.starts, time.monotonic()
        child.signal(signal.SIGTERM)
        until(f"{name} has ended", lambda: child.starts > before, DEADLINE + 2)  # noqa: B023
        assert time.monotonic() - began < DEADLINE + 2
        assert child.deaths[-1][1] == 0
    stack.control.post("tiktok/latency", ms=0)
    activity = person.over("publish", seconds=90)
    assert (activity.done, activity.failed, activity.refused) == (ready, 0, 0)
    assert len(stack.calls(CREATE)) == ready
    assert stack.control.get("effects")["doubled"] == {}
    person.reaches("live", ready)
    person.nothing_doubled()
    person.counts_hold()


def waiting(person: Merchant) -> int:
    return person.activities("publish")[-1].waiting
