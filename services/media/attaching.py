"""Attaching files to listings and taking them off, one by one or wherever one is missing; listings follow at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select

from domain.capabilities import Capability, allowed
from models import Category, Listing, ListingProblem, MediaFile, MediaUse, Shop, db
from models.tenancy import scoped, tenant_id
from services import readiness
from services.actor import Actor
from services.bulk import table_of
from services.errors import Forbidden, Invalid, ServiceError
from services.listings import hold
from services.media import files
from services.media.plan import meets

MISSING = "certifications.missing"
NO_CHART = "size_chart.missing"
ONE = ("size_chart", "video")  # a listing has at most one of these
TARGET_MAX = 32


def attach(actor: Actor, listing: Listing, file: MediaFile, target: str = "") -> None:
    """The file goes with the listing from now on; `target` is the certification that a document is for."""
    files.require()
    held = _begin(listing)
    if file.kind == "document" and not target:
        raise Invalid("Choose what the document is for.")
    if len(target) > TARGET_MAX:
        raise Invalid("The category has no such requirement.")
    here = (MediaUse.listing_id == listing.id, MediaUse.kind == file.kind)
    if file.kind in ONE:
        db.session.execute(delete(MediaUse).where(*here), execution_options={"synchronize_session": False})
        target = ""
    same = select(MediaUse.id).where(*here, MediaUse.target == target, MediaUse.file_id == file.id)
    if db.session.scalar(same) is None:
        db.session.add(MediaUse(listing_id=listing.id, file_id=file.id, kind=file.kind, target=target))
    _touch(held)


def detach(actor: Actor, listing: Listing, file_id: int, target: str = "") -> None:
    """The file goes with the listing no more; it stays among the files."""
    files.require()
    held = _begin(listing)
    here = (MediaUse.listing_id == listing.id, MediaUse.file_id == file_id, MediaUse.target == target)
    db.session.execute(delete(MediaUse).where(*here), execution_options={"synchronize_session": False})
    _touch(held)


def attached(listing_id: int) -> list[tuple[str, str, MediaFile]]:
    """(kind, target, file) of what was attached by hand."""
    if not files.ready():
        return []
    query = (
        select(MediaUse.kind, MediaUse.target, MediaFile)
        .join(MediaFile, MediaFile.id == MediaUse.file_id)
        .where(MediaUse.listing_id == listing_id)
        .order_by(MediaUse.id)
    )
    return [(kind, target, file) for kind, target, file in db.session.execute(query)]


def _begin(listing: Listing) -> Listing:
    """The row, locked; refused while it is being sent or where this kind of shop may not be edited."""
    found = hold([listing.id])
    if not found:
        raise ServiceError("This listing was removed meanwhile.", "See listings", "/listings/")
    shop = db.session.get_one(Shop, found[0].shop_id)
    verdict = allowed(shop.kind, Capability.EDIT_CONTENT)
    if not verdict:
        raise Forbidden(verdict.reason)
    if found[0].intent:
        text = "This listing is being sent to TikTok Shop. Wait until that is done."
        raise ServiceError(text, "See activities", "/activities/")
    return found[0]


def _touch(listing: Listing) -> None:
    listing.version += 1
    listing.is_stale = True
    db.session.flush()
    readiness.recheck(db.session.get_one(Shop, listing.shop_id), [listing.id])


# -- wherever one is missing ---------------------------------------------------------------------------------------


def wanting(shop_id: int | None = None) -> list[tuple[str, str, str, int]]:
    """(requirement's name, shop's id as text, certification's id, listings) of documents that listings wait for."""
    query = (
        select(ListingProblem.shop_id, ListingProblem.field, func.count(func.distinct(ListingProblem.listing_id)))
        .where(ListingProblem.code == MISSING)
        .group_by(ListingProblem.shop_id, ListingProblem.field)
        .order_by(ListingProblem.shop_id, ListingProblem.field)
    )
    if shop_id is not None:
        query = query.where(ListingProblem.shop_id == shop_id)
    rows = [(shop, field.partition(".")[2], count) for shop, field, count in db.session.execute(query)]
    names = requirement_names()
    return [(names.get(target, target), str(shop), target, count) for shop, target, count in rows]


def requirement_names() -> dict[str, str]:
    """Certification's id -> its name, of all categories that were read."""
    found: dict[str, str] = {}
    for needs in db.session.scalars(select(Category.needs).where(Category.needs.is_not(None))):
        found.update({str(one["id"]): str(one["name"]) for one in (needs or {}).get("certifications", ())})
    return found


def attach_missing(actor: Actor, shop: Shop, file: MediaFile, target: str = "") -> int:
    """Attaches the file to every listing of the shop that waits for it, in one statement; answers to how many. The
    listings are rechecked by a worker."""
    files.require()
    verdict = allowed(shop.kind, Capability.EDIT_CONTENT)
    if not verdict:
        raise Forbidden(verdict.reason)
    if file.kind == "video":
        raise Invalid("A video belongs to one product.")
    problem = ListingProblem.code == (MISSING if file.kind == "document" else NO_CHART)
    if file.kind == "document":
        problem = problem & (ListingProblem.field == f"certifications.{target}")
    waits = (
        select(ListingProblem.listing_id)
        .join(Listing, Listing.id == ListingProblem.listing_id)
        .where(
            ListingProblem.store_id == tenant_id(), ListingProblem.shop_id == shop.id, problem, Listing.intent == "",
            ~exists().where(
                MediaUse.store_id == tenant_id(),
                MediaUse.listing_id == ListingProblem.listing_id,
                MediaUse.kind == file.kind,
                MediaUse.target == target,
            ),
        )
    )  # fmt: skip
    columns = {
        "store_id": literal(tenant_id()),
        "listing_id": Listing.id,
        "file_id": literal(file.id),
        "kind": literal(file.kind),
        "target": literal(target[:TARGET_MAX]),
    }
    source = select(*columns.values()).where(Listing.store_id == tenant_id(), Listing.id.in_(waits))
    mine = select(func.count(MediaUse.id)).where(MediaUse.file_id == file.id, MediaUse.target == target)
    before = db.session.scalar(mine) or 0  # PostgreSQL's driver does not tell how many rows such an insert made
    db.session.execute(scoped(insert(table_of(MediaUse)).from_select(list(columns), source)))
    count = (db.session.scalar(mine) or 0) - before
    if count:
        readiness.mark_stale(Listing.shop_id == shop.id, Listing.id.in_(users_of(file)))
    return count


def users_of(file: MediaFile) -> Any:
    """A query of the listings that a file is attached to."""
    return select(MediaUse.listing_id).where(MediaUse.file_id == file.id)


def affected(file: MediaFile) -> ColumnElement[bool]:
    """Listings that a change of this file concerns: those it is attached to, and where it covers all, those whose
    category has a requirement that it meets."""
    mine = Listing.id.in_(users_of(file))
    return or_(mine, Listing.category_id.in_(categories_asking(file))) if file.covers_all else mine


def categories_asking(file: MediaFile) -> Sequence[str]:
    """TikTok categories that ask for something the document is tagged with."""
    found = set()
    for tiktok_id, needs in db.session.execute(
        select(Category.tiktok_id, Category.needs).where(Category.needs.is_not(None))
    ):
        if any(meets(file, str(one["name"])) for one in (needs or {}).get("certifications", ())):
            found.add(tiktok_id)
    return sorted(found)


def changed(file: MediaFile) -> int:
    """Has the listings that a change of the file concerns rechecked by a worker; answers how many."""
    return readiness.mark_stale(affected(file))


def last_day(text: str) -> date | None:
    """A date as a form gives it; empty is none."""
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("Write the last day as year-month-day, such as 2027-03-31.") from None
    if not 2000 <= found.year <= 2200:
        raise Invalid("The last day must lie between the years 2000 and 2200.")
    return found
