"""Runs migrations: one host at a time on PostgreSQL, without foreign keys on SQLite (a batch change of a parent table
would delete its children)."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.engine import Connection

from models import Base
from models.search import TABLES

LOCK = 7_301_955  # any number, the same on every host

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


def foreign_keys(connection: Connection, on: bool) -> None:
    """Switches them on the driver's own connection: inside a transaction SQLite ignores the switch."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        foreign_keys(connection, False)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        include_object=ours,
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() if sqlite else []
        if broken:
            raise RuntimeError(f"The migration left rows without their parent: {broken[:5]}")
    connection.commit()
    if sqlite:
        foreign_keys(connection, True)


with database.engine.connect() as connection:
    run(connection)
