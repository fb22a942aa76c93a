"""Bulk statements that both databases understand. Everything goes through Core and binds `store_id`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from models import Base, db
from models.tenancy import scoped

CHUNK = 500  # rows a statement; SQLite allows 32,766 variables


def insert_into(table: Table) -> Any:
    maker = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return maker(table)


def chunks(rows: Iterable[Mapping[str, Any]], size: int = CHUNK) -> Iterable[list[Mapping[str, Any]]]:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Adds rows whose key is not there yet; the others stay as they are."""
    table: Table = model.__table__  # type: ignore[assignment]
    for part in chunks(rows):
        statement = insert_into(table).values(part).on_conflict_do_nothing(index_elements=list(key))
        db.session.execute(scoped(statement))


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Like insert_missing, for tables that belong to no store."""
    db.session.execute(insert_into(model.__table__).values(list(rows)).on_conflict_do_nothing(index_elements=list(key)))  # type: ignore[arg-type]


def upsert(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str]) -> None:
    """Adds rows or overwrites the columns named in `update`; rows in one call must not repeat a key."""
    table: Table = model.__table__  # type: ignore[assignment]
    for part in chunks(rows, CHUNK if len(table.columns) < 20 else 200):
        statement = insert_into(table).values(part)
        statement = statement.on_conflict_do_update(
            index_elements=list(key), set_={name: statement.excluded[name] for name in update}
        )
        db.session.execute(scoped(statement))
