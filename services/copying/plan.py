"""What copying would do, in numbers and for a page of listings field by field; changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from domain.capabilities import Capability, Verdict
from models import Category, Listing, Shop, db
from services import categories, warehouses
from services.copying import carrying
from services.copying.carrying import Carried, Choice, Road
from services.global_stores import publishing_model

SAMPLE = 10  # listings looked at field by field on one page
MOST_CATEGORIES = 40
LIKELY = 0.5  # a suggestion below is shown and not chosen


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category of the source: how many listings, and where they would go. `chosen` empty: by the other's profile."""

    category_id: str
    path: str
    count: int
    is_there: bool
    chosen: str
    options: Sequence[tuple[str, str]]  # (category there, path)


@dataclass(frozen=True, slots=True)
class Plan:
    """`fresh` listings would be made; `there`: named, not doubled; `without`: no product in BigCommerce."""

    road: Road
    total: int
    fresh: int
    there: int
    without: int
    categories: Sequence[CategoryRow]
    more_categories: int
    sample: Sequence[Carried]
    after: int  # the last listing of the page, 0 at the end
    listed: Sequence[tuple[Listing, Listing]]  # (here, the one that is there already), some of them
    warehouses: int
    unread: Sequence[str]  # categories there whose demands were never read from TikTok

    @property
    def target(self) -> Shop:
        return self.road.target


@dataclass(frozen=True, slots=True)
class Target:
    shop: Shop
    verdict: Verdict


def targets(source: Shop, shops: Sequence[Shop]) -> list[Target]:
    """The other shops, with why one takes no copies."""
    return [Target(shop, publishing_model.verdict(shop, Capability.COPY_TO)) for shop in shops if shop.id != source.id]


def there_of(target: Shop) -> Any:
    """Whether a listing's product has a listing in the target already."""
    other = aliased(Listing)
    return exists().where(
        other.product_id == Listing.product_id, other.shop_id == target.id, other.store_id == Listing.store_id
    )


def fresh_of(source: Shop, target: Shop, listings: Select[Any]) -> Select[Any]:
    """Those that would be made: one for each product that is not there."""
    first = (
        select(func.min(Listing.id))
        .where(
            Listing.id.in_(listings), Listing.shop_id == source.id, Listing.product_id.is_not(None), ~there_of(target)
        )
        .group_by(Listing.product_id)
    )
    return select(Listing.id).where(Listing.id.in_(first))


def plan(
    source: Shop, target: Shop, listings: Select[Any], choice: Mapping[str, str] | None = None, after: int = 0
) -> Plan:
    here = Listing.id.in_(listings), Listing.shop_id == source.id
    total = db.session.scalar(select(func.count(Listing.id)).where(*here)) or 0
    without = db.session.scalar(select(func.count(Listing.id)).where(*here, Listing.product_id.is_(None))) or 0
    fresh = fresh_of(source, target, listings)
    count = db.session.scalar(select(func.count(Listing.id)).where(Listing.id.in_(fresh))) or 0
    rows, more = _categories(source, target, fresh, choice)
    decided = {row.category_id: row.chosen for row in rows}
    way = carrying.road(source, target, {**decided, **(choice or {})})
    ids = db.session.scalars(fresh.where(Listing.id > after).order_by(Listing.id).limit(SAMPLE + 1)).all()
    return Plan(
        way,
        total,
        count,
        total - without - count,
        without,
        rows,
        more,
        carrying.carry(way, ids[:SAMPLE]),
        ids[SAMPLE - 1] if len(ids) > SAMPLE else 0,
        _listed(source, target, listings),
        len(warehouses.mapped(target)),
        [key for key in sorted({row.chosen for row in rows if row.chosen}) if categories.needs(target, key) is None],
    )


def _listed(source: Shop, target: Shop, listings: Select[Any], limit: int = 5) -> list[tuple[Listing, Listing]]:
    other = aliased(Listing)
    query = (
        select(Listing, other)
        .join(other, (other.product_id == Listing.product_id) & (other.store_id == Listing.store_id))
        .where(Listing.id.in_(listings), Listing.shop_id == source.id, other.shop_id == target.id)
        .order_by(Listing.id)
        .limit(limit)
    )
    return [(mine, theirs) for mine, theirs in db.session.execute(query)]


def _categories(source: Shop, target: Shop, fresh: Select[Any], choice: Choice | None) -> tuple[list[CategoryRow], int]:
    """By how many listings have it; what is said in `choice` stands, else the same category, else a likely one."""
    grouped = (
        select(Listing.category_id, func.count(Listing.id))
        .where(Listing.id.in_(fresh), Listing.category_id != "")
        .group_by(Listing.category_id)
        .order_by(func.count(Listing.id).desc(), Listing.category_id)
    )
    found = db.session.execute(grouped).all()
    return [_category(source, target, key, count, choice or {}) for key, count in found[:MOST_CATEGORIES]], max(
        0, len(found) - MOST_CATEGORIES
    )


def _category(source: Shop, target: Shop, key: str, count: int, choice: Choice) -> CategoryRow:
    mine, same = categories.get(source, key), categories.get(target, key)
    is_there = same is not None and same.is_leaf and "PROHIBITED" not in same.permissions
    names = tuple(mine.path) if mine else ()
    likely = () if is_there or not names else categories.suggest(target, names[-1], names, limit=4)
    options = [(one.category_id, " › ".join(one.path)) for one in likely]
    if is_there and same is not None:
        options.insert(0, (key, " › ".join(same.path)))
    best = key if is_there else likely[0].category_id if likely and likely[0].confidence >= LIKELY else ""
    chosen = choice.get(key, best)
    if chosen and chosen not in dict(options) and (other := _leaf(target, chosen)):
        options.append((chosen, " › ".join(other.path)))
    return CategoryRow(key, " › ".join(names), count, is_there, chosen, options)


def _leaf(shop: Shop, category_id: str) -> Category | None:
    row = categories.get(shop, category_id)
    return row if row is not None and row.is_leaf else None
