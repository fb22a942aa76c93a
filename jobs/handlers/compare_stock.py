"""Comparing stock: reads a hundred products a call and writes nothing to TikTok."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.tiktok.api import TikTok
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from jobs.launch import ring
from models import Activity, Shop, db
from services import platforms
from services.stock import comparisons, pushes, shown
from services.stock.shown import Seen


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    ids: Sequence[str]


class CompareStock(Handler):
    kind: ClassVar[str] = comparisons.KIND
    has_effects: ClassVar[bool] = False
    threads: ClassVar[int] = 4

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop)
        steps: dict[int, Any] = {}
        for item in items:
            ids = comparisons.asked(shop, item.args["listings"])
            units = len(item.args["listings"])
            steps[item.id] = Look(client, ids) if ids else Skipped("None of them has a counted stock.", units=units)
        return steps

    def call(self, step: Look) -> Seen:
        return shown.read(step.client, step.ids)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        outcomes: dict[int, Outcome] = {}
        for result in results:
            ids = result.item.args["listings"]
            if result.error is not None:
                outcomes[result.item.id] = Refused(result.error.code, result.error.text, units=len(ids))
                continue
            found = comparisons.record(shop, result.item.id, ids, result.answer)
            notes = {"skus": len(result.answer), "drift": len(found)}
            outcomes[result.item.id] = Done(f"{len(found)} differ.", units=len(ids), notes=notes)
        return outcomes

    def finished(self, activity: Activity) -> None:
        activity.message = comparisons.message(activity.notes)
        if not comparisons.by_itself(activity):
            return
        found = sorted({one.listing_id for one in comparisons.drifts(activity, 100_000)})
        poured = pushes.pour_listings(db.session.get_one(Shop, activity.shop_id), found, "comparison", everything=True)
        if poured is not None:
            ring(poured.queue, poured.store_id, poured.shop_id)
