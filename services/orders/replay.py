"""Trying again what stood in the way: after a product was linked, an option decided, or BigCommerce was put right."""

from collections.abc import Collection

from sqlalchemy import select

from models import Order, OrderLine, StoreOrder, db
from services.actor import Actor
from services.orders import copies, linking, rules, timeline

AT_ONCE = 500


def replay(actor: Actor, order_ids: Collection[int] = (), code: str = "") -> list[int]:
    """Judges orders with a problem anew (all of them, these, or those with this problem) and answers the BigCommerce
    orders that can be written now; pour them. What exists is looked up, so nothing is ever created twice."""
    # What a parcel lacks is judged by services.fulfilment.typed.again.
    query = select(Order.id).where(Order.problem != "", ~Order.problem.startswith("ship."))
    if order_ids:
        query = query.where(Order.id.in_(order_ids))
    if code:
        query = query.where(Order.problem == code)
    ready: list[int] = []
    ids = list(db.session.scalars(query.order_by(Order.placed_at, Order.id)))
    for start in range(0, len(ids), AT_ONCE):
        ready += _part(actor, ids[start : start + AT_ONCE])
    return ready


def _part(actor: Actor, ids: list[int]) -> list[int]:
    held = select(Order).where(Order.id.in_(ids)).order_by(Order.id).with_for_update()
    orders = db.session.scalars(held, execution_options={"populate_existing": True}).all()
    lines: dict[int, list[OrderLine]] = {order.id: [] for order in orders}
    for line in db.session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.id)):
        lines[line.order_id].append(line)
    for shop_id in {order.shop_id for order in orders}:
        linking.link(shop_id, [line for order in orders if order.shop_id == shop_id for line in lines[order.id]])
    before = [(order, order.problem) for order in orders]
    for copy in db.session.scalars(
        select(StoreOrder).where(StoreOrder.order_id.in_(ids), StoreOrder.problem != "").with_for_update()
    ):
        copy.problem, copy.problem_text = "", ""
        if copy.state == "refused":
            copy.state = "waiting"
    db.session.flush()
    ready = copies.plan([(order, lines[order.id]) for order in orders], rules.of())
    waiting = set(ready)
    for order in orders:
        if waiting & {copy.id for copy in copies.copies_of([order.id])[order.id]}:
            timeline.add(order.id, "note", f"Tried again by {actor.name}.", actor.name)
    copies.recount(before)
    return ready
