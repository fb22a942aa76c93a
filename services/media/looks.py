"""Looks at whole pictures: which listings wait for one, the look itself, and what is kept of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.fetch import FetchFailed, fetch
from domain.imaging import MAX_SOURCE_BYTES, ImagePlan, Step, plan
from domain.limits import RulePack
from domain.policy import RatioPolicy
from models import Listing, PictureLook, Product, Shop, db
from models.tenancy import tenant_id
from services import clock, drafts, image_doctor, measuring, picture_look
from services.bulk import upsert
from services.draft_facts import main_hash, url_hash
from services.image_doctor import Measured, NotAPicture
from services.measuring import Look
from services.media import files
from services.picture_look import Seen

KEY = ("store_id", "url_hash", "ratio")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture to look at as it would be sent under a policy; the listings that are to be rechecked then."""

    url: str
    ratio: RatioPolicy
    pack: RulePack
    listings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has shown, or why there is none. `later`: it may go well another time."""

    wanted: Wanted
    seen: Seen | None = None
    measured: Measured | None = None  # of the source
    fault: str = ""
    later: bool = False


def wanted_for(listing_id: int) -> list[Wanted]:
    """The pictures of one listing that nobody has looked at, those of its variants included."""
    listing = db.session.scalar(select(Listing).where(Listing.id == listing_id))
    if listing is None or not files.ready():
        return []
    one = drafts.prepare(listing.shop, [listing.id])[listing.id]
    urls = [image.url for image in one.draft.images[: one.pack.max_images]]
    ratio = one.policy.image_ratio
    known = _known(urls, ratio)
    return [Wanted(url, ratio, one.pack, (listing_id,)) for url in urls if url not in known]


def main_ones(after: int, limit: int = 100) -> tuple[list[Wanted], int]:
    """(main pictures of the next listings behind this id that nobody has looked at, the last id; 0 at the end)."""
    if not files.ready():
        return [], 0
    rows = db.session.scalars(
        select(Listing)
        .where(Listing.id > after, Listing.product_id.is_not(None), Listing.is_stale.is_(False))
        .order_by(Listing.id)
        .limit(limit)
    ).all()
    products = {
        row.id: row
        for row in db.session.scalars(select(Product).where(Product.id.in_({one.product_id for one in rows})))
    }
    urls: dict[str, str] = {}
    for listing in rows:
        product = products.get(listing.product_id or 0)
        wanted = main_hash(listing, product)
        for image in product.images if product and wanted else ():
            if url_hash(str(image["url"])) == wanted:
                urls[wanted] = str(image["url"])
    seen = set(db.session.scalars(select(PictureLook.url_hash).where(PictureLook.url_hash.in_(list(urls)))))
    found: list[Wanted] = []
    by_shop: dict[int, list[Listing]] = {}
    for listing in rows:
        if (main := main_hash(listing, products.get(listing.product_id or 0))) and main in urls.keys() - seen:
            by_shop.setdefault(listing.shop_id, []).append(listing)
    for shop_id, group in by_shop.items():
        shop = db.session.get_one(Shop, shop_id)
        for listing_id, one in drafts.prepare(shop, [row.id for row in group]).items():
            if one.draft.images and one.draft.images[0].width and not one.draft.images[0].fault:
                found.append(Wanted(one.draft.images[0].url, one.policy.image_ratio, one.pack, (listing_id,)))
    return found, rows[-1].id if len(rows) == limit else 0


def _known(urls: Iterable[str], ratio: str) -> set[str]:
    hashes = {url_hash(url): url for url in urls}
    query = select(PictureLook.url_hash).where(PictureLook.url_hash.in_(list(hashes)), PictureLook.ratio == ratio)
    return {hashes[one] for one in db.session.scalars(query)}


def look(wanted: Wanted, exempt_origin: str) -> Looked:
    """Fetches a picture, does to it in memory what would be done before sending, and looks. No database."""
    try:
        data = fetch(wanted.url, exempt_origin=exempt_origin, max_bytes=MAX_SOURCE_BYTES, deadline=20.0).data
        known = image_doctor.measure(data)
        if known.format == "HEIC":
            return Looked(
                wanted, measured=known, fault="HEIC pictures are sent as they are; they cannot be looked at here"
            )
        what = plan(known.width, known.height, known.size, known.format, wanted.ratio, wanted.pack)
        if what.fault:
            what = ImagePlan((), known.width, known.height)  # shown as it is
        elif what.steps or known.turned:
            data, _ = image_doctor.treat(data, what, wanted.pack.image_bytes_max)
        return Looked(wanted, picture_look.look(data, Step.PAD_TO_SQUARE in what.steps), known)
    except FetchFailed as failure:
        return Looked(wanted, fault=failure.text, later=failure.temporary)
    except (NotAPicture, OSError, ValueError, SyntaxError, MemoryError) as no:
        return Looked(wanted, fault=str(no) if isinstance(no, NotAPicture) else "the file is damaged")


def record(looks: Sequence[Looked]) -> list[int]:
    """Keeps what was seen, and measures too, as the whole file was there; answers the listings to recheck."""
    now, concerned = clock.now(), list[int]()
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for one in looks:
        if one.later:
            continue
        seen = one.seen
        rows[one.wanted.url, one.wanted.ratio] = {
            "store_id": tenant_id(),
            "url_hash": url_hash(one.wanted.url),
            "ratio": one.wanted.ratio,
            "width": seen.width if seen else None,
            "height": seen.height if seen else None,
            "ground": seen.ground if seen else "",
            "plain": seen.plain if seen else None,
            "fill": seen.fill if seen else None,
            "is_white": bool(seen and seen.is_white),
            "preview": seen.preview if seen else b"",
            "fault": one.fault,
            "looked_at": now,
        }
        concerned += one.wanted.listings
    columns = ("width", "height", "ground", "plain", "fill", "is_white", "preview", "fault", "looked_at")
    upsert(PictureLook, list(rows.values()), KEY, columns)
    measuring.record([Look(one.wanted.url, one.measured) for one in looks if one.measured is not None])
    return sorted(set(concerned))


def of(urls: Sequence[str], ratio: str) -> dict[str, PictureLook]:
    """The looks at these pictures, by URL, without their previews being read."""
    if not files.ready():
        return {}
    hashes = {url_hash(url): url for url in urls}
    columns = (
        PictureLook.id, PictureLook.url_hash, PictureLook.width, PictureLook.height, PictureLook.ground,
        PictureLook.plain, PictureLook.fill, PictureLook.is_white, PictureLook.fault,
    )  # fmt: skip
    query = select(*columns).where(PictureLook.url_hash.in_(list(hashes)), PictureLook.ratio == ratio)
    return {hashes[row.url_hash]: row for row in db.session.execute(query)}  # type: ignore[misc]


def preview(look_id: int) -> bytes:
    """The small picture as it would be sent; empty when there is none."""
    return db.session.scalar(select(PictureLook.preview).where(PictureLook.id == look_id)) or b""
