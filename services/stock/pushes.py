"""Pushing stock: which listings must be told something, and what exactly."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models import Activity, ActivityItem, Listing, Shop, StockOrder, StockOrderLine, StockTold, Store, db
from models.tenancy import tenant_id
from services import activities, clock, streams
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden
from services.stock import rules
from services.stock.offers import ListingOffer, live_listings, offers, selling
from services.stock.rules import ShopRules

KIND, ALL = "push_stock", "repush_stock"
KINDS = (KIND, ALL)
FEW = 5  # pieces: a listing that comes so low goes before the others
HEAD_START = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SkuTarget:
    """One SKU as plain data. `before`: pieces in TikTok's orders when both sides agreed about them (`agreed_at`);
    `known`: by how many pieces the shop's orders in the ledger grew since; `known_now`: pieces in all."""

    listing_sku_id: int
    tiktok_id: str
    code: str
    want: Mapping[str, int]
    before: Mapping[str, int | None]
    known: int
    known_now: int
    agreed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """What one listing is to be told. Empty: it knows already."""

    listing_id: int
    tiktok_id: str
    skus: tuple[SkuTarget, ...]


def targets(shop: Shop, listing_ids: Sequence[int], everything: Collection[int] = ()) -> dict[int, Target]:
    """By listing, fresh from the rows; SKUs that were confirmed with the same number are left out, unless the listing
    is in `everything`."""
    found = offers(shop, listing_ids)
    bases = _bases(found)
    known = _known(shop.id, {sku.merchant_sku_id for one in found.values() for sku in one.skus})
    result = {}
    for listing_id, one in found.items():
        skus = []
        for sku in one.skus:
            if listing_id not in everything and sku.told and not sku.differs:
                continue
            before, at, agreed_at = bases.get(sku.listing_sku_id, ({}, None, None))
            total = known.get(sku.merchant_sku_id, 0)
            skus.append(
                SkuTarget(
                    sku.listing_sku_id,
                    sku.tiktok_id,
                    sku.code,
                    sku.target,
                    before,
                    total - (total if at is None else at),
                    total,
                    agreed_at,
                )
            )
        result[listing_id] = Target(listing_id, one.tiktok_id, tuple(skus))
    return result


Base = tuple[dict[str, int | None], int | None, datetime | None]
"""Pieces in TikTok's orders by warehouse, pieces in ours, when both agreed."""


def _bases(found: Mapping[int, ListingOffer]) -> dict[int, Base]:
    rows: dict[int, Base] = {}
    query = select(
        StockTold.listing_sku_id, StockTold.warehouse, StockTold.committed, StockTold.known, StockTold.agreed_at
    )
    for line_id, warehouse, committed, known, agreed_at in db.session.execute(
        query.where(StockTold.listing_id.in_(found))
    ):
        before = rows.get(line_id, ({}, None, None))[0]
        rows[line_id] = ({**before, warehouse: committed}, known, agreed_at)
    return rows


def _known(shop_id: int, sku_ids: Collection[int]) -> dict[int, int]:
    query = (
        select(StockOrderLine.merchant_sku_id, func.sum(StockOrderLine.quantity))
        .join(StockOrder, StockOrder.id == StockOrderLine.order_id)
        .where(
            StockOrder.shop_id == shop_id,
            StockOrder.state.in_(("held", "reserved", "handed")),
            StockOrderLine.merchant_sku_id.in_(sku_ids),
        )
        .group_by(StockOrderLine.merchant_sku_id)
    )
    return {sku_id: int(total) for sku_id, total in db.session.execute(query)}


def pour(sku_ids: Iterable[int], cause: str, changed_at: datetime | None = None) -> list[Activity]:
    """Puts every listing that must be told something about these merchant SKUs into its shop's stream, in the current
    transaction; call `jobs.launch.launch` for each answer after it. Shops that are not pushed to are left out."""
    found = []
    for shop_id, listing_ids in selling(sku_ids).items():
        shop = db.session.get_one(Shop, shop_id)
        activity = pour_listings(shop, listing_ids, cause, changed_at)
        if activity is not None:
            found.append(activity)
    return found


def pour_listings(
    shop: Shop, listing_ids: Sequence[int], cause: str, changed_at: datetime | None = None, *, everything: bool = False
) -> Activity | None:
    """The same for listings of one shop; those that know their number already only with `everything`."""
    store = db.session.get_one(Store, tenant_id())
    if not listing_ids or not rules.standing(shop, store).on:
        return None
    differing = [one for one in offers(shop, listing_ids).values() if everything or one.differs]
    items = _items(differing, cause, changed_at or clock.now(), everything)
    return streams.pour(KIND, "Push stock", items, store_id=store.id, shop_id=shop.id) if items else None


def _items(found: Sequence[ListingOffer], cause: str, changed_at: datetime, everything: bool) -> list[NewItem]:
    """Low stock first."""
    now = clock.now()
    args: dict[str, Any] = {"cause": cause, "changed_at": changed_at.isoformat()}
    if everything:
        args["everything"] = True
    return [
        NewItem(one.title, one.listing_id, args, due_at=now - HEAD_START if one.lowest <= FEW else now)
        for one in sorted(found, key=lambda one: (one.lowest, one.listing_id))
    ]


def push_all(actor: Actor, shop: Shop, listing_ids: Sequence[int] | None = None) -> Started:
    """An activity, which can be cancelled, that tells the shop every number that differs; of all live listings, or of
    those named."""
    chosen = list(listing_ids) if listing_ids is not None else live_listings(shop.id)
    store = db.session.get_one(Store, tenant_id())
    standing = rules.standing(shop, store)
    if not standing.on:
        raise Forbidden(standing.why, standing.action, standing.url)
    found = [one for one in offers(shop, chosen).values() if listing_ids is not None or one.differs]
    items = _items(found, "rule" if listing_ids is None else "by hand", clock.now(), listing_ids is not None)
    if not items:
        raise activities.NothingToDo(f"“{shop.name}” knows every number already.", "See stock", "/stock/")
    key = f"{ALL}:{shop.id}"
    words = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    return activities.start(
        actor, ALL, f"Push stock of {words} to {shop.name}", items, shop_id=shop.id, queue="live", open_key=key
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a dry run."""

    title: str
    listing_id: int
    code: str
    was: int | None
    value: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would tell the shop: only what differs. `looked`: SKUs looked at, of `listings` listings in all."""

    changes: tuple[Change, ...]
    more: int
    looked: int
    listings: int
    up: int
    down: int
    out: int  # SKUs that would show as out of stock


LOOK = 5000  # listings a dry run looks at


def dry_run(shop: Shop, with_rules: ShopRules | None = None, show: int = 50) -> DryRun:
    """Sends nothing and changes nothing."""
    listing_ids = live_listings(shop.id)
    changes, looked, up, down, out = [], 0, 0, 0, 0
    for one in offers(shop, listing_ids[:LOOK], with_rules).values():
        for sku in one.skus:
            looked += 1
            if not sku.differs:
                continue
            changes.append(Change(one.title, one.listing_id, sku.code, sku.was, sku.value, sku.steps))
            up += sku.was is not None and sku.value > sku.was
            down += sku.was is not None and sku.value < sku.was
            out += sku.value == 0
    changes.sort(key=lambda one: (one.value, one.title, one.code))
    return DryRun(
        tuple(changes[:show]), max(0, len(changes) - show), looked, len(listing_ids), int(up), int(down), int(out)
    )


def in_hand(listing_ids: Collection[int], but: Collection[int], *, waiting: bool = False) -> set[int]:
    """Of these listings, those that another item (not in `but`) is telling a number right now, or waits to."""
    query = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.kind.in_((*KINDS, "live_values")),
            Activity.state.in_(activities.OPEN),
            ActivityItem.state.in_((*activities.WORKING, *(activities.WAITING if waiting else ()))),
            ActivityItem.subject_id.in_(listing_ids),
            ActivityItem.id.not_in(but),
        )
    )
    return {subject_id for subject_id in db.session.scalars(query) if subject_id}


def titles(listing_ids: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(select(Listing.id, Listing.title).where(Listing.id.in_(listing_ids)))
    return {row.id: row.title for row in rows}


def listings_of_product(shop_id: int, product_id: int) -> list[int]:
    """The shop's live listings of a product."""
    query = select(Listing.id).where(
        Listing.shop_id == shop_id, Listing.product_id == product_id, Listing.tiktok_id != "", Listing.is_enabled
    )
    return list(db.session.scalars(query))
