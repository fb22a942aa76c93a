"""Hand-over of orders to fulfilment services as files, and their shipping reports back (features S2-87, S2-90)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.fulfilment import carriers, third_parties, ways
from domain.fulfilment.third_parties import SERVICES, Tracked
from domain.orders import buyers
from domain.roles import CHANGE, SEND, Page
from models import Order, OrderHandling, OrderLine, Shipment, Shop, Variant, db
from services import clock
from services.actor import Actor
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import handling, routing, telling, typed
from services.fulfilment.carriers import match
from services.orders import timeline
from services.people.access import asks

MOST = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a report as it would be taken; `problem` says why it would not."""

    tracked: Tracked
    order_id: int
    carrier: str
    problem: str


def ready(shop_id: int | None, location_id: int | None = None, again: bool = False) -> list[Order]:
    """Orders that may be handed over: shipped by the merchant's own carrier, their address known; of one place where
    one is named. `again`: also those handed over already."""
    orders = list(telling.open_orders(shop_id, MOST))
    query = select(OrderHandling).where(OrderHandling.order_id.in_([order.id for order in orders]))
    known = {row.order_id: row for row in db.session.scalars(query)}
    shops = {shop.id: shop for shop in db.session.scalars(select(Shop))}
    found = []
    for order in orders:
        row = known.get(order.id)
        if (row is not None and row.service and not again) or not order.address:
            continue
        if ways.ship_own(handling.facts(order, shops[order.shop_id], row)):
            found.append(order)
    if location_id is None:
        return found
    routed = routing.of(found)
    return [order for order in found if routed[order.id].location_id == location_id]


@asks(Page.ORDERS, CHANGE)
def export(actor: Actor, service: str, orders: Sequence[Order]) -> str:
    """The file to upload at the service; the orders are noted as handed over."""
    if service not in SERVICES:
        raise NotFound("This service is not known.", "See services", "/orders/services")
    if not orders:
        raise ServiceError("No order is ready to be handed over.", "See services", "/orders/services")
    rows = [row for order in orders for row in _rows(order)]
    for order in orders:
        row = handling.held(order.id)
        row.service, row.handed_at = service, clock.now()
        timeline.add(order.id, "note", f"Handed over to {SERVICES[service].name} as a file.", actor.name)
    db.session.flush()
    return third_parties.write(service, rows)


def _rows(order: Order) -> list[Mapping[str, str]]:
    to, shop = buyers.recipient(order.address, ""), db.session.get_one(Shop, order.shop_id)
    places, routed = routing.places(), routing.of([order])[order.id]
    query = (
        select(OrderLine, Variant.sku)
        .outerjoin(Variant, Variant.id == OrderLine.variant_id)
        .where(OrderLine.order_id == order.id, OrderLine.status != "CANCELLED")
        .order_by(OrderLine.id)
    )
    counted: dict[str, int] = {}
    for line, sku in db.session.execute(query):
        name = sku or line.seller_sku or line.sku_id
        counted[name] = counted.get(name, 0) + 1
    for gift in handling.of([order.id]).get(order.id, []):
        if gift.kind == "gift":
            counted[gift.sku] = counted.get(gift.sku, 0) + gift.quantity
    shared = {
        "order": order.tiktok_id, "placed": f"{order.placed_at:%Y-%m-%dT%H:%M:%SZ}", "speed": "Standard",
        "name": f"{to.first_name} {to.last_name}".strip(), "street_1": to.street_1, "street_2": to.street_2,
        "city": to.city, "state": to.state, "postcode": to.zip, "country": to.country or shop.market,
        "phone": to.phone, "location": places.get(routed.location_id or 0, ""),
        "ship_by": f"{order.ship_by:%Y-%m-%dT%H:%M:%SZ}" if order.ship_by else "",
    }  # fmt: skip
    return [
        shared | {"sku": sku, "quantity": str(count), "item": f"{order.tiktok_id}-{number}"}
        for number, (sku, count) in enumerate(counted.items(), 1)
    ]


def look(text: str) -> list[Row]:
    """What a report would do, row by row, before it does it."""
    try:
        tracked = third_parties.read(text)
    except third_parties.NotReadable as why:
        raise Invalid(str(why), "Choose another file", "/orders/services") from None
    if len(tracked) > MOST:
        raise Invalid(
            f"The file has more than {MOST:,} rows. Send it in parts.", "Choose another file", "/orders/services"
        )
    query = select(Order).where(Order.tiktok_id.in_({one.order for one in tracked}))
    orders = {order.tiktok_id: order for order in db.session.scalars(query)}
    shops = {shop.id: shop for shop in db.session.scalars(select(Shop))}
    seen: set[tuple[str, str]] = set()
    return [_look(one, orders.get(one.order), shops, seen) for one in tracked]


def _look(one: Tracked, order: Order | None, shops: Mapping[int, Shop], seen: set[tuple[str, str]]) -> Row:
    if order is None:
        return Row(one, 0, one.carrier, "No order here has this number.")
    key = (one.order, carriers.clean(one.number))
    if key in seen:
        return Row(one, order.id, one.carrier, "The same parcel stands in a row before.")
    seen.add(key)
    if problem := carriers.number_problem(one.number):
        return Row(one, order.id, one.carrier, problem)
    known = select(Shipment.id).where(
        Shipment.order_id == order.id, Shipment.tracking_number == carriers.clean(one.number)
    )
    if db.session.scalar(known.limit(1)) is not None:
        return Row(one, order.id, one.carrier, "Known already.")
    shop = shops[order.shop_id]
    found = match(shop.id, one.carrier, one.number)
    if not found:
        return Row(one, order.id, one.carrier, found.text)
    verdict = ways.ship_own(handling.facts(order, shop))
    return Row(one, order.id, found.name, verdict.reason)


@asks(Page.ORDERS, SEND)
def take(actor: Actor, text: str) -> list[int]:
    """Tells the good rows of a report; answers the parcels to be told."""
    due = []
    for row in look(text):
        if not row.problem:
            order = db.session.scalars(select(Order).where(Order.id == row.order_id)).one()
            made = typed.by_hand(actor, order, row.tracked.carrier, row.tracked.number, source="sheet")
            if made.is_due:
                due.append(made.id)
    db.session.flush()
    return due
