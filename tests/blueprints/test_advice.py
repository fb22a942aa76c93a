"""What a merchant has to do elsewhere, in Seller Center above all, is said on the page where it is needed."""

import html

import pytest
from flask import Flask

from domain.settings import MEANING
from domain.tabs import ELSEWHERE, WORDS
from models import Location, Shop, Store, Warehouse, WarehouseMap, db
from services import clock, shops, warehouses
from tests.blueprints.conftest import inside, make_shop
from tests.pages import PageClient


@pytest.fixture
def shop(app: Flask, store: Store) -> Shop:
    """A shop with a sales and a returns warehouse, two locations, and TikTok's checks of which three fail."""
    failed = ("SHOP_STATUS", "RETURN_WAREHOUSE", "SHIPPING_TEMPLATE")
    checks = [{"item": item, "ok": item not in failed, "reasons": []} for item in shops.PREREQUISITES]
    shop = make_shop(app, store, prerequisites=checks)
    with inside(app, store):
        for number, (name, kind) in enumerate((("East hub", warehouses.SALES), ("Returns desk", warehouses.RETURNS))):
            db.session.add(
                Warehouse(shop_id=shop.id, tiktok_id=str(number), name=name, type=kind, effect_status="ENABLED")
            )
        for number, label in enumerate(("East hub", "Quayside fulfilment"), 1):
            db.session.add(Location(bigcommerce_id=number, label=label, address="", is_enabled=True))
    return shop


def words(client: PageClient, path: str) -> str:
    return html.unescape(client.get(client.at(path)).text)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("2 to 6 days", id="approval"),
        pytest.param(
            "location in BigCommerce for each place that holds stock, fulfilment services", id="locations first"
        ),
        pytest.param("Create a warehouse in Seller Center for each of these places", id="warehouse for each place"),
        pytest.param("one for a whole fulfilment service", id="one for a fulfilment service"),
        pytest.param("an address for each", id="address"),
        pytest.param("the one nearest to the buyer", id="nearest"),
        pytest.param("choose your region", id="region"),
        pytest.param("Let its page reload by itself", id="wait after the login"),
        pytest.param("another DNS server (OpenDNS, Google Public DNS)", id="DNS"),
        pytest.param("a VPN that ends in your shop's country", id="VPN"),
        pytest.param("sign out there first", id="several accounts"),
        pytest.param("Step 1 of 4", id="step count"),
    ],
)
def test_before_connecting(client: PageClient, said: str) -> None:
    assert said in words(client, "wizard/connect")


def test_a_further_shop_comes_after_the_stock_is_right(client: PageClient, shop: Shop) -> None:
    assert "when the products, locations and quantities of this store look right" in words(client, "tiktok/connect")


def test_the_returns_warehouse_is_shown_and_left_out(client: PageClient, shop: Shop) -> None:
    page = words(client, "wizard/warehouses")
    assert "Returns desk" in page and warehouses.WHY_RETURNS in page
    assert page.count('name="warehouse-') == 2  # two locations for the sales warehouse, none for the other


def test_what_feeds_no_warehouse_is_listed_as_not_sold(client: PageClient, shop: Shop) -> None:
    page = words(client, "wizard/warehouses")
    unsold = page[page.index("Not sold on TikTok") :]
    assert "Quayside fulfilment" in unsold and "East hub" not in unsold.partition("</ul>")[0]
    assert "Third-party fulfilment services need a TikTok warehouse of their own" in unsold


def test_each_failed_check_has_its_fix_and_what_is_passed_has_none(client: PageClient, shop: Shop) -> None:
    page = words(client, "wizard/warehouses")
    for check, (label, fix) in shops.PREREQUISITES.items():
        assert label in page
        assert (fix in page) is (check in ("SHOP_STATUS", "RETURN_WAREHOUSE", "SHIPPING_TEMPLATE")), check


def test_the_lock_is_explained_before_and_after(app: Flask, store: Store, client: PageClient, shop: Shop) -> None:
    assert "locks this mapping" in words(client, "wizard/warehouses")
    with inside(app, store):
        db.session.get_one(Shop, shop.id).mapping_locked_at = clock.now()
        sales = db.session.query(Warehouse).filter_by(type=warehouses.SALES).one()
        place = db.session.query(Location).filter_by(label="East hub").one()
        db.session.add(WarehouseMap(warehouse_id=sales.id, location_id=place.id))
    page = words(client, "settings/warehouses")
    assert "Change the mapping" in page and "Confirm & Activate" not in page
    assert page.count('name="warehouse-') == 1  # only what is not mapped yet can be ticked


def test_each_setting_says_what_it_does_and_when_it_starts_to_act(client: PageClient) -> None:
    page = words(client, "settings/configuration")
    shown = [name for name in MEANING if f'name="{name}"' in page]
    assert {"auto_import", "auto_update", "auto_publish", "auto_delete", "threshold"} <= set(shown)
    assert {name for name in MEANING if name.startswith("sync_")} <= set(shown)
    shared = MEANING["auto_update"][2]  # said once at the head of a section, not beside each of its switches
    for name in shown:
        label, does, when = MEANING[name]
        told = [part for part in (shared, when.replace(shared, "").strip()) if part] if shared in when else [when]
        assert label in page and does in page and all(part in page for part in told)
    assert "while 5 or more are left they are offered; at 4 the product counts as out of stock" in page


def test_the_guide_knows_other_tools_words_for_the_tabs(client: PageClient) -> None:
    page = words(client, "guide/listings")
    for tab, others in ELSEWHERE.items():
        assert f"<dt>{WORDS[tab]}</dt><dd>{', '.join(others)}</dd>" in page
    assert "over within minutes" in page and "look like spam" in page
