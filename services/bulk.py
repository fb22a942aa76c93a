"""Bulk statements that both databases understand. Everything goes through Core and binds `store_id`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table
from sqlalchemy.dialects import postgresql, sqlite

from models import Base, db
from models.tenancy import scoped

CHUNK = 500  # rows a statement; SQLite allows 32,766 variables


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for Core statements."""
    return cast(Table, model.__table__)


def rows_touched(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE matched."""
    return cast(CursorResult[Any], result).rowcount


def insert_into(table: Table) -> Any:
    maker = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return maker(table)


def chunks(rows: Iterable[Mapping[str, Any]], size: int = CHUNK) -> Iterable[list[Mapping[str, Any]]]:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Adds rows whose key is not there yet; the others stay as they are."""
    table = table_of(model)
    for part in chunks(rows):
        statement = insert_into(table).values(part).on_conflict_do_nothing(index_elements=list(key))
        db.session.execute(scoped(statement))


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Like insert_missing, for tables that belong to no store."""
    statement = insert_into(table_of(model)).values(list(rows))
    db.session.execute(statement.on_conflict_do_nothing(index_elements=list(key)))


def upsert(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str]) -> None:
    """Adds rows or overwrites the columns named in `update`; rows in one call must not repeat a key."""
    table = table_of(model)
    for part in chunks(rows, CHUNK if len(table.columns) < 20 else 200):
        statement = insert_into(table).values(part)
        statement = statement.on_conflict_do_update(
            index_elements=list(key), set_={name: statement.excluded[name] for name in update}
        )
        db.session.execute(scoped(statement))
