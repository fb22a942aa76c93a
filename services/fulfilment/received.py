"""Shipments that were made in BigCommerce: each kept once, with TikTok's lines that are in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from clients.bigcommerce.order_models import OrderProduct
from clients.bigcommerce.order_models import Shipment as TheirShipment
from domain.fulfilment import carriers
from models import Order, OrderLine, OrderMark, Shipment, Shop, StoreOrder, Variant, db
from services import clock
from services.fulfilment import shipments
from services.orders import timeline


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
            row = shipments.new(order, f"bc-{theirs.id}", "bigcommerce", name, number, lines.of(theirs, taken))
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
        shipments.judge(row, order, shop)
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
            shipments.show(row)


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
