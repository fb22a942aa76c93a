"""TikTok is told which BigCommerce order an order is, so that its pages and other tools name it (reference 5.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from models import Order, OrderLine, OrderReference, StoreOrder, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import insert_missing
from services.orders import timeline

MOST = 100  # orders of one call, and lines of one order


@dataclass(frozen=True, slots=True)
class Wish:
    """One order's numbers in BigCommerce; `body` is what TikTok takes."""

    order_id: int
    tiktok_id: str
    numbers: str
    body: Mapping[str, Any]


def wanted(shop_id: int) -> list[Wish]:
    """Orders that are in BigCommerce as a whole and that TikTok was not told of."""
    known = exists().where(OrderReference.store_id == Order.store_id, OrderReference.order_id == Order.id)
    missing = exists().where(
        StoreOrder.store_id == Order.store_id,
        StoreOrder.order_id == Order.id,
        StoreOrder.state.not_in(("written", "not_wanted")),
    )
    query = select(Order.id, Order.tiktok_id).where(
        Order.shop_id == shop_id, Order.bigcommerce_id.is_not(None), ~known, ~missing
    )
    found = db.session.execute(query.order_by(Order.id).limit(MOST)).all()
    return [_wish(order_id, number) for order_id, number in found]


def _wish(order_id: int, number: str) -> Wish:
    """The first BigCommerce order names it; each line names the one it is in."""
    query = (
        select(OrderLine.tiktok_id, StoreOrder.bigcommerce_id)
        .join(StoreOrder, StoreOrder.id == OrderLine.copy_id)
        .where(OrderLine.order_id == order_id, StoreOrder.bigcommerce_id.is_not(None))
        .order_by(OrderLine.id)
    )
    homes = [(line, int(home or 0)) for line, home in db.session.execute(query)]
    numbers = sorted({home for _, home in homes})
    if not numbers:
        numbers = [int(db.session.scalars(select(Order.bigcommerce_id).where(Order.id == order_id)).one() or 0)]
    lines = [{"id": f"{home}-{line}", "origin_id": line} for line, home in homes[:MOST]]
    external = {"id": str(numbers[0]), "platform": "BIGCOMMERCE", "line_items": lines}
    told = ", ".join(str(one) for one in numbers)[:255]
    return Wish(order_id, number, told, {"id": number, "external_order": external})


def told(wishes: Sequence[Wish], refused: Mapping[str, str]) -> int:
    """Keeps what TikTok took and why it did not take others (TikTok's number -> words); neither is sent again."""
    now = clock.now()
    rows = [
        {"store_id": tenant_id(), "order_id": one.order_id, "numbers": one.numbers, "told_at": now,
         "problem": refused.get(one.tiktok_id, "")[:255]}
        for one in wishes
    ]  # fmt: skip
    insert_missing(OrderReference, rows, ("store_id", "order_id"))
    for one in wishes:
        why = refused.get(one.tiktok_id, "")
        text = f"TikTok knows it as BigCommerce order {one.numbers}."
        if why:
            text = f"TikTok did not take its BigCommerce number {one.numbers}: {why}"
        timeline.add(one.order_id, "note", text, "TikTok Shop")
    return len(wishes) - len(refused)
