"""Adopting links and sends nothing; fields come from the side that was chosen; what is unknown becomes a product."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from clients.tiktok.models import Product as Theirs
from domain.tabs import Tab
from models import FoundProduct, Listing, ListingSku, MerchantSku, Product, Shop, Stock, Variant, db
from services import books, listing_edits
from services.actor import Actor
from services.adoption import adopting, found, products, to_bigcommerce, values
from services.adoption.adopting import CannotAdopt
from services.errors import ServiceError
from tests.services.adoption.conftest import answer, imported, theirs
from tests.services.listing_rows import MUGS, add_listing, add_product

pytestmark = pytest.mark.engines("sqlite")
EVERY = list(values.CHOICES)


def lines(listing: Listing) -> list[ListingSku]:
    query = select(ListingSku).where(ListingSku.listing_id == listing.id).order_by(ListingSku.position)
    return list(db.session.scalars(query))


def unsent(listing: Listing) -> bool:
    return db.session.scalar(select(listing_edits.unsent()).where(Listing.id == listing.id)) is True


def count_listings() -> int:
    return db.session.scalar(select(func.count(Listing.id))) or 0


def adopted(actor: Actor, row: FoundProduct, choices: list[str]) -> adopting.Adopted:
    done = adopting.adopt(actor, row, choices)
    db.session.commit()
    assert [one for one in books.differences() if "not_uploaded" not in one.what] == []  # `add_product` counts nothing
    return done


def test_a_product_without_a_listing_gets_one_that_is_live(shop: Shop, actor: Actor) -> None:
    product = add_product(1, 2)
    row = imported(shop, theirs("9001", [("MUG-1-1", "", ""), ("MUG-1-0", "", "")]))["9001"]
    listing = adopted(actor, row, EVERY).listing
    assert (listing.tiktok_id, listing.product_id, listing.tab) == ("9001", product.id, Tab.LIVE)
    assert [line.tiktok_id for line in lines(listing)] == ["900102", "900101"]
    assert [line.sent_price for line in lines(listing)] == [Decimal("19.9")] * 2
    assert (row.state, row.decided_by, row.whole) == ("adopted", "owner@example.com", {})
    assert found.counts([shop.id]) == {}


def test_the_staged_listing_takes_it_and_keeps_what_was_set(shop: Shop, actor: Actor) -> None:
    staged = add_listing(shop, 1)
    staged.fields = {"title": "What the merchant wrote"}
    row = imported(shop, theirs("9001", ["MUG-1-0"]))["9001"]
    listing = adopted(actor, row, [one for one in EVERY if one != "title"]).listing
    assert listing.id == staged.id and count_listings() == 1
    assert listing.fields["title"] == "What the merchant wrote" and listing.title == "What the merchant wrote"


def test_taken_over_nothing_but_pictures_differs(shop: Shop, actor: Actor) -> None:
    add_product(1)
    row = imported(shop, theirs("9001", ["MUG-1-0"], "The title on TikTok"))["9001"]
    done = adopted(actor, row, EVERY)
    fields = done.listing.fields
    assert fields["title"] == "The title on TikTok" and fields["category"] == MUGS
    assert fields["weight"] == {"value": "1.2", "unit": "POUND"} and fields["attributes.101"][0]["id"] == "1"
    assert lines(done.listing)[0].fields["price"] == "19.9"
    assert done.differences == 1 and done.left == ()


def test_ours_waits_as_an_unsent_change(shop: Shop, actor: Actor) -> None:
    add_product(1)
    row = imported(shop, theirs("9001", ["MUG-1-0"], "The title on TikTok"))["9001"]
    done = adopted(actor, row, [])
    assert done.listing.fields == {} and done.differences >= 3
    assert unsent(done.listing)


def test_each_field_from_its_side(shop: Shop, actor: Actor) -> None:
    for number, (choice, name) in enumerate((("title", "title"), ("brand", "brand"), ("package", "weight")), 1):
        add_product(number)
        row = imported(shop, theirs(f"900{number}", [f"MUG-{number}-0"]))[f"900{number}"]
        fields = adopted(actor, row, [choice]).listing.fields
        assert name in fields and "description" not in fields


def test_an_unknown_category_stays_ours_with_its_attributes(shop: Shop, actor: Actor) -> None:
    add_product(1)
    chain = [{"id": "999999", "local_name": "Elsewhere"}]
    row = imported(shop, theirs("9001", ["MUG-1-0"], category_chains=chain))["9001"]
    done = adopted(actor, row, EVERY)
    assert done.left == ("category",)
    assert not [name for name in done.listing.fields if name.startswith(("category", "attributes"))]


def test_a_variant_that_tiktok_does_not_sell_stays_out(shop: Shop, actor: Actor) -> None:
    add_product(1, 3)
    row = imported(shop, theirs("9001", ["MUG-1-0"]))["9001"]
    listing = adopted(actor, row, EVERY).listing
    assert [line.fields.get("included", True) for line in lines(listing)] == [True, False, False]


def test_matched_by_identifier_tiktoks_sku_stays_on_the_listing(shop: Shop, actor: Actor) -> None:
    variant = db.session.scalars(select(Variant).where(Variant.product_id == add_product(1).id)).one()
    variant.gtin = "4006381333931"
    row = imported(shop, theirs("9001", [("THEIRS", "4006381333931", "")]))["9001"]
    line = lines(adopted(actor, row, EVERY).listing)[0]
    assert line.fields["sku"] == "THEIRS" and line.fields["identifier"] == {"kind": "EAN", "code": "4006381333931"}


def test_a_chosen_product_is_paired_by_its_options(shop: Shop, actor: Actor) -> None:
    product = add_product(1, 2)
    row = imported(shop, theirs("9001", [("A", "", "blue / s"), ("B", "", "Red / S")], "Unlike"))["9001"]
    listing = adopting.adopt(actor, row, [], product.id).listing
    assert [line.tiktok_id for line in lines(listing)] == ["900102", "900101"]


def test_the_second_time_it_is_refused(shop: Shop, actor: Actor) -> None:
    add_product(1)
    row = imported(shop, theirs("9001", ["MUG-1-0"]))["9001"]
    adopted(actor, row, EVERY)
    with pytest.raises(CannotAdopt):
        adopting.adopt(actor, row, EVERY)
    assert count_listings() == 1


def test_while_its_listing_is_being_sent_it_waits(shop: Shop, actor: Actor) -> None:
    listing = add_listing(shop, 1)
    row = imported(shop, theirs("9001", ["MUG-1-0"]))["9001"]
    listing.intent = "publish"
    db.session.commit()
    with pytest.raises(CannotAdopt):
        adopting.adopt(actor, row, EVERY)


@pytest.mark.engines("sqlite", "postgresql")
def test_a_product_that_is_listed_gets_a_second_listing_only_by_hand(shop: Shop, actor: Actor) -> None:
    first = add_listing(shop, 1)
    first.tiktok_id, first.platform_status = "1", "ACTIVATE"
    db.session.commit()
    row = imported(shop, theirs("9001", ["MUG-1-0"]))["9001"]
    assert row.certainty == "proposed"
    listing = adopted(actor, row, EVERY).listing
    assert listing.id != first.id and listing.tab == Tab.LIVE and len(lines(listing)) == 1


# -- what only TikTok knows -------------------------------------------------------------------------------------------


@pytest.mark.engines("sqlite", "postgresql")
def test_everything_that_tiktok_tells_becomes_a_product(shop: Shop, actor: Actor) -> None:
    told = theirs("9001", [("K-1", "036000291452", "Red / S"), ("K-2", "", "Blue / M")], "Kettle")
    row = imported(shop, told)["9001"]
    done = products.create(actor, row)
    db.session.commit()
    product = db.session.get_one(Product, done.listing.product_id)
    assert (product.bigcommerce_id, product.title, product.sku) == (None, "Kettle", "9001")
    assert (product.brand, product.category_path) == ("Harbor", "Kitchen > Mugs")
    assert product.custom_fields == {"Material": "Ceramic"} and "Thrown by hand" in product.description
    assert (product.weight, product.depth, product.width, product.height) == tuple(map(Decimal, ("1.2", "6", "5", "4")))
    assert product.images[0]["url"] == product.image_url == "https://cdn.example/9001.jpg"
    variants = list(
        db.session.scalars(select(Variant).where(Variant.product_id == product.id).order_by(Variant.position))
    )
    assert [one.sku for one in variants] == ["K-1", "K-2"] and variants[0].upc == "036000291452"
    assert variants[0].options == [["Color", "Red"], ["Size", "S"]] and variants[0].price == Decimal("19.9")
    held = select(Stock.available).join(MerchantSku).where(MerchantSku.code == "K-1")
    assert list(db.session.scalars(held)) == [4]
    assert done.listing.tab == Tab.LIVE and done.differences == 0
    assert books.differences() == []


def test_a_simple_product_has_the_sku_it_is_sold_under(shop: Shop, actor: Actor) -> None:
    row = imported(shop, theirs("9001", ["KETTLE"]))["9001"]
    listing = products.create(actor, row).listing
    assert db.session.get_one(Product, listing.product_id).sku == "KETTLE"
    again = imported(shop, theirs("9002", ["KETTLE"]))["9002"]
    assert again.certainty == "proposed", "it is known now, and listed"


def test_stock_that_the_store_keeps_is_not_touched(shop: Shop, actor: Actor) -> None:
    sku = MerchantSku(code="KETTLE")
    db.session.add(sku)
    db.session.flush()
    row = imported(shop, theirs("9001", ["KETTLE"]))["9001"]
    products.create(actor, row)
    assert db.session.scalar(select(func.count(Stock.id)).where(Stock.merchant_sku_id == sku.id)) == 0


def test_a_frozen_product_cannot_be_taken_over(shop: Shop, actor: Actor) -> None:
    told = theirs("9001", ["KETTLE"], status="FREEZE")
    found.sort_out(shop, [told])
    row = db.session.scalars(select(FoundProduct)).one()
    with pytest.raises(CannotAdopt):
        products.create(actor, row)


def test_the_body_for_bigcommerce_holds_what_bigcommerce_takes(shop: Shop, actor: Actor) -> None:
    row = imported(shop, theirs("9001", [("K-1", "036000291452", "Red / S"), ("K-2", "", "Blue / M")], "Kettle"))
    product = db.session.get_one(Product, products.create(actor, row["9001"]).listing.product_id)
    body = to_bigcommerce.body(product, "9001")
    assert (body["name"], body["sku"], body["inventory_tracking"]) == ("Kettle", "9001", "variant")
    assert body["is_visible"] is False and body["weight"] == 1.2 and body["brand_name"] == "Harbor"
    assert {"name": to_bigcommerce.MARK, "value": "9001"} in body["custom_fields"]
    first = body["variants"][0]
    assert (first["sku"], first["price"], first["upc"], first["inventory_level"]) == ("K-1", 19.9, "036000291452", 4)
    assert first["option_values"][0] == {"option_display_name": "Color", "label": "Red"}


def test_prices_in_another_currency_are_not_written(shop: Shop, actor: Actor) -> None:
    told = answer("9001", ["KETTLE"])
    told["skus"][0]["price"]["currency"] = "GBP"
    row = imported(shop, Theirs.model_validate(told))["9001"]
    products.create(actor, row)
    with pytest.raises(ServiceError):
        to_bigcommerce.start(actor)
