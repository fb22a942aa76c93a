"""The pages of adoption: what is certain, proposed, unknown; one match field by field; what others changed."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.adoption import decisions
from models import Activity, FoundProduct, Listing, OutsideChange, Product, Shop, Store, db
from services import activities, clock
from services.adoption import found, matching
from tests.blueprints.conftest import inside
from tests.pages import PageClient
from tests.services.adoption.conftest import theirs
from tests.services.listing_rows import add_listing, add_product, add_shop


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    bells: list[tuple[Any, ...]] = []
    monkeypatch.setattr(decisions, "ring_job", lambda *args: bells.append(args))
    return bells


@pytest.fixture
def store(app: Flask, store: Store) -> Store:
    """9001 matches product 1 for certain, 9002 resembles product 2, 9003 is unknown; listing 4 was changed outside."""
    with inside(app, store):
        shop = add_shop()
        add_product(1), add_product(2, title="Glazed stoneware teapot with lid")
        rows = found.keep_all(shop, [
            theirs("9001", ["MUG-1-0"], "Mug as TikTok has it"),
            theirs("9002", ["T-1"], "Stoneware teapot glazed with lid"),
            theirs("9003", [("P-1", "", "Red / S"), ("P-2", "", "Blue / M")], "Phone stand"),
        ])  # fmt: skip
        matching.match(shop, rows)
        listing = add_listing(shop, 4)
        listing.tiktok_id, listing.platform_status = "9004", "ACTIVATE"
        for field, value in (("title", "Somebody's title"), ("images", None)):
            db.session.add(
                OutsideChange(shop_id=shop.id, listing_id=listing.id, field=field, kind="content", label=field.title(),
                              ours=f"Our {field}", theirs=f"Their {field}", value={"value": value},
                              noticed_at=clock.now(), changed_at=clock.now())
            )  # fmt: skip
    return store


def number(app: Flask, store: Store, tiktok_id: str) -> int:
    with inside(app, store):
        query = select(FoundProduct.id).where(FoundProduct.tiktok_id == tiktok_id)
        return db.session.scalars(query).one()


def started(app: Flask, store: Store, kind: str) -> list[dict[str, Any]]:
    """The arguments of the items of this kind's activities."""
    with inside(app, store):
        every = db.session.scalars(select(Activity).where(Activity.kind == kind)).all()
        return [item.args for one in every for item in activities.items(one)]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("certain", ("Mug as TikTok has it", "MUG-1-0", "The SKU is the same.", "Adopt the ticked ones")),
        ("proposed", ("Stoneware teapot glazed with lid", "Glazed stoneware teapot with lid", "of 100", "Leave it")),
        ("none", ("Phone stand", "P-1, P-2", "Add the ticked ones as products")),
    ],
)
def test_each_view_shows_its_own(client: PageClient, view: str, shown: tuple[str, ...], other_store: Store) -> None:
    text = client.get(client.at(f"listings/adoption/?view={view}")).text
    for words in shown:
        assert words in text
    assert "Changed by others" in text


def test_the_ticked_ones_are_adopted_by_an_activity(app: Flask, client: PageClient, store: Store) -> None:
    one = number(app, store, "9001")
    answer = client.post(client.at("listings/adoption/adopt"), data={"id": [one], "take": ["title", "price"]})
    assert answer.status_code == 303 and "/activities/" in answer.headers["Location"]
    assert started(app, store, "adopt_listings") == [{"found": one, "take": ["price", "title"]}]


@pytest.mark.parametrize(("where", "kind"), [("adopt", "adopt_listings"), ("create", "adopt_products")])
def test_all_of_a_kind(app: Flask, client: PageClient, store: Store, where: str, kind: str) -> None:
    assert client.post(client.at(f"listings/adoption/{where}"), data={"all": "1"}).status_code == 303
    wanted = number(app, store, "9001" if where == "adopt" else "9003")
    assert [args["found"] for args in started(app, store, kind)] == [wanted]


@pytest.mark.parametrize("where", ["adopt", "create", "products"])
def test_nothing_ticked_is_said(client: PageClient, store: Store, where: str) -> None:
    assert client.post(client.at(f"listings/adoption/{where}"), data={}).status_code == 422


def test_one_match_field_by_field(app: Flask, client: PageClient, store: Store, rung: list[tuple[Any, ...]]) -> None:
    one = number(app, store, "9001")
    text = client.get(client.at(f"listings/adoption/{one}")).text
    for words in ("Mug as TikTok has it", "Stoneware mug with a wide handle", "Kitchen &gt; Mugs", "1.2 pound"):
        assert words in text
    with inside(app, store):
        product = db.session.scalars(select(Product.id).where(Product.sku == "MUG-1")).one()
    data = {"product": product, "field.title": "theirs", "field.description": "ours"}
    answer = client.post(client.at(f"listings/adoption/{one}/adopt"), data=data)
    assert answer.status_code == 303
    with inside(app, store):
        listing = db.session.scalars(select(Listing).where(Listing.tiktok_id == "9001")).one()
        assert set(listing.fields) == {"title"} and listing.tab == "live"
    assert rung[-1][:2] == ("live", "jobs.reviews.ask") and rung[-1][-1] == ["9001"]
    assert client.post(client.at(f"listings/adoption/{one}/adopt"), data=data).status_code == 409


def test_another_product_is_found_and_chosen(app: Flask, client: PageClient, store: Store) -> None:
    one = number(app, store, "9003")
    text = client.get(client.at(f"listings/adoption/{one}?q=teapot")).text
    assert "Glazed stoneware teapot with lid" in text
    assert "No product has this" in client.get(client.at(f"listings/adoption/{one}?q=nothing-like-it")).text


def test_left_alone_it_is_not_shown_again(app: Flask, client: PageClient, store: Store) -> None:
    one = number(app, store, "9002")
    assert client.post(client.at(f"listings/adoption/{one}/dismiss")).status_code == 303
    assert "teapot glazed" not in client.get(client.at("listings/adoption/?view=proposed")).text


def test_unknown_becomes_a_product_and_then_bigcommerces(app: Flask, client: PageClient, store: Store) -> None:
    one = number(app, store, "9003")
    assert client.post(client.at(f"listings/adoption/{one}/create")).status_code == 303
    assert "Phone stand" in client.get(client.at("listings/adoption/products")).text
    answer = client.post(client.at("listings/adoption/products"), data={"all": "1"})
    assert answer.status_code == 303 and len(started(app, store, "write_products")) == 1


def test_an_import_is_started_once(app: Flask, client: PageClient, store: Store) -> None:
    for _ in range(2):
        assert client.post(client.at("listings/adoption/import")).status_code == 303
    assert len(started(app, store, "listing_import")) == 1
    assert "Import listings from" in client.get(client.at("listings/adoption/")).text


def change(app: Flask, store: Store, field: str) -> int:
    with inside(app, store):
        return db.session.scalars(select(OutsideChange.id).where(OutsideChange.field == field)).one()


def test_what_others_changed_is_shown_with_both_sides(app: Flask, client: PageClient, store: Store) -> None:
    text = client.get(client.at("listings/adoption/outside")).text
    assert "Their title" in text and "Our title" in text and text.count("Take theirs") == 1
    with inside(app, store):
        listing = db.session.scalars(select(Listing.id).where(Listing.tiktok_id == "9004")).one()
    assert "changed on TikTok Shop since it was sent" in client.get(client.at(f"listings/{listing}")).text


@pytest.mark.parametrize("which", ["ours", "theirs"])
def test_a_decision(app: Flask, client: PageClient, store: Store, which: str) -> None:
    place = client.at(f"listings/adoption/outside/{change(app, store, 'title')}")
    assert client.post(place, data={"which": which}).status_code == 303
    with inside(app, store):
        listing = db.session.scalars(select(Listing).where(Listing.tiktok_id == "9004")).one()
        assert (listing.title == "Somebody's title") is (which == "theirs")
    assert client.post(place, data={"which": which}).status_code == 409


@pytest.mark.parametrize("which", ["", "both"])
def test_which_holds_must_be_said(app: Flask, client: PageClient, store: Store, which: str) -> None:
    place = client.at(f"listings/adoption/outside/{change(app, store, 'title')}")
    assert client.post(place, data={"which": which}).status_code == 422


def test_all_of_one_listing_at_once(app: Flask, client: PageClient, store: Store) -> None:
    with inside(app, store):
        listing = db.session.scalars(select(Listing.id).where(Listing.tiktok_id == "9004")).one()
    place = client.at(f"listings/adoption/outside/listing/{listing}")
    assert client.post(place, data={"which": "theirs"}).status_code == 303
    assert client.post(place, data={"which": "ours"}).status_code == 303, "the pictures are left"
    assert len(started(app, store, "resend") + started(app, store, "compare")) == 1


def test_without_products_the_page_says_what_it_is_for(client: PageClient, app: Flask, store: Store) -> None:
    with inside(app, store):
        shop = db.session.scalars(select(Shop)).one()
        for row in db.session.scalars(select(FoundProduct).where(FoundProduct.shop_id == shop.id)):
            db.session.delete(row)
    assert "Nothing was read yet" in client.get(client.at("listings/adoption/")).text
