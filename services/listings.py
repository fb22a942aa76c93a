"""Listings: staging products, setting fields on one or many, leaving the workspace; publishing has its own file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, literal, select, update

from domain.capabilities import Capability, allowed
from domain.roles import CHANGE, Page
from domain.tabs import ProductStatus, Tab
from models import Listing, ListingProblem, ListingSku, Product, Profile, Shop, Variant, db
from models.tenancy import scoped, tenant_id
from services import activities, clock, readiness
from services.activities import NewItem, Started
from services.actor import Actor
from services.bulk import rows_touched, table_of
from services.counters import LISTING_PROBLEM, LISTING_TAB, PRODUCT_STATUS, Deltas
from services.errors import Forbidden, NotFound, ServiceError, Stale
from services.global_stores import publishing_model
from services.history.because import because
from services.listing_fields import BULK_FIELDS, FIELDS, clean, clean_sku
from services.listing_pages import Filter, Head, categories_in_use, count_up_to, head, history, page
from services.people.access import asks
from services.tabs import chip, move_products, problem_codes, retab

__all__ = [
    "BULK_FIELDS",
    "FIELDS",
    "Filter",
    "Head",
    "Staged",
    "apply_many",
    "categories_in_use",
    "clean",
    "clean_sku",
    "count_up_to",
    "get",
    "head",
    "history",
    "page",
    "put_back",
    "put_back_many",
    "set_enabled",
    "set_fields",
    "set_intent",
    "set_many",
    "set_sku_fields",
    "stage",
    "unstage",
]
AT_ONCE = 50  # so many listings are checked or changed within the request; more become an activity
CHUNK = 100
STAGING = 1  # our name for the lock, beside the shop's number


@dataclass(frozen=True, slots=True)
class Staged:
    count: int  # new listings
    already: int  # products that had a listing in this shop


def get(listing_id: int) -> Listing:
    listing = db.session.scalar(select(Listing).where(Listing.id == listing_id))
    if listing is None:
        raise NotFound("This listing does not exist.", "See all listings", "/listings/")
    return listing


@asks(Page.PRODUCTS, CHANGE)
def stage(actor: Actor, shop: Shop, product_ids: Select[Any], *, kept: bool = False) -> Staged:
    """Makes a listing in the shop for every product of the query that has none, in two statements. With `kept` it
    stands among the activities, where it can be undone."""
    publishing_model.demand(shop, Capability.PUBLISH_FROM_DRAFT)
    if db.engine.dialect.name == "postgresql":
        # One staging per shop at a time, or two would list the same product twice. SQLite has one writer anyway.
        db.session.execute(select(func.pg_advisory_xact_lock(STAGING, shop.id)))
    wanted = product_ids.subquery()
    # The sum keeps SQLite from walking all listings of the shop for every product; it shall look the product up.
    here = exists().where(
        Listing.product_id == Product.id, Listing.shop_id + 0 == shop.id, Listing.store_id == actor.store_id
    )
    chosen = select(Product.id).where(
        Product.store_id == actor.store_id, Product.id.in_(select(wanted.c[0])), Product.deleted_at.is_(None)
    )
    total = db.session.scalar(select(func.count(Product.id)).where(Product.id.in_(chosen))) or 0
    count, fresh = _insert(shop, chosen.where(~here))
    deltas = Deltas()
    deltas.add(LISTING_TAB, shop.id, Tab.INCOMPLETE.value, count)
    _put_up(fresh, deltas)
    deltas.write()
    if kept and count:
        _record_staging(actor, shop, fresh, count)
    if 0 < count <= AT_ONCE:
        readiness.recheck(shop, list(db.session.scalars(fresh)))
    return Staged(count, total - count)


def _record_staging(actor: Actor, shop: Shop, fresh: Select[Any], count: int) -> None:
    first, last = db.session.execute(fresh.with_only_columns(func.min(Listing.id), func.max(Listing.id))).one()
    listed = f"{count:,} {'product' if count == 1 else 'products'}"
    activities.record(
        actor, "stage", f"Stage {listed} in {shop.name}", listed, count, shop_id=shop.id,
        details={"first": first, "last": last}, message=f"{listed} staged.",
    )  # fmt: skip


def _put_up(fresh: Select[Any], deltas: Deltas) -> None:
    """Products that had no listing are drafts now; every other status says more than a draft does."""
    ids = fresh.with_only_columns(Listing.product_id)
    # Locked first, as in tabs.move_products: of two that change a product's listings, the second sees the first.
    mine = Product.store_id == tenant_id(), Product.id.in_(ids)
    locked = select(Product.id).where(*mine).order_by(Product.id).with_for_update(key_share=True).subquery()
    db.session.execute(scoped(select(func.count(locked.c.id))))
    old, new = ProductStatus.NOT_UPLOADED.value, ProductStatus.DRAFT.value
    moved = db.session.execute(
        update(Product).where(*mine, Product.status == old).values(status=new),
        execution_options={"synchronize_session": False},
    )
    deltas.move(PRODUCT_STATUS, 0, old, new, rows_touched(moved))


def _default_category(shop: Shop) -> str:
    query = select(Profile.category_id).where(Profile.shop_id == shop.id, Profile.is_default)
    return db.session.scalar(query) or ""


def _insert(shop: Shop, products: Select[Any]) -> tuple[int, Select[Any]]:
    """Listings of these products with a line for each variant: how many, and which. Columns that are not named get
    their defaults."""
    store_id = shop.store_id
    first = db.session.scalar(select(func.coalesce(func.max(Listing.id), 0))) or 0
    listings = {
        "store_id": literal(store_id),
        "shop_id": literal(shop.id),
        "product_id": Product.id,
        "title": func.substr(Product.title, 1, 300),
        "category_id": literal(_default_category(shop)),
        "fields": literal({}, Listing.fields.type),
        "changed_at": literal(clock.now(), Listing.changed_at.type),
    }
    source = select(*listings.values()).where(Product.id.in_(products)).order_by(Product.id)
    db.session.execute(scoped(insert(table_of(Listing)).from_select(list(listings), source)))
    # Said of the rows themselves: behind an IN, SQLite began with all variants and looked at all listings for each.
    fresh = (
        Listing.shop_id == shop.id, Listing.id > first, Listing.checked_at.is_(None), Listing.store_id == store_id
    )  # fmt: skip
    lines = {
        "store_id": literal(store_id),
        "listing_id": Listing.id,
        "variant_id": Variant.id,
        "merchant_sku_id": Variant.merchant_sku_id,
        "fields": literal({}, ListingSku.fields.type),
        "position": Variant.position,
    }
    variants = (
        select(*lines.values())
        .join(Variant, Variant.product_id == Listing.product_id)
        .where(*fresh, Variant.store_id == store_id)
    )
    db.session.execute(scoped(insert(table_of(ListingSku)).from_select(list(lines), variants)))
    return db.session.scalar(select(func.count(Listing.id)).where(*fresh)) or 0, select(Listing.id).where(*fresh)


@asks(Page.LISTINGS, CHANGE)
def unstage(actor: Actor, listings: Select[Any]) -> int:
    """Takes listings that TikTok has never seen out of the workspace; products are untouched. Answers how many."""
    ids = list(
        db.session.scalars(
            select(Listing.id)
            .where(Listing.id.in_(listings), Listing.tiktok_id == "", Listing.intent == "")
            .order_by(Listing.id)
        )
    )
    if not ids:
        raise ServiceError(
            "Only listings that were never sent to TikTok Shop can be removed here.", "See listings", "/listings/"
        )
    return sum(_remove(ids[start : start + 500]) for start in range(0, len(ids), 500))


def _remove(ids: Sequence[int]) -> int:
    # Asked again under the lock: one that is being sent by now must stay.
    rows = hold(ids, Listing.tiktok_id == "", Listing.intent == "")
    ids = [row.id for row in rows]
    deltas = Deltas()
    codes = problem_codes(ids)
    for row in rows:
        deltas.add(LISTING_TAB, row.shop_id, row.tab, -1)
        for code in codes.get(row.id, ()):
            deltas.add(LISTING_PROBLEM, row.shop_id, chip(row.tab, code), -1)
    product_ids = [row.product_id for row in rows if row.product_id]
    for table in (ListingProblem, ListingSku):
        db.session.execute(
            delete(table).where(table.listing_id.in_(ids)), execution_options={"synchronize_session": False}
        )
    db.session.execute(delete(Listing).where(Listing.id.in_(ids)), execution_options={"synchronize_session": False})
    for row in rows:
        db.session.expunge(row)
    move_products(product_ids, deltas)
    deltas.write()
    return len(rows)


# -- fields -----------------------------------------------------------------------------------------------------------


@asks(Page.LISTINGS, CHANGE)
def set_fields(actor: Actor, listing: Listing, values: Mapping[str, Any], version: int | None = None) -> None:
    """Sets fields on one listing; None clears a field, so that it is inherited again. Rechecks at once."""
    _begin_edit(listing, version)
    shop = db.session.get_one(Shop, listing.shop_id)
    cleaned = {name: None if value is None else clean(shop, name, value) for name, value in values.items()}
    with because(actor.name, "edit"):
        _apply(listing, cleaned)
    readiness.recheck(listing.shop, [listing.id])


@asks(Page.LISTINGS, CHANGE)
def set_sku_fields(
    actor: Actor, listing: Listing, sku_id: int, values: Mapping[str, Any], version: int | None = None
) -> None:
    """Sets price, quantity (untracked only), SKU, identifier or inclusion of one variant; None inherits again."""
    _begin_edit(listing, version)
    line = db.session.scalar(select(ListingSku).where(ListingSku.id == sku_id, ListingSku.listing_id == listing.id))
    if line is None:
        raise NotFound("This variant does not belong to the listing.", "Reload", f"/listings/{listing.id}")
    fields = dict(line.fields)
    for name, value in values.items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = clean_sku(name, value)
    with because(actor.name, "edit"):
        line.fields = fields
        listing.version += 1
        listing.is_stale = True
    readiness.recheck(listing.shop, [listing.id])


@asks(Page.LISTINGS, CHANGE)
def set_enabled(actor: Actor, listing: Listing, enabled: bool) -> None:
    """Holds a listing back from publishing, or lets it go (features S5-57)."""
    _begin_edit(listing, None)
    with because(actor.name, "edit"):
        listing.is_enabled = enabled


Values = tuple[Mapping[str, Any], Mapping[int, Mapping[str, Any]]]
"""Stored values of a listing and, by line, of its variants; None is inherited again."""


@asks(Page.LISTINGS, CHANGE)
def put_back(actor: Actor, listing: Listing, values: Values, version: int | None = None) -> None:
    """Gives one listing stored values that it had, and rechecks it at once."""
    _begin_edit(listing, version)
    with because(actor.name, "restore"):
        _put(listing, values)
    readiness.recheck(listing.shop, [listing.id])


def put_back_many(shop: Shop, wanted: Mapping[int, Values]) -> list[int]:
    """The same for many; answers those that could be changed now."""
    rows = hold(list(wanted), Listing.intent == "")
    for listing in rows:
        _put(listing, wanted[listing.id])
    db.session.flush()
    readiness.recheck(shop, [listing.id for listing in rows])
    return [listing.id for listing in rows]


def _put(listing: Listing, values: Values) -> None:
    fields, skus = values
    if "@enabled" in fields:
        listing.is_enabled = bool(fields["@enabled"])
    listing.fields = _merged(listing.fields, {name: one for name, one in fields.items() if name != "@enabled"})
    if skus:
        lines = select(ListingSku).where(ListingSku.listing_id == listing.id, ListingSku.id.in_(skus))
        for line in db.session.scalars(lines.with_for_update()):
            line.fields = _merged(line.fields, skus[line.id])
    listing.version += 1
    listing.is_stale = True


def _merged(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


@asks(Page.LISTINGS, CHANGE)
def set_many(actor: Actor, shop: Shop, listings: Select[Any], values: Mapping[str, Any]) -> Started | int:
    """The same fields on many listings: at once for a few (answers how many), as an activity for more."""
    cleaned = {name: None if value is None else clean(shop, name, value) for name, value in values.items()}
    ids = list(
        db.session.scalars(
            select(Listing.id)
            .where(Listing.id.in_(listings), Listing.shop_id == shop.id, Listing.intent == "")
            .order_by(Listing.id)
        )
    )
    if not ids:
        raise activities.NothingToDo("No listing is selected that can be changed now.")
    if len(ids) <= AT_ONCE:
        title, label = _bulk_title(cleaned, len(ids)), f"Listings {ids[0]} to {ids[-1]}"
        kept = activities.record(actor, "bulk_edit", title, label, len(ids), shop_id=shop.id)
        with because(actor.name, "bulk_edit", kept.id):
            return apply_many(shop, ids, cleaned)
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    items = [
        NewItem(f"Listings {number * CHUNK + 1} to {number * CHUNK + len(part)}", args={"ids": part})
        for number, part in enumerate(parts)
    ]
    return activities.start(
        actor, "bulk_edit", _bulk_title(cleaned, len(ids)), items, shop_id=shop.id, units=len(ids),
        details={"values": cleaned}, priority=50,
    )  # fmt: skip


def _bulk_title(cleaned: Mapping[str, Any], count: int) -> str:
    names = ", ".join(sorted({name.split(".")[0] for name in cleaned}))
    return f"Set {names} on {count:,} {'listing' if count == 1 else 'listings'}"


def apply_many(shop: Shop, listing_ids: Sequence[int], cleaned: Mapping[str, Any]) -> int:
    """Sets cleaned fields on listings and rechecks them; answers how many."""
    rows = hold(listing_ids, Listing.intent == "")
    for listing in rows:
        _apply(listing, cleaned)
    db.session.flush()
    readiness.recheck(shop, [listing.id for listing in rows])
    return len(rows)


def _apply(listing: Listing, cleaned: Mapping[str, Any]) -> None:
    fields = dict(listing.fields)
    for name, value in cleaned.items():
        if name == "category" and value != fields.get("category"):
            # Attributes belong to a category; those of another one would be sent nowhere.
            fields = {key: kept for key, kept in fields.items() if not key.startswith("attributes.")}
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = value
    listing.fields = fields
    listing.version += 1
    listing.is_stale = True


def _begin_edit(listing: Listing, version: int | None) -> None:
    """Locks the row, so that of two people saving at the same moment one is told."""
    db.session.refresh(listing, with_for_update=True)
    if version is not None and version != listing.version:
        raise Stale(
            "Somebody else changed this listing meanwhile. Look at it again before you save.",
            "Reload",
            f"/listings/{listing.id}",
        )
    shop = db.session.get_one(Shop, listing.shop_id)
    verdict = allowed(shop.kind, Capability.EDIT_CONTENT)
    if not verdict:
        raise Forbidden(verdict.reason)
    if listing.intent:
        raise ServiceError(
            "This listing is being sent to TikTok Shop. Wait until that is done.", "See activities", "/activities/"
        )


def hold(listing_ids: Sequence[int], *conditions: ColumnElement[bool]) -> Sequence[Listing]:
    """The rows as they are now, locked in one order; what the session remembered of them may be older."""
    query = select(Listing).where(Listing.id.in_(listing_ids), *conditions)
    locked = query.order_by(Listing.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def set_intent(listing_ids: Select[Any] | Sequence[int], intent: str, again: Collection[int] = ()) -> None:
    """Says what is on its way for these listings and moves them to their tab. Those in `again` may be there already
    from the last time: their effect keeps its name."""
    ids = list(listing_ids) if isinstance(listing_ids, Sequence) else list(db.session.scalars(listing_ids))
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        rows = hold(part)
        for listing in rows:
            listing.intent = intent
            if intent and listing.id not in again:
                listing.intent_version += 1
        retab(rows)
