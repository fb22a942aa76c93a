"""The import of a store's catalog: started by a person or a schedule, walked by id ranges, closed with what is gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from clients.bigcommerce.models import Location as LocationRow
from clients.bigcommerce.models import Store as StoreInformation
from domain.roles import CHANGE, Page
from models import Activity, ActivityItem, Counter, Location, Product, Store, db
from models.tenancy import scoped, tenant_id
from services import activities, catalog_rows, notices, profile_members, stores, warehouses
from services import clock as business_clock
from services.activities import NewItem, Started
from services.actor import Actor
from services.bulk import table_of
from services.catalog_shape import Shaped
from services.catalog_sync import noting, removals
from services.counters import PRODUCT_STATUS, Deltas
from services.people.access import asks

KIND = "catalog_import"
RANGE = 200  # products expected in one item
BELIEVED = 5  # so few may vanish from any catalog …
SHARE = 0.20  # … and beyond that no more than this share of it
GONE_NOTICE = "catalog.gone"


@dataclass(frozen=True, slots=True)
class Size:
    """A catalog's extent, as BigCommerce tells it."""

    total: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Walked:
    """Part of a walk: products read with ids from `low` to `high` (None: to the end)."""

    item_id: int
    low: int
    high: int | None
    products: Sequence[Shaped]


@asks(Page.PRODUCTS, CHANGE)
def start_import(actor: Actor) -> Started:
    """Imports the whole catalog; pressing twice answers the import that is moving. `launch` its activity."""
    first = NewItem("Reading the size of the catalog", args={"plan": True})
    return activities.start(
        actor, KIND, "Import products from BigCommerce", [first], open_key=KIND, units=0, details={"open_key": KIND}
    )


def moving() -> Activity | None:
    """The import that is under way."""
    return activities.opened(KIND)


def last() -> Activity | None:
    """The newest import that came to its end."""
    query = (
        select(Activity)
        .where(Activity.kind == KIND, Activity.state == "finished")
        .order_by(Activity.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def describe(information: StoreInformation, locations: Sequence[LocationRow]) -> None:
    """Currency, units and locations as just read; rows of the catalog are written in their terms."""
    store = db.session.get_one(Store, tenant_id())
    stores.describe(store, information)
    warehouses.record_locations(store.id, locations)


def location_ids() -> dict[int, int]:
    """BigCommerce's location id -> ours."""
    return {row.bigcommerce_id: row.id for row in db.session.execute(select(Location.bigcommerce_id, Location.id))}


def open_locations() -> frozenset[int]:
    """BigCommerce's ids of the locations whose stock can be sold."""
    return frozenset(db.session.scalars(select(Location.bigcommerce_id).where(Location.is_enabled)))


def ranges(size: Size) -> list[NewItem]:
    """Items of about RANGE products each. The last one has no upper end, for products added meanwhile."""
    if not size.total:
        return []
    span = size.highest - size.lowest + 1
    width = max(1, span * RANGE // size.total)
    starts = list(range(size.lowest, size.highest + 1, width))
    items = [range_item(low, low + width - 1) for low in starts[:-1]]
    return [*items, range_item(starts[-1], None)]


def range_item(low: int, high: int | None) -> NewItem:
    words = f"Products {low} to {high}" if high is not None else f"Products from {low} on"
    return NewItem(words, args={"low": low, "high": high})


def record(walked: Walked, locations: Mapping[int, int], started: datetime) -> catalog_rows.Tally:
    """Writes what was read, and notes on its item what we have in that range and BigCommerce has no more."""
    tally = bring(walked.products, locations, started)
    missing = _missing(walked, started)
    if missing:
        items = table_of(ActivityItem)
        here = [items.c.store_id == tenant_id(), items.c.id == walked.item_id]
        args = {"low": walked.low, "high": walked.high, "missing": missing}
        db.session.execute(scoped(update(items).where(*here).values(args=args)))
    return tally


def bring(products: Sequence[Shaped], locations: Mapping[int, int], changed_at: datetime) -> catalog_rows.Tally:
    """Writes products as just read; what changed of those on TikTok Shop is noted, to be sent."""
    before = noting.prints(product.bigcommerce_id for product in products)
    tally = catalog_rows.write(products, locations, business_clock.now())
    profile_members.join(tally.touched)
    removals.back(tally.touched)
    noting.note(before, changed_at)
    return tally


def _missing(walked: Walked, started: datetime) -> list[int]:
    """Our ids of products in the range that were not read. What was written since the start came another way."""
    query = select(Product.id, Product.bigcommerce_id).where(
        Product.bigcommerce_id >= walked.low, Product.deleted_at.is_(None), Product.imported_at < started
    )
    if walked.high is not None:
        query = query.where(Product.bigcommerce_id <= walked.high)
    seen = {product.bigcommerce_id for product in walked.products}
    return [row.id for row in db.session.execute(query) if row.bigcommerce_id not in seen]


def conclude(activity: Activity) -> int:
    """After a complete walk: marks what is gone from BigCommerce, answers how many. Too many are a mistake."""
    arguments = db.session.scalars(select(ActivityItem.args).where(ActivityItem.activity_id == activity.id))
    gone = [product_id for args in arguments for product_id in args.get("missing", ())]
    counted = select(Counter.count).where(Counter.scope == PRODUCT_STATUS, Counter.shop_id == 0)
    known = sum(db.session.scalars(counted))
    if len(gone) > max(BELIEVED, known * SHARE):
        notices.raise_notice(
            GONE_NOTICE,
            "warning",
            f"BigCommerce no longer lists {len(gone):,} of {known:,} products. That is more than {SHARE:.0%}, so "
            "nothing was removed here. Check in BigCommerce that the products are really deleted.",
            "Import products again",
            "/products/",
        )
        return 0
    notices.resolve(GONE_NOTICE)
    return forget(gone)


def forget(product_ids: Iterable[int]) -> int:
    """Products that BigCommerce has no more leave the lists; their listings are rechecked. Answers how many left."""
    deltas, count = Deltas(), 0
    ids = list(product_ids)
    table = table_of(Product)
    for start in range(0, len(ids), catalog_rows.IDS):
        part = ids[start : start + catalog_rows.IDS]
        here = [table.c.store_id == tenant_id(), table.c.id.in_(part), table.c.deleted_at.is_(None)]
        values = {"deleted_at": business_clock.now()}
        marked = db.session.execute(
            scoped(update(table).where(*here).values(values).returning(table.c.id, table.c.status))
        )
        left = marked.fetchall()
        for row in left:
            deltas.add(PRODUCT_STATUS, 0, row.status, -1)
        catalog_rows.mark_stale([row.id for row in left])
        profile_members.leave(row.id for row in left)
        removals.found([row.id for row in left], "deleted")
        count += len(left)
    deltas.write()
    return count


def closing(activity: Activity, gone: int) -> str:
    """The closing message; it counts products and variants (features S3-45)."""
    notes = activity.notes
    products, variants = int(notes.get("products", 0)), int(notes.get("variants", 0))
    if not products:
        return "This store has no products in BigCommerce yet."
    parts = [f"{notes[name]:,} {name}" for name in ("new", "changed", "unchanged") if notes.get(name)]
    if gone:
        parts.append(f"{gone:,} no longer in BigCommerce")
    return f"{_counted(products, 'product')} with {_counted(variants, 'variant')} imported: {', '.join(parts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
