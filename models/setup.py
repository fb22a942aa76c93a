"""Connects the tables to a Flask app: engine, migrations, tenancy guard."""

import os
from pathlib import Path
from typing import Any
from weakref import WeakSet

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import Engine

from models import engine as engines
from models import tenancy
from models.base import db

migrate = Migrate()


def install(app: Flask, config: Any) -> None:
    """`config` needs `.database` (a SQLAlchemy address)."""
    if config.sqlite:
        Path(config.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database
    # Errors are logged with their statement; its values are tokens, addresses and codes.
    options: dict[str, Any] = {"pool_pre_ping": not config.sqlite, "hide_parameters": True}
    if not config.sqlite:
        options |= {"pool_size": 8, "max_overflow": 16}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(app.root_path) / "migrations"), render_as_batch=True)
    with app.app_context():
        engine = db.engine
    engines.prepare(engine)
    tenancy.install(engine)
    _engines.add(engine)


# Weakly: an app that is gone takes its engine along, and with it every statement that was ever compiled.
_engines: "WeakSet[Engine]" = WeakSet()


def _forget_connections() -> None:
    """A forked worker must not share its parent's connections: with one pooled connection six children hung."""
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)
