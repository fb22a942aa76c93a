"""Two hundred people watch one activity while it moves: what that costs one web process group as in the Procfile, and
what an ordinary page feels of it: `python -m bench.viewers [viewers] [sqlite] [postgresql]`.

Each viewer keeps a connection and asks for the fragment once a second, as the page does, with what it has seen. The
activity moves four times a second; "slowly" is once in five seconds, when most answers are "nothing new" (204).
"""

import asyncio
import json
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from bench.lists.place import ROOT, SETTINGS, Served, Visitor, database, late, middle, serving
from bench.pages import output
from services.sessions import cookie_name

VIEWERS, SECONDS, PAGES = 200, 15.0, 60
SEED = """
import dataclasses, json
from app import create_app
from bench.lists.seed import seed
from models import db
from models.tenancy import tenant
from services import activities
from services.activities import NewItem
from services.actor import system
app = create_app()
facts = dataclasses.asdict(seed(app, 2000))
with app.app_context(), tenant(facts["store_id"]):
    started = activities.start(system(facts["store_id"]), "publish", "Publish 3,000 listings", [NewItem("x")],
                               units=3000)
    started.activity.state = "running"
    db.session.commit()
    print(json.dumps(facts | {"activity": started.activity.id}))
"""


@dataclass
class Seen:
    """What the viewers were answered."""

    times: list[float] = field(default_factory=list)
    unchanged: int = 0
    size: int = 0


async def view(port: int, path: str, cookie: str, until: float, seen: Seen) -> None:
    """One person's page: asks again a second after the last answer."""
    await asyncio.sleep(random.random())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = path
    while time.perf_counter() < until:
        began = time.perf_counter()
        lines = (f"GET {asked} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", "HX-Request: true", "", "")
        writer.write("\r\n".join(lines).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        body = (await reader.readexactly(length)).decode()
        seen.times.append(time.perf_counter() - began)
        if head.startswith("HTTP/1.1 200"):
            asked, seen.size = body.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&"), len(body)
        elif head.startswith("HTTP/1.1 204"):
            seen.unchanged += 1
        else:
            raise RuntimeError(head.splitlines()[0])
        await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - began)))
    writer.close()


def watch(port: int, path: str, cookie: str, viewers: int, seen: Seen) -> None:
    """All of them, from one thread."""

    async def all_of_them() -> None:
        until = time.perf_counter() + SECONDS
        await asyncio.gather(*(view(port, path, cookie, until, seen) for _ in range(viewers)))

    asyncio.run(all_of_them())


def pages(visitor: Visitor, path: str, seconds: float) -> list[float]:
    """An ordinary page, four times a second."""
    until, times = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        times.append(visitor.get(path)[1])
        time.sleep(0.25)
    return times


def move(url: str, activity: int, every: float, stop: threading.Event) -> None:
    """The activity's counts, as a worker records them."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    while not stop.wait(every):
        with engine.begin() as connection:
            connection.execute(text("UPDATE activity SET units_done = units_done + 1 WHERE id = :id"), {"id": activity})
    engine.dispose()


def run(engine: str, viewers: int) -> None:
    with database(engine) as url:
        environment = {**SETTINGS, "DATABASE_URL": url, "REDIS_URL": "unix:///nowhere.sock", "PYTHONPATH": str(ROOT)}
        facts: dict[str, Any] = json.loads(output([sys.executable, "-c", SEED], environment).splitlines()[-1])
        base, cookie = f"/s/{facts['store_hash']}", f"{cookie_name(facts['store_hash'])}={facts['cookie']}"
        fragment, page = f"{base}/activities/{facts['activity']}/live", f"{base}/products/"
        with serving("app:create_app()", environment, "/healthz", threads=8, workers=2) as served:
            visitor = Visitor(served.port, cookie)
            for _ in range(20):
                visitor.get(page)
            print(f"\n{engine}, two web processes of eight threads, {viewers} viewers")
            alone = report("nobody watches", pages(visitor, page, SECONDS), 0.0)
            single = [visitor.get(fragment, **{"HX-Request": "true"})[1] for _ in range(PAGES)]
            print(f"  the fragment to one viewer: p95 {late(single):.2f} ms")
            for words, every in (("it moves four times a second", 0.25), ("it moves slowly", 5.0)):
                watched(words, every, served, visitor, (url, fragment, page, cookie), viewers, alone, late(single))


def watched(words: str, every: float, served: Served, visitor: Visitor, where: tuple[str, str, str, str],
            viewers: int, alone: float, single: float) -> None:  # fmt: skip
    url, fragment, page, cookie = where
    stop, seen = threading.Event(), Seen()
    activity = int(fragment.split("/")[-2])
    mover = threading.Thread(target=move, args=(url, activity, every, stop))
    clients = threading.Thread(target=watch, args=(served.port, fragment, cookie, viewers, seen))
    used = served.cpu_seconds()
    mover.start()
    clients.start()
    times = pages(visitor, page, SECONDS)
    clients.join()
    spent = served.cpu_seconds() - used
    stop.set()
    mover.join()
    report(words, times, alone)
    share, rate = spent / SECONDS * 100, len(seen.times) / SECONDS
    print(f"  fragment p50 {middle(seen.times):.2f} p95 {late(seen.times):.2f} ms ({late(seen.times) / single:.1f}x), "
          f"{rate:.0f} answers/s, {100 * seen.unchanged / len(seen.times):.0f} % unchanged, {seen.size:,} bytes, "
          f"{share:.0f} % of a core")  # fmt: skip


def report(words: str, times: list[float], alone: float) -> float:
    more = f" ({late(times) / alone:.1f}x)" if alone else ""
    print(f" {words}: products page p50 {middle(times):.2f} p95 {late(times):.2f} ms{more}", flush=True)
    return late(times)


def main(words: list[str]) -> None:
    viewers = next((int(word) for word in words if word.isdigit()), VIEWERS)
    for engine in [word for word in words if word in ("sqlite", "postgresql")] or ["sqlite", "postgresql"]:
        run(engine, viewers)


if __name__ == "__main__":
    main(sys.argv[1:])
