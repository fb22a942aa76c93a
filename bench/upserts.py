"""Catalog rows into the database, against the driver's own bulk statement: `python -m bench.upserts [products]`.

Products and their variants, a page of 250 products at a time, into the same indexed tables with the same search index:
floor     SQLite: executemany on conflict; PostgreSQL: COPY straight into the tables
merge     PostgreSQL only: the driver's COPY into a temporary table and one merge, written by hand
first     services.bulk.upsert
rewrite   the same again, every row overwritten
re-sync   the import's way when 2 % changed: hashes are read and compared, only what differs is written
Goals: first at most 1.7 x the floor's time; re-sync at least 3 x as quick as a rewrite.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from bench._stage import Names, answer, close, has_postgresql, make_tables

VARIANTS, PAGE, COUNT = 4, 250, 5000
KEY = ("store_id", "bigcommerce_id")
Rows = list[dict[str, Any]]
Table = tuple[str, list[str], list[list[Any]]]


def pages(count: int, changed: int = 0) -> Iterable[list[Any]]:
    """Shaped products, a page at a time."""
    from pydantic import TypeAdapter

    from clients.bigcommerce.models import Product, Several
    from services.catalog_shape import shape

    kind = TypeAdapter(Several[Product])
    for low in range(1, count + 1, PAGE):
        page = kind.validate_json(answer(low, min(low + PAGE, count + 1), VARIANTS, changed)).data
        yield [shape(product, Names(), "USD", None, frozenset()) for product in page]


def product_rows(store_id: int, page: Sequence[Any]) -> Rows:
    now = datetime.now(UTC)
    return [
        {"store_id": store_id, "bigcommerce_id": one.bigcommerce_id, **one.values, "content_hash": one.hash,
         "status": "not_uploaded", "imported_at": now, "deleted_at": None}
        for one in page
    ]  # fmt: skip


def variant_rows(store_id: int, page: Sequence[Any], ids: Mapping[int, int]) -> Rows:
    return [
        {"store_id": store_id, "bigcommerce_id": variant.bigcommerce_id, "product_id": ids[one.bigcommerce_id],
         "merchant_sku_id": None, **variant.values, "content_hash": variant.hash}
        for one in page for variant in one.variants
    ]  # fmt: skip


def write_all(store_id: int, made: Sequence[Sequence[Any]]) -> float:
    """Seconds in the database, what is read back included; making rows is not counted."""
    from sqlalchemy import select

    from models import Product, Variant, db
    from services.bulk import upsert

    spent = 0.0
    for page in made:
        products = product_rows(store_id, page)
        begun = time.perf_counter()
        upsert(Product, products, KEY, [name for name in products[0] if name not in (*KEY, "status")])
        numbers = [one.bigcommerce_id for one in page]
        query = select(Product.bigcommerce_id, Product.id).where(Product.bigcommerce_id.in_(numbers))
        ids = {number: key for number, key in db.session.execute(query) if number is not None}
        spent += time.perf_counter() - begun
        variants = variant_rows(store_id, page, ids)
        begun = time.perf_counter()
        upsert(Variant, variants, KEY, [name for name in variants[0] if name not in KEY])
        db.session.commit()
        spent += time.perf_counter() - begun
    return spent


def resync(made: Sequence[Sequence[Any]]) -> float:
    from models import db
    from services import catalog_rows

    begun = time.perf_counter()
    for page in made:
        catalog_rows.write(page, {}, datetime.now(UTC))
        db.session.commit()
    return time.perf_counter() - begun


def kept_rows() -> list[Table]:
    """The finished rows as the driver gives them, to be written once more by the floors."""
    from models import db
    from models.tenancy import across_stores

    found = []
    with across_stores("benchmark"):
        for name in ("product", "variant"):
            result = db.session.connection().exec_driver_sql(f"SELECT * FROM {name} ORDER BY id")  # noqa: S608
            found.append((name, list(result.keys()), [list(row) for row in result]))
        db.session.rollback()
    return found


def floor(url: str, folder: Path, tables: list[Table], way: Callable[[Any, Table], None]) -> float:
    """Seconds of bare statements into a fresh database, page by page."""
    from models import db

    with opened(url, folder) as sqlite:
        raw = db.engine.raw_connection()
        begun = time.perf_counter()
        for step in range(-(-len(tables[0][2]) // PAGE)):
            if sqlite:
                raw.cursor().execute("BEGIN IMMEDIATE")
            for table, columns, rows in tables:
                size = PAGE * (VARIANTS if table == "variant" else 1)
                way(raw, (table, columns, rows[step * size : (step + 1) * size]))
            if sqlite:
                raw.cursor().execute("COMMIT")
            else:
                raw.commit()
        spent = time.perf_counter() - begun
        raw.close()
    return spent


def sqlite_rows(raw: Any, table: Table) -> None:
    name, columns, rows = table
    marks = ",".join("?" * len(columns))
    changes = ",".join(f"{column}=excluded.{column}" for column in columns if column not in (*KEY, "id"))
    raw.cursor().executemany(
        f"INSERT INTO {name} ({','.join(columns)}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT (store_id, bigcommerce_id) DO UPDATE SET {changes}",
        rows,
    )


def copy_rows(raw: Any, table: Table) -> None:
    copy_into(raw, table, table[0])


def copy_into(raw: Any, table: Table, target: str) -> None:
    from psycopg.types.json import Json

    _, columns, rows = table
    with (
        raw.driver_connection.cursor() as cursor,
        cursor.copy(f"COPY {target} ({','.join(columns)}) FROM STDIN") as into,
    ):
        for row in rows:
            into.write_row([Json(value) if isinstance(value, list | dict) else value for value in row])


def merge_rows(raw: Any, table: Table) -> None:
    name, columns, _ = table
    names = ",".join(columns)
    changes = ",".join(f"{column}=excluded.{column}" for column in columns if column not in (*KEY, "id"))
    with raw.driver_connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS floor_{name} (LIKE {name}) ON COMMIT DELETE ROWS")
    copy_into(raw, table, f"floor_{name}")
    with raw.driver_connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name} ({names}) SELECT {names} FROM floor_{name} "  # noqa: S608
            f"ON CONFLICT (store_id, bigcommerce_id) DO UPDATE SET {changes}"
        )


@contextmanager
def opened(url: str, folder: Path) -> Iterator[bool]:
    """A fresh database with one store, as this thread's; yields whether it is SQLite."""
    from config import Config
    from models import Store, db, setup
    from models.tenancy import tenant

    make_tables(url, folder)
    app = Flask("bench", root_path=str(folder))
    setup.install(app, Config(database_url=url, data_folder=str(folder)))
    app.extensions["config"] = Config(database_url=url)
    with app.app_context():
        store = Store(hash="bench1", installed_at=datetime.now(UTC), settings={}, wizard={}, currency="USD")
        db.session.add(store)
        db.session.flush()
        store_id = store.id
        db.session.commit()
        with tenant(store_id):
            yield db.engine.dialect.name == "sqlite"
        db.session.remove()
    close(app)


def measure(new: Callable[[str], str], folder: Path, count: int) -> dict[str, float]:
    from models.tenancy import tenant_id

    made, changed = list(pages(count)), list(pages(count, 50))
    with opened(new("ours"), folder) as sqlite:
        found = {"first": write_all(tenant_id(), made)}
        tables = kept_rows()
        found["rewrite"] = write_all(tenant_id(), made)
        resync(made)  # merchant SKUs appear
        found["re-sync"] = resync(changed)
    ways = {"floor": sqlite_rows} if sqlite else {"floor": copy_rows, "merge": merge_rows}
    return found | {name: floor(new(name), folder, tables, way) for name, way in ways.items()}


def report(engine: str, found: Mapping[str, float], count: int) -> None:
    rows = count * (1 + VARIANTS)
    print(f"{engine}: {count:,} products, {rows:,} rows, {PAGE} products a transaction")
    for name in ("floor", "merge", "first", "rewrite", "re-sync"):
        if name in found:
            print(f"  {name:8} {found[name]:7.2f} s {rows / found[name]:12,.0f} rows/s")
    print(f"  first / floor     {found['first'] / found['floor']:5.2f} x   (goal 1.7)")
    if "merge" in found:
        print(f"  first / merge     {found['first'] / found['merge']:5.2f} x   (the same by hand)")
    print(f"  rewrite / re-sync {found['rewrite'] / found['re-sync']:5.2f} x   (goal 3)")


def main(count: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cwbench")))
        report("SQLite", measure(lambda name: f"sqlite:///{folder / name}.db", folder, count), count)
        if has_postgresql():
            from tests.postgresql import Server

            server = Server()
            stack.callback(server.stop)
            report("PostgreSQL", measure(server.create, folder, count), count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
