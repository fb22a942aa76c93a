"""Stock as pages show it: SKUs with their balances and what each shop was told, and one SKU with its movements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from models import (
    Listing,
    ListingSku,
    Location,
    MerchantSku,
    Product,
    Stock,
    StockBalance,
    StockMovement,
    StockTold,
    Variant,
    db,
)
from models.present import has_table
from services.errors import NotFound, ServiceError
from services.stock.booking import KINDS

PAGE = 50
VIEWS = ("all", "low", "out", "orders", "unconfirmed")
LOW = 5


class NotMigrated(ServiceError):
    """The tables come with a migration that has not run yet."""

    status = 503


def demand() -> None:
    if not has_table(StockBalance):
        raise NotMigrated(
            "The database is being brought up to date; stock is shown when that is done.", "See products", "/products/"
        )


@dataclass(slots=True)
class Place:
    """One SKU at one location."""

    location: str
    on_hand: int = 0
    held: int = 0
    reserved: int = 0
    allocated: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.held - self.reserved - self.allocated


@dataclass(slots=True)
class ToldTo:
    """What a listing of a shop was told and shows."""

    shop_id: int
    listing_id: int
    told: int | None
    confirmed: int | None
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        return self.told is not None and self.told == self.confirmed


@dataclass(slots=True)
class Row:
    """One merchant SKU."""

    id: int
    code: str
    product_id: int | None
    title: str
    counted: bool
    places: list[Place] = field(default_factory=list)
    told: list[ToldTo] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(int(getattr(place, name)) for place in self.places)


def rows(view: str = "all", search: str = "", after: str = "", limit: int = PAGE) -> list[Row]:
    """A page in the order of SKU codes; one more than `limit` says that there is a next one."""
    demand()
    query = _chosen(view).where(MerchantSku.code > after) if after else _chosen(view)
    if search:
        titles = (
            select(Variant.merchant_sku_id)
            .join(Product, Product.id == Variant.product_id)
            .where(Product.title.icontains(search, autoescape=True))
        )
        query = query.where(MerchantSku.code.icontains(search, autoescape=True) | MerchantSku.id.in_(titles))
    chosen = db.session.execute(query.order_by(MerchantSku.code).limit(limit + 1)).all()
    return filled([(row.id, row.code) for row in chosen])


def _chosen(view: str) -> Any:
    query: Any = select(MerchantSku.id, MerchantSku.code)
    promised = func.coalesce(
        select(func.sum(StockBalance.held + StockBalance.reserved + StockBalance.allocated))
        .where(StockBalance.merchant_sku_id == MerchantSku.id, StockBalance.store_id == MerchantSku.store_id)
        .scalar_subquery(),
        0,
    )
    counted = (
        select(func.sum(Stock.available))
        .where(Stock.merchant_sku_id == MerchantSku.id, Stock.store_id == MerchantSku.store_id)
        .scalar_subquery()
    )
    if view == "low":
        return query.where(counted - promised <= LOW, counted - promised > 0)
    if view == "out":
        return query.where(counted - promised <= 0)
    if view == "orders":
        return query.where(promised > 0)
    if view == "unconfirmed":
        late = (
            select(ListingSku.merchant_sku_id)
            .join(StockTold, StockTold.listing_sku_id == ListingSku.id)
            .where(StockTold.told.is_not(None), func.coalesce(StockTold.confirmed, -1) != StockTold.told)
        )
        return query.where(MerchantSku.id.in_(late))
    return query


def filled(chosen: Sequence[tuple[int, str]]) -> list[Row]:
    ids = [sku_id for sku_id, _ in chosen]
    names = {row.id: row.label for row in db.session.execute(select(Location.id, Location.label))}
    titles = {
        row.merchant_sku_id: row
        for row in db.session.execute(
            select(Variant.merchant_sku_id, Product.id, Product.title, Product.inventory_tracking)
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.merchant_sku_id.in_(ids))
            .order_by(Product.deleted_at.is_(None), Variant.id)
        )
    }
    places: dict[int, dict[int, Place]] = defaultdict(dict)
    for sku_id, location_id, count in db.session.execute(
        select(Stock.merchant_sku_id, Stock.location_id, Stock.available)
        .where(Stock.merchant_sku_id.in_(ids))
        .order_by(Stock.location_id)
    ):
        places[sku_id][location_id] = Place(names.get(location_id, "Location"), count)
    for balance in db.session.scalars(select(StockBalance).where(StockBalance.merchant_sku_id.in_(ids))):
        if balance.held or balance.reserved or balance.allocated:
            place = places[balance.merchant_sku_id].setdefault(
                balance.location_id, Place(names.get(balance.location_id, "No location"))
            )
            place.held, place.reserved, place.allocated = balance.held, balance.reserved, balance.allocated
    told = told_to(ids)
    found = []
    for sku_id, code in chosen:
        about = titles.get(sku_id)
        counted = about is not None and about.inventory_tracking != "none"
        found.append(
            Row(
                sku_id,
                code,
                about.id if about else None,
                about.title if about else "",
                counted,
                [places[sku_id][key] for key in sorted(places[sku_id])],
                told.get(sku_id, []),
            )
        )
    return found


def told_to(sku_ids: Collection[int]) -> dict[int, list[ToldTo]]:
    """By merchant SKU: each live listing that sells it, with the sums over its warehouses."""
    query = (
        select(
            Variant.merchant_sku_id,
            Listing.shop_id,
            Listing.id,
            func.sum(StockTold.told).label("told"),
            func.sum(StockTold.confirmed).label("confirmed"),
            func.max(StockTold.confirmed_at).label("at"),
            func.max(ListingSku.sent_quantity).label("sent"),
        )
        .select_from(ListingSku)
        .join(Variant, Variant.id == ListingSku.variant_id)
        .join(Listing, Listing.id == ListingSku.listing_id)
        .outerjoin(StockTold, StockTold.listing_sku_id == ListingSku.id)
        .where(Variant.merchant_sku_id.in_(sku_ids), Listing.tiktok_id != "", ListingSku.tiktok_id != "")
        .group_by(Variant.merchant_sku_id, Listing.shop_id, Listing.id)
        .order_by(Listing.shop_id, Listing.id)
    )
    found: dict[int, list[ToldTo]] = defaultdict(list)
    for row in db.session.execute(query):
        told = row.told if row.told is not None else row.sent
        found[row.merchant_sku_id].append(ToldTo(row.shop_id, row.id, told, row.confirmed, row.at))
    return found


def sku(sku_id: int) -> Row:
    demand()
    code = db.session.scalar(select(MerchantSku.code).where(MerchantSku.id == sku_id))
    if code is None:
        raise NotFound("This SKU does not exist.", "See stock", "/stock/")
    return filled([(sku_id, code)])[0]


@dataclass(frozen=True, slots=True)
class Movement:
    id: int
    at: datetime
    kind: str
    delta: int
    cause: str
    order_ref: str
    location: str


def movements(sku_id: int, before: int | None = None, limit: int = PAGE) -> list[Movement]:
    """Newest first."""
    names = {row.id: row.label for row in db.session.execute(select(Location.id, Location.label))}
    query = select(StockMovement).where(StockMovement.merchant_sku_id == sku_id)
    if before is not None:
        query = query.where(StockMovement.id < before)
    return [
        Movement(
            row.id, row.at, row.kind, row.delta, row.cause, row.order_ref, names.get(row.location_id, "No location")
        )
        for row in db.session.scalars(query.order_by(StockMovement.id.desc()).limit(limit))
    ]


def sums(sku_id: int) -> dict[str, int]:
    """What all movements of a SKU add up to, by kind; the page shows them beside the balances."""
    query = (
        select(StockMovement.kind, func.sum(StockMovement.delta))
        .where(StockMovement.merchant_sku_id == sku_id)
        .group_by(StockMovement.kind)
    )
    found = {kind: int(total) for kind, total in db.session.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def listings_of(sku_id: int) -> list[tuple[int, int]]:
    """(shop, listing) of the live listings that sell it."""
    return [(one.shop_id, one.listing_id) for one in told_to([sku_id]).get(sku_id, [])]
