"""A field of a listing or of one of its variants as it is stored: cleaned, or refused with what to correct."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from models import Shop
from services import categories
from services.errors import Invalid

FIELDS = ("title", "description", "category", "brand", "weight", "dimensions", "images", "variant_images")
BULK_FIELDS = ("category", "brand", "weight", "dimensions", "attributes")
SKU_FIELDS = ("price", "quantity", "sku", "identifier", "included")
IDENTIFIERS = ("UPC", "GTIN", "EAN", "ISBN")
WEIGHT_UNITS = ("KILOGRAM", "GRAM", "POUND")
LENGTH_UNITS = ("CENTIMETER", "INCH")


def clean(shop: Shop, name: str, value: Any) -> Any:
    """A field's value as stored, or Invalid with what to correct."""
    if name in ("title", "description"):
        return str(value).strip()
    if name == "category":
        return categories.leaf(shop, str(value)).tiktok_id
    if name == "brand":
        return {"id": str(value.get("id", "")), "name": str(value.get("name", "")).strip()}
    if name == "weight":
        weight = _positive(value.get("value"), "The package weight")
        return {"value": weight, "unit": _one_of(value.get("unit"), WEIGHT_UNITS)}
    if name == "dimensions":
        sides = {side: _positive(value.get(side), f"The package {side}") for side in ("length", "width", "height")}
        return {**sides, "unit": _one_of(value.get("unit"), LENGTH_UNITS)}
    if name == "images":
        return [str(key) for key in value]
    if name == "variant_images":
        by_value = {str(key): str(picture) for key, picture in dict(value.get("images") or {}).items() if picture}
        return {"option": str(value.get("option", "")), "images": by_value}
    if name.startswith("attributes."):
        chosen = [{"id": str(one.get("id", "")), "text": str(one.get("text", "")).strip()} for one in value]
        return [one for one in chosen if one["id"] or one["text"]]
    raise Invalid(f"“{name}” cannot be set on a listing.")


def clean_sku(name: str, value: Any) -> Any:
    """A variant's field as stored, or Invalid."""
    if name == "price":
        return _positive(value, "The price")
    if name == "quantity":
        try:
            number = int(str(value))
        except ValueError:
            raise Invalid("The quantity must be a whole number.") from None
        if not 0 <= number <= 999_999:
            raise Invalid("The quantity must be between 0 and 999,999.")
        return number
    if name == "sku":
        return str(value).strip()
    if name == "identifier":
        kind = _one_of(value.get("kind"), IDENTIFIERS)
        return {"kind": kind, "code": str(value.get("code", "")).strip()}
    if name == "included":
        return bool(value)
    raise Invalid(f"“{name}” cannot be set on a variant.")


def _positive(value: Any, what: str) -> str:
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise Invalid(f"{what} must be a number.") from None
    if not number.is_finite() or number <= 0 or number > 1_000_000_000:
        raise Invalid(f"{what} must be more than 0.")
    return format(number.normalize(), "f")


def _one_of(value: Any, choices: Sequence[str]) -> str:
    if value not in choices:
        raise Invalid(f"Choose one of {', '.join(choices).lower()}.")
    return str(value)
