"""What a person does with packages: arrange TikTok's shipping, split, combine, print, put a gift in. Each is an
activity that shows what was sent and what came of it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import exists, or_, select

from domain import units
from domain.capabilities import Capability, allowed
from domain.fulfilment import rules as order_rules
from domain.fulfilment import ways
from domain.orders.statuses import TO_SHIP
from domain.roles import CHANGE, SEND, Page
from models import (
    Activity,
    ActivityItem,
    Order,
    OrderHandling,
    OrderLine,
    OrderMark,
    Product,
    ShippingDocument,
    Shop,
    Store,
    StoreOrder,
    Variant,
    db,
)
from models.tenancy import tenant_id
from services import activities, clock
from services.activities import NewItem, Started
from services.actor import Actor, system
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import handling, rules
from services.people.access import asks, require

KIND = "pack_orders"
DOCUMENTS = {
    "SHIPPING_LABEL": "Shipping label",
    "PACKING_SLIP": "Packing slip",
    "SHIPPING_LABEL_AND_PACKING_SLIP": "Label and packing slip",
}
KEPT = timedelta(hours=24)
LARGEST = 10 * 1024 * 1024
MOST = 500


def shop_of(order: Order) -> Shop:
    return db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()


def _start(actor: Actor, order: Order, title: str, do: str, **args: Any) -> Started:
    item = NewItem(f"Order {order.tiktok_id}", subject_id=order.id, args={"do": do, **args})
    digest = hashlib.blake2b(repr(sorted(args.items())).encode(), digest_size=6).hexdigest()
    key = f"{KIND}:{do}:{order.id}:{digest}"
    return activities.start(actor, KIND, title, [item], shop_id=order.shop_id, queue="live", open_key=key, priority=60)


def _refuse(order: Order, reason: str) -> ServiceError:
    return ServiceError(f"Order {order.tiktok_id}: {reason}", "See its packages", f"/orders/{order.id}/packages")


def measures(order_id: int) -> dict[str, str]:
    """Weight (sum, in grams) and box (largest sides, heights added, in centimetres) from the catalog; empty where a
    product has none."""
    query = (
        select(Variant, Product)
        .join(OrderLine, OrderLine.variant_id == Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(OrderLine.order_id == order_id, OrderLine.status != "CANCELLED")
    )
    weight, length, width, height, count = Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0
    for variant, product in db.session.execute(query):
        one = [getattr(variant, name) or getattr(product, name) for name in ("weight", "depth", "width", "height")]
        if not all(one):
            return {}
        count += 1
        weight, length = weight + one[0], max(length, one[1])
        width, height = max(width, one[2]), height + one[3]
    lines = db.session.scalars(
        select(OrderLine.id).where(OrderLine.order_id == order_id, OrderLine.status != "CANCELLED")
    )
    if not count or count < len(lines.all()):
        return {}
    store = db.session.get_one(Store, tenant_id())
    grams = units.GRAMS.get(store.weight_units, Decimal(1000))
    centimetres = units.CENTIMETERS.get(store.dimension_units, Decimal(1))
    sides = {"length": length, "width": width, "height": height}
    return {"weight": _up(weight * grams)} | {name: _up(value * centimetres) for name, value in sides.items()}


def _up(value: Decimal) -> str:
    return str(int(value.to_integral_value(ROUND_CEILING)))


@asks(Page.ORDERS, SEND)
def arrange(
    actor: Actor, orders: Sequence[Order], method: str = "DROP_OFF", given: Mapping[str, str] | None = None
) -> Started:
    """TikTok's shipping for these orders: a slot, or a bought label (US, Japan)."""
    if method not in ("DROP_OFF", "PICKUP"):
        raise Invalid("Choose drop-off or pickup.")
    items = []
    for order in orders[:MOST]:
        shop = shop_of(order)
        require(actor, Page.ORDERS, SEND, shop)
        verdict = ways.ship_platform(handling.facts(order, shop))
        if not verdict:
            if len(orders) == 1:
                raise _refuse(order, verdict.reason)
            continue
        args = {"do": "arrange", "method": method, "measures": dict(given or {}) or measures(order.id)}
        items.append(NewItem(f"Order {order.tiktok_id}", subject_id=order.id, args=args))
    if not items:
        raise ServiceError(
            "None of these orders can be shipped with TikTok's label now.", "See packing", "/orders/packing"
        )
    shops = {order.shop_id for order in orders}
    title = f"Arrange shipping of {len(items):,} {'order' if len(items) == 1 else 'orders'}"
    key = f"{KIND}:arrange:{','.join(str(item.subject_id) for item in items)}"[:100]
    return activities.start(actor, KIND, title, items, shop_id=shops.pop() if len(shops) == 1 else None, queue="live",
                            open_key=key, priority=60)  # fmt: skip


def auto_pack(shop: Shop) -> Started | None:
    """Arranges what waits for TikTok's shipping, where the merchant wants that (feature S1-15). What was refused is
    tried again after six hours."""
    settings = rules.of()
    if settings.auto_pack == "off" or not allowed(shop.kind, Capability.AUTO_PACK):
        return None
    tried = exists().where(
        ActivityItem.store_id == Order.store_id,
        ActivityItem.subject_id == Order.id,
        ActivityItem.activity_id == Activity.id,
        Activity.kind == KIND,
        Activity.store_id == Order.store_id,
        or_(Activity.created_at > clock.now() - timedelta(hours=6), Activity.state.in_(activities.OPEN)),
    )
    aside = exists().where(
        OrderHandling.store_id == Order.store_id,
        OrderHandling.order_id == Order.id,
        OrderHandling.voided_at.is_not(None),
    )
    query = select(Order).where(
        Order.shop_id == shop.id, Order.status.in_(TO_SHIP), Order.shipping_type == "TIKTOK",
        Order.fulfillment != ways.BY_TIKTOK, Order.cancel_asked.is_(False), ~tried, ~aside,
    )  # fmt: skip
    orders = db.session.scalars(query.order_by(Order.placed_at, Order.id).limit(MOST)).all()
    return arrange(system(shop.store_id), orders, settings.auto_pack) if orders else None


@asks(Page.ORDERS, SEND)
def split(actor: Actor, order: Order, groups: Mapping[str, Sequence[str]]) -> Started:
    """`groups`: a name of ours -> TikTok's lines of one package; every line in exactly one (feature S1-12)."""
    facts = handling.facts(order, shop_of(order))
    verdict = ways.split(facts)
    if not verdict:
        raise _refuse(order, verdict.reason)
    alive = {line.tiktok_id: line.sku_id for line in order.lines if line.status != "CANCELLED"}
    named = [number for lines in groups.values() for number in lines]
    if len([lines for lines in groups.values() if lines]) < 2 or sorted(named) != sorted(alive):
        raise Invalid("Put the items into two packages at least.", "See its packages", f"/orders/{order.id}/packages")
    if facts.market in ways.WHOLE_SKUS:
        homes: dict[str, set[str]] = {}
        for key, lines in groups.items():
            for number in lines:
                homes.setdefault(alive[number], set()).add(key)
        if any(len(keys) > 1 for keys in homes.values()):
            raise _refuse(order, "in this market the pieces of one SKU stay in one package.")
    plain = {key: list(lines) for key, lines in groups.items() if lines}
    return _start(actor, order, f"Split order {order.tiktok_id} into {len(plain)} packages", "split", groups=plain)


@asks(Page.ORDERS, SEND)
def take_out(actor: Actor, order: Order, package_id: str) -> Started:
    """Takes the order out of a package that it shares with others."""
    others = select(OrderLine.order_id).where(OrderLine.package_id == package_id, OrderLine.order_id != order.id)
    if not package_id or db.session.scalar(others.limit(1)) is None:
        raise _refuse(order, "it shares no such package with another order.")
    return _start(actor, order, f"Take order {order.tiktok_id} out of its package", "uncombine", package=package_id)


@asks(Page.ORDERS, SEND)
def fetch_document(actor: Actor, order: Order, package_id: str, kind: str) -> Started:
    """Reads a label or slip from TikTok; it is kept for a day."""
    lines = [line for line in order.lines if line.package_id == package_id]
    if kind not in DOCUMENTS or not package_id or not lines:
        raise NotFound("This order has no such package.", "See its packages", f"/orders/{order.id}/packages")
    verdict = ways.document(handling.facts(order, shop_of(order)), lines[0].package_status)
    if not verdict:
        raise _refuse(order, verdict.reason)
    return _start(
        actor, order, f"{DOCUMENTS[kind]} of order {order.tiktok_id}", "document", package=package_id, kind=kind
    )


def keep_document(order: Order, package_id: str, kind: str, content_type: str, body: bytes) -> ShippingDocument:
    """In place of an earlier one."""
    here = (ShippingDocument.package_id == package_id, ShippingDocument.kind == kind)
    row = db.session.scalar(select(ShippingDocument).where(*here)) or ShippingDocument(
        store_id=order.store_id, package_id=package_id, kind=kind
    )
    row.shop_id, row.order_id, row.content_type, row.body = order.shop_id, order.id, content_type, body
    row.read_at, row.expires_at = clock.now(), clock.now() + KEPT
    db.session.add(row)
    db.session.flush()
    return row


def content_type(body: bytes) -> str:
    """What a file really is; empty for what is no label."""
    if body.startswith(b"%PDF-") and b"%%EOF" in body[-1024:]:
        return "application/pdf"
    return "image/png" if body.startswith(b"\x89PNG\r\n\x1a\n") else ""


def documents(order_id: int) -> list[ShippingDocument]:
    query = select(ShippingDocument).where(
        ShippingDocument.order_id == order_id, ShippingDocument.expires_at > clock.now()
    )
    return list(db.session.scalars(query.order_by(ShippingDocument.id)))


@asks(Page.ORDERS, CHANGE)
def give(actor: Actor, order: Order, sku: str, quantity: int) -> Started:
    """A gift by hand: a product of the catalog, free of charge, in the BigCommerce order, so that its stock is counted
    (feature S1-14)."""
    verdict = order_rules.may(shop_of(order).kind, "gift", False)
    if not verdict:
        raise _refuse(order, verdict.reason)
    if order.status not in TO_SHIP and order.status != "ON_HOLD":
        raise _refuse(order, "it has left already; nothing can be put in.")
    if not 1 <= quantity <= 20:
        raise Invalid("Give between 1 and 20 pieces.", "See its packages", f"/orders/{order.id}/packages")
    if not handling.add_gift(order, actor.name, sku.strip()[:100], quantity):
        raise _refuse(order, f"the gift {sku} is in it already.")
    gift = next(
        row for row in handling.of([order.id])[order.id] if row.kind == "gift" and row.name == sku.strip()[:100]
    )
    return write_gift(actor, order, gift)


@asks(Page.ORDERS, CHANGE)
def write_gift(actor: Actor, order: Order, gift: OrderMark) -> Started:
    """Refused before anything is written when the catalog has no such SKU, or BigCommerce not the order."""
    if _gift(gift.sku) is None:
        raise Invalid(f"No product has the SKU “{gift.sku}”.", "See its packages", f"/orders/{order.id}/packages")
    title = f"Gift {gift.quantity} × {gift.sku} for order {order.tiktok_id}"
    return _start(actor, order, title, "gift", sku=gift.sku, quantity=gift.quantity)


def _gift(sku: str) -> tuple[Variant, Product] | None:
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id)
    query = query.where(Variant.sku == sku, Product.bigcommerce_id.is_not(None), Product.deleted_at.is_(None))
    row = db.session.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None


def gift_line(sku: str, quantity: int) -> dict[str, Any]:
    """The row of a BigCommerce order that a gift is."""
    found = _gift(sku)
    if found is None:
        raise NotFound(f"No product has the SKU “{sku}”.")
    variant, product = found
    made: dict[str, Any] = {
        "product_id": product.bigcommerce_id, "quantity": quantity, "price_ex_tax": 0, "price_inc_tax": 0,
    }  # fmt: skip
    return made | ({"variant_id": variant.bigcommerce_id} if variant.bigcommerce_id else {})


def bigcommerce_order(order_id: int) -> int:
    """The first BigCommerce order, 0 where it is not written yet."""
    query = select(StoreOrder.bigcommerce_id).where(StoreOrder.order_id == order_id, StoreOrder.state == "written")
    return int(db.session.scalar(query.order_by(StoreOrder.id).limit(1)) or 0)
