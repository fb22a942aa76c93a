"""The settings pages: every page, add-only warehouses, disconnecting, and what a stranger must not see."""

from flask import Flask

from models import Activity, Authorization, Notice, Shop, Store, WarehouseMap, db
from models.tenancy import tenant
from services import warehouses
from tests.blueprints.conftest import inside, make_shop
from tests.blueprints.merchant import Merchant, merchant
from tests.blueprints.test_tiktok import rows
from tests.blueprints.test_wizard import choose, configuration, confirm, proposed
from tests.pages import PageClient

__all__ = ["merchant"]
PAGES = ("authorization", "warehouses", "configuration", "profile")


def test_every_page_opens_with_a_shop(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    merchant.add_products()
    choose(merchant)
    for name in PAGES:
        assert merchant.client.get(merchant.at(f"settings/{name}")).status_code == 200, name
    assert merchant.client.get(merchant.at("settings/")).headers["Location"] == merchant.at("settings/authorization")


def test_without_a_shop_the_pages_lead_to_connecting(merchant: Merchant) -> None:
    assert merchant.client.get(merchant.at("settings/authorization")).status_code == 200
    assert merchant.client.get(merchant.at("settings/configuration")).status_code == 200
    answer = merchant.client.get(merchant.at("settings/warehouses"))
    assert answer.status_code == 404 and merchant.at("wizard/connect") in answer.text


def test_locations_are_added_and_never_removed(merchant: Merchant) -> None:
    merchant.connect()
    choice = merchant.choice()
    name, places = sorted(choice.items())[0]
    merchant.client.post(merchant.at("wizard/warehouses"), data={name: places})
    [before] = rows(merchant, WarehouseMap)
    with tenant(merchant.store.id):
        free = next(row.id for row in warehouses.locations() if row.is_enabled and row.id != before.location_id)
        db.session.rollback()
    merchant.client.get(merchant.at("settings/warehouses"))
    assert merchant.client.post(merchant.at("settings/warehouses"), data={name: str(free)}).status_code == 303
    assert {row.location_id for row in rows(merchant, WarehouseMap)} == {before.location_id, free}
    merchant.client.post(merchant.at("settings/warehouses"), data={})
    assert len(rows(merchant, WarehouseMap)) == 2


def test_a_disconnect_says_its_price_first(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    [shop] = rows(merchant, Shop)
    page = merchant.client.get(merchant.at(f"settings/authorization/{shop.id}/disconnect"))
    assert page.status_code == 200 and rows(merchant, Shop)[0].is_active
    assert merchant.client.post(merchant.at(f"settings/authorization/{shop.id}/disconnect")).status_code == 303
    assert not rows(merchant, Shop)[0].is_active and rows(merchant, WarehouseMap) == []
    assert rows(merchant, Authorization)[0].refresh_token == ""
    assert [row.kind for row in rows(merchant, Activity)] == ["catalog_import"]  # the store's own work goes on
    assert any(row.key == f"shop-disconnected:{shop.id}" for row in rows(merchant, Notice))


def test_a_refresh_that_tiktok_rejects_asks_for_a_reconnect(merchant: Merchant) -> None:
    merchant.connect()
    [shop] = rows(merchant, Shop)
    platform = merchant.sandbox.app.extensions["tiktok"]
    with merchant.sandbox.app.app_context():
        platform.authorizations.deauthorize("7494000000000000101")
    merchant.client.get(merchant.at("settings/authorization"))
    assert merchant.client.post(merchant.at(f"settings/authorization/{shop.id}/refresh")).status_code == 303
    assert rows(merchant, Authorization)[0].state == "needs_reauthorisation"
    assert "Needs reauthorisation" in merchant.client.get(merchant.at("settings/authorization")).text


def test_configuration_is_the_wizards_form(merchant: Merchant) -> None:
    merchant.client.get(merchant.at("settings/configuration"))
    assert (
        merchant.client.post(merchant.at("settings/configuration"), data=configuration(threshold="7")).status_code
        == 303
    )
    db.session.rollback()
    assert merchant.store.settings["threshold"] == 7
    wrong = merchant.client.post(merchant.at("settings/configuration"), data=configuration(default_variation_value=""))
    assert wrong.status_code == 422


def test_the_profile_is_saved_from_settings(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    choose(merchant)
    merchant.client.get(merchant.at("settings/profile"))
    answer = merchant.client.post(merchant.at("settings/profile"), data=proposed(merchant))
    assert answer.headers["Location"] == merchant.at("settings/profile")
    redrawn = merchant.client.post(
        merchant.at("settings/profile"), data=proposed(merchant) | {"redraw": "1", "map-brand-kind": "fixed"}
    )
    assert redrawn.status_code == 200


def test_another_store_sees_nothing_and_may_change_nothing(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    [shop] = rows(merchant, Shop)
    other = Merchant(merchant.app, merchant.sandbox, "p7c2m4v8dn", 8460)
    for path in ("settings/authorization", "wizard/connect"):
        assert "Harbor" not in other.client.get(other.at(path)).text.replace("Harbor and", "")
    assert other.client.get(other.at(f"settings/authorization/{shop.id}/disconnect")).status_code == 404
    assert other.client.post(other.at(f"settings/authorization/{shop.id}/disconnect")).status_code == 404
    assert other.client.post(other.at(f"settings/authorization/{shop.id}/refresh")).status_code == 404
    assert rows(merchant, Shop)[0].is_active


def test_each_shop_shows_its_state_its_unique_id_and_its_grant(app: Flask, client: PageClient, store: Store) -> None:
    shop = make_shop(app, store)
    page = client.get(client.at("settings/authorization")).text
    assert shop.tiktok_id in page and ">Connected</span>" in page
    assert "First Shop" in page and "<dd>US" in page and "1 January 2099" in page
    with inside(app, store):
        db.session.query(Authorization).one().state = "needs_reauthorisation"
    assert ">Needs reauthorisation</span>" in client.get(client.at("settings/authorization")).text
