"""The page “In step”: switches, removals that a person decides, both sides compared."""

from flask import Flask
from sqlalchemy import select

from models import Activity, CatalogRemoval, Listing, ListingSync, Shop, Store, db
from services import clock, settings
from services.actor import system
from services.catalog_sync import noting
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.listing_rows import add_listing, add_shop


def put_on_sale(app: Flask, store: Store, count: int = 1) -> int:
    with inside(app, store):
        shop = add_shop()
        for number in range(1, count + 1):
            listing = add_listing(shop, number)
            listing.tiktok_id, listing.platform_status = f"17{number}", "ACTIVATE"
        return shop.id


def test_each_switch_says_what_it_does_and_when_it_last_acted(app: Flask, store: Store, client: PageClient) -> None:
    put_on_sale(app, store)
    page = client.get("/s/abc123/sync/").text
    assert page.count("not yet") == 5 and "Nothing reaches TikTok Shop" not in page
    with inside(app, store):
        noting.acted("auto_update", 3)
        row = db.session.get_one(Store, store.id)
        settings.save(system(store.id), row, {"auto_update": False})
    page = client.get("/s/abc123/sync/").text
    assert page.count("not yet") == 4 and "3 products" in page and "nothing reaches TikTok Shop" in page


def test_a_person_decides_about_what_the_brake_held(app: Flask, store: Store, client: PageClient) -> None:
    shop_id = put_on_sale(app, store, 2)
    with inside(app, store):
        for listing in db.session.scalars(select(Listing)):
            db.session.add(CatalogRemoval(
                shop_id=shop_id, listing_id=listing.id, cause="deleted", action="delete", state="held",
                found_at=clock.now(),
            ))  # fmt: skip
    assert "The delete brake stopped 2 removals" in client.get("/s/abc123/sync/").text
    answer = client.post("/s/abc123/sync/decide", data={"shop_id": shop_id, "what": "deactivate"})
    assert answer.status_code == 303
    with inside(app, store):
        assert [row.kind for row in db.session.scalars(select(Activity))] == ["deactivate"]
        assert {row.state for row in db.session.scalars(select(CatalogRemoval))} == {"started"}


def test_what_could_not_be_sent_is_tried_again(app: Flask, store: Store, client: PageClient) -> None:
    shop_id = put_on_sale(app, store)
    with inside(app, store):
        listing = db.session.scalars(select(Listing)).one()
        [row] = noting.keep_rows({listing.id: shop_id}, clock.now())
        row.fields, row.note = ["title"], "Something is missing."
    assert "Something is missing." in client.get("/s/abc123/sync/").text
    assert client.post("/s/abc123/sync/send").status_code == 303
    with inside(app, store):
        assert [row.kind for row in db.session.scalars(select(Activity))] == [noting.KIND]
        assert db.session.scalars(select(ListingSync)).one().due_at is None


def test_both_sides_are_compared_from_the_page(app: Flask, store: Store, client: PageClient) -> None:
    shop_id = put_on_sale(app, store)
    assert client.post("/s/abc123/sync/compare", data={"shop_id": shop_id}).status_code == 303
    with inside(app, store):
        assert [row.kind for row in db.session.scalars(select(Activity))] == ["reconcile"]
        assert db.session.scalars(select(Shop.id)).one() == shop_id
