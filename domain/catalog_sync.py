"""What of a product reaches its listings by itself, and when removals stop for a person."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.settings import StoreSettings

BOXES = {
    "title": "sync_title",
    "description": "sync_description",
    "images": "sync_image",
    "weight": "sync_weight",
    "dimensions": "sync_weight",
    "price": "sync_price",
    "variants": "sync_inventory",
}
"""Field of a listing -> the setting that lets it through. `variants`: those that are gone sell nothing from then on.
Variants themselves, category, brand and attributes are never sent by
themselves (features S3-25, S3-27): they go with a re-publishing that a person has looked at (S2-54)."""
VISIBLE = "visible"
ALONE = 1  # a single product always goes: somebody deleted just that
MOST = 500  # listings that never go without a person, whatever their share


def prints(product: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A digest per field of what BigCommerce says; two that differ name what changed. Measures may come from custom
    fields (profiles), so these count for them."""
    sides = ("width", "height", "depth")
    custom = product["custom_fields"]
    parts: dict[str, Any] = {
        "title": product["title"],
        "description": product["description"],
        "images": [image.get("url", "") for image in product["images"]],
        "weight": [product["weight"], [one["weight"] for one in variants], custom],
        "dimensions": [[product[side] for side in sides], [[one[side] for side in sides] for one in variants], custom],
        "price": sorted([str(one["bigcommerce_id"]), str(one["price"])] for one in variants),
        "variants": sorted(str(one["bigcommerce_id"]) for one in variants),
        VISIBLE: bool(product["is_visible"]),
    }
    return {field: _digest(value) for field, value in parts.items()}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {field for field in after if before.get(field) != after[field]}


def allowed(fields: Iterable[str], settings: StoreSettings) -> set[str]:
    """Those that the boxes let through; nothing while automatic update is off."""
    if not settings.auto_update:
        return set()
    return {field for field in fields if field in BOXES and getattr(settings, BOXES[field])}


def own(fields: Mapping[str, Any], sku_fields: Iterable[Mapping[str, Any]]) -> set[str]:
    """Fields that the merchant set on the listing itself: a change in BigCommerce never reaches them. A price set on
    one variant leaves the other variants' prices to BigCommerce, unless it is set on all."""
    named = {name for name in BOXES if name in fields}
    rows = list(sku_fields)
    if rows and all("price" in row for row in rows):
        named.add("price")
    return named


def must_ask(waiting: int, lately: int, live: int, percent: int) -> bool:
    """Whether removals stop for a person. `lately`: those of the last day; `live`: listings that are on TikTok now."""
    count = waiting + lately
    if count <= ALONE:
        return False
    return count > MOST or count * 100 > percent * (live + lately)
