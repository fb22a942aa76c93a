"""The steps of re-deriving a shop by its profiles: the catalog in parts, products to their profile, listings
rechecked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from models import Listing, Shop, db
from services import profile_members, readiness
from services.activities import NewItem
from services.profile_rules import P

CHUNK = 100  # listings rechecked in one item


@dataclass(frozen=True, slots=True)
class Plan:
    products: int
    items: Sequence[NewItem]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Products that went to another profile, and listings of that part that must be rechecked."""

    moved: int
    stale: Sequence[int]


def plan(shop: Shop) -> Plan:
    """The catalog in parts; listings without a product of ours come along."""
    parts = profile_members.ranges()
    items = [
        NewItem(f"Products {part.low} to {part.high}", args={"low": part.low, "high": part.high, "count": part.count})
        for part in parts
    ]
    alone = _stale(shop, Listing.product_id.is_(None))
    return Plan(sum(part.count for part in parts), [*items, *rechecks(alone)])


def sort(shop: Shop, low: int, high: int) -> Sorted:
    """Products from `low` to `high` join the profile whose rule takes them first."""
    profile_members.hold(shop.id)
    moved = profile_members.assign(shop.id, profile_members.ranked(shop.id), P.c.id.between(low, high))
    for start in range(0, len(moved), profile_members.PART):
        db.session.execute(
            update(Listing)
            .where(Listing.shop_id == shop.id, Listing.product_id.in_(moved[start : start + profile_members.PART]))
            .values(is_stale=True),
            execution_options={"synchronize_session": False},
        )
    return Sorted(len(moved), _stale(shop, Listing.product_id.between(low, high)))


def _stale(shop: Shop, condition: object) -> Sequence[int]:
    query = select(Listing.id).where(Listing.shop_id == shop.id, Listing.is_stale, condition)  # type: ignore[arg-type]
    return db.session.scalars(query.order_by(Listing.id)).all()


def rechecks(listing_ids: Sequence[int]) -> list[NewItem]:
    """Items of a hundred listings each."""
    parts = [listing_ids[start : start + CHUNK] for start in range(0, len(listing_ids), CHUNK)]
    return [NewItem(f"Listings {part[0]} to {part[-1]}", args={"ids": list(part)}) for part in parts]


def recheck(shop: Shop, listing_ids: Sequence[int]) -> dict[str, int]:
    """Rechecks those that nobody else has rechecked meanwhile; how many, and how their readiness changed."""
    rows = select(Listing.id, Listing.is_ready).where(Listing.id.in_(listing_ids), Listing.shop_id == shop.id)
    before = {listing_id: ready for listing_id, ready in db.session.execute(rows.where(Listing.is_stale))}
    if not before:
        return {"rechecked": 0}
    readiness.recheck(shop, list(before))
    db.session.flush()
    now = {listing_id: ready for listing_id, ready in db.session.execute(rows.where(Listing.id.in_(list(before))))}
    return {
        "rechecked": len(before),
        "became_ready": sum(now.get(one, False) and not was for one, was in before.items()),
        "no_longer": sum(was and not now.get(one, False) for one, was in before.items()),
    }
