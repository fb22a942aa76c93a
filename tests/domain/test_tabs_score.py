"""The tab for every combination of facts, the product's status, and a score that never falls with a fix."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draft import Draft, Problem
from domain.readiness import check
from domain.score import score
from domain.tabs import DETAIL, PRODUCT_WORDS, WORDS, Facts, ProductStatus, Tab, product_status, tab
from tests.domain.examples import DRAFT, NEEDS, PACK, POLICY, SKUS, with_sku

STATUSES = (
    "",
    "INITIAL",
    "DRAFT",
    "PENDING",
    "FAILED",
    "ACTIVATE",
    "SELLER_DEACTIVATED",
    "PLATFORM_DEACTIVATED",
    "FREEZE",
    "DELETED",
    "SCHEDULED",
)
AUDITS = ("", "NONE", "AUDITING", "FAILED", "PRE_APPROVED", "APPROVED")
INTENTS = ("", "none", "publish", "update", "activate", "deactivate", "delete", "recover")


def expected(ready: bool, checked: bool, intent: str, status: str, audit: str, refused: bool) -> str:
    """The same decision as a plain ladder, most certain fact first."""
    if status == "ACTIVATE":
        return "live"
    if status == "PENDING":
        return "in_review"
    starting = intent in ("publish", "activate", "recover")
    if status in ("INITIAL", "DRAFT") and audit in ("AUDITING", "PRE_APPROVED"):
        return "in_review"
    if starting:
        return "publishing"
    if status in ("SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED", "FREEZE", "DELETED"):
        return "in_review" if audit == "AUDITING" else "deactivated"
    if status == "FAILED":
        return "failed"
    if status == "SCHEDULED":
        return "scheduled"
    if refused or (status and audit == "FAILED"):
        return "failed"
    return "ready" if ready and checked else "incomplete"


def test_every_combination() -> None:
    both = (False, True)
    for ready, checked, intent, status, audit, refused in product(both, both, INTENTS, STATUSES, AUDITS, both):
        facts = Facts(ready, checked, intent, status, audit, refused)
        assert tab(facts) == expected(ready, checked, intent, status, audit, refused), facts


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (Facts(False, True), Tab.INCOMPLETE),
        (Facts(True, True), Tab.READY),
        (Facts(True, False), Tab.INCOMPLETE),
        (Facts(True, True, "publish"), Tab.PUBLISHING),
        (Facts(True, True, "", "PENDING", "AUDITING"), Tab.IN_REVIEW),
        (Facts(True, True, "update", "ACTIVATE", "AUDITING"), Tab.LIVE),
        (Facts(False, True, "", "ACTIVATE", "FAILED", True), Tab.LIVE),
        (Facts(True, True, refused=True), Tab.FAILED),
        (Facts(True, True, "publish", refused=True), Tab.PUBLISHING),
        (Facts(True, True, "", "FREEZE"), Tab.DEACTIVATED),
        (Facts(True, True, "activate", "SELLER_DEACTIVATED"), Tab.PUBLISHING),
    ],
)
def test_told_one_by_one(facts: Facts, found: Tab) -> None:
    assert tab(facts) is found


@pytest.mark.parametrize(
    ("tabs", "status"),
    [
        ([], ProductStatus.NOT_UPLOADED),
        ([Tab.INCOMPLETE], ProductStatus.DRAFT),
        ([Tab.READY], ProductStatus.DRAFT),
        ([Tab.PUBLISHING, Tab.LIVE], ProductStatus.IN_PROGRESS),
        ([Tab.IN_REVIEW, Tab.LIVE], ProductStatus.PENDING),
        ([Tab.LIVE, Tab.READY], ProductStatus.LIVE),
        ([Tab.LIVE, Tab.FAILED, Tab.PUBLISHING], ProductStatus.FAILED),
        ([Tab.DEACTIVATED], ProductStatus.DRAFT),
    ],
)
def test_product_status(tabs: list[Tab], status: ProductStatus) -> None:
    assert product_status(tabs) is status


def test_words_exist_for_all() -> None:
    assert set(WORDS) == set(Tab)
    assert set(PRODUCT_WORDS) == set(ProductStatus)
    assert set(DETAIL) <= set(STATUSES)


MESSY = replace(
    with_sku(0, price=None, quantity=0, seller_sku=""),
    title="",
    weight=None,
    images=(),
    attributes={},
    certifications=frozenset(),
    brand_authorised=False,
)
PROBLEMS = check(MESSY, NEEDS, PACK, POLICY)


def test_hundred_only_without_problems() -> None:
    assert score((), DRAFT, NEEDS).value == 100
    assert score((Problem("images.unmeasured", "images.a", "", False),), DRAFT, NEEDS).value < 100


@given(st.data())
def test_taking_a_problem_away_never_lowers_the_score(data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(PROBLEMS), unique=True, min_size=1))
    less = [problem for problem in some if problem is not data.draw(st.sampled_from(some))]
    assert score(less, MESSY, NEEDS).value >= score(some, MESSY, NEEDS).value


def test_gains_are_what_fixing_wins() -> None:
    found = score(PROBLEMS, MESSY, NEEDS)
    assert {code for code, _ in found.gains} == {problem.code for problem in PROBLEMS}
    for code, points in found.gains:
        rest = [problem for problem in PROBLEMS if problem.code != code]
        assert score(rest, MESSY, NEEDS).value == found.value + points
    assert [points for _, points in found.gains] == sorted((points for _, points in found.gains), reverse=True)


def test_one_of_four_variants_costs_less_than_all() -> None:
    def value(draft: Draft) -> int:
        return score(check(draft, NEEDS, PACK, POLICY), draft, NEEDS).value

    assert value(with_sku(0, price=None)) > value(replace(DRAFT, skus=tuple(replace(sku, price=None) for sku in SKUS)))
