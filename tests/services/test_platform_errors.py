"""TikTok's refusals and review reasons: each keeps its code, stands at a field, and says something."""

import pytest

from services import platform_errors
from services.platform_errors import POSITIONS, TABLE


def test_each_known_code_is_at_one_field_only() -> None:
    every = [code for codes, _, _ in TABLE for code in codes]
    assert len(every) == len(set(every))
    for codes, field, cure in TABLE:
        for code in codes:
            found = platform_errors.problem(code, "What TikTok said.")
            assert (found.code, found.field) == (f"tiktok.{code}", field)
            assert "What TikTok said" in found.text and cure in found.text


@pytest.mark.parametrize(
    ("code", "field"),
    [("12052300", "images"), ("12052220", "category"), ("12052200", "brand"), ("12052592", "identifier")],
)
def test_the_commonest_causes(code: str, field: str) -> None:
    assert platform_errors.problem(code, "").field == field


def test_a_refusal_without_a_message_is_never_mute() -> None:
    for code in ("12052300", "99999999"):
        assert len(platform_errors.problem(code, " ").text) > 10
    unknown = platform_errors.problem("99999999", "")
    assert (unknown.code, unknown.field) == ("tiktok.99999999", "publish") and "99999999" in unknown.text


@pytest.mark.parametrize(("word", "field"), POSITIONS)
def test_a_reason_of_the_review_stands_where_its_position_says(word: str, field: str) -> None:
    found = platform_errors.review(word.upper(), "Looks like spam")
    assert (found.code, found.field) == (f"review.{field}", field) and "Looks like spam" in found.text


def test_a_reason_without_a_known_position_is_general() -> None:
    assert platform_errors.review("Warranty", "x").field == "publish"
