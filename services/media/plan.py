"""What goes with each listing of a batch besides its pictures: read with a handful of queries, then per category."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import or_, select

from domain.draft import CategoryNeeds, CertificationNeed, Draft, ImageDraft
from domain.media import ChartDraft, DocumentDraft, LookDraft, VideoDraft, expiry
from domain.words import same_name
from models import MediaFile, MediaUpload, MediaUse, PictureLook, Shop, db
from services import clock
from services.media import files

Used = tuple[str, str, MediaFile]  # kind, target, file


@dataclass(slots=True)
class MediaFacts:
    """Of one shop's batch. `covering`: documents that go with every listing whose category asks for them."""

    uses: Mapping[int, Sequence[Used]] = field(default_factory=dict)  # by listing
    covering: Sequence[MediaFile] = ()
    faults: Mapping[int, str] = field(default_factory=dict)  # by file
    looks: Mapping[tuple[str, str], LookDraft] = field(default_factory=dict)  # by (URL's hash, ratio policy)


@dataclass(frozen=True, slots=True)
class Going:
    """What goes with one listing."""

    documents: tuple[DocumentDraft, ...] = ()
    size_chart: ChartDraft | None = None
    video: VideoDraft | None = None

    @property
    def certifications(self) -> frozenset[str]:
        """Those for which a valid document is there."""
        return frozenset(one.target for one in self.documents if one.expiry != "expired" and not one.fault)


def read(shop: Shop, listing_ids: Sequence[int], main_hashes: Iterable[str]) -> MediaFacts:
    if not files.ready():
        return MediaFacts()
    uses: dict[int, list[Used]] = defaultdict(list)
    attached = (
        select(MediaUse.listing_id, MediaUse.kind, MediaUse.target, MediaFile)
        .join(MediaFile, MediaFile.id == MediaUse.file_id)
        .where(MediaUse.listing_id.in_(listing_ids))
        .order_by(MediaUse.id)
    )
    for listing_id, kind, target, file in db.session.execute(attached):
        uses[listing_id].append((kind, target, file))
    here = or_(MediaFile.shop_id.is_(None), MediaFile.shop_id == shop.id)
    query = select(MediaFile).where(MediaFile.kind == "document", MediaFile.covers_all, here).order_by(MediaFile.id)
    covering = db.session.scalars(query).all()
    wanted = {file.id for rows in uses.values() for _, _, file in rows} | {file.id for file in covering}
    faults: dict[int, str] = {}
    if wanted:
        refused = select(MediaUpload.file_id, MediaUpload.fault).where(
            MediaUpload.file_id.in_(wanted),
            MediaUpload.authorization_id == shop.authorization_id,
            MediaUpload.fault != "",
        )
        faults = {file_id: fault for file_id, fault in db.session.execute(refused)}
    return MediaFacts(uses, covering, faults, _looks(sorted(set(main_hashes))))


def _looks(hashes: Sequence[str]) -> dict[tuple[str, str], LookDraft]:
    columns = (
        PictureLook.url_hash, PictureLook.ratio, PictureLook.plain, PictureLook.is_white, PictureLook.fill,
    )  # fmt: skip
    query = select(*columns).where(PictureLook.url_hash.in_(hashes), PictureLook.fault == "")
    return {
        (url_hash, ratio): LookDraft(_share(plain), is_white, _share(fill))
        for url_hash, ratio, plain, is_white, fill in (db.session.execute(query) if hashes else ())
    }


def _share(per_mille: int | None) -> float | None:
    return None if per_mille is None else per_mille / 1000


def seen(images: tuple[ImageDraft, ...], facts: MediaFacts, url_hash: str, ratio: str) -> tuple[ImageDraft, ...]:
    """The pictures, the main one with what a look at it has shown."""
    look = facts.looks.get((url_hash, ratio)) if images else None
    return (replace(images[0], look=look), *images[1:]) if look is not None else images


def going(listing_id: int, facts: MediaFacts, needs: CategoryNeeds | None) -> Going:
    """What goes with this listing in this category."""
    used = facts.uses.get(listing_id, ())
    chart = next((file for kind, _, file in used if kind == "size_chart"), None)
    film = next((file for kind, _, file in used if kind == "video"), None)
    if not used and not facts.covering:
        return Going()
    papers = [(target, file) for kind, target, file in used if kind == "document"]
    found = tuple(
        _document(need, file, facts)
        for need in (needs.certifications if needs else ())
        for file in _papers(need, papers, facts.covering)
    )
    return Going(
        found,
        ChartDraft(chart.id, chart.name, chart.width or 0, chart.height or 0, facts.faults.get(chart.id, ""))
        if chart
        else None,
        VideoDraft(
            film.id, film.name, film.format, film.size, film.width, film.height, film.milliseconds,
            facts.faults.get(film.id, ""),
        )
        if film
        else None,
    )  # fmt: skip


def _papers(
    need: CertificationNeed, attached: Sequence[tuple[str, MediaFile]], covering: Sequence[MediaFile]
) -> list[MediaFile]:
    """Attached for exactly this; else attached and tagged with it; else one that covers all and is tagged with it."""
    for choice in (
        [file for target, file in attached if target == need.id],
        [file for _, file in attached if meets(file, need.name)],
        [file for file in covering if meets(file, need.name)],
    ):
        if choice:
            return choice
    return []


def meets(file: MediaFile, requirement: str) -> bool:
    """Whether the document is tagged with this requirement, in any usual spelling."""
    return any(same_name(str(tag), requirement) for tag in file.requirements)


def _document(need: CertificationNeed, file: MediaFile, facts: MediaFacts) -> DocumentDraft:
    state = expiry(file.expires_on, clock.now().date())
    fault = facts.faults.get(file.id, "")
    return DocumentDraft(need.id, file.id, file.name, file.format, file.expires_on, state, fault)


def content(draft: Draft) -> str:
    """Names the media that are sent; empty when there are none, so that drafts without keep their hash."""
    chart, film = draft.size_chart, draft.video
    if not draft.documents and chart is None and film is None:
        return ""
    papers = [(one.target, one.file_id, str(one.expires_on or "")) for one in draft.documents]
    return repr((papers, chart.file_id if chart else 0, film.file_id if film else 0))


def judged(draft: Draft) -> str:
    """Names what is judged and not sent: looks, days until expiry, faults; empty when there is nothing."""
    chart, film = draft.size_chart, draft.video
    found = [(one.target, one.expiry, one.fault) for one in draft.documents]
    faults = (chart.fault if chart else "", film.fault if film else "")
    look = draft.images[0].look if draft.images else None
    return repr((found, faults, look)) if found or any(faults) or look else ""
