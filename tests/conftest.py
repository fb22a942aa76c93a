"""The fixtures everyone uses: databases, Redis, the app, the sandbox, a browser."""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis as redis_client
from flask import Flask
from flask.testing import FlaskClient

from blueprints.late_rules import LateRule
from models import db
from tests.engines import ROOT, PostgresqlDatabases, SqliteFiles, close, engines_for, kept, migrate
from tests.missing import MARK
from tests.servers import Door, Processes, redis_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Nothing of the developer's own configuration may reach a test.
for name in [key for key in os.environ if key.startswith(("BIGCOMMERCE_", "TIKTOK_", "SANDBOX_", "CAUSEWAY_"))]:
    del os.environ[name]
for name in (
    "APP_URL", "DATABASE_URL", "ENCRYPTION_KEYS", "FRAME_ANCESTORS", "HOOKS_URL", "KILL_POINT", "REDIS_URL",
    "SECRET_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
):  # fmt: skip
    os.environ.pop(name, None)

CREDENTIALS = {
    "SECRET_KEY": "test-secret-key-0123456789-0123456789-0123456789",
    "ENCRYPTION_KEYS": "dGVzdC1lbmNyeXB0aW9uLWtleS0wMTIzNDU2Nzg5MDE=",
    "BIGCOMMERCE_CLIENT_ID": "test-client-id",
    "BIGCOMMERCE_CLIENT_SECRET": "test-client-secret-0123456789abcdef0123456789",
    "TIKTOK_APP_KEY": "testkey0001",
    "TIKTOK_APP_SECRET": "test-app-secret-0123456789abcdef",
    "TIKTOK_SERVICE_ID": "7000000000000000009",
}

db._make_engine = kept(db._make_engine)  # type: ignore[method-assign]
Flask.url_rule_class = LateRule  # a new sandbox for most of its tests: nine tenths of its start went into addresses


# Services whose statements differ between the two databases: bulk writes, searches, locks, counters, lists.
BOTH_AT_ONCE = frozenset(
    {"test_bulk", "test_products", "test_listings", "test_tabs", "test_publishing_unclear", "test_profile_rules",
     "test_recording", "test_ledger", "test_streams", "test_retention", "test_undo", "test_history"}
)  # fmt: skip
# The activity engine itself, in tests/jobs; what works in it is tested on PostgreSQL.
ENGINE = frozenset(
    {"test_drain", "test_sweep", "test_ledger", "test_inbox", "test_clock", "test_launch", "test_lease_lost",
     "test_neighbours", "test_outage", "test_hanging", "test_retention", "test_publish_look_up", "test_stock_storm"}
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames and (names := engines_for(metafunc)):
        metafunc.parametrize("engine_name", [_named(name, metafunc) for name in names])


def _named(name: str, metafunc: pytest.Metafunc) -> Any:
    """What repeats goes with the long tests (decision 13): journeys but the road and jobs but the engine on SQLite,
    services on PostgreSQL, where the tests of jobs and journeys run their statements as well. The marker `engines` asks
    for both at once."""
    path = metafunc.definition.path
    if "engines" in {mark.name for mark in metafunc.definition.iter_markers()}:
        return name
    journey = path.parent.name == "journeys" and path.stem != "test_road"
    service = path.is_relative_to(ROOT / "tests" / "services") and path.stem not in BOTH_AT_ONCE
    job = path.parent.name == "jobs" and path.stem not in ENGINE
    again = ((journey or job) and name == "sqlite") or (service and name == "postgresql")
    return pytest.param(name, marks=pytest.mark.long) if again else name


@pytest.fixture(scope="module", autouse=True)
def _settled() -> Iterator[None]:
    """What a module leaves behind is not looked through again at every collection of garbage after it."""
    yield
    gc.collect()
    gc.collect()  # an app's engines only go after it
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    # The longest begin, so that two processes end together.
    items.sort(key=lambda item: item.path.parent.name != "soak")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What this machine could not run stands out at the end."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if MARK in reason:
            reasons[reason.split(f"{MARK}: ")[1]] = reasons.get(reason.split(f"{MARK}: ")[1], 0) + 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{MARK}: {count} tests, because {reason}", yellow=True, bold=True)


# Servers and databases


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis of this test process; emptied for every test that uses `redis`, `environment` or `app`."""
    with redis_server() as url:
        yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator["redis_client.Redis"]:
    """A client of an empty Redis."""
    client = redis_client.Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def _template_environment(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**CREDENTIALS, "CAUSEWAY_ENV": "development", "REDIS_URL": redis_url,
            "DATA_FOLDER": str(tmp_path_factory.mktemp("template-data"))}  # fmt: skip


@pytest.fixture(scope="session")
def _databases(
    _template_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, SqliteFiles | PostgresqlDatabases]]:
    def migrate_to(url: str) -> None:
        migrate(_template_environment, url)

    postgresql = PostgresqlDatabases(migrate_to)
    yield {"sqlite": SqliteFiles(tmp_path_factory.mktemp("sqlite"), migrate_to), "postgresql": postgresql}
    postgresql.stop()


@pytest.fixture
def engine_name() -> str:
    """`sqlite`; tests in models, services, jobs and journeys, or with the marker `engines`, run once per engine."""
    return "sqlite"


@pytest.fixture
def database_url(engine_name: str, _databases: dict[str, SqliteFiles | PostgresqlDatabases]) -> Iterator[str]:
    """A migrated, empty database of this test alone."""
    with _databases[engine_name].database() as url:
        yield url


# The product


@dataclass(frozen=True)
class Addresses:
    """The two ports of one test, ours from the start, so that app and sandbox can be told of each other."""

    web: Door
    box: Door

    @property
    def app_url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.box.port}"

    @property
    def control_panel_url(self) -> str:
        return f"http://localhost:{self.box.port}"


@pytest.fixture
def addresses() -> Iterator[Addresses]:
    both = Addresses(Door(), Door())
    yield both
    both.web.close()
    both.box.close()


@pytest.fixture
def environment(
    addresses: Addresses,
    database_url: str,
    redis_url: str,
    redis: "redis_client.Redis",
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> dict[str, str]:
    """Every setting of this test's app by environment name; change it before `app` is asked for."""
    # Without a sandbox nobody would answer the question for its time, every second for half a second.
    clock = addresses.sandbox_url if "sandbox" in request.fixturenames else ""
    return {
        **CREDENTIALS,
        "CAUSEWAY_ENV": "development",
        "APP_URL": addresses.app_url,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_FOLDER": str(tmp_path / "data"),
        "FRAME_ANCESTORS": addresses.control_panel_url,
        "BIGCOMMERCE_API_URL": addresses.sandbox_url,
        "BIGCOMMERCE_LOGIN_URL": addresses.sandbox_url,
        "TIKTOK_API_URL": addresses.sandbox_url,
        "TIKTOK_AUTH_URL": addresses.sandbox_url,
        "TIKTOK_CONSENT_URL": f"http://tiktok.localhost:{addresses.box.port}",
        "SEMI_CONSIGNMENT_URL": f"{addresses.sandbox_url}/control/api/semi-consignment",
        "SANDBOX_URL": clock,
    }


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    """The product on this test's database and Redis, not yet served."""
    from app import create_app

    app = create_app(environment)
    app.testing = True
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def live_app(app: Flask, addresses: Addresses) -> Iterator[str]:
    """The same app served over HTTP; its address (APP_URL)."""
    with addresses.web.serving(app):
        yield addresses.app_url


@pytest.fixture
def processes(environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    """Starts real processes with this test's settings: processes.start("-m", "jobs.worker", "bulk")."""
    started = Processes(environment, tmp_path / "processes.log")
    yield started
    started.stop()


# The platforms


@dataclass(frozen=True)
class LiveSandbox:
    """Both platforms, answering at `url`; `box` is their state, clock and timers."""

    url: str
    control_panel_url: str
    app: Flask
    box: Any


@pytest.fixture
def sandbox_settings() -> dict[str, Any]:
    """Settings that differ from the sandbox's own; override this fixture in a module, or change it before `sandbox`."""
    return {}


@pytest.fixture
def sandbox(addresses: Addresses, sandbox_settings: dict[str, Any]) -> Iterator[LiveSandbox]:
    """A fresh sandbox, its state in memory, knowing this test's app and its credentials."""
    from sandbox import create_app
    from sandbox.settings import Settings

    names = {"PORT": addresses.box.port, "API_URL": addresses.sandbox_url,
             "CONTROL_PANEL_URL": addresses.control_panel_url,
             "TIKTOK_URL": f"http://tiktok.localhost:{addresses.box.port}"}  # fmt: skip
    told = {**CREDENTIALS, "APP_URL": addresses.app_url} | {f"SANDBOX_{name}": str(names[name]) for name in names}
    app = create_app(Settings.from_environment(told), **{"products": 12, **sandbox_settings})
    box = app.extensions["sandbox"]
    with addresses.box.serving(app):
        yield LiveSandbox(addresses.sandbox_url, addresses.control_panel_url, app, box)
    box.timers.stop()
    if box.timers.thread is not None:
        box.timers.thread.join(5)
    box.state.close()


# A browser


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A real Chromium for this test process."""
    from tests.browser import chromium_browser

    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    """A page in a context of its own, as wide as a merchant's screen."""
    context = chromium.new_context(viewport={"width": 1360, "height": 900}, locale="en-US")
    yield context.new_page()
    context.close()
