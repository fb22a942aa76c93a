"""Tags of products: one row for each product. A file of the merchant's own needs no more than SKU and Tags."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select, func, select

from models import Product, db
from services import product_list, tags
from services.errors import ServiceError
from services.product_list import Filters
from services.spreadsheets.kinds.base import BY_SKU, CHUNK, Cleaned, Current, Kind, Scope, Wish, number
from services.spreadsheets.writing import Column

IDS = 5000


class Tags(Kind):
    name = "tags"
    title = "Tags"
    text = "The tags of each product, with commas between. A file of your own needs only the columns SKU and Tags."
    of_shop: ClassVar[bool] = False
    by_sku: ClassVar[bool] = True

    def columns(self, scope: Scope) -> Sequence[Column]:
        return (
            Column("key", "Product", width=10),
            Column("sku", "SKU"),
            Column("title", "Title", width=40),
            Column("tags", "Tags", True, 40),
        )

    def count(self, scope: Scope) -> int:
        return int(db.session.scalar(select(func.count(Product.id)).where(Product.id.in_(_chosen(scope)))) or 0)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        query = _rows().where(Product.id.in_(_chosen(scope)), Product.id > int(after or 0)).order_by(Product.id)
        found = list(db.session.execute(query.limit(CHUNK)))
        theirs = tags.of(row.id for row in found)
        rows = [[str(row.id), row.sku, row.title, ", ".join(theirs.get(row.id, ()))] for row in found]
        return rows, str(found[-1].id) if len(found) == CHUNK else ""

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        ids = {found: key for key in keys if (found := number(key)) is not None}
        rows = {ids[row.id]: row for row in db.session.execute(_rows().where(Product.id.in_(ids)))}
        skus = {key.removeprefix(BY_SKU): key for key in keys if key.startswith(BY_SKU)}
        named = list(db.session.execute(_rows().where(Product.sku.in_(skus), Product.deleted_at.is_(None))))
        times = Counter(row.sku for row in named)  # of a SKU that several products have nobody knows which is meant
        rows |= {skus[row.sku]: row for row in named if times[row.sku] == 1}
        theirs = tags.of(row.id for row in rows.values())
        known = {name.casefold(): name for name in tags.names()}
        return {key: _current(row, theirs.get(row.id, []), known) for key, row in rows.items()}

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        if "tags" in changed:
            try:
                wanted = sorted(row.facts.get(name.casefold(), name) for name in tags.split(changed["tags"]))
            except ServiceError as wrong:
                cleaned.errors.append(("tags", wrong.text))
            else:
                if wanted != sorted(row.stored["tags"]):
                    cleaned.after["tags"] = wanted
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        refused: list[int] = []
        for start in range(0, len(wishes), IDS):
            part = wishes[start : start + IDS]
            there = set(
                db.session.scalars(
                    select(Product.id).where(Product.id.in_([wish.subject_id for wish in part])).with_for_update()
                )
            )
            now = tags.of(there)
            kept = {}
            for wish in part:
                if wish.subject_id not in there or sorted(now.get(wish.subject_id, [])) != sorted(
                    wish.before["tags"] or []
                ):
                    refused.append(wish.number)
                else:
                    kept[wish.subject_id] = wish.after["tags"] or []
            tags.replace(kept)
        return refused


def _chosen(scope: Scope) -> Select[Any]:
    if "ids" in scope.details:
        return select(Product.id).where(Product.id.in_(scope.details["ids"]), Product.deleted_at.is_(None))
    given = dict(scope.details.get("filter", {}))
    for name in ("price_min", "price_max"):  # kept as text
        if name in given:
            given[name] = Decimal(given[name])
    return product_list.matching(Filters(**given))


def _rows() -> Select[Any, Any, Any]:
    return select(Product.id, Product.sku, Product.title)


def _current(row: Any, theirs: list[str], known: Mapping[str, str]) -> Current:
    return Current(row.id, row.title, {"tags": ", ".join(theirs)}, {"tags": theirs}, known)
