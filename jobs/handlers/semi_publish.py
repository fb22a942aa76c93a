"""Live products of a local store into a semi-consignment store: asked of the adapter, then read back from TikTok."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product, ProductInventory
from clients.tiktok.semi_consignment import Published, SemiConsignment
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from models import Activity, SemiPair, Shop, db
from services import listing_actions, platforms
from services.semi import adapter, publishing, why_off


@dataclass(frozen=True, slots=True)
class Step:
    adapter: SemiConsignment
    client: TikTok
    ask: publishing.Ask


@dataclass(frozen=True, slots=True)
class Answer:
    """`product` None: it is there and could not be read back; a sync tells."""

    made: Published
    product: Product | None = None
    inventory: Sequence[ProductInventory] = ()


class PublishSemi(Handler):
    """The adapter makes a product once, however often it is asked; a lost answer is looked up first all the same."""

    kind: ClassVar[str] = publishing.KIND
    threads: ClassVar[int] = 8

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        if why := why_off():
            return {item.id: self._left(item, "semi.off", why) for item in items}
        shop = db.session.get_one(Shop, activity.shop_id)
        pair = db.session.get(SemiPair, items[0].args["pair"])
        ids = [item.subject_id for item in items if item.subject_id]
        listings, asked = listing_actions.locked(ids), publishing.asked(pair, ids)
        client, at = platforms.tiktok(shop, trail.observe), adapter(trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            listing, ask = listings.get(item.subject_id or 0), asked.get(item.subject_id or 0, publishing.NOT_LIVE)
            if listing is None or (listing.intent != "publish" and not item.was_sent):
                steps[item.id] = Skipped("It is there already, or its listing was removed.")
            elif isinstance(ask, str):
                steps[item.id] = Refused(ask, publishing.left(listing, ask))
            else:
                steps[item.id] = Step(at, client, ask)
        return steps

    def _left(self, item: Item, code: str, why: str) -> Refused:
        for listing in listing_actions.locked([item.subject_id or 0]).values():
            publishing.left(listing, code)
        return Refused(code, why)

    def call(self, step: Step) -> Answer:
        return read_back(step.client, step.adapter.publish(step.ask.pair, step.ask.product_id))

    def look_up(self, step: Step) -> Answer | None:
        made = step.adapter.published(step.ask.pair, step.ask.product_id)
        return read_back(step.client, made) if made.product_id else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        listings = listing_actions.locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        for result in results:
            listing = listings.get(result.item.subject_id or 0)
            if listing is None:
                outcomes[result.item.id] = Skipped("Its listing was removed meanwhile.")
            elif result.error is not None:
                text = publishing.refused(listing, result.error)
                outcomes[result.item.id] = Refused(result.error.code or "tiktok.refused", text)
            else:
                answer: Answer = result.answer
                publishing.taken(listing, answer.made, answer.product, answer.inventory)
                outcomes[result.item.id] = Done(f"On sale as {answer.made.product_id}.", notes={"published": 1})
        return outcomes

    def finished(self, activity: Activity) -> None:
        publishing.let_go(activity)
        count, no = activity.notes.get("published", 0), activity.refused + activity.failed
        said = f"{count:,} {'product' if count == 1 else 'products'} published"
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."


def read_back(client: TikTok, made: Published) -> Answer:
    """As it stands in the store now."""
    with contextlib.suppress(PlatformRefused):
        return Answer(made, client.get_product(made.product_id), client.inventory([made.product_id]))
    return Answer(made)
