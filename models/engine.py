"""Makes both databases behave: SQLite in WAL mode with honest transactions, PostgreSQL as it is."""

from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

# A plain BEGIN that reads and then writes fails at once on SQLite, whatever the busy timeout; so whoever may write says
# so.
read_only: ContextVar[bool] = ContextVar("read_only", default=False)


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if read_only.get() else "BEGIN IMMEDIATE")


def prepare(engine: Engine) -> None:
    """Hooks an engine up, once; harmless on PostgreSQL."""
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _connect):
        event.listen(engine, "connect", _connect)
        event.listen(engine, "begin", _begin)
