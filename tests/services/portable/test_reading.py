"""Settings go out as text and come back: what is shown is what happens, and what cannot be read is left out, named."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import Activity, FulfilmentService, Location, Profile, PushRule, Role, Shop, Store, db
from models.tenancy import tenant
from services import clock, settings, warehouses
from services.actor import Actor
from services.errors import Invalid, Stale
from services.places import centers
from services.portable import document, reading
from services.portable.differences import between
from tests.services.listing_rows import add_shop, add_store

OTHER = "7490000000000000002"


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    with app.app_context():
        row = add_store()
        with tenant(row.id):
            yield row
            db.session.rollback()


def complete(shop: Shop) -> Profile:
    """The shop's default profile with a package, so that it can be saved."""
    row = db.session.scalars(select(Profile).where(Profile.shop_id == shop.id)).one()
    package = {
        name: {"kind": "fixed", "source": "2", "value_id": ""} for name in ("weight", "length", "width", "height")
    }
    row.mapping = {**row.mapping, **package}
    db.session.flush()
    return row


def owner(store: Store) -> Actor:
    return Actor("maya", store.id)


def out(store: Store, *shops: Shop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document.text(document.of_store(store, shops)))
    return found


def brought(store: Store, wanted: dict[str, Any], *shops: Shop, **chosen: str) -> tuple[reading.Plan, reading.Applied]:
    """Looked at, then done; what was shown is what happened."""
    text, before = json.dumps(wanted), out(store, *shops)
    plan = reading.look(owner(store), store, text, shops, chosen)
    assert out(store, *shops) == before, "a look changes nothing"
    applied = reading.apply(owner(store), store, text, shops, chosen, plan.digest)
    db.session.flush()
    assert tuple(between(before, out(store, *shops))) == plan.differences
    assert tuple(applied.refusals) == plan.refusals
    return plan, applied


def test_what_went_out_comes_back_without_a_difference(store: Store) -> None:
    shop = add_shop()
    db.session.add(PushRule(shop_id=shop.id, percent=50, changed_at=clock.now()))
    db.session.flush()
    plan, applied = brought(store, out(store, shop), shop)
    assert (plan.differences, plan.refusals, applied.activities) == ((), (), [])


def test_every_section_is_read(store: Store) -> None:
    shop = add_shop()
    complete(shop)
    db.session.add(PushRule(shop_id=shop.id, changed_at=clock.now()))
    db.session.flush()
    wanted = out(store, shop)
    wanted["configuration"]["threshold"] = 7
    wanted["roles"] = {
        "Packing": {"cells": ["orders:see", "orders:send"], "ordinary": False, "shops": [shop.tiktok_id]}
    }
    wanted["fulfilment services"] = {"1": "Swift"}
    mine = wanted["shops"][shop.tiktok_id]
    mine["push rules"]["shop"]["percent"] = 80
    mine["profiles"]["Default profile"]["price_rule"] = {"kind": "percent_up", "amount": "10"}
    mine["profiles"]["Glass"] = {
        "category_id": "", "mapping": {}, "options": {}, "price_rule": {}, "policy": {}, "default": False,
        "rule": {"match": "any", "conditions": [["title", "contains", "glass", ""]]},
    }  # fmt: skip
    plan, applied = brought(store, wanted, shop)
    assert plan.refusals == () and {one.path[0] for one in plan.differences} == {
        "configuration", "roles", "fulfilment services", "shops",
    }  # fmt: skip
    assert settings.of(store).threshold == 7 and centers.names() and db.session.scalars(select(Role.name)).all()
    assert db.session.scalars(select(PushRule.percent)).one() == 80
    assert set(db.session.scalars(select(Profile.name))) == {"Default profile", "Glass"}
    assert [one.kind for one in applied.activities] == ["rederive"]


def test_a_shop_is_copied_into_another(store: Store) -> None:
    shop, other = add_shop(), add_shop("Copper Quay", OTHER)
    db.session.add(PushRule(shop_id=shop.id, percent=60, guard=2, is_on=True, changed_at=clock.now()))
    complete(shop).price_rule = {"kind": "percent_up", "amount": "15"}
    db.session.flush()
    wanted = {"causeway": {"format": 1}, "shops": {shop.tiktok_id: out(store, shop)["shops"][shop.tiktok_id]}}
    plan, _ = brought(store, wanted, shop, other, **{shop.tiktok_id: OTHER})
    row = db.session.scalars(select(PushRule).where(PushRule.shop_id == other.id)).one()
    assert (row.percent, row.guard, row.is_on) == (60, 2, False), "a file does not begin to push"
    profile = db.session.scalars(select(Profile).where(Profile.shop_id == other.id)).one()
    assert profile.price_rule == {"kind": "percent_up", "amount": "15"}
    assert any(one.why == reading.NOT_BY_FILE for one in plan.refusals)


def test_what_cannot_be_read_is_left_out_and_named(store: Store) -> None:
    shop = add_shop()
    shop.mapping_locked_at = clock.now()
    db.session.add(Location(bigcommerce_id=2, label="Annex"))
    db.session.flush()
    wanted = out(store, shop)
    wanted["configuration"] = {"threshold": "many"}
    wanted["returns"] = {"restock": 7} if wanted["returns"] else {}
    wanted["roles"] = {"Owner": {"cells": ["orders:see"]}, "Empty": {}}
    wanted["fulfilment services"] = {"99": "Nowhere"}
    wanted["shops"]["749"] = {"name": "Elsewhere"}
    mine = wanted["shops"][shop.tiktok_id]
    mine["warehouses"] = {f"{shop.tiktok_id}1": [2]}
    mine["push rules"] = {"product NOPE": {"percent": 5}, "warehouse 5": {}, "shop": {"percent": 5000}}
    mine["profiles"] = {"Bad": {"rule": "none"}}
    plan, _ = brought(store, wanted, shop)
    where = {one.where for one in plan.refusals}
    for place in ("configuration", "roles › Owner", "roles › Empty", "fulfilment services › 99", "shops › Elsewhere"):
        assert place in where, place
    for place in ("warehouses", "push rules", "profiles › Bad"):
        assert f"{shop.name} › {place}" in where, place
    assert warehouses.mapping(shop) and db.session.scalars(select(FulfilmentService)).all() == []
    assert db.session.scalars(select(Activity)).all() == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"causeway": {"format": 2}}', '{"causeway": {"format": 1}, "shops": 7}']
)
def test_what_is_no_file_of_settings(store: Store, text: str) -> None:
    with pytest.raises(Invalid):
        reading.look(owner(store), store, text, (), {})


def test_settings_that_changed_meanwhile_are_not_overwritten(store: Store) -> None:
    text = json.dumps({"causeway": {"format": 1}, "configuration": {"threshold": 3}})
    plan = reading.look(owner(store), store, text, (), {})
    settings.save(owner(store), store, {"threshold": 9})
    with pytest.raises(Stale):
        reading.apply(owner(store), store, text, (), {}, plan.digest)
    assert settings.of(store).threshold == 9
