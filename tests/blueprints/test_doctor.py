"""The doctor over real HTTP: each broken precondition, made in the sandbox, gives its own finding."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models import Authorization, DoctorReport, Shop, Store, db
from models.tenancy import tenant
from tests.blueprints.merchant import Merchant, merchant
from tests.blueprints.test_tiktok import rows
from tests.blueprints.test_wizard import confirm

__all__ = ["merchant"]
HARBOR, SHOP = "7494000000000000101", "7495540735365777501"


def platform(merchant: Merchant) -> Any:
    return merchant.sandbox.app.extensions["tiktok"]


def wrong(merchant: Merchant) -> set[str]:
    """Codes of what is not in order, as the page says."""
    merchant.client.get(merchant.at("doctor/"))
    assert merchant.client.post(merchant.at("doctor/")).status_code == 303
    page = merchant.client.get(merchant.at("doctor/")).text
    found = re.findall(r'data-code="(\w+)">\s*<div><span class="state state-(\w+)"', page)
    assert found
    return {code for code, tone in found if tone != "success"}


def settled(merchant: Merchant) -> None:
    merchant.connect()
    confirm(merchant)
    with tenant(merchant.store.id):
        for shop in db.session.query(Shop):
            shop.prerequisites = []
        db.session.commit()


def turn_off(merchant: Merchant, status: str, every: bool = True) -> None:
    """All warehouses that sell, or the default one alone."""
    for place in platform(merchant).warehouses[SHOP].values():
        if (
            place["type"] == "SALES_WAREHOUSE"
            and place["effect_status"] == "ENABLED"
            and (every or place["is_default"])
        ):
            place["effect_status"] = status


def lose_scope(merchant: Merchant) -> None:
    with merchant.app.app_context():
        store = db.session.scalars(select(Store)).one()
        store.scopes = "default store_v2_products store_inventory store_locations store_v2_information"
        db.session.commit()


BROKEN: dict[str, tuple[Callable[[Merchant], object], set[str]]] = {
    "nothing": (lambda merchant: None, {"bigcommerce_webhooks", "redirect"}),
    "closed": (lambda merchant: platform(merchant).change_shop(SHOP, status="INACTIVE"), {"shop_state"}),
    "withdrawn": (lambda merchant: platform(merchant).authorizations.deauthorize(HARBOR), {"token"}),
    "scope": (
        lambda merchant: platform(merchant).authorizations.set_scopes(HARBOR, ["seller.product.basic"]),
        {"scope"},
    ),
    "warehouse": (lambda merchant: turn_off(merchant, "DISABLED"), {"no_warehouse"}),
    "one of two": (lambda merchant: turn_off(merchant, "DISABLED", every=False), {"warehouse_status"}),
    "holiday": (lambda merchant: turn_off(merchant, "RESTRICTED", every=False), {"warehouse_restricted"}),
    "check": (lambda merchant: platform(merchant).change_shop(SHOP, failing=["SHOP_TAX"]), {"shop_check"}),
    "BigCommerce scope": (lambda merchant: lose_scope(merchant), {"bigcommerce_scopes"}),
    "webhooks": (lambda merchant: platform(merchant).webhooks.addresses.clear(), {"webhooks"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_precondition_has_its_own_finding(merchant: Merchant, name: str) -> None:
    settled(merchant)
    spoil, codes = BROKEN[name]
    with merchant.sandbox.app.app_context():
        spoil(merchant)
    always = BROKEN["nothing"][1]  # a test client comes from another origin, and no clock registered hooks
    assert wrong(merchant) - always == codes - always


def test_the_page_says_what_this_server_runs(merchant: Merchant) -> None:
    page = merchant.client.get(merchant.at("doctor/")).text
    assert "202309" in page and "on this server since" in page


def test_webhooks_are_registered_again_by_a_press(merchant: Merchant) -> None:
    settled(merchant)
    [shop] = rows(merchant, Shop)
    with merchant.sandbox.app.app_context():
        platform(merchant).webhooks.addresses.clear()
    assert "webhooks" in wrong(merchant)
    assert merchant.client.post(merchant.at(f"doctor/{shop.id}/webhooks")).status_code == 303
    assert "webhooks" not in wrong(merchant)


def test_a_withdrawn_permission_is_known_to_the_whole_app_afterwards(merchant: Merchant) -> None:
    settled(merchant)
    with merchant.sandbox.app.app_context():
        platform(merchant).authorizations.deauthorize(HARBOR)
    wrong(merchant)
    assert rows(merchant, Authorization)[0].state == "needs_reauthorisation"
    assert len(rows(merchant, DoctorReport)) == 1
