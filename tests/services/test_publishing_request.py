"""The request for one product: its variants, brand, identifier and pictures as the merchant decided."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from domain.policy import Policy
from models import Listing, Picture, Profile, Shop, Store, Variant, db
from models.tenancy import tenant
from services import clock, drafts, publish_requests
from services.draft_facts import url_hash
from tests.services.listing_rows import add_listing, add_shop, add_store


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop in which nothing is wrong; its store's tenant is current."""
    with app.app_context():
        store = add_store()
        with tenant(store.id):
            yield add_shop()
        db.session.remove()


def request_of(shop: Shop, listing: Listing, policy: Policy | None = None) -> publish_requests.Request:
    db.session.flush()
    one = drafts.prepare(shop, [listing.id])[listing.id]
    return publish_requests.request(shop, listing, one, {}, policy or Policy())


def test_all_variants_go_with_their_product(shop: Shop) -> None:
    listing = add_listing(shop, 1, 3)
    db.session.scalars(select(Profile)).one().options = {"Color": "Colour"}
    skus = request_of(shop, listing).body["skus"]
    assert [sku["seller_sku"] for sku in skus] == ["MUG-1-0", "MUG-1-1", "MUG-1-2"]
    assert [[one["value_name"] for one in sku["sales_attributes"]] for sku in skus] == [
        ["Red", "S"],
        ["Blue", "S"],
        ["Green", "S"],
    ]
    # The option goes under the name of the attribute it was mapped to; one that was not keeps its own.
    assert {one["name"] for sku in skus for one in sku["sales_attributes"]} == {"Colour", "Size"}


@pytest.mark.parametrize(
    ("policy", "own", "elsewhere"),
    [
        ("send_if_authorised", "7001", None),
        ("send_always", "7001", "7002"),
        ("require", "7001", "7002"),
        ("never", None, None),
    ],
)
def test_the_brand_goes_along_as_the_policy_says(
    shop: Shop, policy: Any, own: str | None, elsewhere: str | None
) -> None:
    """A brand the shop is not authorised for would fail the whole product."""
    for number, brand, sent in ((1, "Harbor", own), (2, "Elsewhere", elsewhere), (3, "Nobody knows it", None)):
        body = request_of(shop, add_listing(shop, number, brand=brand), Policy(brand=policy)).body
        assert body.get("brand_id") == sent, brand


@pytest.mark.parametrize(
    ("given", "priority", "sent"),
    [
        ({}, None, None),
        ({"upc": "036000291452"}, None, ("036000291452", "UPC")),
        ({"upc": "036000291452", "gtin": "10614141000415"}, None, ("036000291452", "UPC")),
        ({"upc": "036000291452", "gtin": "10614141000415"}, ["GTIN", "UPC"], ("10614141000415", "GTIN")),
        ({"gtin": "9780306406157"}, None, ("9780306406157", "ISBN")),
    ],
)
def test_one_identifier_is_sent_the_first_by_priority(
    shop: Shop, given: dict[str, str], priority: list[str] | None, sent: tuple[str, str] | None
) -> None:
    listing = add_listing(shop)
    if given:
        db.session.execute(update(Variant).values(**given))
        db.session.expire_all()
    if priority:
        db.session.get_one(Store, shop.store_id).settings = {"identifier_priority": priority}
    [sku] = request_of(shop, listing).body["skus"]
    assert sku.get("identifier_code") == (sent and {"code": sent[0], "type": sent[1]})


def test_the_first_picture_is_the_main_one_and_nine_go_along(shop: Shop) -> None:
    images = [{"id": number, "url": f"https://cdn.example/{number}.jpg", "description": ""} for number in range(1, 12)]
    listing = add_listing(shop, 1, images=images)
    assert [job.url for job in request_of(shop, listing).main_images] == [image["url"] for image in images[:9]]
    listing.fields = {"images": ["3", "1"]}
    assert [job.url for job in request_of(shop, listing).main_images] == [images[2]["url"], images[0]["url"]]


def test_pictures_of_variants_can_be_switched_off(shop: Shop) -> None:
    listing = add_listing(shop, 1, 3)
    for position in range(3):
        url = f"https://cdn.example/v{position}.jpg"
        db.session.execute(update(Variant).where(Variant.position == position).values(image_url=url))
        db.session.add(
            Picture(
                url_hash=url_hash(url), url=url, width=900, height=900, size=9, format="JPEG", measured_at=clock.now()
            )
        )
    db.session.expire_all()
    found = request_of(shop, listing)
    assert [job.use for job in found.sku_images.values()] == ["ATTRIBUTE_IMAGE"] * 3
    assert found.image_place == 0  # the colour carries them
    assert not request_of(shop, listing, Policy(send_variant_images=False)).sku_images
