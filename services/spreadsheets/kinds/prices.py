"""Prices: one row for each variant of a listing. An empty price is made by the price rule from BigCommerce's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update

from models import Listing, ListingSku, Product, Variant, db
from models.tenancy import scoped, tenant_id
from services.bulk import table_of
from services.errors import ServiceError
from services.history import keeping
from services.listing_fields import clean_sku
from services.spreadsheets.kinds import listing_rows
from services.spreadsheets.kinds.base import CHUNK, Cleaned, Current, Kind, Scope, Wish, number
from services.spreadsheets.writing import Column

IDS = 5000
YES, NO = "yes", "no"


class Prices(Kind):
    name = "prices"
    title = "Prices"
    text = "Price, product identifier and whether it is sold, for each variant of each listing."

    def columns(self, scope: Scope) -> Sequence[Column]:
        currency = scope.shop.currency if scope.shop else ""
        return (
            Column("key", "Variant", width=10),
            Column("listing", "Listing", width=10),
            Column("title", "Title now", width=40),
            Column("sku", "SKU"),
            Column("options", "Options", width=24),
            Column("catalog", "Price in BigCommerce", width=18),
            Column("currency", "Currency", width=10),
            Column("price", f"Price on TikTok Shop{f' ({currency})' if currency else ''}", True, 24),
            Column("kind", "Identifier type", True, 14),
            Column("code", "Identifier", True),
            Column("included", "Sold", True, 10),
        )

    def count(self, scope: Scope) -> int:
        query = select(func.count(ListingSku.id)).where(ListingSku.listing_id.in_(listing_rows.chosen(scope)))
        return int(db.session.scalar(query) or 0)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        chosen = ListingSku.listing_id.in_(listing_rows.chosen(scope))
        query = _rows().where(chosen, ListingSku.id > int(after or 0)).order_by(ListingSku.id).limit(CHUNK)
        found = list(db.session.execute(query))
        keys = [column.key for column in self.columns(scope)]
        rows = [[texts.get(key, "") for key in keys] for texts in map(_texts, found)]
        return rows, str(found[-1].id) if len(found) == CHUNK else ""

    def current(self, scope: Scope, keys: Sequence[str]) -> Mapping[str, Current]:
        ids = {found: key for key in keys if (found := number(key)) is not None}
        query = _rows().where(ListingSku.id.in_(ids), Listing.shop_id == scope.the_shop.id)
        return {
            ids[row.id]: Current(row.id, f"{row.sku or ''} {row.title}".strip(), _texts(row), row.fields)
            for row in db.session.execute(query)
        }

    def clean(self, scope: Scope, row: Current, changed: Mapping[str, str]) -> Cleaned:
        cleaned = Cleaned()
        if "price" in changed:
            _set(cleaned, "price", "price", changed["price"] or None)
        if {"kind", "code"} & changed.keys():
            kind, code = ({**row.texts, **changed}[name] for name in ("kind", "code"))
            identifier = {"kind": kind.upper(), "code": code} if kind or code else None
            _set(cleaned, "identifier", "code" if kind else "kind", identifier)
        if "included" in changed:
            word = changed["included"].casefold()
            if word in (YES, NO):
                cleaned.after["included"] = None if word == YES else False
            else:
                cleaned.errors.append(("included", f"Write {YES} or {NO}."))
        return cleaned

    def keep(self, scope: Scope, wishes: Sequence[Wish]) -> list[int]:
        refused: list[int] = []
        for start in range(0, len(wishes), IDS):
            refused += _keep(wishes[start : start + IDS])
        return refused


def _set(cleaned: Cleaned, name: str, column: str, value: Any) -> None:
    try:
        cleaned.after[name] = None if value is None else clean_sku(name, value)
    except ServiceError as wrong:
        cleaned.errors.append((column, wrong.text))


def _rows() -> Select[Any]:
    return (
        select(
            ListingSku.id,
            ListingSku.listing_id,
            ListingSku.fields,
            Listing.title,
            Variant.sku,
            Variant.options,
            Variant.price,
            Product.currency,
        )
        .join(Listing, Listing.id == ListingSku.listing_id)
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .outerjoin(Product, Product.id == Listing.product_id)
    )


def _texts(row: Any) -> dict[str, str]:
    fields = row.fields
    identifier = fields.get("identifier") or {}
    return {
        "key": str(row.id),
        "listing": str(row.listing_id),
        "title": row.title,
        "sku": fields.get("sku") or row.sku or "",
        "options": ", ".join(f"{name}: {value}" for name, value in row.options or ()),
        "catalog": "" if row.price is None else format(row.price.normalize(), "f"),
        "currency": row.currency or "",
        "price": fields.get("price", ""),
        "kind": identifier.get("kind", "") if identifier.get("code") else "",
        "code": identifier.get("code", ""),
        "included": YES if fields.get("included", True) else NO,
    }


def _keep(wishes: Sequence[Wish]) -> list[int]:
    ids = [wish.subject_id for wish in wishes]
    owners = dict(db.session.execute(select(ListingSku.id, ListingSku.listing_id).where(ListingSku.id.in_(ids))).all())
    locked = select(Listing.id, Listing.intent).where(Listing.id.in_(set(owners.values())))
    moving = {row.id: row.intent for row in db.session.execute(locked.order_by(Listing.id).with_for_update())}
    now: dict[int, dict[str, Any]] = dict(
        db.session.execute(select(ListingSku.id, ListingSku.fields).where(ListingSku.id.in_(ids))).all()
    )
    refused, written, touched = [], [], set()
    kept: dict[int, dict[str, keeping.Delta]] = {}
    for wish in wishes:
        fields = now.get(wish.subject_id)
        if (
            fields is None
            or moving.get(owners[wish.subject_id], "gone")
            or any(fields.get(name) != value for name, value in wish.before.items())
        ):
            refused.append(wish.number)
            continue
        written.append({"b_id": wish.subject_id, "b_fields": listing_rows.set_in(fields, wish.after)})
        touched.add(owners[wish.subject_id])
        changes = {name: [fields.get(name), value] for name, value in sorted(wish.after.items())}
        kept.setdefault(owners[wish.subject_id], {})[str(wish.subject_id)] = changes
    if written:
        table, parents = table_of(ListingSku), table_of(Listing)
        here = (table.c.store_id == tenant_id(), table.c.id == bindparam("b_id"))
        connection = db.session.connection()
        connection.execute(scoped(update(table).where(*here).values(fields=bindparam("b_fields"))), written)
        mine = (parents.c.store_id == tenant_id(), parents.c.id.in_(touched))
        stale = update(parents).where(*mine).values(is_stale=True, version=parents.c.version + 1)
        connection.execute(scoped(stale))
        keeping.edited({}, kept)
        db.session.expire_all()
    return refused
