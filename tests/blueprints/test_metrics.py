"""/metrics: for the operator alone, true numbers, and an answer even when a part is away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from sqlalchemy import select, update

from models import Activity, ActivityItem, InboxEvent, Schedule, Store, db
from models.tenancy import scoped, tenant
from services import activities
from services.activities import NewItem
from services.actor import system
from services.bulk import table_of
from tests.services.listing_rows import add_shop, add_store

TOKEN = "a-long-metrics-token"
BOTH = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"METRICS_TOKEN": TOKEN, "SANDBOX_URL": ""}


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield store
        db.session.remove()


def scrape(app: Flask) -> dict[tuple[str, ...], float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name.removeprefix("causeway_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@BOTH
def test_the_numbers_are_those_of_the_rows(app: Flask, store: Store) -> None:
    now = datetime.now(UTC)
    shop = add_shop()
    started = activities.start(system(store.id), "publish", "P", [NewItem("a"), NewItem("b")], shop_id=shop.id).activity
    items = table_of(ActivityItem)
    statement = update(items).where(items.c.store_id == store.id).values(due_at=now - timedelta(minutes=5))
    db.session.execute(scoped(statement))
    db.session.add(Schedule(name="sweep", due_at=now - timedelta(seconds=40), note=""))
    db.session.add(InboxEvent(source="tiktok", event_id="1", topic="5", account="7", body={}, state="new",
                              received_at=now - timedelta(seconds=90), due_at=now))  # fmt: skip
    broken = Activity(store_id=store.id, kind="catalog_import", title="x", state="broken", created_at=now)
    broken.finished_at = now
    db.session.add(broken)
    db.session.commit()

    found = scrape(app)
    assert found["stores", "installed"] == 1 and found["shops", "true", "active"] == 1
    assert found["activities_open", "publish", "queued"] == 1 and found["activities_broken", "catalog_import"] == 1
    assert (found["items", "bulk", "waiting"], found["items", "bulk", "working"]) == (2, 0)
    assert 295 <= found["oldest_due_seconds", "bulk"] <= 330
    assert 35 <= found["schedule_late_seconds", "sweep"] <= 70 and 85 <= found["inbox_oldest_seconds",] <= 120
    assert found["inbox_events", "new"] == 1 and found["items_abandoned",] == 0
    assert found["up", "database"] == found["up", "redis"] == 1 and found["workers", "bulk"] == 0

    # A worker took one and died; the other waits for its merchant.
    dead = select(items.c.id).where(items.c.store_id == store.id).limit(1).scalar_subquery()
    statement = update(items).where(items.c.store_id == store.id, items.c.id == dead)
    db.session.execute(scoped(statement.values(state="sending", lease_until=now - timedelta(minutes=3))))
    shop.is_active = False
    db.session.commit()
    found = scrape(app)
    assert found["items_abandoned",] == 1 and ("oldest_due_seconds", "bulk") not in found
    assert started.id


def test_nobody_else_reads_them(app: Flask) -> None:
    client = app.test_client()
    for given in ("", "Bearer wrong", f"Basic {TOKEN}", "Bearer", "Bearer é"):
        answer = client.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 401 and "causeway_" not in answer.text


def test_without_a_token_there_is_no_such_page(environment: dict[str, str]) -> None:
    from app import create_app

    app = create_app(environment | {"METRICS_TOKEN": ""})
    assert app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_part_that_is_away_is_said_to_be_away(app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "redis", Redis(unix_socket_path="/nowhere.sock"))
    found = scrape(app)
    assert found["up", "redis"] == 0 and found["up", "database"] == 1 and found["stores", "installed"] == 1
