"""Which BigCommerce orders an order becomes, and which of them must be written now. A row is unique by its group, so
whatever arrives how often, there is one of each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import select

from domain.orders import grouping
from domain.orders.facts import LineFacts
from domain.orders.grouping import Grouping
from domain.orders.settings import OrderSettings
from domain.orders.statuses import ERROR, Status
from models import Activity, Order, OrderLine, StoreOrder, db
from models.tenancy import tenant_id
from services import streams
from services.activities import NewItem
from services.bulk import insert_missing
from services.counters import Deltas
from services.orders import counts, options, timeline
from services.orders.stock import BY_TIKTOK

KIND = "write_orders"
TITLE = "Write orders to BigCommerce"
UNLINKED, OPTION = "order.unlinked", "order.option_required"
Moved = Sequence[tuple[Order, Sequence[OrderLine]]]


def plan(moved: Moved, settings: OrderSettings) -> list[int]:
    """Adds what is missing and judges what stands in the way; answers the rows that must be written now."""
    orders = [order for order, _ in moved]
    existing = copies_of([order.id for order in orders])
    lacking = options.lacking([line for _, lines in moved for line in lines])
    fresh: list[dict[str, object]] = []
    for order, lines in moved:
        mine = existing[order.id]
        blocked = _blocked(order, lines, settings, lacking) if not mine else ("", "")
        if blocked[0] or mine or not _wanted(order, settings):
            set_problem(order, *(blocked if blocked[0] else first_problem(mine)))
            continue
        set_problem(order, "", "")
        order.grouping = order.grouping or settings.grouping
        alive = [line for line in lines if line.status != Status.CANCELLED]
        for group in grouping.groups([_facts(line) for line in alive], cast(Grouping, order.grouping)):
            fresh.append(_row(order, group.key))
    db.session.flush()
    insert_missing(StoreOrder, fresh, ("store_id", "order_id", "key"))
    if fresh:
        existing = copies_of([order.id for order in orders])
        _assign(moved, existing)
    due = [copy for order in orders for copy in existing[order.id] if needs_writing(order, copy, settings)]
    for copy in due:
        copy.is_due = True
    return [copy.id for copy in due]


def _wanted(order: Order, settings: OrderSettings) -> bool:
    """Whether the order is to be in BigCommerce by now."""
    if order.fulfillment == BY_TIKTOK and settings.by_tiktok != "import":
        return False
    return order.status != Status.CANCELLED and settings.creates(order.status)


def _blocked(
    order: Order, lines: Sequence[OrderLine], settings: OrderSettings, lacking: dict[int, str]
) -> tuple[str, str]:
    """(code, text) of what keeps the order from being written; empty when nothing does."""
    if order.status == Status.CANCELLED or settings.create == "never":
        return "", ""
    if order.fulfillment == BY_TIKTOK and settings.by_tiktok != "import":
        return "", ""
    strangers = [line for line in lines if line.variant_id is None and line.status != Status.CANCELLED]
    if strangers and settings.unlinked == "stop":
        names = ", ".join(sorted({line.seller_sku or line.sku_name or line.product_name for line in strangers})[:3])
        return UNLINKED, f"No product here is linked to {names}. Link it, and the order is created."
    for line in lines:
        if line.variant_id in lacking and line.status != Status.CANCELLED:
            return OPTION, lacking[line.variant_id]
    return "", ""


def first_problem(mine: Sequence[StoreOrder]) -> tuple[str, str]:
    """(code, text) of an order's first BigCommerce order that could not be written."""
    return next(((copy.problem, copy.problem_text) for copy in mine if copy.problem), ("", ""))


def set_problem(order: Order, code: str, text: str) -> None:
    """The caller counts it (`counts.moved`)."""
    if (order.problem, order.problem_text) == (code[:60], text):
        return
    if code:
        timeline.add(order.id, "problem", text, "Causeway", details={"code": code})
    elif order.problem:
        timeline.add(order.id, "note", "The problem is cured.", "Causeway")
    order.problem, order.problem_text = code[:60], text


def _facts(line: OrderLine) -> LineFacts:
    return LineFacts(line.tiktok_id, line.sku_id, package_id=line.package_id, warehouse_id=line.warehouse_id)


def _row(order: Order, key: str) -> dict[str, object]:
    return {
        "store_id": tenant_id(),
        "order_id": order.id,
        "key": key,
        "reference": grouping.reference(order.tiktok_id, key),
        "state": "waiting",
        "has_address": False,
        "is_due": False,
        "body_hash": "",
        "problem": "",
        "problem_text": "",
    }


def _assign(moved: Moved, existing: dict[int, list[StoreOrder]]) -> None:
    """Each line goes into the BigCommerce order of its group, once and for all."""
    for order, lines in moved:
        by_key = {copy.key: copy.id for copy in existing[order.id]}
        alive = [line for line in lines if line.status != Status.CANCELLED]
        facts = [_facts(line) for line in alive]
        for group in grouping.groups(facts, cast(Grouping, order.grouping or "whole")):
            for line in alive:
                if line.tiktok_id in group.lines and line.copy_id is None:
                    line.copy_id = by_key.get(group.key)
    db.session.flush()


def copies_of(order_ids: Collection[int]) -> dict[int, list[StoreOrder]]:
    found: dict[int, list[StoreOrder]] = defaultdict(list)
    query = select(StoreOrder).where(StoreOrder.order_id.in_(order_ids)).order_by(StoreOrder.id)
    for copy in db.session.scalars(query):
        found[copy.order_id].append(copy)
    return found


def target(order: Order, settings: OrderSettings) -> int | None:
    """The BigCommerce status the order shall have; what TikTok ships itself is never open for shipping."""
    status = order.status
    if status == Status.CANCELLED and not settings.cancellations:
        return None
    if order.fulfillment == BY_TIKTOK and status not in (Status.CANCELLED, Status.COMPLETED):
        status = Status.IN_TRANSIT.value
    return settings.statuses.get(status)


def needs_writing(order: Order, copy: StoreOrder, settings: OrderSettings) -> bool:
    """A refused one waits for a replay; a written one follows the status, and gets the address when TikTok shows it."""
    if copy.state == "waiting":
        return order.status != Status.CANCELLED
    if copy.state != "written":
        return False
    wanted = target(order, settings)
    late_address = bool(order.address) and not copy.has_address and order.status != Status.CANCELLED
    return late_address or (wanted is not None and wanted != copy.wanted_status_id)


def pour(copy_ids: Sequence[int], references: dict[int, str] | None = None) -> Activity | None:
    """Adds these to the stream of orders being written; launch it afterwards. In a transaction of its own: whoever
    holds orders must not wait for the stream, whose writers hold it and wait for orders."""
    if not copy_ids:
        return None
    names = references or {
        number: name
        for number, name in db.session.execute(
            select(StoreOrder.id, StoreOrder.reference).where(StoreOrder.id.in_(copy_ids))
        )
    }
    items = [NewItem(f"Order {names.get(number, number)}", subject_id=number) for number in dict.fromkeys(copy_ids)]
    return streams.pour(KIND, TITLE, items, store_id=tenant_id())


def due(limit: int = 500) -> list[int]:
    """What must be written, the longest waiting first; asked now and then, because a process may end before it rang."""
    query = select(StoreOrder.id).where(StoreOrder.is_due).order_by(StoreOrder.id).limit(limit)
    return list(db.session.scalars(query))


def waiting() -> int:
    """BigCommerce orders that are being written or wait for it."""
    return streams.waiting(KIND)


def recount(orders: Sequence[tuple[Order, str]]) -> None:
    """After problems changed outside a recording: (order, the problem before)."""
    deltas = Deltas()
    for order, before in orders:
        deltas.add(counts.SCOPE, order.shop_id, ERROR, bool(order.problem) - bool(before))
    db.session.flush()
    deltas.write()
