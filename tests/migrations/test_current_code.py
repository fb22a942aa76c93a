"""The code of this checkout runs on every revision from the oldest one it names. What needs a later table waits, says
so in the log, and goes on by itself when the migration has run."""

from collections.abc import Iterator

import pytest
from flask import Flask

from migrations.bounds import OLDEST
from tests.conftest import LiveSandbox
from tests.journeys.conftest import app, sandbox_settings
from tests.journeys.road import Merchant
from tests.migrations.conftest import At
from tests.migrations.databases import chain, move, since
from tests.servers import Processes

__all__ = ["app", "sandbox_settings"]
pytestmark = pytest.mark.engines("sqlite", "postgresql")
EARLIER = [OLDEST, *(script.revision for script in since(OLDEST))][:-1] or [chain()[-1].revision]

TWINS = "0003"  # the migration that brought their table


# The one before the newest in `make test`, the older ones with the long tests.
@pytest.fixture(params=[*(pytest.param(one, marks=pytest.mark.long) for one in EARLIER[:-1]), EARLIER[-1]])
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(at: At, revision: str) -> str:
    return at(f"journey{revision}", revision)  # a name of its own: what a table is, is remembered by address


@pytest.fixture
def merchant(app: Flask, live_app: str, sandbox: LiveSandbox, processes: Processes) -> Iterator[Merchant]:
    for process in ("live", "bulk"):
        processes.start("-m", "jobs.worker", process)
    processes.start("-m", "jobs.clock")
    yield Merchant(app, sandbox, processes)


def test_the_road_on_an_earlier_schema_and_over_the_migration(
    merchant: Merchant, revision: str, environment: dict[str, str], database_url: str
) -> None:
    """Install to live on the earlier schema, the migration while everything runs, and on with what it brought."""
    merchant.settle_in()
    ready = merchant.tab_counts()["ready"]
    assert ready > 2
    first = [listing.id for listing in merchant.listings() if listing.tab == "ready"][: ready - 2]
    merchant.publish(first)
    merchant.over("publish")
    merchant.reaches("live", len(first))
    missing = doubles(merchant) == 503
    assert missing is (TWINS in [script.revision for script in since(revision)])
    waits = "The table twin is not there yet"
    merchant.until("the log names what waits", lambda: not missing or waits in merchant.processes.output())

    move(environment, database_url)

    merchant.publish()
    merchant.over("publish", 2)
    merchant.reaches("live", ready)
    merchant.until("the page of doubles is there", lambda: doubles(merchant) == 200)
    assert merchant.looks_for_doubles().notes["products"] == ready
    merchant.nothing_doubled()
    merchant.counts_hold()
    assert "Traceback" not in merchant.processes.output()


def doubles(merchant: Merchant) -> int:
    """The status of the page that needs the table of twins."""
    address = f"{merchant.app.extensions['config'].app_url}/s/{merchant.store}/listings/twins"
    return merchant._send("GET", address, []).status_code
