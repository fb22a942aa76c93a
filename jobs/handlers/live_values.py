"""Prices and quantities of what is on sale: by their own calls, live at once, without a review (reference 4.12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product, Sku
from jobs import trail
from jobs.handlers.resend import CHANGED
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Shop, db
from services import clock, current_requests, listing_diff, listing_edits, platform_errors, platforms
from services.adoption import second_writer
from services.listing_actions import locked
from services.publish_requests import Request


@dataclass(frozen=True, slots=True)
class Step:
    client: TikTok
    request: Request
    kind: str  # price or stock


@dataclass(frozen=True, slots=True)
class Answer:
    sent: int
    errors: Sequence[ItemError] = ()


class LiveValues(Handler):
    """Reads first and sends only what differs, in absolute numbers, so that sending again changes nothing."""

    kind: ClassVar[str] = listing_edits.LIVE_VALUES

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        client = platforms.tiktok(shop, trail.observe)
        ids = [item.subject_id for item in items if item.subject_id]
        listings, requests = locked(ids), current_requests.requests(shop, ids)
        theirs = second_writer.undecided(ids, ("price",))
        steps: dict[int, Any] = {}
        for item in items:
            listing, kind = listings.get(item.subject_id or 0), str(item.args["kind"])
            if listing is None or not listing.tiktok_id or listing.platform_status not in listing_edits.LIVE[kind]:
                steps[item.id] = Skipped("The listing is no longer on sale.")
                continue
            if listing.intent:
                steps[item.id] = Later(clock.now() + timedelta(seconds=30), "Something else is on its way for it.")
                continue
            if kind == "price" and listing.id in theirs and not item.was_sent:
                steps[item.id] = Refused(second_writer.CODE, second_writer.TEXT)
                continue
            request = requests[listing.id]
            if not item.was_sent and listing_diff.values_digest(request.body, kind) != item.args["digest"]:
                steps[item.id] = Refused(CHANGED, "It was changed after the comparison. Compare again, then send.")
            else:
                steps[item.id] = Step(client, request, kind)
        return steps

    def call(self, step: Step) -> Answer:
        product = step.client.get_product(step.request.tiktok_id)
        if step.kind == "price":
            rows = prices(step.request.body, product)
            return Answer(len(rows), step.client.update_prices(product.id, rows) if rows else ())
        rows = quantities(step.request.body, product)
        return Answer(len(rows), step.client.update_inventory(product.id, rows) if rows else ())

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        listings = locked([result.item.subject_id or 0 for result in results])
        outcomes: dict[int, Outcome] = {}
        for result in results:
            code, text = _refusal(result)
            if code:
                outcomes[result.item.id] = Refused(code, text)
                continue
            listing, request = listings[result.item.subject_id or 0], result.step.request
            listing_edits.told(listing, request, result.step.kind, whole=bool(result.item.args.get("whole")))
            words = "prices" if result.step.kind == "price" else "quantities"
            text = f"{result.answer.sent} {words} sent; they are live." if result.answer.sent else "TikTok has them."
            outcomes[result.item.id] = Done(text, notes={"sent": result.answer.sent})
        return outcomes

    def finished(self, activity: Activity) -> None:
        sent, no = activity.notes.get("sent", 0), activity.refused + activity.failed
        said = f"{sent:,} {'value is' if sent == 1 else 'values are'} live on TikTok Shop"
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."


def prices(body: Mapping[str, Any], product: Product) -> list[dict[str, Any]]:
    """Those that differ, of SKUs that TikTok has."""
    has = {sku.id: sku for sku in product.skus}
    return [
        {"id": sku["id"], "price": dict(sku["price"])}
        for sku in body["skus"]
        if sku.get("id") in has and _price(has[sku["id"]]) != Decimal(sku["price"]["amount"])
    ]


def _price(sku: Sku) -> Decimal | None:
    told = sku.price.tax_exclusive_price or sku.price.sale_price or sku.price.amount if sku.price else None
    return None if told is None else Decimal(str(told))


def quantities(body: Mapping[str, Any], product: Product) -> list[dict[str, Any]]:
    """Those that differ. Every warehouse that TikTok has assigned is named, and no other (reference 4.12)."""
    has = {sku.id: {one.warehouse_id: one.quantity for one in sku.inventory} for sku in product.skus}
    rows = []
    for sku in body["skus"]:
        before = has.get(sku.get("id", ""))
        if not before:
            continue
        ours = {one["warehouse_id"]: one["quantity"] for one in sku["inventory"]}
        after = {place: ours.get(place, 0) for place in before}
        if after != before:
            told = [{"warehouse_id": place, "quantity": count} for place, count in after.items()]
            rows.append({"id": sku["id"], "inventory": told})
    return rows


def _refusal(result: Result) -> tuple[str, str]:
    """(code, words); empty when nothing was refused."""
    if result.error is not None:
        return result.error.code or "tiktok.refused", platform_errors.problem(result.error.code, result.error.text).text
    if not result.answer.errors:
        return "", ""
    first: ItemError = result.answer.errors[0]
    inner = first.extra[0] if first.extra else first
    return inner.code, platform_errors.problem(inner.code, inner.message).text
