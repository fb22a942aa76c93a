"""The shape of a rule pack: the limits TikTok Shop sets in one market from one day on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

WeightUnit = Literal["KILOGRAM", "GRAM", "POUND"]
LengthUnit = Literal["CENTIMETER", "INCH"]


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the daily limits; None means no limit."""

    name: str
    orders: int | None
    listings: int | None


@dataclass(frozen=True, slots=True)
class RulePack:
    """The limits of one market from one day on. Sizes in pixels and bytes, prices as shown to buyers."""

    market: str
    effective_from: date
    source: str
    currency: str
    cross_border: bool = False
    title_min: int = 25
    title_max: int = 255
    chinese_allowed: bool = False
    description_max: int = 10_000  # characters of HTML as sent
    description_images_max: int = 30
    max_images: int = 9
    image_side_min: int = 300
    image_side_advised: int = 600
    image_side_max: int = 4_000
    image_source_side_max: int = 20_000
    image_bytes_max: int = 10 * 1024 * 1024
    image_formats: frozenset[str] = frozenset({"JPEG", "PNG", "WEBP", "HEIC", "BMP"})
    size_chart_side_min: int = 1_024
    video_bytes_max: int = 100 * 1024 * 1024
    video_seconds_max: int = 60
    video_seconds_advised: int = 20
    video_formats: frozenset[str] = frozenset({"MP4", "MOV", "MKV", "WMV", "WEBM", "AVI", "3GP", "FLV", "MPEG"})
    certifications_max: int = 10
    main_fill_advised: float = 0.6  # of the frame (features S5-81)
    max_skus: int = 100
    max_sales_attributes: int = 3
    option_name_max: int = 20
    option_value_max: int = 50
    attribute_text_max: int = 2_000
    seller_sku_max: int = 50
    price_min: Decimal = Decimal("0.01")
    price_max: Decimal = Decimal("10000")
    quantity_min: int = 1  # on first publishing; a live listing may go to zero
    quantity_max: int = 99_999
    weight_max_kg: Decimal | None = None  # None: no limit is documented
    weight_max_lb: Decimal | None = None
    weight_units: tuple[tuple[WeightUnit, int], ...] = (("KILOGRAM", 3),)  # (unit, decimals), the preferred first
    length_units: tuple[LengthUnit, ...] = ("CENTIMETER",)
    dimension_decimals: int = 2
    invite_only_listable: bool = False  # listed first, approved later (features P-36; only the US by reference 4.11)
    tiers: tuple[Tier, ...] = (Tier("New shop", None, 100), Tier("Established shop", None, 1_000))

    @property
    def version(self) -> str:
        """Stable name of the pack, such as "US-2026-05-01"."""
        return f"{self.market}-{self.effective_from.isoformat()}{'-cross-border' if self.cross_border else ''}"
