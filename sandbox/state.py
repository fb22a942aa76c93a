"""What the sandbox remembers: named collections of JSON documents, kept in memory and written through to one SQLite
file, so that a restart (or a kill) loses nothing that was answered."""

import gc
import json
import sqlite3
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]
WORTH_FREEZING = 5_000  # documents; fewer are looked through at every collection of garbage, and let go with their box


class Collection(MutableMapping[str, Document]):
    """Documents by string key, in insertion order. Assigning stores; changing a document in place needs `save(key)`."""

    def __init__(self, state: "State", name: str, documents: dict[str, Document]) -> None:
        self.state = state
        self.name = name
        self.documents = documents

    def __getitem__(self, key: str) -> Document:
        return self.documents[key]

    def __setitem__(self, key: str, document: Document) -> None:
        with self.state.lock:
            self.documents[key] = document
            self.state.write(self.name, key, document)

    def __delitem__(self, key: str) -> None:
        with self.state.lock:
            del self.documents[key]
            self.state.write(self.name, key, None)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.documents))

    def __len__(self) -> int:
        return len(self.documents)

    def save(self, key: str) -> None:
        """Write through a document that was changed in place."""
        self[key] = self.documents[key]


class State:
    """All collections. `path=None` keeps everything in memory only (unit tests)."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.depth = 0
        self.waiting: dict[tuple[str, str], Document] = {}  # what a batch has still to write
        self.collections: dict[str, Collection] = {}
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        # A killed process keeps what the operating system has already taken; only a power cut could lose the tail.
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=OFF")
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS documents (seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL,"
            " key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (collection, key))"
        )
        loaded: dict[str, dict[str, Document]] = {}
        gc.disable()  # looking for garbage among a hundred thousand new documents takes longer than reading them
        for name, key, body in self.database.execute("SELECT collection, key, body FROM documents ORDER BY seq"):
            loaded.setdefault(name, {})[key] = json.loads(body)
        gc.enable()
        if sum(map(len, loaded.values())) >= WORTH_FREEZING:
            gc.freeze()
        for name, documents in loaded.items():
            self.collections[name] = Collection(self, name, documents)

    def collection(self, name: str) -> Collection:
        with self.lock:
            if name not in self.collections:
                self.collections[name] = Collection(self, name, {})
            return self.collections[name]

    def write(self, name: str, key: str, document: Document | None) -> None:
        """Write now, or, inside a batch, once at its end however often a document changes."""
        if document is not None:
            self.waiting[name, key] = document
            if self.depth == 0:
                self.flush()
            return
        self.flush()
        self.database.execute("DELETE FROM documents WHERE collection = ? AND key = ?", (name, key))

    def flush(self) -> None:
        if self.waiting:
            changed, self.waiting = self.waiting, {}
            self.database.executemany(
                "INSERT INTO documents (collection, key, body) VALUES (?, ?, ?)"
                " ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body",
                [(name, key, json.dumps(document, ensure_ascii=False)) for (name, key), document in changed.items()],
            )

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold the lock and group many writes into one transaction (fills, imports)."""
        with self.lock:
            self.depth += 1
            if self.depth == 1:
                self.database.execute("BEGIN")
            try:
                yield
            finally:
                self.depth -= 1
                if self.depth == 0:
                    try:
                        self.flush()
                    finally:
                        self.database.execute("COMMIT")

    def next_number(self, name: str, start: int = 1) -> int:
        """The next number of a named sequence; survives restarts."""
        with self.lock:
            sequences = self.collection("sequences")
            value = int(sequences[name]["last"]) + 1 if name in sequences else start
            sequences[name] = {"last": value}
            return value

    def close(self) -> None:
        with self.lock:
            self.database.close()
