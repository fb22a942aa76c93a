"""The nightly tidying goes through every store, and one store's trouble keeps nobody else's rubbish."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import retention as job
from jobs.clock import TASKS
from models import Notice, Store, db
from models.tenancy import tenant
from services import retention
from tests.services.listing_rows import add_store


def settled_notice(store: Store) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    with tenant(store.id):
        db.session.add(Notice(store_id=store.id, key="old", text="old", created_at=old, resolved_at=old))
        db.session.commit()


def notices_of(store: Store) -> list[str]:
    with tenant(store.id):
        return list(db.session.scalars(select(Notice.key)))


def test_every_store_is_tidied_whatever_happens_in_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        first, second = add_store("one1"), add_store("two2")
        settled_notice(first)
        settled_notice(second)
        broken, whole = first.id, retention.drop_evidence

        def drop(*given: Any) -> int:
            from models.tenancy import tenant_id

            if tenant_id() == broken:
                raise RuntimeError("a page of the file is damaged")
            return whole(*given)

        monkeypatch.setattr(retention, "drop_evidence", drop)
        assert job.tidy() == 1
        assert notices_of(first) == ["old"] and notices_of(second) == []
        monkeypatch.undo()
        assert job.tidy() == 1
        assert notices_of(first) == []


def test_it_is_planned_every_day() -> None:
    assert [task.every for task in TASKS if task.name == "tidy up"] == [timedelta(days=1)]
