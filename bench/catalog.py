"""The catalog import's writing, against a floor: `python -m bench.catalog [products]`. SQLite, in a temporary file.

floor     the same rows by the driver's executemany into the same indexed tables, search triggers included
first     the whole path from BigCommerce's answers: shape, hash, compare, write, counters
re-sync   the same answers with 2 % changed
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench._stage import Names, answer

VARIANTS, LOCATIONS, CHUNK = 4, 2, 200


def main(count: int) -> None:
    from flask import Flask

    from config import Config
    from models import search, setup
    from models.base import Base, db
    from models.tenancy import across_stores

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        app = Flask("bench", root_path=folder)
        setup.install(app, Config(database_url=f"sqlite:///{path}", data_folder=folder))
        with app.app_context():
            with across_stores("benchmark"), db.engine.begin() as connection:
                Base.metadata.create_all(connection)
                search.create(connection)
            store_id, locations = prepare()
            first = timed(lambda: write(store_id, locations, count, changed=0))
            recording = sum(recorded)
            unchanged = timed(lambda: write(store_id, locations, count, changed=0))
            again = timed(lambda: write(store_id, locations, count, changed=50))
            db.session.remove()
            db.engine.dispose()
        floor = timed_floor(path, Path(folder) / "floor.db")
    rows = count * (1 + 2 * VARIANTS + VARIANTS * LOCATIONS)
    print(f"{count:,} products, {VARIANTS} variants and {VARIANTS * LOCATIONS} stock rows each: {rows:,} rows")
    for name, seconds in (
        ("floor", floor),
        ("first", first),
        ("first, the database's part", recording),
        ("re-sync, nothing changed", unchanged),
        ("re-sync, 2 % changed", again),
    ):
        print(f"{name:26} {seconds:7.2f} s {count / seconds:10,.0f} products/s {rows / seconds:12,.0f} rows/s")
    print(f"first / floor   {first / floor:5.2f}x, the database's part {recording / floor:5.2f}x")
    print(f"first / re-sync {first / again:5.2f}x")


def prepare() -> tuple[int, dict[int, int]]:
    from datetime import UTC, datetime

    from models import Location, Store, db
    from models.tenancy import tenant

    store = Store(hash="bench1", installed_at=datetime.now(UTC), settings={}, wizard={}, currency="USD")
    db.session.add(store)
    db.session.commit()
    with tenant(store.id):
        places = [
            Location(store_id=store.id, bigcommerce_id=number + 1, label=f"L{number}") for number in range(LOCATIONS)
        ]
        db.session.add_all(places)
        db.session.commit()
        return store.id, {place.bigcommerce_id: place.id for place in places}


def write(store_id: int, locations: dict[int, int], count: int, changed: int) -> None:
    from datetime import UTC, datetime

    from pydantic import TypeAdapter

    from clients.bigcommerce.models import Product, Several
    from models import db
    from models.tenancy import tenant
    from services import catalog_rows
    from services.catalog_shape import shape

    kind = TypeAdapter(Several[Product])
    with tenant(store_id):
        for low in range(1, count + 1, CHUNK):
            body = answer(low, min(low + CHUNK, count + 1), VARIANTS, changed)
            begun = time.perf_counter()
            page = kind.validate_json(body).data
            stock = {variant.id: dict.fromkeys(locations, 5) for product in page for variant in product.variants}
            shaped = [shape(product, Names(), "USD", stock, frozenset(locations)) for product in page]
            half = time.perf_counter()
            catalog_rows.write(shaped, locations, datetime.now(UTC))
            db.session.commit()
            ended = time.perf_counter()
            spent.append(ended - begun)
            recorded.append(ended - half)


recorded: list[float] = []
spent: list[float] = []  # making BigCommerce's answers is not what is measured


def timed(work: Callable[[], None]) -> float:
    spent.clear()
    recorded.clear()
    work()
    return sum(spent)


def timed_floor(source: Path, target: Path) -> float:
    """The finished rows again, into an empty copy of the same tables, in chunks of the same size."""
    tables = ("product", "merchant_sku", "variant", "stock")
    read, wrote = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        wrote.execute(f"PRAGMA {pragma}")
    schema = read.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%search_%' ORDER BY type = 'trigger'"
    )
    for (statement,) in schema.fetchall():
        if "sqlite_" not in statement:
            wrote.execute(statement)
    for (statement,) in read.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
        wrote.execute(statement)
    rows = {table: read.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}  # noqa: S608
    chunks = -(-len(rows["product"]) // CHUNK)
    begun = time.perf_counter()
    for number in range(chunks):
        wrote.execute("BEGIN IMMEDIATE")
        for table in tables:
            size = -(-len(rows[table]) // chunks)
            part = rows[table][number * size : (number + 1) * size]
            if part:
                marks = ",".join("?" * len(part[0]))
                wrote.executemany(f"INSERT INTO {table} VALUES ({marks})", part)  # noqa: S608
        wrote.execute("COMMIT")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
