"""Which step is next follows from what is there, not from who pressed what."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from models import Authorization, Profile, Shop, Store, db
from models.tenancy import tenant
from services import wizard
from services.actor import Actor

NOW = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        row = Store(hash="abc123", installed_at=NOW, settings={}, wizard={})
        db.session.add(row)
        db.session.flush()
        with tenant(row.id):
            yield row
        db.session.rollback()


def add_shop(number: int = 1) -> Shop:
    grant = Authorization(
        open_id=f"o{number}", access_expires_at=NOW, refresh_expires_at=NOW, connected_at=NOW, scopes=[]
    )
    db.session.add(grant)
    db.session.flush()
    shop = Shop(authorization_id=grant.id, tiktok_id=str(number), name=f"Shop {number}", market="US", prerequisites=[])
    db.session.add(shop)
    db.session.flush()
    return shop


def finish(shop: Shop) -> None:
    shop.mapping_locked_at = NOW
    db.session.add(
        Profile(
            shop_id=shop.id,
            name="Default",
            is_default=True,
            category_id="9",
            mapping={"weight": {"kind": "field", "source": "weight"}},
        )
    )
    db.session.flush()


def test_the_steps_follow_the_facts(store: Store) -> None:
    actor = Actor("maya", store.id)
    assert wizard.next_step(store) == "connect"
    shop = add_shop()
    assert wizard.next_step(store) == "warehouses"
    shop.mapping_locked_at = NOW
    assert wizard.next_step(store) == "profile"
    shop.mapping_locked_at = None
    finish(shop)
    assert wizard.next_step(store) == "configuration"
    wizard.mark(actor, store, "configuration")
    assert wizard.next_step(store) == "done"
    wizard.mark(actor, store, "done")
    assert wizard.next_step(store) == ""


def test_an_earlier_step_comes_first(store: Store) -> None:
    for step in ("warehouses", "profile", "configuration", "done"):
        with pytest.raises(wizard.NotThere):
            wizard.require(store, wizard.shop_of(None), step)
    shop = add_shop()
    assert wizard.require(store, shop, "warehouses") is shop


def test_the_wizard_speaks_of_the_unfinished_shop(store: Store) -> None:
    first, second = add_shop(1), add_shop(2)
    assert wizard.shop_of(None) is first and wizard.shop_of(second) is second
    finish(first)
    assert wizard.shop_of(None) is second
    second.is_active = False
    db.session.flush()
    assert wizard.shop_of(second) is first


def test_the_head_says_who_did_what(store: Store) -> None:
    shop = add_shop()
    finish(shop)
    wizard.mark(Actor("maya@example.com", store.id), store, "profile")
    found = {step.name: step for step in wizard.steps(store, shop, "configuration")}
    assert [(step.state, step.reachable) for step in found.values()] == [
        ("done", True),
        ("done", True),
        ("done", True),
        ("now", True),
    ]
    assert found["profile"].by == "maya@example.com" and found["configuration"].number == 4
