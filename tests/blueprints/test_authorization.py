"""The Store Authorization page: nicknames and sites, sub-stores, states, counts, tests of the connection."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.scopes import PERMISSIONS
from models import Account, AuditEntry, Authorization, Person, Role, RoleGrant, Shop, ShopState, Store, db
from tests.blueprints.conftest import SignIn, inside, make_shop
from tests.blueprints.merchant import ATLAS, HARBOR, Merchant, merchant
from tests.blueprints.test_tiktok import rows
from tests.pages import PageClient

__all__ = ["merchant"]
PAGE = "settings/authorization"


def connect(merchant: Merchant, seller: str, **form: Any) -> Any:
    """Through the form with nickname and sites."""
    merchant.client.get(merchant.at("settings/authorization/add"))
    merchant.client.post(merchant.at("tiktok/connect"), data={"wished": "1", "purpose": "connect", **form})
    return merchant.client.get(merchant.consent(merchant.link_shown(), seller))


def names(merchant: Merchant) -> list[str]:
    return [shop.name for shop in rows(merchant, Shop) if shop.is_active]


def platform(merchant: Merchant) -> Any:
    return merchant.sandbox.app.extensions["tiktok"]


def test_no_site_ticked_means_all_and_sub_stores_are_numbered(merchant: Merchant) -> None:
    assert connect(merchant, ATLAS, nickname="AA").status_code == 200
    assert names(merchant) == ["AA01", "AA02", "AA03", "AA04", "AA05"]
    assert {row.called for row in rows(merchant, ShopState)} >= {"Atlas Global Germany"}
    page = merchant.client.get(merchant.at(PAGE)).text
    assert "Global seller with 5 sub-stores" in page and "<b>5</b> shops connected" in page
    assert "At TikTok" in page  # five under one tax id


def test_only_ticked_sites_are_authorised_and_more_come_later(merchant: Merchant) -> None:
    assert connect(merchant, ATLAS, nickname="AA", site=["DE", "FR"]).status_code == 200
    assert {shop.market for shop in rows(merchant, Shop)} == {"DE", "FR"} and names(merchant) == ["AA01", "AA02"]
    assert connect(merchant, ATLAS, site=["GB"]).status_code == 200
    assert {shop.market: shop.name for shop in rows(merchant, Shop)}["GB"] == "AA03"


def test_sites_without_a_shop_connect_nothing(merchant: Merchant) -> None:
    answer = connect(merchant, HARBOR, site=["DE"])
    assert answer.status_code == 409 and rows(merchant, Shop) == []


def test_a_sub_store_is_renamed_and_the_account_only_by_authorising_again(merchant: Merchant) -> None:
    connect(merchant, ATLAS, nickname="AA", site=["DE", "FR"])
    first = rows(merchant, Shop)[0]
    merchant.client.get(merchant.at(PAGE))
    assert merchant.client.post(merchant.at(f"{PAGE}/{first.id}/name"), data={"nickname": "Berlin"}).status_code == 303
    assert names(merchant) == ["Berlin", "AA02"]
    [grant] = rows(merchant, Authorization)
    merchant.client.get(merchant.at(f"{PAGE}/account/{grant.id}"))
    form = {"wished": "1", "purpose": "reconnect", "authorization": grant.id, "nickname": "BB"}
    merchant.client.post(merchant.at("tiktok/connect"), data=form)
    assert merchant.client.get(merchant.consent(merchant.link_shown(), ATLAS)).status_code == 200
    assert names(merchant)[:2] == ["Berlin", "BB02"] and rows(merchant, Account)[0].nickname == "BB"
    merchant.client.get(merchant.at(PAGE))
    merchant.client.post(merchant.at(f"{PAGE}/{first.id}/name"), data={"nickname": ""})
    assert names(merchant)[0] == "BB01"


def test_a_plain_reconnect_keeps_nickname_and_sites(merchant: Merchant) -> None:
    connect(merchant, ATLAS, nickname="AA", site=["DE"])
    [grant] = rows(merchant, Authorization)
    merchant.client.get(merchant.at(PAGE))
    merchant.client.post(merchant.at("tiktok/connect"), data={"purpose": "reconnect", "authorization": grant.id})
    assert merchant.client.get(merchant.consent(merchant.link_shown(), ATLAS)).status_code == 200
    assert names(merchant) == ["AA01"] and rows(merchant, Account)[0].sites == ["DE"]


@pytest.mark.parametrize(
    ("change", "word"),
    [({}, "Normal"), ({"status": "INACTIVE"}, "Closed by TikTok")],
    ids=["normal", "closed"],
)
def test_a_test_says_how_the_shop_is(merchant: Merchant, change: dict[str, str], word: str) -> None:
    merchant.connect()
    [shop] = rows(merchant, Shop)
    assert "Not asked yet" in merchant.client.get(merchant.at(PAGE)).text
    with merchant.sandbox.app.app_context():
        platform(merchant).change_shop(shop.tiktok_id, **change)
    assert merchant.client.post(merchant.at(f"{PAGE}/{shop.id}/test")).status_code == 303
    assert word in merchant.client.get(merchant.at(PAGE)).text
    assert (rows(merchant, ShopState)[0].answered_at is not None) is (word == "Normal")


def test_refresh_finds_what_was_withdrawn(merchant: Merchant) -> None:
    merchant.connect()
    with merchant.sandbox.app.app_context():
        platform(merchant).authorizations.deauthorize(HARBOR)
    merchant.client.get(merchant.at(PAGE))
    assert merchant.client.post(merchant.at(f"{PAGE}/refresh")).status_code == 303
    assert "Needs reauthorisation" in merchant.client.get(merchant.at(PAGE)).text


def test_missing_permissions_are_named_with_what_does_not_work(client: PageClient, app: Flask, store: Store) -> None:
    shop = make_shop(app, store)
    with inside(app, store):
        granted = [one.key for one in PERMISSIONS if one.key != "seller.product.write"]
        db.session.get_one(Authorization, shop.authorization_id).scopes = granted
    page = client.get(client.at(PAGE)).text
    assert "1 permission is missing" in page and "no stock or price is pushed" in page
    assert f"{len(PERMISSIONS) - 1} of {len(PERMISSIONS)} granted" in page


def test_shops_of_one_company_are_counted_together(client: PageClient, app: Flask, store: Store) -> None:
    shops = [make_shop(app, store, f"749000000000000000{number}", f"Shop {number}") for number in range(5)]
    client.get(client.at(PAGE))
    for shop in shops:
        address = client.at(f"{PAGE}/account/{shop.authorization_id}/company")
        assert client.post(address, data={"company": "Harbor LLC"}).status_code == 303
    page = client.get(client.at(PAGE)).text
    assert "<b>5 of 5</b> under Harbor LLC" in page and "At TikTok" in page


def test_a_semi_consignment_store_is_declared_where_there_are_some(
    client: PageClient, app: Flask, store: Store
) -> None:
    local = make_shop(app, store, market="US")
    semi = make_shop(app, store, "7490000000000000002", "Melati Semi", "ID")
    client.get(client.at(PAGE))
    assert client.post(client.at(f"{PAGE}/{local.id}/semi-consignment")).status_code == 422
    assert client.post(client.at(f"{PAGE}/{semi.id}/semi-consignment")).status_code == 303
    assert "Semi-consignment store" in client.get(client.at(PAGE)).text
    with inside(app, store):
        assert db.session.get_one(Shop, semi.id).kind == "semi_consignment"
        assert db.session.scalars(select(AuditEntry.action)).all() == ["shop.semi_consignment"]


def test_a_grant_from_seller_center_is_told_apart(merchant: Merchant) -> None:
    code = platform(merchant).authorizations.issue_code(HARBOR)
    page = merchant.client.get(f"/tiktok/callback?code={code}").text
    typed = page.split('class="short-code">')[1].split("<")[0]
    merchant.client.get(merchant.at(PAGE))
    assert merchant.client.post(merchant.at("tiktok/code"), data={"code": typed}).status_code == 303
    assert "started in TikTok" in merchant.client.get(merchant.at(PAGE)).text
    assert rows(merchant, Account)[0].begun_in == "seller_center"


def test_pages_know_nothing_of_another_store(client: PageClient, app: Flask, other_store: Store) -> None:
    with inside(app, other_store):
        shop = db.session.query(Shop).one()
        shop_id, grant_id = shop.id, shop.authorization_id
    assert "Other" not in client.get(client.at(PAGE)).text
    for path in (f"{shop_id}/name", f"{shop_id}/test", f"{shop_id}/semi-consignment", f"account/{grant_id}/company"):
        assert client.post(client.at(f"{PAGE}/{path}")).status_code == 404, path
    assert client.get(client.at(f"{PAGE}/account/{grant_id}")).status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        "unbind the ones you want to move in Seller Center",
        "Two apps that push stock overwrite each other",
        "or use a shop without products",
        "TikTok allows five shops under one tax id",
        "Ask your TikTok account manager",
        "partners can ask TikTok for a faster review",
        "no separate computer, browser or address is needed",
        "App &amp; Service Store → Causeway → Install",
    ],
    ids=[
        "one site, two accounts",
        "one integration",
        "no products",
        "five shops",
        "semi-consignment",
        "faster review",
        "no isolation",
        "from Seller Center",
    ],
)
def test_advice_before_a_shop_is_added(client: PageClient, words: str) -> None:
    assert words in client.get(client.at("settings/authorization/add")).text


def test_a_disabled_control_says_why(client: PageClient, app: Flask, store: Store, sign_in: SignIn) -> None:
    make_shop(app, store)
    with inside(app, store):
        person = Person(bigcommerce_id=8, email="reader@example.com", is_owner=False, seen_at=datetime.now(UTC))
        role = Role(name="Reader", grants={"cells": ["authorization:see"]}, changed_at=datetime.now(UTC))
        db.session.add_all([person, role])
        db.session.flush()
        db.session.add(RoleGrant(person_id=person.id, role_id=role.id, granted_at=datetime.now(UTC)))
        person_id = person.id
    with inside(app, store):
        person = db.session.get_one(Person, person_id)
        db.session.expunge(person)
    page = sign_in(store, person)
    shown = page.get(page.at(PAGE)).text
    assert shown.count('class="why-not"') == 5 and "Your role “Reader” does not let you" in shown
    assert client.get(client.at(PAGE)).text.count('class="why-not"') == 0
