"""One order: both sides, lines, money, timeline, evidence."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response, g, make_response, request
from sqlalchemy import select

from blueprints.activities.evidence import shown
from blueprints.orders.area import LARGEST, bigcommerce_word, orders, status_words
from blueprints.page import page
from domain.money import show
from domain.orders import buyers, statuses
from domain.orders.deadlines import MISSED, WORDS, left
from domain.orders.statuses import MEANING
from domain.returns import reasons
from models import Evidence, Order, OrderLine, Product, Shop, StockOrder, StockOrderLine, Variant, db
from models.present import has_table
from services import clock, errors
from services.evidence import body
from services.orders import evidence_file, linking, pages, stock, timeline

AMOUNTS = {
    "original_total_product_price": "Products, before discounts",
    "seller_discount": "Your discount",
    "platform_discount": "TikTok's discount",
    "sub_total": "Products",
    "original_shipping_fee": "Shipping, before discounts",
    "shipping_fee_seller_discount": "Your shipping discount",
    "shipping_fee_platform_discount": "TikTok's shipping discount",
    "shipping_fee": "Shipping",
    "tax": "Tax",
    "product_tax": "of it on products",
    "shipping_fee_tax": "of it on shipping",
    "total_amount": "Paid by the buyer",
}


HELD = {
    "held": "Held while the buyer may still cancel",
    "reserved": "Reserved for this order",
    "handed": "Counted off by BigCommerce, which has the order",
    "shipped": "Shipped",
    "released": "Back for sale",
}


def get(order_id: int) -> Order:
    order = db.session.scalar(select(Order).where(Order.id == order_id))
    if order is None:
        raise errors.NotFound("This order does not exist.", "See all orders", "/orders/")
    return order


@orders.get(f"/<int(max={LARGEST}):order_id>")
def detail(order_id: int) -> Response:
    order = get(order_id)
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    lines = _lines(order)
    now = clock.now()
    guard = statuses.may_ship(
        order.status,
        by_tiktok=order.fulfillment == stock.BY_TIKTOK,
        cancel_asked=order.cancel_asked,
        paid_at=order.paid_at,
    )
    running = [
        (WORDS[kind], MISSED[kind], at, left(moment, now), derived, moment < now)
        for kind, at, derived in order.details.get("clocks", [])
        if (moment := datetime.fromisoformat(at))
    ]
    return page(
        "orders/order.html",
        "orders/_order.html",
        active="orders",
        order=order,
        shop=shop,
        lines=lines,
        reason_words=reasons.words,
        copies=order.copies,
        bigcommerce_word=bigcommerce_word,
        word=status_words().get(order.status, order.status),
        tone=pages.TONES.get(order.status, "secondary"),
        meaning=MEANING.get(order.status, ""),
        guard=guard,
        masking=buyers.masking(order.address),
        recipient=buyers.recipient(order.address, shop.market) if order.address else None,
        running=running,
        amounts=_amounts(order),
        money=show,
        events=timeline.of(order.id),
        held=_held(order),
        replaced=_other(order.replaces),
        panel=g.store.control_panel_url,
    )


def _lines(order: Order) -> list[dict[str, Any]]:
    """Equal pieces in one row: TikTok names each by itself."""
    ids = {line.variant_id for line in order.lines if line.variant_id is not None}
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(ids))
    known = {variant.id: (variant, product) for variant, product in db.session.execute(query)}
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in order.lines:
        key = (line.sku_id, line.variant_id, line.price, line.status, line.package_id, line.copy_id)
        row = found.setdefault(key, {"line": line, "count": 0, "price": Decimal(0), "tax": Decimal(0)})
        row["count"] += 1
        row["price"] += line.price
        row["tax"] += line.tax
        row["variant"], row["product"] = known.get(line.variant_id or 0, (None, None))
    return list(found.values())


def _amounts(order: Order) -> list[tuple[str, str, bool]]:
    """(words, amount, a sum): what TikTok named, in the order of the sum."""
    payment = order.details.get("payment", {})
    rows = []
    for name, words in AMOUNTS.items():
        value = Decimal(payment.get(name) or "0")
        if value or name in ("sub_total", "shipping_fee", "total_amount"):
            rows.append((words, show(value, order.currency), name in ("sub_total", "shipping_fee", "total_amount")))
    rest = {name: value for name, value in payment.items() if name not in AMOUNTS and Decimal(value)}
    fees = [(name.replace("_", " ").capitalize(), show(Decimal(value), order.currency), False)
            for name, value in sorted(rest.items())]  # fmt: skip
    return rows[:-1] + fees + rows[-1:]


def _held(order: Order) -> tuple[str, int] | None:
    """(what the stock ledger says of it, pieces)."""
    if not has_table(StockOrder):
        return None
    row = db.session.scalar(select(StockOrder).where(StockOrder.order_ref == stock.reference(order)))
    if row is None:
        return None
    lines = db.session.scalars(select(StockOrderLine).where(StockOrderLine.order_id == row.id))
    return HELD.get(row.state, row.state), sum(line.quantity for line in lines)


def _other(number: str) -> Order | None:
    return db.session.scalar(select(Order).where(Order.tiktok_id == number)) if number else None


@orders.get(f"/<int(max={LARGEST}):order_id>/evidence")
def evidence(order_id: int) -> Response:
    """What was sent for this order and what came back, call by call."""
    order = get(order_id)
    items = [event.item_id for event in timeline.of(order.id) if event.item_id is not None]
    query = select(Evidence).where(Evidence.item_id.in_(items)).order_by(Evidence.id)
    exchanges = [shown(row, body(row.sent), body(row.received)) for row in db.session.scalars(query)]
    return page("orders/evidence.html", "orders/_evidence.html", active="orders", order=order, exchanges=exchanges)


@orders.get(f"/<int(max={LARGEST}):order_id>/file")
def file(order_id: int) -> Response:
    """Everything known of the order in one file."""
    order = get(order_id)
    response = make_response(evidence_file.build(order))
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="order-{order.tiktok_id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@orders.get(f"/<int(max={LARGEST}):order_id>/link")
def choose_product(order_id: int) -> Response:
    """Which product an item of the order is."""
    order, sku_id = get(order_id), request.args.get("sku", "")
    line = db.session.scalar(
        select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.sku_id == sku_id).limit(1)
    )
    if line is None:
        raise errors.NotFound("This order has no such item.", "See the order", f"/orders/{order.id}")
    term = request.args.get("q", line.seller_sku)
    return page(
        "orders/link.html",
        "orders/_link.html",
        active="orders",
        order=order,
        line=line,
        term=term,
        found=linking.search(term) or (linking.search("") if "q" not in request.args else []),
    )
