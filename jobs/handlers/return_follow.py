"""What follows a granted request in BigCommerce: the refund, once, and pieces that go on sale again, once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.order_models import Order, RefundMethod, RefundQuote
from clients.errors import Refused
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Result, Skipped
from jobs.handling import Refused as NotTaken
from models import Activity, Store, db
from services import platforms
from services.activities import NewItem, hold
from services.returns import following, refunds, restocks
from services.returns.refunds import Wish, Written
from services.returns.restocks import Addition

CANCELLED, DECLINED = 5, 6
PARTLY_SHIPPED, TO_FULFIL, PARTLY_REFUNDED = 3, 11, 14
OPEN = frozenset({PARTLY_SHIPPED, 8, 9, TO_FULFIL, PARTLY_REFUNDED})  # somebody still has to ship what is left


@dataclass(frozen=True, slots=True)
class Step:
    client: BigCommerce
    wish: Wish


class WriteRefunds(Handler):
    """Subjects are rows of `store_refund`. What BigCommerce has already is found by its reason, every time."""

    kind: ClassVar[str] = following.REFUNDS
    threads: ClassVar[int] = 4
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)
        client = platforms.bigcommerce(db.session.get_one(Store, activity.store_id), trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            found = refunds.wish(item.subject_id or 0, item.id)
            if isinstance(found, datetime):
                steps[item.id] = Later(found, "Another refund of this order is being written.")
            else:
                steps[item.id] = Skipped(found) if isinstance(found, str) else Step(client, found)
        return steps

    def call(self, step: Step) -> Written:
        done = _there(step) or _create(step)
        if step.wish.is_cancellation and done.refund_id:
            _keep_open(step)
        return done

    def look_up(self, step: Step) -> Written | None:
        """None of a cancellation: the call finds a refund that is there, and opens the order for what is left."""
        return None if step.wish.is_cancellation else _there(step)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            number, item_id = result.step.wish.refund_id, result.item.id
            if result.error is not None:
                outcomes[item_id] = NotTaken(*refunds.refused(number, result.error, item_id))
            else:
                outcomes[item_id] = Done(refunds.written(number, result.answer, item_id))
        return outcomes


def _there(step: Step) -> Written | None:
    for refund in step.client.refunds(step.wish.bigcommerce_id):
        if refund.reason.startswith(f"{step.wish.reference}:"):
            return Written(refund.id, refund.total_amount or Decimal(0), found=True)
    return None


def _create(step: Step) -> Written:
    wish, number = step.wish, step.wish.bigcommerce_id
    order = step.client.order(number)
    if order is None or order.status_id in (CANCELLED, DECLINED):
        return Written(0)
    rows = [
        {"id": row.id, "product_id": row.product_id, "variant_id": row.variant_id, "sku": row.sku, "name": row.name,
         "price": row.price_inc_tax, "left": row.quantity - row.quantity_refunded, "quantity": row.quantity}
        for row in step.client.order_products(number)
    ]  # fmt: skip
    if wish.is_cancellation and sum(int(str(row["quantity"])) for row in rows) <= wish.expected - len(wish.pieces):
        return Written(0)  # they were cancelled before the order was written
    left = (order.total_inc_tax or Decimal(0)) - (order.refunded_amount or Decimal(0))
    wish = replace(wish, amount=min(wish.amount, left))
    if wish.amount <= 0:
        return Written(0)
    items, override, quote = _quoted(step.client, wish, refunds.match(wish.pieces, rows))
    made = step.client.create_refund(
        number, items, [_payment(one) for one in _method(quote)], f"{wish.reference}: {wish.reason}"[:1000], override
    )
    return Written(made.id, made.total_amount or quote.total_refund_amount)


def _keep_open(step: Step) -> None:
    """A refund makes the order Partially Refunded, and whoever ships what is to be fulfilled would miss the rest: the
    status is put back, and a note says what must stay out of the parcel. May be repeated."""
    wish, order = step.wish, step.client.order(step.wish.bigcommerce_id)
    if order is None or not _has_rest(order, wish) or _line(wish) in order.staff_notes:
        return
    body: dict[str, Any] = {"staff_notes": f"{order.staff_notes} {_line(wish)}".strip()}
    if order.status_id == PARTLY_REFUNDED:
        body["status_id"] = PARTLY_SHIPPED if order.items_shipped else TO_FULFIL
    step.client.update_order(order.id, body)


def _has_rest(order: Order, wish: Wish) -> bool:
    return order.status_id in OPEN and order.items_total - order.items_shipped > len(wish.pieces)


def _line(wish: Wish) -> str:
    counted = Counter(piece.sku or piece.name for piece in wish.pieces)
    names = ", ".join(f"{count} × {name}" for name, count in sorted(counted.items()))
    return f"Cancelled on TikTok Shop, do not ship: {names} ({wish.reference})."


def _quoted(
    client: BigCommerce, wish: Wish, matched: dict[int, int] | None
) -> tuple[list[dict[str, Any]], dict[str, float] | None, RefundQuote]:
    """The pieces by name where all of their money goes back, with the amount TikTok paid; else an amount alone."""
    alone = [
        {"item_type": "ORDER", "item_id": wish.bigcommerce_id, "amount": float(wish.amount), "reason": wish.reason}
    ]
    if not wish.whole or not matched:
        return alone, None, client.refund_quote(wish.bigcommerce_id, alone)
    items: list[dict[str, Any]] = [
        {"item_type": "PRODUCT", "item_id": row, "quantity": quantity, "reason": wish.reason}
        for row, quantity in matched.items()
    ]
    if wish.shipping:
        addresses = client.order_addresses(wish.bigcommerce_id)
        items += [
            {"item_type": "SHIPPING", "item_id": one.id, "amount": float(min(wish.shipping, one.cost_inc_tax))}
            for one in addresses[:1]
            if one.cost_inc_tax
        ]
    try:
        quote = client.refund_quote(wish.bigcommerce_id, items)
        if quote.total_refund_amount == wish.amount:
            return items, None, quote
        tax = min(quote.total_refund_tax_amount or Decimal(0), wish.amount)
        override = {"total_amount": float(wish.amount), "total_tax": float(tax)}
        return items, override, client.refund_quote(wish.bigcommerce_id, items, override)
    except Refused:
        return alone, None, client.refund_quote(wish.bigcommerce_id, alone)


def _method(quote: RefundQuote) -> Sequence[RefundMethod]:
    """TikTok has paid already, so the payment is one outside of BigCommerce."""
    offline = [methods for methods in quote.refund_methods if methods and all(one.offline for one in methods)]
    if offline:
        return offline[0]
    return (RefundMethod(provider_id="custom", amount=quote.total_refund_amount, offline=True),)


def _payment(method: RefundMethod) -> dict[str, Any]:
    return {"provider_id": method.provider_id or "custom", "amount": float(method.amount or 0), "offline": True}


@dataclass(frozen=True, slots=True)
class Move:
    client: BigCommerce
    addition: Addition


class RestockReturns(Handler):
    """Subjects are rows of `restock`: first the number is read and kept, then the pieces are added."""

    kind: ClassVar[str] = following.RESTOCKS
    threads: ClassVar[int] = 1  # bulk inventory calls are sequential (reference 8)
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)
        client = platforms.bigcommerce(db.session.get_one(Store, activity.store_id), trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            found = restocks.addition(item.subject_id or 0)
            if isinstance(found, str):
                steps[item.id] = Skipped(found)
            elif item.args.get("step") == "look":
                steps[item.id] = Move(client, replace(found, before=None))
            else:
                steps[item.id] = Move(client, found)
        return steps

    def call(self, step: Move) -> tuple[str, int]:
        one = step.addition
        if one.before is None:
            return "before", _count(step)
        named = {"product_id": one.product_id} if one.by_product else {"variant_id": one.variant_id}
        step.client.add_stock(one.location_id, one.quantity, **named, reason=one.reason)
        return "added", 0

    def look_up(self, step: Move) -> tuple[str, int] | None:
        if step.addition.before is None:
            return None
        now = _count(step)
        if now == step.addition.before:
            return None
        return ("added", now) if now == step.addition.before + step.addition.quantity else ("unclear", now)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._outcome(result) for result in results}

    def _outcome(self, result: Result) -> Outcome:
        number = result.step.addition.restock_id
        if result.error is not None:
            return NotTaken(*restocks.refused(number, result.error, result.item.id))
        word, count = result.answer
        if word == "before":
            restocks.looked(number, count)
            return Done(more=[NewItem(result.item.label, subject_id=number, args={"step": "add"})], units=0)
        if word == "unclear":
            return NotTaken(*restocks.unclear(number, count))
        return Done(restocks.done(number, result.item.id))


def _count(step: Move) -> int:
    """Pieces on hand at the place."""
    return sum(
        place.total_inventory_onhand
        for item in step.client.inventory([step.addition.variant_id])
        for place in item.locations
        if place.location_id == step.addition.location_id
    )
