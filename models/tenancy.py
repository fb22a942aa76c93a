"""Keeps stores apart. Inside `tenant(store_id)` every ORM query is filtered to that store, whoever wrote it; Core
statements on tenant tables are refused unless `scoped` built them. Work across stores names its reason:
`across_stores("...")`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, TableClause, TextClause, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from models.base import Base, Tenanted, db

current: ContextVar[int | None] = ContextVar("tenant", default=None)
crossing: ContextVar[str] = ContextVar("crossing", default="")
flushing: ContextVar[bool] = ContextVar("flushing", default=False)

MARK = "causeway_scoped"
S = TypeVar("S", bound=Executable)


class TenancyBroken(Exception):
    """A statement on a store's rows outside that store's context: a bug of ours, never a merchant's mistake."""


def tenant_id() -> int:
    """The store whose rows may be touched now."""
    store_id = current.get()
    if store_id is None:
        raise TenancyBroken("No store is current.")
    return store_id


@contextmanager
def tenant(store_id: int) -> Iterator[None]:
    """Everything inside sees and writes the rows of this store only."""
    token, other = current.set(store_id), crossing.set("")
    try:
        yield
    finally:
        current.reset(token)
        crossing.reset(other)


@contextmanager
def across_stores(reason: str) -> Iterator[None]:
    """Work that concerns no single store. Every reason is listed in tests/house/test_tenancy.py."""
    token, other = crossing.set(reason), current.set(None)
    try:
        yield
    finally:
        crossing.reset(token)
        current.reset(other)


def scoped(statement: S) -> S:
    """Marks a Core statement on tenant tables that binds `store_id` itself; refused when it names no such column."""
    names_store = any(
        getattr(element, "key", None) == "store_id" or (isinstance(element, TextClause) and ":store_id" in element.text)
        for element in visitors.iterate(statement)  # type: ignore[arg-type]
    )
    if not names_store and not _writes_store(statement):
        raise TenancyBroken(f"Core statement without store_id: {statement}")
    return statement.execution_options(**{MARK: True})


def _writes_store(statement: Any, parameters: Any = None) -> bool:
    """Every row of an INSERT, in its VALUES or in its parameters, names the current store."""
    parts = [part for group in getattr(statement, "_multi_values", ()) for part in group]
    parts += [parameters] if isinstance(parameters, dict) else list(parameters or ())
    rows = parts or [getattr(statement, "_values", None) or {}]
    named = [{getattr(column, "key", column): value for column, value in row.items()} for row in rows]
    if not all("store_id" in row for row in named):
        return False
    stores = {value for row in named if isinstance(value := getattr(row["store_id"], "value", row["store_id"]), int)}
    if not crossing.get() and stores - {current.get()}:
        raise TenancyBroken(f"Rows of store {sorted(stores)} inside store {current.get()}.")
    return True


def tenant_tables() -> set[Table]:
    tables = (mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Tenanted))
    return {table for table in tables if isinstance(table, Table)}


@cache
def _guarded() -> frozenset[str]:
    """The tables' names; asked at every statement."""
    return frozenset(table.name for table in tenant_tables())


@lru_cache(maxsize=256)
def _criteria(store_id: int) -> LoaderCriteriaOption:
    """Made once a store: reading the function anew took a tenth of each query."""
    return with_loader_criteria(Tenanted, lambda model: model.store_id == store_id, include_aliases=True)


def _filter_orm(state: ORMExecuteState) -> None:
    if crossing.get() or not any(issubclass(mapper.class_, Tenanted) for mapper in state.all_mappers):
        return
    store_id = current.get()
    if store_id is None:
        raise TenancyBroken(f"Statement on a store's rows outside a store: {type(state.statement).__name__}")
    if state.is_insert and not _writes_store(state.statement, state.parameters):
        raise TenancyBroken("Rows are inserted without store_id.")
    state.update_execution_options(**{MARK: True})
    if not state.is_column_load:
        state.statement = state.statement.options(_criteria(store_id))


def _fill_store(session: Session, *_: Any) -> None:
    store_id = current.get()
    for row in session.new:
        if isinstance(row, Tenanted):
            if row.store_id is None and store_id is not None:
                row.store_id = store_id
            if not crossing.get() and row.store_id != store_id:
                raise TenancyBroken(f"New {type(row).__name__} for store {row.store_id} inside store {store_id}.")
    for row in list(session.dirty) + list(session.deleted):
        if isinstance(row, Tenanted) and not crossing.get() and row.store_id != store_id:
            raise TenancyBroken(f"Changed {type(row).__name__} of store {row.store_id} inside store {store_id}.")
    flushing.set(True)  # last: a flush refused above never comes to `_flushed`


def _flushed(*_: Any) -> None:
    flushing.set(False)


def _refuse_core(
    connection: Connection, element: Any, multiparams: Any, params: Any, execution_options: dict[str, Any]
) -> None:
    if crossing.get() or flushing.get() or execution_options.get(MARK) or connection.get_execution_options().get(MARK):
        return
    if isinstance(element, ClauseElement) and isinstance(element, Executable):
        if element.get_execution_options().get(MARK):
            return
        guarded = _guarded()
        parts = [*visitors.iterate(element), getattr(element, "table", None)]
        if any(isinstance(part, TableClause) and part.name in guarded for part in parts):
            raise TenancyBroken(f"Unscoped statement on a store's rows: {element}")
        words = {word for part in parts if isinstance(part, TextClause) for word in re.findall(r"\w+", part.text)}
        if words & guarded:
            raise TenancyBroken(f"Unscoped text on a store's rows: {element}")


def install(engine: Engine) -> None:
    """Hooks the guard into the session and the engine (once per engine)."""
    session_class = db.session.session_factory.class_ if hasattr(db.session, "session_factory") else Session
    if not event.contains(session_class, "do_orm_execute", _filter_orm):
        event.listen(session_class, "do_orm_execute", _filter_orm)
        event.listen(session_class, "before_flush", _fill_store)
        event.listen(session_class, "after_flush", _flushed)
        event.listen(session_class, "after_soft_rollback", _flushed)
    if not event.contains(engine, "before_execute", _refuse_core):
        event.listen(engine, "before_execute", _refuse_core)
