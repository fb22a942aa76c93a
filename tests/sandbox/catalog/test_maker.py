"""The catalog maker: the same seed gives the same catalog, sound for the most part, with every trouble in it."""

import io
import time
from collections import Counter

import pytest
from PIL import Image

from sandbox.catalog import EVERYDAY, make_catalog
from sandbox.catalog.gtin import check_digit
from sandbox.catalog.pictures import SHAPES, draw
from sandbox.server import create_app
from sandbox.settings import Settings


def test_a_seed_decides_everything() -> None:
    assert make_catalog(7, 150) == make_catalog(7, 150)
    assert make_catalog(7, 150) != make_catalog(8, 150)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_every_trouble_is_there_and_most_products_are_sound(seed: int) -> None:
    drafts = make_catalog(seed, 200)
    kinds = Counter(kind for draft in drafts for kind in draft["troubles"])
    assert set(kinds) == set(EVERYDAY)
    assert sum(not draft["troubles"] for draft in drafts) == 150
    assert kinds["many_variants"] == 1


def test_sound_products_have_all_a_listing_needs() -> None:
    for draft in make_catalog(7, 300):
        if draft["troubles"]:
            continue
        assert 10 <= len(draft["name"]) <= 250 and draft["description"].startswith("<p>")
        assert draft["price"] > 0 and draft["weight"] > 0 and min(draft["width"], draft["depth"], draft["height"]) > 0
        assert draft["images"] and draft["sku"] and len(draft.get("variants", [])) <= 100
        skus = [row["sku"] for row in draft.get("variants", [])]
        assert len(skus) == len(set(skus)) and all(len(sku) <= 50 and " " not in sku for sku in skus)


def test_names_and_skus_are_unique_and_numbers_check() -> None:
    drafts = make_catalog(3, 1000)
    assert len({draft["name"].lower() for draft in drafts}) == 1000
    skus = [
        sku for draft in drafts for sku in [draft["sku"], *(row["sku"] for row in draft.get("variants", []))] if sku
    ]
    assert len({sku.lower() for sku in skus}) == len(skus)
    numbers = [
        row["upc"]
        for draft in drafts
        if "wrong_gtin" not in draft["troubles"]
        for row in [draft, *draft.get("variants", [])]
        if row.get("upc")
    ]
    assert numbers and all(len(number) == 12 and check_digit(number[:-1]) == number[-1] for number in numbers)
    assert check_digit("03600029145") == "2"


def test_one_number_stands_on_two_products() -> None:
    drafts = make_catalog(7, 200)
    owners = Counter(row["upc"] for draft in drafts for row in [draft, *draft.get("variants", [])] if row.get("upc"))
    assert max(owners.values()) == 2


def test_troubles_look_like_their_names() -> None:
    by_kind = {kind: draft for draft in make_catalog(7, 200) for kind in draft["troubles"]}
    assert by_kind["no_weight"]["weight"] == 0
    assert len(by_kind["short_title"]["name"]) < 10 and len(by_kind["long_title"]["name"]) > 240
    assert by_kind["no_image"]["images"] == [] and by_kind["no_description"]["description"] == ""
    assert (
        by_kind["missing_sku"]["sku"] == ""
        and len(by_kind["long_sku"]["sku"]) > 50
        and " " in by_kind["spaced_sku"]["sku"]
    )
    assert len(by_kind["many_variants"]["variants"]) > 100
    assert by_kind["required_modifier"]["modifiers"][0]["required"] is True
    picture = by_kind["wide_image"]["images"][0]["picture"]
    assert picture["width"] * 9 == picture["height"] * 16


def test_a_store_takes_three_thousand_products_in_seconds() -> None:
    started = time.monotonic()
    app = create_app(Settings(run_timers=False, products=3000))
    assert time.monotonic() - started < 20
    catalog = app.extensions["bigcommerce"].catalogs["hj3kq9w1xz"]
    assert len(catalog.products) == 3000
    assert len({row["name"].lower() for row in catalog.products.values()}) == 3000


@pytest.mark.parametrize("form", ["jpg", "png", "bmp", "webp", "gif"])
def test_pictures_are_what_they_say(form: str) -> None:
    picture = Image.open(io.BytesIO(draw("mug", "#b4552d", "AB", 0, 600, 450, form)))
    assert picture.size == (600, 450)
    assert (picture.format or "").lower() == {"jpg": "jpeg"}.get(form, form)


def test_every_shape_can_be_drawn_from_every_side() -> None:
    drawn = {draw(shape, "#25365f", "AB", view, 120, 120, "png") for shape in SHAPES for view in range(4)}
    assert len(drawn) == len(SHAPES) * 4
