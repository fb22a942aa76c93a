"""The Active page of a semi-consignment store: products under the seven words, their stock by warehouse."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from domain.semi import ON_PLATFORM, SemiStatus, status
from models import (
    Listing,
    ListingProblem,
    ListingSku,
    MerchantSku,
    Product,
    SemiListing,
    Shop,
    StockTold,
    Variant,
    Warehouse,
    db,
)
from services import listing_search
from services.errors import NotFound
from services.semi import WHERE

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page shows, as in its address."""

    shop_id: int
    status: str = ""
    search: str = ""

    def query(self) -> Select[Any]:
        return select(Listing.id).where(*self.conditions())

    def conditions(self, with_status: bool = True) -> list[ColumnElement[bool]]:
        mine = select(SemiListing.listing_id).where(SemiListing.shop_id == self.shop_id)
        found: list[ColumnElement[bool]] = [Listing.shop_id == self.shop_id, Listing.id.in_(mine)]
        if with_status and self.status:
            found.append(word() == self.status)
        if term := self.search.replace("\0", "").strip():
            found.append(listing_search.matching(term))
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One SKU: pieces by TikTok warehouse, as TikTok showed them last."""

    id: int
    tiktok_id: str
    sku: str
    options: str
    places: Mapping[str, int]
    pieces: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """`moving`: something is on its way for it; `problem`: why TikTok said no."""

    id: int
    title: str
    tiktok_id: str
    image_url: str
    status: SemiStatus
    moving: bool
    problem: str
    source_id: int | None
    product_id: int | None
    read_at: Any
    lines: Sequence[Line]

    @property
    def pieces(self) -> int | None:
        known = [line.pieces for line in self.lines if line.pieces is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Row]
    after: int


def pieces() -> Any:
    """Pieces of a listing as TikTok showed them; NULL where it never did."""
    return (
        select(func.sum(ListingSku.sent_quantity))
        .where(ListingSku.listing_id == Listing.id, ListingSku.store_id == Listing.store_id, ListingSku.tiktok_id != "")
        .correlate(Listing)
        .scalar_subquery()
    )


def word() -> Any:
    """domain.semi.status in SQL."""
    known = [
        (Listing.platform_status == name, said.value)
        for name, said in ON_PLATFORM.items()
        if said is not SemiStatus.LIVE
    ]
    live = case((func.coalesce(pieces(), 1) == 0, SemiStatus.SOLD_OUT.value), else_=SemiStatus.LIVE.value)
    return case(
        *known,
        (Listing.platform_status == "ACTIVATE", live),
        (Listing.is_refused, SemiStatus.FAILED.value),
        else_=SemiStatus.PENDING.value,
    )


def counts(wanted: Wanted) -> dict[SemiStatus, int]:
    """Products under each word, whatever word is chosen."""
    said = word().label("said")
    query = select(said, func.count(Listing.id)).where(*wanted.conditions(with_status=False)).group_by(said)
    found = {SemiStatus(name): count for name, count in db.session.execute(query)}
    return {one: found.get(one, 0) for one in SemiStatus}


def find(wanted: Wanted, after: int = 0, limit: int = PAGE) -> Found:
    """A keyset page, newest first."""
    query = select(Listing.id).where(*wanted.conditions()).order_by(Listing.id.desc()).limit(limit + 1)
    ids = list(db.session.scalars(query.where(Listing.id < after) if after else query))
    return Found(rows(ids[:limit]), ids[limit - 1] if len(ids) > limit else 0)


def rows(listing_ids: Sequence[int]) -> list[Row]:
    """These products in this order."""
    query = (
        select(Listing, SemiListing.source_id, SemiListing.read_at, Product.image_url)
        .join(SemiListing, SemiListing.listing_id == Listing.id)
        .outerjoin(Product, Product.id == Listing.product_id)
        .where(Listing.id.in_(listing_ids))
    )
    mine, said = lines(listing_ids), _problems(listing_ids)
    found = {}
    for listing, source_id, read_at, image_url in db.session.execute(query):
        skus = mine.get(listing.id, [])
        known = [line.pieces for line in skus if line.pieces is not None]
        word_ = status(listing.platform_status, listing.is_refused, sum(known) if known else None)
        found[listing.id] = Row(
            listing.id, listing.title, listing.tiktok_id, image_url or "", word_, bool(listing.intent),
            said.get(listing.id, ""), source_id, listing.product_id, read_at, skus,
        )  # fmt: skip
    return [found[one] for one in listing_ids if one in found]


def has(shop: Shop, listing_id: int) -> bool:
    """Whether it is a product of this store."""
    return db.session.scalar(Wanted(shop.id).query().where(Listing.id == listing_id)) is not None


def get(shop: Shop, listing_id: int) -> Row:
    """One product of this store."""
    here = Wanted(shop.id).query().where(Listing.id == listing_id)
    found = rows(list(db.session.scalars(here)))
    if not found:
        raise NotFound("This product does not exist in a semi-consignment store of yours.", "Semi-consignment", WHERE)
    return found[0]


def lines(listing_ids: Sequence[int]) -> dict[int, list[Line]]:
    """SKUs that TikTok knows, by listing, with their pieces by warehouse."""
    told: dict[int, dict[str, int]] = defaultdict(dict)
    query = select(StockTold.listing_sku_id, StockTold.warehouse, StockTold.confirmed)
    for line_id, warehouse, count in db.session.execute(query.where(StockTold.listing_id.in_(listing_ids))):
        if count is not None:
            told[line_id][warehouse] = count
    wanted = (
        select(
            ListingSku.id, ListingSku.listing_id, ListingSku.tiktok_id, ListingSku.sent_quantity,
            Variant.sku, Variant.options, MerchantSku.code,
        )
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .outerjoin(MerchantSku, MerchantSku.id == ListingSku.merchant_sku_id)
        .where(ListingSku.listing_id.in_(listing_ids), ListingSku.tiktok_id != "")
        .order_by(ListingSku.position, ListingSku.id)
    )  # fmt: skip
    found: dict[int, list[Line]] = defaultdict(list)
    for row in db.session.execute(wanted):
        options = " / ".join(str(value) for _, value in row.options or ())
        places = dict(sorted(told[row.id].items()))
        found[row.listing_id].append(
            Line(row.id, row.tiktok_id, row.sku or row.code or "", options, places, row.sent_quantity)
        )
    return found


def places(shop: Shop) -> dict[str, str]:
    """TikTok's id -> name, of the store's sales warehouses."""
    query = select(Warehouse.tiktok_id, Warehouse.name).where(
        Warehouse.shop_id == shop.id, Warehouse.type == "SALES_WAREHOUSE"
    )
    return {number: name for number, name in db.session.execute(query.order_by(Warehouse.id))}


def _problems(listing_ids: Sequence[int]) -> dict[int, str]:
    query = (
        select(ListingProblem.listing_id, ListingProblem.text)
        .where(ListingProblem.listing_id.in_(listing_ids), ListingProblem.source != "rules")
        .order_by(ListingProblem.position.desc())
    )
    return {listing_id: text for listing_id, text in db.session.execute(query)}
