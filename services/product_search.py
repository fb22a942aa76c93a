"""Search by title, BigCommerce id or SKU. Rare terms come from the trigram index, common ones from the list."""

from sqlalchemy import ColumnElement, Integer, String, cast, column, false, or_, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models import Product, Variant, db
from models.tenancy import scoped, tenant_id

COMMON = 2000  # a term with more hits is found quickest by walking the list in its order
SHORTEST = 3  # characters a trigram needs

_SQLITE = {
    "product": """SELECT s.rowid FROM product_search s JOIN product p ON p.id = s.rowid
        WHERE product_search MATCH :term AND p.store_id = :store_id ORDER BY s.rowid DESC LIMIT :most""",
    "variant": """SELECT v.product_id FROM variant_search s JOIN variant v ON v.id = s.rowid
        WHERE variant_search MATCH :term AND v.store_id = :store_id ORDER BY s.rowid DESC LIMIT :most""",
}


def matching(term: str) -> ColumnElement[bool]:
    """A condition on products of the current store; asks the index how common the term is."""
    term = term.replace("\0", "").strip()
    if not term:
        return false()
    if len(term) < SHORTEST:
        return _beginning(term)
    found = _sqlite(term) if db.engine.dialect.name == "sqlite" else _postgresql(term)
    if found is None:
        return _walked(term)
    return or_(Product.id.in_(found), _number(term))


def _sqlite(term: str) -> set[int] | None:
    """Ids from the trigram tables; None when the term is common."""
    quoted = '"' + term.replace('"', '""') + '"'
    found: set[int] = set()
    for statement in _SQLITE.values():
        query = scoped(text(statement).columns(column("id", Integer)))
        given = {"term": quoted, "store_id": tenant_id(), "most": COMMON + 1}
        found.update(db.session.scalars(query, given))
        if len(found) > COMMON:
            return None
    return found


def _postgresql(term: str) -> set[int] | None:
    own = select(Product.id).where(
        Product.store_id == tenant_id(), or_(_has(Product.title, term), _has(Product.sku, term))
    )
    sub = select(Variant.product_id).where(Variant.store_id == tenant_id(), _has(Variant.sku, term))
    most = COMMON + 1
    rows = union_all(own.limit(most), sub.limit(most)).limit(2 * most)
    found = {row[0] for row in db.session.execute(scoped(rows))}
    return None if len(found) > COMMON else found


def _has(where: InstrumentedAttribute[str], term: str) -> ColumnElement[bool]:
    return where.icontains(term, autoescape=True)


def _walked(term: str) -> ColumnElement[bool]:
    return or_(_has(Product.title, term), _has(Product.sku, term), _variant(_has(Variant.sku, term)), _number(term))


def _beginning(term: str) -> ColumnElement[bool]:
    """One or two characters: what a SKU or an id begins with."""
    begins = [Product.sku.istartswith(term, autoescape=True), _variant(Variant.sku.istartswith(term, autoescape=True))]
    if term.isascii() and term.isdigit():
        begins.append(cast(Product.bigcommerce_id, String).startswith(term))
    return or_(*begins)


def _variant(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    here = (Variant.product_id == Product.id, Variant.store_id == Product.store_id)
    return select(Variant.id).where(*here, condition).exists()


def _number(term: str) -> ColumnElement[bool]:
    """The id as BigCommerce shows it."""
    digits = term.removeprefix("#")
    return (
        Product.bigcommerce_id == int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else false()
    )
