"""One sound product, and one change -> exactly this code (reference 11.3, 11.4)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import CB_FR, CB_GB, GB, ID, UNREADY, US_NEW, Document, Shop, picture, plain_mug

CREATE = "/product/202309/products"
CHECK = "/product/202309/products/listing_check"
COLOUR = {"id": "100000", "value_id": "1000000001"}


def code_of(shop: Shop, body: Document) -> int:
    """The answer of create; the listing check must tell the same code among its reasons."""
    code = shop.call("POST", CREATE, body)["code"]
    if code and code != 98001004:
        reasons = shop.data("POST", CHECK, body)["fail_reasons"]
        assert code in {reason["code"] for reason in reasons}
    return int(code)


def first_sku(body: Document) -> Document:
    sku: Document = body["skus"][0]
    return sku


def two_skus(body: Document, *attributes: list[Document]) -> None:
    body["skus"] = [
        {**copy.deepcopy(first_sku(body)), "seller_sku": f"S{index}", "sales_attributes": row}
        for index, row in enumerate(attributes)
    ]


def set_price(**changes: Any) -> Callable[[Document], None]:
    return lambda body: first_sku(body)["price"].update(changes)


def set_stock(**changes: Any) -> Callable[[Document], None]:
    return lambda body: first_sku(body)["inventory"][0].update(changes)


def set_code(code: str, kind: str) -> Callable[[Document], None]:
    return lambda body: first_sku(body).update(identifier_code={"code": code, "type": kind})


def put(**changes: Any) -> Callable[[Document], None]:
    return lambda body: body.update(changes)


def attributes(*rows: tuple[str, list[Document]]) -> list[Document]:
    return [{"id": number, "values": values} for number, values in rows]


WEIGHT, SIZE = "package_weight", "package_dimensions"
CASES: dict[str, tuple[Callable[[Document], Any], int]] = {
    "nothing": (lambda body: None, 0),
    "title empty": (put(title=" "), 12052261),
    "title too long": (put(title="x" * 256), 12052051),
    "title of 255": (put(title="x" * 255), 0),
    "title Chinese": (put(title="Mug 马克杯"), 12052262),
    "title emoji": (put(title="Mug \U0001f600"), 12052931),
    "title entity": (put(title="Salt &amp; pepper"), 12052931),
    "title symbols only": (put(title="--- !"), 12052931),
    "description missing": (lambda body: body.pop("description"), 12052015),
    "description too long": (put(description="x" * 10_001), 12052013),
    "description unclosed": (put(description="<p>Mug"), 12052344),
    "description crossed": (put(description="<p><b>Mug</p></b>"), 12052344),
    "description script": (put(description="<script>x</script>"), 12052345),
    "description foreign image": (
        put(description='<img src="https://x.example/a.png" width="9" height="9">'),
        12052340,
    ),
    "description image without size": (put(description='<img src="https://x.example/a.png">'), 12052346),
    "category missing": (lambda body: body.pop("category_id"), 12052002),
    "category unknown": (put(category_id="999999"), 12052023),
    "category not a leaf": (put(category_id="600120"), 12052024),
    "category restricted": (put(category_id="600831"), 12052223),
    "category prohibited": (put(category_id="601811"), 12052220),
    "category version": (put(category_version="v1"), 12052217),
    "category of the other tree": (put(category_id="500123"), 12052230),
    "brand unknown": (put(brand_id="1"), 12052026),
    "brand T1": (put(brand_id="7082100000000000001"), 12052201),
    "brand known": (put(brand_id="7082000000000000002"), 0),
    "no image": (put(main_images=[]), 12052028),
    "ten images": (lambda body: body.update(main_images=body["main_images"] * 10), 12052306),
    "image by URL": (put(main_images=[{"uri": "https://x.example/a.png"}]), 12052300),
    "image never uploaded": (put(main_images=[{"uri": "tos-sandbox-i-0001/none"}]), 12052722),
    "weight missing": (lambda body: body.pop(WEIGHT), 12019011),
    "weight zero": (put(package_weight={"value": "0", "unit": "KILOGRAM"}), 12052181),
    "weight decimals": (put(package_weight={"value": "0.1234", "unit": "KILOGRAM"}), 12052181),
    "weight unit": (put(package_weight={"value": "5", "unit": "GRAM"}), 12019061),
    "weight too heavy": (put(package_weight={"value": "101", "unit": "KILOGRAM"}), 12052006),
    "size missing": (lambda body: body.pop(SIZE), 12019012),
    "size zero": (lambda body: body[SIZE].update(height="0"), 12052116),
    "size two decimals": (lambda body: body[SIZE].update(height="1.25"), 0),
    "size unit": (lambda body: body[SIZE].update(unit="METER"), 12052916),
    "mixed units": (lambda body: body[SIZE].update(unit="INCH"), 12052915),
    "no SKU": (put(skus=[]), 12052902),
    "seller SKU too long": (lambda body: first_sku(body).update(seller_sku="x" * 51), 12052054),
    "seller SKU with a blank": (lambda body: first_sku(body).update(seller_sku="MUG 1"), 12019059),
    "price missing": (lambda body: first_sku(body).pop("price"), 12052571),
    "price malformed": (set_price(amount="9.999"), 12052073),
    "price a number": (set_price(amount=9.9), 12052073),
    "price too high": (set_price(amount="7600.01"), 12052570),
    "price highest": (set_price(amount="7600"), 0),
    "price zero": (set_price(amount="0"), 12052570),
    "currency": (set_price(currency="EUR"), 12052084),
    "quantity zero": (set_stock(quantity=0), 12052055),
    "quantity too high": (set_stock(quantity=100_000), 12052055),
    "quantity text": (set_stock(quantity="5"), 12052055),
    "no stock": (lambda body: first_sku(body).update(inventory=[]), 12052055),
    "warehouse unknown": (set_stock(warehouse_id="1"), 12052097),
    "warehouse of another shop": (set_stock(warehouse_id="7000000000000003001"), 12052530),
    "warehouse disabled": (set_stock(warehouse_id="7000000000000001003"), 12052531),
    "warehouse on holiday": (set_stock(warehouse_id="7000000000000001004"), 0),
    "warehouse for returns": (set_stock(warehouse_id="7000000000000001005"), 12052532),
    "default warehouse": (lambda body: first_sku(body)["inventory"][0].pop("warehouse_id"), 0),
    "warehouse twice": (lambda body: first_sku(body)["inventory"].append(first_sku(body)["inventory"][0]), 12052555),
    "identifier digits": (set_code("123", "EAN"), 12052591),
    "identifier without type": (set_code("4006381333931", ""), 12052600),
    "identifier X misplaced": (set_code("12345678X0", "ISBN"), 12052598),
    "identifier X last": (set_code("123456789X", "ISBN"), 0),
    "cash on delivery": (put(is_cod_allowed=True), 12052222),
    "attribute unknown": (put(product_attributes=attributes(("1", [{"name": "x"}]))), 12052527),
    "attribute twice": (put(product_attributes=attributes(*[("100157", [{"name": "Glass"}])] * 2)), 12052254),
    "attribute value unknown": (put(product_attributes=attributes(("100157", [{"id": "1"}]))), 12052529),
    "attribute value twice": (put(product_attributes=attributes(("100157", [{"name": "Glass"}] * 2))), 12052253),
    "attribute custom": (put(product_attributes=attributes(("100157", [{"name": "Moon dust"}]))), 0),
    "attribute not customizable": (put(product_attributes=attributes(("100507", [{"name": "Atlantis"}]))), 12052247),
    "attribute single": (
        put(product_attributes=attributes(("100507", [{"name": "China"}, {"name": "India"}]))),
        12052246,
    ),
    "attribute empty": (put(product_attributes=attributes(("100157", []))), 12052248),
    "attribute too long": (put(product_attributes=attributes(("100157", [{"name": "x" * 2001}]))), 12052249),
    "certificate unknown": (put(certifications=[{"id": "5"}]), 12052655),
    "video unknown": (put(video={"id": "v1"}), 12052360),
    "save mode": (put(save_mode="NOW"), 98001004),
    "idempotency key too long": (put(idempotency_key="x" * 129), 98001004),
    "two SKUs": (lambda body: two_skus(body, [COLOUR], [{**COLOUR, "value_id": "1000000002"}]), 0),
    "own sales attribute": (
        lambda body: two_skus(
            body, [{"name": "Glaze", "value_name": "Matt"}], [{"name": "Glaze", "value_name": "Gloss"}]
        ),
        0,
    ),
    "same combination": (lambda body: two_skus(body, [COLOUR], [{"name": "Color", "value_name": "Black"}]), 12052560),
    "unequal attributes": (lambda body: two_skus(body, [COLOUR], [{"name": "Glaze", "value_name": "Matt"}]), 12052550),
    "two SKUs without attributes": (lambda body: two_skus(body, [], []), 12052550),
    "four attributes": (
        lambda body: two_skus(body, [{"name": f"N{n}", "value_name": "v"} for n in range(4)]),
        12052525,
    ),
    "attribute name too long": (lambda body: two_skus(body, [{"name": "x" * 21, "value_name": "v"}]), 12052526),
    "sales value unknown": (lambda body: two_skus(body, [{**COLOUR, "value_id": "7"}]), 12052529),
    "SKU image unknown": (lambda body: two_skus(body, [{**COLOUR, "sku_img": {"uri": "none"}}]), 12052520),
    "SKU image for one of two": (
        lambda body: two_skus(
            body, [{**COLOUR, "sku_img": body["main_images"][0]}], [{**COLOUR, "value_id": "1000000002"}]
        ),
        12052522,
    ),
    "SKU images on two attributes": (
        lambda body: two_skus(
            body,
            [
                {**COLOUR, "sku_img": body["main_images"][0]},
                {"name": "Glaze", "value_name": "Matt", "sku_img": body["main_images"][0]},
            ],
        ),
        12052528,
    ),
    "301 SKUs": (lambda body: two_skus(body, *[[{"name": "N", "value_name": str(n)}] for n in range(301)]), 12052050),
}


@pytest.mark.parametrize("name", CASES)
def test_one_change(us: Shop, mug: Document, name: str) -> None:
    change, code = CASES[name]
    change(mug)
    assert code_of(us, mug) == code


LAMP = attributes(("100601", [{"name": "Mains"}]), ("100604", [{"name": "No Warranty"}]))
BATTERY = attributes(("100601", [{"id": "1006010003"}]), ("100604", [{"name": "No Warranty"}]))
TYPE, CAPACITY = ("100602", [{"name": "NiMH"}]), ("100603", [{"name": "1200"}])
POWERED: dict[str, tuple[list[Document], int]] = {
    "complete": (LAMP, 0),
    "required missing": (LAMP[:1], 12052104),
    "conditional missing": (BATTERY, 12052182),
    "conditional given": ([*BATTERY, *attributes(TYPE, CAPACITY)], 0),
    "must stay empty": ([*LAMP, *attributes(CAPACITY)], 12052183),
    "not a number": ([*BATTERY, *attributes(TYPE, ("100603", [{"name": "much"}]))], 12052256),
}


@pytest.mark.parametrize("name", POWERED)
def test_required_and_conditional_attributes(us: Shop, mug: Document, name: str) -> None:
    rows, code = POWERED[name]
    assert code_of(us, {**mug, "category_id": "600031", "product_attributes": rows}) == code


def test_certificates(us: Shop, mug: Document, shared: Platform) -> None:
    beauty = attributes(
        ("100702", [{"name": "12 Months"}]), ("100703", [{"name": "Water"}]), ("100704", [{"name": "No"}])
    )
    cream = {**mug, "category_id": "600711", "product_attributes": beauty}
    assert code_of(us, cream) == 12052105
    report = {"id": "800003", "images": mug["main_images"], "expiration_date": str(shared.now() + 86_400)}
    assert code_of(us, {**cream, "certifications": [report]}) == 0
    assert code_of(us, {**cream, "certifications": [{**report, "expiration_date": str(shared.now() - 1)}]}) == 12052385
    assert code_of(us, {**cream, "certifications": [{**report, "images": [{"uri": "none"}]}]}) == 12052650


def test_certificate_required_by_age(us: Shop, mug: Document) -> None:
    def toy(age: str) -> Document:
        rows = attributes(("100801", [{"name": age}]), ("100802", [{"name": "No"}]))
        return {**mug, "category_id": "600811", "product_attributes": rows}

    assert code_of(us, toy("1-3 Years")) == 12052105
    assert code_of(us, toy("12+ Years")) == 0


def test_identifier_is_unique_in_the_shop(us: Shop, mug: Document) -> None:
    first_sku(mug)["identifier_code"] = {"code": "4006381333931", "type": "EAN"}
    assert code_of(us, mug) == 0
    assert code_of(us, mug) == 12052592


def test_size_by_use(us: Shop, mug: Document) -> None:
    wide = us.upload(picture(900, 300), "DESCRIPTION_IMAGE")["data"]["uri"]
    small = us.upload(picture(200, 200), "DESCRIPTION_IMAGE")["data"]["uri"]
    assert code_of(us, {**mug, "main_images": [{"uri": wide}]}) == 12052305
    assert code_of(us, {**mug, "main_images": [{"uri": small}]}) == 12052301


MARKETS: dict[str, tuple[str, Document, int]] = {
    "GB pounds": (GB, {"package_weight": {"value": "1", "unit": "POUND"}}, 12019061),
    "GB inches": (GB, {"package_dimensions": {"length": "1", "width": "1", "height": "1", "unit": "INCH"}}, 12052916),
    "GB sound": (GB, {}, 0),
    "ID short title": (ID, {"title": "Mug"}, 12052910),
    "new shop, two warehouses": (US_NEW, {}, 12052094),
    "global publishing": (CB_FR, {}, 12052701),
    "unfinished shop": (UNREADY, {}, 12052535),
}


@pytest.mark.parametrize("name", MARKETS)
def test_by_shop(shop: Callable[[str], Shop], name: str) -> None:
    shop_id, changes, code = MARKETS[name]
    seller = shop(shop_id)
    body = plain_mug(seller)
    if name == "new shop, two warehouses":
        first_sku(body)["inventory"].append({"warehouse_id": seller.warehouse(2), "quantity": 1})
    assert code_of(seller, {**body, **changes}) == code


def test_price_limit_when_shipped_from_abroad(shop: Callable[[str], Shop]) -> None:
    seller = shop(CB_GB)
    body = plain_mug(seller)
    first_sku(body)["price"]["amount"] = "200"
    assert code_of(seller, body) == 0
    first_sku(body)["inventory"][0]["warehouse_id"] = seller.warehouse(2)
    assert code_of(seller, body) == 12052570


def test_listing_check_tells_every_problem_and_saves_nothing(us: Shop, mug: Document, shared: Platform) -> None:
    broken = {**mug, "title": "", "package_weight": None, "category_id": "600120"}
    answer = us.data("POST", CHECK, broken)
    assert answer["check_result"] == "FAILED"
    assert {reason["code"] for reason in answer["fail_reasons"]} == {12052261, 12019011, 12052024}
    assert us.data("POST", CHECK, mug)["check_result"] == "PASS"
    assert not shared.products.products
