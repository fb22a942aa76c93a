"""The categories of a market, read again: the tree first, then what each category in use demands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.tiktok.api import TikTok
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Shop, db
from services import categories, category_reading, platforms
from services.categories import NeedsRead


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    category_id: str  # empty: the whole tree


class ReadCategories(Handler):
    kind: ClassVar[str] = category_reading.KIND
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        return {item.id: Step(client, item.args.get("category", "")) for item in items}

    def call(self, step: Step) -> Any:
        if not step.category_id:
            return step.client.categories()
        return categories.read(step.client, step.category_id)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(activity, shop, result) for result in results}

    def _record(self, activity: Activity, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text)
        if isinstance(result.answer, NeedsRead):
            category_reading.record(shop.id, result.answer)
            return Done("Attributes, rules and brands read.", notes={"attributes": 1})
        count, more = category_reading.record_tree(shop, result.answer)
        activity.units = 1 + len(more)
        return Done(f"{count:,} categories", notes={"categories": count}, more=more)

    def finished(self, activity: Activity) -> None:
        notes = activity.notes
        read, refused = notes.get("attributes", 0), activity.refused + activity.failed
        lost = f" {refused:,} could not be read; see why below." if refused else ""
        activity.message = (
            f"{notes.get('categories', 0):,} categories read, and the attributes of {read:,} in use.{lost}"
            if activity.state == "finished"
            else "Stopped. What was read is kept."
        )
