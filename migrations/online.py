"""Changes of tables that are in use. An index on a big table is built without keeping writers waiting."""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import text


def create_index(name: str, table: str, columns: Sequence[Any], **options: Any) -> None:
    """An index on a table that existed before this migration. On PostgreSQL concurrently, outside a transaction: what a
    try before this one left half-built is removed first. SQLite has one writer anyway; it waits for a moment."""
    if op.get_context().dialect.name != "postgresql":
        op.create_index(name, table, list(columns), if_not_exists=True, **options)
        return
    with op.get_context().autocommit_block():
        _patiently()
        if _half_built(name):
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
        op.create_index(name, table, list(columns), postgresql_concurrently=True, if_not_exists=True, **options)
        _hastily()


def drop_index(name: str, table: str) -> None:
    """Takes such an index away again."""
    if op.get_context().dialect.name != "postgresql":
        op.drop_index(name, table_name=table, if_exists=True)
        return
    with op.get_context().autocommit_block():
        _patiently()
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
        _hastily()


def _patiently() -> None:
    """Building concurrently waits for transactions that are open, and nobody waits for it meanwhile."""
    op.execute(text("SELECT set_config('causeway.lock_timeout', current_setting('lock_timeout'), false)"))
    op.execute(text("SET lock_timeout = 0"))


def _hastily() -> None:
    op.execute(text("SELECT set_config('lock_timeout', current_setting('causeway.lock_timeout'), false)"))


def _half_built(name: str) -> bool:
    query = text("SELECT NOT indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relname = :name")
    return bool(op.get_bind().execute(query, {"name": name}).scalar())
