"""Telling a shop its stock: written in absolute numbers, then read back. What it took and does not show is told again
and becomes an incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from clients.errors import ItemError
from clients.errors import Refused as PlatformRefused
from clients.tiktok.api import TikTok
from domain.stock import after_sales
from jobs import trail
from jobs.handling import Done, Handler, Item, Later, Outcome, Refused, Result, Skipped
from models import Activity, Listing, Shop, Store, db
from models.tenancy import tenant_id
from services import clock, platform_errors, platforms
from services.listing_edits import LIVE
from services.stock import confirmations, pushes, rules
from services.stock.confirmations import NOT_APPLIED, REFUSED, Told
from services.stock.pushes import SkuTarget, Target

# A SKU's warehouses are not those we thought (reference 4.12); they are read, and the rest of the numbers are sent.
OTHER_WAREHOUSES = frozenset({"12052037", "12019028", "12052533", "12052534"})
WAITS = (2, 10, 60, 300)  # seconds until a number that does not show is looked at and told again
NOT_SHOWN = "stock.not_applied"
PATIENCE = timedelta(hours=24)  # an order that did not become known by then never will
Seen = Mapping[str, Mapping[str, tuple[int, int]]]
"""TikTok's SKU id -> warehouse id -> (available, committed)."""


@dataclass(frozen=True, slots=True)
class Step:
    """`again`: told before and not seen, so it is read first."""

    client: TikTok
    target: Target
    again: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`seen`: as read back at last; `ignored`: as read when an earlier number had not arrived; `wrote`: calls that
    wrote."""

    seen: Seen
    ignored: Seen = field(default_factory=dict)
    errors: Sequence[ItemError] = ()
    wrote: int = 0


class PushStock(Handler):
    """An item is a listing; what it is told is worked out when its turn comes, so many changes become one call."""

    kind: ClassVar[str] = pushes.KIND
    threads: ClassVar[int] = 32
    gather: ClassVar[float] = 0.01  # somebody waits for each of these

    def prepare(self, activity: Activity, items: Sequence[Item]) -> Mapping[int, Any]:
        shop = db.session.get_one(Shop, activity.shop_id)
        standing = rules.standing(shop, db.session.get_one(Store, tenant_id()))
        if not standing.on:
            return {item.id: Skipped(standing.why) for item in items}
        client = platforms.tiktok(shop, trail.observe)
        ids = [item.subject_id for item in items if item.subject_id]
        busy = pushes.in_hand(ids, [item.id for item in items])
        everything = {item.subject_id for item in items if item.subject_id and item.args.get("everything")}
        everything |= {item.subject_id for item in items if item.subject_id and (item.tries or item.was_sent)}
        found = pushes.targets(shop, ids, everything)
        live = {row.id for row in db.session.query(Listing).filter(Listing.id.in_(ids)) if _live(row)}
        taken: set[int] = set()
        steps: dict[int, Any] = {}
        for item in items:
            target = found.get(item.subject_id or 0)
            if item.subject_id in busy or item.subject_id in taken:
                steps[item.id] = Later(clock.now() + timedelta(milliseconds=300), "Its number is on its way just now.")
            elif target is None or item.subject_id not in live:
                steps[item.id] = Skipped("The listing is not on sale, is left alone, or its stock is not counted.")
            elif not target.skus:
                steps[item.id] = Done("The shop knows it already.")
            else:
                taken.add(item.subject_id or 0)
                steps[item.id] = Step(client, target, bool(item.tries))
        return steps

    def call(self, step: Step) -> Answer:
        """Write, read back: two calls. Three or four when the warehouses are others, an earlier number did not arrive,
        or the shop sold something meanwhile."""
        seen: Seen = {}
        if step.again:
            seen = read(step)
            if not missing(step.target, seen):
                return Answer(seen)
        ignored = seen
        errors, wrote = write(step, {sku.tiktok_id: sku.want for sku in step.target.skus}), 1
        if any(code in OTHER_WAREHOUSES for error in errors for code in _codes(error)):
            assigned = read(step)
            want = {
                sku.tiktok_id: {place: sku.want.get(place, 0) for place in assigned[sku.tiktok_id]}
                for sku in step.target.skus
                if assigned.get(sku.tiktok_id)
            }
            errors, wrote = write(step, want), wrote + 1
        seen = read(step)
        sold = {sku.tiktok_id: shown for sku in step.target.skus if (shown := oversold(sku, seen))}
        if sold:  # orders that we have not seen yet were overwritten: they are taken off again at once
            errors, wrote = [*errors, *write(step, sold)], wrote + 1
            seen = read(step)
        return Answer(seen, ignored, errors, wrote)

    def look_up(self, step: Step) -> Answer | None:
        """Numbers are absolute, so one that is not there is sent again without harm."""
        seen = read(step)
        return None if missing(step.target, seen) else Answer(seen)

    def record(self, activity: Activity, results: Sequence[Result]) -> Mapping[int, Outcome]:
        shop = db.session.get_one(Shop, activity.shop_id)
        open_before = confirmations.open_incidents(shop.id)
        outcomes = {result.item.id: self._record(shop, result) for result in results}
        if open_before or any(isinstance(one, Refused) for one in outcomes.values()):
            confirmations.tell(shop)
        return outcomes

    def _record(self, shop: Shop, result: Result) -> Outcome:
        target: Target = result.step.target
        if result.error is not None:
            return self._refused(shop, target, result.error)
        answer: Answer = result.answer
        refused = _refused_skus(answer.errors, target)
        late = missing(target, answer.seen)
        rows = [row for sku in target.skus if sku.tiktok_id not in refused for row in _rows(sku, answer.seen, late)]
        confirmations.keep(shop.id, target.listing_id, rows)
        for sku in target.skus:
            found = answer.ignored.get(sku.tiktok_id)
            if found is not None and sku.tiktok_id in missing(target, answer.ignored):
                _not_applied(shop, target, sku, found)
        if refused:
            return self._item_errors(shop, target, refused)
        if late:
            return self._late(shop, target, result.item, answer, late)
        confirmations.resolve(target.listing_id, [sku.listing_sku_id for sku in target.skus])
        changed = datetime.fromisoformat(result.item.args["changed_at"]) if "changed_at" in result.item.args else None
        if changed is not None:
            cause = str(result.item.args.get("cause", ""))
            confirmations.measure(shop, target.listing_id, changed, len(target.skus), cause)
        return Done(_words(target, answer), notes={"skus": len(target.skus), "writes": answer.wrote})

    def _late(self, shop: Shop, target: Target, item: Item, answer: Answer, late: Sequence[str]) -> Outcome:
        if item.tries < len(WAITS):
            wait = timedelta(seconds=WAITS[item.tries])
            return Later(clock.now() + wait, "TikTok took the number and does not show it yet; it is looked at again.")
        for sku in target.skus:
            if sku.tiktok_id in late:
                _not_applied(shop, target, sku, answer.seen.get(sku.tiktok_id, {}))
        return Refused(
            NOT_SHOWN, "TikTok took the number several times and shows another one. It is tried again daily."
        )

    def _refused(self, shop: Shop, target: Target, error: PlatformRefused) -> Outcome:
        said = platform_errors.problem(error.code, error.text)
        confirmations.incident(
            shop.id, target.listing_id, 0, REFUSED, code=error.code or "tiktok.refused", text=said.text
        )
        return Refused(error.code or "tiktok.refused", said.text)

    def _item_errors(self, shop: Shop, target: Target, refused: Mapping[str, ItemError]) -> Outcome:
        first = next(iter(refused.values()))
        for sku in target.skus:
            if sku.tiktok_id in refused:
                inner = _inner(refused[sku.tiktok_id])
                confirmations.incident(
                    shop.id,
                    target.listing_id,
                    sku.listing_sku_id,
                    REFUSED,
                    code=inner.code,
                    text=platform_errors.problem(inner.code, inner.message).text,
                    told=sum(sku.want.values()),
                )
        inner = _inner(first)
        return Refused(inner.code, platform_errors.problem(inner.code, inner.message).text)

    def finished(self, activity: Activity) -> None:
        said = f"{activity.done:,} {'listing was' if activity.done == 1 else 'listings were'} told their stock"
        no = activity.refused + activity.failed
        activity.message = f"{said}, {no:,} refused." if no else f"{said}."


class PushAllStock(PushStock):
    """The same as an activity that a person sees and may cancel: a rule was saved."""

    kind: ClassVar[str] = pushes.ALL


def read(step: Step) -> Seen:
    found = step.client.inventory([step.target.tiktok_id])
    return {
        sku.id: {one.warehouse_id: (one.available_quantity, one.committed_quantity) for one in sku.warehouse_inventory}
        for product in found
        for sku in product.skus
    }


def write(step: Step, want: Mapping[str, Mapping[str, int]]) -> list[ItemError]:
    rows = [
        {
            "id": sku_id,
            "inventory": [{"warehouse_id": place, "quantity": count} for place, count in sorted(places.items())],
        }
        for sku_id, places in want.items()
    ]
    try:
        return step.client.update_inventory(step.target.tiktok_id, rows)
    except PlatformRefused as refusal:
        if refusal.code in OTHER_WAREHOUSES:
            return [ItemError(refusal.code, refusal.text, "")]
        raise


def expected(sku: SkuTarget, seen: Seen) -> dict[str, int]:
    """What the shop should show now: the number told, less its orders that we do not know yet."""
    committed = {place: count for place, (_, count) in seen.get(sku.tiktok_id, {}).items()}
    return after_sales(sku.want, sku.before, committed, sku.known)


def missing(target: Target, seen: Seen) -> list[str]:
    """SKUs that show another number than they should. A warehouse that the SKU is not assigned to shows none."""
    wrong = []
    for sku in target.skus:
        shown = seen.get(sku.tiktok_id)
        want = expected(sku, seen)
        if shown is None or any(available != want.get(place, 0) for place, (available, _) in shown.items()):
            wrong.append(sku.tiktok_id)
    return wrong


def oversold(sku: SkuTarget, seen: Seen) -> dict[str, int]:
    """What a SKU should show, where it shows more by orders that came meanwhile. Empty: it does not; any other
    difference is a number that did not arrive."""
    shown = {place: available for place, (available, _) in seen.get(sku.tiktok_id, {}).items()}
    want = expected(sku, seen)
    should = {place: want.get(place, 0) for place in shown}
    higher = all(should[place] <= count <= sku.want.get(place, 0) for place, count in shown.items())
    return should if higher and should != shown else {}


def _rows(sku: SkuTarget, seen: Seen, late: Sequence[str]) -> list[Told]:
    shown = seen.get(sku.tiktok_id, {})
    if not shown or sku.tiktok_id in late:
        return [Told(sku.listing_sku_id, place, count, None, None, None, None) for place, count in sku.want.items()]
    want, now = expected(sku, seen), clock.now()
    before = {place: count for place, count in sku.before.items() if count is not None}
    grown = sum(committed - before.get(place, committed) for place, (_, committed) in shown.items())
    # What one side knows and the other not yet stays between them, until it is clear that nothing is coming.
    agree = not before or grown == sku.known or (sku.agreed_at is not None and now - sku.agreed_at > PATIENCE)
    base = sku.known_now if agree else sku.known_now - sku.known
    return [
        Told(
            sku.listing_sku_id,
            place,
            want.get(place, 0),
            available,
            committed if agree else before.get(place, committed),
            base,
            now if agree else sku.agreed_at,
        )
        for place, (available, committed) in shown.items()
    ]


def _not_applied(shop: Shop, target: Target, sku: SkuTarget, found: Mapping[str, tuple[int, int]]) -> None:
    for place, count in sku.want.items():
        shown = found.get(place, (None, 0))[0]
        if shown != count:
            confirmations.incident(
                shop.id,
                target.listing_id,
                sku.listing_sku_id,
                NOT_APPLIED,
                warehouse=place,
                code=NOT_SHOWN,
                text="TikTok took the number and did not show it.",
                told=count,
                found=shown,
            )


def _live(listing: Listing) -> bool:
    return bool(listing.tiktok_id) and listing.is_enabled and listing.platform_status in LIVE["stock"]


def _codes(error: ItemError) -> list[str]:
    return [error.code, *(one.code for one in error.extra)]


def _inner(error: ItemError) -> ItemError:
    return error.extra[0] if error.extra else error


def _refused_skus(errors: Sequence[ItemError], target: Target) -> dict[str, ItemError]:
    """By TikTok's SKU id; a refusal that names none is about all of them."""
    whole = next((error for error in errors if not error.subject), None)
    if whole is not None:
        return {sku.tiktok_id: whole for sku in target.skus}
    return {error.subject: error for error in errors}


def _words(target: Target, answer: Answer) -> str:
    told = ", ".join(
        f"{sku.code or sku.tiktok_id} {sum(expected(sku, answer.seen).values())}" for sku in target.skus[:5]
    )
    more = f" and {len(target.skus) - 5} more" if len(target.skus) > 5 else ""
    return f"{'Told and confirmed' if answer.wrote else 'Confirmed'}: {told}{more}"
