"""What the database looks like against what this version expects: its migration, and links that lead nowhere."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models.base import db
from models.engine import read_only

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def expected() -> str:
    """The newest migration of this checkout."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def present() -> str:
    """The migration the database is at; empty when it has none."""
    token = read_only.set(True)
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        read_only.reset(token)


def broken_links() -> list[tuple[str, str, int]]:
    """(table, parent, count) of rows whose foreign key leads nowhere. PostgreSQL cannot have any; a SQLite file edited
    or put back by hand can."""
    if db.engine.dialect.name != "sqlite":
        return []
    token = read_only.set(True)
    try:
        with db.engine.connect() as connection:
            found: dict[tuple[str, str], int] = {}
            for table, _row, parent, _number in connection.execute(text("PRAGMA foreign_key_check")):
                found[table, parent] = found.get((table, parent), 0) + 1
    finally:
        read_only.reset(token)
    return [(table, parent, count) for (table, parent), count in sorted(found.items())]
