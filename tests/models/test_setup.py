"""An app and its engine: gone together."""

import gc
import inspect
import weakref

import pytest
from sqlalchemy import select

from app import create_app
from models import Store, db
from tests.engines import close


def test_an_app_that_is_gone_takes_its_engine_along(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_make_engine", inspect.unwrap(db._make_engine))  # the tests keep engines, the product not
    app = create_app(environment)
    with app.app_context():
        assert db.session.scalars(select(Store)).all() == []
        engine = weakref.ref(db.engine)
    close(app)
    del app
    gc.unfreeze()
    gc.collect()
    gc.collect()  # Flask-SQLAlchemy keeps engines by app, weakly: they follow it
    assert engine() is None
