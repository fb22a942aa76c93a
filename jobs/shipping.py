"""Shipments come from BigCommerce's webhooks; a sweep reads what no webhook told, looks for what TikTok shipped, rings
for what waits, and packs by itself where a merchant wants that."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import delete, select

from clients.bigcommerce.api import BigCommerce
from clients.errors import ClientError
from jobs.launch import launch
from jobs.taken import Taken
from models import Shipment, ShipmentCursor, ShippingDocument, Shop, Store, StoreOrder, db
from models.present import has_table
from models.tenancy import across_stores, tenant, tenant_id
from services import clock, platforms
from services.actor import system
from services.bulk import insert_missing
from services.errors import ServiceError
from services.fulfilment import carriers, handling, packing, received, shipments, shipped_by_tiktok
from services.orders import writing

log = logging.getLogger("causeway.shipping")
TOPICS = frozenset({"store/shipment/*"})
OVERLAP = timedelta(minutes=5)
SECONDS = 40.0


def fold(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """BigCommerce's news of shipments: reads each order of ours once; answers events whose orders could not be read."""
    numbers = {number for event in events if (number := _number(event))}
    with tenant(store_id):
        if not numbers or not has_table(Shipment):
            return set()
        unread = read(sorted(numbers))
    return {event.id for event in events if _number(event) in unread}


def _number(event: Taken) -> int:
    value = event.data.get("orderId") or event.data.get("order_id")
    return int(str(value)) if str(value).isdigit() else 0


def read(numbers: Sequence[int]) -> set[int]:
    """Reads the shipments of these BigCommerce orders and keeps them; answers those that could not be read."""
    mine = sorted(writing.ours(numbers))
    if not mine:
        return set()
    client = platforms.bigcommerce(db.session.get_one(Store, tenant_id()))
    db.session.rollback()
    unread, due = set(), []
    for number in mine:
        try:
            found = client.shipments(number)
            products = client.order_products(number) if found else []
        except ClientError:
            unread.add(number)
            continue
        due += received.record(number, found, products).due
        db.session.commit()
    ring(due)
    return unread


def ring(ids: Sequence[int]) -> None:
    if ids:
        launch(shipments.pour(ids))


def sweep() -> int:
    """A schedule; answers how many shipments were new or changed."""
    with across_stores("shipments of every store are looked after"):
        query = select(StoreOrder.store_id).distinct()
        stores = list(db.session.scalars(query)) if has_table(Shipment) and has_table(StoreOrder) else []
        installed = set(db.session.scalars(select(Store.id).where(Store.state == "installed")))
        db.session.rollback()
    found = 0
    for store_id in stores:
        if store_id in installed:
            found += _guarded(store_id, _store)
    return found


def _guarded(store_id: int, work: Callable[[], int]) -> int:
    """One store's trouble must not keep the others waiting."""
    try:
        with tenant(store_id):
            return work()
    except BaseTimeoutException:
        raise  # the job's own end
    except Exception as failure:
        db.session.rollback()
        log.error("Shipments of store %s: %s", store_id, failure, exc_info=failure)
        return 0


def _store() -> int:
    moved = _changed(platforms.bigcommerce(db.session.get_one(Store, tenant_id())))
    gifts = handling.apply_rules(handling.unruled())
    db.session.commit()
    for order, gift in gifts:
        try:
            launch(packing.write_gift(system(tenant_id()), order, gift).activity)
        except ServiceError as unknown:
            log.info("Gift of order %s: %s", order.tiktok_id, unknown)
    shipped_by_tiktok.collect()
    db.session.commit()
    waiting = shipments.due()
    db.session.rollback()
    ring(waiting)
    for shop in db.session.scalars(select(Shop).where(Shop.is_active)).all():
        if shop in carriers.unread([shop]) and carriers.warehouses(shop.id):
            launch(carriers.read(system(tenant_id()), shop).activity)
        started = packing.auto_pack(shop)
        if started is not None:
            launch(started.activity)
    db.session.commit()
    return moved


def _changed(client: BigCommerce) -> int:
    """Orders of ours that changed in BigCommerce since the last time: their shipments are read."""
    insert_missing(ShipmentCursor, [{"store_id": tenant_id(), "since": clock.now(), "note": ""}], ("store_id",))
    cursor = db.session.scalars(select(ShipmentCursor)).one()
    since, asked = cursor.since - OVERLAP, clock.now()
    db.session.commit()
    deadline, page, numbers = time.monotonic() + SECONDS, 1, list[int]()
    try:
        while time.monotonic() < deadline:
            rows = client.orders(modified_min=since, page=page)
            numbers += [row.id for row in rows if row.external_order_id]
            for row in rows:
                writing.seen_in_bigcommerce(row.id, row.status_id)  # also what no message told
            db.session.commit()
            if len(rows) < 250:
                break
            page += 1
        else:
            asked = since + OVERLAP  # not the end: begins here again
        unread = read(numbers)
    except ClientError as error:
        db.session.rollback()
        db.session.scalars(select(ShipmentCursor)).one().note = str(error)[:500]
        db.session.commit()
        return 0
    cursor = db.session.scalars(select(ShipmentCursor)).one()
    cursor.asked_at, cursor.note = clock.now(), ""
    cursor.since = cursor.since if unread else asked
    db.session.commit()
    return len(numbers)


def tidy() -> int:
    """A schedule: labels are kept for a day; they name buyers."""
    with across_stores("labels that are past their day are removed"):
        if not has_table(ShippingDocument):
            return 0
        gone = list(db.session.scalars(select(ShippingDocument.id).where(ShippingDocument.expires_at < clock.now())))
        db.session.execute(delete(ShippingDocument).where(ShippingDocument.id.in_(gone)))
        db.session.commit()
    return len(gone)
