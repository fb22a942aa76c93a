"""Databases at any revision, and the way from one revision to another."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from alembic.script import Script, ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine

from tests.engines import ROOT, PostgresqlDatabases, close

FOLDER = ROOT / "migrations"
Databases = Mapping[str, object]


def chain() -> list[Script]:
    """Every migration, oldest first. There is one line of them."""
    scripts = ScriptDirectory(str(FOLDER))
    heads = scripts.get_heads()
    assert len(heads) == 1, f"several heads: {heads}"
    return list(scripts.walk_revisions())[::-1]


def since(revision: str) -> list[Script]:
    """The migrations after this one."""
    found = chain()
    names = [script.revision for script in found]
    return found[names.index(revision) + 1 :]


def module(script: Script) -> ModuleType:
    return script.module


@contextmanager
def blank(engine_name: str, databases: Databases, folder: Path, name: str = "blank") -> Iterator[str]:
    """An empty database without a table; its address."""
    if engine_name == "sqlite":
        yield f"sqlite:///{folder / f'{name}.db'}"
        return
    postgresql = databases["postgresql"]
    assert isinstance(postgresql, PostgresqlDatabases)
    server = postgresql.started()
    server.drop(name)
    yield server.create(name)
    server.drop(name)


def move(environment: Mapping[str, str], url: str, revision: str = "head", *, back: bool = False) -> None:
    """Migrates within this process."""
    from config import Config
    from models.setup import install

    app = Flask("migrations", root_path=str(ROOT))
    install(app, Config.read(overrides={**environment, "DATABASE_URL": url}))
    with app.app_context():
        (downgrade if back else upgrade)(directory=str(FOLDER), revision=revision)
    close(app)


def start_moving(environment: Mapping[str, str], url: str, revision: str = "head") -> "subprocess.Popen[str]":
    """Migrates in a process of its own, as the release line of the Procfile does."""
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade", revision]
    return subprocess.Popen(
        command, cwd=ROOT, env={**environment, "DATABASE_URL": url}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    found = create_engine(url)
    yield found
    found.dispose()
