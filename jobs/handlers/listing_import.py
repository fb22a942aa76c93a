"""Importing listings from TikTok Shop, adopting them, making products of what is unknown, and writing those to
BigCommerce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select

from clients.bigcommerce.api import BigCommerce
from clients.bigcommerce.models import Product as Made
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from models import Activity, FoundProduct, Listing, Shop, Store, db
from models import Product as Ours
from services import platforms, twin_walk
from services.activities import NewItem
from services.actor import Actor
from services.adoption import adopting, found, matching, products, to_bigcommerce
from services.errors import ServiceError
from services.twin_walk import Page, Span

TOGETHER = 10  # products read whole by one item
MATCHED = 50  # rows matched anew by one item


@dataclass(frozen=True, slots=True)
class Turn:
    client: TikTok
    span: Span


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    ids: Sequence[str]


class ListingImport(Handler):
    """Items are pages of the shop's products, groups that are read whole and matched, and groups that are known and
    only matched anew. Reading is safe to repeat, so nothing is looked up."""

    kind: ClassVar[str] = found.KIND
    has_effects: ClassVar[bool] = False
    threads: ClassVar[int] = 8

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop)  # pages of products are no evidence
        return {item.id: self._step(shop, client, item.args) for item in items}

    def _step(self, shop: Shop, client: TikTok, args: Mapping[str, Any]) -> Turn | Look | Done:
        if "look" in args:
            return Look(client, args["look"])
        if "match" in args:
            rows = found.hold(args["match"])
            matching.match(shop, rows)
            return Done(f"{len(rows)} products matched anew.", units=0)
        return Turn(client, Span(args["low"], args["high"], args.get("token", "")))

    def call(self, step: Turn | Look) -> Page | list[Product]:
        if isinstance(step, Turn):
            return twin_walk.page(step.client, step.span)
        return [one for tiktok_id in step.ids if (one := twin_walk.whole(step.client, tiktok_id)) is not None]

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        return {result.item.id: self._record(activity, shop, result) for result in results}

    def _record(self, activity: Activity, shop: Shop, result: Result) -> Outcome:
        if result.error is not None:
            return Refused(result.error.code or "tiktok.refused", result.error.text, units=0)
        if isinstance(result.answer, Page):
            return self._page(activity, shop, result.answer)
        rows = found.keep_all(shop, result.answer)
        matching.match(shop, rows)
        return Done(f"{len(rows)} products read.", units=0, notes={"read": len(rows)})

    def _page(self, activity: Activity, shop: Shop, page: Page) -> Done:
        activity.units += page.total
        to_read, known = found.sort_out(shop, page.products)
        more = [
            NewItem(
                f"{len(to_read[start : start + TOGETHER])} products", args={"look": to_read[start : start + TOGETHER]}
            )
            for start in range(0, len(to_read), TOGETHER)
        ]
        more += [
            NewItem(
                f"{len(known[start : start + MATCHED])} known products", args={"match": known[start : start + MATCHED]}
            )
            for start in range(0, len(known), MATCHED)
        ]
        more += [
            NewItem("More products", args={"low": span.low, "high": span.high, "token": span.token})
            for span in page.rest
        ]
        count = len(page.products)
        return Done(f"{count} products.", units=count, notes={"products": count}, more=more)

    def finished(self, activity: Activity) -> None:
        shop = db.session.get_one(Shop, activity.shop_id)
        found.conclude(activity)
        matching.demote_doubles(shop)
        counts = found.counts([shop.id])
        total = sum(counts.values())
        activity.units = activity.units_done
        parts = [f"{activity.notes.get('products', 0):,} products looked at"]
        if total:
            parts.append(f"{counts.get(found.CERTAIN, 0):,} match for certain")
            parts.append(f"{counts.get(found.PROPOSED, 0):,} are proposed")
            parts.append(f"{counts.get(found.NONE, 0):,} match nothing")
        else:
            parts.append("every one has its listing")
        if activity.state != "finished" or activity.refused + activity.failed:
            parts.append("not all could be looked at; import again to complete it")
        activity.message = ", ".join(parts) + "."


def actor_of(activity: Activity) -> Actor:
    """Who asked for it, for services that note the name."""
    return Actor(activity.actor, activity.store_id)


class AdoptListings(Handler):
    """No call leaves the house: each item is one product, adopted in its own savepoint."""

    kind: ClassVar[str] = adopting.KIND
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        return {item.id: self._one(activity, item) for item in items}

    def _one(self, activity: Activity, item: Item) -> Outcome:
        row = db.session.scalar(select(FoundProduct).where(FoundProduct.id == item.args["found"]))
        if row is None:
            return Skipped("It is not known any more.")
        try:
            with db.session.begin_nested():
                done = self._do(actor_of(activity), row, item.args)
        except ServiceError as refusal:
            found.noted(row.id, str(refusal))
            return Refused("not_adopted", str(refusal))
        return Done(_said(done), notes={"adopted": 1, "differ": int(bool(done.differences))})

    def _do(self, actor: Actor, row: FoundProduct, args: Mapping[str, Any]) -> adopting.Adopted:
        return adopting.adopt(actor, row, args["take"])

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        return {}

    def finished(self, activity: Activity) -> None:
        done, no = activity.notes.get("adopted", 0), activity.refused + activity.failed
        differ = activity.notes.get("differ", 0)
        parts = [f"{done:,} {'listing' if done == 1 else 'listings'} adopted"]
        if differ:
            parts.append(f"{differ:,} with changes that are not sent")
        if no:
            parts.append(f"{no:,} not adopted")
        activity.message = ", ".join(parts) + ". Nothing was changed on TikTok Shop."


class AdoptProducts(AdoptListings):
    """Likewise, with a product of ours made of each."""

    kind: ClassVar[str] = products.KIND

    def _do(self, actor: Actor, row: FoundProduct, args: Mapping[str, Any]) -> adopting.Adopted:
        return products.create(actor, row)


def _said(done: adopting.Adopted) -> str:
    if not done.differences:
        return "Adopted; nothing differs."
    return f"Adopted; {done.differences} {'value differs' if done.differences == 1 else 'values differ'}."


@dataclass(frozen=True, slots=True)
class Write:
    client: BigCommerce
    product: int
    tiktok_id: str
    body: Mapping[str, Any]


class WriteProducts(Handler):
    """Makes products in BigCommerce. One that may have been made is looked up by its SKU and our custom field."""

    kind: ClassVar[str] = to_bigcommerce.KIND
    threads: ClassVar[int] = 4

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.bigcommerce(db.session.get_one(Store, activity.store_id), trail.observe)
        steps: dict[int, Any] = {}
        for item in items:
            product = db.session.get(Ours, item.args["product"])
            if product is None or product.bigcommerce_id is not None or product.deleted_at is not None:
                steps[item.id] = Skipped("BigCommerce has it already.")
                continue
            tiktok_id = db.session.scalar(
                select(Listing.tiktok_id).where(Listing.product_id == product.id, Listing.tiktok_id != "").limit(1)
            )
            steps[item.id] = Write(client, product.id, tiktok_id or f"#{product.id}",
                                   to_bigcommerce.body(product, tiktok_id or f"#{product.id}"))  # fmt: skip
        return steps

    def call(self, step: Write) -> Made:
        return step.client.create_product(step.body)

    def look_up(self, step: Write) -> Made | None:
        return to_bigcommerce.ours(step.client.products_with_sku(step.body["sku"]), step.tiktok_id)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for result in results:
            if result.error is not None:
                outcomes[result.item.id] = Refused(result.error.code or "bigcommerce.refused", result.error.text)
                continue
            to_bigcommerce.written(result.step.product, result.answer)
            outcomes[result.item.id] = Done(f"Product {result.answer.id} in BigCommerce.", notes={"written": 1})
        return outcomes

    def finished(self, activity: Activity) -> None:
        done, no = activity.notes.get("written", 0), activity.refused + activity.failed
        said = f"{done:,} {'product is' if done == 1 else 'products are'} in BigCommerce, hidden from the storefront"
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."
