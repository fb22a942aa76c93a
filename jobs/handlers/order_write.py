"""Writing orders to BigCommerce: looked up by the marketplace's number before anything is created, every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.order_models import Order as TheirOrder
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Store, db
from services import platforms
from services.activities import NewItem, hold
from services.orders import copies, writing
from services.orders.writing import Wish, Written

CANCELLED = 5


@dataclass(frozen=True, slots=True)
class Step:
    client: BigCommerce
    wish: Wish


class WriteOrders(Handler):
    """Subjects are rows of `store_order`. Changes are absolute, so they may be repeated; a creation is looked up."""

    kind: ClassVar[str] = copies.KIND
    threads: ClassVar[int] = 8
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)  # first, as everybody who takes orders together with their stream
        store = db.session.get_one(Store, activity.store_id)
        client = platforms.bigcommerce(store, trail.observe)
        return {item.id: self._step(store, client, item) for item in items}

    def _step(self, store: Store, client: BigCommerce, item: Item) -> Step | Skipped | Later:
        found = writing.wish(store, item.subject_id or 0, item.id)
        if isinstance(found, datetime):
            return Later(found, "Another change of this order is being written.")
        return Skipped(found) if isinstance(found, str) else Step(client, found)

    def call(self, step: Step) -> Written:
        return _create(step) if step.wish.bigcommerce_id is None else _change(step)

    def look_up(self, step: Step) -> Written | None:
        """A creation that took effect. A change is simply made again."""
        return _find(step) if step.wish.bigcommerce_id is None else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._outcome(result) for result in results}

    def _outcome(self, result: Result) -> Outcome:
        wish: Wish = result.step.wish
        if result.error is not None:
            return Refused(*writing.refused(wish.copy_id, result.error, result.item.id))
        text, again = writing.written(wish.copy_id, wish, result.answer, result.item.id)
        more = [NewItem(result.item.label, subject_id=wish.copy_id)] if again else []
        notes = {"created": int(wish.bigcommerce_id is None and not result.answer.found)}
        return Done(text, notes=notes, more=more)

    def finished(self, activity: Activity) -> None:
        made = activity.notes.get("created", 0)
        activity.message = f"{made:,} created, {activity.done - made:,} changed, {activity.refused:,} refused."


def _find(step: Step) -> Written | None:
    found = step.client.find_orders(step.wish.reference, step.wish.source)
    if not found:
        return None
    oldest = min(found, key=lambda order: order.id)
    return Written(oldest.id, oldest.status_id, oldest.total_inc_tax, found=True, several=len(found) > 1)


def _create(step: Step) -> Written:
    there = _find(step)
    if there is not None:
        return there
    if not step.wish.wanted:
        return Written(0, CANCELLED)
    made = step.client.create_order(step.wish.body)
    return Written(made.id, made.status_id, made.total_inc_tax)


def _change(step: Step) -> Written:
    """Reads first: what somebody moved on in BigCommerce is not moved back."""
    wish, number = step.wish, step.wish.bigcommerce_id or 0
    now = step.client.order(number)
    if now is None:
        return Written(number, CANCELLED)  # deleted there: nothing is left to change
    body: dict[str, Any] = {}
    if (
        wish.status_id is not None
        and wish.status_id != now.status_id
        and writing.may_move(now.status_id, wish.status_id)
    ):
        body["status_id"] = wish.status_id
    if wish.address is not None:
        for address in step.client.order_addresses(number):
            step.client.update_order_address(number, address.id, wish.address)
        body |= {"billing_address": wish.address, "staff_notes": wish.note}
    after: TheirOrder = step.client.update_order(number, body) if body else now
    conflict = wish.status_id == CANCELLED and after.status_id in writing.LEFT
    return Written(number, after.status_id, after.total_inc_tax, conflict=conflict, address=wish.address is not None)
