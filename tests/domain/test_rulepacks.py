"""Sixteen markets, the newest pack not after a day, and a listing that breaks on a date."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.policy import Policy
from domain.readiness import check
from domain.rulepacks import MARKETS, PACKS, UnknownMarket, pack_for, upcoming
from tests.domain.examples import DRAFT, NEEDS, TODAY

CODES = {"BR", "DE", "ES", "FR", "GB", "ID", "IE", "IT", "JP", "MX", "MY", "PH", "SG", "TH", "US", "VN"}


def test_all_sixteen_markets_have_packs_with_a_source() -> None:
    assert {market.code for market in MARKETS} == CODES
    assert {pack.market for pack in PACKS} == {market.code for market in MARKETS}
    assert all(pack.source and len(pack.version) <= 40 for pack in PACKS)
    assert len({pack.version for pack in PACKS}) == len(PACKS)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2020, 1, 1), "US-2025-01-01"),
        (date(2025, 2, 28), "US-2025-01-01"),
        (date(2025, 3, 1), "US-2025-03-01"),
        (date(2026, 4, 30), "US-2025-05-01"),
        (date(2026, 5, 1), "US-2026-05-01"),
        (TODAY, "US-2026-06-01"),
    ],
)
def test_newest_pack_not_after_the_day(on: date, version: str) -> None:
    assert pack_for("US", on).version == version


def test_upcoming() -> None:
    assert [pack.version for pack in upcoming("GB", date(2026, 4, 30))] == ["GB-2026-05-01", "GB-2026-06-01"]
    assert upcoming("GB", TODAY) == ()


def test_unknown_market() -> None:
    with pytest.raises(UnknownMarket):
        pack_for("AQ", TODAY)


@pytest.mark.parametrize(
    ("market", "titles", "skus", "price", "units"),
    [
        ("US", (1, 255), 300, ("0.01", "7600"), ("POUND", "KILOGRAM")),
        ("GB", (1, 255), 300, ("0.01", "5600"), ("KILOGRAM",)),
        ("BR", (1, 300), 300, ("0.5", "10000"), ("KILOGRAM", "GRAM")),
        ("ID", (25, 255), 100, ("100", "100000000"), ("KILOGRAM",)),
        ("TH", (25, 255), 100, ("30", "260000"), ("KILOGRAM",)),
        ("JP", (1, 255), 300, ("1", "500000"), ("KILOGRAM", "GRAM")),
    ],
)
def test_numbers_of_the_reference(
    market: str, titles: tuple[int, int], skus: int, price: tuple[str, str], units: tuple[str, ...]
) -> None:
    pack = pack_for(market, TODAY)
    assert (pack.title_min, pack.title_max) == titles
    assert pack.max_skus == skus
    assert (pack.price_min, pack.price_max) == (Decimal(price[0]), Decimal(price[1]))
    assert tuple(unit for unit, _ in pack.weight_units) == units


def test_cross_border_prices() -> None:
    pack = pack_for("GB", TODAY, cross_border=True)
    assert pack.price_max == Decimal("134.5")
    assert pack.version.endswith("cross-border")
    assert pack_for("TH", TODAY, cross_border=True).price_min == Decimal("0.01")


def test_a_listing_breaks_on_the_day_the_numbers_change() -> None:
    now = pack_for("US", TODAY)
    later = replace(now, effective_from=TODAY + timedelta(days=30), title_max=10)
    packs = (now, later)

    def codes(on: date) -> list[str]:
        return [found.code for found in check(DRAFT, NEEDS, pack_for("US", on, packs=packs), Policy())]

    assert codes(TODAY) == codes(TODAY + timedelta(days=29)) == []
    assert upcoming("US", TODAY, packs=packs) == (later,)
    assert codes(TODAY + timedelta(days=30)) == ["title.too_long"]
