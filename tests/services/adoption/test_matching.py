"""Which product of ours a product on TikTok Shop is, and that a certain match is never wrong."""

import random
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import FoundProduct, MerchantSku, Product, Shop, Variant, db
from services import clock
from tests.services.adoption.conftest import Row, imported, theirs
from tests.services.listing_rows import add_listing, add_product

pytestmark = pytest.mark.engines("sqlite")
EAN = "4006381333931"
UPC = "036000291452"


def variants_of(product: Product) -> list[Variant]:
    query = select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
    return list(db.session.scalars(query))


def one(shop: Shop, *skus: Row | str, title: str = "Something else") -> FoundProduct:
    return imported(shop, theirs("9001", skus, title))["9001"]


KEYS: list[tuple[list[Row | str], str, str]] = [
    (["MUG-1-0"], "certain", "sku"),
    (["  MUG-1-0 "], "certain", "sku"),
    (["mug-1-0"], "proposed", "sku"),
    (["MUG-1-9"], "none", ""),
    ([""], "none", ""),
    ([("RENAMED", EAN, "")], "certain", "identifier"),
    ([("RENAMED", "0" + EAN, "")], "certain", "identifier"),
    ([("RENAMED", "4006381333932", "")], "none", ""),
    ([("MUG-1-0", EAN, "")], "certain", "sku"),
    ([("MUG-1-0", UPC, "")], "proposed", "sku"),
    (["MUG-1-0", "UNKNOWN"], "proposed", "sku"),
    (["MUG-1-0", "MUG-1-0"], "proposed", "sku"),
]


def test_by_sku_then_by_identifier(shop: Shop) -> None:
    variant = variants_of(add_product(1))[0]
    variant.gtin = EAN
    for skus, certainty, how in KEYS:
        row = one(shop, *skus)
        assert (skus, row.certainty, row.how) == (skus, certainty, how)
        if certainty == "certain":
            assert row.product_id == variant.product_id and list(row.pairs.values()) == [variant.id]


def test_all_children_lead_to_their_parent_and_each_to_its_variant(shop: Shop) -> None:
    product = add_product(1, 3)
    row = one(shop, "MUG-1-2", "MUG-1-0", "MUG-1-1")
    assert (row.certainty, row.product_id) == ("certain", product.id)
    ids = [variant.id for variant in variants_of(product)]
    assert row.pairs == {"900101": ids[2], "900102": ids[0], "900103": ids[1]}


def test_a_parent_is_known_by_its_product_id_and_never_by_its_own_sku(shop: Shop) -> None:
    parent = add_product(1, 2, sku="PARENT-1")
    assert one(shop, "PARENT-1").certainty == "none"
    parent.sku = "9002"
    row = imported(shop, theirs("9002", ["X-1", "X-2"], "Something else"))["9002"]
    assert (row.certainty, row.how, row.product_id) == ("certain", "product_id", parent.id)


def test_a_short_sku_needs_a_title_that_speaks_for_it(shop: Shop) -> None:
    variant = variants_of(add_product(1))[0]
    for code in ("1", "A-1", "1001"):
        variant.sku = code
        row = one(shop, code, title="Leather wallet")
        assert row.certainty == "proposed" and "short" in row.reason
        assert one(shop, code, title="Stoneware mug, wide handle").certainty == "certain"


def test_what_two_of_ours_share_is_only_proposed(shop: Shop) -> None:
    for number in (1, 2):
        variants_of(add_product(number))[0].sku = "SHARED-SKU"
    row = one(shop, "SHARED-SKU")
    assert row.certainty == "proposed" and len(row.candidates) == 2


def test_skus_of_two_products_are_only_proposed(shop: Shop) -> None:
    add_product(1), add_product(2)
    row = one(shop, "MUG-1-0", "MUG-2-0")
    assert row.certainty == "proposed" and len(row.candidates) == 2


def test_of_two_on_tiktok_that_match_one_of_ours_none_is_certain(shop: Shop) -> None:
    add_product(1)
    rows = imported(shop, theirs("9001", ["MUG-1-0"]), theirs("9002", ["MUG-1-0"]))
    assert {row.certainty for row in rows.values()} == {"proposed"}


def test_a_product_that_is_listed_already_is_only_proposed(shop: Shop) -> None:
    listing = add_listing(shop, 1)
    assert one(shop, "MUG-1-0").certainty == "certain", "staged only: it takes the product"
    listing.tiktok_id, listing.platform_status = "1", "ACTIVATE"
    row = one(shop, "MUG-1-0")
    assert row.certainty == "proposed" and "second" in row.reason


@pytest.mark.engines("sqlite", "postgresql")
def test_a_title_only_proposes(shop: Shop) -> None:
    product, _ = add_product(1, title="Glazed stoneware teapot with lid"), add_product(2, title="Oak chopping board")
    row = one(shop, "UNKNOWN", title="Stoneware teapot glazed, with lid")
    assert (row.certainty, row.how, row.product_id) == ("proposed", "title", product.id)
    assert row.pairs == {} and row.score < 95
    same = one(shop, "UNKNOWN", title="Glazed stoneware teapot with lid")
    assert same.certainty == "proposed"


def test_what_is_gone_from_bigcommerce_matches_nothing(shop: Shop) -> None:
    add_product(1).deleted_at = clock.now()
    assert one(shop, "MUG-1-0").certainty == "none"


# -- a catalog whose pairs are known ----------------------------------------------------------------------------------

NOUNS = ("mug", "bowl", "plate", "teapot", "vase", "jug", "tray", "candle", "apron", "towel")
KINDS = ("stoneware", "oak", "linen", "glass", "copper", "marble", "walnut", "cotton")
COLOURS = ("red", "blue", "green", "white", "black")


def gtin(number: int) -> str:
    body = f"{290_000_000_000 + number * 7919:012d}"
    return body + str(-(sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))) % 10)


def seed(dice: random.Random, count: int) -> tuple[list[Product], list[list[Variant]]]:
    """Products whose titles resemble each other, with SKUs of several kinds, a few of them short, shared or empty."""
    products: list[Product] = []
    variants: list[list[Variant]] = []
    for number in range(count):
        title = f"{dice.choice(COLOURS)} {dice.choice(KINDS)} {dice.choice(NOUNS)}".capitalize()
        product = Product(title=title, sku=f"P-{number}", price=Decimal(10), imported_at=clock.now(),
                          bigcommerce_id=number + 1, variant_count=1 + number % 3)  # fmt: skip
        db.session.add(product)
        db.session.flush()
        mine = []
        for place in range(1 + number % 3):
            code = dice.choice(
                (f"HP-{number:04d}-{place}", f"{NOUNS[number % 10].upper()}{number}{place}", str(number))
            )
            if number % 29 == 0:
                code = "SAMPLE-SKU"  # copied and never changed
            elif number % 23 == 0:
                code = ""
            identifier = gtin(number * 3 + place) if number % 2 else ""
            if number % 31 == 0:
                identifier = gtin(1)  # one barcode on many
            merchant = MerchantSku(code=f"{number}-{place}")
            db.session.add(merchant)
            db.session.flush()
            variant = Variant(product_id=product.id, bigcommerce_id=number * 10 + place + 1, sku=code, gtin=identifier,
                              merchant_sku_id=merchant.id, position=place, options=[["Size", "SML"[place]]],
                              price=Decimal(10))  # fmt: skip
            db.session.add(variant)
            mine.append(variant)
        products.append(product)
        variants.append(mine)
    db.session.flush()
    return products, variants


@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.long)])
def test_of_three_hundred_known_pairs_no_certain_match_is_wrong(shop: Shop, number: int) -> None:
    dice = random.Random(number)
    products, variants = seed(dice, 300)
    order = list(range(300))
    dice.shuffle(order)
    truth: dict[str, int | None] = {}
    pairs: dict[str, int] = {}
    shown = []
    for place, at in enumerate(order):
        tiktok_id, title = str(17_000_000 + place), products[at].title
        if place % 4 == 1:
            title = f"NEW {title} – best gift 2026"
        skus: list[Row | str] = []
        stranger = place % 10 == 0  # a product that we do not have, with a SKU or a title as we have them
        for one_of in dice.sample(variants[at], len(variants[at])):
            code, identifier = one_of.sku, one_of.gtin
            if stranger:
                code, identifier = dice.choice(("SAMPLE-SKU", str(at), f"ZZ-{place}")), gtin(9000 + place)
                title = dice.choice((title, "Leather dog collar", "Phone stand"))
            elif place % 7 == 0:
                code = f"TT-{place}-{one_of.position}"  # renamed on TikTok
            elif place % 11 == 0:
                identifier = gtin(5000 + place)
            skus.append((code, identifier, "SML"[one_of.position]))
            pairs[f"{tiktok_id}{len(skus):02d}"] = one_of.id
        truth[tiktok_id] = None if stranger else products[at].id
        shown.append(theirs(tiktok_id, skus, title))
    dice.shuffle(shown)
    rows = imported(shop, *shown)
    certain = {key: row for key, row in rows.items() if row.certainty == "certain"}
    wrong = [key for key, row in certain.items() if row.product_id != truth[key]]
    assert wrong == []
    assert [sku for row in certain.values() for sku, variant in row.pairs.items() if pairs[sku] != variant] == []
    known = [key for key, product in truth.items() if product is not None]
    assert len(certain) >= 0.6 * len(known), f"{len(certain)} of {len(known)}: most are linked without a person"
    proposed = [row for key, row in rows.items() if row.certainty == "proposed" and truth[key] is not None]
    hits = sum(truth[row.tiktok_id] in [one["product"] for one in row.candidates] for row in proposed)
    assert hits >= 0.5 * len(proposed), f"{hits} of {len(proposed)} proposals name the right one among three"
