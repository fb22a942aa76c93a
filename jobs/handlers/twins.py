"""Looking for doubles, and deleting one that somebody chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, db
from services import activities, platform_errors, platforms, twin_decisions, twin_matching, twin_walk, twins
from services.activities import NewItem
from services.twin_walk import DELETED, Page, Span

TOGETHER = 10  # products read whole by one item


@dataclass(frozen=True, slots=True)
class Turn:
    """The next page of a span."""

    client: TikTok
    span: Span


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Again:
    client: TikTok
    tiktok_id: str
    seller_skus: Sequence[str]


class FindTwins(Handler):
    """Items are pages of the shop's products, groups to be read whole, and findings to be looked at again. Reading is
    safe to repeat, so nothing is looked up."""

    kind: ClassVar[str] = twins.KIND
    has_effects: ClassVar[bool] = False
    threads: ClassVar[int] = 8

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id))  # pages of products are no evidence
        return {item.id: _step(client, item.args) for item in items}

    def call(self, step: Turn | Look | Again) -> Page | list[Product] | str:
        if isinstance(step, Turn):
            return twin_walk.page(step.client, step.span)
        if isinstance(step, Look):
            found = [twin_walk.whole(step.client, tiktok_id) for tiktok_id in step.ids]
            return [product for product in found if product is not None]
        return twin_walk.status(step.client, step.tiktok_id, step.seller_skus)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(activity, shop, result) for result in results}

    def _record(self, activity: Activity, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        if isinstance(result.answer, Page):
            return self._page(activity, shop, result.answer)
        if isinstance(result.step, Again):
            twin_matching.seen(shop, result.step.tiktok_id, result.answer)
            return Done("Looked at again.", units=0)
        fresh = twin_matching.note(shop, result.answer)
        return Done(f"{len(result.step.ids)} products read.", units=0, notes={"new": fresh})

    def _page(self, activity: Activity, shop: Shop, page: Page) -> Done:
        activity.units += page.total
        strange = twin_matching.unknown(shop, page.products)
        ids = twin_matching.to_read(shop, strange)
        fresh = twin_matching.note(shop, [product for product in strange if product.id not in ids])
        groups = [ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)]
        more = [NewItem(f"{len(group)} products that no listing knows", args={"look": group}) for group in groups]
        more += [
            NewItem("More products", args={"low": span.low, "high": span.high, "token": span.token})
            for span in page.rest
        ]
        count = len(page.products)
        return Done(f"{count} products.", units=count, notes={"new": fresh, "products": count}, more=more)

    def finished(self, activity: Activity) -> None:
        shop = db.session.get_one(Shop, activity.shop_id)
        waiting = twins.tell(shop)
        seen, lost = activity.notes.get("products", 0), activity.refused + activity.failed
        activity.units = activity.units_done
        parts = [
            f"{seen:,} products looked at",
            f"{waiting:,} wait for a decision" if waiting else "nothing is there twice",
        ]
        if activity.state != "finished" or lost:
            parts.append("not all could be looked at; check again to complete it")
        activity.message = ", ".join(parts) + "."
        twins.forget_quiet(activity)


def _step(client: TikTok, args: Mapping[str, Any]) -> Turn | Look | Again:
    if "look" in args:
        return Look(client, args["look"])
    if "again" in args:
        return Again(client, args["again"], args["skus"])
    return Turn(client, Span(args["low"], args["high"], args.get("token", "")))


@dataclass(frozen=True, slots=True)
class Deletion:
    client: TikTok
    twin: int
    tiktok_id: str
    kept: str
    seller_skus: Sequence[str]


class DeleteTwin(Handler):
    kind: ClassVar[str] = twin_decisions.KIND

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop, trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            twin = twin_decisions.deletable(shop.id, item.args["twin"], item.args["tiktok_id"])
            if twin is None:
                twin_decisions.not_deleted(item.args["twin"], "It was not deleted: meanwhile a listing knows it.")
                steps[item.id] = Skipped("Not deleted: it is settled already, or a listing knows it by now.")
                continue
            listing = db.session.get_one(Listing, twin.listing_id)
            codes = [sku["seller_sku"] for sku in twin.skus if sku["seller_sku"]]
            steps[item.id] = Deletion(client, twin.id, twin.tiktok_id, listing.tiktok_id, codes)
        return steps

    def call(self, step: Deletion) -> list[ItemError] | None:
        """None: the product that was to stay is not there, so this one was left alone."""
        if twin_walk.whole(step.client, step.kept) is None:
            return None
        return step.client.delete([step.tiktok_id])

    def look_up(self, step: Deletion) -> list[ItemError] | None:
        gone = twin_walk.status(step.client, step.tiktok_id, step.seller_skus) == DELETED
        return [] if gone else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {result.item.id: self._record(result) for result in results}

    def _record(self, result: Result) -> Outcome:
        code, why = _refusal(result.error, result.answer)
        if not code:
            twin_decisions.deleted(result.step.twin)
            return Done("Deleted on TikTok Shop.", notes={"deleted": 1})
        twin_decisions.not_deleted(result.step.twin, why)
        return Refused(code, why)

    def finished(self, activity: Activity) -> None:
        for item in activities.items(activity):
            if item.state != "done":
                twin_decisions.not_deleted(item.args["twin"], item.message)
        twins.tell(db.session.get_one(Shop, activity.shop_id))
        done = activity.notes.get("deleted", 0)
        activity.message = "The double is deleted on TikTok Shop." if done else "Nothing was deleted."


def _refusal(error: PlatformRefused | None, errors: Sequence[ItemError] | None) -> tuple[str, str]:
    """(code, words); empty when nothing was refused."""
    if error is not None:
        return error.code or "tiktok.refused", error.text
    if errors is None:
        return "twin.kept_is_gone", "Not deleted: the product that was to stay is not there any more."
    if not errors:
        return "", ""
    inner = errors[0].extra[0] if errors[0].extra else errors[0]
    return inner.code, platform_errors.problem(inner.code, inner.message).text
