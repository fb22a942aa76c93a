"""The local store's Active page as semi-consignment sees it: live listings, which of them are published to a
semi-consignment store already, and to which (features S1-30..36)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from models import Category, Listing, Product, SemiListing, Shop, db
from services import listing_search

PAGE = 50
LIVE = "ACTIVATE"
YES, NO = "yes", "no"
CATEGORIES = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page shows, as in its address. `published`: Semi-Consignment (yes), Not (no), or both."""

    shop_id: int
    published: str = ""
    category: str = ""
    search: str = ""

    def query(self) -> Select[Any]:
        """SELECT of the matching listing ids; for the page, and for "all that match"."""
        return select(Listing.id).where(*self.conditions())

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [Listing.shop_id == self.shop_id, *live()]
        if self.published:
            found.append(published() if self.published == YES else ~published())
        if self.category:
            found.append(Listing.category_id == self.category)
        if term := self.search.replace("\0", "").strip():
            found.append(listing_search.matching(term))
        return found


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    title: str
    sku: str
    image_url: str
    category: str
    shops: Sequence[int]  # semi-consignment stores that it is published to


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Row]
    count: int
    after: int  # the next page begins behind it; 0 at the end


def live() -> list[ColumnElement[bool]]:
    """What may be published: on sale in its own store, nothing else on its way (features S1-10)."""
    return [Listing.tiktok_id != "", Listing.platform_status == LIVE]


def published() -> ColumnElement[bool]:
    """Whether a local listing is in a semi-consignment store, or on its way there."""
    there = aliased(Listing)
    return exists().where(
        SemiListing.source_id == Listing.id,
        SemiListing.store_id == Listing.store_id,
        there.id == SemiListing.listing_id,
        there.store_id == Listing.store_id,
        counted(there),
    )


def counted(there: Any) -> ColumnElement[bool]:
    """A listing of such a store that is there or on its way; what was refused or deleted is not."""
    return or_(
        there.intent == "publish", and_(there.tiktok_id != "", there.platform_status.not_in(("DELETED", "FAILED")))
    )


def find(wanted: Wanted, after: int = 0, limit: int = PAGE) -> Found:
    """A keyset page."""
    query = (
        select(Listing.id, Listing.title, Listing.category_id, Product.sku, Product.image_url)
        .outerjoin(Product, Product.id == Listing.product_id)
        .where(*wanted.conditions(), Listing.id > after)
        .order_by(Listing.id)
        .limit(limit + 1)
    )
    rows = db.session.execute(query).all()
    count = db.session.scalar(select(func.count(Listing.id)).where(*wanted.conditions())) or 0
    shown = rows[:limit]
    names, there = dict(categories(wanted.shop_id)), _published([row.id for row in shown])
    found = [
        Row(
            row.id, row.title, row.sku or "", row.image_url or "", names.get(row.category_id, ""), there.get(row.id, ())
        )
        for row in shown
    ]
    return Found(found, count, shown[-1].id if len(rows) > limit else 0)


def _published(listing_ids: Sequence[int]) -> dict[int, list[int]]:
    there = aliased(Listing)
    query = (
        select(SemiListing.source_id, SemiListing.shop_id)
        .join(there, there.id == SemiListing.listing_id)
        .where(SemiListing.source_id.in_(listing_ids), counted(there))
        .order_by(SemiListing.shop_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for source_id, shop_id in db.session.execute(query):
        if source_id:
            found[source_id].append(shop_id)
    return found


def categories(shop_id: int) -> list[tuple[str, str]]:
    """Categories that live listings of the store use: (id, path)."""
    used = select(Listing.category_id).where(Listing.shop_id == shop_id, Listing.category_id != "", *live()).distinct()
    query = select(Category.tiktok_id, Category.path).where(Category.shop_id == shop_id, Category.tiktok_id.in_(used))
    found = [(number, " › ".join(path or ())) for number, path in db.session.execute(query.limit(CATEGORIES))]
    return sorted(found, key=lambda one: one[1])


def chosen(shop: Shop, ids: Sequence[int]) -> Select[Any]:
    """SELECT of these listings, as far as they are of this store."""
    return select(Listing.id).where(Listing.id.in_(ids), Listing.shop_id == shop.id)
