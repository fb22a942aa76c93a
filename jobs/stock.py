"""Stock follows by itself: webhooks of BigCommerce are folded, and sweeps find what they missed. The numbers are always
read; a webhook only says where to look."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import exists, select

from clients.bigcommerce.api import BATCH
from clients.bigcommerce.models import InventoryItem
from clients.errors import ClientError, Unauthorised
from jobs.launch import launch
from jobs.taken import Taken
from models import (
    Activity,
    Listing,
    Location,
    OrderRules,
    Product,
    PushRule,
    Shop,
    StockAdjustment,
    StockBalance,
    StockOrderLine,
    Store,
    Variant,
    db,
)
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import clock, platforms, stores
from services.catalog_shape import levels as by_variant
from services.stock import adjustments, comparisons, levels, pushes, thresholds
from services.stock.levels import GRACE
from services.stock.offers import live_listings

log = logging.getLogger("causeway.stock")
TOPICS = frozenset(
    {
        "store/product/inventory/updated",
        "store/product/inventory/order/updated",
        "store/sku/inventory/updated",
        "store/sku/inventory/order/updated",
    }
)
RECENT = timedelta(seconds=90)  # balances that moved so lately are looked at by each sweep
SECONDS = 45.0  # a sweep; the next one goes on


# -- webhooks ---------------------------------------------------------------------------------------------------------


def fold(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """Reads the stock of what the events name, once each, and pours what the shops must be told."""
    if not has_table(StockBalance):
        return {event.id for event in events}
    named = {_product_id(event) for event in events} - {0}
    with tenant(store_id):
        variants = _variants(Product.bigcommerce_id.in_(named))
        if not variants:
            db.session.rollback()
            return set()
        return set() if read(store_id, variants, "webhook", _oldest(events)) else {event.id for event in events}


def _product_id(event: Taken) -> int:
    inventory = event.data.get("inventory")
    found = inventory.get("product_id") if isinstance(inventory, dict) else event.data.get("id")
    return found if isinstance(found, int) else 0


def _oldest(events: Iterable[Taken]) -> datetime:
    """When the first of the changes was made. The platform's seconds, and never later than now."""
    moments = [stamp for event in events if isinstance(stamp := event.body.get("created_at"), int)]
    return min([clock.now(), *(datetime.fromtimestamp(stamp, UTC) for stamp in moments)])


def _variants(condition: object) -> dict[int, int]:
    """BigCommerce's variant id -> merchant SKU."""
    rows = db.session.execute(
        select(Variant.bigcommerce_id, Variant.merchant_sku_id)
        .join(Product, Product.id == Variant.product_id)
        .where(condition, Variant.bigcommerce_id.is_not(None), Variant.merchant_sku_id.is_not(None))  # type: ignore[arg-type]
    )
    return {number: sku_id for number, sku_id in rows if number is not None and sku_id is not None}


def read(store_id: int, variants: dict[int, int], cause: str, changed_at: datetime | None = None) -> bool:
    """Reads the stock of these variants and pours what differs; False when BigCommerce did not answer. Inside the
    store; no transaction is open during the calls."""
    store = db.session.get_one(Store, store_id)
    client = platforms.bigcommerce(store)
    db.session.rollback()
    ids = sorted(variants)
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        began = clock.now()
        items = _asked(store_id, lambda part=part: client.inventory(part))  # type: ignore[misc]
        if items is None:
            return False
        _write(items, {number: variants[number] for number in part}, began, cause, changed_at)
    return True


def _asked(store_id: int, ask: Callable[[], list[InventoryItem]]) -> list[InventoryItem] | None:
    try:
        return ask()
    except Unauthorised as refusal:
        if refusal.status != 403:
            stores.reject(db.session.get_one(Store, store_id), refusal.text)
            db.session.commit()
    except ClientError as away:
        log.info("Stock of store %s not read: %s", store_id, away)
    return None


def _write(
    items: Sequence[InventoryItem],
    variants: dict[int, int],
    began: datetime,
    cause: str,
    changed_at: datetime | None,
) -> None:
    places = {number: ours for number, ours in db.session.execute(select(Location.bigcommerce_id, Location.id))}
    found = {
        (variants[number], places[place]): count
        for number, counts in by_variant(items).items()
        if number in variants
        for place, count in counts.items()
        if place in places
    }
    moved = levels.record(found, began, cause)
    poured = pushes.pour(moved, cause, changed_at) if moved else []
    thresholds.tell(moved)
    db.session.commit()
    for activity in poured:
        launch(activity)


# -- sweeps -----------------------------------------------------------------------------------------------------------


def sweep() -> int:
    """Every few seconds: pours what moved in the ledger lately (orders, imports), and reads again where BigCommerce
    should have counted an order by now. Answers how many SKUs were looked at."""
    if not has_table(StockBalance):
        return 0
    since = clock.now() - RECENT
    with across_stores("whose stock moved lately"):
        moved = select(StockBalance.store_id).where(StockBalance.changed_at >= since).distinct()
        late = (
            select(StockOrderLine.store_id)
            .where(StockOrderLine.kind == "allocated", StockOrderLine.handed_at <= clock.now() - GRACE)
            .distinct()
        )
        places = sorted(set(db.session.scalars(moved)) | set(db.session.scalars(late)) | _counting_off())
        db.session.rollback()
    return sum(each(places, lambda store_id: _sweep(store_id, since)))


def _counting_off() -> set[int]:
    """Stores with adjustments that are not over, and those that write no orders."""
    if not has_table(StockAdjustment) or not has_table(OrderRules):
        return set()
    waiting = select(StockAdjustment.store_id).where(StockAdjustment.state.in_(("due", "looked"))).distinct()
    never = select(OrderRules.store_id).where(OrderRules.rules["create"].as_string() == "never")
    return set(db.session.scalars(waiting)) | set(db.session.scalars(never))


def _sweep(store_id: int, since: datetime) -> int:
    query = select(StockBalance.merchant_sku_id).where(StockBalance.changed_at >= since).distinct()
    ids = list(db.session.scalars(query.limit(levels.PART)))
    poured = pushes.pour(ids, "order") if ids else []
    db.session.commit()
    for activity in poured:
        launch(activity)
    count_off()
    late = levels.unsettled(clock.now() - GRACE)[: levels.PART]
    if late:
        read(store_id, _variants(Variant.merchant_sku_id.in_(late)), "order")
    return len(ids) + len(late)


def count_off() -> None:
    """Sends BigCommerce what TikTok's orders took and no BigCommerce order tells it. Inside the store; commits."""
    due = adjustments.left_over()
    launch(adjustments.pour(due)) if due else db.session.commit()


def follow() -> int:
    """Every few minutes: books what an import wrote, and pours it."""
    if not has_table(StockBalance):
        return 0
    return sum(each(_installed(), _follow))


def _follow(store_id: int) -> int:
    count, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until and (ids := levels.behind()):
        levels.follow(ids, clock.now(), "import")
        poured = pushes.pour(ids, "import")
        db.session.commit()
        for activity in poured:
            launch(activity)
        count += len(ids)
    return count


def walk() -> int:
    """Every half hour: reads all stock of stores with a shop that is pushed to, because webhooks get lost, and pours
    whatever differs from what the shops know (changed settings, newly published listings)."""
    if not has_table(StockBalance):
        return 0
    return sum(each(_pushing(), _walk))


def _walk(store_id: int) -> int:
    variants = _variants(exists().where(Listing.product_id == Product.id, Listing.tiktok_id != ""))
    read(store_id, variants, "sweep")
    for shop in db.session.scalars(select(Shop).where(Shop.is_active).order_by(Shop.id)).all():
        poured = pushes.pour_listings(shop, live_listings(shop.id), "rule")
        launch(poured)
    return len(variants)


def compare() -> int:
    """Hourly: starts the daily comparison of each shop that is pushed to."""
    if not has_table(StockBalance):
        return 0
    return sum(each(_pushing(), _compare))


def _compare(store_id: int) -> int:
    begun = 0
    recent = clock.now() - timedelta(hours=24)
    for shop in db.session.scalars(select(Shop).where(Shop.is_active)).all():
        lately = select(Activity.id).where(
            Activity.kind == comparisons.KIND, Activity.shop_id == shop.id, Activity.created_at > recent
        )
        if db.session.scalar(lately.limit(1)) is None and (started := comparisons.start_daily(shop)) is not None:
            launch(started.activity)
            begun += 1
    db.session.rollback()
    return begun


def _installed() -> list[int]:
    with across_stores("whose stock is kept"):
        found = list(db.session.scalars(select(Store.id).where(Store.state == "installed")))
        db.session.rollback()
    return found


def _pushing() -> list[int]:
    with across_stores("whose stock is pushed"):
        query = select(PushRule.store_id).join(Store, Store.id == PushRule.store_id)
        found = sorted(set(db.session.scalars(query.where(PushRule.is_on, Store.state == "installed"))))
        db.session.rollback()
    return found


def each(places: Iterable[int], work: Callable[[int], int]) -> list[int]:
    """One store's trouble does not keep the others waiting."""
    done = []
    for store_id in places:
        try:
            with tenant(store_id):
                done.append(work(store_id))
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:
            db.session.rollback()
            log.error("Stock of store %s: %s", store_id, failure, exc_info=failure)
    return done
