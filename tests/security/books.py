"""All rows of a SQLite database, to compare before and after: what changed, in which table, of which store."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any

Rows = dict[str, dict[Any, tuple[Any, ...]]]


@dataclass
class Books:
    """`changes()` says what was committed since the last look; nothing is read while nothing was."""

    path: str
    connection: sqlite3.Connection = field(init=False)
    version: int = field(init=False)
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.look()

    def look(self) -> None:
        self.version, self.rows = self._version(), self._read()

    def changes(self) -> list[str]:
        """`table: what` of every row that differs; looking again starts from here."""
        version = self._version()
        if version == self.version:
            return []
        before, self.version, self.rows = self.rows, version, self._read()
        found = []
        for table, rows in self.rows.items():
            for key in rows.keys() | before[table].keys():
                if rows.get(key) != before[table].get(key):
                    found.append(f"{table} {key}: {before[table].get(key)} -> {rows.get(key)}")
        return found

    def of_store(self, store_id: int) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of one tenant, table by table."""
        found = {}
        for table in self.rows:
            names = [row[1] for row in self.connection.execute(f"PRAGMA table_info({table})")]
            if "store_id" in names:
                query = f"SELECT * FROM {table} WHERE store_id = ? ORDER BY id"  # noqa: S608 - names of our own tables
                found[table] = self.connection.execute(query, (store_id,)).fetchall()
        return found

    def close(self) -> None:
        self.connection.close()

    def _version(self) -> int:
        """SQLite counts the commits of other connections."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def _read(self) -> Rows:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_search%' ESCAPE '\\'"
        tables = [row[0] for row in self.connection.execute(query) if not row[0].startswith("sqlite_")]
        return {
            table: {row[0]: row for row in self.connection.execute(f"SELECT rowid, * FROM {table}")}  # noqa: S608
            for table in tables
        }
