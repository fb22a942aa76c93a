"""Tracking numbers that people type in or bring as a file, their corrections, and another try after a refusal."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from domain.fulfilment import carriers, ways
from domain.roles import SEND, Page
from models import Order, Shipment, Shop, db
from services import clock
from services.actor import Actor
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import handling, shipments
from services.fulfilment.carriers import match
from services.orders import timeline
from services.people.access import asks


@asks(Page.ORDERS, SEND)
def by_hand(
    actor: Actor, order: Order, carrier: str, number: str, line_ids: Sequence[str] = (), source: str = "hand"
) -> Shipment:
    """A tracking number that a person typed or a file brought (features S5-30, S2-87); refused in words."""
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    where = f"/orders/{order.id}/packages"
    if problem := carriers.number_problem(number):
        raise Invalid(f"Order {order.tiktok_id}: {problem}", "See its packages", where)
    if not (found := match(shop.id, carrier, number)):
        raise Invalid(f"Order {order.tiktok_id}: {found.text}", "Map carriers", "/settings/shipping/carriers")
    verdict = ways.ship_own(handling.facts(order, shop))
    if not verdict:
        raise ServiceError(
            f"Order {order.tiktok_id} cannot be shipped now. {verdict.reason}", "See its packages", where
        )
    key = f"{source}-{carriers.clean(number)}"
    known = db.session.scalar(select(Shipment).where(Shipment.order_id == order.id, Shipment.key == key))
    if known is not None:
        if known.state == "refused":
            known.state = "waiting"
            shipments.judge(known, order, shop)
        return known
    own = {line.tiktok_id for line in order.lines}
    if not set(line_ids) <= own:
        raise NotFound("An item is not one of this order.", "See its packages", where)
    row = shipments.new(order, key, source, carrier or found.name, number, list(line_ids))
    db.session.flush()
    timeline.add(order.id, "note", f"Shipped with {found.name} {row.tracking_number}.", actor.name)
    shipments.judge(row, order, shop)
    return row


@asks(Page.ORDERS, SEND)
def correct(actor: Actor, order: Order, shipment_id: int, carrier: str, number: str) -> Shipment:
    """Another number for a parcel that TikTok was told of, within the platform's rules."""
    row = db.session.scalar(select(Shipment).where(Shipment.id == shipment_id, Shipment.order_id == order.id))
    if row is None or row.source == "tiktok":
        raise NotFound("This order has no such parcel.", "See its packages", f"/orders/{order.id}/packages")
    if problem := carriers.number_problem(number):
        raise Invalid(problem, "See its packages", f"/orders/{order.id}/packages")
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    if row.sent_number:
        verdict = ways.correct(handling.facts(order, shop), row.sent_at, row.corrections, clock.now())
        if not verdict:
            raise ServiceError(verdict.reason, "See its packages", f"/orders/{order.id}/packages")
    row.carrier, row.tracking_number = (carrier or row.carrier)[:100], carriers.clean(number)[:100]
    timeline.add(order.id, "note", f"Tracking corrected to {row.carrier} {row.tracking_number}.", actor.name)
    shipments.judge(row, order, shop)
    return row


@asks(Page.ORDERS, SEND)
def again(actor: Actor, order_ids: Collection[int] = ()) -> list[int]:
    """Judges refused parcels anew (all, or those of these orders); answers those to be told."""
    query = (
        select(Shipment, Order, Shop).join(Order, Order.id == Shipment.order_id).join(Shop, Shop.id == Order.shop_id)
    )
    query = query.where(Shipment.state == "refused")
    if order_ids:
        query = query.where(Shipment.order_id.in_(order_ids))
    ready = []
    for row, order, shop in db.session.execute(query.order_by(Shipment.id).limit(2000)).all():
        row.state = "waiting"
        shipments.judge(row, order, shop)
        if row.is_due:
            ready.append(row.id)
    db.session.flush()
    return ready
