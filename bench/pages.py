"""The products and listings lists at any depth: ours, the floor, and Django admin's changelist on the same tables,
in one run over HTTP: `python -m bench.pages [rows] [sqlite] [postgresql]`.

ours    the whole page as a merchant gets it: session, store, counts, layout, fifty rows
floor   the page's own SQL on the bare driver + its own template with plain values + a bare Flask
Django  the changelist, signed in, fifty rows: as it comes, and tuned (no exact full count)
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.lists.place import ROOT, SETTINGS, Visitor, database, late, middle, serving
from bench.lists.seed import COMMON, MEDIUM, RARE, Seeded, sku
from services.sessions import cookie_name

ROWS = 50
DEEP = 6000  # the page that is looked up in a million rows; nearer in smaller ones
TURNS = 60
SLOW_TURNS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One page: our address below the store, and the changelist's."""

    name: str
    ours: str
    django: str


def cases(seeded: Seeded, halves: dict[str, int]) -> list[Case]:
    deep = min(DEEP, int(seeded.size / ROWS * 0.3))
    cursor, shop = seeded.size - (deep - 1) * ROWS + 1, seeded.shop_ids[0]
    fragment = sku(seeded.size // 3)[3:]
    products = [
        Case("products, page 1", "products/", "product/"),
        Case(f"products, page {deep:,}", f"products/?after={cursor}&first={seeded.size - cursor + 2}",
             f"product/?p={deep}"),
        Case("products, live, half-way", f"products/?status=live&after={halves['product']}",
             f"product/?status__exact=live&p={halves['product_page']}"),
    ]  # fmt: skip
    listings = [
        Case("listings, page 1", "listings/?tab=all", "listing/"),
        Case(f"listings, page {deep:,}", f"listings/?tab=all&before={cursor}", f"listing/?p={deep}"),
        Case("listings, one shop, live, half-way", f"listings/?tab=live&shop={shop}&before={halves['listing']}",
             f"listing/?shop__id__exact={shop}&tab__exact=live&p={halves['listing_page']}"),
        Case("listings, a common problem", "listings/?tab=incomplete&problem=package.weight_missing", ""),
        Case("listings, a rare problem", "listings/?tab=incomplete&problem=identifier.digits", ""),
    ]  # fmt: skip
    words = (("rare word", RARE), ("medium word", MEDIUM), ("common word", COMMON), ("SKU fragment", fragment))
    searches = [
        Case(f"{place}, {name}", f"{place}/?tab=all&q={word}" if place == "listings" else f"{place}/?q={word}",
             f"{place[:-1]}/?q={word}")
        for place in ("products", "listings") for name, word in words
    ]  # fmt: skip
    return products + listings + searches


def half_way(url: str, shop_id: int) -> dict[str, int]:
    """The row in the middle of a tab, and which page of fifty it is on."""
    from sqlalchemy import create_engine, text

    found: dict[str, int] = {}
    with create_engine(url).connect() as connection:
        for table, where in (("product", "status = 'live'"), ("listing", f"tab = 'live' AND shop_id = {shop_id}")):
            count = connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one()  # noqa: S608
            page = count // ROWS // 2 + 1
            query = f"SELECT id FROM {table} WHERE {where} ORDER BY id DESC LIMIT 1 OFFSET {(page - 1) * ROWS - 1}"  # noqa: S608
            found |= {table: connection.execute(text(query)).scalar_one(), f"{table}_page": page}
    return found


def measured(visits: dict[str, tuple[Visitor, str, int]]) -> dict[str, list[float]]:
    """Seconds of each, in turns, so that whatever slows the machine slows all."""
    times: dict[str, list[float]] = {name: [] for name in visits}
    for visitor, path, _ in visits.values():
        visitor.get(path)
    for turn in range(TURNS):
        for name, (visitor, path, turns) in visits.items():
            if turn < turns:
                times[name].append(visitor.get(path)[1])
    return times


def run(engine: str, size: int) -> None:
    with database(engine) as url:
        environment = {**SETTINGS, "DATABASE_URL": url, "REDIS_URL": "unix:///nowhere.sock", "PYTHONPATH": str(ROOT)}
        began = time.perf_counter()
        code = "import sys,json,dataclasses; from app import create_app; from bench.lists.seed import seed; " \
               "print(json.dumps(dataclasses.asdict(seed(create_app(), int(sys.argv[1])))))"  # fmt: skip
        told = output([sys.executable, "-c", code, str(size)], environment)
        facts: dict[str, Any] = json.loads(told.splitlines()[-1])
        seeded = Seeded(**{**facts, "shop_ids": tuple(facts["shop_ids"])})
        print(f"\n{engine}: {size:,} products and {size:,} listings seeded in {time.perf_counter() - began:.0f} s")
        compare(seeded, environment)


def output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
                          check=True)  # fmt: skip
    return done.stdout


def compare(seeded: Seeded, environment: dict[str, str]) -> None:
    chosen = cases(seeded, half_way(environment["DATABASE_URL"], seeded.shop_ids[0]))
    base = f"/s/{seeded.store_hash}/"
    cookie = f"{cookie_name(seeded.store_hash)}={seeded.cookie}"
    pages = json.dumps([base + case.ours for case in chosen])
    signed_in = output([sys.executable, "-m", "bench.lists.rival"], environment).strip()
    floor_environment = {**environment, "BENCH_PAGES": pages, "BENCH_COOKIE": cookie}
    with (
        serving("app:create_app()", environment, "/healthz") as ours,
        serving("bench.lists.floor:create_app()", floor_environment, "/hello") as floor,
        serving("bench.lists.rival:application", environment, "/tuned/login/") as rival,
    ):
        us, least, django = Visitor(ours.port, cookie), Visitor(floor.port), Visitor(rival.port, signed_in)
        hello = measured({"hello": (least, "/hello", TURNS)})["hello"]
        print(f"bare Flask hello {middle(hello):.2f} ms")
        print(f"{'page':36} {'ours':>13} {'floor':>7} {'/ floor':>8} {'Django':>9} {'tuned':>9} {'tuned / ours':>12}")
        for number, case in enumerate(chosen):
            visits = {"ours": (us, base + case.ours, TURNS), "floor": (least, f"/page/{number}", TURNS)}
            if case.django:
                visits |= {site: (django, f"/{site}/auth/{case.django}", SLOW_TURNS) for site in ("plain", "tuned")}
            show(case.name, measured(visits))


def show(name: str, times: dict[str, list[float]]) -> None:
    ours, floor = middle(times["ours"]), middle(times["floor"])
    line = f"{name:36} {ours:6.2f} /{late(times['ours']):6.2f} {floor:7.2f} {ours / floor:7.2f}x"
    if "tuned" in times:
        plain, tuned = middle(times["plain"]), middle(times["tuned"])
        line += f" {plain:9.1f} {tuned:9.1f} {tuned / ours:11.0f}x"
    print(line, flush=True)


def main(words: list[str]) -> None:
    sizes = [int(word.replace("_", "")) for word in words if word[0].isdigit()] or [100_000]
    for size in sizes:
        for engine in [word for word in words if word in ("sqlite", "postgresql")] or ["sqlite", "postgresql"]:
            run(engine, size)


if __name__ == "__main__":
    main(sys.argv[1:])
