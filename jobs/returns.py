"""Requests come in two ways: webhooks say so at once, a poll by time of change finds what they did not say."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select

from clients.errors import ClientError, Refused
from clients.tiktok.api import TikTok
from jobs.launch import launch, ring_job
from jobs.taken import Taken
from models import AfterSale, Authorization, Order, ReturnCursor, Shop, Store, db
from models.present import has_table
from models.tenancy import across_stores, tenant, tenant_id
from services import clock, platforms
from services.bulk import insert_missing
from services.returns import following, reading, recording
from services.returns.reading import Facts

log = logging.getLogger("causeway.returns")
TOPICS = frozenset({"2", "11", "12"})
OVERLAP, BEFORE, SECONDS, PAGES, PART = timedelta(minutes=5), timedelta(days=30), 50.0, 40, 50
KINDS = ("cancellations", "returns")


@dataclass(frozen=True, slots=True)
class Read:
    """A page of requests and the token of the next."""

    facts: Sequence[Facts]
    following: str = ""


def fold(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """TikTok's news of requests. Reads each once, however often it was named; answers the events to come again."""
    named: dict[str, set[str]] = {"returns": set(), "cancellations": set()}
    for event in events:
        for what, key in (("returns", "return_id"), ("cancellations", "cancel_id")):
            if number := str(event.data.get(key) or ""):
                named[what].add(number)
    if shop_id is None or not any(named.values()):
        return set()
    with tenant(store_id):
        if not has_table(AfterSale):
            return {event.id for event in events}
        unread: set[str] = set()
        for what in KINDS:
            unread |= ask(shop_id, what, sorted(named[what]))
    return {event.id for event in events if {str(event.data.get(key)) for key in ("return_id", "cancel_id")} & unread}


def ask(shop_id: int, what: str, numbers: Sequence[str]) -> set[str]:
    """Reads these requests of the current store's shop; answers those that could not be read."""
    shop = db.session.get(Shop, shop_id)
    if not numbers or shop is None or not shop.is_active or shop.authorization.state != "active":
        db.session.rollback()
        return set()
    client = platforms.tiktok(shop)
    db.session.rollback()
    unread: set[str] = set()
    for start in range(0, len(numbers), PART):
        part = list(numbers[start : start + PART])
        try:
            if what == "returns":
                facts = [reading.of_return(one) for one in client.search_returns(return_ids=part).return_orders]
            else:
                found = client.search_cancellations(cancel_ids=part).cancellations
                facts = [reading.of_cancellation(one) for one in found]
        except Refused as refusal:
            log.info("Requests of shop %s are refused: %s", shop_id, refusal)
        except ClientError:
            unread |= set(part)
        else:
            keep(shop_id, client, facts)
    return unread


def page(client: TikTok, what: str, token: str, since: int, until: int | None = None) -> Read:
    """One page of what changed since, oldest change first."""
    if what == "returns":
        returns = client.search_returns(update_time_ge=since, update_time_lt=until, page_token=token)
        return Read([reading.of_return(one) for one in returns.return_orders], returns.next_page_token)
    rows = client.search_cancellations(update_time_ge=since, update_time_lt=until, page_token=token)
    return Read([reading.of_cancellation(one) for one in rows.cancellations], rows.next_page_token)


def keep(shop_id: int, client: TikTok, facts: Sequence[Facts]) -> int:
    """Records a batch, reads what can be answered to those that wait, says what must be written to BigCommerce."""
    done = recording.record(db.session.get_one(Shop, shop_id), facts)
    db.session.commit()
    read_choices(client, done.ask)
    write(done.refunds, done.restocks)
    return done.new + done.changed


def read_choices(client: TikTok, numbers: Sequence[str]) -> None:
    """What TikTok takes as an answer, kept with each request: pages never ask outside."""
    for number in numbers:
        try:
            choices = reading.choices(client.decisions(number))
        except ClientError as error:
            log.info("Answers to %s are read later: %s", number, error)
            continue
        recording.keep_choices(number, choices)
        db.session.commit()


def write(refunds: Sequence[int], restocks: Sequence[int]) -> None:
    """Rings for what must be written to BigCommerce."""
    if refunds or restocks:
        for activity in following.pour(refunds, restocks):
            launch(activity)


def read_soon(store_id: int, shop_id: int) -> None:
    """After an answer of ours: what TikTok made of it."""
    ring_job("live", "jobs.returns.poll_shop", store_id, shop_id)


def poll() -> int:
    """A schedule: what changed since the last time, in every shop; answers how many requests were new or changed."""
    moved = 0
    with across_stores("requests of every active shop are polled"):
        query = (
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed")
            .order_by(Shop.id)
        )
        shops = [(one, two) for one, two in db.session.execute(query)] if has_table(AfterSale) else []
        db.session.rollback()
    for store_id, shop_id in shops:
        moved += poll_shop(store_id, shop_id)
    return moved


def poll_shop(store_id: int, shop_id: int) -> int:
    """What changed in one shop, and what was left over before."""
    moved = sum(_guarded(store_id, lambda what=what: _poll(shop_id, what)) for what in KINDS)  # type: ignore[misc]
    _guarded(store_id, _left_over)
    return moved


def _guarded(store_id: int, work: Callable[[], int]) -> int:
    """One shop's trouble must not keep the others waiting."""
    try:
        with tenant(store_id):
            return work()
    except BaseTimeoutException:
        raise  # the job's own end
    except Exception as failure:
        db.session.rollback()
        log.error("Requests of store %s: %s", store_id, failure, exc_info=failure)
        return 0


def _poll(shop_id: int, what: str) -> int:
    shop = db.session.get_one(Shop, shop_id)
    if not shop.is_active or shop.authorization.state != "active":
        db.session.rollback()
        return 0
    cursor = _cursor(shop, what)
    since, client, asked_at = cursor.since, platforms.tiktok(shop), clock.now()
    db.session.commit()
    token, moved, newest, whole, note = "", 0, since, False, ""
    deadline = time.monotonic() + SECONDS
    for _ in range(PAGES):
        try:
            read = page(client, what, token, int((since - OVERLAP).timestamp()))
        except ClientError as error:
            note = str(error)[:500]
            break
        moved += keep(shop_id, client, read.facts)
        newest, token = max([newest, *(one.changed_at for one in read.facts)]), read.following
        if not token:
            whole = True
            break
        if time.monotonic() > deadline:
            break
    query = select(ReturnCursor).where(ReturnCursor.shop_id == shop_id, ReturnCursor.what == what).with_for_update()
    cursor = db.session.scalars(query).one()
    cursor.since = max(cursor.since, newest, asked_at - OVERLAP if whole else newest)
    cursor.asked_at, cursor.note = asked_at, note
    if not note:
        cursor.answered_at = clock.now()
    db.session.commit()
    return moved


def _cursor(shop: Shop, what: str) -> ReturnCursor:
    """How far was read; begins a while before the connection, because requests outlive orders."""
    query = select(ReturnCursor).where(ReturnCursor.shop_id == shop.id, ReturnCursor.what == what)
    found = db.session.scalar(query)
    if found is None:
        start = shop.authorization.connected_at.replace(microsecond=0) - BEFORE
        row = {"store_id": tenant_id(), "shop_id": shop.id, "what": what, "since": start, "note": ""}
        insert_missing(ReturnCursor, [row], ("store_id", "shop_id", "what"))
        found = db.session.scalars(query).one()
    return found


def _left_over() -> int:
    """What could not be planned or written before, and answers that could not be read."""
    known = select(Order.tiktok_id)
    query = select(AfterSale.id).where(AfterSale.is_unplanned)
    waiting = list(db.session.scalars(query.where(AfterSale.order_number.in_(known)).limit(500)))
    if waiting:
        following.plan(waiting)
    db.session.commit()
    write(following.due_refunds(), following.due_restocks())
    stale = select(AfterSale.tiktok_id, AfterSale.shop_id).where(
        AfterSale.tab == "answer",
        AfterSale.choices_at.is_(None) | (AfterSale.choices_at < AfterSale.changed_at),
    )
    rows = list(db.session.execute(stale.limit(100)))
    for shop_id in sorted({row.shop_id for row in rows}):
        client = platforms.tiktok(db.session.get_one(Shop, shop_id))
        db.session.rollback()
        read_choices(client, [row.tiktok_id for row in rows if row.shop_id == shop_id])
    return 0
