"""Journeys: the product in real processes, both platforms over HTTP, a merchant who presses what pages offer."""

from collections.abc import Iterator

import pytest
from flask import Flask

from services import clock
from tests.conftest import LiveSandbox
from tests.journeys.road import Merchant
from tests.servers import Processes


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """With a clock that has never heard of another test's sandbox."""
    monkeypatch.setattr(clock, "_offset", clock._Offset())
    return app


@pytest.fixture
def sandbox_settings() -> dict[str, object]:
    return {"products": 12, "review_seconds": 0.5}


@pytest.fixture
def merchant(app: Flask, live_app: str, sandbox: LiveSandbox, processes: Processes) -> Iterator[Merchant]:
    """The owner of the first store, not yet installed; workers and clock are running."""
    for process in ("live", "bulk"):
        processes.start("-m", "jobs.worker", process)
    processes.start("-m", "jobs.clock")
    yield Merchant(app, sandbox, processes)
