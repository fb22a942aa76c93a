"""Connecting TikTok Shop: the signed state, TikTok's answers, and everything that can be wrong with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import time_machine

from models import Authorization, Category, Location, Notice, PendingGrant, Shop, Warehouse, db
from models.tenancy import across_stores, tenant
from services.secrets import unseal
from tests.blueprints.merchant import ATLAS, COPPER, CREATOR, HARBOR, JUNIPER, Merchant, merchant

__all__ = ["merchant"]


def rows(merchant: Merchant, model: Any) -> list[Any]:
    """As stored now, detached, so that a test may read them outside the store."""
    store_id = merchant.store.id
    db.session.rollback()
    with tenant(store_id):
        found = list(db.session.query(model).order_by(model.id).all())
        db.session.expunge_all()
        return found


def test_a_consent_brings_the_shop_and_all_that_the_wizard_needs(merchant: Merchant) -> None:
    answer = merchant.connect()
    assert answer.status_code == 200 and "close this window" in answer.text
    [grant], [shop] = rows(merchant, Authorization), rows(merchant, Shop)
    assert (grant.state, grant.seller_name, grant.connected_by) == (
        "active",
        "Harbor & Pine",
        "maya@harbor-and-pine.example",
    )
    assert grant.access_token != unseal(grant.access_token) and unseal(grant.access_token).startswith("TTP_")
    assert (shop.market, shop.currency, shop.kind, shop.is_active) == ("US", "USD", "local", True)
    assert shop.prerequisites and shop.tree_read_at is not None
    assert len(rows(merchant, Category)) > 60
    assert {row.type for row in rows(merchant, Warehouse)} == {"SALES_WAREHOUSE", "RETURN_WAREHOUSE"}
    assert len(rows(merchant, Location)) == 3
    assert not [row for row in rows(merchant, Notice) if row.key.startswith("shop-faults")]


def test_the_waiting_page_moves_on_when_the_shop_arrived(merchant: Merchant) -> None:
    link = merchant.link()
    waiting = next(url for name, _, url in merchant.client.last.addresses if name == "hx-get" and "/waiting" in url)
    assert "HX-Redirect" not in merchant.client.get(waiting, htmx=True).headers
    merchant.client.get(merchant.consent(link))
    merchant.client.get(merchant.at("wizard/warehouses"))
    assert merchant.client.get(waiting, htmx=True).headers["HX-Redirect"] == merchant.at("wizard/warehouses")


def test_denied_consent_connects_nothing(merchant: Merchant) -> None:
    answer = merchant.client.get(merchant.consent(merchant.link(), decision="discard"))
    assert answer.status_code == 200 and rows(merchant, Shop) == []


def test_a_state_works_once(merchant: Merchant) -> None:
    link = merchant.link()
    first, second = merchant.consent(link), merchant.consent(link)
    assert merchant.client.get(first).status_code == 200
    assert merchant.client.get(second).status_code == 409
    assert merchant.client.get(first).status_code == 409


def test_a_state_lives_a_quarter_of_an_hour(merchant: Merchant) -> None:
    address = merchant.consent(merchant.link())
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert merchant.client.get(address).status_code == 409
    assert rows(merchant, Shop) == []


def test_a_forged_state_is_refused(merchant: Merchant) -> None:
    address = merchant.consent(merchant.link())
    assert merchant.client.get(address.replace("state=", "state=x")).status_code == 409
    assert rows(merchant, Shop) == []


def test_a_used_code_is_told_inside_the_app_too(merchant: Merchant) -> None:
    link = merchant.link()
    waiting = next(url for name, _, url in merchant.client.last.addresses if name == "hx-get" and "/waiting" in url)
    address = merchant.consent(link)
    wrong = address.replace("code=", "code=gone")
    assert merchant.client.get(wrong).status_code == 409
    [notice] = [row for row in rows(merchant, Notice) if row.key == "connect-failed"]
    assert notice.resolved_at is None
    merchant.client.get(merchant.at("wizard/connect"))
    assert notice.text[:40] in merchant.client.get(waiting, htmx=True).text
    merchant.connect()
    assert rows(merchant, Notice)[0].resolved_at is not None


def test_an_account_without_a_shop_is_refused(merchant: Merchant) -> None:
    assert merchant.connect(CREATOR).status_code == 409
    assert rows(merchant, Authorization) == []


def test_a_global_seller_brings_all_shops_under_one_grant(merchant: Merchant) -> None:
    merchant.connect(ATLAS)
    found = rows(merchant, Shop)
    assert {shop.market for shop in found} == {"GB", "DE", "FR", "ES", "IT"}
    assert {shop.kind for shop in found} == {"global_seller"} and len(rows(merchant, Authorization)) == 1


def test_a_shop_is_active_in_one_store_only(merchant: Merchant) -> None:
    merchant.connect()
    other = Merchant(merchant.app, merchant.sandbox, "p7c2m4v8dn", 8460)
    answer = other.connect()
    assert answer.status_code == 409
    assert rows(other, Shop) == []
    assert [row.key for row in rows(other, Notice)] == ["shop-taken:7495540735365777501"]
    assert [grant.state for grant in rows(other, Authorization)] == ["disconnected"]
    assert rows(other, Authorization)[0].access_token == ""


def test_reconnect_with_another_account_changes_nothing(merchant: Merchant) -> None:
    merchant.connect()
    [grant] = rows(merchant, Authorization)
    merchant.client.get(merchant.at("settings/authorization"))
    merchant.client.post(merchant.at("tiktok/connect"), data={"purpose": "reconnect", "authorization": grant.id})
    answer = merchant.client.get(merchant.consent(merchant.link_shown(), JUNIPER))
    assert answer.status_code == 409 and len(rows(merchant, Shop)) == 1


def test_reconnect_heals_and_switching_replaces(merchant: Merchant) -> None:
    merchant.connect()
    [grant] = rows(merchant, Authorization)
    with tenant(merchant.store.id):
        db.session.merge(grant).state = "needs_reauthorisation"
        db.session.commit()
    assert merchant.client.get(merchant.at("settings/authorization")).status_code == 200
    merchant.client.post(merchant.at("tiktok/connect"), data={"purpose": "reconnect", "authorization": grant.id})
    assert merchant.client.get(merchant.consent(merchant.link_shown(), HARBOR)).status_code == 200
    assert [row.state for row in rows(merchant, Authorization)] == ["active"]
    merchant.client.get(merchant.at("settings/authorization"))
    merchant.client.post(merchant.at("tiktok/connect"), data={"purpose": "switch", "authorization": grant.id})
    assert merchant.client.get(merchant.consent(merchant.link_shown(), COPPER)).status_code == 200
    assert [(shop.name, shop.is_active) for shop in rows(merchant, Shop)] == [
        ("Harbor & Pine", False),
        ("Copper Lane", True),
    ]
    assert [row.state for row in rows(merchant, Authorization)] == ["disconnected", "active"]


def test_another_stores_authorization_cannot_be_named(merchant: Merchant) -> None:
    merchant.connect()
    [grant] = rows(merchant, Authorization)
    other = Merchant(merchant.app, merchant.sandbox, "p7c2m4v8dn", 8460)
    other.client.get(other.at("wizard/connect"))
    data = {"purpose": "reconnect", "authorization": grant.id}
    assert other.client.post(other.at("tiktok/connect"), data=data).status_code == 404


def test_a_grant_from_seller_center_waits_for_its_code(merchant: Merchant) -> None:
    link = f"{merchant.sandbox.url}/open/authorize?service_id=7000000000000000009"
    answer = merchant.client.get(merchant.consent(link))
    assert answer.status_code == 200
    [pending] = db.session.query(PendingGrant).all()
    assert pending.code in answer.text and "TTP_" not in pending.grant
    code = pending.code.lower()
    merchant.client.get(merchant.at("wizard/connect"))
    assert merchant.client.post(merchant.at("tiktok/code"), data={"code": "ZZZZZZZZ"}).status_code == 409
    assert (
        merchant.client.post(merchant.at("tiktok/code"), data={"code": f" {code[:4]}-{code[4:]} "}).status_code == 303
    )
    assert [shop.name for shop in rows(merchant, Shop)] == ["Harbor & Pine"]
    assert merchant.client.post(merchant.at("tiktok/code"), data={"code": code}).status_code == 409


def test_tokens_never_reach_a_page(merchant: Merchant) -> None:
    merchant.connect()
    with across_stores("test"):
        grant = db.session.query(Authorization).one()
        secret = unseal(grant.access_token)
    for path in ("settings/authorization", "wizard/connect", "wizard/warehouses"):
        assert secret not in merchant.client.get(merchant.at(path)).text


def test_the_consent_page_of_the_sandbox_refuses_a_frame(merchant: Merchant) -> None:
    link = merchant.link().replace("tiktok.localhost", "127.0.0.1")
    assert requests.get(link, timeout=10).headers["X-Frame-Options"] == "DENY"
