"""Refunds in BigCommerce: what is to be written, and what came of it. One at a time per order (reference 5.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from clients.errors import Refused
from domain.money import show
from domain.returns import reasons
from domain.returns.statuses import Kind
from domain.roles import SEND, Page
from models import ActivityItem, AfterSale, OrderLine, Product, StoreOrder, StoreRefund, Variant, db
from services import clock
from services.activities import WORKING
from services.actor import Actor
from services.errors import NotFound
from services.people.access import asks
from services.returns import events

BUSY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Sold:
    """One piece as BigCommerce's order has it; 0 and "" where nothing is linked."""

    product_id: int
    variant_id: int
    sku: str
    name: str
    price: Decimal  # with tax


@dataclass(frozen=True, slots=True)
class Wish:
    """One refund. `whole`: every piece is paid back in full, so the pieces themselves are named; `expected`: how many
    pieces the order had when none was left out."""

    refund_id: int
    bigcommerce_id: int
    reference: str
    reason: str
    amount: Decimal
    shipping: Decimal
    whole: bool
    pieces: tuple[Sold, ...]
    expected: int
    is_cancellation: bool


@dataclass(frozen=True, slots=True)
class Written:
    """`refund_id` 0: BigCommerce's order never had these pieces, or is cancelled, so there is nothing to pay back."""

    refund_id: int
    amount: Decimal = Decimal(0)
    found: bool = False


def wish(refund_id: int, item_id: int) -> Wish | str | datetime:
    """What is to be written now; a text when nothing is, a moment when another refund of the order is under way."""
    query = select(StoreRefund).where(StoreRefund.id == refund_id).with_for_update()
    refund = db.session.scalar(query.execution_options(populate_existing=True))
    if refund is None or refund.state == "written":
        return "Nothing has to be written any more."
    busy = select(StoreRefund.writer_id).where(
        StoreRefund.copy_id == refund.copy_id, StoreRefund.writer_id.is_not(None), StoreRefund.writer_id != item_id
    )
    if any(_works(writer) for writer in db.session.scalars(busy)):
        return clock.now() + BUSY
    copy = db.session.scalars(select(StoreOrder).where(StoreOrder.id == refund.copy_id)).one()
    if copy.bigcommerce_id is None:
        return "Its order is not in BigCommerce yet."
    request = _request(refund)
    refund.writer_id = item_id
    db.session.flush()
    wanted = {line.line_id: line.amount for line in request.lines}
    every = db.session.scalars(select(OrderLine).where(OrderLine.copy_id == copy.id).order_by(OrderLine.id)).all()
    lines = [line for line in every if line.tiktok_id in wanted]
    full = sum((wanted[line.tiktok_id] for line in lines), Decimal(0))
    return Wish(
        refund.id,
        copy.bigcommerce_id,
        refund.reference,
        request.reason_text or reasons.words(request.reason),
        refund.amount,
        max(Decimal(0), min(refund.amount - full, _shipping(request))),
        refund.amount >= full,
        _pieces(lines),
        len(every),
        request.kind == Kind.CANCEL,
    )


def _shipping(request: AfterSale) -> Decimal:
    return Decimal(request.details.get("refund", {}).get("refund_shipping_fee") or "0")


def _pieces(lines: Sequence[OrderLine]) -> tuple[Sold, ...]:
    ids = {line.variant_id for line in lines if line.variant_id is not None}
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(ids))
    known = {variant.id: (variant, product) for variant, product in db.session.execute(query)}
    found = []
    for line in lines:
        variant, product = known.get(line.variant_id or 0, (None, None))
        found.append(
            Sold(
                (product.bigcommerce_id if product else None) or 0,
                (variant.bigcommerce_id if variant else None) or 0,
                line.seller_sku,
                line.product_name,
                line.price + line.tax,
            )
        )
    return tuple(found)


def written(refund_id: int, answer: Written, item_id: int) -> str:
    refund = _held(refund_id)
    request = _request(refund)
    refund.writer_id, refund.is_due, refund.written_at = None, False, clock.now()
    refund.problem, refund.problem_text = "", ""
    if not answer.refund_id:
        refund.state = "not_wanted"
        return "Nothing to pay back: BigCommerce's order never had these pieces, or is cancelled."
    refund.state, refund.bigcommerce_id, refund.written_amount = "written", answer.refund_id, answer.amount
    there = " was there already" if answer.found else " recorded"
    text = f"Refund {answer.refund_id} of {show(answer.amount, request.currency)}{there} in BigCommerce."
    events.add(request, text, "BigCommerce", item_id=item_id)
    return text


def refused(refund_id: int, refusal: Refused, item_id: int) -> tuple[str, str]:
    """(code, words). It waits for a person to try again."""
    refund = _held(refund_id)
    details = "; ".join(one.message for one in refusal.details[:3])
    refund.problem = (refusal.code or f"bigcommerce.{refusal.status or 'refused'}")[:60]
    refund.problem_text = f"BigCommerce did not take the refund: {details or refusal.text}"
    refund.state, refund.writer_id, refund.is_due = "refused", None, False
    events.add(_request(refund), refund.problem_text, "BigCommerce", item_id=item_id)
    return refund.problem, refund.problem_text


@asks(Page.RETURNS, SEND)
def again(actor: Actor, refund_id: int) -> AfterSale:
    """Tries a refused one once more."""
    refund = db.session.scalar(select(StoreRefund).where(StoreRefund.id == refund_id))
    if refund is None:
        raise NotFound("This refund does not exist.", "See returns", "/returns/")
    request = _request(refund)
    if refund.state == "refused":
        refund.state, refund.is_due = "waiting", True
        events.add(request, "The refund in BigCommerce is tried again.", actor.name)
    return request


def _held(refund_id: int) -> StoreRefund:
    query = select(StoreRefund).where(StoreRefund.id == refund_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _request(refund: StoreRefund) -> AfterSale:
    return db.session.scalars(select(AfterSale).where(AfterSale.id == refund.after_sale_id)).one()


def _works(item_id: int | None) -> bool:
    query = select(ActivityItem.id).where(ActivityItem.id == item_id, ActivityItem.state.in_(WORKING))
    return db.session.scalar(query) is not None


def match(pieces: Sequence[Sold], rows: Sequence[Mapping[str, Any]]) -> dict[int, int] | None:
    """Order product -> quantity for these pieces; None when one of them is not there any more. `rows`: id, product_id,
    variant_id, sku, name, price, left."""
    left = {int(row["id"]): int(row["left"]) for row in rows}
    found: dict[int, int] = {}
    for piece in pieces:
        fitting = [row for row in rows if left[int(row["id"])] > 0 and _same(piece, row)]
        if not fitting:
            return None
        best = min(fitting, key=lambda row: abs(Decimal(row["price"] or 0) - piece.price))
        number = int(best["id"])
        left[number] -= 1
        found[number] = found.get(number, 0) + 1
    return found


def _same(piece: Sold, row: Mapping[str, Any]) -> bool:
    if piece.product_id:
        variant = not piece.variant_id or row["variant_id"] in (0, piece.variant_id)
        return bool(row["product_id"] == piece.product_id and variant)
    if row["product_id"]:
        return False
    return bool((piece.sku and row["sku"] == piece.sku) or str(row["name"]).startswith(piece.name[:200]))
