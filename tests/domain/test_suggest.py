"""Suggestions: deterministic, with a reason, as good as the page says."""

import pytest

from bench import suggest as bench
from domain.draft import AttributeNeed
from domain.suggest.kinds import kind_of
from domain.suggest.measured import MEASURED
from domain.suggest.past import Choice, Past, merged
from domain.suggest.values import Evidence, suggest_values
from tests.house.tree import ROOT

MATERIAL = AttributeNeed(
    "1", "Material", "product", values=(("11", "Ceramic"), ("12", "Faux Leather"), ("13", "Leather"))
)
SAFE = AttributeNeed("2", "Dishwasher Safe", "product", values=(("21", "Yes"), ("22", "No")))


def test_the_numbers_are_those_that_are_measured_and_written() -> None:
    found = [one for one in bench.products() if one.noun in bench.TRUE_LEAVES]
    tallies = [bench.categories(found, way)[True] for way in bench.WAYS] + [bench.values(found)[True]]
    for told, tally in zip(MEASURED, tallies, strict=True):
        assert (told.top1, told.top3, told.asked) == (round(tally.top1, 3), round(tally.top3, 3), tally.asked)
    page = (ROOT / "docs" / "suggestions.md").read_text()
    for told in MEASURED:
        assert f"| {told.what} | {told.top1:.1%} | {told.top3:.1%} | {told.asked} |" in page


@pytest.mark.parametrize(
    ("evidence", "first"),
    [
        (Evidence("custom field", "ceramics", "Material"), "11"),
        (Evidence("title", "Speckled stoneware mug"), "11"),
        (Evidence("custom field", "Faux leather", "Outer material"), "12"),
        (Evidence("keywords", "belt, leather"), "13"),
        (Evidence("description", "Made of nothing in particular"), ""),
    ],
)
def test_the_first_value_and_its_reason(evidence: Evidence, first: str) -> None:
    found = suggest_values(MATERIAL, [evidence])
    assert (found[0].value_id if found else "") == first
    assert found == suggest_values(MATERIAL, [evidence])
    assert all(0 < one.confidence <= 1 and one.reason for one in found)


def test_a_field_that_is_called_like_the_attribute_counts_more() -> None:
    found = suggest_values(
        MATERIAL, [Evidence("title", "Leather-look bowl"), Evidence("custom field", "Ceramic", "Material")]
    )
    assert [one.value_id for one in found] == ["11", "13"] and "custom field" in found[0].reason


def test_yes_and_no_are_read_from_a_field_or_from_words() -> None:
    assert suggest_values(SAFE, [Evidence("custom field", "No", "Dishwasher safe")])[0].value_id == "22"
    assert suggest_values(SAFE, [Evidence("description", "Safe for dishwasher and oven")])[0].value_id == "21"
    assert suggest_values(SAFE, [Evidence("description", "Not safe for the dishwasher")]) == ()


def test_what_was_chosen_before_counts_by_its_share() -> None:
    found = suggest_values(MATERIAL, [], chosen_before={"13": 4, "11": 1})
    assert [one.value_id for one in found] == ["13"] and "4 of 5" in found[0].reason
    assert suggest_values(MATERIAL, [], chosen_before={}) == ()


def test_past_choices_are_found_by_what_things_are_called() -> None:
    past = Past([
        Choice("Blue rope collar", ("Dogs",), "1", ("Pets", "Collars")),
        Choice("Rope bed", ("Dogs",), "2", ("Pets", "Beds")),
    ])  # fmt: skip
    found = past.suggest("Green rope collar", ("Dogs",))
    assert found[0].category_id == "1" and "Blue rope collar" in found[0].reason
    assert past.suggest("Quartz watch") == () and Past([]).suggest("Anything") == ()
    both = merged(past.suggest("Red collar"), found)
    assert both[0].category_id == "1" and len({one.category_id for one in both}) == len(both)


def test_kinds_are_known_by_their_stems() -> None:
    assert kind_of("merino") == "wool" and kind_of("wool") == ""
