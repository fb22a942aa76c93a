"""Parcels of orders, wherever they were made: each known once, each told to the other side once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, exists, or_, select

from clients.bigcommerce.order_models import OrderProduct
from clients.bigcommerce.order_models import Shipment as TheirShipment
from domain.fulfilment import carriers, ways
from domain.orders.statuses import TO_SHIP
from domain.roles import SEND, Page
from models import Activity, Order, OrderHandling, OrderLine, OrderMark, Shipment, Shop, StoreOrder, Variant, db
from models.tenancy import tenant_id
from services import clock, streams
from services.activities import NewItem
from services.actor import Actor
from services.bulk import insert_missing
from services.errors import Invalid, NotFound, ServiceError
from services.fulfilment import handling, rules
from services.fulfilment.carriers import match
from services.orders import timeline
from services.people.access import asks

KIND = "ship_orders"
TITLE = "Tell shipments"
PLATFORM = (
    "TikTok ships this order with its own label, so the number from BigCommerce is not sent. Print TikTok's label on "
    "the order's packages page."
)


@dataclass(slots=True)
class Recorded:
    """`due`: shipments that must be told now."""

    new: int = 0
    changed: int = 0
    due: list[int] = field(default_factory=list)


def record(bigcommerce_id: int, read: Sequence[TheirShipment], products: Sequence[OrderProduct]) -> Recorded:
    """Keeps what BigCommerce says was shipped of an order of ours, in the current transaction."""
    done = Recorded()
    copy = db.session.scalar(select(StoreOrder).where(StoreOrder.bigcommerce_id == bigcommerce_id))
    if copy is None:
        return done
    order = db.session.scalars(select(Order).where(Order.id == copy.order_id).with_for_update()).one()
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    query = select(Shipment).where(Shipment.order_id == order.id).with_for_update()
    known = list(db.session.scalars(query, execution_options={"populate_existing": True}))
    lines = _Lines(order, copy, products)
    for theirs in read:
        if _own(known, theirs):
            continue
        row = next((one for one in known if one.key == f"bc-{theirs.id}"), None)
        name = theirs.tracking_carrier or theirs.shipping_provider
        number = carriers.clean(theirs.tracking_number)
        if row is None:
            taken = [line for one in known if one.source != "tiktok" and one.state != "gone" for line in one.line_ids]
            row = _new(order, f"bc-{theirs.id}", "bigcommerce", name, number, lines.of(theirs, taken))
            row.bigcommerce_order_id, row.bigcommerce_id = bigcommerce_id, theirs.id
            row.shipped_at = theirs.date_created or clock.now()
            known.append(row)
            timeline.add(order.id, "note", f"Shipped in BigCommerce: {name or 'no carrier'} {number}.", "BigCommerce",
                         at=row.shipped_at)  # fmt: skip
            done.new += 1
        elif (row.carrier, row.tracking_number) == (name[:100], number[:100]):
            row.read_at = clock.now()
            continue
        else:
            timeline.add(order.id, "note", f"Tracking in BigCommerce is {name} {number} now.", "BigCommerce")
            row.carrier, row.tracking_number, row.read_at = name[:100], number[:100], clock.now()
            done.changed += 1
        judge(row, order, shop)
        db.session.flush()
        if row.is_due:
            done.due.append(row.id)
    _gone(order, bigcommerce_id, known, {theirs.id for theirs in read})
    return done


def _own(known: Sequence[Shipment], theirs: TheirShipment) -> bool:
    """One that we made there ourselves, from what TikTok shipped."""
    number = carriers.clean(theirs.tracking_number)
    for row in known:
        if row.source == "tiktok" and (row.bigcommerce_id == theirs.id or (number and row.tracking_number == number)):
            row.bigcommerce_id = theirs.id
            return True
    return False


def _gone(order: Order, bigcommerce_id: int, known: Sequence[Shipment], there: set[int]) -> None:
    for row in known:
        if row.source != "bigcommerce" or row.bigcommerce_order_id != bigcommerce_id or row.state == "gone":
            continue
        if row.bigcommerce_id not in there:
            told = row.state == "sent"
            end = " TikTok was told already and takes no shipment back." if told else ""
            timeline.add(order.id, "note", f"Shipment {row.tracking_number} was deleted in BigCommerce.{end}",
                         "BigCommerce")  # fmt: skip
            row.is_due, row.problem, row.problem_text = False, "", ""
            row.state = "gone"
            show(row)


def _new(order: Order, key: str, source: str, carrier: str, number: str, line_ids: Sequence[str]) -> Shipment:
    row = Shipment(
        store_id=order.store_id, order_id=order.id, key=key[:80], source=source, carrier=carrier[:100],
        tracking_number=carriers.clean(number)[:100], line_ids=list(line_ids), package_id="", sent_number="",
        sent_provider="", corrections=0, state="waiting", problem="", problem_text="", is_due=False,
        shipped_at=clock.now(), read_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    return row


def judge(row: Shipment, order: Order, shop: Shop) -> None:
    """Whether it must be told, must wait, or need not be told; each with its words."""
    row.problem, row.problem_text, row.is_due = "", "", False
    if row.state == "gone":
        return
    if row.source == "tiktok":
        row.is_due = row.state not in ("sent", "not_needed")
        return
    facts = handling.facts(order, shop)
    if row.sent_number == row.tracking_number and row.sent_number:
        row.state = "sent"
        return
    if row.source == "bigcommerce" and not rules.of().upload_tracking:
        row.state, row.problem_text = "not_needed", "Sending tracking is off in Settings → Shipping."
        return
    if facts.by_tiktok or facts.shipping_type == "TIKTOK":
        text = "TikTok ships this order from its own warehouse." if facts.by_tiktok else PLATFORM
        row.state, row.problem_text = "not_needed", text
        return
    if problem := carriers.number_problem(row.tracking_number):
        refuse(row, "ship.number", f"{problem} Add it to the shipment in BigCommerce, or type it in here.")
        return
    if not (found := match(shop.id, row.carrier, row.tracking_number)):
        refuse(row, "ship.carrier", f"{found.text} Map it under Settings → Shipping → Carriers.")
        return
    if row.sent_number:
        verdict = ways.correct(facts, row.sent_at, row.corrections, clock.now())
        if not verdict:
            refuse(row, "ship.correction", f"TikTok keeps {row.sent_number}. {verdict.reason}")
            return
    elif order.status == "CANCELLED":
        refuse(row, "ship.cancelled", "TikTok cancelled the order. Get the parcel back, or settle it with the buyer.")
        return
    elif order.status in TO_SHIP or order.status == "ON_HOLD":
        verdict = ways.ship_own(facts)
        if not verdict:  # on hold, a cancellation asked for, set aside: it ends, and is looked at again
            row.state, row.is_due, row.problem_text = "held", True, verdict.reason
            return
    row.state, row.is_due = "waiting", True
    show(row)


def refuse(row: Shipment, code: str, text: str) -> None:
    """Shown at the order, under Error, until it is put right."""
    row.state, row.is_due, row.problem, row.problem_text = "refused", False, code[:60], text
    timeline.add(row.order_id, "problem", text, "Causeway", details={"code": code})
    show(row)


def show(row: Shipment) -> None:
    """The order's problem is that of its parcels, where nothing else stands in the way (the Error tab)."""
    from services.orders import copies

    db.session.flush()
    order = db.session.scalars(select(Order).where(Order.id == row.order_id)).one()
    copy = db.session.scalar(select(StoreOrder).where(StoreOrder.order_id == order.id).order_by(StoreOrder.id).limit(1))
    if copy is None or (copy.problem and not copy.problem.startswith("ship.")):
        return
    query = select(Shipment.problem, Shipment.problem_text).where(Shipment.order_id == order.id, Shipment.problem != "")
    code, text = db.session.execute(query.order_by(Shipment.id).limit(1)).first() or ("", "")
    if (copy.problem, copy.problem_text) == (code, text):
        return
    before = order.problem
    copy.problem, copy.problem_text = code, text
    if not before or before.startswith("ship."):
        order.problem, order.problem_text = code, text
    copies.recount([(order, before)])


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
            judge(known, order, shop)
        return known
    own = {line.tiktok_id for line in order.lines}
    if not set(line_ids) <= own:
        raise NotFound("An item is not one of this order.", "See its packages", where)
    row = _new(order, key, source, carrier or found.name, number, list(line_ids))
    db.session.flush()
    timeline.add(order.id, "note", f"Shipped with {found.name} {row.tracking_number}.", actor.name)
    judge(row, order, shop)
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
    judge(row, order, shop)
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
        judge(row, order, shop)
        if row.is_due:
            ready.append(row.id)
    db.session.flush()
    return ready


def from_tiktok(limit: int = 200) -> list[int]:
    """Parcels that TikTok shows and BigCommerce does not know yet become rows to be told BigCommerce (features S5-31,
    S5-37)."""
    if not rules.of().read_tracking:
        return []
    told = exists().where(
        Shipment.store_id == OrderLine.store_id,
        Shipment.order_id == OrderLine.order_id,
        Shipment.state != "gone",
        Shipment.source.in_(("bigcommerce", "tiktok")),
        or_(
            Shipment.tracking_number == OrderLine.tracking_number,
            and_(Shipment.package_id != "", Shipment.package_id == OrderLine.package_id),
        ),
    )
    query = (
        select(OrderLine, Order)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.tracking_number != "", OrderLine.copy_id.is_not(None), Order.bigcommerce_id.is_not(None))
        .where(Order.status != "CANCELLED", ~told)
        .order_by(OrderLine.id)
        .limit(limit)
    )
    parcels: dict[tuple[int, str], list[OrderLine]] = {}
    for line, _ in db.session.execute(query):
        parcels.setdefault((line.copy_id or 0, line.package_id or line.tracking_number), []).append(line)
    copies = {row.id: row for row in db.session.scalars(select(StoreOrder).where(
        StoreOrder.id.in_([copy for copy, _ in parcels]), StoreOrder.state == "written"))}  # fmt: skip
    due = []
    for (copy_id, package), lines in parcels.items():
        if copy_id in copies:
            due.append(_theirs(copies[copy_id], package, lines))
    return due


def _theirs(copy: StoreOrder, package: str, lines: Sequence[OrderLine]) -> int:
    key, now = f"pkg-{package}-{copy.id}", clock.now()
    row = {
        "store_id": tenant_id(), "order_id": copy.order_id, "key": key, "source": "tiktok",
        "bigcommerce_order_id": copy.bigcommerce_id, "carrier": lines[0].carrier,
        "tracking_number": carriers.clean(lines[0].tracking_number), "line_ids": [line.tiktok_id for line in lines],
        "package_id": lines[0].package_id, "sent_number": "", "sent_provider": "", "corrections": 0,
        "state": "waiting", "problem": "", "problem_text": "", "is_due": True, "shipped_at": now, "read_at": now,
    }  # fmt: skip
    insert_missing(Shipment, [row], ("store_id", "order_id", "key"))
    query = select(Shipment.id).where(Shipment.order_id == copy.order_id, Shipment.key == key)
    return int(db.session.scalars(query).one())


def due(limit: int = 500) -> list[int]:
    """What must be told and can be told now, the longest waiting first."""
    open_now = and_(
        Shipment.state == "held",
        Order.status.in_(TO_SHIP),
        Order.cancel_asked.is_(False),
        ~exists().where(
            OrderHandling.store_id == Order.store_id,
            OrderHandling.order_id == Order.id,
            OrderHandling.voided_at.is_not(None),
        ),
    )
    query = (
        select(Shipment.id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.is_due, or_(Shipment.state == "waiting", open_now))
        .order_by(Shipment.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def pour(ids: Sequence[int]) -> Activity | None:
    """Adds these to the stream, in a transaction of its own; launch it afterwards."""
    if not ids:
        return None
    query = (
        select(Shipment.id, Order.tiktok_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.id.in_(ids))
        .order_by(Shipment.id)
    )
    items = [NewItem(f"Order {number}", subject_id=row) for row, number in db.session.execute(query)]
    return streams.pour(KIND, TITLE, items, store_id=tenant_id())


def of(order_id: int) -> Sequence[Shipment]:
    return db.session.scalars(select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id)).all()


def newest() -> datetime | None:
    """When BigCommerce's shipments were read last."""
    return db.session.scalar(select(Shipment.read_at).order_by(Shipment.read_at.desc()).limit(1))


class _Lines:
    """Which of TikTok's lines are in a BigCommerce shipment: by product and variant, else by SKU or name."""

    def __init__(self, order: Order, copy: StoreOrder, products: Sequence[OrderProduct]) -> None:
        query = select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.status != "CANCELLED")
        found = db.session.scalars(query.order_by(OrderLine.id)).all()
        self.lines = [line for line in found if line.copy_id in (None, copy.id)]
        ids = {line.variant_id for line in self.lines if line.variant_id is not None}
        rows = db.session.execute(select(Variant.id, Variant.bigcommerce_id, Variant.sku).where(Variant.id.in_(ids)))
        self.variants: Mapping[int, tuple[int | None, str]] = {one: (theirs, sku) for one, theirs, sku in rows}
        gifts = select(OrderMark.sku).where(OrderMark.order_id == order.id, OrderMark.kind == "gift")
        given = set(db.session.scalars(gifts))
        free = {one.id for one in products if one.sku in given and not one.price_ex_tax}
        self.products = {one.id: one for one in products if one.id not in free}

    def of(self, theirs: TheirShipment, taken: Collection[str]) -> list[str]:
        """At most as many lines as were shipped; those of earlier shipments are left out."""
        used, found = set(taken), []
        for item in theirs.items:
            product = self.products.get(item.order_product_id)
            fitting = [line.tiktok_id for line in self.lines if product is not None and self._fits(line, product)]
            free = [number for number in fitting if number not in used][: item.quantity]
            used |= set(free)
            found += free
        return found

    def _fits(self, line: OrderLine, product: OrderProduct) -> bool:
        theirs, sku = self.variants.get(line.variant_id or 0, (None, ""))
        if product.variant_id and theirs:
            return theirs == product.variant_id
        if product.sku:
            return product.sku in (sku, line.seller_sku)
        return bool(line.product_name) and product.name.startswith(line.product_name[:200])
