"""The variant matrix: which options a product varies by and which of them can carry pictures."""

from collections.abc import Sequence

from domain.draft import ImageDraft, SkuDraft
from domain.words import same_name


def option_names(skus: Sequence[SkuDraft]) -> tuple[str, ...]:
    """The names of the first SKU's options, in order."""
    return tuple(name for name, _ in skus[0].options) if skus else ()


def has_option(skus: Sequence[SkuDraft], name: str) -> bool:
    """True when the product varies by something of this name, in any usual spelling."""
    return any(same_name(option, name) for option in option_names(skus))


def image_option(skus: Sequence[SkuDraft]) -> str:
    """The one option whose values each have exactly one picture, or "" when no option does.

    TikTok takes pictures on one sales attribute only, and then one for each of its values (reference 4.8).
    """
    for place, name in enumerate(option_names(skus)):
        pictures: dict[str, ImageDraft | None] = {}
        for sku in skus:
            if place >= len(sku.options):
                return ""
            value = sku.options[place][1]
            if pictures.setdefault(value, sku.image) != sku.image:
                break
        else:
            if all(picture is not None for picture in pictures.values()):
                return name
    return ""


def label(sku: SkuDraft) -> str:
    """The variant's name for a sentence: its option values, else its SKU."""
    return " / ".join(value for _, value in sku.options) or sku.seller_sku or "the product"
