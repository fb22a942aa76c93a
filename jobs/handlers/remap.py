"""Another warehouse for what is on sale: TikTok adds one to a SKU only by an edit of the product (reference 4.10 and
4.12), empty at first, so that nothing is offered twice. When every listing has it the mapping changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from clients.tiktok.api import TikTok
from clients.tiktok.models import CreatedProduct, ProductInventory, Sku
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, MappingVersion, Shop, db
from services import clock, listing_edits, platform_errors, platforms, verdicts
from services.actor import Actor
from services.listing_actions import locked
from services.places import assigned, remapping, versions
from services.tabs import retab

PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    product_id: str
    wanted: tuple[str, ...]  # TikTok's warehouse ids


@dataclass(frozen=True, slots=True)
class Answer:
    """`made` None: every SKU had them."""

    seen: ProductInventory
    made: CreatedProduct | None = None


class Remap(Handler):
    """An item is a live listing."""

    kind: ClassVar[str] = remapping.KIND

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        version = db.session.get(MappingVersion, activity.details["version"])
        if version is None or version.state != versions.PREPARING:
            return {item.id: Skipped("The mapping was decided otherwise meanwhile.") for item in items}
        wanted = tuple(sorted(remapping.rules_of(shop, version).feeds))
        client = platforms.tiktok(shop, trail.observe)
        listings = locked([item.subject_id for item in items if item.subject_id])
        steps: dict[int, Any] = {}
        for item in items:
            listing = listings.get(item.subject_id or 0)
            if listing is None or not listing.tiktok_id or listing.platform_status not in verdicts.STAYS:
                steps[item.id] = Skipped("It is not on sale; it gets the warehouse with its next edit.")
            elif listing.intent or (listing_edits.in_review(listing) and not item.was_sent):
                steps[item.id] = Later(clock.now() + PAUSE, "In review, or something else is on its way for it.")
            else:
                steps[item.id] = Step(client, listing.tiktok_id, wanted)
        return steps

    def call(self, step: Step) -> Answer:
        product = step.client.get_product(step.product_id)
        made = None
        if any(set(step.wanted) - {one.warehouse_id for one in sku.inventory} for sku in product.skus):
            made = step.client.partial_edit(product.id, {"skus": [sku_row(sku, step.wanted) for sku in product.skus]})
        return Answer(step.client.inventory([product.id])[0], made)

    def look_up(self, step: Step) -> Answer | None:
        """An edit that took effect shows its warehouses; whether it is in review, its verdict tells."""
        found = step.client.inventory([step.product_id])
        has_all = found and all(
            set(step.wanted) <= {one.warehouse_id for one in sku.warehouse_inventory} for sku in found[0].skus
        )
        return Answer(found[0]) if has_all else None

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        listings = locked([result.item.subject_id or 0 for result in results])
        return {result.item.id: self._record(shop, listings[result.item.subject_id or 0], result) for result in results}

    def _record(self, shop: Shop, listing: Listing, result: Result) -> Outcome:
        if result.error is not None:
            said = platform_errors.problem(result.error.code, result.error.text)
            return Refused(result.error.code or "tiktok.refused", said.text)
        answer: Answer = result.answer
        assigned.keep(shop, listing.id, answer.seen)
        if answer.made is None:
            return Done("It has every warehouse.")
        audit = answer.made.audit
        listing.audit_status = audit.status[:24] if audit and audit.status else "AUDITING"
        listing.published_at, listing.verdict_at = clock.now(), None
        retab([listing])
        return Done("It has the new warehouse, empty until the mapping changes. TikTok reviews the edit; it stays on "
                    "sale.", notes={"attached": 1})  # fmt: skip

    def finished(self, activity: Activity) -> None:
        shop = db.session.get_one(Shop, activity.shop_id)
        version = db.session.get(MappingVersion, activity.details["version"])
        no = activity.refused + activity.failed
        if version is None or version.state != versions.PREPARING:
            activity.message = "The mapping was decided otherwise meanwhile."
        elif activity.state != "finished" or no:
            activity.message = (
                f"{no:,} of {activity.total:,} listings did not get the warehouse. The mapping is as it was: go on or "
                "give up in Settings, Warehouses."
            )
        else:
            remapping.switch(shop, version, Actor(activity.actor, activity.store_id))
            activity.message = f"Version {version.number} of the mapping is active; the numbers are being told."


def sku_row(sku: Sku, wanted: Sequence[str]) -> dict[str, Any]:
    """A SKU as it is, in the words of an edit, with every wanted warehouse. What an edit leaves out of a SKU would be
    blank, but for its price."""
    row: dict[str, Any] = {
        "id": sku.id,
        "seller_sku": sku.seller_sku,
        "inventory": [
            *({"warehouse_id": one.warehouse_id, "quantity": one.quantity} for one in sku.inventory),
            *(
                {"warehouse_id": place, "quantity": 0}
                for place in wanted
                if place not in {one.warehouse_id for one in sku.inventory}
            ),
        ],
    }
    if sku.external_sku_id:
        row["external_sku_id"] = sku.external_sku_id
    if sku.identifier_code and sku.identifier_code.code:
        row["identifier_code"] = {"code": sku.identifier_code.code, "type": sku.identifier_code.type}
    if sku.sales_attributes:
        row["sales_attributes"] = [
            {
                "id": one.id,
                "value_id": one.value_id,
                **({"sku_img": {"uri": one.sku_img.uri}} if one.sku_img and one.sku_img.uri else {}),
            }
            for one in sku.sales_attributes
        ]
    return row
