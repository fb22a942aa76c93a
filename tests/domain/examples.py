"""One complete listing in which nothing is wrong; tests change one thing of it at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.draft import (
    AttributeNeed,
    AttributeValue,
    CategoryNeeds,
    CertificationNeed,
    Dimensions,
    Draft,
    Identifier,
    ImageDraft,
    SkuDraft,
    Weight,
)
from domain.policy import Policy
from domain.rulepacks import RulePack, pack_for

TODAY = date(2026, 11, 21)


def image(key: str, **changes: Any) -> ImageDraft:
    base = ImageDraft(key, f"https://store.example/{key}.jpg", 1200, 1200, 300_000, "JPEG")
    return replace(base, **changes)


def sku(key: str, color: str, size: str, **changes: Any) -> SkuDraft:
    base = SkuDraft(
        key=key,
        seller_sku=f"TEE-{key}",
        options=(("Color", color), ("Size", size)),
        price=Decimal("19.90"),
        quantity=12,
        identifier=Identifier(
            "UPC", {"1": "036000291452", "2": "012345678905", "3": "042100005264", "4": "614141000036"}[key]
        ),
        image=image(f"v-{color.lower()}"),
    )
    return replace(base, **changes)


SKUS = (sku("1", "Red", "M"), sku("2", "Red", "L"), sku("3", "Blue", "M"), sku("4", "Blue", "L"))
NEEDS = CategoryNeeds(
    id="600123",
    path=("Womenswear", "Tops", "T-shirts"),
    attributes=(
        AttributeNeed("100", "Color", "sales", required=True),
        AttributeNeed(
            "101", "Material", "product", required=True, values=(("1", "Cotton"), ("2", "Silk"), ("3", "Linen"))
        ),
        AttributeNeed(
            "102", "Season", "product", multiple=True, custom=True, values=(("11", "Summer"), ("12", "Winter"))
        ),
        AttributeNeed("103", "Battery type", "product", values=(("21", "AA"),), conditions=(("101", "2"),)),
        AttributeNeed("104", "Thread count", "product", custom=True, number=True),
    ),
    certifications=(
        CertificationNeed("900", "Test report", required=True),
        CertificationNeed("901", "Silk seal", conditions=(("101", "2"),)),
    ),
    dimensions_required=True,
    size_chart_required=True,
)
DRAFT = Draft(
    market="US",
    currency="USD",
    store_currency="USD",
    title="Organic cotton t-shirt",
    description="<p>Soft and <b>light</b>.</p>",
    category_id="600123",
    brand_id="7001",
    brand_name="Oakline",
    brand_authorised=True,
    attributes={
        "101": (AttributeValue("1", "Cotton"),),
        "102": (AttributeValue("11", "Summer"), AttributeValue(text="Spring")),
        "104": (AttributeValue(text="180.5"),),
    },
    weight=Weight(Decimal("0.55"), "POUND"),
    dimensions=Dimensions(Decimal(10), Decimal(8), Decimal("1.5"), "INCH"),
    images=(image("a"), image("b")),
    skus=SKUS,
    certifications=frozenset({"900"}),
    has_size_chart=True,
)
POLICY = Policy()
PACK: RulePack = pack_for("US", TODAY)


def with_sku(place: int, **changes: Any) -> Draft:
    """The example with one variant changed."""
    skus = list(SKUS)
    skus[place] = replace(skus[place], **changes)
    return replace(DRAFT, skus=tuple(skus))
