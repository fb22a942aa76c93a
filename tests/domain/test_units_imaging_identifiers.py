"""Conversions, picture plans and identifiers."""

from decimal import Decimal

import pytest

from domain.draft import Dimensions, Identifier, Weight
from domain.identifiers import check_digit_fits, choose, fault
from domain.imaging import Step, plan
from domain.policy import IDENTIFIER_PRIORITY, RatioPolicy
from domain.rulepacks import pack_for
from domain.units import UnknownUnit, dimensions, weight
from tests.domain.examples import PACK, TODAY

GB = pack_for("GB", TODAY)


@pytest.mark.parametrize(
    ("value", "unit", "market", "expected"),
    [
        ("2", "LBS", "US", Weight(Decimal("2.00"), "POUND")),
        ("8", "Ounces", "US", Weight(Decimal("0.50"), "POUND")),
        ("1.2345", "KGS", "US", Weight(Decimal("1.235"), "KILOGRAM")),
        ("1", "LBS", "GB", Weight(Decimal("0.454"), "KILOGRAM")),
        ("250", "Grams", "BR", Weight(Decimal("0.250"), "KILOGRAM")),
        ("0.001", "Tonnes", "GB", Weight(Decimal("1.000"), "KILOGRAM")),
        ("0.1", "Grams", "GB", Weight(Decimal("0.001"), "KILOGRAM")),
    ],
)
def test_weights(value: str, unit: str, market: str, expected: Weight) -> None:
    assert weight(Decimal(value), unit, pack_for(market, TODAY)) == expected


def test_missing_and_unknown_weights() -> None:
    assert weight(None, "LBS", PACK) is None
    assert weight(Decimal(0), "LBS", PACK) is None
    with pytest.raises(UnknownUnit):
        weight(Decimal(1), "Stone", PACK)


def test_dimensions_follow_the_weights_system() -> None:
    sides = (Decimal(10), Decimal(5), Decimal("2.5"))
    assert dimensions(*sides, "Inches", PACK) == Dimensions(Decimal("10.00"), Decimal("5.00"), Decimal("2.50"), "INCH")
    assert dimensions(*sides, "Inches", GB) == Dimensions(
        Decimal("25.40"), Decimal("12.70"), Decimal("6.35"), "CENTIMETER"
    )
    metric = dimensions(*sides, "Inches", PACK, like="KGS")
    assert metric is not None and metric.unit == "CENTIMETER"
    assert dimensions(Decimal(1), None, Decimal(1), "Inches", PACK) is None
    assert dimensions(Decimal(1), Decimal(0), Decimal(1), "Inches", PACK) is None


MB = 1024 * 1024


@pytest.mark.parametrize(
    ("picture", "policy", "steps", "size", "fault"),
    [
        ((1000, 1000, MB, "JPEG"), "auto_pad", (), (1000, 1000), ""),
        ((1000, 1005, MB, "JPEG"), "strict_square", (), (1000, 1005), ""),
        ((1000, 500, MB, "JPEG"), "auto_pad", (Step.PAD_TO_SQUARE,), (1000, 1000), ""),
        ((1000, 500, MB, "JPEG"), "strict_square", (), (1000, 500), "not_square"),
        ((1000, 500, MB, "JPEG"), "allow_3_4_to_4_3", (), (1000, 500), "bad_ratio"),
        ((1000, 750, MB, "JPEG"), "allow_3_4_to_4_3", (), (1000, 750), ""),
        ((750, 1000, MB, "jpg"), "allow_3_4_to_4_3", (), (750, 1000), ""),
        ((800, 200, MB, "PNG"), "auto_pad", (Step.PAD_TO_SQUARE,), (800, 800), ""),
        ((299, 299, MB, "PNG"), "auto_pad", (), (299, 299), "too_small"),
        ((8000, 6000, MB, "JPEG"), "allow_3_4_to_4_3", (Step.SHRINK,), (4000, 3000), ""),
        ((8000, 2000, MB, "JPEG"), "auto_pad", (Step.PAD_TO_SQUARE, Step.SHRINK), (4000, 4000), ""),
        ((900, 900, MB, "GIF"), "auto_pad", (Step.CONVERT_JPEG,), (900, 900), ""),
        ((900, 900, MB, "WEBP"), "auto_pad", (), (900, 900), ""),
        ((3000, 3000, 11 * MB, "PNG"), "auto_pad", (Step.CONVERT_JPEG, Step.COMPRESS), (3000, 3000), ""),
        ((3000, 3000, 11 * MB, "JPEG"), "auto_pad", (Step.COMPRESS,), (3000, 3000), ""),
        ((20_001, 400, MB, "JPEG"), "auto_pad", (), (20_001, 400), "too_large"),
        ((900, 900, 51 * MB, "PNG"), "auto_pad", (), (900, 900), "too_heavy"),
    ],
)
def test_picture_plans(
    picture: tuple[int, int, int, str], policy: RatioPolicy, steps: tuple[Step, ...], size: tuple[int, int], fault: str
) -> None:
    found = plan(*picture, policy, PACK)
    assert (found.steps, (found.width, found.height), found.fault) == (steps, size, fault)


def test_a_repaired_picture_needs_nothing_more() -> None:
    first = plan(8000, 2000, 12 * MB, "GIF", "auto_pad", PACK)
    assert plan(first.width, first.height, MB, "JPEG", "auto_pad", PACK).steps == ()


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (Identifier("UPC", "036000291452"), ""),
        (Identifier("EAN", "4006381333931"), ""),
        (Identifier("EAN", "96385074"), ""),
        (Identifier("GTIN", "10614141000415"), ""),
        (Identifier("ISBN", "9780306406157"), ""),
        (Identifier("ISBN", "080442957X"), ""),
        (Identifier("ISBN", "97803064061X7"), "digits"),
        (Identifier("UPC", "0360002914X2"), "digits"),
        (Identifier("UPC", "٠٣٦٠٠٠٢٩١٤٥٢"), "digits"),
        (Identifier("GTIN", "036000291452"), "length"),
        (Identifier("ISBN", "123"), "length"),
    ],
)
def test_identifier_faults(identifier: Identifier, expected: str) -> None:
    assert fault(identifier) == expected
    if not expected:
        assert check_digit_fits(identifier.code)


def test_wrong_check_digits() -> None:
    assert not check_digit_fits("036000291453")
    assert not check_digit_fits("0804429570")


def test_choice_follows_the_priority_and_the_kind_follows_the_length() -> None:
    both = {"upc": "036000291452", "ean": "4006381333931"}
    assert choose(IDENTIFIER_PRIORITY, **both) == Identifier("UPC", "036000291452")
    assert choose(("EAN", "UPC"), **both) == Identifier("EAN", "4006381333931")
    assert choose(IDENTIFIER_PRIORITY) is None
    assert choose(IDENTIFIER_PRIORITY, upc="4006381333931") == Identifier("EAN", "4006381333931")
    assert choose(IDENTIFIER_PRIORITY, gtin="978-0-306-40615-7") == Identifier("ISBN", "9780306406157")
