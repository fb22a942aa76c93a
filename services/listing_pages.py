"""The lists of the Listings page: filter, keyset pages, what is in use, and what happened to one listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from models import Activity, ActivityItem, Category, Listing, ListingProblem, Product, Profile, Variant, db


@dataclass(frozen=True, slots=True)
class Filter:
    """What the Listings page shows, as in its URL."""

    shop_id: int | None = None
    tab: str = ""
    problem: str = ""
    search: str = ""
    category: str = ""

    def query(self) -> Select[Any]:
        """SELECT of matching listing ids; used for the page, for "select all that match" and for bulk actions."""
        found = select(Listing.id)
        for condition in self.conditions():
            found = found.where(condition)
        return found

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.shop_id is not None:
            wanted.append(Listing.shop_id == self.shop_id)
        if self.tab:
            wanted.append(Listing.tab == self.tab)
        if self.problem:
            wanted.append(
                exists().where(
                    ListingProblem.listing_id == Listing.id,
                    ListingProblem.code == self.problem,
                    ListingProblem.store_id == Listing.store_id,
                )
            )
        if self.category:
            wanted.append(in_category(self.category))
        if text := self.search.replace("\0", "").strip():
            by_sku = select(Variant.product_id).where(Variant.sku.icontains(text, autoescape=True))
            by_product = select(Product.id).where(Product.sku.icontains(text, autoescape=True))
            wanted.append(
                or_(
                    Listing.title.icontains(text, autoescape=True),
                    Listing.product_id.in_(by_sku),
                    Listing.product_id.in_(by_product),
                    Listing.tiktok_id == text,
                )
            )
        return wanted


def in_category(category_id: str) -> ColumnElement[bool]:
    """Set on the listing, or inherited from the shop's default profile."""
    own = Listing.fields["category"].as_string()
    inherited = exists().where(
        Profile.shop_id == Listing.shop_id,
        Profile.store_id == Listing.store_id,
        Profile.is_default,
        Profile.category_id == category_id,
    )
    return or_(own == category_id, and_(own.is_(None), inherited))


def categories_in_use(shop_id: int | None, most: int = 60) -> list[Category]:
    """Categories that listings have set or inherit, by name, for the filter."""
    own = select(Listing.fields["category"].as_string()).distinct()
    default = select(Profile.category_id).where(Profile.is_default)
    if shop_id is not None:
        own, default = own.where(Listing.shop_id == shop_id), default.where(Profile.shop_id == shop_id)
    ids = {key for key in (*db.session.scalars(own.limit(most)), *db.session.scalars(default)) if key}
    rows = db.session.scalars(select(Category).where(Category.tiktok_id.in_(ids)).order_by(Category.name))
    return list({row.tiktok_id: row for row in rows}.values())


def history(listing: Listing, limit: int = 8) -> Sequence[tuple[ActivityItem, Activity]]:
    """What activities last did with this listing, newest first."""
    query = (
        select(ActivityItem, Activity)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(ActivityItem.subject_id == listing.id, Activity.kind == "publish")
        .order_by(ActivityItem.id.desc())
        .limit(limit)
    )
    return [(item, activity) for item, activity in db.session.execute(query)]


def page(
    wanted: Filter, *, before: int | None = None, after: int | None = None, limit: int = 25
) -> tuple[Sequence[Listing], int | None, int | None]:
    """One keyset page, newest first: (rows, cursor of the older page, cursor of the newer page)."""
    query = select(Listing).where(*wanted.conditions())
    if after is not None:
        rows = list(
            reversed(db.session.scalars(query.where(Listing.id > after).order_by(Listing.id).limit(limit + 1)).all())
        )
        more_newer, more_older = len(rows) > limit, True
        rows = rows[-limit:] if more_newer else rows
    else:
        if before is not None:
            query = query.where(Listing.id < before)
        rows = list(db.session.scalars(query.order_by(Listing.id.desc()).limit(limit + 1)).all())
        more_older, more_newer = len(rows) > limit, before is not None
        rows = rows[:limit]
    older = rows[-1].id if rows and more_older else None
    newer = rows[0].id if rows and more_newer else None
    return rows, older, newer


def count_up_to(wanted: Filter, limit: int = 1_000) -> int:
    """How many match, counted no further than `limit` + 1 ("1,000+")."""
    return len(db.session.scalars(wanted.query().limit(limit + 1)).all())
