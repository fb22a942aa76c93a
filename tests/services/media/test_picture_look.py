"""The look at a main picture, held to a labelled set of drawn ones; docs/pictures.md tells the same numbers."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from domain.rules.images import PLAIN_ADVISED
from services.picture_look import SIDE, Seen, look
from tests.services.media.drawn import Labelled, pictures

WANTED_FILL = 0.6
PAGE = Path(__file__).parents[3] / "docs" / "pictures.md"


@pytest.fixture(scope="module")
def seen() -> list[tuple[Labelled, Seen]]:
    return [(one, look(one.data)) for one in pictures()]


def rates(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """(precision, recall) of (is so, was said)."""
    hits = sum(truth and said for truth, said in pairs)
    return hits / max(1, sum(said for _, said in pairs)), hits / max(1, sum(truth for truth, _ in pairs))


def measured(seen: Sequence[tuple[Labelled, Seen]]) -> dict[str, tuple[float, float]]:
    known = [(one, told) for one, told in seen if one.is_plain and told.fill is not None]
    return {
        "background not plain": rates([(not one.is_plain, told.plain < PLAIN_ADVISED * 1000) for one, told in seen]),
        "background white": rates(
            [(one.is_white, told.is_white and told.plain >= PLAIN_ADVISED * 1000) for one, told in seen]
        ),
        "product too small": rates([(one.extent < WANTED_FILL, told.fill < WANTED_FILL * 1000) for one, told in known]),  # type: ignore[operator]
    }


def test_precision_and_recall_are_those_of_the_page(seen: list[tuple[Labelled, Seen]]) -> None:
    page = PAGE.read_text()
    for name, (precision, recall) in measured(seen).items():
        assert precision >= 0.9 and recall >= 0.85, name
        row = re.search(rf"^\| {name} \| (\d+) % \| (\d+) % \|", page, re.M)
        assert row is not None, name
        assert abs(int(row[1]) - precision * 100) <= 1.5 and abs(int(row[2]) - recall * 100) <= 1.5, name


def test_the_extent_is_close_to_the_true_one_on_a_plain_background(seen: list[tuple[Labelled, Seen]]) -> None:
    off = [abs(told.fill / 1000 - min(1, one.extent)) for one, told in seen if one.is_plain and told.fill is not None]
    assert sorted(off)[len(off) * 9 // 10] < 0.06


def test_a_look_is_repeatable_and_small() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (900, 600), (0, 0, 0, 0)).save(out, "PNG")
    first = look(out.getvalue())
    assert first == look(out.getvalue())
    assert first.is_white and first.fill == 0 and (first.width, first.height) == (900, 600)
    preview = Image.open(io.BytesIO(first.preview))
    assert preview.size == (SIDE, 160) and preview.format == "JPEG"


def test_bands_around_another_colour_are_no_plain_background() -> None:
    out = io.BytesIO()
    image = Image.new("RGB", (400, 400), "white")
    image.paste("silver", (0, 90, 400, 310))
    image.save(out, "PNG")
    told = look(out.getvalue(), padded=True)
    assert told.plain < PLAIN_ADVISED * 1000 and told.fill is None


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK", "1"])
def test_every_mode_is_looked_at(mode: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), "white").convert(mode).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert look(out.getvalue()).plain == 1000
