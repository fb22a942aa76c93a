"""Every awkward case of a real catalog can be had, in the number wanted, and looks like its name."""

import io
import tracemalloc
from collections import Counter
from typing import Any

import pytest
from PIL import Image

from sandbox.catalog import ALL_MIX, CLEAN, EVERYDAY, KINDS, ONE_OF_EACH, Mix, make_catalog, stream_catalog
from sandbox.catalog.pictures import from_plan

Draft = dict[str, Any]


@pytest.fixture(scope="module")
def spoilt() -> dict[str, Draft]:
    """One product of each kind of trouble."""
    drafts = make_catalog(11, len(KINDS), ONE_OF_EACH)
    return {kind: draft for draft in drafts for kind in draft["troubles"]}


def kinds_of(drafts: list[Draft]) -> Counter[str]:
    return Counter(kind for draft in drafts for kind in draft["troubles"])


def test_one_of_each_is_one_of_each(spoilt: dict[str, Draft]) -> None:
    assert set(spoilt) == set(KINDS)
    assert set(kinds_of(make_catalog(11, 90, ONE_OF_EACH)).values()) == {1}


def test_a_mix_is_kept_in_catalogs_of_many_blocks() -> None:
    chosen = Mix(counts={"no_weight": 300, "heavy": 7})
    assert kinds_of(make_catalog(2, 2500, chosen)) == {"no_weight": 300, "heavy": 7}
    half = kinds_of(make_catalog(2, 2500, Mix(("no_weight", "many_variants", "variants_301"), 0.5)))
    assert half["many_variants"] == half["variants_301"] == 1 and half.total() == 1250
    assert not kinds_of(make_catalog(2, 1200, CLEAN))
    assert set(kinds_of(make_catalog(2, 400, ALL_MIX))) == set(KINDS)


def test_more_troubles_than_products_are_refused() -> None:
    with pytest.raises(ValueError):
        make_catalog(1, 10, Mix(counts={"no_weight": 11}))


def test_a_stream_never_runs_out_of_names() -> None:
    """Small departments have fewer names than a large catalog has products."""
    names = [draft["name"].lower() for draft in stream_catalog(4, 30_000, CLEAN)]
    assert len(set(names)) == 30_000


def test_sizes_and_numbers(spoilt: dict[str, Draft]) -> None:
    assert len(spoilt["sku_of_70"]["sku"]) == 70
    assert len(spoilt["variants_101"]["variants"]) == 101 and len(spoilt["variants_301"]["variants"]) == 301
    assert len({value["option_display_name"] for value in spoilt["four_options"]["variants"][0]["option_values"]}) == 4
    assert len(spoilt["long_description"]["description"]) > 60_000
    assert spoilt["no_stock"]["on_hand"] == 0 and spoilt["below_safety_stock"]["safety_stock"] > 0
    picture = spoilt["image_of_300"]["images"][0]["picture"]
    assert (picture["width"], picture["height"]) == (300, 300)


def test_hostile_texts_are_everywhere_they_can_be(spoilt: dict[str, Draft]) -> None:
    script, formula = spoilt["script_everywhere"], spoilt["formula_cells"]
    assert "<script>" in script["name"] and "<script>" in script["description"]
    values = [value for row in script["variants"] for value in row["option_values"]]
    assert "onerror" in values[0]["option_display_name"] and "<script>" in values[0]["label"]
    cells = [formula["name"], *(row["sku"] for row in formula["variants"])]
    cells += [value["label"] for row in formula["variants"] for value in row["option_values"]]
    assert all(cell[0] in "=+-@" for cell in cells)
    assert "\u202e" in spoilt["right_to_left"]["name"] and "\u200b" in spoilt["hidden_characters"]["name"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(EVERYDAY)))
def test_the_rarer_kinds_keep_out_of_ordinary_catalogs(kind: str) -> None:
    assert kind not in kinds_of(make_catalog(7, 400))


def test_forty_megapixels_are_drawn_without_being_held(spoilt: dict[str, Draft]) -> None:
    plan = spoilt["huge_image"]["images"][0]["picture"]
    tracemalloc.start()
    content = from_plan(plan, "zoom")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Image.open(io.BytesIO(content)).size == (8000, 5000)
    assert peak < 4_000_000 and len(content) < 1_000_000
    assert max(Image.open(io.BytesIO(from_plan(plan, "tiny"))).size) == 60


def test_a_large_picture_can_be_read_to_its_last_row() -> None:
    plan = {"shape": "mug", "color": "#b4552d", "initials": "AB", "view": 0, "width": 1500, "height": 900}
    whole = Image.open(io.BytesIO(from_plan({**plan, "format": "png", "whole": True}, "zoom")))
    whole.load()
    small = Image.open(io.BytesIO(from_plan({**plan, "format": "png"}, "standard"))).convert("RGB")
    middle = whole.convert("RGB").resize(small.size).getpixel((small.width // 2, small.height // 2))
    expected = small.getpixel((small.width // 2, small.height // 2))
    assert isinstance(middle, tuple) and isinstance(expected, tuple)
    assert all(abs(one - other) < 24 for one, other in zip(middle, expected, strict=True))


def test_a_broken_picture_cannot_be_read(spoilt: dict[str, Draft]) -> None:
    content = from_plan(spoilt["broken_image"]["images"][0]["picture"], "zoom")
    with pytest.raises(OSError):
        Image.open(io.BytesIO(content)).load()
