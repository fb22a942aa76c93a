"""Global sellers: the publishing model of each shop as TikTok tells it, what the older one shuts, and the view of the
global store (S4-11, S4-26..30, C-24)."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from jobs import global_stores
from jobs.drain import Drain
from models import (
    Activity,
    AuditEntry,
    GlobalProduct,
    Listing,
    Person,
    Product,
    Role,
    RoleGrant,
    Shop,
    ShopPublishing,
    Store,
    db,
)
from models.tenancy import tenant
from services import clock
from services.global_stores import publishing_model
from tests.blueprints.conftest import SignIn, inside, make_shop
from tests.blueprints.merchant import ATLAS, Merchant, merchant
from tests.blueprints.test_authorization import connect
from tests.blueprints.test_tiktok import rows
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop

__all__ = ["merchant"]
PAGE = "settings/authorization"


def drained(merchant: Merchant) -> Activity:
    """The newest activity after a worker went through it."""
    with tenant(merchant.store.id):
        activity = db.session.scalars(select(Activity).order_by(Activity.id.desc()).limit(1)).one()
        number, shop_id = activity.id, activity.shop_id
        Drain(merchant.app, "bulk", merchant.store.id, shop_id).run()
        db.session.expire_all()
        return db.session.get_one(Activity, number)


def test_each_shop_says_its_model_and_the_older_one_takes_no_products_of_its_own(merchant: Merchant) -> None:
    connect(merchant, ATLAS, nickname="AA", site=["DE", "FR"])
    page = merchant.client.get(merchant.at(PAGE)).text
    assert page.count("Publishing model</dt>") == 2 and "Global to local" in page and "Local to local" in page
    france = next(shop for shop in rows(merchant, Shop) if shop.market == "FR")
    with tenant(merchant.store.id):
        product = Product(bigcommerce_id=5, title="Mug", imported_at=clock.now())
        db.session.add(product)
        db.session.commit()
        number = product.id
    shown = merchant.client.get(merchant.at(f"products/stage?id={number}")).text
    assert "has not moved this shop to local publishing" in shown
    answer = merchant.client.post(merchant.at("products/stage"), data={"id": number, "target": france.id})
    assert answer.status_code == 403
    chosen = {"model": "local_to_local"}
    assert merchant.client.post(merchant.at(f"{PAGE}/{france.id}/publishing-model"), data=chosen).status_code == 303
    assert "TikTok tells otherwise" in merchant.client.get(merchant.at(PAGE)).text
    answer = merchant.client.post(merchant.at("products/stage"), data={"id": number, "target": france.id})
    assert answer.status_code == 303
    assert "Local to local" in rows(merchant, AuditEntry)[-2].text


def test_a_refusal_says_it_and_an_upgrade_is_noticed(merchant: Merchant) -> None:
    connect(merchant, ATLAS, site=["DE"])
    with tenant(merchant.store.id):
        shop = db.session.scalars(select(Shop)).one()
        assert not publishing_model.refused(shop, ["12052571"]) and publishing_model.refused(shop, ["12052701"])
        assert publishing_model.standings([shop])[shop.id].word == "Global to local"
        db.session.scalars(select(ShopPublishing)).one().told_at = clock.now() - publishing_model.LOOK * 2
        assert [one.id for one in publishing_model.overdue()] == [shop.id]
        db.session.commit()
    assert global_stores.sweep() == 1 and global_stores.sweep() == 0
    assert "has moved" in merchant.client.get(merchant.at("notices/")).text
    with tenant(merchant.store.id):
        assert publishing_model.overdue() == []


def test_the_global_store_is_read_and_shown_and_offers_nothing_that_changes_it(merchant: Merchant) -> None:
    assert "No global seller is connected" in merchant.client.get(merchant.at("global-store/")).text
    connect(merchant, ATLAS, site=["DE", "FR"])
    assert "Not read yet" in merchant.client.get(merchant.at("global-store/")).text
    assert merchant.client.post(merchant.at("global-store/refresh")).status_code == 303
    done = drained(merchant)
    assert done.state == "finished" and done.notes["read"] == 48 == len(rows(merchant, GlobalProduct))
    page = merchant.client.get(merchant.at("global-store/?status=PUBLISHED")).text
    assert "Stoneware mug" in page and "View only" in page
    assert page.count('method="post"') == 1  # the refresh
    out = merchant.client.get(merchant.at("global-store/?status=PUBLISHED&market=DE&there=out&q=mug walnut")).text
    both = merchant.client.get(merchant.at("global-store/?market=DE&q=stoneware mug")).text
    assert "Stoneware mug" not in out and "Stoneware mug" in both
    following = merchant.client.get(merchant.at("global-store/?q=collection")).text
    assert following.count("of the Atlas house collection</a>") == 48


def test_a_role_without_the_global_store_page_is_told_so_and_only_the_owner_chooses(
    app: Flask, store: Store, sign_in: SignIn
) -> None:
    shop = make_shop(app, store, kind="global_seller", seller_type="CROSS_BORDER")
    with inside(app, store):
        person = Person(bigcommerce_id=8, email="reader@example.com", is_owner=False, seen_at=datetime.now(UTC))
        cells = ["authorization:see", "authorization:send", "listings:see"]
        role = Role(name="Reader", grants={"cells": cells}, changed_at=datetime.now(UTC))
        db.session.add_all([person, role])
        db.session.flush()
        db.session.add(RoleGrant(person_id=person.id, role_id=role.id, granted_at=datetime.now(UTC)))
        number = person.id
    with inside(app, store):
        person = db.session.get_one(Person, number)
        db.session.expunge(person)
    page = sign_in(store, person)
    assert page.get(page.at("global-store/")).status_code == 403
    shown = page.get(page.at(PAGE)).text
    assert "does not let you see TikTok global store page" in shown and "Only the store's owner" in shown
    answer = page.post(page.at(f"{PAGE}/{shop.id}/publishing-model"), data={"model": "local_to_local"})
    assert answer.status_code == 403


def test_copying_is_looked_at_then_done_and_a_menu_leads_there(app: Flask, store: Store, client: PageClient) -> None:
    with inside(app, store):
        here, there = add_shop(), add_shop("Berlin", "7490000000000000002")
        listing = add_listing(here, 1)
        numbers = (here.id, there.id, listing.id)
    source, target, listing_id = numbers
    assert "Copy to another shop" in client.get(client.at("listings/?tab=all")).text
    assert "Copy to another shop" in client.get(client.at(f"listings/{listing_id}")).text
    look = client.get(client.at(f"listings/copy?id={listing_id}&tab=all&shop={source}&target={target}")).text
    assert "<b>1</b> listing will be staged there" in look and "in this market too" in look
    form = {"id": listing_id, "tab": "all", "shop": source}
    assert client.post(client.at("listings/copy"), data={**form, "target": 0}).status_code == 422
    assert client.post(client.at("listings/copy"), data={**form, "target": target}).status_code == 303
    with inside(app, store):
        number = db.session.scalars(select(Activity.id).where(Activity.kind == "copy_listings")).one()
        Drain(app, "bulk", store.id, target).run()
        db.session.expire_all()
        assert db.session.get_one(Activity, number).message == "1 listing staged."
        made = db.session.scalars(select(Listing).where(Listing.shop_id == target)).one()
        assert made.product_id == db.session.get_one(Listing, listing_id).product_id and made.is_ready
    again = client.get(client.at(f"listings/copy?id={listing_id}&tab=all&shop={source}&target={target}")).text
    assert "the product is listed there already" in again
    assert "Take out" in client.get(client.at(f"listings/undo/{number}")).text
