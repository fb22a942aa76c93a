"""The catalog is kept in step: webhooks say which products to read, a sweep by date finds what they did not tell, a
daily walk what was deleted unheard."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from rq.timeouts import BaseTimeoutException
from sqlalchemy import delete, select, update

from clients.bigcommerce.api import BATCH, BigCommerce
from clients.bigcommerce.models import Product as TheirProduct
from clients.errors import ClientError, Unauthorised
from jobs.handlers.catalog_import import Names, stock_of
from jobs.launch import launch, ring_job
from jobs.taken import Taken
from models import CatalogCursor, CatalogHint, CatalogRemoval, ListingSync, Product, Store, db
from models.tenancy import across_stores, tenant, tenant_id
from services import activities, catalog, clock, platforms, settings, stores
from services.actor import system
from services.bulk import upsert
from services.catalog_shape import Shaped, shape
from services.catalog_sync import arrivals, noting, removals

T = TypeVar("T")
log = logging.getLogger("causeway.catalog")
TOPICS = frozenset({"store/product/created", "store/product/updated", "store/product/deleted"})
READ, WALK = "jobs.catalog_sync.read", "jobs.catalog_sync.walk"
SECONDS = 45.0
OVERLAP = timedelta(minutes=5)  # what a search shows late, and clocks that differ
AWAY = timedelta(minutes=1)
DAILY = timedelta(hours=24)


# -- webhooks ---------------------------------------------------------------------------------------------------------


def fold(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """Notes which products must be read, once each, and rings; stock and orders do not wait for it."""
    if not noting.ready():
        return {event.id for event in events}
    now = clock.now()
    named: dict[int, datetime] = {}
    for event in events:
        number = event.data.get("id")
        if isinstance(number, int) and number > 0:
            named[number] = min(named.get(number, now), _made(event, now))
    if not named:
        return set()
    with tenant(store_id):
        rows = [
            {"store_id": store_id, "bigcommerce_id": number, "changed_at": at, "heard_at": now, "due_at": now}
            for number, at in sorted(named.items())
        ]
        upsert(CatalogHint, rows, ("store_id", "bigcommerce_id"), ("heard_at", "due_at"))
        db.session.commit()
    ring_job("bulk", READ, store_id)
    return set()


def _made(event: Taken, now: datetime) -> datetime:
    stamp = event.body.get("created_at")
    return min(now, datetime.fromtimestamp(stamp, UTC)) if isinstance(stamp, int) else now


def read(store_id: int) -> int:
    """An RQ job: reads what was hinted at, as much as fits into a turn. Answers how many products."""
    count, until = 0, time.monotonic() + SECONDS
    with tenant(store_id):
        names: Names | None = None
        while time.monotonic() < until:
            hints = {row.bigcommerce_id: row for row in _due()}
            if not hints:
                break
            known = {number: (row.changed_at, row.heard_at) for number, row in hints.items()}
            client = _client(store_id)
            names = names or Names(client)
            products = _asked(store_id, lambda ids=list(known), here=client: here.products(ids=ids).items)  # type: ignore[misc]
            if products is None or not _take(client, names, products, min(at for at, _ in known.values()), list(known)):
                _later(known)
                break
            for number, (_, heard) in known.items():
                gone = delete(CatalogHint).where(CatalogHint.bigcommerce_id == number, CatalogHint.heard_at <= heard)
                db.session.execute(gone, execution_options={"synchronize_session": False})
            db.session.commit()
            count += len(known)
        _send()
    return count


def _due() -> Sequence[CatalogHint]:
    query = select(CatalogHint).where(CatalogHint.due_at <= clock.now())
    return db.session.scalars(query.order_by(CatalogHint.due_at, CatalogHint.id).limit(BATCH)).all()


def _later(numbers: Iterable[int]) -> None:
    db.session.execute(
        update(CatalogHint).where(CatalogHint.bigcommerce_id.in_(list(numbers))).values(due_at=clock.now() + AWAY),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()


def _client(store_id: int) -> BigCommerce:
    client = platforms.bigcommerce(db.session.get_one(Store, store_id))
    db.session.rollback()  # no transaction is open during a call
    return client


def _asked(store_id: int, ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except Unauthorised as refusal:
        if refusal.status != 403:
            stores.reject(db.session.get_one(Store, store_id), refusal.text)
            db.session.commit()
    except ClientError as away:
        log.info("Products of store %s not read: %s", store_id, away)
    return None


def _take(
    client: BigCommerce,
    names: Names,
    products: Sequence[TheirProduct],
    changed_at: datetime,
    asked: Sequence[int] = (),
) -> bool:
    """Writes what was read; of `asked`, what was not among it is gone. New products only where the switch says so.
    False when BigCommerce did not answer."""
    store_id = tenant_id()
    store = db.session.get_one(Store, store_id)
    chosen, currency = settings.of(store), store.currency
    places, shown = catalog.location_ids(), catalog.open_locations()
    ours = _ours([product.id for product in products] + list(asked))
    db.session.rollback()
    wanted = [product for product in products if product.id in ours or chosen.auto_import]
    only = next(iter(places)) if len(places) == 1 else None

    def shaped() -> list[Shaped]:
        stock = stock_of(client, wanted, only) if wanted else None
        return [shape(product, names, currency, stock, shown) for product in wanted]

    found = _asked(store_id, shaped)
    if found is None:
        return False
    catalog.bring(found, places, changed_at)
    fresh = [product.id for product in wanted if product.id not in ours]
    arrivals.arrived(_ours(fresh).values())
    answered = {product.id for product in products}
    catalog.forget([ours[number] for number in asked if number in ours and number not in answered])
    db.session.commit()
    return True


def _ours(numbers: Sequence[int]) -> dict[int, int]:
    """BigCommerce's id -> ours."""
    query = select(Product.bigcommerce_id, Product.id).where(Product.bigcommerce_id.in_(numbers))
    return {number: product_id for number, product_id in db.session.execute(query) if number is not None}


# -- sweeps -----------------------------------------------------------------------------------------------------------


def sweep() -> int:
    """Every few seconds: reads what is due, sends what is noted, lets removals go that have waited, publishes what is
    complete. Answers how many stores had something."""
    if not noting.ready():
        return 0
    now = clock.now()
    with across_stores("whose catalog moved"):
        hinted = set(db.session.scalars(select(CatalogHint.store_id).where(CatalogHint.due_at <= now).distinct()))
        due = ListingSync.due_at.is_not(None) | ListingSync.publish_when_ready
        places = set(db.session.scalars(select(ListingSync.store_id).where(due).distinct()))
        waits = select(CatalogRemoval.store_id).where(CatalogRemoval.state == "waiting").distinct()
        places |= set(db.session.scalars(waits))
        db.session.rollback()
    for store_id in sorted(hinted):
        ring_job("bulk", READ, store_id)
    _each(places, lambda store_id: _send())
    return len(hinted | places)


def _send() -> int:
    begun = [*noting.pour(), *removals.settle(), *arrivals.publish()]
    db.session.commit()
    for activity in begun:
        launch(activity)
    return len(begun)


def walk() -> int:
    """Every five minutes: what changed by BigCommerce's own date since the last time. Answers how many products."""
    return sum(_each(_installed(), _walk)) if noting.ready() else 0


def _walk(store_id: int) -> int:
    if catalog.last() is None:
        db.session.rollback()
        return 0  # the first import is a person's
    row = noting.cursor()
    since, began = row.until - OVERLAP, clock.now()
    db.session.commit()
    client = _client(store_id)
    names, count, after, until = Names(client), 0, 0, time.monotonic() + SECONDS
    while True:
        page = _asked(store_id, lambda here=after: client.products(modified_min=since, after_id=here))  # type: ignore[misc]
        if page is None or not _take(client, names, page.items, clock.now()):
            return count
        count, after = count + len(page.items), page.last_id
        if not page.more:
            break
        if time.monotonic() > until:
            return count  # the next walk begins there again; what is written already is quick
    db.session.execute(update(CatalogCursor).values(until=began), execution_options={"synchronize_session": False})
    db.session.commit()
    _send()
    return count


def whole() -> int:
    """Hourly: starts the daily import of each store that was imported once; it alone can tell what was deleted
    unheard."""
    return sum(_each(_installed(), _whole)) if noting.ready() else 0


def _whole(store_id: int) -> int:
    last = catalog.last()
    if last is None or last.finished_at is None or last.finished_at > clock.now() - DAILY:
        return 0
    if activities.opened(catalog.KIND) is not None:
        return 0
    launch(catalog.start_import(system(store_id)).activity)
    return 1


def _installed() -> list[int]:
    with across_stores("whose catalog is kept in step"):
        found = list(db.session.scalars(select(Store.id).where(Store.state == "installed")))
        db.session.rollback()
    return found


def _each(places: Iterable[int], work: Callable[[int], int]) -> list[int]:
    """One store's trouble does not keep the others waiting."""
    done = []
    for store_id in sorted(places):
        try:
            with tenant(store_id):
                done.append(work(store_id))
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:
            db.session.rollback()
            log.error("Catalog of store %s: %s", store_id, failure, exc_info=failure)
    return done
