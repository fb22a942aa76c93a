"""Search by title, BigCommerce id or SKU. Rare terms come from the trigram index, common ones from the list."""

from sqlalchemy import ColumnElement, String, cast, false, or_, select

from models import Product, Variant
from services import trigrams
from services.trigrams import contains

COMMON = trigrams.COMMON


def matching(term: str) -> ColumnElement[bool]:
    """A condition on products of the current store; asks the index how common the term is."""
    term = term.replace("\0", "").strip()
    if not term:
        return false()
    if len(term) < trigrams.SHORTEST:
        return _beginning(term)
    found = trigrams.ids(Product, ("title", "sku"), term, most=COMMON)
    if len(found) <= COMMON:
        found |= trigrams.ids(Variant, ("sku",), term, "product_id", COMMON)
    return _walked(term) if len(found) > COMMON else or_(Product.id.in_(found), _number(term))


def _walked(term: str) -> ColumnElement[bool]:
    own = contains(Product.title, term), contains(Product.sku, term)
    return or_(*own, _variant(contains(Variant.sku, term)), _number(term))


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
