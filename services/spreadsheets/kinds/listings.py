"""Listings: what the merchant set on them. An empty cell is inherited from the profile or the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models import Category, db
from services.errors import ServiceError
from services.listing_fields import LENGTH_UNITS, WEIGHT_UNITS, clean
from services.spreadsheets.kinds import listing_rows
from services.spreadsheets.kinds.base import Cleaned, Current, Kind, Scope, Wish
from services.spreadsheets.kinds.listing_rows import ENABLED
from services.spreadsheets.writing import Column

NO_BRAND = "No brand"
YES, NO = "yes", "no"
SIDES = ("length", "width", "height")
UNITS = {"kilogram": "KILOGRAM", "kg": "KILOGRAM", "gram": "GRAM", "g": "GRAM", "pound": "POUND", "lb": "POUND",
         "centimeter": "CENTIMETER", "cm": "CENTIMETER", "inch": "INCH", "in": "INCH"}  # fmt: skip


class Listings(Kind):
    name = "listings"
    title = "Listings"
    text = "Title, description, category, brand, package, and whether it may be published. Empty cells are inherited."

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("key", "Listing", width=10),
            Column("sku", "SKU"),
            Column("product", "Product in BigCommerce", width=40),
            Column("status", "Status", width=14),
            Column("now", "Title now", width=40),
            Column("title", "Title", True, 40),
            Column("description", "Description", True, 40),
            Column("category", "Category ID", True, 14),
            Column("brand", "Brand", True),
            Column("weight", "Package weight", True, 14),
            Column("weight_unit", "Weight unit", True, 12),
            *(Column(side, f"Package {side}", True, 14) for side in SIDES),
            Column("length_unit", "Size unit", True, 12),
            Column("enabled", "May be published", True, 14),
        )

    def count(self, scope: Scope) -> int:
        return listing_rows.count(scope)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        found, cursor = listing_rows.page(scope, after)
        keys = [column.key for column in self.columns(scope)]
        return [[texts.get(key, "") for key in keys] for texts in map(_texts, found)], cursor

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        return {
            key: Current(row.id, row.title or row.product_title or "", _texts(row), _stored(row))
            for key, row in listing_rows.named(scope, keys).items()
        }

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        now = {**row.texts, **changed}
        for key in ("title", "description", "category", "brand"):
            if key in changed:
                _set(cleaned, scope, key, key, _brand(changed[key]) if key == "brand" else changed[key] or None)
        if "category" in cleaned.after and cleaned.after["category"] != row.stored.get("category"):
            # Attributes belong to a category; those of another one would be sent nowhere.
            cleaned.after |= {name: None for name in row.stored if name.startswith("attributes.")}
        if {"weight", "weight_unit"} & changed.keys():
            given = bool(now["weight"] or now["weight_unit"])
            weight = {"value": now["weight"], "unit": _unit(now["weight_unit"], WEIGHT_UNITS)}
            _set(cleaned, scope, "weight", "weight", weight if given else None)
        if {*SIDES, "length_unit"} & changed.keys():
            given = any(now[key] for key in (*SIDES, "length_unit"))
            sides: dict[str, str] = {side: now[side] for side in SIDES}
            size = {**sides, "unit": _unit(now["length_unit"], LENGTH_UNITS)}
            _set(cleaned, scope, "dimensions", "length", size if given else None)
        if "enabled" in changed:
            word = changed["enabled"].casefold()
            if word in (YES, NO):
                cleaned.after[ENABLED] = word == YES
            else:
                cleaned.errors.append(("enabled", f"Write {YES} or {NO}."))
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        return listing_rows.keep(wishes)


def _set(cleaned: Cleaned, scope: Scope, name: str, column: str, value: Any) -> None:
    try:
        if name == "category" and value is not None:
            _allowed(scope, str(value))
        cleaned.after[name] = None if value is None else clean(scope.the_shop, name, value)
    except ServiceError as wrong:
        cleaned.errors.append((column, wrong.text))


def _allowed(scope: Scope, category_id: str) -> None:
    query = select(Category.permissions).where(Category.shop_id == scope.the_shop.id, Category.tiktok_id == category_id)
    if "PROHIBITED" in (db.session.scalar(query) or ()):
        raise ServiceError("TikTok does not allow products of this category in this market.")


def _brand(text: str) -> dict[str, str] | None:
    if not text:
        return None
    return {"id": "", "name": ""} if text.casefold() == NO_BRAND.casefold() else {"id": "", "name": text[:255]}


def _unit(text: str, choices: Sequence[str]) -> str:
    found = UNITS.get(text.casefold().rstrip("s"), text.upper())
    return found if found in choices else text


def _texts(row: Any) -> dict[str, str]:
    fields = row.fields
    brand, weight, size = fields.get("brand"), fields.get("weight"), fields.get("dimensions")
    texts = {
        "key": str(row.id),
        "sku": row.sku or "",
        "product": row.product_title or "",
        "status": row.tab.replace("_", " ").capitalize(),
        "now": row.title,
        "title": fields.get("title", ""),
        "description": fields.get("description", ""),
        "category": fields.get("category", ""),
        "brand": "" if brand is None else brand.get("name") or NO_BRAND,
        "weight": weight["value"] if weight else "",
        "weight_unit": weight["unit"].lower() if weight else "",
        "length_unit": size["unit"].lower() if size else "",
        "enabled": YES if row.is_enabled else NO,
    }
    return texts | {side: size[side] if size else "" for side in SIDES}


def _stored(row: Any) -> dict[str, Any]:
    return {**row.fields, ENABLED: row.is_enabled}
