"""Rule groups as SQL: one bound WHERE over the products of a store, the same on both databases as in plain Python."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    collate,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from domain.rule_groups import NUMBERS, Condition, ProductFacts, RuleGroup, fold
from models import Product, Variant, db
from models.base import Key
from models.tenancy import scoped, tenant_id
from services.bulk import table_of

P = table_of(Product)
V = table_of(Variant)
COLUMNS = {"title": P.c.title, "brand": P.c.brand, "category": P.c.category_path, "type": P.c.type}
CATALOG = 20_000  # products read for the values to choose from
OFFERED = 500

Ranked = Sequence[tuple[int, RuleGroup]]
"""Profiles in their order with their rules."""


def here() -> list[ColumnElement[bool]]:
    """The current store's products that BigCommerce still has."""
    return [P.c.store_id == tenant_id(), P.c.deleted_at.is_(None)]


def where(group: RuleGroup) -> ColumnElement[bool]:
    """The products that the group takes."""
    parts = [_holds(one) for one in group.conditions]
    if not parts:
        return false()
    return or_(*parts) if group.match == "any" else and_(*parts)


def winner(ranked: Ranked) -> ColumnElement[Any]:
    """The first profile whose rule takes the product; NULL where none does."""
    if not ranked:
        return cast(null(), Key)
    return case(*[(where(group), literal(profile_id, Key)) for profile_id, group in ranked], else_=null())


def _holds(one: Condition) -> ColumnElement[bool]:
    if one.field in NUMBERS:
        return _compares(one)
    found = _found(one)
    return found if one.operator in ("equals", "contains") else ~found


def _found(one: Condition) -> ColumnElement[bool]:
    value, whole = fold(one.value), one.operator in ("equals", "not_equals")
    if one.field == "tag":
        line = literal(",", String) + func.replace(_fold(P.c.tags), ", ", ",") + literal(",", String)
        return _has(line, f",{value}," if whole else value)
    if one.field == "sku":
        variant = _is(V.c.sku, value, whole)
        its = select(V.c.id).where(V.c.store_id == P.c.store_id, V.c.product_id == P.c.id, variant)
        return or_(_is(P.c.sku, value, whole), its.correlate(P).exists())
    column = _custom_field(one.name) if one.field == "custom_field" else COLUMNS[one.field]
    return _is(column, value, whole)


def _is(column: ColumnElement[Any], value: str, whole: bool) -> ColumnElement[bool]:
    return _fold(column) == value if whole else _has(_fold(column), value)


def _has(text: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Without LIKE, so that nothing in the part is a wildcard."""
    seek = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    return seek(text, literal(part, String)) > 0


def _fold(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A to Z in lower case: SQLite's lower() knows no other letters, PostgreSQL's under the collation C neither."""
    return func.lower(column if db.engine.dialect.name == "sqlite" else collate(column, "C"))


def _custom_field(name: str) -> ColumnElement[Any]:
    """Its text; empty where the product lacks it."""
    if db.engine.dialect.name == "sqlite":
        # By key and not by path: a name may hold quotes, dots and dollars.
        each = func.json_each(P.c.custom_fields).table_valued("key", "value")
        found: Any = select(each.c.value).where(each.c.key == name).limit(1).scalar_subquery()
    else:
        found = P.c.custom_fields[name].as_string()
    return type_coerce(func.coalesce(found, ""), String)


def _compares(one: Condition) -> ColumnElement[bool]:
    column: ColumnElement[Any] = P.c.price
    number: Any = one.number
    if one.field == "stock":
        column, number = case((P.c.inventory_tracking == "none", null()), else_=P.c.quantity), int(one.number)
    match one.operator:
        case "equals":
            held = column == number
        case "not_equals":
            return func.coalesce(column != number, literal(True))
        case "less":
            held = column < number
        case _:
            held = column > number
    return func.coalesce(held, literal(False))


def count(group: RuleGroup) -> int:
    """How many products the group takes."""
    query = select(func.count(P.c.id)).where(*here(), where(group))
    return int(db.session.scalar(scoped(query)) or 0)


def examples(condition: ColumnElement[bool], limit: int = 50) -> Sequence[Any]:
    """(id, title, sku, image_url) of the newest products."""
    query = select(P.c.id, P.c.title, P.c.sku, P.c.image_url).where(*here(), condition)
    return db.session.execute(scoped(query.order_by(P.c.id.desc()).limit(limit))).all()


def facts(product: Product, skus: Iterable[str]) -> ProductFacts:
    """What the rules ask of one product. `skus` are its variants'."""
    return ProductFacts(
        title=product.title,
        skus=(product.sku, *skus),
        brand=product.brand,
        category=product.category_path,
        type=product.type,
        tags=product.tags,
        price=product.price,
        stock=None if product.inventory_tracking == "none" else product.quantity,
        custom_fields=product.custom_fields,
    )


def offered(field: str) -> list[str]:
    """The values that the newest products have, to choose from."""
    column = COLUMNS.get(field)
    if column is None or field == "title":
        return []
    newest = select(column.label("value")).where(*here()).order_by(P.c.id.desc()).limit(CATALOG).subquery()
    query = select(newest.c.value).where(newest.c.value != "").distinct().order_by(newest.c.value).limit(OFFERED)
    return list(db.session.scalars(scoped(query)))
