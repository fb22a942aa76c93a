"""What the merchant decided about things on which TikTok leaves a choice (features C-01..C-04, C-17)."""

from dataclasses import dataclass
from typing import Literal

RatioPolicy = Literal["strict_square", "allow_3_4_to_4_3", "auto_pad"]
BrandPolicy = Literal["require", "send_if_authorised", "send_always", "never"]
IdentifierKind = Literal["UPC", "GTIN", "EAN", "ISBN"]

RATIO_POLICIES: tuple[RatioPolicy, ...] = ("strict_square", "allow_3_4_to_4_3", "auto_pad")
BRAND_POLICIES: tuple[BrandPolicy, ...] = ("require", "send_if_authorised", "send_always", "never")
IDENTIFIER_PRIORITY: tuple[IdentifierKind, ...] = ("UPC", "GTIN", "EAN", "ISBN")


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices a shop's listings are checked and built with."""

    image_ratio: RatioPolicy = "auto_pad"
    brand: BrandPolicy = "send_if_authorised"
    identifier_priority: tuple[IdentifierKind, ...] = IDENTIFIER_PRIORITY
    identifier_required: bool = False
    default_variation_value: str = "One size"  # used where a category demands a variation and the product has none
    send_variant_images: bool = True

    @property
    def sending(self) -> tuple[str, str, str, bool]:
        """The choices that change what is sent; the others change what is asked for."""
        return self.image_ratio, self.brand, self.default_variation_value, self.send_variant_images
