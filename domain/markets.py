"""The sixteen markets and their rule packs, one per market and day on which something changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domain.limits import LengthUnit, RulePack, Tier, WeightUnit

_REFERENCE = "TikTok Shop reference"


@dataclass(frozen=True, slots=True)
class Market:
    """What tells one market from another. `cross_border_price`: (min, max) for global sellers, None where the same."""

    code: str
    currency: str
    price: tuple[str, str]
    cross_border_price: tuple[str, str] | None = None
    title: tuple[int, int] = (25, 255)
    many_skus: bool = False  # the larger maximum by the May 2026 text, the smaller by that of January 2025
    weight_max_kg: str | None = None


_EU = ("0.01", "6300")
_EU_GLOBAL = ("0.01", "150")
_SHORT_TITLE = (1, 255)
_LATIN_TITLE = (1, 300)

MARKETS: tuple[Market, ...] = (
    Market("BR", "BRL", ("0.5", "10000"), None, _LATIN_TITLE, True, "30"),
    Market("DE", "EUR", _EU, _EU_GLOBAL, _SHORT_TITLE, True, "30"),
    Market("ES", "EUR", _EU, _EU_GLOBAL, _SHORT_TITLE, True, "30"),
    Market("FR", "EUR", _EU, _EU_GLOBAL, _SHORT_TITLE, True, "30"),
    Market("GB", "GBP", ("0.01", "5600"), ("0.01", "134.5"), _SHORT_TITLE, True, "30"),
    Market("ID", "IDR", ("100", "100000000")),
    Market("IE", "EUR", _EU, None, _SHORT_TITLE, True, "30"),
    Market("IT", "EUR", _EU, _EU_GLOBAL, _SHORT_TITLE, True, "30"),
    Market("JP", "JPY", ("1", "500000"), ("1", "10000"), _SHORT_TITLE, True),
    Market("MX", "MXN", ("1", "50000"), None, _LATIN_TITLE, True, "30"),
    Market("MY", "MYR", ("0.01", "320000")),
    Market("PH", "PHP", ("0.01", "400000")),
    Market("SG", "SGD", ("0.01", "10000"), ("0.01", "400")),
    Market("TH", "THB", ("30", "260000"), ("0.01", "260000")),
    Market("US", "USD", ("0.01", "7600"), ("0.01", "800"), _SHORT_TITLE, True),
    Market("VN", "VND", ("1", "180000000"), ("1", "1000000")),
)

# Features P-01 and P-02: orders and new listings a day by step of the shop.
_TIERS = {
    "US": (Tier("Beginner", 50, 100), Tier("Standard", 100, 200), Tier("Premium", 200, 1_000), Tier("Pro", None, None)),
    "TH": (Tier("First", 100, 1_000), Tier("Second", 200, 2_000), Tier("Third", 300, 3_000), Tier("Free", None, None)),
}
_DEFAULT_TIERS = (Tier("New shop", 100, 100), Tier("Established shop", None, 1_000))  # reference 4.15


def _weight_units(code: str) -> tuple[tuple[WeightUnit, int], ...]:
    if code == "US":
        return (("POUND", 2), ("KILOGRAM", 3))
    if code in ("BR", "JP", "MX"):
        return (("KILOGRAM", 3), ("GRAM", 0))
    return (("KILOGRAM", 3),)


def _length_units(code: str) -> tuple[LengthUnit, ...]:
    return ("INCH", "CENTIMETER") if code == "US" else ("CENTIMETER",)


def _packs(market: Market, cross_border: bool) -> Iterator[RulePack]:
    low, high = (cross_border and market.cross_border_price) or market.price
    first = RulePack(
        market=market.code,
        effective_from=date(2025, 1, 1),
        source=f"{_REFERENCE}, January 2025, 4.6 and 4.8",
        currency=market.currency,
        cross_border=cross_border,
        title_min=market.title[0],
        title_max=market.title[1],
        chinese_allowed=market.code == "JP",
        image_bytes_max=5 * 1024 * 1024,
        image_formats=frozenset({"JPEG", "PNG"}),
        video_bytes_max=10 * 1024 * 1024,
        max_skus=100 if market.many_skus else 300,
        price_min=Decimal(low),
        price_max=Decimal(high),
        weight_max_kg=Decimal(market.weight_max_kg) if market.weight_max_kg else None,
        weight_max_lb=Decimal(150) if market.code == "US" else None,
        weight_units=_weight_units(market.code),
        length_units=_length_units(market.code),
        dimension_decimals=0,
        tiers=_TIERS.get(market.code, _DEFAULT_TIERS),
    )
    yield first
    images = replace(
        first,
        effective_from=date(2025, 3, 1),
        source=f"{_REFERENCE}, March 2025, 4.6",
        image_bytes_max=10 * 1024 * 1024,
        image_formats=frozenset({"JPEG", "PNG", "WEBP", "HEIC", "BMP"}),
    )
    yield images
    invited = images
    if market.code == "US":
        invited = replace(
            images,
            effective_from=date(2025, 5, 1),
            source=f"{_REFERENCE}, May 2025, 4.11 (PRE_APPROVED)",
            invite_only_listable=True,
        )
        yield invited
    skus = replace(
        invited,
        effective_from=date(2026, 5, 1),
        source=f"{_REFERENCE}, May 2026, 4.6 and 4.8",
        video_bytes_max=100 * 1024 * 1024,
        max_skus=300 if market.many_skus else 100,
    )
    yield skus
    yield replace(
        skus,
        effective_from=date(2026, 6, 1),
        source=f"{_REFERENCE}, May 2026, 4.8; two decimals since June 2026",
        dimension_decimals=2,
    )


PACKS: tuple[RulePack, ...] = tuple(
    pack for market in MARKETS for cross_border in (False, True) for pack in _packs(market, cross_border)
)
