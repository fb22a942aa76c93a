"""The engine's fixtures: an app whose business time is the real time, a store whose tenant is current, a fake
handler."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from jobs.handlers import HANDLERS
from models import db
from models.tenancy import tenant
from tests.jobs.engine import KIND, Fake, Shelf, make_shop, make_store


@pytest.fixture
def engine_environment(environment: dict[str, str]) -> dict[str, str]:
    """No sandbox to follow, and a settle time that no drain outlasts: `make_due` lets it pass."""
    environment |= {"SANDBOX_URL": "", "SETTLE_SECONDS": "5"}
    return environment


@pytest.fixture
def place(engine_environment: dict[str, str], app: Flask) -> Iterator[int]:
    """The id of a store; its tenant is current."""
    with app.app_context():
        store_id = make_store()
        with tenant(store_id):
            yield store_id
        db.session.remove()


@pytest.fixture
def shop(place: int) -> int:
    return make_shop(place)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    handler = Fake(Shelf())
    monkeypatch.setitem(HANDLERS, KIND, handler)
    return handler


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was rung for instead of being enqueued."""
    rung: list[tuple[Any, ...]] = []

    def ring(*args: Any) -> bool:
        rung.append(args)
        return True

    for module in ("jobs.drain", "jobs.sweep"):
        monkeypatch.setattr(f"{module}.ring", ring)
    return rung
