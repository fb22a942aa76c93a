"""One activity reads what a shop shows, a hundred listings' products a page, and keeps what differs (features U-03,
I-38 for stock and price). It sends nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from clients.tiktok.models import Product, Sku
from domain import reconcile as rules
from domain.reconcile import Side
from domain.roles import CHANGE, SEND, Page
from models import Activity, ActivityItem, Listing, ListingSku, Shop, db
from services import activities, drafts, listing_actions, listing_edits
from services.activities import NewItem, Started
from services.actor import Actor
from services.errors import ServiceError
from services.people.access import asks
from services.stock import adjustments, pushes, shown
from services.stock.shown import Seen
from services.twin_walk import BEGIN, Span

KIND = "reconcile"
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Exception_:
    """One line of the list."""

    listing_id: int
    title: str
    kind: str
    what: str
    ours: str
    theirs: str


@asks(Page.LISTINGS, CHANGE)
def start(actor: Actor, shop: Shop) -> Started:
    """Starts it; pressing twice answers the one running."""
    query = select(Listing.id).where(Listing.shop_id == shop.id, Listing.tiktok_id != "")
    if db.session.scalar(query.limit(1)) is None:
        raise activities.NothingToDo(f"“{shop.name}” has no listing on TikTok Shop yet.", "See listings", "/listings/")
    first = NewItem("Products of the shop", args={"span": asdict(Span(BEGIN, 2**31 - 1))})
    key = f"{KIND}:{shop.id}"
    return activities.start(
        actor, KIND, f"Compare everything with {shop.name}", [first], shop_id=shop.id, open_key=key, units=0,
        details={"open_key": key}, priority=150,
    )  # fmt: skip


def last(shop_id: int) -> Activity | None:
    query = select(Activity).where(Activity.kind == KIND, Activity.shop_id == shop_id)
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(1)).first()


def record(shop: Shop, item_id: int, products: Sequence[Product], stock: Seen) -> tuple[int, list[Exception_]]:
    """Compares a page of what the shop shows with our listings, and keeps it on the item."""
    seen = {product.id: product for product in products}
    query = select(Listing).where(Listing.shop_id == shop.id, Listing.tiktok_id.in_(seen))
    mine = list(db.session.scalars(query.order_by(Listing.id)))
    ours = sides(shop, mine, stock)
    found = [
        Exception_(one.id, one.title, row.kind, row.what, row.ours, row.theirs)
        for one in mine
        if one.id in ours
        for row in rules.compare(ours[one.id], _theirs(seen[one.tiktok_id], stock))
    ]
    _keep(item_id, [one.id for one in mine], found)
    return len(mine), found


def record_missing(shop: Shop, activity: Activity) -> list[Exception_]:
    """After the last page: listings that no page has shown, and that nobody published meanwhile."""
    shown: set[int] = set()
    for args in db.session.scalars(select(ActivityItem.args).where(ActivityItem.activity_id == activity.id)):
        shown |= set(args.get("shown", ()))
    query = select(Listing).where(
        Listing.shop_id == shop.id, Listing.tiktok_id != "", Listing.intent == "",
        Listing.platform_status != "DELETED", Listing.published_at < activity.created_at,
    )  # fmt: skip
    found = [
        Exception_(one.id, one.title, row.kind, row.what, row.ours, row.theirs)
        for one in db.session.scalars(query.order_by(Listing.id))
        if one.id not in shown
        for row in rules.compare(Side(one.title, one.platform_status, ()), None)
    ]
    first = db.session.scalars(
        select(ActivityItem).where(ActivityItem.activity_id == activity.id).order_by(ActivityItem.id).limit(1)
    ).one()
    _keep(first.id, [], [*exceptions_of(first.args), *found])
    return found


def _keep(item_id: int, shown: Collection[int], found: Sequence[Exception_]) -> None:
    item = db.session.get_one(ActivityItem, item_id)
    rows = [[one.listing_id, one.title, one.kind, one.what, one.ours, one.theirs] for one in found]
    item.args = {**item.args, "shown": [*item.args.get("shown", ()), *shown], "exceptions": rows}
    db.session.flush()


def sides(shop: Shop, listings: Sequence[Listing], stock: Seen) -> dict[int, Side]:
    """Our side: what was sent last, by listing. Left out: what is on its way now. A title is compared where the content
    is the one TikTok accepted, as what waits to be sent differs for a known reason."""
    free = [one for one in listings if not one.intent]
    ids = [one.id for one in free]
    busy, moving = pushes.in_hand(ids, (), waiting=True), adjustments.moving(ids)
    counted = {
        sku.listing_sku_id: sum(shown.should(sku, stock[sku.tiktok_id]).values())
        for listing_id, target in pushes.targets(shop, ids, set(ids)).items()
        if listing_id not in busy
        for sku in target.skus
        if sku.tiktok_id in stock and sku.listing_sku_id not in moving
    }
    lines: dict[int, list[rules.Sku]] = defaultdict(list)
    query = select(ListingSku).where(ListingSku.listing_id.in_(ids), ListingSku.tiktok_id != "")
    for line in db.session.scalars(query.order_by(ListingSku.position, ListingSku.id)):
        code = line.variant.sku if line.variant is not None else ""
        lines[line.listing_id].append(
            rules.Sku(line.tiktok_id, code or line.tiktok_id, line.sent_price, counted.get(line.id))
        )
    return {
        one.id: Side(
            one.title if _is_sent(one) and not listing_edits.in_review(one) else None,
            one.platform_status,
            lines[one.id],
        )
        for one in free
    }


def _is_sent(one: Listing) -> bool:
    return bool(one.sent_hash) and drafts.same_content(one.sent_hash, one.draft_hash)


def _theirs(product: Product, stock: Seen) -> Side:
    return Side(product.title, product.status, [_sku(sku, stock) for sku in product.skus])


def _sku(sku: Sku, stock: Seen) -> rules.Sku:
    told = sku.price.tax_exclusive_price or sku.price.sale_price or sku.price.amount if sku.price else None
    price = None if told in (None, "") else Decimal(str(told))
    shelves = stock.get(sku.id)
    quantity = None if shelves is None else sum(available for available, _ in shelves.values())
    return rules.Sku(sku.id, sku.seller_sku, price, quantity)


def exceptions_of(args: Mapping[str, Any]) -> list[Exception_]:
    return [Exception_(*row) for row in args.get("exceptions", ())]


def exceptions(activity: Activity, limit: int = SHOWN) -> list[Exception_]:
    """What it found, listing by listing."""
    found: list[Exception_] = []
    query = select(ActivityItem.args).where(ActivityItem.activity_id == activity.id).order_by(ActivityItem.id)
    for args in db.session.scalars(query):
        found += exceptions_of(args)
    return sorted(found, key=lambda one: (one.listing_id, rules.KINDS.index(one.kind)))[:limit]


@asks(Page.LISTINGS, SEND)
def repair(actor: Actor, shop: Shop, activity: Activity) -> list[Activity]:
    """Everything on the list, each by its own road: numbers and prices are sent again, states are asked for anew,
    titles and variants are compared field by field so that a person sees what a re-publishing would send. Launch each
    answer."""
    if activity.kind != KIND or activity.shop_id != shop.id or activity.state in activities.OPEN:
        raise ServiceError("The comparison is still moving. Repair when it has finished.", "See it",
                           f"/activities/{activity.id}")  # fmt: skip
    by_kind: dict[str, set[int]] = defaultdict(set)
    for one in exceptions(activity, 1_000_000):
        by_kind[one.kind].add(one.listing_id)
    if not by_kind:
        raise activities.NothingToDo("Nothing differs, so nothing is repaired.", "See listings", "/listings/")
    begun: list[Activity] = []
    roads: tuple[tuple[set[str], Callable[[set[int]], Started]], ...] = (
        ({"stock"}, lambda ids: pushes.push_all(actor, shop, sorted(ids))),
        ({"missing", "status"}, lambda ids: listing_actions.start(actor, shop, _chosen(ids), _SYNC)),
        ({"price", "title", "sku"}, lambda ids: listing_edits.compare(actor, shop, _chosen(ids))),
    )
    refusals: list[ServiceError] = []
    for kinds, road in roads:
        ids = {listing_id for kind in kinds for listing_id in by_kind[kind]}
        if not ids:
            continue
        try:
            begun.append(road(ids).activity)
        except ServiceError as refusal:  # one road that is closed leaves the others open
            refusals.append(refusal)
    if not begun:
        raise refusals[0]
    return begun


_SYNC = listing_actions.move_of("sync_status")


def _chosen(ids: Collection[int]) -> Any:
    return select(Listing.id).where(Listing.id.in_(sorted(ids)))


def message(notes: Mapping[str, Any]) -> str:
    looked, found = int(notes.get("listings", 0)), int(notes.get("exceptions", 0))
    if not found:
        return f"{looked:,} listings compared: nothing differs."
    kinds = Counter({kind: int(notes.get(f"kind.{kind}", 0)) for kind in rules.KINDS})
    parts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    return f"{looked:,} listings compared: {found:,} {'difference' if found == 1 else 'differences'} ({parts})."
