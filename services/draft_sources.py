"""Values of a draft that a profile maps or the product gives: package, brand, attributes, pictures."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain import units
from domain.attributes import resolve_values
from domain.draft import AttributeNeed, AttributeValue, CategoryNeeds, Dimensions, ImageDraft, Origin, Weight
from models import Picture, Product, Variant
from services import categories
from services.draft_facts import Facts
from services.preparations import Preparation

PACKAGE = {
    "weight": "weight",
    "length": "depth",
    "width": "width",
    "height": "height",
}  # TikTok's side -> BigCommerce's field


def brand(product: Product | None, profile: Preparation | None) -> dict[str, str]:
    mapped = profile.mapping.get("brand") if profile else None
    if mapped:
        if mapped["kind"] == "fixed":
            return {"id": mapped.get("value_id", ""), "name": mapped["source"]}
        return {"name": source_text(product, mapped)} if product else {}
    return {"name": product.brand} if product and product.brand else {}


def known_brand(name: str, category_id: str, facts: Facts) -> categories.Brand | None:
    """The brand that TikTok offers by this name in the category."""
    if not name or not category_id:
        return None
    if category_id not in facts.brands:
        facts.brands[category_id] = categories.brands_by_name(facts.shop, category_id)
    return facts.brands[category_id].get(name.casefold().strip())


def source_text(product: Product | None, mapping: Mapping[str, Any]) -> str:
    """What a mapping reads from a product: a field, a custom field, the values of an option, or a fixed text."""
    kind, source = mapping.get("kind"), str(mapping.get("source", ""))
    if kind == "fixed":
        return source
    if product is None:
        return ""
    if kind == "custom_field":
        return str(product.custom_fields.get(source, ""))
    if kind == "option":
        return ", ".join(
            dict.fromkeys(value for variant in product.variants for name, value in variant.options if name == source)
        )
    value = getattr(product, FIELDS.get(source, ""), None)
    return "" if value is None else format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


# BigCommerce fields that can be mapped, as merchants know them -> our column.
FIELDS = {
    "title": "title",
    "description": "description",
    "sku": "sku",
    "brand": "brand",
    "price": "price",
    "weight": "weight",
    "width": "width",
    "height": "height",
    "depth": "depth",
    "upc": "upc",
    "gtin": "gtin",
    "mpn": "mpn",
    "product id": "bigcommerce_id",
    "category": "category_path",
}


def attributes(
    own: Mapping[str, Any],
    product: Product | None,
    profile: Preparation | None,
    needs: CategoryNeeds | None,
    origins: dict[str, Origin],
) -> dict[str, tuple[AttributeValue, ...]]:
    if needs is None:
        return {}
    values: dict[str, tuple[AttributeValue, ...]] = {}
    for need in sorted((one for one in needs.attributes if one.kind == "product"), key=lambda one: one.id):
        name = f"attributes.{need.id}"
        if name in own:
            origins[name] = "listing"
            found = tuple(AttributeValue(one.get("id", ""), one.get("text", "")) for one in own[name])
        elif profile and need.id in profile.mapping and category_of(own, profile) == profile.category_id:
            found = mapped_values(need, product, profile.mapping[need.id])
            origins[name] = profile.origin(need.id) if found else "none"
        else:
            found, origins[name] = (), "none"
        if found:
            values[need.id] = found
    return values


def category_of(own: Mapping[str, Any], profile: Preparation | None) -> str:
    return str(own.get("category") or (profile.category_id if profile else ""))


def mapped_values(
    need: AttributeNeed, product: Product | None, mapping: Mapping[str, Any]
) -> tuple[AttributeValue, ...]:
    """What an attribute mapping gives for one product."""
    if mapping.get("kind") == "fixed" and mapping.get("value_id"):
        return (AttributeValue(str(mapping["value_id"]), str(mapping.get("source", ""))),)
    text = source_text(product, mapping)
    # What the category does not take as it stands is kept as text, so that the rule names it instead of hiding it.
    return resolve_values(need, text) or ((AttributeValue(text=text),) if text else ())


def _measure(side: str, product: Product | None, profile: Preparation | None) -> Decimal | None:
    mapping = (profile.mapping.get(side) if profile else None) or {"kind": "field", "source": PACKAGE[side]}
    text = source_text(product, mapping).strip()
    try:
        value = Decimal(text) if text else None
    except ArithmeticError:
        return None
    # A product's measure may be empty while each variant has its own: the parcel must hold the largest variant.
    if not value and product is not None and mapping.get("kind") == "field":
        column = FIELDS.get(str(mapping.get("source")), "")
        theirs = [
            getattr(variant, column, None)
            for variant in product.variants
            if column in ("weight", "width", "height", "depth")
        ]
        value = max((one for one in theirs if one), default=None)
    return value


def weight(
    own: Mapping[str, Any],
    product: Product | None,
    profile: Preparation | None,
    facts: Facts,
    origins: dict[str, Origin],
) -> Weight | None:
    if "weight" in own:
        origins["weight"] = "listing"
        return Weight(Decimal(own["weight"]["value"]), own["weight"]["unit"])
    try:
        found = units.weight(_measure("weight", product, profile), facts.store.weight_units or "KGS", facts.pack)
    except units.UnknownUnit:
        found = None
    origins["weight"] = (
        (profile.origin("weight") if profile and "weight" in profile.mapping else "product") if found else "none"
    )
    return found


def dimensions(
    own: Mapping[str, Any],
    product: Product | None,
    profile: Preparation | None,
    facts: Facts,
    origins: dict[str, Origin],
) -> Dimensions | None:
    if "dimensions" in own:
        origins["dimensions"] = "listing"
        sides = own["dimensions"]
        return Dimensions(Decimal(sides["length"]), Decimal(sides["width"]), Decimal(sides["height"]), sides["unit"])
    length, width, height = (_measure(side, product, profile) for side in ("length", "width", "height"))
    try:
        found = units.dimensions(
            length,
            width,
            height,
            facts.store.dimension_units or "Centimeters",
            facts.pack,
            like=facts.store.weight_units or "KGS",
        )
    except units.UnknownUnit:
        found = None
    origins["dimensions"] = (
        (profile.origin("length") if profile and "length" in profile.mapping else "product") if found else "none"
    )
    return found


def images(chosen: Iterable[str] | None, product: Product | None, facts: Facts) -> tuple[ImageDraft, ...]:
    if product is None:
        return ()
    by_key = {str(image["id"]): image["url"] for image in product.images}
    keys = [key for key in chosen if key in by_key] if chosen is not None else list(by_key)
    return tuple(picture(key, by_key[key], facts.pictures) for key in keys)


def variant_picture(
    variant: Variant | None, own: Mapping[str, Any], product: Product | None, facts: Facts
) -> ImageDraft | None:
    """A variant's picture: the one chosen on the listing for its value of the one option that carries pictures, else
    the first that a variant with this value has; without a choice its own (features S5-100)."""
    if variant is None:
        return None
    chosen = own.get("variant_images")
    if chosen is None:
        return picture(f"v{variant.id}", variant.image_url, facts.pictures) if variant.image_url else None
    value = dict(variant.options).get(chosen["option"])
    if value is None or product is None:
        return None
    key = chosen["images"].get(value, "")
    by_key = {str(image["id"]): str(image["url"]) for image in product.images}
    by_key |= {f"v{one.id}": one.image_url for one in facts.variants.values() if one.product_id == product.id}
    if not by_key.get(key):
        same = (one for one in facts.variants.values() if one.product_id == product.id and one.image_url)
        key = next((f"v{one.id}" for one in same if dict(one.options).get(chosen["option"]) == value), "")
    return picture(key, by_key[key], facts.pictures) if by_key.get(key) else None


def picture(key: str, url: str, pictures: Mapping[str, Picture]) -> ImageDraft:
    seen = pictures.get(url)
    if seen is None:
        return ImageDraft(key, url)
    return ImageDraft(key, url, seen.width, seen.height, seen.size, seen.format or None, seen.fault)
