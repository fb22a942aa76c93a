"""What is past its time goes, and nothing else: evidence by kind, bodies nobody points to, old activities."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from clients.exchange import Exchange
from config import Config, WrongSetting
from models import (
    Activity,
    ActivityItem,
    Evidence,
    EvidenceBody,
    InboxEvent,
    Notice,
    Person,
    SpentToken,
    Store,
    WebSession,
    db,
)
from models.tenancy import tenant
from services import activities, evidence, retention
from services.activities import NewItem
from services.actor import system
from tests.conftest import CREDENTIALS
from tests.services.listing_rows import add_store

NOW = datetime.now(UTC)  # evidence is kept at the present moment
KEPT = {"": 90, "catalog_import": 14, "publish": 400}


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        store = add_store()
        db.session.commit()
        with tenant(store.id):
            yield store
        db.session.remove()


def proof(kind: str, days: int, body: str) -> None:
    """An ended activity of that kind with one exchange, so many days old."""
    old = NOW - timedelta(days=days)
    started = activities.start(system(retention_store()), kind, kind, [NewItem("one")]).activity
    started.state, started.finished_at, started.waiting = "finished", old, 0
    evidence.keep([Exchange("tiktok", "POST", "/p", 200, "R", body, "ok", 0.1)], activity_id=started.id)
    db.session.flush()
    newest = db.session.scalars(select(Evidence).order_by(Evidence.id.desc())).first()
    assert newest is not None
    newest.created_at = old
    db.session.commit()


def retention_store() -> int:
    return db.session.scalars(select(Store.id)).one()


def bodies() -> int:
    return db.session.scalar(select(func.count(EvidenceBody.id))) or 0


def test_evidence_goes_by_the_kind_of_its_activity(store: Store) -> None:
    for kind, days in (
        ("catalog_import", 13), ("catalog_import", 15), ("publish", 399), ("publish", 401), ("bulk_edit", 89),
        ("bulk_edit", 91),
    ):  # fmt: skip
        proof(kind, days, f"{kind} {days}")
    evidence.keep([Exchange("tiktok", "GET", "/old", 200, "R", "", "no activity", 0.1)])
    db.session.flush()
    lonely = db.session.scalars(select(Evidence).where(Evidence.activity_id.is_(None))).one()
    lonely.created_at = NOW - timedelta(days=91)
    db.session.commit()

    assert retention.drop_evidence(NOW, KEPT, db.session.commit) == 4
    left = set(db.session.scalars(select(EvidenceBody.digest).where(EvidenceBody.digest.in_(select(Evidence.sent)))))
    texts = {evidence.body(digest) for digest in left}
    assert texts == {"catalog_import 13", "publish 399", "bulk_edit 89"}
    assert retention.drop_evidence(NOW, KEPT, db.session.commit) == 0


def test_bodies_go_with_the_last_that_points_to_them(store: Store) -> None:
    proof("catalog_import", 15, "shared")
    proof("catalog_import", 1, "shared")
    proof("catalog_import", 15, "alone")
    assert bodies() == 3  # shared, alone, ok
    retention.drop_evidence(NOW, KEPT, db.session.commit)
    assert retention.drop_bodies(NOW, db.session.commit) == 1
    assert bodies() == 2 and retention.drop_bodies(NOW, db.session.commit) == 0


def test_a_body_taken_up_again_while_we_looked_stays(store: Store) -> None:
    """Between the look and the removal a worker keeps the same body anew."""
    proof("catalog_import", 15, "again")
    retention.drop_evidence(NOW, KEPT, db.session.commit)
    ends = iter((True, False))

    def commit() -> None:
        db.session.commit()
        if next(ends, False):
            evidence.keep([Exchange("tiktok", "POST", "/p", 200, "R", "again", "ok", 0.1)])
            db.session.commit()

    assert retention.drop_bodies(NOW, commit) == 0
    [row] = db.session.scalars(select(Evidence))
    assert (evidence.body(row.sent), evidence.body(row.received)) == ("again", "ok")


def test_old_activities_go_with_their_items_and_open_ones_stay(store: Store) -> None:
    proof("publish", 401, "old")
    proof("publish", 399, "young")
    waiting = activities.start(system(store.id), "publish", "still open", [NewItem("one")]).activity
    waiting.created_at = NOW - timedelta(days=900)
    db.session.commit()
    assert retention.drop_activities(NOW, 400, db.session.commit) == 1
    assert sorted(db.session.scalars(select(Activity.title))) == ["publish", "still open"]
    assert db.session.scalar(select(func.count(ActivityItem.id))) == 2


def test_settled_notices_ended_sessions_and_spent_tokens_go(store: Store) -> None:
    old, soon = NOW - timedelta(days=91), NOW + timedelta(hours=1)
    db.session.add_all(
        Notice(key=key, text=key, created_at=old, resolved_at=resolved)
        for key, resolved in (("old", old), ("young", NOW - timedelta(days=1)), ("open", None))
    )
    db.session.add(person := Person(bigcommerce_id=7, seen_at=old))
    db.session.flush()
    db.session.add_all(
        WebSession(digest=str(end), person_id=person.id, created_at=old, expires_at=end) for end in (old, soon)
    )
    db.session.add_all(SpentToken(kind="load", token=str(end), expires_at=end) for end in (old, soon))
    states = (("applied", 31), ("applied", 29), ("new", 31), ("failed", 31))
    db.session.add_all(
        InboxEvent(source="tiktok", event_id=f"{state}{days}", topic="5", account="7", body={}, state=state,
                   received_at=NOW - timedelta(days=days), due_at=NOW)
        for state, days in states
    )  # fmt: skip
    db.session.commit()
    assert retention.drop_settled(NOW, db.session.commit) == 2
    assert retention.drop_unowned(NOW, db.session.commit) == 2
    tomorrow = NOW + timedelta(days=1)  # a sandbox whose clock is moved signs nobody out
    assert retention.drop_settled(tomorrow, db.session.commit) == 0
    assert retention.drop_unowned(tomorrow, db.session.commit) == 0
    assert sorted(db.session.scalars(select(Notice.key))) == ["open", "young"]
    assert sorted(db.session.scalars(select(InboxEvent.event_id))) == ["applied29", "failed31", "new31"]
    assert db.session.scalar(select(func.count(WebSession.id))) == 1
    assert db.session.scalar(select(func.count(SpentToken.id))) == 1


def test_a_second_store_loses_nothing(app: Flask, store: Store) -> None:
    proof("catalog_import", 15, "ours")
    other = add_store("other1")
    db.session.commit()
    with tenant(other.id):
        assert retention.drop_evidence(NOW, KEPT, db.session.commit) == 0
        assert retention.drop_bodies(NOW, db.session.commit) == 0
        assert retention.drop_activities(NOW, 1, db.session.commit) == 0
    assert bodies() == 2


def test_the_setting_is_read_or_refused() -> None:
    base = {"DATABASE_URL": "sqlite://", "REDIS_URL": "unix:///none", "CAUSEWAY_ENV": "development", **CREDENTIALS}
    read = Config.read({}, overrides={**base, "EVIDENCE_DAYS": "30, publish = 60"})
    assert read.evidence_kept == {"": 30, "publish": 60}
    for wrong in ("publish=60", "30,publish=never", "0", "-1"):
        with pytest.raises(WrongSetting):
            Config.read({}, overrides={**base, "EVIDENCE_DAYS": wrong})
