"""A world of two stores on an app whose platforms do not answer: nothing here may get as far as calling them."""

import shutil
import sqlite3
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engines import close
from tests.security.books import Books
from tests.security.world import Side, sides

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    if "sandbox" in request.fixturenames:  # a journey: the platforms answer
        return environment
    silent = ("BIGCOMMERCE_API_URL", "BIGCOMMERCE_LOGIN_URL", "TIKTOK_API_URL", "TIKTOK_AUTH_URL", "SANDBOX_URL")
    return environment | dict.fromkeys(silent, NOWHERE) | {"RATE_LIMITS": "0"}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.testing = False  # error pages, not exceptions
    return app


@pytest.fixture(scope="session")
def seeded(
    _databases: Any, _template_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[Side, Side]]:
    """The two stores as a database file, made once a session, and what is in it."""
    from app import create_app

    file = tmp_path_factory.mktemp("seeded") / "seeded.db"
    with _databases["sqlite"].database() as url:
        app = create_app(_template_environment | {"DATABASE_URL": url})
        found = sides(app)
        close(app)
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
        connection.close()
    return file, found


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A copy of the world for this test alone; for a journey an empty one."""
    if "sandbox" in request.fixturenames:
        with request.getfixturevalue("_databases")["sqlite"].database() as url:
            yield url
        return
    shutil.copyfile(request.getfixturevalue("seeded")[0], tmp_path / "world.db")
    yield f"sqlite:///{tmp_path / 'world.db'}"


@pytest.fixture
def world(seeded: tuple[Path, tuple[Side, Side]]) -> tuple[Side, Side]:
    return deepcopy(seeded[1])


@pytest.fixture
def ours(world: tuple[Side, Side]) -> Side:
    return world[0]


@pytest.fixture
def other(world: tuple[Side, Side]) -> Side:
    return world[1]


@pytest.fixture
def books(app: Flask, world: tuple[Side, Side], environment: dict[str, str]) -> Iterator[Books]:
    """What every request left in the database."""
    found = Books(environment["DATABASE_URL"].removeprefix("sqlite:///"))
    yield found
    found.close()


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser without any cookie."""
    return app.test_client()


@pytest.fixture
def owner(app: Flask, ours: Side) -> FlaskClient:
    return signed_in(app, ours)


def signed_in(app: Flask, side: Side, name: str = "", value: str = "") -> FlaskClient:
    """A browser with the owner's session, or with any cookie under any name."""
    client = app.test_client()
    client.set_cookie(name or side.cookie_name, value or side.cookie, secure=True)
    return client


def token(client: FlaskClient, side: Side) -> str:
    """The form token that this browser's pages carry."""
    page = client.get(f"/s/{side.hash}/notices/", base_url="https://localhost").text
    return page.split('"X-CSRFToken": "')[1].split('"')[0]
