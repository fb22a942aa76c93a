"""BigCommerce no longer takes a store's token: its work rests, and goes on when the app comes back."""

from typing import Any

import pytest
from sqlalchemy import select

from clients.errors import Unauthorised
from jobs import hooks
from jobs.drain import drain
from jobs.sweep import sweep
from models import Notice, Store, db
from models.tenancy import tenant
from services import activities, notices, stores
from services.actor import system
from services.secrets import seal
from tests.jobs.engine import Fake, begin, look, make_due, make_shop, make_store


def state_of(store_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Store, store_id, populate_existing=True).state


def come_back(store_id: int) -> None:
    """What an installation does to a store that is known."""
    store = db.session.get_one(Store, store_id)
    store.state = "installed"
    stores.after_install(system(store_id), store)
    db.session.commit()


def test_a_rejected_token_stops_the_store_until_it_comes_back(place: int, fake: Fake, bells: list[Any]) -> None:
    number = begin(place, *[["rejected", "ok"]] * 10)
    shop = make_shop(place)
    other = begin(place, "ok", shop_id=shop, prefix="shop")
    drain("bulk", place, None)
    calls = len(fake.shelf.read("calls"))
    assert state_of(place) == "needs_reinstall" and calls == 10
    assert [notice.key for notice in notices.open_notices()] == ["store.reinstall"]
    assert look(number).state == "running" and look(number).waiting == 10
    assert {activities.why_waiting([look(one)])[one].reason for one in (number, other)} == {"reinstall"}

    make_due(number)
    assert drain("bulk", place, None) == 0 and drain("bulk", place, shop) == 0
    bells.clear()
    assert sweep() == 0 and bells == []
    assert len(fake.shelf.read("calls")) == calls

    come_back(place)
    drain("bulk", place, None)
    assert look(number).done == 10 and notices.open_notices() == []
    assert activities.why_waiting([look(other)]) == {}


def test_another_stores_work_goes_on(place: int, fake: Fake) -> None:
    begin(place, "rejected")
    drain("bulk", place, None)
    elsewhere = make_store("engine2")
    with tenant(elsewhere):
        number = begin(elsewhere, "ok")
        drain("bulk", elsewhere, None)
        assert look(number).done == 1 and notices.open_notices() == []
    assert state_of(elsewhere) == "installed"


def test_a_missing_scope_is_no_lost_token(place: int, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(step: object) -> str:
        raise Unauthorised("no scope", platform="bigcommerce", status=403)

    monkeypatch.setattr(fake, "call", call)
    number = begin(place, "ok")
    drain("bulk", place, None)
    assert state_of(place) == "installed" and look(number).waiting == 1 and look(number).resumes_at is not None


def test_said_twice_it_is_one_notice_and_an_uninstalled_store_stays_so(place: int) -> None:
    store = db.session.get_one(Store, place)
    stores.reject(store, "Invalid token")
    stores.reject(store, "Invalid token")
    assert store.state == "needs_reinstall" and len(db.session.scalars(select(Notice)).all()) == 1
    store.state = "uninstalled"
    db.session.flush()
    stores.reject(store, "Invalid token")
    assert store.state == "uninstalled"


@pytest.mark.parametrize(("status", "state"), [(401, "needs_reinstall"), (403, "installed")])
def test_keeping_webhooks_notices_it_too(place: int, monkeypatch: pytest.MonkeyPatch, status: int, state: str) -> None:
    class Refusing:
        def hooks(self) -> list[object]:
            raise Unauthorised("no", platform="bigcommerce", status=status)

    monkeypatch.setattr("services.platforms.bigcommerce", lambda store: Refusing())
    db.session.get_one(Store, place).token = seal("token")
    db.session.commit()
    assert hooks.keep() == 0
    assert state_of(place) == state
