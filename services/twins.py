"""Twins and orphans: products in a shop that carry our references while the listing knows another one, or none. A
check is an activity; what it finds waits for a person, who keeps one, adopts it, or says that it is no twin."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from domain.roles import CHANGE, Page
from models import Activity, Listing, Shop, Twin, db
from models.present import has_table
from services import activities, clock, notices
from services.activities import NewItem, Started
from services.actor import Actor, system
from services.errors import NotFound, ServiceError
from services.people.access import asks
from services.twin_matching import BOTH, MARGIN
from services.twin_walk import BEGIN

KIND = "find_twins"


class NotMigrated(ServiceError):
    """The table comes with a migration that has not run yet."""

    status = 503


def ready() -> bool:
    """Whether the migration that brings the table has run."""
    return has_table(Twin)


def demand() -> None:
    if not ready():
        raise NotMigrated(
            "The database is being brought up to date; doubles can be looked for when that is done.",
            "See listings",
            "/listings/",
        )


# -- starting a check -------------------------------------------------------------------------------------------------


@asks(Page.LISTINGS, CHANGE)
def start(actor: Actor, shop: Shop, *, everything: bool = True) -> Started:
    """An activity that walks through what the shop holds. Without `everything` only what was created since the last
    complete check: a twin comes into being when its product does, and stays what it is."""
    demand()
    now = clock.now()
    since = BEGIN if everything else _since(shop)
    span = {"low": since, "high": int((now + MARGIN).timestamp())}
    items = [NewItem("Products of the shop" if since == BEGIN else "Products new in the shop", args=span)]
    items += [again(twin) for twin in db.session.scalars(_open(shop.id))]
    key = f"{KIND}:{shop.id}"
    return activities.start(
        actor,
        KIND,
        f"Look for doubles in {shop.name}",
        items,
        shop_id=shop.id,
        open_key=key,
        units=0,
        details={"open_key": key, "since": since},
        priority=200,  # after whatever somebody waits for
    )


def again(twin: Twin) -> NewItem:
    """Looks whether an open finding is still there."""
    codes = [sku["seller_sku"] for sku in twin.skus if sku["seller_sku"]]
    return NewItem(twin.title or twin.tiktok_id, twin.listing_id, {"again": twin.tiktok_id, "skus": codes})


def last_check(shop_id: int, *states: str) -> Activity | None:
    """The newest check of a shop that is in one of these states; any when none is named."""
    query = select(Activity).where(Activity.kind == KIND, Activity.shop_id == shop_id)
    query = query.where(Activity.state.in_(states)) if states else query
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(1)).first()


def _since(shop: Shop) -> int:
    """What was created before has been looked at by a check that came to its end without losing a part."""
    query = select(func.max(Activity.created_at)).where(
        Activity.kind == KIND,
        Activity.shop_id == shop.id,
        Activity.state == "finished",
        Activity.refused + Activity.failed + Activity.skipped == 0,
    )
    last: datetime | None = db.session.scalar(query)
    return BEGIN if last is None else int((last - MARGIN).timestamp())


# -- findings ---------------------------------------------------------------------------------------------------------


def doubtful() -> ColumnElement[bool]:
    """A finding that still says something: nobody decided, the listing is not being sent, and it knows another product
    or none. Needs a join with Listing."""
    return (Twin.state.in_(("open", "deleting"))) & (Listing.intent == "") & (Listing.tiktok_id != Twin.tiktok_id)


def _open(shop_id: int | None, what: Any = Twin) -> Select[Any]:
    query = select(what).select_from(Twin).join(Listing, Listing.id == Twin.listing_id).where(doubtful())
    return query.where(Twin.shop_id == shop_id) if shop_id is not None else query


def findings(shop_id: int | None = None, after: int = 0, limit: int = 25) -> Sequence[Twin]:
    """A keyset page of what waits for a decision, oldest first; of all shops when none is named."""
    demand()
    return db.session.scalars(_open(shop_id).where(Twin.id > after).order_by(Twin.id).limit(limit)).all()


def count(shop_id: int | None = None) -> int:
    """How many findings wait for a decision."""
    return db.session.scalar(_open(shop_id, func.count(Twin.id))) or 0


def get(twin_id: int) -> Twin:
    demand()
    twin = db.session.scalar(select(Twin).where(Twin.id == twin_id))
    if twin is None:
        raise NotFound("This finding does not exist any more.", "See all doubles", "/listings/twins")
    return twin


def orphans(listing_ids: Select[Any]) -> dict[int, datetime]:
    """Of these listings, those that know no product while TikTok has one that carries their keys -> when it was seen:
    publishing looks for it before it sends anything."""
    if not ready():
        return {}
    query = (
        select(Twin.listing_id, Twin.seen_at)
        .join(Listing, Listing.id == Twin.listing_id)
        .where(doubtful(), Listing.tiktok_id == "", Twin.match == BOTH, Twin.listing_id.in_(listing_ids))
    )
    return {listing_id: seen_at for listing_id, seen_at in db.session.execute(query)}


def tell(shop: Shop) -> int:
    """Raises or settles the shop's notice; answers how many findings wait."""
    waiting = count(shop.id)
    key = f"twins:{shop.id}"
    if not waiting:
        notices.resolve(key)
        return 0
    orphaned = db.session.scalar(_open(shop.id, func.count(Twin.id)).where(Listing.tiktok_id == "")) or 0
    doubled = waiting - orphaned
    parts = []
    if doubled:
        parts.append(f"holds {doubled:,} {'product' if doubled == 1 else 'products'} twice")
    if orphaned:
        parts.append(f"has {orphaned:,} that {'its listing does' if orphaned == 1 else 'their listings do'} not know")
    notices.raise_notice(
        key,
        "warning",
        f"TikTok Shop {' and '.join(parts)} ({shop.name}).",
        "Look at them",
        f"/listings/twins?shop={shop.id}",
    )
    return waiting


def forget_quiet(activity: Activity) -> None:
    """Of the daily checks that found nothing only the newest stays in the list of activities."""
    if activity.actor != system(activity.store_id).name:
        return
    older = select(Activity).where(
        Activity.kind == KIND,
        Activity.shop_id == activity.shop_id,
        Activity.id < activity.id,
        Activity.actor == activity.actor,
        Activity.state == "finished",
        Activity.refused + Activity.failed == 0,
    )
    for quiet in db.session.scalars(older):
        if not quiet.notes.get("new"):
            db.session.delete(quiet)
    db.session.flush()
