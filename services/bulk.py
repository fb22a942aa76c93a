"""Bulk statements that both databases understand. Everything goes through Core and binds `store_id`."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from models import Base, db
from models.tenancy import TenancyBroken, scoped, tenant_id
from services import bulk_copy

WORTH_A_COPY = 100  # rows; fewer are quicker one by one


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for Core statements."""
    return cast(Table, model.__table__)


def rows_touched(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE matched."""
    return cast(CursorResult[Any], result).rowcount


def insert_into(table: Table) -> Any:
    maker = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return maker(table)


def insert(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows; all name the same columns."""
    if rows:
        _run(_values(table_of(model), rows[0]), rows)


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Adds rows whose key is not there yet; the others stay as they are."""
    upsert(model, rows, key, ())


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Like insert_missing, for tables that belong to no store."""
    statement = insert_into(table_of(model)).values(list(rows))
    db.session.execute(statement.on_conflict_do_nothing(index_elements=list(key)))


def upsert(model: type[Base], rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str]) -> None:
    """Adds rows or overwrites the columns named in `update`; rows in one call name the same columns and must not repeat
    a key."""
    if not rows:
        return
    table = table_of(model)
    if db.engine.dialect.name == "postgresql" and len(rows) >= WORTH_A_COPY:
        _check_store(rows)
        db.session.flush()
        bulk_copy.merge(db.session.connection(), table, rows, key, update)
        return
    statement = _values(table, rows[0])
    changes = {name: statement.excluded[name] for name in update}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    _run(statement, rows)


def _check_store(rows: Sequence[Mapping[str, Any]]) -> None:
    """What the tenancy guard cannot see: the values of rows that are bound."""
    store_id = tenant_id()
    if any(row["store_id"] != store_id for row in rows):
        raise TenancyBroken(f"Rows of another store inside store {store_id}.")


def _values(table: Table, row: Mapping[str, Any]) -> Any:
    """One row's placeholders: a statement of many VALUES would be compiled anew for every number of rows."""
    return insert_into(table).values({name: bindparam(name) for name in row})


def _run(statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    _check_store(rows)
    db.session.flush()
    db.session.connection().execute(scoped(statement), rows)
