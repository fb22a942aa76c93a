"""The variant matrix as a grid: a product that breaks one rule is caught by that rule alone, and once."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draft import ImageDraft, SkuDraft
from domain.readiness import check
from domain.variants import grid, picture_conflicts
from tests.domain.examples import DRAFT, NEEDS, PACK, POLICY, image, sku

VALUES = st.lists(
    st.text(alphabet="abcdeXYZ", min_size=1, max_size=8),
    min_size=2,
    max_size=4,
    unique_by=lambda value: value.casefold(),
)


def made(colors: list[str], sizes: list[str]) -> list[SkuDraft]:
    """A sound matrix: one picture for each colour."""
    pictures = {color: image(f"v-{number}") for number, color in enumerate(colors)}
    base = replace(sku("1", "x", "y"), identifier=None)
    return [
        replace(
            base, key=str(number), seller_sku=f"S{number}", options=(("Color", color), ("Size", size)),
            image=pictures[color],
        )
        for number, (color, size) in enumerate(product(colors, sizes))
    ]  # fmt: skip


def caught(skus: list[SkuDraft]) -> list[str]:
    """Every finding about the matrix, rules and grid together."""
    draft = replace(DRAFT, skus=tuple(skus))
    rules = [one.code for one in check(draft, NEEDS, PACK, POLICY) if one.code.startswith("variants.")]
    found = grid(skus)
    return rules + ["missing"] * len(found.missing if found else ())


VIOLATIONS = {
    "nothing": [],
    "double": ["variants.duplicate", "missing"],  # the place it left is empty
    "gap": ["missing"],
    "long name": ["variants.option_name_length"],
    "long value": ["variants.option_value_length"],
    "picture": ["variants.images_left_out"],
}


@given(VALUES, VALUES, st.sampled_from(sorted(VIOLATIONS)), st.data())
def test_each_violation_is_caught_once(colors: list[str], sizes: list[str], kind: str, data: st.DataObject) -> None:
    skus = made(colors, sizes)
    place = data.draw(st.integers(0, len(skus) - 1))
    one, other = skus[place], skus[(place + 1) % len(skus)]
    match kind:
        case "double":
            skus[place] = replace(one, options=other.options, image=other.image)
            left = {pair for sku in skus for pair in sku.options}
            if not set(one.options) <= left:
                return  # the value itself is gone with it, so the grid has no such place
        case "gap":
            del skus[place]
            if not set(one.options) <= {pair for sku in skus for pair in sku.options}:
                return
        case "long name":
            skus = [replace(each, options=(("C" * 21, each.options[0][1]), each.options[1])) for each in skus]
        case "long value":
            long = "v" * 51
            skus = [
                replace(each, options=(("Color", long if value == colors[0] else value), each.options[1]))
                for each in skus
                for value in [each.options[0][1]]
            ]
        case "picture":
            if len(sizes) < 2:
                return
            skus[place] = replace(one, image=ImageDraft("stray", "https://store.example/s.jpg", 900, 900, 9000, "JPEG"))
    assert sorted(caught(skus)) == sorted(VIOLATIONS[kind])


def test_too_many_for_the_market_is_caught_once() -> None:
    skus = made([f"c{number}" for number in range(20)], [f"s{number}" for number in range(16)])
    assert caught(skus) == ["variants.too_many"]


def test_the_grid_names_cells_rows_and_gaps() -> None:
    skus = made(["Red", "Blue"], ["S", "M"])
    skus[3] = replace(skus[3], options=(("Color", "Blue"), ("Size", "s")))  # as TikTok matches values: S again
    found = grid(skus)
    assert found is not None and found.names == ("Color", "Size") and found.columns == ("S", "M")
    assert [(head, [cell.state for cell in cells]) for head, cells in found.rows] == [
        (("Red",), ["ok", "ok"]), (("Blue",), ["double", "missing"]),
    ]  # fmt: skip
    assert found.missing == (("Blue", "M"),) and found.doubles == 1 and found.uneven == ()
    assert found.rows[1][1][0].keys == ("2", "3")


def test_variants_with_other_options_stand_beside_the_grid() -> None:
    skus = made(["Red", "Blue"], ["S", "M"])
    skus[1] = replace(skus[1], options=(("Color", "Red"),))
    found = grid(skus)
    assert found is not None and found.uneven == ("1",) and found.missing == (("Red", "M"),)


@pytest.mark.parametrize("skus", [[], [replace(sku("1", "x", "y"), options=())]])
def test_what_does_not_vary_has_no_grid(skus: list[SkuDraft]) -> None:
    assert grid(skus) is None


def test_the_values_that_keep_pictures_off_an_option_are_named() -> None:
    skus = made(["Red", "Blue"], ["S", "M"])
    assert picture_conflicts(skus) == {"Color": (), "Size": ("S", "M")}
    skus[0] = replace(skus[0], image=image("other"))
    assert picture_conflicts(skus)["Color"] == ("Red",)


def test_a_grid_too_large_to_look_at_has_no_rows() -> None:
    skus = [replace(sku("1", "x", "y"), key=str(n), options=(("A", f"a{n}"), ("B", f"b{n}"))) for n in range(60)]
    found = grid(skus)
    assert found is not None and found.rows == () and found.missing == ()
