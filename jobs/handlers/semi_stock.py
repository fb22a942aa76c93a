"""Stock of a semi-consignment store: numbers that a person typed are told and read back; products are read anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product, ProductInventory
from jobs import trail
from jobs.handling import Done, Handler, Item, Outcome, Refused, Result, Skipped
from models import Activity, ListingSku, Shop, db
from services import listing_actions, platform_errors, platforms, twin_walk
from services.semi import publishing, stock

NOT_SHOWN = "stock.not_applied"


@dataclass(frozen=True, slots=True)
class Tell:
    """`want`: TikTok SKU -> warehouse -> pieces."""

    client: TikTok
    tiktok_id: str
    want: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Told:
    inventory: Sequence[ProductInventory]
    errors: Sequence[ItemError] = ()


class StockSemi(Handler):
    """Absolute numbers, so telling them twice changes nothing. Warehouses that were not named keep their number."""

    kind: ClassVar[str] = stock.KIND
    threads: ClassVar[int] = 8

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        listings = listing_actions.locked([item.subject_id for item in items if item.subject_id])
        lines = {
            line.id: line.tiktok_id
            for line in db.session.query(ListingSku).filter(ListingSku.listing_id.in_(listings))
            if line.tiktok_id
        }
        steps: dict[int, Any] = {}
        for item in items:
            listing = listings.get(item.subject_id or 0)
            want = {lines[int(key)]: places for key, places in item.args["skus"].items() if int(key) in lines}
            if listing is None or not listing.tiktok_id or not want:
                steps[item.id] = Skipped("The product is not in the store any more.")
            else:
                steps[item.id] = Tell(client, listing.tiktok_id, want)
        return steps

    def call(self, step: Tell) -> Told:
        before = step.client.inventory([step.tiktok_id])
        errors = step.client.update_inventory(step.tiktok_id, rows(step, before))
        return Told(step.client.inventory([step.tiktok_id]), errors)

    def look_up(self, step: Tell) -> Told | None:
        shown = step.client.inventory([step.tiktok_id])
        return None if missing(step, shown) else Told(shown)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        listings = listing_actions.locked([result.item.subject_id or 0 for result in results])
        return {result.item.id: self._record(listings.get(result.item.subject_id or 0), result) for result in results}

    def _record(self, listing: Any, result: Result) -> Outcome:
        if listing is None:
            return Skipped("Its listing was removed meanwhile.")
        if result.error is not None:
            error: PlatformRefused = result.error
            found = platform_errors.problem(error.code, error.text)
            return Refused(error.code or "tiktok.refused", found.text)
        told: Told = result.answer
        stock.keep(listing, told.inventory)
        if told.errors:
            inner = told.errors[0].extra[0] if told.errors[0].extra else told.errors[0]
            return Refused(inner.code, platform_errors.problem(inner.code, inner.message).text)
        if late := missing(result.step, told.inventory):
            return Refused(
                NOT_SHOWN, f"TikTok took the number and shows another one ({len(late)} SKUs). Sync it later."
            )
        count = len(result.step.want)
        return Done(f"{count} {'SKU' if count == 1 else 'SKUs'} told and confirmed.", notes={"skus": count})

    def finished(self, activity: Activity) -> None:
        no = activity.refused + activity.failed
        said = f"{activity.done:,} {'product was' if activity.done == 1 else 'products were'} told their stock"
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."


def rows(step: Tell, before: Sequence[ProductInventory]) -> list[dict[str, Any]]:
    """Every warehouse that TikTok assigned is named (reference 4.12); a number for another one goes along, and
    TikTok says why not."""
    assigned = {
        sku.id: {place.warehouse_id: place.available_quantity for place in sku.warehouse_inventory}
        for product in before
        for sku in product.skus
    }
    return [
        {
            "id": sku_id,
            "inventory": [
                {"warehouse_id": place, "quantity": count}
                for place, count in sorted({**assigned.get(sku_id, {}), **places}.items())
            ],
        }
        for sku_id, places in step.want.items()
    ]


def missing(step: Tell, shown: Sequence[ProductInventory]) -> list[str]:
    """SKUs that show another number than the one told."""
    seen = {
        (sku.id, place.warehouse_id): place.available_quantity
        for product in shown
        for sku in product.skus
        for place in sku.warehouse_inventory
    }
    return [
        sku_id
        for sku_id, places in step.want.items()
        if any(seen.get((sku_id, place)) != count for place, count in places.items())
    ]


@dataclass(frozen=True, slots=True)
class Look:
    client: TikTok
    tiktok_id: str
    seller_skus: Sequence[str]


@dataclass(frozen=True, slots=True)
class Seen:
    product: Product | None
    status: str
    inventory: Sequence[ProductInventory] = ()


class SyncSemi(Handler):
    """Reads state and stock of products as TikTok has them; changes nothing there."""

    kind: ClassVar[str] = stock.SYNC
    has_effects: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        client = platforms.tiktok(db.session.get_one(Shop, activity.shop_id), trail.observe)
        ids = [item.subject_id for item in items if item.subject_id]
        listings, codes = listing_actions.locked(ids), listing_actions.seller_skus(ids)
        return {
            item.id: Look(client, listing.tiktok_id, codes[listing.id])
            if (listing := listings.get(item.subject_id or 0)) is not None and listing.tiktok_id
            else Skipped("The product is not in the store.")
            for item in items
        }

    def call(self, step: Look) -> Seen:
        product = twin_walk.whole(step.client, step.tiktok_id)
        if product is None:
            return Seen(None, twin_walk.status(step.client, step.tiktok_id, step.seller_skus))
        return Seen(product, product.status, step.client.inventory([step.tiktok_id]))

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        listings = listing_actions.locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        for result in results:
            listing = listings.get(result.item.subject_id or 0)
            if listing is None or result.error is not None:
                text = result.error.text if result.error else "Its listing was removed meanwhile."
                outcomes[result.item.id] = Refused(result.error.code if result.error else "semi.gone", text)
                continue
            seen: Seen = result.answer
            read = seen.product or Product.model_validate(
                {"id": listing.tiktok_id, "status": seen.status, "audit": {"status": "NONE"}}
            )
            changed = publishing.seen(listing, read, seen.inventory)
            outcomes[result.item.id] = Done(f"TikTok says: {listing.platform_status}.", notes={"changed": int(changed)})
        return outcomes

    def finished(self, activity: Activity) -> None:
        changed = activity.notes.get("changed", 0)
        activity.message = f"{activity.done:,} read, {changed:,} had changed on TikTok Shop."
