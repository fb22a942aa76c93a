"""Many rows at once by PostgreSQL's COPY: into a temporary table, then merged by one statement. Twice as fast as the
driver's executemany; the caller's transaction, its errors and its locks stay what they were."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

Value = Callable[[Any], Any]


def merge(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str]
) -> None:
    """Adds rows or overwrites the columns in `update` (none: what is there stays). All rows name the same columns."""
    columns = named(table, rows[0])
    prepare, copy, write = _statements(table, columns, tuple(key), tuple(update), connection.dialect)
    ready = _values(table, columns, frozenset(rows[0]), connection.dialect)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            cursor.execute(prepare)
            with cursor.copy(copy) as into:
                for row in rows:
                    into.write_row([value(row) for value in ready])
            cursor.execute(write)
    except psycopg.Error as error:
        gone = driver.closed
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            write, None, error, psycopg.Error, connection_invalidated=gone, dialect=connection.dialect
        ) from error


def named(table: Table, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The row's columns, and those that have a default in the models."""
    return tuple(column.key for column in table.columns if column.key in row or column.default is not None)


@lru_cache(maxsize=64)
def _statements(
    table: Table, columns: tuple[str, ...], key: tuple[str, ...], update: tuple[str, ...], dialect: Dialect
) -> tuple[str, str, str]:
    """Making or emptying the temporary table, the COPY, the merge."""
    quote = dialect.identifier_preparer.quote
    target, names = quote(table.name), ", ".join(quote(name) for name in columns)
    stage = quote(f"stage_{table.name}_{zlib.crc32(names.encode()):x}")
    empty = f"SELECT {names} FROM {target} WITH NO DATA"  # noqa: S608 - our own names
    make = f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS {empty}"
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in update)
    action = f"UPDATE SET {changes}" if update else "NOTHING"
    conflict = ", ".join(quote(name) for name in key)
    return (
        f"{make}; TRUNCATE {stage}",
        f"COPY {stage} ({names}) FROM STDIN",
        f"INSERT INTO {target} ({names}) SELECT {names} FROM {stage} ON CONFLICT ({conflict}) DO {action}",  # noqa: S608
    )


@lru_cache(maxsize=64)
def _values(table: Table, columns: tuple[str, ...], given: frozenset[str], dialect: Dialect) -> tuple[Value, ...]:
    """For each column: row -> what the driver takes."""
    return tuple(_value(table.columns[name], name in given, dialect) for name in columns)


def _value(column: Any, given: bool, dialect: Dialect) -> Value:
    ready = column.type.dialect_impl(dialect).bind_processor(dialect)
    name, default = column.key, column.default
    if not given:
        made: Value = default.arg if default.is_callable else lambda _: default.arg
        return made if ready is None else lambda row: ready(made(row))
    if ready is None:
        return lambda row: row[name]
    return lambda row: ready(row[name])
