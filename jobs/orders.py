"""Orders come in three ways: webhooks say so at once, a poll by time of change finds what they did not say, and an
hourly count finds what both missed."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from rq.timeouts import BaseTimeoutException
from sqlalchemy import func, select

from clients.errors import ClientError, Refused, Unauthorised
from clients.tiktok.api import TikTok
from clients.tiktok.order_models import Order as TheirOrder
from jobs.launch import launch
from jobs.stock import count_off
from jobs.taken import Taken
from models import Authorization, Order, OrderCursor, OrderHour, Shop, Store, StoreOrder, db
from models.present import has_table
from models.tenancy import across_stores, tenant
from services import clock, grants, notices, platforms
from services.orders import copies, reading, recording, writing
from services.orders.recording import Recorded
from services.stock import pushes

log = logging.getLogger("causeway.orders")
DETAILS = 50  # orders in one detail call (reference 5.1)
THREADS = 4
PAGES = 40  # of a hundred orders that one poll of a shop reads; the next goes on
OVERLAP = timedelta(minutes=5)  # rows near the upper bound may be missing from an answer (reference 5.1)
HOURS = 48  # counted by the gap detector
SETTLED = timedelta(minutes=10)  # an hour is counted when it has been over for so long
SECONDS = 50.0
Read = Callable[[], list[TheirOrder]]


def fold(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """TikTok's news of orders: status, address, package, cancellation, return. Reads each order once, however often it
    was named; answers the events whose orders could not be read."""
    by_order: dict[str, set[int]] = {}
    for event in events:
        for number in _named(event):
            by_order.setdefault(number, set()).add(event.id)
    if not by_order or shop_id is None:
        return set()
    with tenant(store_id):
        if not has_table(Order):
            return {event.id for event in events}
        unread = ask(shop_id, sorted(by_order), "webhook")
    return {event_id for number in unread for event_id in by_order[number]}


def _named(event: Taken) -> list[str]:
    data = event.data
    found = [str(data["order_id"])] if data.get("order_id") else []
    packages = data.get("package_list")
    for package in packages if isinstance(packages, list) else []:
        ids = package.get("order_id_list") if isinstance(package, dict) else None
        found += [str(number) for number in ids or []]
    return found


def ask(shop_id: int, numbers: Sequence[str], source: str) -> set[str]:
    """Reads these orders of the current store's shop and keeps them; answers those that could not be read."""
    shop = db.session.get(Shop, shop_id)
    if shop is None or not shop.is_active or shop.authorization.state != "active":
        db.session.rollback()
        return set()  # the poll begins where it stopped when the shop is back
    client = platforms.tiktok(shop)
    db.session.rollback()
    parts = [list(numbers[start : start + DETAILS]) for start in range(0, len(numbers), DETAILS)]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda part: _detail(client, part), parts))
    unread: set[str] = set()
    for part, answer in zip(parts, answers, strict=True):
        if isinstance(answer, ClientError):
            if not isinstance(answer, Refused):  # a foreign or unknown order stays so
                unread |= set(part)
            _note_rejected(shop_id, answer)
        else:
            keep(shop_id, answer, source)
    return unread


def _detail(client: TikTok, numbers: Sequence[str]) -> list[TheirOrder] | ClientError:
    try:
        return client.orders(numbers)
    except Refused as refusal:
        if len(numbers) == 1:
            return refusal
        found: list[TheirOrder] = []  # one that is not this shop's must not hide the others
        for number in numbers:
            alone = _detail(client, [number])
            if isinstance(alone, ClientError):
                if not isinstance(alone, Refused):
                    return alone
            else:
                found += alone
        return found
    except ClientError as error:
        return error


def _note_rejected(shop_id: int, error: ClientError) -> None:
    if isinstance(error, Unauthorised) and not error.expired:
        grants.heed(db.session.get_one(Shop, shop_id).authorization, error)
        db.session.commit()


def keep(shop_id: int, orders: Sequence[TheirOrder], source: str) -> Recorded:
    """Records a batch, then says what must be written to BigCommerce, and what every shop must be told of the pieces
    that moved."""
    shop = db.session.get_one(Shop, shop_id)
    done = recording.record(shop, [reading.facts(order) for order in orders], source)
    db.session.commit()
    write(done.write)
    if done.skus:
        for activity in pushes.pour(done.skus, "order"):
            launch(activity)
        db.session.commit()
        count_off()
    return done


def write(copy_ids: Sequence[int]) -> None:
    """Rings for BigCommerce orders that must be written."""
    if copy_ids:
        launch(copies.pour(copy_ids))


def poll() -> int:
    """A schedule: what changed since the last time, in every shop; answers how many orders were new or changed."""
    moved = 0
    for store_id, shop_id in _shops():
        moved += _guarded(store_id, lambda shop_id=shop_id: _poll(shop_id))  # type: ignore[misc]
    for store_id in _stores_with_due():
        _guarded(store_id, _again)
    return moved


def _shops() -> list[tuple[int, int]]:
    with across_stores("orders of every active shop are polled"):
        query = (
            select(Shop.store_id, Shop.id)
            .join(Authorization, Authorization.id == Shop.authorization_id)
            .join(Store, Store.id == Shop.store_id)
            .where(Shop.is_active, Authorization.state == "active", Store.state == "installed")
            .order_by(Shop.id)
        )
        found = [(store_id, shop_id) for store_id, shop_id in db.session.execute(query)] if has_table(Order) else []
        db.session.rollback()
    return found


def _stores_with_due() -> list[int]:
    with across_stores("orders of every active shop are polled"):
        query = select(StoreOrder.store_id).where(StoreOrder.is_due).distinct()
        found = list(db.session.scalars(query)) if has_table(StoreOrder) else []
        db.session.rollback()
    return found


def _guarded(store_id: int, work: Callable[[], int]) -> int:
    """One shop's trouble must not keep the others waiting."""
    try:
        with tenant(store_id):
            return work()
    except BaseTimeoutException:
        raise  # the job's own end
    except Exception as failure:
        db.session.rollback()
        log.error("Orders of store %s: %s", store_id, failure, exc_info=failure)
        return 0


def _again() -> int:
    """What waits to be written and whose bell may have been lost."""
    waiting = copies.due()
    db.session.rollback()
    write(waiting)
    return 0


def _poll(shop_id: int) -> int:
    shop = db.session.get_one(Shop, shop_id)
    since = recording.cursor(shop).since
    client, asked_at = platforms.tiktok(shop), clock.now()
    db.session.commit()
    token, moved, newest, whole = "", 0, since, False
    deadline = time.monotonic() + SECONDS
    for _ in range(PAGES):
        try:
            page = client.search_orders(
                update_time_ge=int((since - OVERLAP).timestamp()), sort_field="update_time", page_token=token
            )
        except ClientError as error:
            _note_rejected(shop_id, error)
            _cursor(shop_id, newest, asked_at, str(error)[:500])
            return moved
        done = keep(shop_id, page.orders, "poll")
        moved += done.new + done.changed
        times = [moment for order in page.orders if (moment := reading.moment(order.update_time)) is not None]
        newest, token = max([newest, *times]), page.next_page_token
        if not token:
            whole = True
            break
        if time.monotonic() > deadline:
            break
    # After the last page nothing older than the question is missing; else the next poll begins where this one stopped.
    _cursor(shop_id, max(newest, asked_at - OVERLAP) if whole else newest, asked_at, "")
    return moved


def _cursor(shop_id: int, since: datetime, asked_at: datetime, note: str) -> None:
    cursor = db.session.scalars(select(OrderCursor).where(OrderCursor.shop_id == shop_id).with_for_update()).one()
    cursor.since, cursor.asked_at, cursor.note = max(cursor.since, since), asked_at, note
    if not note:
        cursor.answered_at = clock.now()
    db.session.commit()


# -- the gap detector (feature I-33) ------------------------------------------------------------------------------


def gaps() -> int:
    """A schedule: counts the last two days hour by hour on both sides and fetches what is missing; answers how many
    orders were."""
    filled = 0
    for store_id, shop_id in _shops():
        filled += _guarded(store_id, lambda shop_id=shop_id: count_hours(shop_id))  # type: ignore[misc]
    return filled


def count_hours(shop_id: int, hours: int = HOURS) -> int:
    """Compares the shop's hours, newest first; one that was equal and is old is not asked again."""
    shop = db.session.get_one(Shop, shop_id)
    begins, client = recording.begins_at(shop), platforms.tiktok(shop)
    now = clock.now()
    last = (now - SETTLED).replace(minute=0, second=0, microsecond=0)
    wanted = [last - timedelta(hours=number + 1) for number in range(hours)]
    equal = {
        row.hour
        for row in db.session.scalars(select(OrderHour).where(OrderHour.shop_id == shop_id))
        if row.theirs == row.ours + row.unpaid and row.checked_at - row.hour > timedelta(hours=6)
    }
    db.session.commit()
    filled, deadline = 0, time.monotonic() + SECONDS
    for hour in wanted:
        if hour + timedelta(hours=1) <= begins or hour in equal or time.monotonic() > deadline:
            continue
        try:
            filled += _count(shop_id, client, hour)
        except ClientError as error:
            db.session.rollback()
            log.info("Hours of shop %s are counted later: %s", shop_id, error)
            break
    return filled


def _count(shop_id: int, client: TikTok, hour: datetime) -> int:
    low, high = int(hour.timestamp()), int((hour + timedelta(hours=1)).timestamp())
    theirs = client.search_orders(
        create_time_ge=low, create_time_lt=high, sort_field="create_time", page_size=1
    ).total_count
    row = _hour(shop_id, hour)
    ours = _ours(shop_id, hour)
    if theirs == ours + row.unpaid:
        return _keep_hour(row, theirs, ours, row.unpaid, 0)
    db.session.rollback()
    read: list[TheirOrder] = []
    token = ""
    while True:
        page = client.search_orders(create_time_ge=low, create_time_lt=high, sort_field="create_time", page_token=token)
        read += page.orders
        token = page.next_page_token
        if not token:
            break
    done = keep(shop_id, read, "gap")
    if done.new:
        shop = db.session.get_one(Shop, shop_id)
        notices.raise_notice(
            f"orders.gap.{shop_id}",
            "info",
            f"{done.new:,} orders of {shop.name}, placed {hour:%Y-%m-%d %H:00} to {hour + timedelta(hours=1):%H:00} "
            "UTC, had not arrived. They are here now.",
            "See what was missing",
            "/orders/gaps",
        )
    ours = _ours(shop_id, hour)
    return _keep_hour(_hour(shop_id, hour), len(read), ours, max(0, len(read) - ours), done.new)


def _ours(shop_id: int, hour: datetime) -> int:
    here = (Order.shop_id == shop_id, Order.placed_at >= hour, Order.placed_at < hour + timedelta(hours=1))
    return int(db.session.scalar(select(func.count(Order.id)).where(*here)) or 0)


def _hour(shop_id: int, hour: datetime) -> OrderHour:
    found = db.session.scalar(select(OrderHour).where(OrderHour.shop_id == shop_id, OrderHour.hour == hour))
    if found is None:
        found = OrderHour(shop_id=shop_id, hour=hour, checked_at=clock.now(), theirs=0, ours=0, unpaid=0, filled=0)
        db.session.add(found)
    return found


def _keep_hour(row: OrderHour, theirs: int, ours: int, unpaid: int, filled: int) -> int:
    row.theirs, row.ours, row.unpaid, row.checked_at = theirs, ours, unpaid, clock.now()
    row.filled += filled
    db.session.commit()
    return filled


# -- BigCommerce's own news of orders ------------------------------------------------------------------------------


def fold_bigcommerce(store_id: int, shop_id: int | None, events: Sequence[Taken]) -> set[int]:
    """Reads orders of ours that changed in BigCommerce; others are none of our business."""
    numbers = {number for event in events if (number := _number(event))}
    with tenant(store_id):
        if not numbers or not has_table(StoreOrder):
            return set()
        mine = writing.ours(sorted(numbers))
        client = platforms.bigcommerce(db.session.get_one(Store, store_id))
        db.session.rollback()
        unread = set()
        for number in sorted(mine):
            try:
                order = client.order(number)
            except ClientError:
                unread.add(number)
                continue
            if order is not None:
                writing.seen_in_bigcommerce(number, order.status_id)
                db.session.commit()
    return {event.id for event in events if _number(event) in unread}


def _number(event: Taken) -> int:
    value = event.data.get("orderId") or event.data.get("id") or event.data.get("order_id")
    return int(str(value)) if str(value).isdigit() else 0
