"""What the stream of shipments sends, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.errors import Refused
from domain.orders.statuses import TO_SHIP
from models import Order, OrderLine, Shipment, Shop, Variant, db
from services import clock
from services.fulfilment import shipments
from services.fulfilment.carriers import match
from services.order_refusals import say
from services.orders import timeline

ELSEWHERE = "ship.elsewhere"


@dataclass(frozen=True, slots=True)
class Wish:
    """One parcel, told TikTok (`market`) or BigCommerce (`bigcommerce_id`). `lines`: TikTok's, empty means what is
    left. `package_id`: told before, so this is a correction."""

    shipment_id: int
    order: str
    market: str
    number: str
    provider: str
    carrier: str
    lines: tuple[str, ...]
    package_id: str = ""
    bigcommerce_id: int | None = None
    pieces: tuple[tuple[int, str, int], ...] = ()  # BigCommerce's variant, SKU, quantity


@dataclass(frozen=True, slots=True)
class Told:
    """`found`: it was there already. `nothing`: no open line is left on TikTok."""

    package_id: str = ""
    shipment: int = 0
    found: bool = False
    warning: str = ""


def wish(shipment_id: int) -> tuple[Wish, Shop] | str:
    """What is to be told now; a text when nothing is."""
    query = select(Shipment).where(Shipment.id == shipment_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return "The parcel does not exist any more."
    order = db.session.scalars(select(Order).where(Order.id == row.order_id)).one()
    shop = db.session.scalars(select(Shop).where(Shop.id == order.shop_id)).one()
    shipments.judge(row, order, shop)
    if not row.is_due or row.state != "waiting":
        return row.problem_text or "Nothing has to be told any more."
    lines = tuple(str(number) for number in row.line_ids)
    if row.source == "tiktok":
        made = Wish(row.id, order.tiktok_id, "", row.tracking_number, "", row.carrier, lines,
                    bigcommerce_id=row.bigcommerce_order_id, pieces=_pieces(order.id, lines))  # fmt: skip
        return made, shop
    found = match(shop.id, row.carrier, row.tracking_number)
    package = row.package_id if row.sent_number else ""
    return Wish(row.id, order.tiktok_id, shop.market, row.tracking_number, found.provider_id, found.name, lines,
                package), shop  # fmt: skip


def _pieces(order_id: int, lines: Sequence[str]) -> tuple[tuple[int, str, int], ...]:
    query = (
        select(OrderLine.seller_sku, Variant.bigcommerce_id, Variant.sku)
        .outerjoin(Variant, Variant.id == OrderLine.variant_id)
        .where(OrderLine.order_id == order_id, OrderLine.tiktok_id.in_(lines))
    )
    counted: dict[tuple[int, str], int] = {}
    for seller_sku, variant, sku in db.session.execute(query):
        key = (variant or 0, sku or seller_sku or "")
        counted[key] = counted.get(key, 0) + 1
    return tuple((variant, sku, count) for (variant, sku), count in counted.items())


def told(wish: Wish, answer: Told, item_id: int) -> str:
    row = db.session.scalars(select(Shipment).where(Shipment.id == wish.shipment_id).with_for_update()).one()
    corrected = bool(row.sent_number) and not answer.found
    row.sent_number, row.sent_provider = wish.number, wish.provider
    row.sent_at = row.sent_at if corrected else clock.now()
    row.corrections += int(corrected)
    row.package_id = answer.package_id or row.package_id
    row.problem, row.problem_text = "", answer.warning[:500]
    changed = row.tracking_number != wish.number  # somebody corrected it meanwhile
    row.state, row.is_due = ("waiting", True) if changed else ("sent", False)
    if wish.bigcommerce_id is not None:
        row.bigcommerce_id = answer.shipment or row.bigcommerce_id
        what = "is in BigCommerce already" if answer.found else "written to BigCommerce"
    else:
        what = "is on TikTok Shop already" if answer.found else "corrected" if corrected else "told TikTok Shop"
    text = f"{wish.carrier} {wish.number} {what}."
    where = "BigCommerce" if wish.bigcommerce_id is not None else "TikTok Shop"
    timeline.add(row.order_id, "updated", text, where, item_id=item_id)
    shipments.show(row)
    return text


def refused(wish: Wish, refusal: Refused, item_id: int) -> tuple[str, str]:
    """(code, words); the order goes to the Error tab."""
    row = db.session.scalars(select(Shipment).where(Shipment.id == wish.shipment_id).with_for_update()).one()
    where = "BigCommerce" if wish.bigcommerce_id is not None else "TikTok Shop"
    details = "; ".join(one.message for one in refusal.details[:3] if one.message)
    code = f"ship.{refusal.code or 'refused'}" if not str(refusal.code).startswith("ship.") else str(refusal.code)
    why = details or refusal.text or "it said no"
    if wish.bigcommerce_id is None:
        why = say(code, why)
    text = f"{where} did not take {wish.carrier} {wish.number}: {why}"
    row.state, row.is_due, row.problem, row.problem_text = "refused", False, code[:60], text
    timeline.add(row.order_id, "problem", text, where, item_id=item_id, details={"code": code})
    shipments.show(row)
    return code, text


def open_orders(shop_id: int | None, limit: int = 200) -> Sequence[Order]:
    """Orders that somebody must ship, the most urgent first."""
    query = select(Order).where(Order.status.in_(TO_SHIP), Order.fulfillment != "FULFILLMENT_BY_TIKTOK")
    if shop_id is not None:
        query = query.where(Order.shop_id == shop_id)
    return db.session.scalars(
        query.order_by(Order.deadline_at.is_(None), Order.deadline_at, Order.id).limit(limit)
    ).all()
