"""What differs by market: money, title length, SKU count, units, price range and clock (reference 4.8, 1.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True)
class Market:
    region: str
    name: str
    currency: str
    decimals: int
    price_range: tuple[Decimal, Decimal]
    cross_border_maximum: Decimal | None
    title_range: tuple[int, int]
    sku_maximum: int
    weight_units: tuple[str, ...]
    dimension_units: tuple[str, ...]
    zone: str
    utc_offset_hours: int
    locale: str
    cod: bool = False

    @property
    def timezone(self) -> tzinfo:
        """The shop's wall clock; a fixed offset where the machine has no zone database."""
        try:
            return ZoneInfo(self.zone)
        except ZoneInfoNotFoundError:
            return timezone(timedelta(hours=self.utc_offset_hours))


_METRIC = (("KILOGRAM",), ("CENTIMETER",))
_US_UNITS = (("POUND", "KILOGRAM"), ("INCH", "CENTIMETER"))
_GRAMS = (("GRAM", "KILOGRAM"), ("CENTIMETER",))


def _market(
    region: str,
    name: str,
    money: str,
    decimals: int,
    low: str,
    high: str,
    cross_border: str | None,
    title: tuple[int, int],
    skus: int,
    units: tuple[tuple[str, ...], tuple[str, ...]],
    zone: str,
    offset: int,
    locale: str,
    cod: bool = False,
) -> Market:
    return Market(
        region,
        name,
        money,
        decimals,
        (Decimal(low), Decimal(high)),
        Decimal(cross_border) if cross_border else None,
        title,
        skus,
        units[0],
        units[1],
        zone,
        offset,
        locale,
        cod,
    )


_SHORT, _LONG, _LATIN = (1, 255), (25, 255), (1, 300)

MARKETS: dict[str, Market] = {
    market.region: market
    for market in (
        _market(
            "US",
            "United States",
            "USD",
            2,
            "0.01",
            "7600",
            "800",
            _SHORT,
            300,
            _US_UNITS,
            "America/Los_Angeles",
            -8,
            "en-US",
        ),
        _market(
            "GB", "United Kingdom", "GBP", 2, "0.01", "5600", "134.5", _SHORT, 300, _METRIC, "Europe/London", 0, "en-GB"
        ),
        _market("DE", "Germany", "EUR", 2, "0.01", "6300", "150", _SHORT, 300, _METRIC, "Europe/Berlin", 1, "de-DE"),
        _market("FR", "France", "EUR", 2, "0.01", "6300", "150", _SHORT, 300, _METRIC, "Europe/Paris", 1, "fr-FR"),
        _market("ES", "Spain", "EUR", 2, "0.01", "6300", "150", _SHORT, 300, _METRIC, "Europe/Madrid", 1, "es-ES"),
        _market("IT", "Italy", "EUR", 2, "0.01", "6300", "150", _SHORT, 300, _METRIC, "Europe/Rome", 1, "it-IT"),
        _market("IE", "Ireland", "EUR", 2, "0.01", "6300", None, _SHORT, 300, _METRIC, "Europe/Dublin", 0, "en-IE"),
        _market("JP", "Japan", "JPY", 0, "1", "500000", "10000", _SHORT, 300, _GRAMS, "Asia/Tokyo", 9, "ja-JP"),
        _market("BR", "Brazil", "BRL", 2, "0.5", "10000", None, _LATIN, 300, _GRAMS, "America/Sao_Paulo", -3, "pt-BR"),
        _market("MX", "Mexico", "MXN", 2, "1", "50000", None, _LATIN, 300, _GRAMS, "America/Mexico_City", -6, "es-MX"),
        _market(
            "ID", "Indonesia", "IDR", 0, "100", "100000000", None, _LONG, 100, _METRIC, "Asia/Jakarta", 7, "id-ID", True
        ),
        _market(
            "MY",
            "Malaysia",
            "MYR",
            2,
            "0.01",
            "320000",
            None,
            _LONG,
            100,
            _METRIC,
            "Asia/Kuala_Lumpur",
            8,
            "ms-MY",
            True,
        ),
        _market(
            "PH", "Philippines", "PHP", 2, "0.01", "400000", None, _LONG, 100, _METRIC, "Asia/Manila", 8, "en-PH", True
        ),
        _market("SG", "Singapore", "SGD", 2, "0.01", "10000", "400", _LONG, 100, _METRIC, "Asia/Singapore", 8, "en-SG"),
        _market(
            "TH", "Thailand", "THB", 2, "30", "260000", None, _LONG, 100, _METRIC, "Asia/Bangkok", 7, "th-TH", True
        ),
        _market(
            "VN",
            "Vietnam",
            "VND",
            0,
            "1",
            "180000000",
            "1000000",
            _LONG,
            100,
            _METRIC,
            "Asia/Ho_Chi_Minh",
            7,
            "vi-VN",
            True,
        ),
    )
}

# Shops that may no longer send category_version v1 (reference 4.1).
V2_ONLY = frozenset({"US", "ID", "MY", "PH", "SG", "TH", "VN"})
