"""What each SKU of a listing should be told now, with the steps that led to it, beside what it was told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from models import Listing, ListingSku, Shop, StockTold, Variant, db
from models.present import has_table
from services.listing_edits import LIVE
from services.stock.rules import MOST, ShopRules, of
from services.stock.sharing import for_sale

PART = 500  # listings looked at together


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """One SKU of a listing. `spread` and `told`: TikTok warehouse id -> pieces; `sent`: the sum at its last sending,
    known before the first push."""

    listing_sku_id: int
    tiktok_id: str
    merchant_sku_id: int
    code: str
    available: int
    value: int
    spread: Mapping[str, int]
    steps: tuple[str, ...]
    told: Mapping[str, int | None] = field(default_factory=dict)  # as confirmed
    sent: int | None = None

    @property
    def was(self) -> int | None:
        """What the shop has, as far as we know."""
        if self.told:
            counts = [count for count in self.told.values() if count is not None]
            return sum(counts) if len(counts) == len(self.told) else None
        return self.sent

    @property
    def target(self) -> dict[str, int]:
        """By warehouse; those that were told before and sell nothing now are told 0."""
        return {**dict.fromkeys(self.told, 0), **self.spread}

    @property
    def differs(self) -> bool:
        return self.target != dict(self.told) if self.told else self.value != self.sent


@dataclass(frozen=True, slots=True)
class ListingOffer:
    listing_id: int
    tiktok_id: str
    title: str
    product_id: int | None
    skus: tuple[SkuOffer, ...]

    @property
    def differs(self) -> bool:
        return any(sku.differs for sku in self.skus)

    @property
    def lowest(self) -> int:
        return min((sku.value for sku in self.skus), default=0)


def live_listings(shop_id: int) -> list[int]:
    """Listings whose stock TikTok takes, and that are enabled (features S5-94)."""
    query = select(Listing.id).where(
        Listing.shop_id == shop_id,
        Listing.tiktok_id != "",
        Listing.is_enabled,
        Listing.platform_status.in_(LIVE["stock"]),
    )
    return list(db.session.scalars(query.order_by(Listing.id)))


def selling(sku_ids: Iterable[int]) -> dict[int, list[int]]:
    """Shop -> its live listings that sell from these merchant SKUs, those with a common stock included."""
    ids, found = sorted(set(sku_ids)), defaultdict[int, set[int]](set)
    for start in range(0, len(ids), PART):
        variants = select(Variant.product_id).where(Variant.merchant_sku_id.in_(ids[start : start + PART]))
        query = select(Listing.shop_id, Listing.id).where(
            Listing.product_id.in_(variants),
            Listing.tiktok_id != "",
            Listing.is_enabled,
            Listing.platform_status.in_(LIVE["stock"]),
        )
        for shop_id, listing_id in db.session.execute(query):
            found[shop_id].add(listing_id)
        lines = (
            select(Listing.shop_id, Listing.id)
            .join(ListingSku, ListingSku.listing_id == Listing.id)
            .where(
                ListingSku.merchant_sku_id.in_(ids[start : start + PART]),
                Listing.tiktok_id != "",
                Listing.is_enabled,
                Listing.platform_status.in_(LIVE["stock"]),
            )
        )
        for shop_id, listing_id in db.session.execute(lines):
            found[shop_id].add(listing_id)
    return {shop_id: sorted(listing_ids) for shop_id, listing_ids in found.items()}


def offers(
    shop: Shop, listing_ids: Sequence[int], rules: ShopRules | None = None, *, whole: bool = False
) -> dict[int, ListingOffer]:
    """By listing; SKUs without a counted stock are left out, and listings of products that are left alone. `whole`: as
    if every SKU had every warehouse."""
    found: dict[int, ListingOffer] = {}
    for start in range(0, len(listing_ids), PART):
        part = listing_ids[start : start + PART]
        found |= _offers(shop, part, rules, whole)
    return found


def _offers(shop: Shop, listing_ids: Sequence[int], rules: ShopRules | None, whole: bool) -> dict[int, ListingOffer]:
    listings = db.session.execute(
        select(Listing.id, Listing.tiktok_id, Listing.title, Listing.product_id).where(Listing.id.in_(listing_ids))
    ).all()
    product_ids = {row.product_id for row in listings if row.product_id}
    rules = rules or of(shop, product_ids)
    lines = db.session.execute(
        select(
            ListingSku.id,
            ListingSku.listing_id,
            ListingSku.tiktok_id,
            ListingSku.merchant_sku_id,
            ListingSku.fields,
            ListingSku.sent_quantity,
            Variant.sku,
            Variant.merchant_sku_id.label("variant_sku_id"),
        )
        .join(Variant, Variant.id == ListingSku.variant_id)
        .where(ListingSku.listing_id.in_(listing_ids), ListingSku.tiktok_id != "")
        .order_by(ListingSku.position, ListingSku.id)
    ).all()
    there = for_sale(product_ids)
    told: dict[int, dict[str, int | None]] = defaultdict(dict)
    if has_table(StockTold):
        query = select(StockTold.listing_sku_id, StockTold.warehouse, StockTold.confirmed)
        for line_id, warehouse, confirmed in db.session.execute(query.where(StockTold.listing_id.in_(listing_ids))):
            told[line_id][warehouse] = confirmed
    product_of = {row.id: row.product_id for row in listings}
    mine: dict[int, list[SkuOffer]] = defaultdict(list)
    for line in lines:
        product_id = product_of[line.listing_id]
        sku_id = line.variant_sku_id or line.merchant_sku_id or 0
        if sku_id not in there or product_id in rules.left_alone or not line.fields.get("included", True):
            continue
        # TikTok fixes a SKU's warehouses.
        mapped = rules if whole or line.id not in told else rules.only(told[line.id])
        offer = mapped.offer(there[sku_id], product_id, MOST)
        mine[line.listing_id].append(
            SkuOffer(
                line.id,
                line.tiktok_id,
                sku_id,
                line.sku,
                sum(there[sku_id].values()),
                offer.value,
                offer.spread,
                offer.steps,
                told.get(line.id, {}),
                line.sent_quantity,
            )
        )
    return {
        row.id: ListingOffer(row.id, row.tiktok_id, row.title, row.product_id, tuple(mine[row.id]))
        for row in listings
        if mine[row.id] and rules.feeds
    }
