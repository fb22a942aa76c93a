"""Telling a shop its prices: read, written where they differ, read back. What it took and does not show is told again
and becomes an incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from clients.tiktok.models import Product
from domain import money
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, Store, db
from models.tenancy import tenant_id
from services import clock, platform_errors, platforms
from services.adoption import second_writer
from services.listing_edits import LIVE
from services.pricing import confirmations, offers, policies, pushes
from services.pricing.confirmations import NOT_APPLIED, REFUSED
from services.pricing.pushes import SkuTarget, Target

WAITS = (2, 10, 60)  # seconds until a price that does not show is looked at and told again
NOT_SHOWN = "price.not_applied"
Seen = Mapping[str, Decimal]
"""TikTok's SKU id -> the price it shows, before tax."""


@dataclass(frozen=True, slots=True)
class Step:
    """`sale_price`: cross-border sellers name the price twice (reference 4.12)."""

    client: TikTok
    target: Target
    currency: str
    sale_price: bool
    struck: bool


@dataclass(frozen=True, slots=True)
class Answer:
    seen: Seen
    sent: int = 0
    errors: Sequence[ItemError] = ()


class PushPrice(Handler):
    """An item is a listing; its prices are worked out when its turn comes, so many changes become one call."""

    kind: ClassVar[str] = pushes.KIND
    by_hand: ClassVar[bool] = False

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        standing = policies.standing(shop, db.session.get_one(Store, tenant_id()))
        if not (standing.able if self.by_hand else standing.on):
            return {item.id: Skipped(standing.why) for item in items}
        client, pack = platforms.tiktok(shop, trail.observe), offers.pack_of(shop)
        ids = [item.subject_id for item in items if item.subject_id]
        busy = pushes.in_hand(ids, [item.id for item in items])
        theirs = second_writer.undecided(ids, ("price",))
        found = offers.offers(shop, ids)
        live = {row.id: row for row in db.session.query(Listing).filter(Listing.id.in_(ids)) if _live(row)}
        taken: set[int] = set()
        steps: dict[int, Any] = {}
        for item in items:
            number = item.subject_id or 0
            if number not in live or number not in found:
                steps[item.id] = Skipped("The listing is not on sale.")
                continue
            everything = bool(item.args.get("everything") or item.tries or item.was_sent)
            target = pushes.target(found[number], everything)
            if live[number].intent or number in busy or number in taken:
                steps[item.id] = Later(clock.now() + timedelta(seconds=1), "Something else is on its way for it.")
            elif number in theirs and not item.was_sent:
                steps[item.id] = Refused(second_writer.CODE, second_writer.TEXT)
            elif not target.skus:
                steps[item.id] = _nothing(target)
            else:
                taken.add(number)
                abroad = shop.seller_type == "CROSS_BORDER"
                currency = shop.currency or pack.currency
                steps[item.id] = Step(client, target, currency, abroad, shop.market == "US")
        return steps

    def call(self, step: Step) -> Answer:
        """Three calls when something differs, one when TikTok shows it already."""
        seen = shown(step.client.get_product(step.target.tiktok_id))
        late = [sku for sku in step.target.skus if sku.tiktok_id in seen and _to_send(sku, seen)]
        if not late:
            return Answer(seen)
        errors = step.client.update_prices(step.target.tiktok_id, [_row(sku, step) for sku in late])
        return Answer(shown(step.client.get_product(step.target.tiktok_id)), len(late), errors)

    def look_up(self, step: Step) -> Answer | None:
        """Prices are absolute, so one that is not there is sent again without harm."""
        seen = shown(step.client.get_product(step.target.tiktok_id))
        return None if missing(step.target, seen) else Answer(seen)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        outcomes = {result.item.id: self._record(shop, result) for result in results}
        confirmations.tell(shop)
        return outcomes

    def _record(self, shop: Shop, result: Result) -> Outcome:
        target: Target = result.step.target
        error: PlatformRefused | None = result.error
        if error is not None:
            return _refused(shop, target, error.code or "tiktok.refused", error.text)
        answer: Answer = result.answer
        if answer.errors:
            first = answer.errors[0].extra[0] if answer.errors[0].extra else answer.errors[0]
            return _refused(shop, target, first.code, first.message)
        late = missing(target, answer.seen)
        confirmations.keep(
            shop.id,
            target.listing_id,
            {sku.listing_sku_id: sku.price for sku in target.skus},
            {sku.listing_sku_id: answer.seen[sku.tiktok_id] for sku in target.skus if sku.tiktok_id in answer.seen},
        )
        confirmations.resolve(target.listing_id, [sku.listing_sku_id for sku in target.skus if sku not in late])
        if not late:
            return Done(_words(target, answer, result.step.currency), notes={"prices": answer.sent})
        if result.item.tries < len(WAITS):
            wait = timedelta(seconds=WAITS[result.item.tries])
            return Later(clock.now() + wait, "TikTok took the price and does not show it yet; it is looked at again.")
        for sku in late:
            found = answer.seen.get(sku.tiktok_id)
            confirmations.incident(
                shop.id, target.listing_id, sku.listing_sku_id, NOT_APPLIED, code=NOT_SHOWN, told=sku.price, found=found
            )
        return Refused(NOT_SHOWN, "TikTok took the price several times and shows another. It is tried again hourly.")

    def finished(self, activity: Activity) -> None:
        sent, no = activity.notes.get("prices", 0), activity.refused + activity.failed
        said = f"{sent:,} {'price is' if sent == 1 else 'prices are'} live on TikTok Shop"
        activity.message = f"{said}, {no:,} {'listing' if no == 1 else 'listings'} refused." if no else f"{said}."


class Reprice(PushPrice):
    """The same as an activity that a person sees and may cancel: a rule was saved."""

    kind: ClassVar[str] = pushes.ALL
    by_hand: ClassVar[bool] = True


def shown(product: Product) -> Seen:
    """The price before tax: what was sent."""
    found: dict[str, Decimal] = {}
    for sku in product.skus:
        told = sku.price and (sku.price.tax_exclusive_price or sku.price.sale_price or sku.price.amount)
        if told is not None:
            found[sku.id] = Decimal(str(told))
    return found


def missing(target: Target, seen: Seen) -> list[SkuTarget]:
    """SKUs that show another price. One that TikTok has no more counts as shown."""
    return [sku for sku in target.skus if sku.tiktok_id in seen and seen[sku.tiktok_id] != sku.price]


def _to_send(sku: SkuTarget, seen: Seen) -> bool:
    return seen[sku.tiktok_id] != sku.price or sku.list_price is not None


def _row(sku: SkuTarget, step: Step) -> dict[str, Any]:
    amount = money.for_api(sku.price, step.currency)
    price = {"amount": amount, "currency": step.currency}
    row: dict[str, Any] = {"id": sku.tiktok_id, "price": price}
    if step.sale_price:
        price["sale_price"] = amount
    if sku.list_price is not None and step.struck:  # the United States only (reference 4.8)
        row["list_price"] = {"amount": money.for_api(sku.list_price, step.currency), "currency": step.currency}
    return row


def _live(row: Listing) -> bool:
    return bool(row.tiktok_id) and row.is_enabled and row.platform_status in LIVE["price"]


def _nothing(target: Target) -> Outcome:
    if not target.problems:
        return Done("The shop shows it already.")
    return Refused(target.problems[0], "The rule gives no price that may be sent. See its steps under Prices.")


def _refused(shop: Shop, target: Target, code: str, text: str) -> Outcome:
    said = platform_errors.problem(code, text).text
    confirmations.incident(shop.id, target.listing_id, 0, REFUSED, code=code, text=said)
    return Refused(code, said)


def _words(target: Target, answer: Answer, currency: str) -> str:
    if not answer.sent:
        return "TikTok shows it already."
    first = target.skus[0]
    before = "" if first.was is None else f"{money.show(first.was, currency)} → "
    more = f" and {len(target.skus) - 1} more" if len(target.skus) > 1 else ""
    return f"{before}{money.show(first.price, currency)}{more}."
