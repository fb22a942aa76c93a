"""Stored values of a listing in words: field names, and what stands in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.listings.wording import UNITS
from models import Listing
from services import categories
from services.history import restoring

LONG = 300
LABELS = {
    "title": "Title",
    "description": "Description",
    "category": "Category",
    "category_id": "Category",
    "brand": "Brand",
    "brand_id": "Brand",
    "weight": "Package weight",
    "package_weight": "Package weight",
    "dimensions": "Package size",
    "package_dimensions": "Package size",
    "images": "Pictures",
    "@enabled": "May be published",
    "price": "price",
    "sku": "SKU",
    "seller_sku": "SKU",
    "identifier": "identifier",
    "identifier_code": "identifier",
    "quantity": "quantity",
    "inventory": "quantity",
    "included": "is sold",
    "sales_attributes": "options",
}


class Words:
    """Words for one listing's values, with the names of its variants and attributes; without one the ids stand."""

    def __init__(self, listing: Listing | None = None) -> None:
        self.variants: Mapping[str, str] = restoring.names(listing) if listing is not None else {}
        self.shop = listing.shop if listing is not None else None
        needs = categories.needs(listing.shop, listing.category_id) if listing is not None else None
        self.attributes = {need.id: need.name for need in needs.attributes} if needs else {}

    def label(self, name: str) -> str:
        first, _, rest = name.partition(".")
        if first == "attributes":
            return self.attributes.get(rest, f"Attribute {rest}")
        if first == "skus":
            line, _, part = rest.partition(".")
            return f"{self.variants.get(line, 'Variant')}: {LABELS.get(part, part.replace('_', ' '))}"
        return LABELS.get(name, name.replace("_", " ").capitalize())

    def tell(self, name: str, value: Any, unset: str = "inherited") -> str:
        """A field's value; `unset` where nothing is set here."""
        if value is None or value == "" or value == []:
            return unset
        if name in ("category", "category_id") and self.shop is not None:
            row = categories.get(self.shop, str(value))
            return " › ".join(row.path) if row is not None else str(value)
        if name == "images" and isinstance(value, Sequence):
            return self._cut(", ".join(str(one).partition("?")[0].rsplit("/", 1)[-1] for one in value))
        return self.say(value)

    def say(self, value: Any) -> str:
        """ "–" for what is not set here."""
        if value is None or value == "" or value == []:
            return "–"
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, Mapping):
            return self._of_mapping(value)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._cut(", ".join(self.say(one) for one in value))
        return self._cut(str(value))

    def _of_mapping(self, value: Mapping[str, Any]) -> str:
        unit = UNITS.get(str(value.get("unit", "")), str(value.get("unit", "")))
        if "length" in value:
            return f"{value['length']} × {value['width']} × {value['height']} {unit}"
        if "quantity" in value:
            return str(value["quantity"])
        if "amount" in value:
            return f"{value['amount']} {value.get('currency', '')}".strip()
        if "code" in value:
            return f"{value.get('kind') or value.get('type', '')} {value['code']}".strip()
        if "value" in value:
            return f"{value['value']} {unit}".strip()
        words = ("text", "name", "value_name", "id", "value_id")
        return next((str(value[name]) for name in words if value.get(name)), "–")

    def _cut(self, text: str) -> str:
        return text if len(text) <= LONG else f"{text[:LONG]}…"
