"""Folds the inbox: what the events hint at is read from the platform once per object, however often and in whatever
order they came. What a topic means stands in the tables of `jobs.folds`."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from jobs.folds import BIGCOMMERCE, TIKTOK, Fold
from jobs.launch import heard
from jobs.taken import Taken
from models import InboxEvent, Shop, Store, db
from models.tenancy import across_stores
from services import inbox

log = logging.getLogger("causeway.inbox")
FOLD = "jobs.inbox.fold"
SECONDS = 60.0  # a job; what is left is folded by the next
Place = tuple[int, int | None]  # store, shop


def fold() -> int:
    """An RQ job: applies what is due, for a minute at most; answers how many events."""
    heard(FOLD)
    folded, deadline = 0, time.monotonic() + SECONDS
    while time.monotonic() < deadline and (batch := _take()):
        folded += len(batch)
        _fold([event for event in batch if event.source == "tiktok"], _shop, TIKTOK, "No store has this shop.")
        _fold([event for event in batch if event.source == "bigcommerce"], _store, BIGCOMMERCE, "No such store.")
    return folded


def _take() -> list[Taken]:
    with across_stores("the inbox holds events of every store"):
        events = inbox.due()
        taken = [Taken(event.id, event.source, event.topic, event.account, dict(event.body)) for event in events]
        for event in events:  # a worker that dies now leaves them to come again
            inbox.failed(event, "being applied")
        db.session.commit()
    return taken


def _close(ids: list[int], note: str, state: str = "applied") -> None:
    with across_stores("the inbox holds events of every store"):
        for event in db.session.scalars(select(InboxEvent).where(InboxEvent.id.in_(ids))):
            inbox.applied(event, note, state)
        db.session.commit()


def _fold(events: Sequence[Taken], find: Callable[[str], Place | None], folds: Sequence[Fold], nobody: str) -> None:
    by_account: dict[str, list[Taken]] = defaultdict(list)
    for event in events:
        by_account[event.account].append(event)
    for account, group in by_account.items():
        where = find(account)
        if where is None:
            _close([event.id for event in group], nobody, "ignored")
            continue
        again = set().union(*(_apply(fold, where, group) for fold in folds))
        read = [event.id for event in group if event.id not in again]
        if read:
            _close(read, "Applied.")
            _hurry(group[0])


def _hurry(event: Taken) -> None:
    with across_stores("the inbox holds events of every store"):
        inbox.hurry(event.source, event.account)
        db.session.commit()


def _apply(fold: Fold, where: Place, group: Sequence[Taken]) -> set[int]:
    """Ids of events that come again, because what they hint at could not be read now."""
    events = [event for event in group if fold.wants(event.topic)]
    if not events:
        return set()
    try:
        return fold.apply(where[0], where[1], events)
    except BaseTimeoutException:
        raise  # the job's own end
    except Exception as failure:
        db.session.rollback()
        log.error("Inbox: %s of %s: %s", fold.name, where, failure, exc_info=failure)
        return {event.id for event in events}


def _shop(tiktok_id: str) -> Place | None:
    with across_stores("a webhook names only the TikTok shop"):
        shop = db.session.scalar(select(Shop).where(Shop.tiktok_id == tiktok_id, Shop.is_active))
        where = (shop.store_id, shop.id) if shop else None
        db.session.rollback()
    return where


def _store(store_hash: str) -> Place | None:
    with across_stores("a webhook names the store by its hash"):
        store_id = db.session.scalar(select(Store.id).where(Store.hash == store_hash))
        db.session.rollback()
    return None if store_id is None else (store_id, None)
