"""Publishing listings: pictures once, then the product, created exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from clients.errors import Facts, Unreachable, Unreadable
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import CreatedProduct, CreatedSku, Product
from domain.capabilities import Capability
from domain.limits import RulePack
from domain.policy import Policy
from jobs import trail
from jobs.handlers import upload_files
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, db
from services import (
    canary,
    clock,
    drafts,
    listing_limits,
    notices,
    pictures,
    platforms,
    publish_requests,
    publishing,
    setup,
    verdicts,
)
from services.adoption import second_writer
from services.global_stores import publishing_model
from services.media import uploads
from services.patience import persistently
from services.pictures import PictureUnfit, Uploaded

PATIENCE = 6  # tries, about a minute: after that a picture whose server is away cannot be used


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    seller: TikTok  # picture uploads take no shop (reference 1.6)
    request: publish_requests.Request
    policy: Policy
    pack: RulePack
    exempt_origin: str
    authorization_id: int
    patient: bool  # a picture that cannot be had at the moment is waited for
    prepared_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    made: CreatedProduct | None = None
    refusal: PlatformRefused | None = None
    unfit: PictureUnfit | None = None
    uploaded: tuple[Uploaded, ...] = ()


class Publish(Handler):
    kind: ClassVar[str] = "publish"
    # At 48 calls a second and 150 ms, eight are under way; the rest wait for their slot while a group is recorded.
    threads: ClassVar[int] = 32
    gather: ClassVar[float] = 0.2

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = {
            row.id: row
            for row in db.session.scalars(select(Listing).where(Listing.id.in_([item.subject_id for item in items])))
        }
        steps: dict[int, Any] = self._wait(activity, shop, items, listings)
        shut = publishing_model.verdict(shop, Capability.PUBLISH_FROM_DRAFT)
        theirs = second_writer.undecided([item.subject_id or 0 for item in items])
        by_warehouses: dict[tuple[str, ...], list[Item]] = {}
        for item in [one for one in items if one.id not in steps]:
            by_warehouses.setdefault(tuple(item.args.get("warehouses", ())), []).append(item)
        now = clock.now()
        client, seller = (
            platforms.tiktok(shop, trail.observe),
            platforms.tiktok_seller(shop.authorization, trail.observe),
        )
        for chosen, group in by_warehouses.items():
            prepared = drafts.prepare(shop, [item.subject_id for item in group if item.subject_id], chosen)
            uploaded = pictures.uploaded(shop.authorization_id, [one.draft for one in prepared.values()])
            for item in group:
                listing = listings.get(item.subject_id or 0)
                one = prepared.get(item.subject_id or 0)
                if listing is None or one is None or listing.intent != self.kind:
                    steps[item.id] = Skipped("The listing is no longer waiting to be published.")
                elif listing.id in theirs and not item.was_sent:
                    publishing.cancelled([listing.id])
                    steps[item.id] = Refused(second_writer.CODE, second_writer.TEXT)
                elif not shut and not listing.tiktok_id and not item.was_sent:
                    publishing.cancelled([listing.id])
                    steps[item.id] = Refused("publishing_model", shut.reason)
                elif not listing.is_ready and not item.was_sent:
                    publishing.cancelled([listing.id])
                    steps[item.id] = Refused(
                        "not_ready", "Something is missing since it was sent off; see the listing."
                    )
                else:
                    request = publish_requests.request(shop, listing, one, uploaded, one.policy)
                    steps[item.id] = upload_files.first(shop, request, item) or Step(
                        client,
                        seller,
                        request,
                        one.policy,
                        one.pack,
                        setup.config().sandbox_url,
                        shop.authorization_id,
                        item.tries < PATIENCE,
                        now,
                    )
        return steps

    def _wait(
        self, activity: Activity, shop: Shop, items: Sequence[Item], listings: Mapping[int, Listing]
    ) -> dict[int, Any]:
        """Those for which the day has no listing left. What was sent before is looked up all the same: it may have
        taken its listing already."""
        count = [item for item in items if not item.was_sent and (listing := listings.get(item.subject_id or 0))
                 and listing_limits.counts(listing)]  # fmt: skip
        room = listing_limits.room(shop, activity.id) if count else None
        if room is None or room.count is None or room.count >= len(count):
            return {}
        if room.why == listing_limits.TOMORROW:
            listing_limits.notice_limit(shop, room.until)
        return {item.id: Later(room.until, room.why, everything=True) for item in count[room.count :]}

    def call(self, step: Step) -> Answer:
        done: list[Uploaded] = []
        try:
            uris = self._pictures(step, done)
            body = publish_requests.complete(step.request, uris)
            if step.request.tiktok_id:
                made = step.client.edit_product(step.request.tiktok_id, body)
            else:
                made = step.client.create_product(body)
        except PictureUnfit as unfit:
            return Answer(unfit=unfit, uploaded=tuple(done))
        except PlatformRefused as refusal:
            return Answer(refusal=refusal, uploaded=tuple(done))
        return Answer(made, uploaded=tuple(done))

    def _pictures(self, step: Step, done: list[Uploaded]) -> pictures.Uris:
        """Uploads what is missing. Without an answer there may be a picture too many, but surely no product."""
        try:
            return pictures.upload_all(
                step.seller,
                step.request,
                step.policy,
                step.pack,
                step.exempt_origin,
                done,
                authorization_id=step.authorization_id,
                patient=step.patient,
            )
        except (Unreachable, Unreadable) as lost:
            facts: Facts = {"platform": lost.platform, "method": lost.method, "path": lost.path, "status": lost.status}
            text = lost.text
        raise Unreachable(text, unknown=False, **facts)

    def look_up(self, step: Step) -> Answer | None:
        """Did the earlier call make it? Found by seller SKU and known by our own SKU keys, because another product may
        carry the same seller SKU; a deleted product does not count."""
        wanted = {code for code in step.request.seller_skus if code}
        if step.request.tiktok_id or not wanted:
            return None  # an edit may simply be sent again, and so may a creation under its key
        ours = {sku["external_sku_id"] for sku in step.request.body["skus"]}
        found = persistently(lambda: step.client.search_products(seller_skus=sorted(wanted)[:10]))
        for brief in found.products:
            if brief.status != "DELETED" and {sku.seller_sku for sku in brief.skus} & wanted:
                product = self._read(step, brief.id)
                if product is not None and {sku.external_sku_id for sku in product.skus} & ours:
                    skus = tuple(CreatedSku(id=sku.id, seller_sku=sku.seller_sku) for sku in product.skus)
                    return Answer(CreatedProduct(product_id=product.id, skus=skus))
        return None

    def _read(self, step: Step, product_id: str) -> Product | None:
        """The whole product, as the search leaves our keys out (reference 4.11)."""
        try:
            return persistently(lambda: step.client.get_product(product_id))
        except PlatformRefused:
            return None  # gone, or frozen meanwhile

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = verdicts.locked([result.item.subject_id or 0 for result in results])
        taken: list[tuple[Listing, CreatedProduct, publish_requests.Request]] = []
        for result in results:
            pictures.remember(result.step.authorization_id, result.answer.uploaded if result.answer else ())
            if result.answer is not None and result.answer.made is not None:
                taken.append((listings[result.item.subject_id or 0], result.answer.made, result.step.request))
        if taken:  # before the refusals: one of them may be that today's limit is used up, and by how many
            verdicts.all_accepted(taken)
        outcomes = {
            result.item.id: self._outcome(shop, listings[result.item.subject_id or 0], result) for result in results
        }
        if canary.state(activity) == canary.TRIAL:
            canary.look(activity)
        return outcomes

    def _outcome(self, shop: Shop, listing: Listing, result: Result) -> Outcome:
        answer: Answer = Answer(refusal=result.error) if result.answer is None else result.answer
        if answer.made is not None:
            return Done("Sent; TikTok reviews it now.", notes={"published": 1})
        if answer.unfit is not None:
            code, text = answer.unfit.code, answer.unfit.text
            return Refused(code, verdicts.unfit(listing, code, answer.unfit.field, text))
        if answer.refusal is None:
            raise LookupError("The answer holds neither a product nor a reason.")
        if listing_limits.LIMIT_CODE in (answer.refusal.code, *(one.code for one in answer.refusal.details)):
            tomorrow = listing_limits.limit_reached(shop, result.step.prepared_at)
            listing_limits.notice_limit(shop, tomorrow)
            return Later(
                tomorrow,
                "Today's listing limit is used up; the rest goes on by itself after midnight, shop time.",
                everything=True,
            )
        codes = {answer.refusal.code, *(one.code for one in answer.refusal.details)}
        if uploads.GONE_CODES & codes:
            uploads.forget(listing, shop)
        publishing_model.refused(shop, sorted(codes))
        return Refused(answer.refusal.code, verdicts.refused(listing, answer.refusal))

    def finished(self, activity: Activity) -> None:
        publishing.settle(activity)
        made, no = activity.notes.get("published", 0), activity.refused + activity.failed
        parts = [f"{made:,} {'listing' if made == 1 else 'listings'} sent to TikTok Shop for review"]
        if no:
            parts.append(f"{no:,} refused")
        if activity.skipped:
            parts.append(f"{activity.skipped:,} skipped")
        activity.message = ", ".join(parts) + "."
        notices.resolve(f"daily-limit:{activity.shop_id}")
        notices.resolve(f"canary:{activity.id}")
