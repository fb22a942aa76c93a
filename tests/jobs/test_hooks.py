"""BigCommerce's webhooks of a store: made once, kept alive."""

import pytest

from jobs import hooks
from models import Store, db
from models.tenancy import across_stores
from sandbox.bigcommerce.seeds import FIRST
from services.secrets import seal
from tests.conftest import LiveSandbox
from tests.jobs.engine import make_store
from tests.sandbox.bigcommerce.conftest import installed


@pytest.fixture
def store(place: int, sandbox: LiveSandbox) -> int:
    """A store of the sandbox with its token."""
    number = make_store(FIRST)
    with across_stores("a test gives a store its token"):
        db.session.get_one(Store, number).token = seal(installed(sandbox.app, FIRST).token)
        db.session.commit()
    return number


def test_hooks_are_made_once_and_switched_on_again(store: int, sandbox: LiveSandbox) -> None:
    known = sandbox.app.extensions["bigcommerce"].webhooks.hooks
    assert hooks.keep_store(store) == len(hooks.SCOPES) == len(known)
    assert hooks.keep_store(store) == 0
    first = next(iter(known.values()))
    first.update(is_active=False, headers={})
    assert hooks.keep_store(store) == 1
    assert first["is_active"] and first["headers"] and len(known) == len(hooks.SCOPES)
