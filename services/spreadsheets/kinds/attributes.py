"""Attributes of listings: one column for each attribute of the categories in use, one row for each listing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from domain.attributes import resolve_values
from domain.draft import AttributeNeed
from models import Category, Listing, db
from services import categories
from services.errors import Invalid
from services.spreadsheets.kinds import listing_rows
from services.spreadsheets.kinds.base import Cleaned, Current, Kind, Scope, Wish
from services.spreadsheets.writing import Column

MOST = 200  # attribute columns of one file
NUMBERED = re.compile(r"\((\d{1,32})\)$")
SHOWN = 5  # values named in an error
Needs = dict[str, dict[str, AttributeNeed]]  # by category, by attribute


class Attributes(Kind):
    name = "attributes"
    title = "Attributes"
    text = "A column for each attribute that the listings' categories know. Several values are set apart by semicolons."

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("key", "Listing", width=10),
            Column("sku", "SKU"),
            Column("now", "Title now", width=40),
            Column("category", "Category", width=30),
            *(Column(key, title, True, 22) for key, title in self._titles(scope).items()),
        )

    def _titles(self, scope: Scope) -> dict[str, str]:
        """Attribute id -> heading; of a file made or read earlier, as it was then."""
        if "titles" in scope.details:
            return dict(scope.details["titles"])
        titles: dict[str, str] = {}
        for needs in needs_in_use(scope).values():
            titles |= {key: f"{need.name} ({key})" for key, need in needs.items()}
        if len(titles) > MOST:
            raise Invalid(
                f"The listings' categories have {len(titles):,} attributes together, more than the {MOST} columns of "
                "one file. Filter the list by category first, then export.",
                "See listings",
                "/listings/",
            )
        return titles

    def remember(self, header: Sequence[str]) -> dict[str, Any]:
        return {"titles": {found.group(1): title for title in header if (found := NUMBERED.search(title))}}

    def count(self, scope: Scope) -> int:
        return listing_rows.count(scope)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        found, cursor = listing_rows.page(scope, after)
        paths = dict(_paths(scope, {row.category_id for row in found}))
        keys = [column.key for column in self.columns(scope)][4:]
        rows = []
        for row in found:
            texts = _texts(row)
            head = [str(row.id), row.sku or "", row.title, paths.get(row.category_id, "")]
            rows.append(head + [texts.get(key, "") for key in keys])
        return rows, cursor

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        found = listing_rows.named(scope, keys)
        needs = _needs(scope, {row.category_id for row in found.values()})
        return {
            key: Current(row.id, row.title, _texts(row), row.fields, needs.get(row.category_id, {}))
            for key, row in found.items()
        }

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        for key, text in changed.items():
            need: AttributeNeed | None = row.facts.get(key)
            if not text:
                cleaned.after[f"attributes.{key}"] = None
            elif need is None:
                cleaned.errors.append((key, "The listing's category does not have this attribute."))
            elif values := resolve_values(need, text):
                found = [{"id": value.id, "text": value.text} for value in values]
                cleaned.after[f"attributes.{key}"] = found
            else:
                cleaned.errors.append((key, _unlike(need)))
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        return listing_rows.keep(wishes)


def _unlike(need: AttributeNeed) -> str:
    if not need.values:
        return "It must be a number above 0."
    names = ", ".join(name for _, name in need.values[:SHOWN])
    return f"TikTok takes only its own values here: {names}{' and more' if len(need.values) > SHOWN else ''}."


def needs_in_use(scope: Scope) -> Needs:
    """Product attributes of every category that the chosen listings have, as last read."""
    query = select(Listing.category_id).where(Listing.id.in_(listing_rows.chosen(scope))).distinct()
    return _needs(scope, set(db.session.scalars(query)))


def _needs(scope: Scope, category_ids: set[str]) -> Needs:
    query = select(Category).where(Category.shop_id == scope.the_shop.id, Category.tiktok_id.in_(category_ids))
    return {
        row.tiktok_id: {need.id: need for need in categories.needs_of(row).attributes if need.kind == "product"}
        for row in db.session.scalars(query)
        if row.needs is not None
    }


def _paths(scope: Scope, category_ids: set[str]) -> list[tuple[str, str]]:
    query = select(Category.tiktok_id, Category.path).where(
        Category.shop_id == scope.the_shop.id, Category.tiktok_id.in_(category_ids)
    )
    return [(key, " > ".join(path)) for key, path in db.session.execute(query)]


def _texts(row: Any) -> dict[str, str]:
    return {
        name.partition(".")[2]: "; ".join(str(one.get("text") or one.get("id", "")) for one in values)
        for name, values in row.fields.items()
        if name.startswith("attributes.")
    }
