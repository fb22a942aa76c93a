"""Search of listings by title, SKU or TikTok's id. Rare terms come from the trigram indexes, common ones from the
list; one or two characters find what a SKU begins with."""

from sqlalchemy import ColumnElement, or_, select

from models import Listing, Product, Variant, db
from services import trigrams
from services.trigrams import contains

COMMON = trigrams.COMMON


def matching(term: str) -> ColumnElement[bool]:
    """A condition on listings of the current store; asks the indexes how common the term is."""
    if len(term) < trigrams.SHORTEST:
        return _by_sku(Product.sku.istartswith(term, autoescape=True), Variant.sku.istartswith(term, autoescape=True))
    found = trigrams.ids(Listing, ("title",), term, most=COMMON)
    products: set[int] = set()
    if len(found) <= COMMON:
        products = trigrams.ids(Product, ("sku",), term, most=COMMON)
    if len(products) <= COMMON:
        products |= trigrams.ids(Variant, ("sku",), term, "product_id", COMMON)
    if len(found) > COMMON or len(products) > COMMON:
        walked = _by_sku(contains(Product.sku, term), contains(Variant.sku, term))
        return or_(contains(Listing.title, term), walked, Listing.tiktok_id == term)
    # Resolved to ids by their indexes: one condition with "or" between tables would be tried on every row of the list.
    found |= set(db.session.scalars(select(Listing.id).where(Listing.tiktok_id == term)))
    if products:
        found |= set(db.session.scalars(select(Listing.id).where(Listing.product_id.in_(products))))
    return Listing.id.in_(found)


def _by_sku(product: ColumnElement[bool], variant: ColumnElement[bool]) -> ColumnElement[bool]:
    """Listings whose product or one of its variants has such a SKU, asked row by row."""
    # The list around it may have joined the product, which is not the one meant here.
    of_product = (
        select(Product.id)
        .where(Product.id == Listing.product_id, Product.store_id == Listing.store_id, product)
        .correlate(Listing)
    )
    of_variant = (
        select(Variant.id)
        .where(Variant.product_id == Listing.product_id, Variant.store_id == Listing.store_id, variant)
        .correlate(Listing)
    )
    return or_(of_product.exists(), of_variant.exists())
