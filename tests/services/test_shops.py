"""Shops: active in one store only, the platform's checks in plain words, and what a disconnect stops."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from clients.tiktok.models import Prerequisite, Warehouse
from clients.tiktok.models import Shop as ShopRow
from models import Authorization, Listing, Store, db
from models.tenancy import tenant
from services import activities, shops, warehouses
from services.activities import NewItem
from services.actor import Actor
from services.counters import LISTING_PROBLEM, Deltas
from services.tabs import chip

NOW = datetime(2099, 1, 1, tzinfo=UTC)


def grant_of(store_hash: str) -> tuple[Actor, Authorization]:
    store = Store(hash=store_hash, installed_at=NOW, settings={}, wizard={})
    db.session.add(store)
    db.session.flush()
    with tenant(store.id):
        grant = Authorization(
            open_id="o", seller_name="S", access_expires_at=NOW, refresh_expires_at=NOW, connected_at=NOW, scopes=[]
        )
        db.session.add(grant)
        db.session.flush()
    return Actor("maya", store.id), grant


def row(**facts: str) -> ShopRow:
    return ShopRow.model_validate(
        {"id": "77", "name": "Oak", "region": "US", "seller_type": "LOCAL", "cipher": "c", "code": "X", **facts}
    )


def test_a_shop_arrives_once_and_knows_its_kind(app: Flask) -> None:
    with app.app_context():
        actor, grant = grant_of("abc123")
        with tenant(actor.store_id):
            first = shops.arrive(actor, grant, row())
            again = shops.arrive(actor, grant, row(name="Oak & Co", cipher="new"))
            assert first.id == again.id and (again.name, again.cipher, again.currency, again.kind) == (
                "Oak & Co",
                "new",
                "USD",
                "local",
            )
            abroad = shops.arrive(actor, grant, row(id="78", region="DE", seller_type="CROSS_BORDER"))
            assert (abroad.kind, abroad.currency) == ("global_seller", "EUR")
            unheard = shops.arrive(actor, grant, row(id="79", region="XX"))
            assert unheard.currency == "" and [shop.tiktok_id for shop in shops.active()] == ["77", "78", "79"]
        db.session.rollback()


def test_a_shop_is_active_in_one_store_until_it_is_let_go(app: Flask) -> None:
    with app.app_context():
        actor, grant = grant_of("abc123")
        other, their_grant = grant_of("zzz999")
        with tenant(actor.store_id):
            shop = shops.arrive(actor, grant, row())
        with tenant(other.store_id), pytest.raises(shops.AlreadyConnected):
            shops.arrive(other, their_grant, row())
        with tenant(actor.store_id):
            shops.disconnect(actor, shop)
            db.session.flush()
        with tenant(other.store_id):
            assert shops.arrive(other, their_grant, row()).is_active
        db.session.rollback()


def test_every_failed_check_has_a_fix_and_comes_first(app: Flask) -> None:
    with app.app_context():
        actor, grant = grant_of("abc123")
        with tenant(actor.store_id):
            shop = shops.arrive(actor, grant, row())
            shops.record_prerequisites(
                shop,
                [
                    Prerequisite(check_item="SHOP_STATUS"),
                    Prerequisite(check_item="BANk_ACCOUNT", is_failed=True, fail_reasons=("none",)),
                    Prerequisite(check_item="SOMETHING_NEW", is_failed=True),
                ],
            )
            found = shops.checks(shop)
            assert [(check.item, check.ok) for check in found] == [
                ("BANK_ACCOUNT", False),
                ("SOMETHING_NEW", False),
                ("SHOP_STATUS", True),
            ]
            assert all(check.fix for check in found if not check.ok) and not found[-1].fix
        db.session.rollback()


def test_parting_counts_what_stops(app: Flask) -> None:
    with app.app_context():
        actor, grant = grant_of("abc123")
        with tenant(actor.store_id):
            shop = shops.arrive(actor, grant, row())
            for tab in ("live", "live", "incomplete"):
                db.session.add(Listing(shop_id=shop.id, tab=tab, fields={}, changed_at=NOW))
            db.session.flush()
            started = activities.start(actor, "publish", "Publish", [NewItem("one")], shop_id=shop.id)
            assert shops.parting(shop) == shops.Parting(2, 3, 1)
            shops.disconnect(actor, shop)
            db.session.flush()
            assert started.activity.state == "cancelled" and shops.active() == []
        db.session.rollback()


def test_names_longer_than_their_columns_are_cut(app: Flask) -> None:
    """PostgreSQL refuses what SQLite takes."""
    with app.app_context():
        actor, grant = grant_of("abc123")
        with tenant(actor.store_id):
            shop = shops.arrive(actor, grant, row(name="N" * 400, code="C" * 60))
            warehouses.record(
                shop,
                [Warehouse.model_validate({"id": "1", "name": "W" * 300, "type": "T" * 30, "effect_status": "S" * 20})],
            )
            item = NewItem("L" * 300)
            activities.start(actor, "publish", f"Publish 1 listing to {shop.name}", [item], shop_id=shop.id)
            deltas = Deltas()
            deltas.add(LISTING_PROBLEM, shop.id, chip("deactivated", "c" * 60))
            deltas.write()
            db.session.flush()
            assert len(shop.name) == 255
        db.session.rollback()
