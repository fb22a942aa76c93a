"""Folds the inbox: what the events hint at is read from the platform once per object, however often and in whatever
order they came."""

import logging
import time
from collections import defaultdict

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from jobs import reviews
from models import InboxEvent, Shop, Store, db
from models.tenancy import across_stores, tenant
from services import grants, inbox, stores

log = logging.getLogger("causeway.inbox")
SECONDS = 60.0  # a job; what is left is folded by the next
PRODUCT_TOPICS = frozenset({"5", "15", "16", "18", "37"})  # reference 9.3


def fold() -> int:
    """An RQ job: applies what is due, for a minute at most; answers how many events."""
    folded, deadline = 0, time.monotonic() + SECONDS
    while time.monotonic() < deadline and (batch := _take()):
        folded += len(batch)
        _fold_tiktok([event for event in batch if event[1] == "tiktok"])
        _fold_bigcommerce([event for event in batch if event[1] == "bigcommerce"])
    return folded


Taken = tuple[int, str, str, str, dict[str, object]]  # id, source, topic, account, body


def _take() -> list[Taken]:
    with across_stores("the inbox holds events of every store"):
        events = inbox.due()
        taken = [(event.id, event.source, event.topic, event.account, dict(event.body)) for event in events]
        for event in events:  # a worker that dies now leaves them to come again
            inbox.failed(event, "being applied")
        db.session.commit()
    return taken


def _close(ids: list[int], note: str, state: str = "applied") -> None:
    with across_stores("the inbox holds events of every store"):
        for event in db.session.scalars(select(InboxEvent).where(InboxEvent.id.in_(ids))):
            inbox.applied(event, note, state)
        db.session.commit()


def _fold_tiktok(events: list[Taken]) -> None:
    by_shop: dict[str, list[Taken]] = defaultdict(list)
    for event in events:
        by_shop[event[3]].append(event)
    for tiktok_id, group in by_shop.items():
        ids = [event[0] for event in group]
        with across_stores("a webhook names only the TikTok shop"):
            shop = db.session.scalar(select(Shop).where(Shop.tiktok_id == tiktok_id, Shop.is_active))
            where = (shop.store_id, shop.id) if shop else None
            db.session.rollback()
        if where is None:
            _close(ids, "No store has this shop.", "ignored")
            continue
        try:
            if any(event[2] == "6" for event in group):
                _withdrawn(*where)
            products = sorted({product_id for event in group if (product_id := _product(event))})
            if products:
                reviews.ask(*where, products)
            _close(ids, "Applied.")
        except reviews.Unread as later:
            db.session.rollback()
            read = [event[0] for event in group if later.ids and _product(event) not in later.ids]
            if read:
                _close(read, "Applied.")
            log.info("Inbox: shop %s is read again later: %s", tiktok_id, later)
        except BaseTimeoutException:
            raise  # the job's own end
        except Exception as failure:
            db.session.rollback()
            log.error("Inbox: shop %s: %s", tiktok_id, failure, exc_info=failure)


def _data(event: Taken) -> dict[str, object]:
    data = event[4].get("data")
    return data if isinstance(data, dict) else {}


def _product(event: Taken) -> str:
    """The product whose state the event hints at; empty when it is about something else."""
    return str(_data(event).get("product_id") or "") if event[2] in PRODUCT_TOPICS else ""


def _withdrawn(store_id: int, shop_id: int) -> None:
    with tenant(store_id):
        authorization = db.session.get_one(Shop, shop_id).authorization
        grants.reject(authorization, "The seller withdrew the authorisation in TikTok Shop.")
        db.session.commit()


def _fold_bigcommerce(events: list[Taken]) -> None:
    """Until live catalog sync exists, a store's own news is only its uninstall; the next import reads the rest."""
    for event in events:
        with across_stores("a webhook names the store by its hash"):
            known = db.session.scalar(select(Store.id).where(Store.hash == event[3])) is not None
            db.session.rollback()
        if known and event[2] == "store/app/uninstalled" and not stores.still_connected(event[3]):
            with across_stores("an uninstalled store is closed"):
                stores.uninstall(event[3])
                db.session.commit()
        _close([event[0]], "Applied." if known else "No such store.", "applied" if known else "ignored")
