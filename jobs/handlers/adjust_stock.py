"""What TikTok's orders took is counted off in BigCommerce, once: its number is read and kept, then the pieces are
subtracted; an answer that never came is looked up by that number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from clients.bigcommerce.api import BigCommerce
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Store, db
from services import platforms
from services.activities import NewItem, hold
from services.stock import adjustments, counting_off
from services.stock.counting_off import Move


@dataclass(frozen=True, slots=True)
class Step:
    client: BigCommerce
    move: Move


class AdjustStock(Handler):
    """Subjects are rows of `stock_adjustment`."""

    kind: ClassVar[str] = adjustments.KIND
    threads: ClassVar[int] = 1  # bulk inventory calls are sequential (reference 8)
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)
        client = platforms.bigcommerce(db.session.get_one(Store, activity.store_id), trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            adding = item.args.get("step") == "add"
            found = counting_off.move(item.subject_id or 0, item.was_sent and adding)
            if isinstance(found, str):
                steps[item.id] = Skipped(found)
            elif isinstance(found, datetime):
                steps[item.id] = Later(found, "Another change of its number is on its way.")
            elif adding and found.before is None:
                steps[item.id] = Skipped("It is being looked at anew.")
            else:
                steps[item.id] = Step(client, found if adding else replace(found, before=None))
        return steps

    def call(self, step: Step) -> tuple[str, int]:
        one = step.move
        if one.before is None:
            return "before", _count(step)
        named = {"product_id": one.product_id} if one.by_product else {"variant_id": one.variant_id}
        step.client.add_stock(one.location_id, one.delta, **named, reason=one.reason)
        return "added", 0

    def look_up(self, step: Step) -> tuple[str, int] | None:
        if step.move.before is None:
            return None
        now = _count(step)
        if now == step.move.before:
            return None
        return ("added", now) if now == step.move.before + step.move.delta else ("unclear", now)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._outcome(result) for result in results}

    def _outcome(self, result: Result) -> Outcome:
        number = result.step.move.adjustment_id
        if result.error is not None:
            return Refused(*counting_off.refused(number, result.error))
        word, count = result.answer
        if word == "before":
            if not counting_off.looked(number, count):
                return Skipped("Nothing has to be counted any more.")
            return Done(more=[NewItem(result.item.label, subject_id=number, args={"step": "add"})], units=0)
        if word == "unclear":
            return Refused(*counting_off.unclear(number, count))
        text, again = counting_off.done(number, result.item.id)
        return Done(text, more=[NewItem(result.item.label, subject_id=one, args={"step": "look"}) for one in again])

    def finished(self, activity: Activity) -> None:
        activity.message = f"{activity.done:,} done, {activity.refused:,} refused."


def _count(step: Step) -> int:
    """Pieces on hand at the place."""
    return sum(
        place.total_inventory_onhand
        for item in step.client.inventory([step.move.variant_id])
        for place in item.locations
        if place.location_id == step.move.location_id
    )
