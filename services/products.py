"""Products one by one or chosen: variants, stock, listings, profiles."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import nh3
from sqlalchemy import Select, func, select

from models import Listing, Location, Product, Profile, Shop, Stock, Variant, db
from models.tenancy import tenant_id
from services.errors import NotFound

PROSE = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
}


def chosen(product_ids: Sequence[int]) -> Select[Any]:
    """The ids that are really products of this store."""
    mine = (Product.store_id == tenant_id(), Product.deleted_at.is_(None))
    return select(Product.id).where(*mine, Product.id.in_(list(product_ids)))


def profiles(shops: Sequence[Shop]) -> list[Profile]:
    """Those that a filter may name."""
    query = (
        select(Profile).where(Profile.shop_id.in_([shop.id for shop in shops])).order_by(Profile.position, Profile.id)
    )
    return list(db.session.scalars(query))


def profile_names(shops: Sequence[Shop]) -> str:
    """What prepares every product at the moment: the default profile of each shop."""
    names = [profile.name for profile in profiles(shops) if profile.is_default]
    return ", ".join(dict.fromkeys(names))


def get(product_id: int) -> Product:
    product = db.session.scalar(select(Product).where(Product.id == product_id))
    if product is None:
        raise NotFound("This product does not exist.", "See all products", "/products/")
    return product


def description_html(product: Product) -> str:
    """The description with text tags alone: no pictures, links, styles or scripts of somebody else."""
    return nh3.clean(product.description, tags=PROSE, attributes={})


def variants(product: Product) -> list[Variant]:
    return list(
        db.session.scalars(
            select(Variant).where(Variant.product_id == product.id).order_by(Variant.position, Variant.id)
        )
    )


def stock(of: Sequence[Variant]) -> tuple[list[Location], Mapping[int, Mapping[int, int]]]:
    """The locations that hold any of these variants, and merchant SKU -> location id -> available."""
    skus = [variant.merchant_sku_id for variant in of if variant.merchant_sku_id]
    levels: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.session.scalars(select(Stock).where(Stock.merchant_sku_id.in_(skus))):
        levels[row.merchant_sku_id][row.location_id] = row.available
    held = {place for mine in levels.values() for place in mine}
    places = db.session.scalars(select(Location).where(Location.id.in_(held)).order_by(Location.bigcommerce_id))
    return list(places), levels


def listings(product: Product) -> list[Listing]:
    query = select(Listing).where(Listing.product_id == product.id).order_by(Listing.shop_id, Listing.id)
    return list(db.session.scalars(query))


def staged_in(query: Select[Any]) -> Mapping[int, int]:
    """How many of these products have a listing, by shop."""
    counted = select(Listing.shop_id, func.count(func.distinct(Listing.product_id)))
    found = db.session.execute(counted.where(Listing.product_id.in_(query)).group_by(Listing.shop_id))
    return {shop_id: number for shop_id, number in found}
