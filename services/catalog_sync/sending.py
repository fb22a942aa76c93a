"""What a listing is to be told of its product's changes: exactly the fields that changed, that a box lets through, that
nobody set on the listing, and that differ from what TikTok has."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from domain import catalog_sync as rules
from domain.settings import StoreSettings
from models import Listing, ListingSku, ListingSync, SyncSend, db
from models.tenancy import tenant_id
from services import clock, listing_edits
from services.bulk import insert
from services.catalog_sync import noting

PRICE = "price"
LATEST = 2_000_000_000  # milliseconds; what was held up for longer says no more than this


@dataclass(frozen=True, slots=True)
class Wanted:
    """`content` goes through a review, `price` does not. `version`: of the note that it answers."""

    listing_id: int
    content: frozenset[str]
    price: bool
    version: int
    changed_at: datetime


def wanted(listings: Mapping[int, Listing], chosen: StoreSettings, *, with_price: bool = True) -> dict[int, Wanted]:
    """By listing, of those with something noted. Without `with_price` where prices have a sender of their own."""
    own = _own(listings)
    found = {}
    for row in noting.rows(listings):
        fields = rules.allowed(row.fields, chosen) - own[row.listing_id]
        found[row.listing_id] = Wanted(
            row.listing_id,
            frozenset(fields & listing_edits.PARTS.keys()),
            with_price and PRICE in fields,
            row.version,
            row.changed_at,
        )
    return found


def _own(listings: Mapping[int, Listing]) -> dict[int, set[str]]:
    lines: dict[int, list[Mapping[str, object]]] = defaultdict(list)
    query = select(ListingSku.listing_id, ListingSku.fields).where(ListingSku.listing_id.in_(listings))
    for listing_id, fields in db.session.execute(query):
        lines[listing_id].append(fields)
    return {one.id: rules.own(one.fields, lines[one.id]) for one in listings.values()}


def orphaned(listing_ids: Collection[int]) -> dict[int, list[str]]:
    """TikTok's ids of SKUs whose variant BigCommerce has no more, by listing. They stay there, and sell nothing."""
    found: dict[int, list[str]] = defaultdict(list)
    query = select(ListingSku.listing_id, ListingSku.tiktok_id).where(
        ListingSku.listing_id.in_(list(listing_ids)), ListingSku.variant_id.is_(None), ListingSku.tiktok_id != ""
    )
    for listing_id, tiktok_id in db.session.execute(query):
        found[listing_id].append(tiktok_id)
    return found


def told(sent: Sequence[tuple[Wanted, int, Collection[str], Collection[str]]]) -> None:
    """(wanted, shop, fields that were sent or need not be, fields that TikTok took). What was noted meanwhile stays."""
    known = {one.listing_id: (one, done) for one, _, done, _ in sent}
    for row in noting.rows(known):
        one, done = known[row.listing_id]
        if row.version == one.version:
            row.fields = [field for field in row.fields if field not in done]
            row.note = ""
    rows = [
        _measure(one, shop_id, kind, fields)
        for one, shop_id, _, taken in sent
        for kind, fields in _kinds(taken)
        if fields
    ]
    insert(SyncSend, rows)
    if rows:
        noting.acted("auto_update", len({row["listing_id"] for row in rows}))


def _kinds(taken: Collection[str]) -> list[tuple[str, list[str]]]:
    return [("content", sorted(set(taken) - {PRICE})), ("price", sorted(set(taken) & {PRICE}))]


def _measure(one: Wanted, shop_id: int, kind: str, fields: list[str]) -> dict[str, object]:
    now = clock.now()
    took = max(0, int((now - one.changed_at) / timedelta(milliseconds=1)))
    return {
        "store_id": tenant_id(), "shop_id": shop_id, "listing_id": one.listing_id, "kind": kind, "fields": fields,
        "changed_at": one.changed_at, "sent_at": now, "milliseconds": min(took, LATEST),
    }  # fmt: skip


def refused(listing_ids: Collection[int], note: str) -> None:
    """Nothing was sent; it is tried again with the next change, or when somebody asks for it."""
    for row in noting.rows(listing_ids):
        row.note = note
    db.session.flush()


def nothing_left(listing_ids: Collection[int]) -> None:
    """Nothing of what was noted is to be sent."""
    for row in noting.rows(listing_ids):
        row.fields, row.note = [], ""
    db.session.flush()


def send_again(shop_ids: Collection[int]) -> int:
    """Puts what was noted and not sent in line once more. Answers how many listings."""
    query = select(ListingSync).where(ListingSync.shop_id.in_(list(shop_ids)), ListingSync.due_at.is_(None))
    found = [row for row in db.session.scalars(query.order_by(ListingSync.id)) if row.fields]
    for row in found:
        row.due_at = clock.now()
    db.session.flush()
    return len(found)
