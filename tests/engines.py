"""A fresh, migrated database for every test: a copied file on SQLite, a template database on PostgreSQL."""

import shutil
import sqlite3
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from tests.missing import in_ci, missing
from tests.postgresql import Server, Unavailable

ROOT = Path(__file__).resolve().parent.parent
Migrate = Callable[[str], None]


def migrate(environment: dict[str, str], url: str) -> None:
    """Bring the database at `url` to the newest migration; before there is one, create the tables and say so."""
    from config import Config
    from models.setup import install

    app = Flask("migrations", root_path=str(ROOT))  # the tables need no more of the app than this
    install(app, Config.read(overrides={**environment, "DATABASE_URL": url}))
    with app.app_context():
        if any((ROOT / "migrations" / "versions").glob("*.py")):
            from flask_migrate import upgrade

            upgrade(directory=str(ROOT / "migrations"))
        elif in_ci():
            pytest.fail("migrations/versions is empty: there is no migration to test on", pytrace=False)
        else:
            warnings.warn("migrations/versions is empty: these tests run on tables made from the models", stacklevel=1)
            app.extensions["sqlalchemy"].create_all()
    close(app)


def close(app: Flask) -> None:
    """Give back every connection of the app's databases."""
    database: Any = app.extensions["sqlalchemy"]
    with app.app_context():
        database.session.remove()
        for engine in database.engines.values():
            engine.dispose()


def kept(make: Callable[..., Engine]) -> Callable[..., Engine]:
    """Makes one engine an address: the next app at the same address finds its statements compiled."""
    engines: dict[str, Engine] = {}

    @wraps(make)
    def make_engine(bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        known = repr(sorted((name, str(value)) for name, value in options.items()))
        if known not in engines:
            engines[known] = make(bind_key, options, app)
        return engines[known]

    return make_engine


class SqliteFiles:
    """One migrated file a session; every test gets its own copy, mostly under the same name."""

    def __init__(self, folder: Path, migrate_to: Migrate) -> None:
        self.folder = folder
        self.migrate_to = migrate_to
        self.template: Path | None = None
        self.free: list[Path] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        if self.template is None:
            path = self.folder / "template.db"
            self.migrate_to(f"sqlite:///{path}")
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            self.template = path
        copy = self.free.pop() if self.free else self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.template, copy)
        yield f"sqlite:///{copy}"
        for path in self.folder.glob(f"{copy.name}*"):
            path.unlink()
        self.free.append(copy)


class PostgresqlDatabases:
    """One server a session, started at the first need. Tests get a clone of the migrated template, emptied after each:
    that costs a twentieth of another clone, which writes out everything the server has in memory."""

    def __init__(self, migrate_to: Migrate) -> None:
        self.migrate_to = migrate_to
        self.server: Server | None = None
        self.unavailable: str | None = None
        self.ready = False
        self.free: list[tuple[str, tuple[object, ...]]] = []

    def started(self) -> Server:
        if self.server is None and self.unavailable is None:
            try:
                self.server = Server()
            except Unavailable as error:
                self.unavailable = str(error)
        if self.server is None:
            missing("PostgreSQL", str(self.unavailable))
        return self.server

    @contextmanager
    def database(self) -> Iterator[str]:
        server = self.started()
        if not self.ready:
            server.drop("migrated")
            self.migrate_to(server.create("migrated"))
            self.ready = True
        name, shape = self.free.pop() if self.free else self._clone(server)
        yield server.url(name)
        if server.empty(name, shape):
            self.free.append((name, shape))
        else:
            server.drop(name)

    def _clone(self, server: Server) -> tuple[str, tuple[object, ...]]:
        name = f"t{uuid.uuid4().hex[:16]}"
        server.create(name, "migrated")
        return name, server.prepare(name)

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()


BOTH_ENGINES = ("sqlite", "postgresql")
FOLDERS_ON_BOTH = ("models", "services", "jobs", "journeys")


def engines_for(metafunc: pytest.Metafunc) -> tuple[str, ...] | None:
    """The engines a test runs on: its marker's, else both in the folders that touch the database; None is SQLite."""
    marker = metafunc.definition.get_closest_marker("engines")
    if marker is not None:
        return tuple(str(name) for name in marker.args)
    try:
        folder = metafunc.definition.path.relative_to(ROOT / "tests").parts[0]
    except ValueError:
        return None
    return BOTH_ENGINES if folder in FOLDERS_ON_BOTH else None
