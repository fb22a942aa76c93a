"""Sending prices: which live listings must be told something, and what exactly."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from domain.roles import SEND, Page
from models import Activity, ActivityItem, Shop, Store, db
from models.tenancy import tenant_id
from services import activities, streams
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden
from services.people.access import asks
from services.pricing import policies
from services.pricing.offers import ListingPrices, live_listings, offers
from services.pricing.policies import Values

KIND, ALL = "push_price", "reprice"
KINDS = (KIND, ALL)
NONE = Decimal(0)
LOOK = 5000  # listings a dry run looks at
STEEP = Decimal("0.5")  # a price that moves by more than half is shown first


@dataclass(frozen=True, slots=True)
class SkuTarget:
    listing_sku_id: int
    tiktok_id: str
    code: str
    price: Decimal
    was: Decimal | None
    list_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Target:
    """What one listing is to be told. Empty: it knows already. `problems`: codes of SKUs that may not be sent."""

    listing_id: int
    tiktok_id: str
    skus: tuple[SkuTarget, ...]
    problems: tuple[str, ...] = ()


def target(one: ListingPrices, everything: bool = False) -> Target:
    skus = [
        SkuTarget(sku.listing_sku_id, sku.tiktok_id, sku.code, sku.value, sku.was, sku.offered.list_price)
        for sku in one.skus
        if sku.tiktok_id and sku.value is not None and not sku.offered.problem and (everything or sku.differs)
    ]
    problems = [sku.offered.problem for sku in one.skus if sku.tiktok_id and sku.offered.problem]
    return Target(one.listing_id, one.tiktok_id, tuple(skus), tuple(problems))


def pour_listings(shop: Shop, listing_ids: Sequence[int], cause: str) -> Activity | None:
    """Puts those of the shop's live listings whose price differs into its stream, in the current transaction; call
    `jobs.launch.launch` after it. None when there is nothing, or prices are not sent to the shop by themselves."""
    store = db.session.get_one(Store, tenant_id())
    if not listing_ids or not policies.ready() or not policies.standing(shop, store).on:
        return None
    live = sorted(set(listing_ids) & set(live_listings(shop.id)))
    items = [
        NewItem(one.title or f"Listing {one.listing_id}", one.listing_id, {"cause": cause})
        for one in offers(shop, live).values()
        if target(one).skus
    ]
    return streams.pour(KIND, "Send prices", items, store_id=store.id, shop_id=shop.id) if items else None


@asks(Page.STOCK, SEND)
def push_all(actor: Actor, shop: Shop, listing_ids: Sequence[int] | None = None) -> Started:
    """An activity, which can be cancelled, that tells the shop every price that differs; of all live listings, or of
    those named, these whatever they know."""
    store = db.session.get_one(Store, tenant_id())
    standing = policies.standing(shop, store)
    if not standing.able:
        raise Forbidden(standing.why, standing.action, standing.url)
    live = live_listings(shop.id)
    chosen = live if listing_ids is None else sorted(set(listing_ids) & set(live))
    named = listing_ids is not None
    items = [
        NewItem(one.title or f"Listing {one.listing_id}", one.listing_id,
                {"cause": "by hand" if named else "rule", "everything": named})
        for one in offers(shop, chosen).values()
        if target(one, named).skus
    ]  # fmt: skip
    if not items:
        raise activities.NothingToDo(f"“{shop.name}” shows every price already.", "See prices", "/prices/")
    words = f"{len(items):,} {'listing' if len(items) == 1 else 'listings'}"
    title = f"Send prices of {words} to {shop.name}"
    key = f"{ALL}:{shop.id}"
    return activities.start(actor, ALL, title, items, shop_id=shop.id, queue="live", open_key=key)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a dry run."""

    title: str
    listing_id: int
    code: str
    was: Decimal | None
    value: Decimal | None
    steps: tuple[str, ...]
    problem: str

    @property
    def share(self) -> Decimal | None:
        """By how much it moves, as a part of what it was."""
        return None if not self.was or self.value is None else (self.value - self.was) / self.was


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would tell the shop: what differs, and what may not be sent. `steep`: SKUs that move by more than
    half; `problems`: SKUs by code."""

    changes: tuple[Change, ...]
    more: int
    looked: int
    listings: int
    sends: int
    up: int
    down: int
    steep: int
    problems: Mapping[str, int]


def dry_run(shop: Shop, instead: Mapping[int, Values] | None = None, show: int = 50) -> DryRun:
    """Sends nothing and changes nothing."""
    listing_ids = live_listings(shop.id)
    changes: list[Change] = []
    looked = 0
    for one in offers(shop, listing_ids[:LOOK], instead).values():
        for sku in one.skus:
            looked += 1
            if sku.differs or sku.offered.problem:
                changes.append(
                    Change(one.title, one.listing_id, sku.code, sku.was, sku.value, sku.offered.steps,
                           sku.offered.problem)
                )  # fmt: skip
    moved = [change for change in changes if not change.problem and change.share is not None]
    changes.sort(key=lambda change: (not change.problem, -abs(change.share or NONE), change.title, change.code))
    return DryRun(
        tuple(changes[:show]),
        max(0, len(changes) - show),
        looked,
        len(listing_ids),
        sum(not change.problem for change in changes),
        sum((change.share or NONE) > 0 for change in moved),
        sum((change.share or NONE) < 0 for change in moved),
        sum(abs(change.share or NONE) > STEEP for change in moved),
        dict(Counter(change.problem for change in changes if change.problem)),
    )


def in_hand(listing_ids: Collection[int], but: Collection[int]) -> set[int]:
    """Of these listings, those that another item (not in `but`) is telling a price right now."""
    query = (
        select(ActivityItem.subject_id)
        .join(Activity, Activity.id == ActivityItem.activity_id)
        .where(
            Activity.kind.in_((*KINDS, "live_values")),
            Activity.state.in_(activities.OPEN),
            ActivityItem.state.in_(activities.WORKING),
            ActivityItem.subject_id.in_(listing_ids),
            ActivityItem.id.not_in(but),
        )
    )
    return {subject_id for subject_id in db.session.scalars(query) if subject_id}
