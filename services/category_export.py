"""The category tree of a shop as a spreadsheet: names and ids of each category and of the one above it."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import func, select

from models import Category, db
from services.categories import PERMISSIONS
from services.spreadsheets.kinds.base import CHUNK, Kind, Scope
from services.spreadsheets.writing import Column


class Categories(Kind):
    name = "categories"
    title = "Categories"
    text = "Every category of the shop's market: name and ID, its parent's name and ID, whether it is by invitation."
    comes_back: ClassVar[bool] = False

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("id", "Category ID", width=14),
            Column("name", "Category", width=30),
            Column("parent_id", "Parent ID", width=14),
            Column("parent", "Parent", width=30),
            Column("path", "Path", width=60),
            Column("final", "Products can be listed", width=20),
            Column("permission", "Permission", width=24),
        )

    def count(self, scope: Scope) -> int:
        return int(db.session.scalar(select(func.count(Category.id)).where(Category.shop_id == scope.the_shop.id)) or 0)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        query = select(Category).where(Category.shop_id == scope.the_shop.id, Category.id > int(after or 0))
        found = list(db.session.scalars(query.order_by(Category.id).limit(CHUNK)))
        return [_line(row) for row in found], str(found[-1].id) if len(found) == CHUNK else ""


def _line(row: Category) -> list[str]:
    words = [PERMISSIONS[name][0] for name in row.permissions if name in PERMISSIONS]
    return [
        row.tiktok_id,
        row.name,
        "" if row.parent_id == "0" else row.parent_id,
        row.path[-2] if len(row.path) > 1 else "",
        " > ".join(row.path),
        "yes" if row.is_leaf else "no",
        ", ".join(words),
    ]
