"""Several hosts on one machine: a stack with two of everything behind one address, and an independent book of every
call that reached the platforms."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import psycopg
import redis
import requests

from soak.control import Control
from soak.stack import Stack
from tests.conftest import LiveSandbox
from tests.engines import close
from tests.journeys.road import Merchant
from tests.servers import Processes

CREATE = "POST /product/202309/products"
UPLOAD = "POST /product/202309/images/upload"
REFRESH = "GET /api/v2/token/refresh"
PRODUCTS = re.compile(r"GET /stores/\w+/v3/catalog/products\?.*include=")


class Hosts(Stack):
    """A stack whose sandbox writes down each call as it arrives: method, path, query, status."""

    def __enter__(self) -> "Hosts":
        super().__enter__()
        return self

    def _plan(self) -> None:
        super()._plan()
        book = ["--access-logfile", str(self.book), "--access-logformat", "%(m)s %(U)s?%(q)s %(s)s"]
        command = list(self.children["sandbox"].command)
        self.children["sandbox"].command = [*command[:-1], *book, command[-1]]

    @property
    def book(self) -> Path:
        return self.logs / "calls.txt"

    def calls(self, begin: str) -> list[str]:
        """The calls that begin like this, in the order of their answers."""
        lines = self.book.read_text().splitlines() if self.book.exists() else []
        return [line for line in lines if line.startswith(begin)]

    @property
    def control(self) -> Control:
        return Control(self.sandbox_url)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.redis_url, socket_timeout=None)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """A statement on the product's database; the rows it answers."""
        address = self.database_url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def merchant(stack: Hosts) -> Iterator[Merchant]:
    """The owner of the first store, who comes in through the first web process."""
    from app import create_app

    app = create_app(stack.environment)
    box = LiveSandbox(stack.sandbox_url, stack.control_panel_url, cast(Any, None), None)
    yield Merchant(app, box, Processes({}, stack.logs / "bulk1.log"))
    close(app)


class Balancer:
    """One address in front of several web processes: each request goes to the next, under the app's own name. One that
    does not let us in at all is passed over, as a load balancer does; an answer that breaks off is not forgiven."""

    def __init__(self, stack: Hosts, cookies: str) -> None:
        self.urls = stack.web_urls
        self.app_url = stack.app_url
        self.cookies = cookies
        self.turn = 0

    def send(self, method: str, path: str, *, to: int | None = None, **more: Any) -> requests.Response:
        """One request; `to` chooses the web process."""
        self.turn += 1
        first = self.turn % len(self.urls) if to is None else to
        headers = {
            "Host": urlsplit(self.app_url).netloc, "Cookie": self.cookies, "Connection": "close", "Accept": "text/html",
        } | more.pop("headers", {})  # fmt: skip
        if method != "GET":
            headers |= {"Origin": self.app_url}
        for place in [first] if to is not None else [first, *[n for n in range(len(self.urls)) if n != first]]:
            try:
                return requests.request(
                    method, self.urls[place] + path, headers=headers, timeout=30, allow_redirects=False, **more
                )
            except requests.ConnectionError as refused:
                if "refused" not in str(refused).lower() or to is not None:
                    raise
        raise AssertionError("No web process lets anybody in.")


def balancer(stack: Hosts, person: Merchant) -> Balancer:
    """With the session of this person."""
    return Balancer(stack, person.cookies["127.0.0.1"].header()["Cookie"])


class Bells:
    """What was rung for while the block lasted, by function: Redis tells every command it gets."""

    def __init__(self, stack: Hosts) -> None:
        self.client = stack.redis()
        self.counts: Counter[str] = Counter()
        self.over, self.listening = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Bells":
        self.thread.start()
        assert self.listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.client.publish("bells", "over")
        self.thread.join(10)

    def _listen(self) -> None:
        with self.client.monitor() as monitor:  # type: ignore[no-untyped-call]
            self.listening.set()
            for told in monitor.listen():
                if self.over.is_set():
                    return
                command = str(told["command"])
                found = re.match(r"HSET rq:job:.* description (jobs\.[\w.]+)", command)
                if found:
                    self.counts[found[1]] += 1
