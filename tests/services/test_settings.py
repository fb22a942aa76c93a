"""The default configuration: kept, refused, and never overwritten unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from domain.settings import StoreSettings
from models import Store, db
from services import settings
from services.actor import Actor
from services.errors import Invalid, Stale

ACTOR = Actor("maya", 1)


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        row = Store(hash="abc123", installed_at=datetime.now(UTC), settings={}, wizard={})
        db.session.add(row)
        db.session.flush()
        yield row
        db.session.rollback()


def test_defaults_until_saved(store: Store) -> None:
    assert settings.of(store) == StoreSettings()
    settings.save(ACTOR, store, {"threshold": 4})
    assert settings.of(store).threshold == 4 and settings.of(store).auto_update is True


def test_what_a_form_does_not_name_stays(store: Store) -> None:
    settings.save(ACTOR, store, {"stock_percent": 80})
    settings.save(ACTOR, store, {"auto_delete": True})
    assert (settings.of(store).stock_percent, settings.of(store).auto_delete) == (80, True)


def test_wrong_values_are_refused(store: Store) -> None:
    with pytest.raises(Invalid):
        settings.save(ACTOR, store, {"threshold": -1})
    assert store.settings == {}


def test_the_second_of_two_people_is_told(store: Store) -> None:
    seen = store.version
    settings.save(ACTOR, store, {"threshold": 1}, seen)
    with pytest.raises(Stale):
        settings.save(ACTOR, store, {"threshold": 2}, seen)


def test_settings_that_cannot_be_read_fall_back(store: Store) -> None:
    store.settings = {"threshold": "many"}
    assert settings.of(store) == StoreSettings()
