"""Both sides compared: reads the shop's products a hundred a call and writes nothing to TikTok."""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Shop, db
from services import platforms, twin_walk
from services.activities import NewItem
from services.reconcile import comparing
from services.stock import shown
from services.stock.shown import TOGETHER, Seen
from services.twin_walk import Page, Span

UNCOUNTED = ("DELETED", "FREEZE")


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    span: Span


class Reconcile(Handler):
    kind: ClassVar[str] = comparing.KIND
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False
    threads: ClassVar[int] = 4

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        return {item.id: Step(client, Span(**item.args["span"])) for item in items}

    def call(self, step: Step) -> tuple[Page, Seen]:
        page = twin_walk.page(step.client, step.span)
        ids = [product.id for product in page.products if product.status not in UNCOUNTED]
        stock: Seen = {}
        for start in range(0, len(ids), TOGETHER):
            with contextlib.suppress(PlatformRefused):  # of what does not answer nothing is said
                stock |= shown.read(step.client, ids[start : start + TOGETHER])
        return page, stock

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(shop, activity, result) for result in results}

    def _record(self, shop: Shop, activity: Activity, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        page, stock = result.answer
        activity.units = max(activity.units, page.total)
        count, found = comparing.record(shop, result.item.id, page.products, stock)
        kinds = Counter(f"kind.{one.kind}" for one in found)
        notes = {"listings": count, "exceptions": len(found), **kinds}
        more = [NewItem("More products of the shop", args={"span": asdict(span)}) for span in page.rest]
        return Done(f"{len(found)} differences in {count} listings.", units=len(page.products), notes=notes, more=more)

    def finished(self, activity: Activity) -> None:
        if activity.state != "finished" or activity.refused or activity.failed:
            activity.message = "Not everything could be read; what was is listed. Compare again for the rest."
            return
        missing = comparing.record_missing(db.session.get_one(Shop, activity.shop_id), activity)
        notes = dict(activity.notes)
        if missing:
            notes["exceptions"] = notes.get("exceptions", 0) + len(missing)
            notes["kind.missing"] = len(missing)
            activity.notes = notes
        activity.units = activity.units_done
        activity.message = comparing.message(notes)
