"""How orders move: paid, released, shipped, collected, delivered, completed, cancelled (reference 5.2).

Every function takes a Turn and the moment at which it happens; a clock that jumps a week forwards lets everything in
between happen at its own moment, while `update_time` tells when it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.tiktok.finance.settle import settle
from sandbox.tiktok.orders import stock_moves
from sandbox.tiktok.orders.status import active, status_of, with_lines
from sandbox.tiktok.orders.store import PACKAGE_BASE

if TYPE_CHECKING:
    from sandbox.tiktok.orders.turn import Turn
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

HOUR, DAY = 3600, 86400
PAY_WITHIN, HOLD = 24 * HOUR, HOUR
SHIP_BY, COLLECT_BY, CANCEL_BY, DELIVER_BY = 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY
UNTRACKED = 5 * DAY  # after the collection deadline
FBT_PICKS = 2 * HOUR
PACKAGES_LATER = frozenset({"US"})
"""Where a package comes with its shipping call and not with the payment (reference 6.1)."""


def register(platform: Platform) -> None:
    on = platform.agenda.on
    on("release", lambda turn, number, at: release(turn, number, at))
    on("fbt", _fulfil_by_platform)
    on("collect", collect)
    on("deliver", deliver)
    on("complete", complete)


def pay(turn: Turn, order_id: str, at: float) -> Document:
    """The buyer pays: an hour in which the order may not be shipped begins, or a pre-order's longer wait."""
    order = turn.order(order_id)
    if order["status"] != "UNPAID":
        raise ValueError(f"The order is {order['status']}, not UNPAID")
    held = not order["is_replacement_order"]
    release_at = max(int(at) + HOLD, order["release_date"] or 0)
    start = order["release_date"] or int(at)
    order = with_lines(order, {line["id"] for line in order["lines"]}, display_status="AWAITING_SHIPMENT")
    order |= {
        "paid_time": int(at),
        "held": held,
        "rts_sla_time": start + SHIP_BY,
        "shipping_due_time": start + SHIP_BY,
        "tts_sla_time": start + COLLECT_BY,
        "collection_due_time": start + COLLECT_BY,
        "cancel_order_sla_time": start + CANCEL_BY,
        "delivery_due_time": start + DELIVER_BY,
        "delivery_sla_time": start + DELIVER_BY,
    }
    order = turn.save(order)
    if held:
        turn.plan(release_at, "release", order_id)
    else:
        _ready(turn, order, at)
    return order


def release(turn: Turn, order_id: str, at: float) -> None:
    """The hour is over: the order may be shipped, and tells who bought it."""
    order = turn.order(order_id)
    if order["held"] and active(order):
        _ready(turn, turn.save({**order, "held": False}), at)


def _ready(turn: Turn, order: Document, at: float) -> None:
    fbt = order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK"
    if fbt or turn.platform.shops[order["shop_id"]]["region"] not in PACKAGES_LATER:
        new_package(turn, order, [line["id"] for line in active(order)], at)
    if fbt:
        turn.plan(at + FBT_PICKS, "fbt", order["id"])
    else:
        turn.plan(order["cancel_order_sla_time"], "overdue", order["id"])


def new_package(turn: Turn, order: Document, line_ids: list[str], at: float, **changes: Any) -> Document:
    """A package of some lines of an order, not shipped yet."""
    number = turn.store.number(PACKAGE_BASE)
    package: Document = {
        "id": number,
        "shop_id": order["shop_id"],
        "order_ids": [order["id"]],
        "line_ids": line_ids,
        "status": "TO_FULFILL",
        "tag": "DEFAULT",
        "shipping_type": order["shipping_type"],
        "create_time": int(at),
        "update_time": turn.now,
        "tracking_number": "",
        "shipping_provider_id": "",
        "shipping_provider_name": "",
        "shipped_time": 0,
        "collected_time": 0,
        "delivered_time": 0,
        "tracking_changes": 0,
        "handover_method": "",
        "pickup_slot": {},
        "weight": {},
        "dimension": {},
        "exception": "",
        "trail": [],
        **changes,
    }
    turn.store.put_package(package)
    turn.store.put_order(with_lines(turn.order(order["id"]), set(line_ids), package_id=number))
    return package


def hand_over(turn: Turn, package: Document, at: float, **changes: Any) -> Document:
    """Everything is arranged for a package; its lines wait to be collected."""
    package = {
        **package,
        "status": "PROCESSING",
        "shipped_time": int(at),
        "update_time": turn.now,
        "trail": [*package["trail"], _event(at, 30101, "The seller has prepared the package.")],
        **changes,
    }
    turn.store.put_package(package)
    _move(turn, package, "AWAITING_COLLECTION", at)
    if turn.platform.knobs["carrier"]:
        turn.plan(at + float(turn.platform.knobs["collect_seconds"]), "collect", package["id"])
    return package


def collect(turn: Turn, package_id: str, at: float) -> None:
    """The carrier scans the package."""
    package = turn.store.packages[package_id]
    if package["status"] != "PROCESSING":
        return
    package = {
        **package,
        "status": "FULFILLING",
        "collected_time": int(at),
        "update_time": turn.now,
        "trail": [*package["trail"], _event(at, 30201, "The carrier has collected the package.")],
    }
    turn.store.put_package(package)
    _move(turn, package, "IN_TRANSIT", at)
    if turn.platform.knobs["carrier"]:
        turn.plan(at + float(turn.platform.knobs["deliver_seconds"]), "deliver", package_id)


def deliver(turn: Turn, package_id: str, at: float) -> None:
    package = turn.store.packages[package_id]
    if package["status"] == "PROCESSING":
        collect(turn, package_id, at)
        package = turn.store.packages[package_id]
    if package["status"] != "FULFILLING":
        return
    package = {
        **package,
        "status": "COMPLETED",
        "delivered_time": int(at),
        "update_time": turn.now,
        "trail": [*package["trail"], _event(at, 30901, "The package was delivered.")],
    }
    turn.store.put_package(package)
    _move(turn, package, "DELIVERED", at)


def lose(turn: Turn, package_id: str, exception: str, reason: str, at: float) -> None:
    """The carrier does not bring the package: what is in it is cancelled by the platform."""
    package = turn.store.packages[package_id]
    if package["status"] not in {"PROCESSING", "FULFILLING"}:
        raise ValueError(f"The package is {package['status']}")
    trail = [*package["trail"], _event(at, 30701, "The package could not be delivered.")]
    package = {**package, "exception": exception, "trail": trail, "update_time": turn.now}
    turn.store.put_package(package)
    for order_id in package["order_ids"]:
        own = {line["id"] for line in turn.order(order_id)["lines"]}
        cancel(turn, order_id, own & set(package["line_ids"]), reason, "SYSTEM", at, replenish=False)


def _event(at: float, code: int, description: str) -> Document:
    return {"description": description, "update_time_millis": int(at * 1000), "action_code": code}


_STAMPS = {"AWAITING_COLLECTION": "rts_time", "IN_TRANSIT": "collection_time", "DELIVERED": "delivery_time"}


def _move(turn: Turn, package: Document, status: str, at: float) -> None:
    """The lines of a package advance, and with them its orders."""
    for order_id in package["order_ids"]:
        order = turn.order(order_id)
        open_lines = {line["id"] for line in active(order) if line["display_status"] != "COMPLETED"}
        moved = open_lines & set(package["line_ids"])
        if status == "AWAITING_COLLECTION":
            for line in order["lines"]:
                if line["id"] in moved:
                    stock_moves.let_go(turn.platform, order, line)
        changes: Document = {"display_status": status, "package_id": package["id"]}
        if status == "AWAITING_COLLECTION":
            changes |= {"rts_time": int(at), "committed": False}
        order = with_lines(order, moved, **changes)
        stamp = _STAMPS[status]
        if status != "DELIVERED" or status_of(order) == "DELIVERED":
            order = {**order, stamp: order[stamp] or int(at)}
        before = turn.order(order_id)["status"]
        order = turn.save(order)
        if order["status"] == "AWAITING_COLLECTION" != before:
            turn.plan(max(at, order["tts_sla_time"]) + UNTRACKED, "untracked", order_id)
        if order["status"] == "DELIVERED" != before:
            turn.plan(at + float(turn.platform.knobs["complete_seconds"]), "complete", order_id)


def complete(turn: Turn, order_id: str, at: float) -> None:
    """The time for complaints is over, or nothing is left to complain about; the order is settled."""
    order = turn.order(order_id)
    if order["status"] not in {"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"}:
        return
    if any(row["deadline"] or row["arbitration_status"] == "IN_PROGRESS" for row in _undecided(turn, order_id)):
        turn.plan(at + DAY, "complete", order_id)  # a complaint is being dealt with
        return
    order = with_lines(order, {line["id"] for line in active(order)}, display_status="COMPLETED")
    order = turn.save({**order, "completed_time": int(at)})
    settle(turn, order, at)


def _undecided(turn: Turn, order_id: str) -> list[Document]:
    return [row for row in turn.store.returns_in(order_id) if not row["refunded"]]


def cancel(
    turn: Turn, order_id: str, line_ids: set[str], reason: str, user: str, at: float, *, replenish: bool = True
) -> Document:
    """Cancel lines, or the order when they are all that is left; its stock can be bought again."""
    order = turn.order(order_id)
    found = {line["id"] for line in active(order)} & line_ids
    for line in order["lines"]:
        if line["id"] in found and replenish:
            stock_moves.give_back(turn.platform, order, line)
    order = with_lines(
        order, found, display_status="CANCELLED", cancel_reason=reason, cancel_user=user, committed=False
    )
    if not active(order):
        order |= {
            "held": False,
            "cancellation_initiator": "SYSTEM" if user == "OPERATOR" else user,
            "cancel_reason": reason,
            "cancel_time": int(at),
        }
    for package in turn.store.packages_in(order):
        left = [number for number in package["line_ids"] if number not in found]
        if left == package["line_ids"]:
            continue
        gone = not [number for number in left if _is_active(turn, number)]
        changes: Document = {"status": "CANCELLED"} if gone else {"line_ids": left}
        turn.store.put_package({**package, **changes, "update_time": turn.now})
    return turn.save(order)


def _is_active(turn: Turn, line_id: str) -> bool:
    order = turn.order(turn.store.by_line[line_id])
    return any(line["id"] == line_id for line in active(order))


def _fulfil_by_platform(turn: Turn, order_id: str, at: float) -> None:
    order = turn.order(order_id)
    if order["status"] != "AWAITING_SHIPMENT":
        return
    for package in turn.store.packages_in(order):
        if package["status"] == "TO_FULFILL":
            hand_over(
                turn,
                package,
                at,
                tracking_number=f"FBT{package['id'][-12:]}",
                shipping_provider_id="7400000000000000099",
                shipping_provider_name="TikTok Shop Shipping",
            )
