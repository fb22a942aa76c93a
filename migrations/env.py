"""Runs migrations under a product that is in use. On PostgreSQL one host at a time, never waiting long for a lock that
others would queue behind; on SQLite without foreign keys (a batch change of a parent table would delete its
children)."""

import logging
import time
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models import Base
from models.search import TABLES
from models.tenancy import across_stores

LOCK = 7_301_955  # any number, the same on every host
LOCK_MILLISECONDS = 500  # a change of a table waits so long at most: whoever comes later queues behind it
TRIES = 120  # and then begins again, a second later at the longest
WAITING = ("55P03", "40P01")  # PostgreSQL: lock not available, deadlock
OTHER_HOST_SECONDS = 1800.0

log = logging.getLogger("alembic.causeway")
database = current_app.extensions["migrate"].db


def ours(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Search tables are made by hand in a migration, not by models."""
    return not (kind == "table" and name in TABLES) and not (kind == "index" and str(name).endswith("_trigram"))


def render(kind: str, obj: Any, autogen: Any) -> str | bool:
    """Our own column types are written by what they store."""
    if kind == "type" and type(obj).__module__.startswith("models."):
        autogen.imports.add("from models import base")
        return f"base.{type(obj).__name__}()"
    return False


def check_links(ctx: Any, step: Any, **_: Any) -> None:
    """Within the migration's transaction, on SQLite: what only adds cannot orphan a row, so only the rest is looked
    over."""
    phases = {getattr(script.module, "phase", "") for script in (step.up_revision,) if script is not None}
    if ctx.dialect.name != "sqlite" or (step.is_upgrade and phases == {"expand"}):
        return
    broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"The migration left rows without their parent: {broken[:5]}")


def configure(connection: Connection, **more: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        include_object=ours,
        render_item=render,
        compare_type=True,
        on_version_apply=check_links,
        **more,
    )


def foreign_keys(connection: Connection, on: bool) -> None:
    """Switches them on the driver's own connection: inside a transaction SQLite ignores the switch."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def run_sqlite(connection: Connection) -> None:
    """A transaction for each migration, so that writers get their turn between two."""
    foreign_keys(connection, False)
    configure(connection, transaction_per_migration=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    foreign_keys(connection, True)


def run_postgresql() -> None:
    """A transaction for each migration; one that does not get its lock soon lets the others pass and begins again."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        alone(guard)
        try:
            attempt()
        finally:  # the connection goes back to a pool, which would keep the lock
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def attempt() -> None:
    for turn in range(1, TRIES + 1):
        try:
            with database.engine.connect() as connection:
                connection.execute(text(f"SET lock_timeout = {LOCK_MILLISECONDS}"))
                connection.commit()
                try:
                    configure(connection, transaction_per_migration=True)
                    with context.begin_transaction():
                        context.run_migrations()
                    connection.commit()
                finally:
                    connection.rollback()
                    connection.execute(text("RESET lock_timeout"))
                    connection.commit()
            return
        except OperationalError as busy:
            if getattr(busy.orig, "sqlstate", "") not in WAITING or turn == TRIES:
                raise
            log.warning("A table is in use; the migration lets others pass and tries again (%s).", turn)
            time.sleep(min(0.05 * turn, 1.0))


def alone(guard: Connection) -> None:
    """Takes the lock of all hosts, asking again and again: a statement that waited for it would be an open transaction,
    which building an index concurrently would wait for in turn."""
    until = time.monotonic() + OTHER_HOST_SECONDS
    while not guard.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}).scalar():
        if time.monotonic() > until:
            raise RuntimeError("Another host has been migrating for half an hour. Look at it before you try again.")
        time.sleep(0.2)


with across_stores("a migration concerns the rows of every store"):
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            run_sqlite(connection)
    else:
        run_postgresql()
