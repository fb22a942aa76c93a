"""What a batch of drafts is made from, read with a handful of queries."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from domain.draft import CategoryNeeds
from domain.limits import RulePack
from domain.rulepacks import pack_for
from domain.settings import StoreSettings
from models import (
    Listing,
    ListingSku,
    Picture,
    Product,
    Shop,
    Store,
    Variant,
    db,
)
from services import categories, clock, preparations, settings
from services.media import plan
from services.media.plan import MediaFacts
from services.preparations import Preparation
from services.pricing import policies
from services.pricing.policies import Pricing
from services.stock import rules
from services.stock.rules import ShopRules
from services.stock.sharing import for_sale


@dataclass(slots=True)
class Facts:
    """Everything one batch needs, read with a handful of queries."""

    store: Store
    shop: Shop
    settings: StoreSettings
    pack: RulePack
    default: Preparation | None
    preparations: Mapping[int, Preparation]  # by product, where it is not the default one
    products: dict[int, Product]
    variants: dict[int, Variant]
    skus: dict[int, list[ListingSku]]
    stock: dict[int, dict[int, int]]  # merchant SKU -> location -> pieces for sale
    push_rules: ShopRules
    pictures: dict[str, Picture]
    doubles: frozenset[str]
    media: MediaFacts
    pricing: Pricing
    needs: dict[str, CategoryNeeds | None] = field(default_factory=dict)
    brands: dict[str, Mapping[str, categories.Brand]] = field(default_factory=dict)  # by category, by folded name
    judged: dict[int, StoreSettings] = field(default_factory=dict)  # by profile

    def profile(self, product_id: int | None) -> Preparation | None:
        """What prepares listings of this product."""
        return self.preparations.get(product_id or 0, self.default)

    def settings_of(self, profile: Preparation | None) -> StoreSettings:
        """The configuration under this profile."""
        if profile is None:
            return self.settings
        if profile.id not in self.judged:
            self.judged[profile.id] = profile.settings(self.settings)
        return self.judged[profile.id]


def read(shop: Shop, listings: Sequence[Listing], chosen: set[str], members: Mapping[int, int] | None = None) -> Facts:
    store = db.session.get_one(Store, shop.store_id)
    product_ids = {listing.product_id for listing in listings if listing.product_id}
    products = {row.id: row for row in db.session.scalars(select(Product).where(Product.id.in_(product_ids)))}
    skus: dict[int, list[ListingSku]] = defaultdict(list)
    for sku in db.session.scalars(
        select(ListingSku)
        .where(ListingSku.listing_id.in_([listing.id for listing in listings]))
        .order_by(ListingSku.position, ListingSku.id)
    ):
        skus[sku.listing_id].append(sku)
    variants = {row.id: row for row in db.session.scalars(select(Variant).where(Variant.product_id.in_(product_ids)))}
    mine: dict[int, list[Variant]] = defaultdict(list)
    for variant in variants.values():
        mine[variant.product_id].append(variant)
    for product in products.values():  # what is read already need not be asked for product by product
        set_committed_value(product, "variants", sorted(mine[product.id], key=lambda one: one.position))
    push_rules = rules.of(shop, product_ids, store)
    push_rules = push_rules.only(chosen) if chosen else push_rules
    urls = {image["url"] for product in products.values() for image in product.images}
    urls |= {variant.image_url for variant in variants.values() if variant.image_url}
    pictures = {
        row.url: row
        for row in db.session.scalars(
            select(Picture).where(
                Picture.url_hash.in_([url_hash(url) for url in urls]), Picture.measured_at.is_not(None)
            )
        )
    }
    doubles = _doubles(shop, variants.values(), products)
    mains = {main_hash(listing, products.get(listing.product_id or 0)) for listing in listings} - {""}
    default, others = preparations.of(shop.id, product_ids, members)
    pack = pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")
    numbers = {row.id: row.bigcommerce_id for row in variants.values()}
    ids, currency = [row.id for row in listings], shop.currency or pack.currency
    pricing = policies.of(shop, ids, numbers, store=store, currency=currency)
    return Facts(
        store, shop, settings.of(store), pack, default, others, products, variants, skus,
        for_sale(product_ids), push_rules, pictures, doubles, plan.read(shop, ids, mains), pricing,
    )  # fmt: skip


def _doubles(shop: Shop, variants: Iterable[Variant], products: Mapping[int, Product]) -> frozenset[str]:
    """Identifiers of these variants that stand in more than one listing of the shop: TikTok takes each once."""
    codes = {code for variant in variants for code in (variant.gtin, variant.upc) if code}
    codes |= {code for product in products.values() for code in (product.gtin, product.upc) if code}
    holders: dict[str, set[int]] = defaultdict(set)
    for column in (Variant.gtin, Variant.upc):
        rows = db.session.execute(
            select(column, ListingSku.listing_id)
            .join(ListingSku, ListingSku.variant_id == Variant.id)
            .join(Listing, Listing.id == ListingSku.listing_id)
            .where(Listing.shop_id == shop.id, column.in_(codes))
        )
        for code, listing_id in rows:
            holders[code].add(listing_id)
    return frozenset(code for code, listings in holders.items() if len(listings) > 1)


def main_hash(listing: Listing, product: Product | None) -> str:
    """The hash of the main picture's URL; empty without one."""
    images = product.images if product is not None else []
    keys = [str(key) for key in listing.fields.get("images") or () if any(str(one["id"]) == str(key) for one in images)]
    if not images or ("images" in listing.fields and not keys):
        return ""
    first = keys[0] if keys else str(images[0]["id"])
    return url_hash(next(str(one["url"]) for one in images if str(one["id"]) == first))


def url_hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
