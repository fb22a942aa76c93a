"""Products as they are sent: text, SKUs, prices, stock, weight and the shop's own state (reference 11.4)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import CB_FR, CB_GB, GB, ID, UNREADY, US, US_NEW, Document
from tests.sandbox.tiktok.must_reject import (
    Case,
    Change,
    World,
    creating,
    price,
    prove,
    set_,
    sku,
    skus,
    stock,
    without,
)

COLOUR = {"id": "100000", "value_id": "1000000001"}
WHITE = {**COLOUR, "value_id": "1000000002"}
MATT, GLOSS = {"name": "Glaze", "value_name": "Matt"}, {"name": "Glaze", "value_name": "Gloss"}
EAN = {"code": "4006381333931", "type": "EAN"}
METRIC, SIDES = "KILOGRAM", {"length": "12", "width": "10", "height": "10"}
NOTEBOOKS = "601311"


def codes(*identifiers: Document) -> Change:
    """SKUs of different colours with these identifiers."""

    def change(body: Document, world: World) -> None:
        skus([COLOUR], [WHITE])(body, world)
        for row, identifier in zip(body["skus"], identifiers, strict=True):
            row["identifier_code"] = identifier

    return change


def in_the_shop_already(body: Document, world: World) -> None:
    sku(identifier_code=EAN)(body, world)
    world.us.data("POST", "/product/202309/products", {**body, "title": "The first"})


def free_again(body: Document, world: World) -> None:
    """The identifier of a deleted product."""
    sku(identifier_code=EAN)(body, world)
    number = world.us.data("POST", "/product/202309/products", body)["product_id"]
    world.put(number, status="DELETED")


def pictured(first: list[Document], *more: list[Document]) -> Change:
    """SKUs of which the rows marked `pictured` carry the main image."""

    def change(body: Document, world: World) -> None:
        uri = body["main_images"][0]
        made = [
            [
                {key: value for key, value in row.items() if key != "pictured"}
                | ({"sku_img": uri} if row.get("pictured") else {})
                for row in rows
            ]
            for rows in (first, *more)
        ]
        skus(*made)(body, world)

    return change


def described(images: int = 0, **attributes: str) -> Change:
    """A description of images that the platform hosts; the arguments change each image's attributes."""

    def change(body: Document, world: World) -> None:
        src = f"{world.shared.media.base_url}/x.png"
        given = {"src": src, "width": "10", "height": "10", **attributes}
        image = "<img " + " ".join(f'{name}="{value}"' for name, value in given.items() if value) + ">"
        body["description"] = "<p>Mug</p>" + image * images

    return change


def shop(**changes: object) -> Change:
    return lambda body, world: world.shared.change_shop(US, **changes)


def no_warehouse(body: Document, world: World) -> None:
    world.patch.setitem(world.shared.warehouses, US, {})


def unreachable(body: Document, world: World) -> None:
    world.shared.change_shop(US, unreachable=[world.us.warehouse()])


def two_warehouses(shop_id: str) -> Change:
    def change(body: Document, world: World) -> None:
        body["skus"][0]["inventory"].append({"warehouse_id": world.shop(shop_id).warehouse(2), "quantity": 1})

    return change


def twice(body: Document, world: World) -> None:
    body["skus"][0]["inventory"] *= 2


def abroad(amount: str, warehouse: int) -> Change:
    def change(body: Document, world: World) -> None:
        price(amount=amount)(body, world)
        stock(warehouse_id=world.shop(CB_GB).warehouse(warehouse))(body, world)

    return change


def from_abroad(**changes: str) -> Change:
    """The global seller's shop, as if it sold in the United States."""

    def change(body: Document, world: World) -> None:
        world.shared.change_shop(CB_GB, region="US")
        body["skus"][0]["price"] = {"amount": "9.90", "currency": "USD", **changes}

    return change


def in_rupiah(**changes: object) -> Change:
    return lambda body, world: (body["skus"][0]["price"].update(amount="10000"), body.update(changes))


def weight(value: object, unit: str = METRIC) -> Change:
    return set_(package_weight={"value": value, "unit": unit})


def size(unit: str = "CENTIMETER", **changes: object) -> Change:
    return set_(package_dimensions={**SIDES, **changes, "unit": unit})


TEXT = (
    creating("11.4-1", "title empty", set_(title=" "), 12052261),
    creating("11.4-1", "no title", without("title"), 12052261),
    creating("11.4-1", "title of 255", set_(title="x" * 255), 0),
    creating("11.4-1", "title of 256", set_(title="x" * 256), 12052051),
    creating("11.4-1", "title of 25 in Indonesia", in_rupiah(title="x" * 25), 0, ID),
    creating("11.4-1", "title of 24 in Indonesia", in_rupiah(title="x" * 24), 12052910, ID),
    creating("11.4-1", "Chinese", set_(title="Mug 马克杯"), 12052262),
    creating("11.4-1", "emoji", set_(title="Mug \U0001f600"), 12052931),
    creating("11.4-1", "entity", set_(title="Salt &amp; pepper"), 12052931),
    creating("11.4-1", "control character", set_(title="Mug\x07"), 12052931),
    creating("11.4-1", "only symbols", set_(title="--- !"), 12052931),
    creating("11.4-2", "no description", without("description"), 12052015),
    creating("11.4-2", "description of 10,000", set_(description="x" * 10_000), 0),
    creating("11.4-2", "description of 10,001", set_(description="x" * 10_001), 12052013),
    creating("11.4-2", "30 images", described(30), 0),
    creating("11.4-2", "31 images", described(31), 12052056),
    creating("11.4-2", "unclosed", set_(description="<p>Mug"), 12052344),
    creating("11.4-2", "crossed", set_(description="<p><b>Mug</p></b>"), 12052344),
    creating("11.4-2", "script", set_(description="<script>x</script>"), 12052345),
    creating("11.4-2", "image without a size", described(1, width=""), 12052346),
    creating("4.9", "foreign image", described(1, src="https://x.example/a.png"), 12052340),
    creating("4.9", "image of 4,000", described(1, width="4000"), 12052342),
)

VARIANTS = (
    creating("11.4-3", "300 SKUs", skus(*[[{"name": "N", "value_name": str(n)}] for n in range(300)]), 0),
    creating("11.4-3", "301 SKUs", skus(*[[{"name": "N", "value_name": str(n)}] for n in range(301)]), 12052050),
    creating(
        "11.4-3",
        "101 SKUs in Indonesia",
        lambda body, world: (
            in_rupiah(title="x" * 25)(body, world),
            skus(*[[{"name": "N", "value_name": str(n)}] for n in range(101)])(body, world),
        ),
        12052050,
        ID,
    ),
    creating("4.10", "no SKU", set_(skus=[]), 12052902),
    creating("11.4-4", "three attributes", skus([{"name": f"N{n}", "value_name": "v"} for n in range(3)]), 0),
    creating("11.4-4", "four attributes", skus([{"name": f"N{n}", "value_name": "v"} for n in range(4)]), 12052525),
    creating("11.4-4", "two colours", skus([COLOUR], [WHITE]), 0),
    creating("11.4-4", "own attribute", skus([MATT], [GLOSS]), 0),
    creating("11.4-4", "unequal attributes", skus([COLOUR], [MATT]), 12052550),
    creating("11.4-4", "two SKUs without attributes", skus([], []), 12052550),
    creating("11.4-4", "same combination", skus([COLOUR], [COLOUR]), 12052560),
    creating(
        "11.4-4", "same combination by name", skus([COLOUR], [{"name": "Color", "value_name": "Black"}]), 12052560
    ),
    creating("4.9", "attribute name of 21", skus([{"name": "x" * 21, "value_name": "v"}]), 12052526),
    creating("4.9", "attribute value of 51", skus([{"name": "x", "value_name": "v" * 51}]), 12052526),
    creating("11.4-5", "images on every value", pictured([{**MATT, "pictured": 1}], [{**GLOSS, "pictured": 1}]), 0),
    creating("11.4-5", "image missing for one value", pictured([{**MATT, "pictured": 1}], [GLOSS]), 12052522),
    creating(
        "11.4-5",
        "images on two attributes",
        pictured([{**MATT, "pictured": 1}, {**COLOUR, "pictured": 1}]),
        12052528,
    ),
    creating("11.4-6", "seller SKU of 50", sku(seller_sku="x" * 50), 0),
    creating("11.4-6", "seller SKU of 51", sku(seller_sku="x" * 51), 12052054),
    creating("11.4-6", "seller SKU with a blank", sku(seller_sku="MUG 1"), 12019059),
    creating("4.9", "external SKU id of 1,000", sku(external_sku_id="x" * 1000), 12052369),
    creating("11.4-7", "sound identifier", sku(identifier_code=EAN), 0),
    creating("11.4-7", "identifier in the shop already", in_the_shop_already, 12052592),
    creating("11.4-7", "identifier of a deleted product", free_again, 0),
    creating("11.4-7", "identifier twice in the request", codes(EAN, EAN), 12052592),
    creating("11.4-7", "wrong digits", sku(identifier_code={"code": "123", "type": "EAN"}), 12052591),
    creating("11.4-7", "letters", sku(identifier_code={"code": "40063813339AB", "type": "EAN"}), 12052591),
    creating("11.4-7", "no type", sku(identifier_code={"code": EAN["code"], "type": ""}), 12052600),
    creating("11.4-7", "X inside", sku(identifier_code={"code": "12345678X0", "type": "ISBN"}), 12052598),
    creating("11.4-7", "X of an EAN", sku(identifier_code={"code": "400638133393X", "type": "EAN"}), 12052598),
    creating("11.4-7", "X last", sku(identifier_code={"code": "123456789X", "type": "ISBN"}), 0),
)

OFFER = (
    creating("11.4-8", "no price", sku(price=None), 12052571),
    creating("11.4-8", "price empty", price(amount=""), 12052571),
    creating("11.4-8", "three decimals", price(amount="9.999"), 12052073),
    creating("11.4-8", "price a number", price(amount=9.9), 12052073),
    creating("11.4-8", "price with a comma", price(amount="9,90"), 12052073),
    creating("11.4-8", "price below zero", price(amount="-1"), 12052073),
    creating("11.4-8", "price zero", price(amount="0"), 12052570),
    creating("11.4-8", "highest price", price(amount="7600"), 0),
    creating("11.4-8", "above the highest", price(amount="7600.01"), 12052570),
    creating("11.4-8", "other currency", price(currency="EUR"), 12052084),
    creating("11.4-8", "no currency", price(currency=None), 12052084),
    creating("11.4-8", "global seller at home", abroad("200", 1), 0, CB_GB),
    creating("11.4-8", "global seller from abroad", abroad("200", 2), 12052570, CB_GB),
    creating("11.4-8", "no sale_price of a global seller", from_abroad(), 12052424, CB_GB),
    creating("11.4-8", "sale_price of a global seller", from_abroad(sale_price="11.90"), 0, CB_GB),
    creating("11.4-9", "quantity zero", stock(quantity=0), 12052055),
    creating("11.4-9", "quantity of 99,999", stock(quantity=99_999), 0),
    creating("11.4-9", "quantity of 100,000", stock(quantity=100_000), 12052055),
    creating("11.4-9", "quantity below zero", stock(quantity=-1), 12052055),
    creating("11.4-9", "quantity a text", stock(quantity="5"), 12052055),
    creating("11.4-9", "quantity with decimals", stock(quantity=1.5), 12052055),
    creating("11.4-9", "no stock", sku(inventory=[]), 12052055),
    creating("11.4-10", "unknown warehouse", stock(warehouse_id="1"), 12052097),
    creating("11.4-10", "warehouse of another seller", stock(warehouse_id="7000000000000003001"), 12052530),
    creating("11.4-10", "disabled warehouse", stock(warehouse_id="7000000000000001003"), 12052531),
    creating("11.4-10", "return warehouse", stock(warehouse_id="7000000000000001005"), 12052532),
    creating("11.4-10", "warehouse that cannot reach the market", unreachable, 12052364),
    creating("11.4-10", "default warehouse", sku(inventory=[{"quantity": 5}]), 0),
    creating("11.4-11", "warehouse on holiday", stock(warehouse_id="7000000000000001004"), 0),
    creating("11.4-12", "no return warehouse", shop(return_warehouse=False), 12052535),
    creating("11.4-12", "unfinished shop", set_(), 12052535, UNREADY),
    creating("11.4-12", "no warehouse", no_warehouse, 12052115),
    creating("11.4-12", "no logistics service", shop(logistics=False), 12052420),
    creating("11.4-13", "same warehouse twice", twice, 12052555),
    creating("11.4-13", "two warehouses", two_warehouses(US), 0),
    creating("11.4-13", "two warehouses without the right", two_warehouses(US_NEW), 12052094, US_NEW),
)

PACKAGE = (
    creating("11.4-14", "no weight", without("package_weight"), 12019011),
    creating("11.4-14", "weight empty", weight(""), 12019011),
    creating("11.4-14", "weight zero", weight("0"), 12052181),
    creating("11.4-14", "weight of four decimals", weight("0.1234"), 12052181),
    creating("11.4-14", "weight a number", weight(0.35), 12052181),
    creating("11.4-14", "grams in the United States", weight("5", "GRAM"), 12019061),
    creating("11.4-14", "pounds in the United Kingdom", weight("1", "POUND"), 12019061, GB),
    creating("11.4-14", "no dimensions", without("package_dimensions"), 12019012),
    creating(
        "11.4-14",
        "no dimensions where none are needed",
        lambda body, world: (body.pop("package_dimensions"), body.update(category_id=NOTEBOOKS)),
        0,
    ),
    creating("11.4-14", "height zero", size(height="0"), 12052116),
    creating("11.4-14", "no height", size(height=None), 12052116),
    creating("11.4-14", "two decimals", size(height="1.25"), 0),
    creating("11.4-14", "unknown unit", size("METER"), 12052916),
    creating("11.4-14", "inches in the United Kingdom", size("INCH"), 12052916, GB),
    creating("11.4-14", "inches and kilograms", size("INCH"), 12052915),
    creating(
        "11.4-14",
        "inches and pounds",
        lambda body, world: (weight("1", "POUND")(body, world), size("INCH")(body, world)),
        0,
    ),
    creating("4.9", "too heavy", weight("101"), 12052006),
)

SHOP = (
    creating("11.4-15", "cash on delivery", set_(is_cod_allowed=True), 12052222),
    creating("11.4-18", "not on local replication", set_(), 12052701, CB_FR),
    creating("11.4-18", "on local replication", set_(), 0, CB_GB),
    creating("11.4-19", "tasks open", shop(failing=["SHOP_TAX"]), 12052419),
    creating("4.8", "unknown save mode", set_(save_mode="NOW"), 98001004),
    creating("4.8", "idempotency key of 129", set_(idempotency_key="x" * 129), 98001004),
    creating("4.8", "external product id of 1,000", set_(external_product_id="x" * 1000), 98001004),
    creating("4.8", "SKUs no list", set_(skus={}), 98001004),
)

CREATED = (*TEXT, *VARIANTS, *OFFER, *PACKAGE, *SHOP)


@pytest.mark.parametrize("case", CREATED, ids=str)
def test_refused(case: Case, http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(case, World(http, shared, monkeypatch))
