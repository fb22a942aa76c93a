"""A migration while the product is in use: nobody waits long for it, and it waits for nobody for ever."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import create_engine, event, insert, select, text, update
from sqlalchemy.exc import OperationalError

from migrations.bounds import RELEASED
from tests.migrations.conftest import At
from tests.migrations.databases import engine, move, start_moving
from tests.migrations.test_previous_code import known, row

pytestmark = pytest.mark.engines("sqlite", "postgresql")
ROWS = 4000
# Seconds that a statement of the product may wait for a migration. SQLite has one writer, and what takes its turn takes
# it whole: the product waits up to fifteen.
LONGEST = {"sqlite": 5.0, "postgresql": 1.0}


@dataclass
class Traffic:
    """What ran beside the migration: how long writes waited for a lock, what failed."""

    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    writes: int = 0


def filled(url: str) -> None:
    """One store with some thousand listings."""
    with engine(url) as found, found.begin() as connection:
        rows: dict[str, Any] = {}
        for table in known(found):
            rows[table.name] = row(table, 1, rows, whole=True)
            connection.execute(insert(table), rows[table.name])
        listing = next(table for table in known(found) if table.name == "listing")
        more = [row(listing, number, rows, whole=True) for number in range(2, ROWS)]
        connection.execute(insert(listing), more)


@contextmanager
def traffic(url: str) -> Iterator[Traffic]:
    """Two writers on the tables of the last release, with short transactions as the product makes them, until the block
    ends; on PostgreSQL somebody looks who waits for a lock."""
    seen, over = Traffic(), threading.Event()
    threads = [threading.Thread(target=write, args=(url, seen, over, number)) for number in (1, 2)]
    if url.startswith("postgresql"):
        threads.append(threading.Thread(target=watch, args=(url, seen, over)))
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def write(url: str, seen: Traffic, over: threading.Event, number: int) -> None:
    found = create_engine(url)
    if found.dialect.name == "sqlite":
        event.listen(found, "connect", immediate)
        event.listen(found, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    tables = {table.name: table for table in known(found)}
    listing, products = tables["listing"], tables["product"]
    while not over.is_set():
        began = time.monotonic()
        try:
            with found.begin() as connection:
                waited = time.monotonic() - began  # SQLite: for the one place of a writer
                key = number + 2 * (seen.writes % (ROWS // 2 - 2))
                connection.execute(update(listing).where(listing.c.id == key).values(title=f"Title {seen.writes}"))
                connection.execute(update(products).where(products.c.id == 1).values(title=f"Title {seen.writes}"))
                connection.execute(select(listing).where(listing.c.store_id == 1).limit(20)).all()
            seen.writes += 1
            if found.dialect.name == "sqlite":
                seen.waits.append(waited)
        except OperationalError as failure:
            seen.failures.append(str(failure.orig))
        time.sleep(0.002)
    found.dispose()


def immediate(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=15000")


def watch(url: str, seen: Traffic, over: threading.Event) -> None:
    """How long anybody but the migration has been waiting for a lock on a table."""
    query = text(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)"
        " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
        " WHERE NOT l.granted AND l.locktype = 'relation' AND a.query ~ '^(UPDATE|SELECT|INSERT)'"
    )
    found = create_engine(url, isolation_level="AUTOCOMMIT")
    with found.connect() as connection:
        while not over.is_set():
            seen.waits.append(float(connection.execute(query).scalar_one()))
            time.sleep(0.02)
    found.dispose()


def test_nobody_waits_long_for_a_migration(at: At, engine_name: str, _template_environment: dict[str, str]) -> None:
    url = at("busy", RELEASED)
    filled(url)
    with traffic(url) as seen:
        while seen.writes < 20:
            time.sleep(0.01)
        process = start_moving(_template_environment, url)
        output, _ = process.communicate(timeout=90)
        assert process.returncode == 0, output
        after = seen.writes
        while seen.writes < after + 20:
            time.sleep(0.01)
    assert seen.failures == []
    assert max(seen.waits) < LONGEST[engine_name]


@pytest.mark.engines("postgresql")
def test_a_migration_lets_others_pass_while_a_table_is_held(at: At, _template_environment: dict[str, str]) -> None:
    """A long transaction holds a table that the migration needs. Who comes after the migration passes it."""
    url = at("held", RELEASED)
    filled(url)
    holder = create_engine(url)
    with holder.connect() as connection:
        connection.execute(text("UPDATE listing SET title = 'held' WHERE id = 4000"))
        connection.execute(text("LOCK TABLE listing, shop IN ROW EXCLUSIVE MODE"))
        with traffic(url) as seen:
            process = start_moving(_template_environment, url)
            until = time.monotonic() + 60
            while not waited(url) and time.monotonic() < until:
                time.sleep(0.02)
            before = seen.writes
            while seen.writes < before + 50 and time.monotonic() < until:
                time.sleep(0.01)
            assert process.poll() is None, process.communicate()[0]
            connection.rollback()
            output, _ = process.communicate(timeout=60)
    holder.dispose()
    assert process.returncode == 0, output
    assert seen.failures == [] and seen.writes >= before + 50
    assert max(seen.waits) < LONGEST["postgresql"]


def waited(url: str) -> bool:
    """The migration has reached the table that is held."""
    with engine(url) as found, found.connect() as connection:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        return bool(connection.execute(text(query)).scalar())


@pytest.mark.engines("postgresql")
def test_two_hosts_migrate_once(at: At, _template_environment: dict[str, str]) -> None:
    url = at("hosts", RELEASED)
    filled(url)
    processes = [start_moving(_template_environment, url) for _ in range(2)]
    outputs = [process.communicate(timeout=90)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    move(_template_environment, url)  # nothing is left to do


@pytest.mark.engines("postgresql")
def test_an_index_that_was_left_half_built_is_built_anew(at: At, _template_environment: dict[str, str]) -> None:
    """A build that was killed leaves an invalid index of that name behind."""
    url = at("half", RELEASED)
    filled(url)
    name = "ix_listing_store_id_tab_id"
    with engine(url) as found, found.begin() as connection:
        connection.execute(text(f"CREATE INDEX {name} ON listing (store_id, tab, id)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = cast(:name AS regclass)"), {"name": name}
        )
    move(_template_environment, url)
    with engine(url) as found, found.connect() as connection:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = cast(:name AS regclass)"
        assert connection.execute(text(query), {"name": name}).scalar() is True
