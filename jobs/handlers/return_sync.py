"""Requests of a time, page by page (feature S3-110)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.tiktok.api import TikTok
from jobs import returns
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Shop, db
from services import platforms
from services.activities import NewItem
from services.returns import imports, recording


@dataclass(frozen=True, slots=True)
class Page:
    client: TikTok
    args: Mapping[str, Any]


class SyncReturns(Handler):
    kind: ClassVar[str] = imports.KIND
    threads: ClassVar[int] = 4
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id))
        return {item.id: Page(client, item.args) for item in items}

    def call(self, step: Page) -> "returns.Read":
        args = step.args
        return returns.page(step.client, args["what"], args["token"], args["ge"], args["lt"])

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(shop, result) for result in results}

    def _record(self, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        read = result.answer
        done = recording.record(shop, read.facts)
        args = {**result.step.args, "token": read.following}
        label = f"{result.item.label.removesuffix(', more')}, more"
        more = [NewItem(label, args=args)] if read.following else []
        notes = {"new": done.new, "changed": done.changed, "unchanged": done.unchanged}
        return Done(f"{len(read.facts):,} requests", units=len(read.facts), notes=notes, more=more)

    def finished(self, activity: Activity) -> None:
        activity.units = activity.units_done
        new, changed, same = (activity.notes.get(name, 0) for name in ("new", "changed", "unchanged"))
        activity.message = f"{new:,} requests were new, {changed:,} changed, {same:,} were here as they are."
        returns.read_soon(activity.store_id, activity.shop_id or 0)
