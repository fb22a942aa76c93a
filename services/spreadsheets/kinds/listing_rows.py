"""What all sheets with one row for each listing share: which listings, in which order, and writing their fields."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update

from models import Listing, Product, db
from models.tenancy import scoped, tenant_id
from services.bulk import table_of
from services.history import keeping
from services.listing_pages import Filter
from services.spreadsheets.kinds.base import CHUNK, Scope, Wish, number

ENABLED = "@enabled"  # a stored field that is a column of the listing, not one of its fields
IDS = 5000


def chosen(scope: Scope) -> Select[Any]:
    """Listing ids: those named, those of the filter, or all of the shop."""
    if "ids" in scope.details:
        query = select(Listing.id).where(Listing.id.in_(scope.details["ids"]))
    else:
        query = Filter(**scope.details.get("filter", {})).query()
    return query.where(Listing.shop_id == scope.the_shop.id)


def count(scope: Scope) -> int:
    return int(db.session.scalar(select(func.count(Listing.id)).where(Listing.id.in_(chosen(scope)))) or 0)


def page(scope: Scope, after: str) -> tuple[list[Row[Any]], str]:
    """The next listings with their products, and the cursor behind them."""
    query = rows().where(Listing.id.in_(chosen(scope)), Listing.id > int(after or 0)).order_by(Listing.id).limit(CHUNK)
    found = list(db.session.execute(query))
    return found, str(found[-1].id) if len(found) == CHUNK else ""


def named(scope: Scope, keys: Iterable[str]) -> dict[str, Row[Any]]:
    """Listings of the shop by the key in the file."""
    ids = {found: key for key in keys if (found := number(key)) is not None}
    query = rows().where(Listing.id.in_(ids), Listing.shop_id == scope.the_shop.id)
    return {ids[row.id]: row for row in db.session.execute(query)}


def rows() -> Select[Any]:
    return select(
        Listing.id,
        Listing.title,
        Listing.tab,
        Listing.intent,
        Listing.category_id,
        Listing.fields,
        Listing.is_enabled,
        Product.sku,
        Product.title.label("product_title"),
    ).outerjoin(Product, Product.id == Listing.product_id)


def keep(wishes: Sequence[Wish]) -> list[int]:
    """Sets listing fields; answers the numbers of rows left alone: changed meanwhile, gone, or being sent."""
    refused: list[int] = []
    for start in range(0, len(wishes), IDS):
        refused += _keep(wishes[start : start + IDS])
    return refused


def _keep(wishes: Sequence[Wish]) -> list[int]:
    query = select(Listing.id, Listing.fields, Listing.is_enabled, Listing.intent)
    locked = query.where(Listing.id.in_([wish.subject_id for wish in wishes])).order_by(Listing.id).with_for_update()
    now = {row.id: row for row in db.session.execute(locked)}
    refused, written = [], []
    kept: dict[int, keeping.Delta] = {}
    for wish in wishes:
        row = now.get(wish.subject_id)
        if row is None or row.intent or any(_value(row, name) != value for name, value in wish.before.items()):
            refused.append(wish.number)
            continue
        fields = set_in(row.fields, wish.after)
        kept[row.id] = {name: [_value(row, name), value] for name, value in sorted(wish.after.items())}
        written.append({"b_id": row.id, "b_fields": fields, "b_enabled": wish.after.get(ENABLED, row.is_enabled)})
    if written:
        table = table_of(Listing)
        statement = (
            update(table)
            .where(table.c.store_id == tenant_id(), table.c.id == bindparam("b_id"))
            .values(
                fields=bindparam("b_fields"),
                is_enabled=bindparam("b_enabled"),
                is_stale=True,
                version=table.c.version + 1,
            )
        )
        db.session.connection().execute(scoped(statement), written)
        keeping.edited(kept)
        db.session.expire_all()
    return refused


def _value(row: Row[Any], name: str) -> Any:
    return row.is_enabled if name == ENABLED else row.fields.get(name)


def set_in(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Stored fields with changes; None takes one away."""
    merged = {**fields, **{name: value for name, value in changes.items() if not name.startswith("@")}}
    return {name: value for name, value in merged.items() if value is not None}
