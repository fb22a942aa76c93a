"""Copying itself: the activity, and what each of its items does. A copy is a staged listing of the other shop like any
other: it goes the ordinary road of readiness and publishing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from domain.capabilities import Capability
from domain.roles import CHANGE, Page
from models import Activity, Listing, ListingCopy, ListingSku, Shop, db
from models.present import has_table
from services import activities, categories, clock, listings, readiness
from services.activities import NewItem, Started
from services.actor import Actor
from services.copying import KIND, WHERE, carrying
from services.copying.plan import fresh_of
from services.errors import Forbidden, Invalid, ServiceError
from services.global_stores import publishing_model
from services.people.access import asks


@dataclass(frozen=True, slots=True)
class Copied:
    """Of one listing: what it became, or the one that was there. `missing`: how much keeps it from being published."""

    listing_id: int
    made: bool
    missing: int = 0


@asks(Page.LISTINGS, CHANGE)
def start(actor: Actor, source: Shop, target: Shop, chosen: Select[Any], choice: Mapping[str, str]) -> Started:
    """Begins the activity of one target. Copies are made by the work, so that thousands are no trouble."""
    if not has_table(ListingCopy):
        raise ServiceError("Copying is being set up by an update that is running. Try again in a minute.")
    if source.id == target.id:
        raise Invalid("Choose another shop than the one the listings are in.", "Back", WHERE)
    demand(source, target)
    for category_id in {one for one in choice.values() if one}:
        categories.leaf(target, category_id)
    query = select(Listing.id, Listing.title).where(Listing.id.in_(fresh_of(source, target, chosen)))
    rows = db.session.execute(query.order_by(Listing.id)).all()
    if not rows:
        text = (
            f"Nothing is left to copy: these products are listed in “{target.name}” already, or have no product here."
        )
        raise activities.NothingToDo(text, "See listings", WHERE)
    listed = f"{len(rows):,} {'listing' if len(rows) == 1 else 'listings'}"
    items = [NewItem(row.title, row.id) for row in rows]
    details = {"source": source.id, "choice": dict(choice)}
    return activities.start(
        actor, KIND, f"Copy {listed} from {source.name} to {target.name}", items, shop_id=target.id, details=details,
        priority=50,
    )  # fmt: skip


def demand(source: Shop, target: Shop) -> None:
    """Raises Forbidden where one of the two shops takes no part."""
    publishing_model.demand(target, Capability.COPY_TO)
    if not (said := publishing_model.verdict(source, Capability.COPY_FROM)):
        raise Forbidden(said.reason, "See listings", WHERE)


@asks(Page.LISTINGS, CHANGE)
def copy(actor: Actor, activity: Activity, listing_ids: Sequence[int]) -> dict[int, Copied]:
    """By listing of the source; those without a product are left out. What is there already is named, not doubled."""
    source = db.session.get_one(Shop, activity.details["source"])
    target = db.session.get_one(Shop, activity.shop_id)
    demand(source, target)
    mine = select(Listing.id, Listing.product_id).where(
        Listing.id.in_(listing_ids), Listing.shop_id == source.id, Listing.product_id.is_not(None)
    )
    products = {key: product for key, product in db.session.execute(mine) if product}
    wanted = set(products.values())
    before = _there(target, wanted)
    way = carrying.road(source, target, activity.details["choice"])
    carried = {one.source.product_id: one for one in carrying.carry(way, sorted(products))}
    listings.stage(actor, target, select(Listing.product_id).where(Listing.id.in_(products)))
    now = _there(target, wanted)
    fresh = {product: now[product] for product in now.keys() - before.keys()}
    _fill(activity, fresh, carried)
    db.session.flush()
    readiness.recheck(target, sorted(fresh.values()))
    return {
        key: Copied(now[product], product in fresh, len(carried[product].blocking) if product in carried else 0)
        for key, product in products.items()
        if product in now
    }


def _there(target: Shop, products: set[int]) -> dict[int, int]:
    """Product -> its listing in the target."""
    query = select(Listing.product_id, Listing.id).where(Listing.shop_id == target.id, Listing.product_id.in_(products))
    return {product: number for product, number in db.session.execute(query.order_by(Listing.id.desc())) if product}


def _fill(activity: Activity, fresh: Mapping[int, int], carried: Mapping[int | None, carrying.Carried]) -> None:
    """Gives the new listings the values they take over. Nobody has edited them: their version stays the first."""
    rows = {row.id: row for row in listings.hold(sorted(fresh.values()))}
    lines: dict[int, list[ListingSku]] = {}
    for line in db.session.scalars(select(ListingSku).where(ListingSku.listing_id.in_(rows))):
        lines.setdefault(line.listing_id, []).append(line)
    for product, number in fresh.items():
        one, row = carried[product], rows[number]
        row.fields, row.is_enabled, row.is_stale = dict(one.fields), one.source.is_enabled, True
        for line in lines.get(number, ()):
            if values := one.lines.get(line.variant_id or 0):
                line.fields = dict(values)
        db.session.add(
            ListingCopy(
                shop_id=row.shop_id,
                listing_id=number,
                source_id=one.source.id,
                activity_id=activity.id,
                copied_at=clock.now(),
            )
        )


def unread(activity: Activity) -> list[str]:
    """Categories of the copies whose demands were never read from TikTok."""
    copies = select(ListingCopy.listing_id).where(ListingCopy.activity_id == activity.id)
    used = select(Listing.category_id).where(Listing.id.in_(copies), Listing.category_id != "").distinct()
    target = db.session.get_one(Shop, activity.shop_id)
    return [key for key in db.session.scalars(used) if categories.needs(target, key) is None]
