"""The last release's code works on with the newest schema: what it writes is taken, what it reads is there.

It writes rows with the columns it knew and nothing else; so do these tests, for every table."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, LargeBinary, MetaData, Table, func, insert, inspect, select, text, update

from migrations.bounds import RELEASED
from models.search import TABLES
from tests.migrations.conftest import At
from tests.migrations.databases import engine, module, since

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def known(found: Engine) -> list[Table]:
    """The tables of a database, parents first."""
    metadata = MetaData()
    metadata.reflect(found, only=lambda name, _: name not in TABLES and name != "alembic_version")
    return metadata.sorted_tables


def value(column: Any, table: str, number: int) -> Any:
    """Something that fits a column and is another thing in every row."""
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, LargeBinary):
        return b"body"
    kind = column.type.python_type
    if kind is str:
        return f"{number}{table}{column.name}"[: getattr(column.type, "length", None) or 60]
    return {
        bool: True, int: number, float: float(number), Decimal: Decimal(number), bytes: b"body",
        date: date(2026, 11, 21), datetime: datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None), dict: {}, list: [],
    }[kind]  # fmt: skip


def row(table: Table, number: int, rows: Mapping[str, Mapping[str, Any]], *, whole: bool) -> dict[str, Any]:
    """Every column, or only those that must be there; links lead to the rows that exist."""
    linked = {
        local: rows[link.referred_table.name][remote]
        for link in table.foreign_key_constraints
        for local, remote in zip(link.column_keys, [element.column.name for element in link.elements], strict=True)
        if link.referred_table.name in rows
    }
    made = {}
    for column in table.columns:
        if whole or not column.nullable:
            made[column.name] = linked.get(column.name, value(column, table.name, number))
    return made | {"id": number}


@pytest.fixture
def both(at: At) -> tuple[str, str]:
    """(at the last release, at the newest revision)."""
    return at("released", RELEASED), at("newest", "head")


def test_every_row_the_last_release_writes_is_taken(both: tuple[str, str]) -> None:
    with engine(both[0]) as old, engine(both[1]) as new, new.begin() as connection:
        tables = known(old)
        assert len(tables) > 25
        for number, whole in ((1, True), (2, False)):
            rows: dict[str, Mapping[str, Any]] = {}
            for table in tables:
                rows[table.name] = row(table, number, rows, whole=whole)
                connection.execute(insert(table), rows[table.name])
        for table in tables:
            values = {name: rows[table.name][name] for name in rows[table.name] if name not in ("id", "store_id")}
            connection.execute(update(table).where(table.c.id == 2).values(values))
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 2
            assert connection.execute(select(table).where(table.c.id == 2)).mappings().one()["id"] == 2
        for table in reversed(tables):
            connection.execute(table.delete())


def test_nothing_the_last_release_reads_has_changed_its_kind(both: tuple[str, str]) -> None:
    if any(module(script).phase == "contract" for script in since(RELEASED)):
        pytest.skip("a contract follows the last release: its code has to be gone before")
    with engine(both[0]) as old, engine(both[1]) as new:
        before, after = inspect(old), inspect(new)
        for table in known(old):
            columns = {column["name"]: column for column in after.get_columns(table.name)}
            for column in before.get_columns(table.name):
                now = columns[column["name"]]
                assert (str(now["type"]), now["nullable"]) == (str(column["type"]), column["nullable"]), table.name
            unique = {tuple(sorted(one["column_names"])) for one in after.get_unique_constraints(table.name)}
            had = {tuple(sorted(one["column_names"])) for one in before.get_unique_constraints(table.name)}
            assert unique == had, f"{table.name}: the last release does not know this rule"


def test_search_goes_on_finding_what_the_last_release_writes(both: tuple[str, str]) -> None:
    with engine(both[0]) as old, engine(both[1]) as new, new.begin() as connection:
        tables = {table.name: table for table in known(old)}
        store = row(tables["store"], 1, {}, whole=False)
        connection.execute(insert(tables["store"]), store)
        product = row(tables["product"], 1, {"store": store}, whole=False) | {"title": "Stoneware mug"}
        connection.execute(insert(tables["product"]), product)
        if new.dialect.name == "sqlite":
            query = text("SELECT rowid FROM product_search WHERE product_search MATCH '\"toneware\"'")
        else:
            query = text("SELECT id FROM product WHERE title ILIKE '%toneware%'")
        assert connection.execute(query).scalars().all() == [1]
