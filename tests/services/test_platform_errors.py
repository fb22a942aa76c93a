"""TikTok's refusals and review reasons: each keeps its code, stands at a field, and says something."""

from collections.abc import Iterable

import pytest

from blueprints.listings.wording import PARTS
from clients.errors import Refused
from clients.tiktok.codes import branch
from services import platform_errors
from services.order_refusals import ENTRIES, fix, say
from services.platform_errors import POSITIONS, TABLE
from tests.sandbox.tiktok.must_reject import NO_BODY, Case
from tests.sandbox.tiktok.test_must_reject import TABLES
from tests.sandbox.tiktok.test_must_reject_orders import ORDERS


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


WITHOUT_WORDS = {
    **dict.fromkeys(("12019103", "12019104", "12019105"), "no file is uploaded"),
    **dict.fromkeys(
        ("12052189", "12052190", "12052191", "12052192", "12052202", "12052203", "12052205"), "no brand is made"
    ),
    **dict.fromkeys(
        ("12019008", "12019015", "12019027", "12019087", "12019108", "12019109", "12019118", "12019119", "12019120",
         "12052180"),
        "a search, or a batch, of our own making; no listing is sent",
    ),
    "12052547": "the version under review is not asked for",
}  # fmt: skip


def test_every_refusal_of_the_sandbox_has_words_or_is_no_refusal_of_a_listing() -> None:
    words = set().union(*(codes for codes, _, _ in TABLE))
    told = refused(case for case in TABLES if case not in ORDERS)
    assert told - words - WITHOUT_WORDS.keys() == set()
    assert WITHOUT_WORDS.keys() <= told - words


def test_every_refusal_of_an_order_a_package_or_a_request_has_cause_and_fix() -> None:
    assert refused(ORDERS) - ENTRIES.keys() == {"98001004"}, "a call of our own making"
    for code, entry in ENTRIES.items():
        assert entry.cause.endswith(".") and entry.fix.endswith(".") and "!" not in entry.fix, code
        assert entry.about in {"order", "tracking", "package", "request"}
    said = say("ship.21011007", "Buyer request open.")
    assert said.startswith(ENTRIES["21011007"].cause) and ENTRIES["21011007"].fix in said and "21011007" in said
    assert "Not today" in say("19999999", "Not today") and "19999999" in say("19999999", " ")


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("the store has one currency only", "Currencies"), ("The options are invalid.", "Required options"),
        ("Quantities of one or more products are out of stock", "stock"), ("something else", "Put it right"),
    ],
)  # fmt: skip
def test_what_bigcommerce_refuses_has_a_cure(said: str, cure: str) -> None:
    assert cure in fix(said) and fix(said).endswith(", then try again.")


def refused(cases: Iterable[Case]) -> set[str]:
    """Their codes, but for those that speak of the connection."""
    met = {case.code for case in cases} - {"0", NO_BODY, "auth_denied"}
    return {code for code in met if branch(200, code, "") is Refused}


def test_words_name_one_thing_to_do() -> None:
    for codes, field, cure in TABLE:
        assert cure.endswith(".") and "!" not in cure, codes
        assert field in PARTS, field
