"""Variants that came or went in BigCommerce after a listing was made: its lines follow, before anything is compared."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select

from models import Listing, ListingSku, Product, Shop, Variant, db
from services import readiness


def follow(shop: Shop, listing_ids: Sequence[int]) -> int:
    """New variants get a line and are sold like the others; lines whose variant is gone leave. Listings that changed
    are rechecked. Answers how many lines came or went."""
    changed = _added(listing_ids) + _left(listing_ids)
    if changed:
        db.session.flush()
        db.session.expire_all()
        readiness.recheck(shop, sorted(set(changed)))
    return len(changed)


def _added(listing_ids: Sequence[int]) -> list[int]:
    here = exists().where(
        ListingSku.listing_id == Listing.id,
        ListingSku.variant_id == Variant.id,
        ListingSku.store_id == Listing.store_id,
    )
    missing = db.session.execute(
        select(Listing.id, Variant.id, Variant.merchant_sku_id, Variant.position)
        .join(Variant, Variant.product_id == Listing.product_id)
        .where(Listing.id.in_(listing_ids), ~here)
        .order_by(Listing.id, Variant.position)
    ).all()
    for listing_id, variant_id, merchant_sku_id, position in missing:
        line = ListingSku(listing_id=listing_id, variant_id=variant_id, merchant_sku_id=merchant_sku_id, fields={})
        line.position = position
        db.session.add(line)
    return [row[0] for row in missing]


def _left(listing_ids: Sequence[int]) -> list[int]:
    """A product that is gone as a whole keeps its lines: nothing would be left to send."""
    gone = db.session.execute(
        select(ListingSku.id, ListingSku.listing_id)
        .join(Listing, Listing.id == ListingSku.listing_id)
        .join(Product, Product.id == Listing.product_id)
        .where(Listing.id.in_(listing_ids), ListingSku.variant_id.is_(None), Product.deleted_at.is_(None))
    ).all()
    if gone:
        doomed = delete(ListingSku).where(ListingSku.id.in_([row[0] for row in gone]))
        db.session.execute(doomed, execution_options={"synchronize_session": False})
    return [row[1] for row in gone]
