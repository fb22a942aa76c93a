"""Changes of products in BigCommerce go to their listings: content by a partial edit, prices by their own call.
Variants are neither added nor taken away; one that BigCommerce has no more stays and sells nothing (features S3-25,
S3-27)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import CreatedProduct, Product
from domain.catalog_sync import BOXES
from jobs import trail
from jobs.handlers import publish, upload_files
from jobs.handlers.live_values import prices
from jobs.handlers.resend import PAUSE
from jobs.handling import Done, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, Store, db
from services import (
    clock,
    current_requests,
    drafts,
    listing_diff,
    listing_edits,
    pictures,
    platform_errors,
    platforms,
    publish_requests,
    publishing,
    readiness,
    settings,
    setup,
    verdicts,
)
from services.activities import hold
from services.adoption import second_writer
from services.catalog_sync import noting, sending
from services.catalog_sync.sending import Wanted
from services.listing_actions import locked
from services.pictures import PictureUnfit, Uploaded
from services.pricing import policies

NAMES = listing_edits.PARTS
INCOMPLETE = "Something is missing, so nothing is sent; see the listing."
SHORT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Step(publish.Step):
    """`wanted.content` waits while a review goes on (`waits`); `orphans`: SKUs whose variant is gone."""

    wanted: Wanted
    content: frozenset[str]
    waits: bool
    price: bool
    orphans: tuple[str, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`sent`: fields that went out; `same`: those that TikTok had already."""

    sent: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    made: CreatedProduct | None = None
    whole: bool = False
    emptied: int = 0
    errors: Sequence[ItemError] = ()
    refusal: PlatformRefused | None = None
    unfit: PictureUnfit | None = None
    uploaded: tuple[Uploaded, ...] = ()


class SyncProducts(publish.Publish):
    kind: ClassVar[str] = noting.KIND
    threads: ClassVar[int] = 16

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        hold(activity.id)  # before the listings: who records takes them in this order
        shop = db.session.get_one(Shop, activity.shop_id)
        store = db.session.get_one(Store, shop.store_id)
        chosen = settings.of(store)
        ids = [item.subject_id for item in items if item.subject_id]
        listings = locked(ids)
        stale = [one.id for one in listings.values() if one.is_stale]
        if stale:
            readiness.recheck(shop, stale)
            db.session.flush()
            listings = locked(ids)
        wanted = sending.wanted(listings, chosen, with_price=not policies.standing(shop, store).on)
        orphans = sending.orphaned(ids) if chosen.sync_inventory and chosen.auto_update else {}
        requests = current_requests.requests(shop, ids)
        theirs = second_writer.undecided(ids)
        steps: dict[int, Any] = {}
        for item in items:
            listing = listings.get(item.subject_id or 0)
            outcome = self._before(listing, item, wanted, orphans, theirs)
            if outcome is None and listing is not None:
                outcome = self._step(shop, listing, requests[listing.id], item, wanted[listing.id], orphans)
            steps[item.id] = outcome
        db.session.flush()
        return steps

    def _before(
        self,
        listing: Listing | None,
        item: Item,
        wanted: Mapping[int, Wanted],
        orphans: Mapping[int, Sequence[str]],
        theirs: set[int],
    ) -> Outcome | None:
        if listing is None or not listing.tiktok_id or listing.platform_status not in listing_edits.EDITABLE:
            return Skipped("The listing can no longer be changed on TikTok Shop.")
        one = wanted.get(listing.id)
        if one is None or not (one.content or one.price or listing.id in orphans):
            sending.nothing_left([listing.id])
            return Skipped("Nothing of it is sent by itself, or it was set on the listing.")
        if listing.intent not in ("", self.kind):
            return Later(clock.now() + SHORT, "Something else is on its way for it.")
        if listing.id in theirs:
            sending.refused([listing.id], second_writer.TEXT)
            return Refused(second_writer.CODE, second_writer.TEXT)
        if not listing.is_ready and not item.was_sent and listing.id not in orphans:
            sending.refused([listing.id], INCOMPLETE)
            return Refused("not_ready", INCOMPLETE)
        waits = listing_edits.in_review(listing) and not item.was_sent
        if waits and not (self._price(listing, one) or listing.id in orphans):
            return Later(clock.now() + PAUSE, "In review; sent once, with all changes, after the verdict.")
        return None

    @staticmethod
    def _price(listing: Listing, one: Wanted) -> bool:
        return one.price and listing.platform_status in listing_edits.LIVE["price"]

    def _step(
        self,
        shop: Shop,
        listing: Listing,
        request: publish_requests.Request,
        item: Item,
        one: Wanted,
        orphans: Mapping[int, Sequence[str]],
    ) -> Any:
        waits = listing_edits.in_review(listing) and not item.was_sent
        blocked = not listing.is_ready and not item.was_sent
        content = frozenset() if waits or blocked else one.content
        if "images" not in content:
            request = replace(request, main_images=())
        before = upload_files.first(shop, request, item) if content else None
        if before is not None:
            return before
        if content:
            listing.intent = self.kind
        prepared = drafts.prepare(shop, [listing.id])[listing.id]
        return Step(
            platforms.tiktok(shop, trail.observe),
            platforms.tiktok_seller(shop.authorization, trail.observe),
            replace(request, sku_images={}),
            prepared.policy,
            prepared.pack,
            setup.config().sandbox_url,
            shop.authorization_id,
            item.tries < publish.PATIENCE,
            clock.now(),
            one,
            content,
            bool(waits and one.content and not blocked),
            self._price(listing, one) and not blocked,
            tuple(orphans.get(listing.id, ())),
            blocked,
        )

    def call(self, step: Step) -> Answer:  # type: ignore[override]
        client: TikTok = step.client
        done: list[Uploaded] = []
        sent: list[str] = []
        same: list[str] = []
        made, errors, emptied, whole = None, [], 0, False
        try:
            product = client.get_product(step.request.tiktok_id)
            if step.orphans and (rows := _nothing_left(product, step.orphans)):
                errors += client.update_inventory(product.id, rows)
                emptied = len(rows)
            if step.price:
                changes = prices(step.request.body, product)
                errors += client.update_prices(product.id, changes) if changes else ()
                (sent if changes else same).append(sending.PRICE)
            if step.content:
                known = [image.uri for image in step.request.main_images]
                differ = listing_diff.changes(step.request.body, known, product)
                names = {one.field.partition(".")[0] for one in differ if one.kind == "content"}
                mine = sorted(step.content & names)
                same += sorted(step.content - names)
                if mine:
                    made = client.partial_edit(product.id, self._body(step, mine, done))
                    sent += mine
                    whole = all(_is(one, mine, step) for one in differ if one.kind != "stock")
        except PictureUnfit as unfit:
            return Answer(tuple(sent), tuple(same), unfit=unfit, emptied=emptied, uploaded=tuple(done))
        except PlatformRefused as refusal:
            return Answer(tuple(sent), tuple(same), refusal=refusal, emptied=emptied, uploaded=tuple(done))
        return Answer(tuple(sent), tuple(same), made, whole, emptied, tuple(errors), uploaded=tuple(done))

    def _body(self, step: Step, fields: Sequence[str], done: list[Uploaded]) -> dict[str, Any]:
        body = {NAMES[field]: step.request.body[NAMES[field]] for field in fields if NAMES[field] in step.request.body}
        if "images" in fields:
            whole = publish_requests.complete(step.request, self._pictures(step, done))
            body["main_images"] = whole["main_images"]
        return body

    def look_up(self, step: Step) -> None:  # type: ignore[override]
        """Absolute values: what is there already is not sent again."""
        return None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = verdicts.locked([result.item.subject_id or 0 for result in results])
        return {result.item.id: self._record(shop, listings[result.item.subject_id or 0], result) for result in results}

    def _record(self, shop: Shop, listing: Listing, result: Result) -> Outcome:
        step: Step = result.step
        answer: Answer = Answer(refusal=result.error) if result.answer is None else result.answer
        pictures.remember(step.authorization_id, answer.uploaded)
        if listing.intent == self.kind and answer.made is None:
            listing.intent = ""
        if answer.made is not None:
            verdicts.part_accepted(listing, answer.made, step.request, answer.whole)
        if sending.PRICE in (*answer.sent, *answer.same) and not answer.errors:
            listing_edits.told(listing, step.request, "price", whole=False)
        if code := _refused(answer):
            took = [] if answer.errors else [field for field in answer.sent if field == sending.PRICE]
            sending.told([(step.wanted, shop.id, [*took, *answer.same], took)])
            sending.refused([listing.id], code[1])
            if answer.unfit is not None:
                verdicts.unfit(listing, answer.unfit.code, answer.unfit.field, answer.unfit.text)
            return Refused(*code)
        done = {*answer.sent, *answer.same, "variants"}
        if step.blocked:
            sending.told([(step.wanted, shop.id, {"variants"}, ())])
            sending.refused([listing.id], INCOMPLETE)
            return Refused("not_ready", INCOMPLETE)
        kept = {sending.PRICE} if step.wanted.price and not step.price else set()
        dropped = set() if step.waits else set(BOXES) - done - kept
        sending.told([(step.wanted, shop.id, done | dropped, answer.sent)])
        if step.waits:
            return Later(clock.now() + PAUSE, "In review; the rest is sent after the verdict.")
        if not answer.sent and not answer.emptied:
            return Done("TikTok has it already.")
        words = [f"Sent: {', '.join(answer.sent)}."] if answer.sent else []
        if answer.made is not None:
            words.append("TikTok reviews it now.")
        if answer.emptied:
            words.append(f"{answer.emptied} variants that BigCommerce has no more sell nothing now.")
        return Done(" ".join(words), notes={"published": 1})

    def finished(self, activity: Activity) -> None:
        publishing.settle(activity)
        sent, no = activity.notes.get("published", 0), activity.refused + activity.failed
        said = f"Changes of {sent:,} {'listing' if sent == 1 else 'listings'} sent"
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."


def _is(change: listing_diff.Change, mine: Sequence[str], step: Step) -> bool:
    return change.field.partition(".")[0] in mine or (change.kind == "price" and step.price)


def _nothing_left(product: Product, orphans: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"id": sku.id, "inventory": [{"warehouse_id": one.warehouse_id, "quantity": 0} for one in sku.inventory]}
        for sku in product.skus
        if sku.id in orphans and any(one.quantity for one in sku.inventory)
    ]


def _refused(answer: Answer) -> tuple[str, str] | None:
    """(code, words)."""
    if answer.unfit is not None:
        return answer.unfit.code, answer.unfit.text
    if answer.refusal is not None:
        found = platform_errors.problem(answer.refusal.code, answer.refusal.text)
        return answer.refusal.code or "tiktok.refused", found.text
    if answer.errors:
        first = answer.errors[0]
        inner = first.extra[0] if first.extra else first
        return inner.code, platform_errors.problem(inner.code, inner.message).text
    return None
