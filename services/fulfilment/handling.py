"""What people and rules decided of an order: set aside and restored, marks, gifts, the place it ships from."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, exists, select

from domain.fulfilment import rules as order_rules
from domain.fulfilment import ways
from domain.fulfilment.rules import Looked
from domain.fulfilment.ways import Facts
from domain.orders.statuses import TO_SHIP
from domain.roles import CHANGE, Page
from models import Location, Order, OrderHandling, OrderLine, OrderMark, Shop, db
from models.tenancy import tenant_id
from services import clock
from services.actor import Actor
from services.bulk import insert_missing
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import rules
from services.orders import timeline
from services.people.access import asks


def find(order_id: int) -> OrderHandling | None:
    return db.session.scalar(select(OrderHandling).where(OrderHandling.order_id == order_id))


def held(order_id: int) -> OrderHandling:
    fresh = {"store_id": tenant_id(), "order_id": order_id, "voided_by": "", "void_reason": "", "service": ""}
    insert_missing(OrderHandling, [fresh], ("store_id", "order_id"))
    return db.session.scalars(select(OrderHandling).where(OrderHandling.order_id == order_id).with_for_update()).one()


def facts(order: Order, shop: Shop, handling: OrderHandling | None = None) -> Facts:
    """The order as the rules of shipping see it."""
    handling = handling or find(order.id)
    alive = [line for line in order.lines if line.status != "CANCELLED"]
    return Facts(
        shop.kind,
        shop.market,
        order.status,
        order.shipping_type,
        order.fulfillment,
        order.cancel_asked,
        order.paid_at,
        voided=handling is not None and handling.voided_at is not None,
        lines=len(alive),
        skus=len({line.sku_id for line in alive}),
    )


@asks(Page.ORDERS, CHANGE)
def void(actor: Actor, order: Order, shop: Shop, reason: str) -> None:
    """Sets the order aside: nothing of it is shipped or packed until it is restored (feature S1-13)."""
    verdict = ways.void(facts(order, shop))
    if not verdict:
        raise ServiceError(f"Order {order.tiktok_id} cannot be set aside. {verdict.reason}")
    row = held(order.id)
    row.voided_at, row.voided_by, row.void_reason = clock.now(), actor.name[:255], reason.strip()[:255]
    said = f": {row.void_reason}" if row.void_reason else "."
    timeline.add(order.id, "note", f"Set aside{said} Nothing is shipped until it is restored.", actor.name)
    db.session.flush()


@asks(Page.ORDERS, CHANGE)
def restore(actor: Actor, order: Order, shop: Shop) -> None:
    row = find(order.id)
    if row is None or row.voided_at is None:
        raise ServiceError(f"Order {order.tiktok_id} is not set aside.")
    row.voided_at, row.voided_by, row.void_reason = None, "", ""
    timeline.add(order.id, "note", "Restored: it can be shipped again.", actor.name)
    db.session.flush()


@asks(Page.ORDERS, CHANGE)
def choose_place(actor: Actor, order: Order, location_id: int | None) -> None:
    """Ships from there, whatever the rules say; None: as routed again."""
    place = None if location_id is None else db.session.scalar(select(Location).where(Location.id == location_id))
    if location_id is not None and place is None:
        raise NotFound("This place does not exist.", "See warehouses", "/settings/warehouses")
    row = held(order.id)
    row.location_id = location_id
    timeline.add(order.id, "note", f"Ships from {place.label}." if place else "Ships as routed.", actor.name)
    db.session.flush()


@asks(Page.ORDERS, CHANGE)
def mark(actor: Actor, order: Order, shop: Shop, name: str) -> None:
    """Marks it by hand (feature S1-16)."""
    verdict, name = order_rules.may(shop.kind, "mark", False), name.strip()[:100]
    if not verdict:
        raise ServiceError(verdict.reason)
    if not name:
        raise Invalid("Name the mark.", "See the order", f"/orders/{order.id}/packages")
    if _add(order, "mark", name, actor.name):
        timeline.add(order.id, "note", f"Marked “{name}”.", actor.name)


@asks(Page.ORDERS, CHANGE)
def unmark(actor: Actor, order: Order, name: str) -> None:
    here = (OrderMark.order_id == order.id, OrderMark.kind == "mark", OrderMark.name == name)
    row = db.session.scalar(select(OrderMark).where(*here))
    if row is not None:
        db.session.execute(delete(OrderMark).where(*here))
        timeline.add(order.id, "note", f"Mark “{name}” taken off.", actor.name)


def _add(
    order: Order, kind: str, name: str, actor: str, quantity: int = 1, sku: str = "", by_rule: bool = False
) -> bool:
    known = (OrderMark.order_id == order.id, OrderMark.kind == kind, OrderMark.name == name)
    if db.session.scalar(select(OrderMark.id).where(*known)) is not None:
        return False
    db.session.add(
        OrderMark(store_id=order.store_id, order_id=order.id, kind=kind, name=name, sku=sku[:100], quantity=quantity,
                  by_rule=by_rule, actor=actor[:255], created_at=clock.now())
    )  # fmt: skip
    db.session.flush()
    return True


def add_gift(order: Order, actor: str, sku: str, quantity: int, by_rule: bool = False) -> bool:
    """Remembers a gift; whoever calls starts its writing to BigCommerce. False: it is in the order already."""
    if not _add(order, "gift", sku, actor, quantity, sku, by_rule):
        return False
    timeline.add(order.id, "note", f"Gift {quantity} × {sku} goes into the parcel.", actor)
    return True


def of(order_ids: Iterable[int]) -> dict[int, list[OrderMark]]:
    """Marks and gifts of these orders."""
    found: dict[int, list[OrderMark]] = {}
    query = select(OrderMark).where(OrderMark.order_id.in_(list(order_ids))).order_by(OrderMark.id)
    for row in db.session.scalars(query):
        found.setdefault(row.order_id, []).append(row)
    return found


def unruled(limit: int = 200) -> Sequence[Order]:
    """Orders to be shipped that the rules have not looked at yet."""
    seen = exists().where(
        OrderHandling.store_id == Order.store_id,
        OrderHandling.order_id == Order.id,
        OrderHandling.ruled_at.is_not(None),
    )
    query = select(Order).where(Order.status.in_(TO_SHIP), ~seen).order_by(Order.id).limit(limit)
    return db.session.scalars(query).all()


def apply_rules(orders: Sequence[Order]) -> list[tuple[Order, OrderMark]]:
    """Marks them, notes gifts; answers the new gifts, which must be written. Each order is looked at once."""
    wanted = rules.of().rules
    shops = {shop.id: shop for shop in db.session.scalars(select(Shop))}
    gifts: list[tuple[Order, OrderMark]] = []
    for order in orders:
        held(order.id).ruled_at = clock.now()
        for rule in order_rules.apply(shops[order.shop_id].kind, _looked(order), wanted):
            if rule.then == "gift":
                if add_gift(order, "Rule", rule.name, 1, True):
                    gifts += [(order, row) for row in of([order.id])[order.id] if row.name == rule.name]
            elif _add(order, "mark", rule.name, "Rule", by_rule=True):
                timeline.add(order.id, "note", f"Marked “{rule.name}” by a rule.", "Causeway")
    db.session.flush()
    return gifts


def _looked(order: Order) -> Looked:
    lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).all()
    return Looked(
        order.total,
        order.quantity,
        tuple(line.seller_sku for line in lines if line.seller_sku),
        str(order.address.get("region_code") or ""),
        str(order.details.get("buyer_message") or ""),
    )
