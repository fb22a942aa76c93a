"""Readiness of many listings: listings per second, as a ratio to a floor that touches each field once, in one run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import perf_counter

from domain.draft import (
    AttributeNeed,
    AttributeValue,
    CategoryNeeds,
    Dimensions,
    Draft,
    Identifier,
    ImageDraft,
    SkuDraft,
    Weight,
)
from domain.policy import Policy
from domain.readiness import check
from domain.rulepacks import pack_for

COUNT, VARIANTS, ROUNDS = 20_000, 8, 3
NEEDS = CategoryNeeds(
    id="600123",
    path=("Womenswear", "Tops", "T-shirts"),
    attributes=(
        AttributeNeed("100", "Color", "sales", required=True),
        AttributeNeed("101", "Material", "product", required=True, values=(("1", "Cotton"), ("2", "Silk"))),
        AttributeNeed("102", "Season", "product", custom=True),
        AttributeNeed("103", "Battery", "product", conditions=(("101", "2"),)),
    ),
    dimensions_required=True,
)


def listing(number: int) -> Draft:
    """A complete listing; every tenth lacks its weight, every fifteenth a price, every twentieth has small pictures."""
    care = "<h3>Care</h3><ul><li>Wash cold</li><li>Dry flat</li></ul>"
    text = f"<p>Soft shirt number {number}.</p>{care}" + "<p>words</p>" * 50
    side = 200 if number % 20 == 0 else 1200
    skus = tuple(
        SkuDraft(
            f"{number}-{place}",
            f"SKU-{number}-{place}",
            (("Color", f"C{place // 2}"), ("Size", f"S{place % 2}")),
            None if number % 15 == 0 and place == 0 else Decimal("19.90"),
            5 + place,
            Identifier("UPC", "036000291452") if place == 0 else None,
        )
        for place in range(VARIANTS)
    )
    return Draft(
        "US",
        "USD",
        "USD",
        f"Organic cotton t-shirt {number}",
        text,
        "600123",
        attributes={"101": (AttributeValue("1", "Cotton"),), "102": (AttributeValue(text="Summer"),)},
        weight=None if number % 10 == 0 else Weight(Decimal("0.5"), "POUND"),
        dimensions=Dimensions(Decimal(10), Decimal(8), Decimal(1), "INCH"),
        images=tuple(ImageDraft(f"i{place}", f"/i{place}.jpg", side, side, 90_000, "JPEG") for place in range(4)),
        skus=skus,
    )


def touch(draft: Draft) -> int:
    """The floor: every field of the listing is read once and nothing is decided."""
    seen = 0
    for value in (
        draft.market,
        draft.currency,
        draft.store_currency,
        draft.title,
        draft.description,
        draft.category_id,
    ):
        seen += value is not None
    for thing in (draft.brand_id, draft.brand_name, draft.attributes, draft.weight, draft.dimensions, draft.origins):
        seen += thing is not None
    for image in draft.images:
        seen += (
            (image.key is not None) + (image.url is not None) + (image.width is not None) + (image.height is not None)
        )
        seen += (image.size is not None) + (image.format is not None) + (image.fault is not None)
    for sku in draft.skus:
        seen += (sku.key is not None) + (sku.seller_sku is not None) + (sku.options is not None)
        seen += (sku.price is not None) + (sku.quantity is not None)
        seen += (sku.identifier is not None) + (sku.image is not None)
    return seen


def fastest(work: Callable[[], int]) -> tuple[float, int]:
    """Listings per second of the best round, and what the work counted."""
    best, counted = float("inf"), 0
    for _ in range(ROUNDS):
        start = perf_counter()
        counted = work()
        best = min(best, perf_counter() - start)
    return COUNT / best, counted


def main() -> None:
    """Prints both rates, their ratio and the number of problems found."""
    drafts = [listing(number) for number in range(COUNT)]
    pack, policy = pack_for("US", date(2026, 11, 21)), Policy()
    floor, _ = fastest(lambda: sum(touch(draft) for draft in drafts))
    rate, found = fastest(lambda: sum(len(check(draft, NEEDS, pack, policy)) for draft in drafts))
    clean = [replace(draft, skus=draft.skus[:1]) for draft in drafts]
    single, _ = fastest(lambda: sum(len(check(draft, NEEDS, pack, policy)) for draft in clean))
    print(f"floor, touching each field once   {floor:>10,.0f} listings/s")
    ratio = f"{floor / rate:.1f} x the floor's time (goal 20)"
    print(f"check, {VARIANTS} variants each          {rate:>10,.0f} listings/s   {ratio}")
    print(f"check, 1 variant each             {single:>10,.0f} listings/s")
    print(f"problems found                    {found:>10,}")


if __name__ == "__main__":
    main()
