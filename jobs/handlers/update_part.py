"""Chosen fields of a listing alone: what is not named stays on TikTok as it is (reference 4.10, features S5-93)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from jobs.handlers.publish import Answer, Step
from jobs.handlers.resend import Resend
from jobs.handling import Done, Item, Outcome, Result
from models import Activity, Listing, Shop, db
from services import listing_edits, pictures, publish_requests, verdicts
from services.pictures import PictureUnfit, Uploaded


class UpdatePart(Resend):
    """Waits for a review as a full edit does, and sends exactly the chosen fields of what was compared."""

    kind: ClassVar[str] = listing_edits.UPDATE_PART

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        fields = {item.id: frozenset(item.args["fields"]) for item in items}
        steps = super().prepare(activity, items)
        return {number: _only(step, fields[number]) if isinstance(step, Step) else step
                for number, step in steps.items()}  # fmt: skip

    def call(self, step: Step) -> Answer:
        done: list[Uploaded] = []
        try:
            body = dict(step.request.body)
            if step.request.main_images:
                body["main_images"] = publish_requests.complete(step.request, self._pictures(step, done))["main_images"]
            made = step.client.partial_edit(step.request.tiktok_id, body)
        except PictureUnfit as unfit:
            return Answer(unfit=unfit, uploaded=tuple(done))
        except PlatformRefused as refusal:
            return Answer(refusal=refusal, uploaded=tuple(done))
        return Answer(made, uploaded=tuple(done))

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = verdicts.locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        for result in results:
            listing = listings[result.item.subject_id or 0]
            pictures.remember(result.step.authorization_id, result.answer.uploaded if result.answer else ())
            if result.answer is not None and result.answer.made is not None:
                outcomes[result.item.id] = self._taken(listing, result)
            else:
                outcomes[result.item.id] = self._outcome(shop, listing, result)
        return outcomes

    def _taken(self, listing: Listing, result: Result) -> Outcome:
        whole = bool(result.item.args.get("whole"))
        verdicts.part_accepted(listing, result.answer.made, result.step.request, whole)
        named = ", ".join(sorted(result.item.args["fields"]))
        return Done(f"Sent: {named}. TikTok reviews it now.", notes={"published": 1})


def _only(step: Step, fields: frozenset[str]) -> Step:
    """The same step with these fields alone."""
    names = {listing_edits.PARTS[field] for field in fields}
    body = {name: value for name, value in step.request.body.items() if name in names}
    mains = step.request.main_images if "main_images" in names else ()
    if "brand_id" in names:  # an empty one takes the brand away
        body.setdefault("brand_id", "")
    return replace(step, request=replace(step.request, body=body, main_images=mains, sku_images={}))
