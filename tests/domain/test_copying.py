"""Money and attributes between two shops: dated rates or a refusal, and what the other market's attribute takes."""

from datetime import date
from decimal import Decimal

import pytest

from domain.copying import exchange, fitting, lacking
from domain.draft import AttributeNeed, AttributeValue
from domain.pricing.rules import Rate

TODAY = date(2026, 11, 21)
EURO, POUND = Rate(Decimal("0.9"), date(2026, 11, 20)), Rate(Decimal("0.8"), date(2026, 11, 18))
OLD = Rate(Decimal("0.9"), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("here", "there", "mine", "theirs", "twelve"),
    [
        ("EUR", "EUR", None, None, "12.00"),
        ("USD", "EUR", None, EURO, "10.80"),
        ("EUR", "USD", EURO, None, "13.33"),
        ("EUR", "GBP", EURO, POUND, "10.67"),
        ("USD", "EUR", None, None, None),
        ("EUR", "GBP", None, POUND, None),
        ("USD", "EUR", None, OLD, None),
    ],
)
def test_money_goes_by_dated_rates_or_not_at_all(
    here: str, there: str, mine: Rate | None, theirs: Rate | None, twelve: str | None
) -> None:
    found = exchange(here, there, "USD", mine, theirs, TODAY)
    turned = found.turn(Decimal(12), there)
    assert (turned is None) == (twelve is None) == bool(found.why_not)
    assert turned is None or format(turned, "f") == twelve


def test_the_day_of_two_rates_is_the_older_one() -> None:
    assert exchange("EUR", "GBP", "USD", EURO, POUND, TODAY).day == POUND.day


CERAMIC, GLASS, OWN = AttributeValue("1", "Ceramic"), AttributeValue("2", "Glass"), AttributeValue("", "Clay")


def need(**changes: object) -> AttributeNeed:
    values = {"id": "101", "name": "Material", "kind": "product", "values": (("1", "Ceramic"), ("9", "Glass"))}
    return AttributeNeed(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "wanted", "kept", "lost"),
    [
        ((CERAMIC,), need(), ("1",), 0),
        ((GLASS,), need(), ("9",), 0),  # another id, the same words
        ((OWN,), need(), (), 1),
        ((OWN,), need(custom=True), ("",), 0),
        ((CERAMIC, GLASS), need(multiple=True), ("1", "9"), 0),
        ((CERAMIC, GLASS), need(), ("1",), 0),
        ((CERAMIC,), None, (), 1),
    ],
)
def test_attributes_fit_by_id_by_words_or_as_text(
    values: tuple[AttributeValue, ...], wanted: AttributeNeed | None, kept: tuple[str, ...], lost: int
) -> None:
    taken, left = fitting(values, wanted)
    assert tuple(value.id for value in taken) == kept and len(left) == lost


def test_what_the_other_market_demands_and_nobody_gave() -> None:
    wanted = [need(required=True), need(id="102", required=True), need(id="103")]
    assert [one.id for one in lacking(wanted, {"101": [CERAMIC]})] == ["102"]
