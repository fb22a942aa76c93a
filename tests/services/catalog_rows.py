"""Stores and products for the tests of the catalog's services."""

from collections.abc import Mapping
from typing import Any

from clients.bigcommerce.models import Product as Theirs
from models import Authorization, Listing, ListingSku, Location, Shop, Store, Variant, db
from models.tenancy import tenant
from services import catalog_rows, clock
from services.catalog_shape import Stock, shape


class Names:
    """Brand 1 is Acme; category 5 lies below Home."""

    def brand(self, brand_id: int) -> str:
        return {1: "Acme", 2: "Bolt"}.get(brand_id, "")

    def category_path(self, category_id: int) -> str:
        return "Home > Mugs" if category_id == 5 else ""


def add_store(store_hash: str = "first1") -> int:
    """Commits an installed store with one location (BigCommerce's 1) and answers its id."""
    store = Store(hash=store_hash, installed_at=clock.now(), settings={}, wizard={}, currency="USD")
    db.session.add(store)
    db.session.commit()
    with tenant(store.id):
        db.session.add(Location(store_id=store.id, bigcommerce_id=1, label="Main"))
        db.session.commit()
    return store.id


def theirs(number: int, **given: Any) -> Theirs:
    """A product as BigCommerce answers it, with one variant unless `variants` says otherwise."""
    plain: dict[str, Any] = {
        "id": number, "name": f"Product {number}", "sku": f"P-{number}", "price": "10.00", "weight": "1.5",
        "inventory_tracking": "variant", "brand_id": 1, "categories": [5], "is_visible": True,
        "variants": [{"id": number * 1000, "product_id": number, "sku": f"P-{number}"}],
    }  # fmt: skip
    return Theirs.model_validate({**plain, **given})


def write(*products: Theirs, stock: Stock | None = None, places: Mapping[int, int] | None = None) -> catalog_rows.Tally:
    """Writes them to the current store; each variant has 7 pieces at location 1 unless `stock` says otherwise."""
    from services.catalog import location_ids

    known = stock if stock is not None else {variant.id: {1: 7} for one in products for variant in one.variants}
    shaped = [shape(one, Names(), "USD", known, frozenset({1})) for one in products]
    tally = catalog_rows.write(shaped, places or location_ids(), clock.now())
    db.session.commit()
    return tally


def list_variant(variant: Variant) -> None:
    """A listing of this variant alone, in a shop of its own."""
    now, store_id = clock.now(), variant.store_id
    grant = Authorization(
        store_id=store_id, open_id="o1", access_expires_at=now, refresh_expires_at=now, scopes=[], connected_at=now
    )
    db.session.add(grant)
    db.session.flush()
    shop = Shop(
        store_id=store_id, authorization_id=grant.id, tiktok_id="7000000001", name="Shop", market="US", prerequisites=[]
    )
    db.session.add(shop)
    db.session.flush()
    listing = Listing(store_id=store_id, shop_id=shop.id, product_id=variant.product_id, fields={}, changed_at=now)
    db.session.add(listing)
    db.session.flush()
    sku = ListingSku(
        store_id=store_id,
        listing_id=listing.id,
        variant_id=variant.id,
        merchant_sku_id=variant.merchant_sku_id,
        fields={},
    )
    db.session.add(sku)
    db.session.commit()
