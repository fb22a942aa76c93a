"""What changed in BigCommerce is noted for every listing that TikTok has; a stream sends it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from domain import catalog_sync as rules
from models import Activity, CatalogCursor, Listing, ListingSync, Product, Store, Variant, db
from models.present import has_table
from models.tenancy import scoped, tenant_id
from services import clock, settings, streams
from services.activities import NewItem
from services.bulk import insert_missing, table_of
from services.listing_edits import EDITABLE

KIND = "sync_products"
PART = 500
PRIORITY = 120  # after stock and orders of the same shop
P, V = table_of(Product), table_of(Variant)
Prints = dict[int, dict[str, str]]


def ready() -> bool:
    """The tables came with this version."""
    return has_table(ListingSync)


def on_tiktok() -> list[ColumnElement[bool]]:
    """Listings that an edit could reach."""
    return [Listing.tiktok_id != "", Listing.is_enabled.is_(True), Listing.platform_status.in_(EDITABLE)]


def prints(bigcommerce_ids: Iterable[int]) -> Prints:
    """Digests by our product id, of those that have a listing on TikTok. Taken before a write and given to `note`."""
    if not ready():
        return {}
    wanted = sorted(set(bigcommerce_ids))
    found: Prints = {}
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        listed = select(Listing.product_id).join(Product, Product.id == Listing.product_id)
        ids = set(db.session.scalars(listed.where(Product.bigcommerce_id.in_(part), *on_tiktok())))
        found |= _prints([number for number in ids if number])
    return found


def _prints(product_ids: Sequence[int]) -> Prints:
    if not product_ids:
        return {}
    here = P.c.store_id == tenant_id(), P.c.id.in_(product_ids)
    columns = [P.c[name] for name in ("id", "title", "description", "images", "weight", "width", "height", "depth",
                                      "custom_fields", "is_visible")]  # fmt: skip
    variants: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    mine = [V.c[name] for name in ("product_id", "bigcommerce_id", "price", "weight", "width", "height", "depth")]
    query = select(*mine).where(V.c.store_id == tenant_id(), V.c.product_id.in_(product_ids))
    for row in db.session.execute(scoped(query.order_by(V.c.product_id, V.c.position, V.c.id))):
        variants[row.product_id].append(row._asdict())
    rows = db.session.execute(scoped(select(*columns).where(*here)))
    return {row.id: rules.prints(row._asdict(), variants[row.id]) for row in rows}


def note(before: Prints, changed_at: datetime, *, due: bool = True) -> set[int]:
    """Compares with the rows as they are now and notes what differs, per listing. Answers the products concerned. With
    automatic update switched off nothing is noted: what changed meanwhile stays unsent until somebody re-publishes."""
    from services.catalog_sync import removals

    if not before:
        return set()
    after = _prints(list(before))
    differ = {one: rules.changed(before[one], after[one]) for one in after if before[one] != after[one]}
    if not differ:
        return set()
    store = db.session.get_one(Store, tenant_id())
    chosen = settings.of(store)
    hidden = [one for one, fields in differ.items() if rules.VISIBLE in fields]
    if hidden:
        removals.visibility(hidden)
    wanted = {one: rules.allowed(fields, chosen) for one, fields in differ.items()}
    _keep({one: fields for one, fields in wanted.items() if fields}, changed_at)
    return set(differ)


def _keep(wanted: Mapping[int, Collection[str]], changed_at: datetime) -> None:
    query = select(Listing.id, Listing.shop_id, Listing.product_id).where(Listing.product_id.in_(wanted), *on_tiktok())
    listings = {row.id: row for row in db.session.execute(query.order_by(Listing.id))}
    rows = keep_rows({row.id: row.shop_id for row in listings.values()}, changed_at)
    for row in rows:
        if not row.fields:
            row.changed_at = changed_at
        row.fields = sorted({*row.fields, *wanted[listings[row.listing_id].product_id]})
        row.version += 1
        row.due_at = clock.now()
    db.session.flush()


def keep_rows(listings: Mapping[int, int], changed_at: datetime) -> Sequence[ListingSync]:
    """A locked row for each listing (listing -> shop)."""
    store_id = tenant_id()
    insert_missing(
        ListingSync,
        [
            {"store_id": store_id, "shop_id": shop_id, "listing_id": listing_id, "fields": [], "version": 0,
             "changed_at": changed_at, "due_at": None, "publish_when_ready": False, "note": ""}
            for listing_id, shop_id in listings.items()
        ],
        ("store_id", "listing_id"),
    )  # fmt: skip
    return rows(listings)


def rows(listing_ids: Iterable[int]) -> Sequence[ListingSync]:
    """Locked, in one order."""
    query = select(ListingSync).where(ListingSync.listing_id.in_(list(listing_ids))).order_by(ListingSync.listing_id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def pour(limit: int = 2000) -> list[Activity]:
    """Puts what is due into the streams of its shops, in the current transaction; launch each answer after it."""
    if not ready():
        return []
    query = select(ListingSync).where(ListingSync.due_at.is_not(None), ListingSync.due_at <= clock.now())
    due = db.session.scalars(query.order_by(ListingSync.due_at, ListingSync.id).limit(limit)).all()
    by_shop: dict[int, list[ListingSync]] = defaultdict(list)
    for row in due:
        by_shop[row.shop_id].append(row)
        row.due_at = None
    titles = _titles([row.listing_id for row in due])
    found = []
    for shop_id, mine in by_shop.items():
        items = [NewItem(titles.get(row.listing_id, ""), row.listing_id) for row in mine if row.fields]
        activity = streams.pour(
            KIND, "Send changes from BigCommerce", items, store_id=tenant_id(), shop_id=shop_id, priority=PRIORITY
        )
        if activity is not None:
            found.append(activity)
    db.session.flush()
    return found


def _titles(listing_ids: Sequence[int]) -> dict[int, str]:
    query = select(Listing.id, Listing.title).where(Listing.id.in_(listing_ids))
    return {row.id: row.title for row in db.session.execute(query)}


def again(store: Store) -> int:
    """A box was ticked or automatic update switched on: what is noted already is looked at again."""
    query = select(ListingSync).where(ListingSync.due_at.is_(None), ListingSync.version > 0)
    found = [row for row in db.session.scalars(query) if row.fields]
    for row in found:
        row.due_at = clock.now()
    return len(found)


# -- when each switch last did something ------------------------------------------------------------------------------


def cursor() -> CatalogCursor:
    """The store's row; begun now when there is none."""
    store_id = tenant_id()
    first = {"store_id": store_id, "until": clock.now(), "acted": {}}
    insert_missing(CatalogCursor, [first], ("store_id",))
    return db.session.scalars(select(CatalogCursor).with_for_update().execution_options(populate_existing=True)).one()


def acted(setting: str, count: int = 1) -> None:
    """A switch did something just now."""
    row = cursor()
    row.acted = {**row.acted, setting: [int(clock.now().timestamp()), count]}
    db.session.flush()
