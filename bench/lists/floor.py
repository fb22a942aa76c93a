"""The least a page can cost: its own SQL on the bare driver and its own template with plain values, in a bare Flask.

`create_app` asks the real app for each page once and keeps the statements it ran and the values it rendered. Served, it
needs nothing of the app any more but its templates.
"""

import json
import os
import sqlite3
import threading
from collections.abc import MutableMapping
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any

import psycopg
from flask import Flask, before_render_template
from markupsafe import Markup
from sqlalchemy import event

WHOLE = ("products/index.html", "listings/index.html", "orders/index.html")


class Memory:
    """A function's answers by its arguments: what it said once it says again without asking."""

    def __init__(self, function: Any) -> None:
        self.function, self.said = function, {}  # type: ignore[var-annotated]

    def __call__(self, *values: Any, **named: Any) -> Any:
        key = (values, tuple(sorted(named.items())))
        if key not in self.said:
            self.said[key] = self.function(*values, **named)
        return self.said[key]


def create_app() -> Flask:
    """Pages come from BENCH_PAGES, a JSON list of addresses; BENCH_COOKIE is the session's cookie."""
    from app import create_app as create_real

    real, paths = create_real(), json.loads(os.environ["BENCH_PAGES"])
    remember(real.jinja_env.globals)
    pages = {str(number): capture(real, path) for number, path in enumerate(paths)}
    bare, connections = Flask("floor"), threading.local()
    connect = opener(os.environ["DATABASE_URL"])

    @bare.get("/hello")
    def hello() -> str:
        return "hello"

    @bare.get("/page/<number>")
    def page(number: str) -> str:
        statements, template, values = pages[number]
        if not hasattr(connections, "mine"):
            connections.mine = connect()
        cursor = connections.mine.cursor()
        for statement, given in statements:
            cursor.execute(statement, given)
            cursor.fetchall()
        return str(template.render(values))

    return bare


def remember(names: MutableMapping[str, Any]) -> None:
    """Functions that templates call answer from memory from now on."""
    for name, value in list(names.items()):
        if isinstance(value, FunctionType | MethodType):
            names[name] = Memory(value)


def capture(real: Flask, path: str) -> tuple[list[tuple[str, Any]], Any, dict[str, Any]]:
    """The page's reads, who asks left out; its template; its values without anything that needs a request."""
    from models import db

    name, value = os.environ["BENCH_COOKIE"].split("=", 1)
    client = real.test_client()
    client.set_cookie(name, value, domain="127.0.0.1", secure=True)
    statements: list[tuple[str, Any]] = []
    found: list[tuple[Any, dict[str, Any]]] = []

    def ran(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "web_session" not in statement:
            statements.append((statement, given))

    def rendered(_app: Flask, template: Any, context: dict[str, Any], **_: Any) -> None:
        if template.name in WHOLE:
            remember(context)
            found.append((template, dict(context)))

    with real.app_context():
        engine = db.engine
    for _ in range(2):  # the second time, as every time after it, choices of filters are kept
        statements.clear()
        event.listen(engine, "before_cursor_execute", ran)
        with before_render_template.connected_to(rendered, real):
            answer = client.get(path, base_url="https://127.0.0.1:8000")
        event.remove(engine, "before_cursor_execute", ran)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    template, values = found[-1]
    named = "shop=" in path
    here = SimpleNamespace(shop_named=named, shop=SimpleNamespace(id=1) if named else None)
    values |= {"g": here, "request": None, "session": None, "waiting_note": lambda: None}
    plain = {key: Markup(value) if isinstance(value, Markup) else value for key, value in values.items()}  # noqa: S704
    return statements, template, plain


def opener(url: str) -> Any:
    """A maker of bare connections."""
    if url.startswith("sqlite:///"):

        def sqlite() -> sqlite3.Connection:
            connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
                connection.execute(f"PRAGMA {pragma}")
            return connection

        return sqlite
    return lambda: psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
