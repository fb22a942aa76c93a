"""Activate, deactivate, delete, recover: up to 20 products a call, each with its own outcome; and reading it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.exchange import Exchange
from clients.tiktok.api import BATCH, TikTok
from clients.tiktok.models import Product
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, db
from services import clock, listing_actions, listing_limits, platform_errors, platforms, publishing, twin_walk
from services.listing_actions import MOVES, Move

WRONG_STATE = "12052901"
SAYS = {
    "activate": "Sent; TikTok reviews it before it is on sale again.",
    "deactivate": "Taken off sale.",
    "delete": "Deleted on TikTok Shop; it can be recovered.",
    "recover": "Recovered; it is deactivated until you activate it.",
}


class Batch:
    """One call for several products. The first thread that comes makes it; the others wait and take their part."""

    def __init__(self, move: str) -> None:
        self.move = move
        self.client: TikTok | None = None
        self.ids: list[str] = []
        self._lock = threading.Lock()
        self._asked = False
        self._errors: dict[str, ItemError] = {}
        self._failure: Exception | None = None
        self._exchanges: list[Exchange] = []

    def observe(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)

    def error_of(self, tiktok_id: str) -> ItemError | None:
        """What TikTok says of this product; None when it did it. The exchange is evidence for each of them."""
        with self._lock:
            if not self._asked:
                self._asked = True
                try:
                    errors = getattr(self.client, self.move)(self.ids)
                    self._errors = {error.subject: error for error in errors}
                except Exception as failure:  # all who share the call share its end
                    self._failure = failure
        for exchange in self._exchanges:
            trail.observe(exchange)
        if self._failure is not None:
            raise self._failure
        return self._errors.get(tiktok_id)


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    tiktok_id: str
    seller_skus: Sequence[str]
    batch: Batch | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    error: ItemError | None = None
    product: Product | None = None
    status: str = ""


@dataclass
class _Batches:
    """Those of one prepare: 20 products each, and one by itself for whatever may have been applied already."""

    shop: Shop
    move: str
    full: Batch | None = None
    made: list[Batch] = field(default_factory=list)

    def add(self, tiktok_id: str, alone: bool) -> Batch:
        batch = None if alone else self.full
        if batch is None or len(batch.ids) >= BATCH:
            batch = Batch(self.move)
            batch.client = platforms.tiktok(self.shop, batch.observe)
            self.made.append(batch)
            if not alone:
                self.full = batch
        batch.ids.append(tiktok_id)
        return batch


class ListingMove(Handler):
    """`kind` is the move's name; the listing's intent carries the same."""

    threads: ClassVar[int] = BATCH

    def __init__(self, move: Move) -> None:
        self.kind = move.name  # type: ignore[misc]
        self.move = move

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        waits = self._wait(activity, shop, items)
        items = [item for item in items if item.id not in waits]
        ids = [item.subject_id for item in items if item.subject_id]
        listings, codes = listing_actions.locked(ids), listing_actions.seller_skus(ids)
        client = platforms.tiktok(shop, trail.observe)
        batches = _Batches(shop, self.kind)
        steps: dict[int, Any] = waits
        for item in items:
            listing = listings.get(item.subject_id or 0)
            if listing is None or listing.intent != self.kind:
                steps[item.id] = Skipped("The listing no longer waits for this.")
            else:
                batch = batches.add(listing.tiktok_id, alone=item.was_sent)
                steps[item.id] = Step(client, listing.tiktok_id, codes[listing.id], batch)
        return steps

    def _wait(self, activity: Activity, shop: Shop, items: Sequence[Item]) -> dict[int, Any]:
        """Those for which the day has no listing left."""
        count = [item for item in items if not item.was_sent] if self.move.lists else []
        room = listing_limits.room(shop, activity.id) if count else None
        if room is None or room.count is None or room.count >= len(count):
            return {}
        return {item.id: Later(room.until, room.why, everything=True) for item in count[room.count :]}

    def call(self, step: Step) -> Answer:
        batch = step.batch
        error = batch.error_of(step.tiktok_id) if batch else None
        if error is not None and _innermost(error).code == WRONG_STATE and self._is_there(step):
            return Answer()  # somebody did it meanwhile
        return Answer(error)

    def look_up(self, step: Step) -> Answer | None:
        return Answer() if self._is_there(step) else None

    def _is_there(self, step: Step) -> bool:
        """Whether the product already stands where the move leads."""
        status = twin_walk.status(step.client, step.tiktok_id, step.seller_skus)
        if self.kind == "recover":
            return status not in ("DELETED", "FREEZE")
        if self.kind == "activate":
            return status in ("PENDING", "ACTIVATE")
        return self.move.target is not None and status == self.move.target[0]

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = listing_actions.locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        yes: list[Listing] = []
        no: list[Listing] = []
        for result in results:
            listing = listings[result.item.subject_id or 0]
            code, text = _refusal(result)
            if not code:
                yes.append(listing)
                outcomes[result.item.id] = Done(SAYS[self.kind], notes={"moved": 1})
            elif code == listing_limits.LIMIT_CODE:
                tomorrow = listing_limits.limit_reached(shop, clock.now())
                text = "Today's listing limit is used up; the rest goes on by itself after midnight, shop time."
                outcomes[result.item.id] = Later(tomorrow, text, everything=True)
            else:
                no.append(listing)
                outcomes[result.item.id] = Refused(code, text)
        listing_actions.taken(yes, self.move)
        listing_actions.not_taken(no, self.move)
        if self.move.lists and yes:
            listing_limits.count_listings(shop.id, len(yes))
        return outcomes

    def finished(self, activity: Activity) -> None:
        publishing.settle(activity)
        moved, no = activity.notes.get("moved", 0), activity.refused + activity.failed
        parts = [f"{moved:,} {'listing' if moved == 1 else 'listings'} {self.move.past}"]
        if no:
            parts.append(f"{no:,} refused")
        if activity.skipped:
            parts.append(f"{activity.skipped:,} skipped")
        activity.message = ", ".join(parts) + "."


class SyncStatus(Handler):
    """Asks TikTok how listings stand now. Reading is safe to repeat."""

    kind: ClassVar[str] = "sync_status"
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        ids = [item.subject_id for item in items if item.subject_id]
        listings, codes = listing_actions.locked(ids), listing_actions.seller_skus(ids)
        steps: dict[int, Any] = {}
        for item in items:
            listing = listings.get(item.subject_id or 0)
            if listing is None or not listing.tiktok_id:
                steps[item.id] = Skipped("The listing is not on TikTok Shop.")
            else:
                steps[item.id] = Step(client, listing.tiktok_id, codes[listing.id])
        return steps

    def call(self, step: Step) -> Answer:
        product = twin_walk.whole(step.client, step.tiktok_id)
        if product is not None:
            return Answer(product=product, status=product.status)
        return Answer(status=twin_walk.status(step.client, step.tiktok_id, step.seller_skus))

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        listings = listing_actions.locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        for result in results:
            listing = listings[result.item.subject_id or 0]
            if result.error is not None:
                outcomes[result.item.id] = Refused(result.error.code or "tiktok.refused", result.error.text)
                continue
            before = listing.platform_status
            changed = listing_actions.seen(listing, result.answer.product, result.answer.status)
            said = f"{before or 'not known'} → {listing.platform_status}" if changed else listing.platform_status
            outcomes[result.item.id] = Done(f"TikTok says: {said}.", notes={"changed": int(changed)})
        return outcomes

    def finished(self, activity: Activity) -> None:
        changed = activity.notes.get("changed", 0)
        activity.message = f"{activity.done:,} asked about, {changed:,} had changed on TikTok Shop."


def _refusal(result: Result) -> tuple[str, str]:
    """(code, words); empty when nothing was refused."""
    if result.error is not None:
        error: PlatformRefused = result.error
        return error.code or "tiktok.refused", error.text
    if result.answer.error is None:
        return "", ""
    inner = _innermost(result.answer.error)
    return inner.code, platform_errors.problem(inner.code, inner.message).text


def _innermost(error: ItemError) -> ItemError:
    return error.extra[0] if error.extra else error


MOVERS: tuple[Handler, ...] = (
    *(ListingMove(move) for move in MOVES.values() if move.target is not None),
    SyncStatus(),
)
