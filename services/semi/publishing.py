"""Publishing live products of a local store to one or several semi-consignment stores: what would happen, the rows, the
activity; and what came back (features S1-30, S1-31, S1-36, S1-43, S1-44)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from clients.errors import Refused
from clients.tiktok.models import Product as ProductRow
from clients.tiktok.models import ProductInventory
from clients.tiktok.semi_consignment import Published
from domain.capabilities import Capability, allowed
from domain.roles import SEND, Page
from models import Activity, ActivityItem, Listing, ListingProblem, ListingSku, SemiListing, SemiPair, Shop, Variant, db
from services import activities, clock, platform_errors, verdicts
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import Forbidden, Invalid, ServiceError
from services.listings import hold
from services.people.access import asks, require
from services.semi import WHERE, local, pairs, why_off
from services.semi.stock import keep
from services.tabs import problem_codes, retab

KIND = "publish_semi"
NOT_LIVE, NOT_PAIRED = "semi.not_live", "semi.not_paired"
SAYS = {
    NOT_LIVE: "It is not live in the local store any more. Only live products can be published from there.",
    NOT_PAIRED: "The store is not paired with this local store any more.",
}


class NothingToPublish(ServiceError):
    """None of these is live, or all are there already."""


@dataclass(frozen=True, slots=True)
class Target:
    """One store: how many would go there, why others stay, or why none can."""

    pair: SemiPair
    shop: Shop
    count: int
    there: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`selected` of the local store, of which `live` can be published at all."""

    local: Shop
    selected: int
    live: int
    targets: Sequence[Target]
    why_not: str = ""


def plan(shop: Shop, listings: Select[Any]) -> Plan:
    """Counts only; changes nothing and asks nobody."""
    here = Listing.id.in_(listings), Listing.shop_id == shop.id
    selected = db.session.scalar(select(func.count(Listing.id)).where(*here)) or 0
    live = db.session.scalar(select(func.count(Listing.id)).where(*here, *local.live())) or 0
    found = []
    for pair in pairs.of_local(shop):
        there = db.session.scalar(select(func.count(Listing.id)).where(*here, *local.live(), _there(pair))) or 0
        found.append(Target(pair, pair.shop, live - there, there, _closed(pair)))
    verdict = allowed(shop.kind, Capability.PUBLISH_TO_SEMI_CONSIGNMENT)
    return Plan(shop, selected, live, found, why_off() if verdict else verdict.reason)


def listing_ids(listings: Select[Any]) -> Sequence[int]:
    return db.session.scalars(listings).all()


def _there(pair: SemiPair) -> Any:
    """Listings of the local store that are in this store, or on their way."""
    mine = (
        select(SemiListing.source_id)
        .join(Listing, Listing.id == SemiListing.listing_id)
        .where(SemiListing.shop_id == pair.shop_id, SemiListing.source_id.is_not(None), local.counted(Listing))
    )
    return Listing.id.in_(mine)


def _closed(pair: SemiPair) -> str:
    if pair.note:
        return pair.note
    if pair.shop.authorization.state != "active":
        return "TikTok no longer accepts the permission of this store. Reconnect it."
    return "" if pair.took_effect_at else pairs.NOT_YET


@asks(Page.SEMI_CONSIGNMENT, SEND)
def start(actor: Actor, shop: Shop, listings: Select[Any], pair_ids: Sequence[int]) -> list[Started]:
    """An activity for each chosen store; refused as a whole when one of them cannot be published to."""
    verdict = allowed(shop.kind, Capability.PUBLISH_TO_SEMI_CONSIGNMENT)
    why = why_off() if verdict else verdict.reason
    if why:
        raise Forbidden(why, "Semi-consignment", WHERE)
    chosen = [pair for pair in pairs.of_local(shop) if pair.id in set(pair_ids)]
    if not chosen:
        raise Invalid("Choose at least one semi-consignment store to publish to.", "Back", WHERE)
    for pair in chosen:
        require(actor, Page.SEMI_CONSIGNMENT, SEND, pair.shop)
        if closed := _closed(pair):
            raise ServiceError(f"“{pair.shop.name}”: {closed}", "Semi-consignment", WHERE)
    started = [one for pair in chosen if (one := _start(actor, shop, listings, pair)) is not None]
    if not started:
        text = "Nothing is left to publish: these products are not live, or they are in the chosen stores already."
        raise NothingToPublish(text, "Active products", f"{WHERE}publish")
    return started


def _start(actor: Actor, shop: Shop, listings: Select[Any], pair: SemiPair) -> Started | None:
    here = Listing.id.in_(listings), Listing.shop_id == shop.id, *local.live(), ~_there(pair)
    # Locked: of two people pressing at once the second finds them taken.
    sources = db.session.scalars(select(Listing).where(*here).order_by(Listing.id).with_for_update()).all()
    if not sources:
        return None
    rows = _rows(pair, sources)
    items = [NewItem(source.title, rows[source.id].id, {"pair": pair.id}) for source in sources]
    retab(list(rows.values()), problem_codes([row.id for row in rows.values()]))
    listed = f"{len(items):,} {'product' if len(items) == 1 else 'products'}"
    title = f"Publish {listed} of {shop.name} to {pair.shop.name}"
    return activities.start(actor, KIND, title, items, shop_id=pair.shop_id)


def _rows(pair: SemiPair, sources: Sequence[Listing]) -> dict[int, Listing]:
    """The listings of the semi-consignment store, new or taken up again, by their local listing."""
    ids = [source.id for source in sources]
    links = select(SemiListing).where(SemiListing.shop_id == pair.shop_id, SemiListing.source_id.in_(ids))
    known = {link.source_id: link.listing_id for link in db.session.scalars(links)}
    held = {row.id: row for row in hold(list(known.values()))}
    codes = _lines(ids)
    found: dict[int, Listing] = {}
    for source in sources:
        listing = held.get(known.get(source.id, 0))
        if listing is None:
            listing = Listing(shop_id=pair.shop_id, product_id=source.product_id, fields={}, tab="")
            db.session.add(listing)
        listing.title, listing.category_id, listing.changed_at = source.title, source.category_id, clock.now()
        listing.currency, listing.price_low, listing.price_high = source.currency, None, None
        listing.tiktok_id = listing.platform_status = listing.audit_status = ""
        listing.is_refused, listing.is_ready, listing.is_stale, listing.checked_at = False, True, False, clock.now()
        listing.intent, listing.intent_version = "publish", (listing.intent_version or 0) + 1
        found[source.id] = listing
    db.session.flush()
    for source in sources:
        listing = found[source.id]
        if source.id not in known:
            db.session.add(SemiListing(shop_id=pair.shop_id, listing_id=listing.id, source_id=source.id))
        _match(listing, codes.get(source.id, ()))
    db.session.flush()
    return found


def _lines(listing_ids: Sequence[int]) -> dict[int, list[ListingSku]]:
    found: dict[int, list[ListingSku]] = {}
    query = (
        select(ListingSku).where(ListingSku.listing_id.in_(listing_ids)).order_by(ListingSku.position, ListingSku.id)
    )
    for line in db.session.scalars(query):
        found.setdefault(line.listing_id, []).append(line)
    return found


def _match(listing: Listing, sources: Sequence[ListingSku]) -> None:
    """A line for each variant that the local store sells; they sell from the same merchant SKUs."""
    mine = {line.variant_id: line for line in _lines([listing.id]).get(listing.id, ())}
    for source in sources:
        if not source.tiktok_id:
            continue
        line = mine.pop(source.variant_id, None)
        if line is None:
            line = ListingSku(listing_id=listing.id, variant_id=source.variant_id, fields={})
            db.session.add(line)
        line.merchant_sku_id, line.position = source.merchant_sku_id, source.position
        line.tiktok_id, line.sent_quantity, line.sent_price = "", None, None
    for gone in mine.values():
        db.session.delete(gone)


# -- what the work needs and what came back ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """What is sent: the pair as TikTok calls it, and the local product."""

    pair: str
    product_id: str


def asked(pair: SemiPair | None, listing_ids: Sequence[int]) -> dict[int, Ask | str]:
    """By listing of the semi-consignment store; a text is the code of why it cannot be sent."""
    query = (
        select(SemiListing.listing_id, Listing.tiktok_id, Listing.platform_status)
        .join(Listing, Listing.id == SemiListing.source_id)
        .where(SemiListing.listing_id.in_(listing_ids))
    )
    found: dict[int, Ask | str] = {}
    for listing_id, tiktok_id, status in db.session.execute(query):
        if pair is None or not pairs.in_effect(pair):
            found[listing_id] = NOT_PAIRED
        else:
            found[listing_id] = Ask(pair.reference, tiktok_id) if tiktok_id and status == local.LIVE else NOT_LIVE
    return found


def taken(listing: Listing, made: Published, product: ProductRow | None, inventory: Sequence[ProductInventory]) -> None:
    """It is there: its ids are matched by seller SKU, its stock is kept as TikTok shows it."""
    codes = _codes([listing.id])
    by_code = {sku.seller_sku: sku.id for sku in made.skus}
    for position, (line, code) in enumerate(codes):
        alone = made.skus[0].id if len(made.skus) == len(codes) == 1 else ""
        line.tiktok_id = by_code.get(code, alone)[:32]
        line.position = position
    listing.tiktok_id, listing.intent, listing.is_refused = made.product_id[:32], "", False
    listing.published_at = clock.now()
    before = problem_codes([listing.id])
    for row in db.session.scalars(select(ListingProblem).where(ListingProblem.listing_id == listing.id)):
        db.session.delete(row)
    retab([listing], before)
    if product is not None:
        seen(listing, product, inventory)


def seen(listing: Listing, product: ProductRow, inventory: Sequence[ProductInventory]) -> bool:
    """What TikTok says now, kept; True when its state changed."""
    changed = verdicts.verdict(listing, product)
    keep(listing, inventory)
    link = db.session.scalar(select(SemiListing).where(SemiListing.listing_id == listing.id))
    if link is not None:
        link.read_at = clock.now()
    return changed


def _codes(listing_ids: Sequence[int]) -> list[tuple[ListingSku, str]]:
    """Lines of a listing with the seller SKU under which the local store sells them."""
    query = (
        select(ListingSku, Variant.sku)
        .outerjoin(Variant, Variant.id == ListingSku.variant_id)
        .where(ListingSku.listing_id.in_(listing_ids))
        .order_by(ListingSku.position, ListingSku.id)
    )
    own = _own_codes(listing_ids)
    return [(line, own.get(line.variant_id or 0) or sku or "") for line, sku in db.session.execute(query)]


def _own_codes(listing_ids: Sequence[int]) -> Mapping[int, str]:
    """Variant -> the SKU that somebody typed in the local listing."""
    query = (
        select(ListingSku.variant_id, ListingSku.fields)
        .join(SemiListing, SemiListing.source_id == ListingSku.listing_id)
        .where(SemiListing.listing_id.in_(listing_ids))
    )
    return {variant: str(fields.get("sku") or "") for variant, fields in db.session.execute(query) if variant}


def refused(listing: Listing, error: Refused) -> str:
    """TikTok said no: the listing fails, with the reason."""
    return verdicts.refused(listing, error)


def left(listing: Listing, code: str) -> str:
    """It was not sent, because something changed since it was asked for."""
    return verdicts.unfit(listing, code, "", SAYS.get(code, platform_errors.problem(code, "").text))


def let_go(activity: Activity) -> None:
    """It is over: what was not sent fails, so that it can be published again."""
    ended = select(ActivityItem.subject_id).where(
        ActivityItem.activity_id == activity.id, ActivityItem.state.in_(("skipped", "failed", "refused"))
    )
    ids = select(Listing.id).where(Listing.id.in_(ended), Listing.intent == "publish", Listing.tiktok_id == "")
    listings = hold(list(db.session.scalars(ids)))
    for listing in listings:
        listing.intent, listing.is_refused = "", True
    retab(listings)
