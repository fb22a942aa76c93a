"""Listings: staging products, setting fields on one or many, leaving the workspace. Publishing is in `services.publishing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, literal, or_, select

from domain.capabilities import Capability, allowed
from domain.tabs import Tab
from models import Listing, ListingProblem, ListingSku, Product, Shop, Variant, db
from models.tenancy import scoped
from services import activities, categories, clock, readiness
from services.activities import NewItem, Started
from services.actor import Actor
from services.counters import LISTING_PROBLEM, LISTING_TAB, Deltas
from services.errors import Forbidden, Invalid, NotFound, ServiceError, Stale
from services.tabs import chip, move_products, problem_codes, retab

AT_ONCE = 50  # so many listings are checked or changed within the request; more become an activity
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Staged:
    count: int  # new listings
    already: int  # products that had a listing in this shop


def get(listing_id: int) -> Listing:
    listing = db.session.scalar(select(Listing).where(Listing.id == listing_id))
    if listing is None:
        raise NotFound("This listing does not exist.", "See all listings", "/listings/")
    return listing


def stage(actor: Actor, shop: Shop, product_ids: Select[Any]) -> Staged:
    """Makes a listing in the shop for every product of the query that has none; one statement for listings, one for SKUs."""
    verdict = allowed(shop.kind, Capability.publish)
    if not verdict:
        raise Forbidden(verdict.reason)
    now = clock.now()
    wanted = product_ids.subquery()
    here = exists().where(Listing.product_id == Product.id, Listing.shop_id == shop.id, Listing.store_id == actor.store_id)
    chosen = select(Product.id).where(
        Product.store_id == actor.store_id, Product.id.in_(select(wanted.c[0])), Product.deleted_at.is_(None)
    )
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    first = db.session.scalar(select(func.coalesce(func.max(Listing.id), 0))) or 0
    source = select(
        literal(actor.store_id), literal(shop.id), Product.id, func.substr(Product.title, 1, 300), literal({}, Listing.fields.type),
        literal(True), literal(False), literal(True), literal(""), literal(""), literal(0), literal(""), literal(0), literal(""), literal(""),
        literal(""), literal(False), literal(""), literal(Tab.INCOMPLETE.value), literal(now, Listing.changed_at.type), literal(1),
    ).where(Product.id.in_(chosen), ~here)
    columns = [
        "store_id", "shop_id", "product_id", "title", "fields", "is_enabled", "is_ready", "is_stale", "draft_hash", "rule_version", "score",
        "intent", "intent_version", "tiktok_id", "platform_status", "audit_status", "is_refused", "sent_hash", "tab", "changed_at", "version",
    ]
    db.session.execute(scoped(insert(Listing.__table__).from_select(columns, source.order_by(Product.id))))  # type: ignore[arg-type]
    fresh = select(Listing.id).where(Listing.shop_id == shop.id, Listing.id > first, Listing.checked_at.is_(None), Listing.store_id == actor.store_id)
    lines = (
        select(
            literal(actor.store_id), Listing.id, Variant.id, Variant.merchant_sku_id, literal(""), literal({}, ListingSku.fields.type),
            Variant.position,
        )
        .join(Variant, Variant.product_id == Listing.product_id)
        .where(Listing.id.in_(fresh), Listing.store_id == actor.store_id, Variant.store_id == actor.store_id)
    )
    db.session.execute(
        scoped(
            insert(ListingSku.__table__).from_select(  # type: ignore[arg-type]
                ["store_id", "listing_id", "variant_id", "merchant_sku_id", "tiktok_id", "fields", "position"], lines
            )
        )
    )
    made = db.session.execute(select(Listing.id, Listing.product_id).where(Listing.id.in_(fresh))).all()
    deltas = Deltas()
    deltas.add(LISTING_TAB, shop.id, Tab.INCOMPLETE.value, len(made))
    move_products([row.product_id for row in made], deltas)
    deltas.write()
    if 0 < len(made) <= AT_ONCE:
        readiness.recheck(shop, [row.id for row in made])
    return Staged(len(made), total - len(made))


def unstage(actor: Actor, listings: Select[Any]) -> int:
    """Takes listings that TikTok has never seen out of the workspace; their products are untouched. Answers how many."""
    rows = db.session.scalars(
        select(Listing).where(Listing.id.in_(listings), Listing.tiktok_id == "", Listing.intent == "").with_for_update()
    ).all()
    if not rows:
        raise ServiceError("Only listings that were never sent to TikTok Shop can be removed here.", "See listings", "/listings/")
    deltas = Deltas()
    codes = problem_codes(row.id for row in rows)
    for row in rows:
        deltas.add(LISTING_TAB, row.shop_id, row.tab, -1)
        for code in codes.get(row.id, ()):
            deltas.add(LISTING_PROBLEM, row.shop_id, chip(row.tab, code), -1)
    ids, product_ids = [row.id for row in rows], [row.product_id for row in rows if row.product_id]
    for table in (ListingProblem, ListingSku):
        db.session.execute(delete(table).where(table.listing_id.in_(ids)), execution_options={"synchronize_session": False})
    db.session.execute(delete(Listing).where(Listing.id.in_(ids)), execution_options={"synchronize_session": False})
    move_products(product_ids, deltas)
    deltas.write()
    return len(ids)


# -- fields --------------------------------------------------------------------------------------------------------

FIELDS = ("title", "description", "category", "brand", "weight", "dimensions", "images")
BULK_FIELDS = ("category", "brand", "weight", "dimensions", "attributes")


def set_fields(actor: Actor, listing: Listing, values: Mapping[str, Any], version: int | None = None) -> None:
    """Sets fields on one listing; None clears a field, so that it is inherited again. Rechecks at once."""
    _may_edit(listing)
    if version is not None and version != listing.version:
        raise Stale("Somebody else changed this listing meanwhile. Look at it again before you save.", "Reload", f"/listings/{listing.id}")
    cleaned = {name: None if value is None else clean(db.session.get_one(Shop, listing.shop_id), name, value) for name, value in values.items()}
    _apply(listing, cleaned)
    db.session.flush()
    readiness.recheck(listing.shop, [listing.id])


def set_sku_fields(actor: Actor, listing: Listing, sku_id: int, values: Mapping[str, Any], version: int | None = None) -> None:
    """Sets price, quantity (untracked products), SKU code, identifier or inclusion of one variant; None inherits again."""
    _may_edit(listing)
    if version is not None and version != listing.version:
        raise Stale("Somebody else changed this listing meanwhile. Look at it again before you save.", "Reload", f"/listings/{listing.id}")
    line = db.session.scalar(select(ListingSku).where(ListingSku.id == sku_id, ListingSku.listing_id == listing.id))
    if line is None:
        raise NotFound("This variant does not belong to the listing.", "Reload", f"/listings/{listing.id}")
    fields = dict(line.fields)
    for name, value in values.items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = clean_sku(name, value)
    line.fields = fields
    listing.version += 1
    listing.is_stale = True
    db.session.flush()
    readiness.recheck(listing.shop, [listing.id])


def set_many(actor: Actor, shop: Shop, listings: Select[Any], values: Mapping[str, Any]) -> Started | int:
    """The same fields on many listings: at once for a few (answers how many), as an activity for more."""
    cleaned = {name: clean(shop, name, value) for name, value in values.items()}
    ids = list(db.session.scalars(
        select(Listing.id).where(Listing.id.in_(listings), Listing.shop_id == shop.id, Listing.intent == "").order_by(Listing.id)
    ))
    if not ids:
        raise activities.NothingToDo("No listing is selected that can be changed now.")
    if len(ids) <= AT_ONCE:
        return apply_many(shop, ids, cleaned)
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    items = [NewItem(f"Listings {number * CHUNK + 1} to {number * CHUNK + len(part)}", args={"ids": part}) for number, part in enumerate(parts)]
    title = f"Set {', '.join(sorted(name.split('.')[0] for name in cleaned))} on {len(ids):,} listings"
    return activities.start(actor, "bulk_edit", title, items, shop_id=shop.id, units=len(ids), details={"values": cleaned}, priority=50)


def apply_many(shop: Shop, listing_ids: Sequence[int], cleaned: Mapping[str, Any]) -> int:
    """Sets cleaned fields on listings and rechecks them; answers how many."""
    rows = db.session.scalars(select(Listing).where(Listing.id.in_(listing_ids), Listing.intent == "").with_for_update()).all()
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


def _may_edit(listing: Listing) -> None:
    shop = db.session.get_one(Shop, listing.shop_id)
    verdict = allowed(shop.kind, Capability.edit_content)
    if not verdict:
        raise Forbidden(verdict.reason)
    if listing.intent:
        raise ServiceError("This listing is being sent to TikTok Shop. Wait until that is done.", "See activities", "/activities/")


def clean(shop: Shop, name: str, value: Any) -> Any:
    """A field's value as stored, or Invalid with what to correct."""
    if name in ("title", "description"):
        return str(value).strip()
    if name == "category":
        return categories.leaf(shop, str(value)).tiktok_id
    if name == "brand":
        return {"id": str(value.get("id", "")), "name": str(value.get("name", "")).strip()}
    if name == "weight":
        return {"value": _positive(value.get("value"), "The package weight"), "unit": _one_of(value.get("unit"), ("KILOGRAM", "GRAM", "POUND"))}
    if name == "dimensions":
        sides = {side: _positive(value.get(side), f"The package {side}") for side in ("length", "width", "height")}
        return {**sides, "unit": _one_of(value.get("unit"), ("CENTIMETER", "INCH"))}
    if name == "images":
        return [str(key) for key in value]
    if name.startswith("attributes."):
        return [{"id": str(one.get("id", "")), "text": str(one.get("text", "")).strip()} for one in value if one.get("id") or one.get("text")]
    raise Invalid(f"“{name}” cannot be set on a listing.")


def clean_sku(name: str, value: Any) -> Any:
    """A variant's field as stored, or Invalid."""
    if name == "price":
        return _positive(value, "The price")
    if name == "quantity":
        try:
            number = int(str(value))
        except ValueError:
            raise Invalid("The quantity must be a whole number.") from None
        if not 0 <= number <= 999_999:
            raise Invalid("The quantity must be between 0 and 999,999.")
        return number
    if name == "sku":
        return str(value).strip()
    if name == "identifier":
        return {"kind": _one_of(value.get("kind"), ("GTIN", "EAN", "UPC", "ISBN")), "code": str(value.get("code", "")).strip()}
    if name == "included":
        return bool(value)
    raise Invalid(f"“{name}” cannot be set on a variant.")


def _positive(value: Any, what: str) -> str:
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise Invalid(f"{what} must be a number.") from None
    if not number.is_finite() or number <= 0 or number > 1_000_000_000:
        raise Invalid(f"{what} must be more than 0.")
    return format(number.normalize(), "f")


def _one_of(value: Any, choices: Sequence[str]) -> str:
    if value not in choices:
        raise Invalid(f"Choose one of {', '.join(choices).lower()}.")
    return str(value)


# -- lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What the Listings page shows, as in its URL."""

    shop_id: int | None = None
    tab: str = ""
    problem: str = ""
    search: str = ""
    category: str = ""

    def query(self) -> Select[Any]:
        """SELECT of matching listing ids; used for the page, for "select all that match" and for bulk actions."""
        found = select(Listing.id)
        for condition in self.conditions():
            found = found.where(condition)
        return found

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.shop_id is not None:
            wanted.append(Listing.shop_id == self.shop_id)
        if self.tab:
            wanted.append(Listing.tab == self.tab)
        if self.problem:
            wanted.append(exists().where(
                ListingProblem.listing_id == Listing.id, ListingProblem.code == self.problem, ListingProblem.store_id == Listing.store_id
            ))
        if self.category:
            wanted.append(Listing.fields["category"].as_string() == self.category)
        if text := self.search.strip():
            like = f"%{text.replace('%', '').replace('_', ' ')}%"
            by_sku = select(Variant.product_id).where(Variant.sku.ilike(like))
            matches = [Listing.title.ilike(like), Listing.product_id.in_(by_sku), Listing.tiktok_id == text]
            wanted.append(or_(*matches))
        return wanted


def page(wanted: Filter, *, before: int | None = None, after: int | None = None, limit: int = 25) -> tuple[Sequence[Listing], int | None, int | None]:
    """One keyset page, newest first: (rows, cursor of the older page, cursor of the newer page)."""
    query = select(Listing).where(*wanted.conditions())
    if after is not None:
        rows = list(reversed(db.session.scalars(query.where(Listing.id > after).order_by(Listing.id).limit(limit + 1)).all()))
        more_newer, more_older = len(rows) > limit, True
        rows = rows[-limit:] if more_newer else rows
    else:
        if before is not None:
            query = query.where(Listing.id < before)
        rows = list(db.session.scalars(query.order_by(Listing.id.desc()).limit(limit + 1)).all())
        more_older, more_newer = len(rows) > limit, before is not None
        rows = rows[:limit]
    older = rows[-1].id if rows and more_older else None
    newer = rows[0].id if rows and more_newer else None
    return rows, older, newer


def count_up_to(wanted: Filter, limit: int = 1_000) -> int:
    """How many match, counted no further than `limit` + 1 ("1,000+")."""
    return db.session.scalar(select(func.count()).select_from(wanted.query().limit(limit + 1).subquery())) or 0


def set_intent(listing_ids: Select[Any] | Sequence[int], intent: str) -> None:
    """Says what is on its way for these listings and moves them to their tab."""
    rows = db.session.scalars(select(Listing).where(Listing.id.in_(listing_ids)).with_for_update()).all()
    for listing in rows:
        listing.intent = intent
        if intent:
            listing.intent_version += 1
    for start in range(0, len(rows), 500):
        retab(rows[start : start + 500])


