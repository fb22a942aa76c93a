"""Measuring source pictures: which listings wait for it, a look at one picture, and what is kept of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from clients.fetch import FetchFailed, fetch
from domain.imaging import MAX_SOURCE_BYTES
from models import Listing, ListingProblem, Picture, Product, Variant, db
from services import clock
from services.bulk import upsert
from services.draft_facts import url_hash
from services.image_doctor import Measured, NotAPicture, measure
from services.pictures import KEY, clause, row

CODE = "images.unmeasured"  # the rules' own mark of what is to be done
USE = "MAIN_IMAGE"
MAIN_PICTURES = 9  # TikTok takes no more (reference 4.8)
HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Wanting:
    """A listing and those of its pictures that nobody has looked at."""

    listing_id: int
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at a source picture gave: its measures, or why not. `later`: it may go well another time."""

    url: str
    measured: Measured | None = None
    fault: str = ""
    later: bool = False


def wanting(after: int, limit: int = 100) -> list[Wanting]:
    """The next listings behind this id that wait for measures; those marked for rechecking wait for that first."""
    rows = db.session.execute(
        select(Listing.id, Listing.product_id, Listing.fields)
        .where(
            Listing.id > after,
            Listing.is_stale.is_(False),
            Listing.product_id.is_not(None),
            Listing.id.in_(select(ListingProblem.listing_id).where(ListingProblem.code == CODE)),
        )
        .order_by(Listing.id)
        .limit(limit)
    ).all()
    product_ids = {one.product_id for one in rows}
    products = db.session.execute(select(Product.id, Product.images).where(Product.id.in_(product_ids)))
    images: dict[int, list[Any]] = {found.id: found.images for found in products}
    variants: dict[int, list[str]] = {}
    theirs = select(Variant.product_id, Variant.image_url).where(
        Variant.product_id.in_(product_ids), Variant.image_url != ""
    )
    for product_id, url in db.session.execute(theirs.order_by(Variant.id)):
        variants.setdefault(product_id, []).append(url)
    urls = {
        one.id: _distinct(
            _chosen(one.fields.get("images"), images.get(one.product_id, [])),
            _for_variants(one.fields.get("variant_images"), images.get(one.product_id, [])),
            variants.get(one.product_id, []),
        )
        for one in rows
    }
    known = measured_among(url for some in urls.values() for url in some)
    return [Wanting(number, tuple(url for url in some if url not in known)) for number, some in urls.items()]


def _distinct(*lists: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(url for some in lists for url in some))


def _chosen(keys: Sequence[str] | None, images: Sequence[Any]) -> list[str]:
    """The pictures that would be sent, in order; those behind the last place are never looked at."""
    by_key = {str(image["id"]): str(image["url"]) for image in images}
    order = [key for key in keys if key in by_key] if keys is not None else list(by_key)
    return [by_key[key] for key in order[:MAIN_PICTURES]]


def _for_variants(chosen: Mapping[str, Any] | None, images: Sequence[Any]) -> list[str]:
    """Pictures of the product that were chosen for values of an option."""
    keys = set(chosen["images"].values()) if chosen else set()
    return [str(image["url"]) for image in images if str(image["id"]) in keys]


def record(looks: Sequence[Look]) -> None:
    """Keeps measurements and lasting faults. What may go well later is not kept."""
    now = clock.now()
    rows = {look.url: _facts(look, now) for look in looks if not look.later}
    upsert(Picture, list(rows.values()), KEY, ("width", "height", "size", "format", "fault", "measured_at"))


def _facts(look: Look, now: datetime) -> Mapping[str, object]:
    known = look.measured
    return row(
        look.url,
        USE,
        0,
        width=known.width if known else None,
        height=known.height if known else None,
        size=known.size if known else None,
        format=known.format if known else "",
        fault=look.fault,
        tiktok_uri="",
        steps=[],
        measured_at=now,
    )


def measured_among(urls: Iterable[str]) -> set[str]:
    """Those of the URLs that need no look any more."""
    hashes = sorted({url_hash(url) for url in urls})
    found: set[str] = set()
    for first in range(0, len(hashes), 500):
        query = select(Picture.url).where(
            Picture.url_hash.in_(hashes[first : first + 500]), Picture.measured_at.is_not(None)
        )
        found.update(db.session.scalars(query.where(Picture.use == USE, Picture.authorization_id == 0)))
    return found


def forget_faults(urls: Iterable[str]) -> None:
    """Pictures that could not be opened are looked at again (repaired meanwhile under the same address)."""
    hashes = sorted({url_hash(url) for url in urls})
    for first in range(0, len(hashes), 500):
        doomed = delete(Picture).where(Picture.url_hash.in_(hashes[first : first + 500]), Picture.authorization_id == 0)
        db.session.execute(doomed.where(Picture.fault != ""), execution_options={"synchronize_session": False})


def look(url: str, exempt_origin: str) -> Look:
    """Measures a source picture, from its first 64 KiB where they do."""
    try:
        head = fetch(url, exempt_origin=exempt_origin, first_bytes=HEAD_BYTES, deadline=12.0)
        if head.whole:
            return Look(url, measure(head.data))
        if head.length is not None:
            try:
                return Look(url, measure(head.data, head.length))
            except NotAPicture:
                if head.length > MAX_SOURCE_BYTES:
                    raise
        return Look(url, measure(fetch(url, exempt_origin=exempt_origin, max_bytes=MAX_SOURCE_BYTES).data))
    except FetchFailed as failure:
        return Look(url, fault=clause(failure.text), later=failure.temporary)
    except NotAPicture as no:
        return Look(url, fault=clause(str(no)))
