"""A global store, read: pages of its products, then each of them whole. Nothing is changed there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.global_products import MOST, GlobalProduct, GlobalProductPage
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result
from models import Activity, Authorization, db
from services import platforms
from services.global_stores import reading


@dataclass(frozen=True, slots=True)
class Turn:
    client: TikTok
    token: str


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    ids: Sequence[str]


class ReadGlobal(Handler):
    """Reading is safe to repeat, so nothing is looked up."""

    kind: ClassVar[str] = reading.KIND
    has_effects: ClassVar[bool] = False
    of_listings: ClassVar[bool] = False
    threads: ClassVar[int] = 8

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok_seller(_grant(activity), trail.observe)
        return {
            item.id: Look(client, item.args["look"]) if "look" in item.args else Turn(client, item.args["token"])
            for item in items
        }

    def call(self, step: Turn | Look) -> GlobalProductPage | list[GlobalProduct]:
        if isinstance(step, Turn):
            return step.client.search_global_products(step.token)
        return [one for number in step.ids if (one := _whole(step.client, number)) is not None]

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._record(activity, result) for result in results}

    def _record(self, activity: Activity, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        if isinstance(result.answer, GlobalProductPage):
            page = result.answer
            activity.units += len(page.products)
            notes = {"total": page.total_count} if not result.step.token else {}
            return Done(f"{len(page.products)} products.", units=0, notes=notes, more=reading.items_of(page))
        reading.keep(_grant(activity), result.answer)
        count = len(result.answer)
        return Done(f"{count} products read.", units=count, notes={"read": count})

    def finished(self, activity: Activity) -> None:
        gone = reading.conclude(activity, _grant(activity))
        activity.units = activity.units_done
        read, total = activity.notes.get("read", 0), activity.notes.get("total", 0)
        parts = [f"{read:,} global products read"]
        if gone:
            parts.append(f"{gone:,} are not there any more")
        if total > MOST:
            parts.append(f"TikTok shows at most {MOST:,} of them to any app")
        if activity.state != "finished" or activity.refused + activity.failed:
            parts.append("not all could be read; refresh again to complete it")
        activity.message = ", ".join(parts) + ". Nothing was changed in the global store."


def _whole(client: TikTok, number: str) -> GlobalProduct | None:
    """None: deleted since the search named it."""
    try:
        return client.global_product(number)
    except PlatformRefused as refused:
        if refused.code == "12052032":
            return None
        raise


def _grant(activity: Activity) -> Authorization:
    return db.session.get_one(Authorization, activity.details["authorization"])
