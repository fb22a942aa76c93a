"""Every migration goes up, down and up again with rows in the tables; the newest schema is what the models say."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, insert, inspect, select

from migrations.bounds import RELEASED
from models import Base
from models.search import TABLES
from tests.migrations.conftest import At
from tests.migrations.databases import chain, engine, move
from tests.migrations.test_previous_code import known, row

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def ours(obj: Any, name: str | None, kind: str, _reflected: bool, _to: Any) -> bool:
    return not (kind == "table" and name in TABLES) and not (kind == "index" and str(name).endswith("_trigram"))


def fill(url: str) -> None:
    with engine(url) as found, found.begin() as connection:
        rows: dict[str, Any] = {}
        for table in known(found):
            rows[table.name] = row(table, 1, rows, whole=True)
            connection.execute(insert(table), rows[table.name])


def counts(url: str) -> dict[str, int]:
    with engine(url) as found, found.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in known(found)
        }


def names(url: str) -> dict[str, set[str]]:
    with engine(url) as found:
        inspector = inspect(found)
        return {
            table.name: {column["name"] for column in inspector.get_columns(table.name)}
            | {str(index["name"]) for index in inspector.get_indexes(table.name)}
            for table in known(found)
        }


def test_up_down_and_up_again_keeps_the_rows(at: At, _template_environment: dict[str, str]) -> None:
    url = at("there", RELEASED)
    before = names(url)
    fill(url)
    move(_template_environment, url)
    newest = names(url)
    assert all(count >= 1 for table, count in counts(url).items() if table in before)
    move(_template_environment, url, RELEASED, back=True)
    assert names(url) == before and set(counts(url).values()) == {1}
    move(_template_environment, url)
    assert names(url) == newest and newest != before


def test_the_newest_schema_is_what_the_models_say(at: At) -> None:
    with engine(at("models", "head")) as found, found.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(at: At, _template_environment: dict[str, str]) -> None:
    url = at("twice", "head")
    before = names(url)
    move(_template_environment, url)
    assert names(url) == before and chain()[-1].revision
