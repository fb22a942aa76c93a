"""What each SKU of live listings should cost, what the shop shows, and whether it may be sent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from domain import money
from domain.limits import RulePack
from domain.pricing.rules import Offered
from domain.rulepacks import pack_for
from models import Listing, ListingSku, PriceTold, Product, Shop, Variant, db
from models.present import has_table
from services import clock, preparations
from services.listing_edits import LIVE
from services.pricing import policies
from services.pricing.policies import Values

PART = 500  # listings worked out together


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """One SKU. `was`: what the shop shows, as last confirmed or sent; `set_here`: the price stands on the listing."""

    listing_sku_id: int
    tiktok_id: str
    code: str
    variant_id: int
    regular: Decimal | None
    offered: Offered
    was: Decimal | None
    set_here: bool
    told: bool

    @property
    def value(self) -> Decimal | None:
        return self.offered.value

    @property
    def differs(self) -> bool:
        """Must be sent. A price that may not be sent never differs."""
        if self.value is None or self.offered.problem:
            return False
        return self.value != self.was or (self.offered.list_price is not None and not self.told)


@dataclass(frozen=True, slots=True)
class ListingPrices:
    listing_id: int
    tiktok_id: str
    title: str
    product_id: int | None
    status: str
    skus: tuple[SkuPrice, ...]

    @property
    def differs(self) -> bool:
        return any(sku.differs for sku in self.skus)


def pack_of(shop: Shop) -> RulePack:
    """The market's bounds today."""
    return pack_for(shop.market, clock.now().date(), cross_border=shop.seller_type == "CROSS_BORDER")


def live_listings(shop_id: int) -> list[int]:
    """Listings whose price can be sent (reference 4.12)."""
    query = select(Listing.id).where(
        Listing.shop_id == shop_id,
        Listing.tiktok_id != "",
        Listing.is_enabled,
        Listing.platform_status.in_(LIVE["price"]),
    )
    return list(db.session.scalars(query.order_by(Listing.id)))


def all_listings(shop_id: int) -> list[int]:
    """Every listing of the shop, published or not."""
    return list(db.session.scalars(select(Listing.id).where(Listing.shop_id == shop_id).order_by(Listing.id)))


def offers(
    shop: Shop, listing_ids: Sequence[int], instead: Mapping[int, Values] | None = None
) -> dict[int, ListingPrices]:
    """By listing; SKUs that are not part of it are left out. `instead` as in `policies.of`."""
    found: dict[int, ListingPrices] = {}
    pack = pack_of(shop)
    for start in range(0, len(listing_ids), PART):
        found |= _offers(shop, pack, listing_ids[start : start + PART], instead)
    return found


def _offers(
    shop: Shop, pack: RulePack, listing_ids: Sequence[int], instead: Mapping[int, Values] | None
) -> dict[int, ListingPrices]:
    listings = db.session.execute(
        select(
            Listing.id, Listing.tiktok_id, Listing.title, Product.title.label("name"), Listing.product_id,
            Listing.platform_status,
        )
        .outerjoin(Product, Product.id == Listing.product_id)
        .where(Listing.id.in_(listing_ids))
        .order_by(Listing.id)
    ).all()  # fmt: skip
    lines = db.session.execute(
        select(
            ListingSku.id, ListingSku.listing_id, ListingSku.tiktok_id, ListingSku.fields, ListingSku.sent_price,
            Variant.id.label("variant_id"), Variant.bigcommerce_id, Variant.sku, Variant.price,
        )
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .where(ListingSku.listing_id.in_(listing_ids))
        .order_by(ListingSku.position, ListingSku.id)
    ).all()  # fmt: skip
    variants = {line.variant_id: line.bigcommerce_id for line in lines if line.variant_id}
    pricing = policies.of(shop, listing_ids, variants, currency=shop.currency or pack.currency, instead=instead)
    default, others = preparations.of(shop.id, {row.product_id for row in listings if row.product_id})
    confirmed = _confirmed(listing_ids)
    product_of = {row.id: row.product_id for row in listings}
    mine: dict[int, list[SkuPrice]] = defaultdict(list)
    for line in lines:
        if not line.fields.get("included", True):
            continue
        if "price" in line.fields:
            offered = Offered(Decimal(line.fields["price"]), ("set on the listing",))
        else:
            profile = others.get(product_of[line.listing_id] or 0, default)
            rule = profile.price_rule if profile else None
            offered = pricing.offer(line.listing_id, line.variant_id or 0, line.bigcommerce_id, line.price, rule)
        mine[line.listing_id].append(
            SkuPrice(
                line.id,
                line.tiktok_id,
                line.fields.get("sku") or line.sku or "",
                line.variant_id or 0,
                line.price,
                bounded(offered, pack),
                confirmed.get(line.id, line.sent_price),
                "price" in line.fields,
                line.id in confirmed,
            )
        )
    return {
        row.id: ListingPrices(
            row.id, row.tiktok_id, row.title or row.name or "", row.product_id, row.platform_status, tuple(mine[row.id])
        )
        for row in listings
    }


def bounded(offered: Offered, pack: RulePack) -> Offered:
    """With the problem of a price outside the market's bounds (features P-16)."""
    if offered.value is None or offered.problem or pack.price_min <= offered.value <= pack.price_max:
        return offered
    low = offered.value < pack.price_min
    bound = money.show(pack.price_min if low else pack.price_max, pack.currency)
    step = f"outside the market's bounds: {'at least' if low else 'at most'} {bound}"
    code = "price.too_low" if low else "price.too_high"
    return Offered(offered.value, (*offered.steps, step), code, offered.list_price)


def _confirmed(listing_ids: Sequence[int]) -> dict[int, Decimal]:
    if not has_table(PriceTold):
        return {}
    query = select(PriceTold.listing_sku_id, PriceTold.confirmed)
    query = query.where(PriceTold.listing_id.in_(listing_ids), PriceTold.confirmed.is_not(None))
    return {line_id: price for line_id, price in db.session.execute(query) if price is not None}
