"""Products created in BigCommerce: staged and published by themselves, where the switch says so. Whole products with
all their variants; a variant is never added to a listing by itself (feature S3-25)."""

from collections.abc import Collection

from sqlalchemy import select

from domain.capabilities import Capability
from models import Activity, Listing, ListingSync, Product, Shop, Store, db
from models.tenancy import tenant_id
from services import clock, listings, publishing, settings
from services.actor import system
from services.catalog_sync import noting
from services.errors import ServiceError
from services.global_stores import publishing_model


def arrived(product_ids: Collection[int]) -> int:
    """New products of BigCommerce. Answers how many listings wait to be published as soon as nothing is missing."""
    if not product_ids:
        return 0
    noting.acted("auto_import", len(product_ids))
    if not settings.of(db.session.get_one(Store, tenant_id())).auto_publish:
        return 0
    count = 0
    chosen = select(Product.id).where(Product.id.in_(list(product_ids)))
    for shop in db.session.scalars(select(Shop).where(Shop.is_active).order_by(Shop.id)).all():
        if not publishing_model.verdict(shop, Capability.PUBLISH):
            continue
        listings.stage(system(tenant_id()), shop, chosen)
        fresh = select(Listing.id).where(
            Listing.shop_id == shop.id, Listing.product_id.in_(list(product_ids)), Listing.tiktok_id == ""
        )
        for row in noting.keep_rows(dict.fromkeys(db.session.scalars(fresh), shop.id), clock.now()):
            row.publish_when_ready = True
            count += 1
    db.session.flush()
    return count


def publish() -> list[Activity]:
    """Those that are complete by now. In the current transaction; launch each answer."""
    if not noting.ready():
        return []
    waits = (
        select(ListingSync.shop_id, ListingSync.listing_id)
        .join(Listing, Listing.id == ListingSync.listing_id)
        .where(ListingSync.publish_when_ready)
    )
    over = [row.listing_id for row in db.session.execute(waits.where(Listing.tiktok_id != ""))]
    done = set(over)
    begun: list[Activity] = []
    if settings.of(db.session.get_one(Store, tenant_id())).auto_publish:
        ready = waits.where(Listing.is_ready, Listing.tiktok_id == "", Listing.intent == "", ~Listing.is_stale)
        by_shop: dict[int, list[int]] = {}
        for row in db.session.execute(ready.order_by(ListingSync.listing_id)):
            by_shop.setdefault(row.shop_id, []).append(row.listing_id)
        for shop_id, ids in by_shop.items():
            shop = db.session.get_one(Shop, shop_id)
            try:
                started = publishing.start(system(tenant_id()), shop, select(Listing.id).where(Listing.id.in_(ids)))
            except ServiceError:
                continue  # no warehouse is mapped, or the shop's own activity is just being cancelled
            begun.append(started.activity)
            done |= set(ids)
            noting.acted("auto_publish", len(ids))
    for one in noting.rows(done):
        one.publish_when_ready = False
    db.session.flush()
    return begun
