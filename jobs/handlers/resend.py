"""Changes of listings on TikTok: the comparison that sends nothing, and the one call that sends what it has shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product
from jobs import trail
from jobs.handlers import upload_files
from jobs.handlers.publish import Publish
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, db
from services import (
    clock,
    current_requests,
    listing_diff,
    listing_edits,
    listing_variants,
    platforms,
    publishing,
)
from services.activities import hold
from services.adoption import second_writer
from services.listing_actions import locked
from services.publish_requests import Request

NO_REVIEW = "12052547"  # no version is under review
CHANGED = "changed_since_preview"
PAUSE = timedelta(minutes=5)  # a verdict makes it due earlier


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    request: Request
    waits: bool


class Compare(Handler):
    """Reads what TikTok has and keeps how it differs. No call of it changes anything there."""

    kind: ClassVar[str] = listing_edits.COMPARE
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop, trail.observe)
        ids = [item.subject_id for item in items if item.subject_id]
        listing_variants.follow(shop, ids)
        listings, requests = locked(ids), current_requests.requests(shop, ids)
        steps: dict[int, Any] = {}
        for item in items:
            listing, request = listings.get(item.subject_id or 0), requests.get(item.subject_id or 0)
            if listing is None or request is None or not listing.tiktok_id:
                steps[item.id] = Skipped("The listing is not on TikTok Shop.")
            elif not listing.is_ready:
                steps[item.id] = Refused("not_ready", "Something is missing; see the listing.")
            else:
                before = upload_files.first(shop, request, item)
                steps[item.id] = before or Look(client, request, listing_edits.in_review(listing))
        return steps

    def call(self, step: Look) -> Product:
        if step.waits:  # what will be replaced is the version under review
            try:
                return step.client.get_product(step.request.tiktok_id, under_review=True)
            except PlatformRefused as refusal:
                if refusal.code != NO_REVIEW:
                    raise
        return step.client.get_product(step.request.tiktok_id)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        read = {one.item.subject_id or 0: one.answer for one in results if one.error is None and not one.step.waits}
        second_writer.look(db.session.get_one(Shop, activity.shop_id), read)
        return {result.item.id: self._record(result) for result in results}

    def _record(self, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text)
        request: Request = result.step.request
        found = listing_diff.changes(request.body, [image.uri for image in request.main_images], result.answer)
        digests = {"all": _digest(request)}
        digests |= {kind: listing_diff.values_digest(request.body, kind) for kind in listing_edits.LIVE}
        listing_edits.keep(result.item.id, found, digests, result.step.waits)
        if not found:
            return Done("Nothing differs.")
        notes = {kind: sum(one.kind == kind for one in found) for kind in listing_diff.KINDS}
        notes |= {"changes": len(found), "listings": 1, "waits": int(result.step.waits)}
        notes |= {f"field.{one.field.partition('.')[0]}": 1 for one in found if one.kind == "content"}
        names = ", ".join(dict.fromkeys(one.label for one in found))
        return Done(f"{len(found)} {'change' if len(found) == 1 else 'changes'}: {names}"[:500], notes=notes)

    def finished(self, activity: Activity) -> None:
        found = listing_edits.sums(activity)
        count, differ = found.get("changes", 0), found.get("listings", 0)
        activity.message = (
            f"{count:,} {'change' if count == 1 else 'changes'} in {differ:,} "
            f"{'listing' if differ == 1 else 'listings'}. Nothing was sent."
            if count
            else "Nothing differs from TikTok Shop."
        )


class Resend(Publish):
    """One full edit of a listing. While TikTok reviews it, it waits, and whatever is edited meanwhile goes along."""

    kind: ClassVar[str] = listing_edits.RESEND

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)  # before the listings: who records takes them in this order
        listings = locked([item.subject_id for item in items if item.subject_id])
        shop = db.session.get_one(Shop, activity.shop_id)
        decided: dict[int, Any] = {}
        going: list[Item] = []
        for item in items:
            listing = listings.get(item.subject_id or 0)
            outcome = self._before(listing, item)
            if outcome is not None:
                decided[item.id] = outcome
            elif listing is not None:
                listing.intent = self.kind
                going.append(item)
        requests = current_requests.requests(shop, [item.subject_id for item in going if item.subject_id])
        for item in list(going):
            request, wanted = requests[item.subject_id or 0], listing_edits.expected(item.args)
            if wanted and not item.was_sent and wanted != _digest(request):
                listings[item.subject_id or 0].intent = ""
                going.remove(item)
                decided[item.id] = Refused(CHANGED, "It was changed after the comparison. Compare again, then send.")
        db.session.flush()
        return decided | dict(super().prepare(activity, going))

    def _before(self, listing: Listing | None, item: Item) -> Outcome | None:
        if listing is None or not listing.tiktok_id or listing.platform_status not in listing_edits.EDITABLE:
            return Skipped("The listing can no longer be changed on TikTok Shop.")
        if item.was_sent:
            return None
        if listing.intent not in ("", self.kind):
            return Later(clock.now() + timedelta(seconds=30), "Something else is on its way for it.")
        if listing_edits.in_review(listing):
            return Later(clock.now() + PAUSE, "In review; sent once, with all changes, after the verdict.")
        if not listing.is_ready:
            listing.intent = ""
            return Refused("not_ready", "Something is missing since it was sent off; see the listing.")
        return None

    def finished(self, activity: Activity) -> None:
        publishing.settle(activity)
        sent, no = activity.notes.get("published", 0), activity.refused + activity.failed
        parts = [f"The changes of {sent:,} {'listing' if sent == 1 else 'listings'} were sent"]
        if no:
            parts.append(f"{no:,} refused")
        activity.message = ", ".join(parts) + "."


def _digest(request: Request) -> str:
    return listing_diff.digest(request.body, listing_edits.picture_sources(request))
