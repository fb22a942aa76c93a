"""Notices about orders that wait for a person: a deadline that is near or over, orders that are stuck (U-40, I-29)."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from domain.orders.statuses import ERROR
from models import Order, Shop, db
from services import clock, notices
from services.orders import counts

SOON = timedelta(hours=6)


def look(shop: Shop) -> None:
    """Raises what is so, closes what is not any more. The hour in which a buyer may cancel is no deadline of ours."""
    now = clock.now()
    late = _count(shop, Order.deadline_at < now)
    soon = _count(shop, Order.deadline_at >= now, Order.deadline_at < now + SOON)
    key, where = f"orders.deadlines.{shop.id}", "/orders/deadlines"
    if late:
        more = f" {_orders(soon)} more within {SOON.seconds // 3600} hours." if soon else ""
        text = f"{_orders(late)} of {shop.name} {'is' if late == 1 else 'are'} past a deadline of TikTok Shop.{more}"
        notices.raise_notice(key, "danger", text, "See the deadlines", where)
    elif soon:
        verb = "has" if soon == 1 else "have"
        text = f"{_orders(soon)} of {shop.name} {verb} a deadline within {SOON.seconds // 3600} hours."
        notices.raise_notice(key, "warning", text, "See the deadlines", where)
    else:
        notices.resolve(key)
    stuck, key = counts.read(shop.id).get(ERROR, 0), f"orders.stuck.{shop.id}"
    if stuck:
        text = f"{_orders(stuck)} of {shop.name} could not be brought to BigCommerce or back."
        notices.raise_notice(key, "danger", text, "See the reasons", f"/orders/?tab={ERROR}")
    else:
        notices.resolve(key)


def _count(shop: Shop, *when: ColumnElement[bool]) -> int:
    here = (Order.shop_id == shop.id, Order.deadline_at.is_not(None), Order.deadline_kind != "hold")
    return int(db.session.scalar(select(func.count(Order.id)).where(*here, *when)) or 0)


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count:,} orders"
