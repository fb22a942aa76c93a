"""Both sides compared: every live listing's stock as TikTok shows it beside what it should be. Reads only; the list of
differences can be repaired with one press (features U-03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models import Activity, ActivityItem, Shop, Store, db
from models.tenancy import tenant_id
from services import activities
from services.activities import NewItem, Started
from services.actor import Actor, system
from services.errors import ServiceError
from services.stock import adjustments, confirmations, pushes, rules, shown
from services.stock.confirmations import Told
from services.stock.offers import live_listings, offers
from services.stock.shown import TOGETHER, Seen

KIND = "compare_stock"


@dataclass(frozen=True, slots=True)
class Drift:
    """One SKU that shows another number than it should."""

    listing_id: int
    title: str
    code: str
    should: int
    shows: int | None


def start(actor: Actor, shop: Shop) -> Started:
    """Starts the comparison of a shop; pressing twice answers the one running."""
    ids = live_listings(shop.id)
    if not ids:
        raise activities.NothingToDo(f"“{shop.name}” has no listing whose stock could be compared.", "See listings",
                                     "/listings/")  # fmt: skip
    groups = [ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)]
    items = [NewItem(f"{len(group)} listings", args={"listings": group}) for group in groups]
    key = f"{KIND}:{shop.id}"
    return activities.start(
        actor,
        KIND,
        f"Compare stock with {shop.name}",
        items,
        shop_id=shop.id,
        open_key=key,
        units=len(ids),
        details={"open_key": key},
        priority=150,
    )


def start_daily(shop: Shop) -> Started | None:
    """By itself; what differs is pushed at its end."""
    store = db.session.get_one(Store, tenant_id())
    if not rules.standing(shop, store).on or not live_listings(shop.id):
        return None
    return start(system(store.id), shop)


def asked(shop: Shop, listing_ids: Sequence[int]) -> list[str]:
    """TikTok's ids of the products to read."""
    return [one.tiktok_id for one in offers(shop, listing_ids).values()]


def record(shop: Shop, item_id: int, listing_ids: Sequence[int], seen: Seen) -> list[Drift]:
    """Keeps what TikTok shows, by SKU id and warehouse, and which SKUs differ, on the item."""
    found = []
    busy, moving = pushes.in_hand(listing_ids, (), waiting=True), adjustments.moving(listing_ids)
    targets = pushes.targets(shop, listing_ids, set(listing_ids))
    for one in offers(shop, listing_ids).values():
        if one.listing_id in busy:
            continue
        rows = []
        wanted = {sku.listing_sku_id: sku for sku in targets[one.listing_id].skus} if one.listing_id in targets else {}
        for sku in one.skus:
            if sku.listing_sku_id in moving:
                continue
            shelves = seen.get(sku.tiktok_id)
            if shelves is None:
                found.append(Drift(one.listing_id, one.title, sku.code, sku.value, None))
                continue
            shows = {place: available for place, (available, _) in shelves.items()}
            rows += [Told(sku.listing_sku_id, place, count, count, None, None, None) for place, count in shows.items()]
            # Pieces of orders that TikTok has and we do not know yet are no difference.
            want = shown.should(wanted[sku.listing_sku_id], shelves) if sku.listing_sku_id in wanted else sku.target
            if any(count != want.get(place, 0) for place, count in shows.items()):
                found.append(Drift(one.listing_id, one.title, sku.code, sum(want.values()), sum(shows.values())))
        _keep_seen(shop.id, one.listing_id, rows)
    item = db.session.get_one(ActivityItem, item_id)
    item.args = {
        **item.args,
        "drift": [[one.listing_id, one.title, one.code, one.should, one.shows] for one in found],
    }
    db.session.flush()
    return found


def _keep_seen(shop_id: int, listing_id: int, rows: Sequence[Told]) -> None:
    """Bases of orders stay as they were confirmed with the last push."""
    known = confirmations.was_told([listing_id])
    same = {(row.listing_sku_id, row.warehouse): row for kept in known.values() for row in kept}
    confirmations.keep(
        shop_id,
        listing_id,
        [
            Told(
                row.listing_sku_id,
                row.warehouse,
                before.told if (before := same.get((row.listing_sku_id, row.warehouse))) and before.told is not None
                else row.told,
                row.confirmed,
                before.committed if before else None,
                before.known if before else None,
                before.agreed_at if before else None,
            )
            for row in rows
        ],
    )  # fmt: skip


def drifts(activity: Activity, limit: int = 200) -> list[Drift]:
    """What a comparison found."""
    found: list[Drift] = []
    query = select(ActivityItem.args).where(ActivityItem.activity_id == activity.id).order_by(ActivityItem.id)
    for args in db.session.scalars(query):
        found += [Drift(*row) for row in args.get("drift", ())]
        if len(found) >= limit:
            break
    return found[:limit]


def last(shop_id: int) -> Activity | None:
    """The newest comparison of a shop."""
    query = select(Activity).where(Activity.kind == KIND, Activity.shop_id == shop_id)
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(1)).first()


def repair(actor: Actor, shop: Shop, activity: Activity) -> Started:
    """Pushes every listing of the exception list."""
    if activity.kind != KIND or activity.shop_id != shop.id or activity.state in activities.OPEN:
        raise ServiceError("The comparison is still moving. Repair when it has finished.", "See it",
                           f"/activities/{activity.id}")  # fmt: skip
    return pushes.push_all(actor, shop, sorted({one.listing_id for one in drifts(activity, 100_000)}))


def by_itself(activity: Activity) -> bool:
    """Started by a schedule, so nobody waits for the list."""
    return activity.actor == system(activity.store_id).name


def message(notes: Mapping[str, Any]) -> str:
    looked, drift = int(notes.get("skus", 0)), int(notes.get("drift", 0))
    if not drift:
        return f"{looked:,} SKUs compared: nothing differs."
    return f"{looked:,} SKUs compared: {drift:,} {'shows' if drift == 1 else 'show'} another number than it should."
