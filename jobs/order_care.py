"""Looking after orders: TikTok is told their numbers in BigCommerce, what stands there twice is found, and people are
warned of deadlines and of orders that are stuck."""

import logging
from collections.abc import Callable
from datetime import timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from clients.bigcommerce.api import BigCommerce
from clients.errors import ClientError
from models import Authorization, Order, OrderReference, Shop, Store, StoreOrder, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import clock, platforms
from services.orders import alarms, doubles, references

log = logging.getLogger("causeway.orders")
CANCELLED = 5
LOOK_BACK = timedelta(days=3)  # a second one is new, whatever day the order is of
PARTS = 20  # calls of 100 orders in one turn of a shop


def tell_numbers() -> int:
    """A schedule: TikTok is told which BigCommerce order each order is; answers how many it took."""
    if not has_table(OrderReference):
        return 0
    return sum(_guarded(store_id, lambda shop_id=shop_id: _tell(shop_id)) for store_id, shop_id in _shops())  # type: ignore[misc]


def warn() -> int:
    """A schedule: deadlines that come near and orders that are stuck become notices, so they come by mail as well."""
    if not has_table(Order):
        return 0
    return sum(_guarded(store_id, lambda shop_id=shop_id: _warn(shop_id)) for store_id, shop_id in _shops())  # type: ignore[misc]


def _warn(shop_id: int) -> int:
    alarms.look(db.session.get_one(Shop, shop_id))
    db.session.commit()
    return 1


def _shops() -> list[tuple[int, int]]:
    with across_stores("shops whose orders are looked after"):
        query = (
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed")
            .order_by(Shop.id)
        )
        found = [(store_id, shop_id) for store_id, shop_id in db.session.execute(query)]
        db.session.rollback()
    return found


def _tell(shop_id: int) -> int:
    """Posting again overwrites (reference 5.5), so a lost answer costs a call and nothing else."""
    client, taken = platforms.tiktok(db.session.get_one(Shop, shop_id)), 0
    for _ in range(PARTS):
        wishes = references.wanted(shop_id)
        db.session.rollback()
        if not wishes:
            break
        try:
            errors = client.put_external_orders([one.body for one in wishes])
        except ClientError as error:
            log.info("Order numbers of shop %s are told later: %s", shop_id, error)
            break
        taken += references.told(wishes, {one.subject: one.message for one in errors})
        db.session.commit()
    return taken


def find_doubles() -> int:
    """A schedule: asks BigCommerce for orders that carry the same number of TikTok's; answers how many do."""
    with across_stores("stores with orders are looked through for doubles"):
        query = select(StoreOrder.store_id).distinct().order_by(StoreOrder.store_id)
        stores = list(db.session.scalars(query)) if has_table(StoreOrder) else []
        db.session.rollback()
    return sum(_guarded(store_id, lambda store_id=store_id: _look(store_id)) for store_id in stores)  # type: ignore[misc]


def _look(store_id: int) -> int:
    store = db.session.get_one(Store, store_id)
    if store.state != "installed":
        return 0
    client, source, before = platforms.bigcommerce(store), doubles.source(), doubles.suspects()
    db.session.rollback()
    found = _recent(client, source)
    for reference in before:
        rows = client.find_orders(reference, source)
        found[reference] = [row.id for row in rows if row.status_id != CANCELLED and not row.is_deleted]
    doubled = doubles.judge({name: numbers for name, numbers in found.items() if len(numbers) > 1 or name in before})
    db.session.commit()
    return doubled


def _recent(client: BigCommerce, source: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    page, since = 1, clock.now() - LOOK_BACK
    while True:
        rows = client.orders(modified_min=since, page=page)
        for row in rows:
            if row.external_source == source and row.status_id != CANCELLED and not row.is_deleted:
                found.setdefault(row.external_order_id, []).append(row.id)
        if len(rows) < 250:
            return found
        page += 1


def _guarded(store_id: int, work: Callable[[], int]) -> int:
    """One store's trouble must not keep the others waiting."""
    try:
        with tenant(store_id):
            return work()
    except BaseTimeoutException:
        raise  # the job's own end
    except Exception as failure:
        db.session.rollback()
        log.error("Orders of store %s: %s", store_id, failure, exc_info=failure)
        return 0
