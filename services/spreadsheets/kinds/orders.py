"""Orders as a spreadsheet, as the list shows them: one row for each order, out only."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Select, select, tuple_

from domain.money import for_api
from domain.orders.words import BIGCOMMERCE
from models import Order, Shop, db
from services.orders import copies, pages
from services.orders.pages import Cursor, Filters
from services.spreadsheets.kinds.base import CHUNK, Kind, Scope
from services.spreadsheets.writing import Column

TITLES = (
    ("number", "Order number", 22), ("bigcommerce", "BigCommerce order id", 20), ("shop", "Shop", 18),
    ("customer", "Customer name", 22), ("created", "Created at (UTC)", 20), ("status", "Order status", 20),
    ("store_status", "Status in BigCommerce", 20), ("price", "Price", 12), ("currency", "Currency", 9),
    ("quantity", "Quantity", 9), ("kind", "Kind", 20), ("ship_by", "Ship by (UTC)", 20),
    ("tracking", "Tracking number", 22), ("problem", "Problem", 40),
)  # fmt: skip


class Orders(Kind):
    name = "orders"
    title = "Orders"
    text = "The orders of the list, one row each: number, customer, status on both sides, price, deadline, problem."
    of_shop: ClassVar[bool] = False
    comes_back: ClassVar[bool] = False

    def columns(self, scope: Scope) -> Sequence[Column]:
        return tuple(Column(key, title, width=width) for key, title, width in TITLES)

    def count(self, scope: Scope) -> int:
        return pages.count(_chosen(scope), 10_000_000)

    def walk(self, scope: Scope, after: str) -> tuple[list[list[str]], str]:
        query = select(Order, Shop.name).join(Shop, Shop.id == Order.shop_id).where(Order.id.in_(_chosen(scope)))
        cursor = Cursor.read(after)
        if cursor is not None:
            query = query.where(tuple_(Order.placed_at, Order.id) < tuple_(cursor.placed_at, cursor.id))
        found = db.session.execute(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(CHUNK)).all()
        statuses = copies.copies_of([order.id for order, _ in found])
        rows = [_row(order, shop, [copy.status_id for copy in statuses[order.id]]) for order, shop in found]
        last = found[-1][0] if len(found) == CHUNK else None
        return rows, str(Cursor(last.placed_at, last.id)) if last is not None else ""


def _chosen(scope: Scope) -> Select[Any]:
    given = dict(scope.details.get("filter", {}))
    return pages.matching(Filters(**given))


def _row(order: Order, shop: str, theirs: Sequence[int | None]) -> list[str]:
    kind = "Fulfilled by TikTok" if order.fulfillment == "FULFILLMENT_BY_TIKTOK" else ""
    kind = kind or ("Replacement" if order.replaces else "Sample" if order.is_sample else "")
    return [
        order.tiktok_id,
        str(order.bigcommerce_id or "N/A"),
        shop,
        order.buyer_name,
        f"{order.placed_at:%Y-%m-%d %H:%M:%S}",
        order.status,
        ", ".join(dict.fromkeys(BIGCOMMERCE.get(one, str(one)) for one in theirs if one is not None)),
        for_api(order.total, order.currency),
        order.currency,
        str(order.quantity),
        kind,
        f"{order.ship_by:%Y-%m-%d %H:%M}" if order.ship_by else "",
        order.tracking_number,
        order.problem_text,
    ]
