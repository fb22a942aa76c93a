"""Pictures on TikTok: which are uploaded already, and the upload itself, once per picture and use."""

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.errors import Refused, Unreachable
from clients.fetch import FetchFailed, fetch
from clients.tiktok.api import TikTok
from domain.draft import Draft
from domain.imaging import MAX_SOURCE_BYTES, ImagePlan, plan
from domain.limits import RulePack
from domain.policy import Policy, RatioPolicy
from models import Picture, db
from models.tenancy import tenant_id
from services.bulk import upsert
from services.draft_facts import url_hash
from services.errors import ServiceError
from services.image_doctor import Measured, NotAPicture, measure, treat
from services.media import uploads
from services.patience import persistently
from services.publish_requests import ImageJob, Request
from services.upload_once import Once

KEY = ("store_id", "url_hash", "use", "authorization_id")
CONTENT_CODES = frozenset({"12038002", "12038004", "12038005", "12038014", "12038015", "12019116"})  # reference 4.6
_SHOWN = 80  # characters of a file's name in a sentence
_treating = threading.BoundedSemaphore(2)  # 64 million pixels take 250 MB while they are treated

Uris = dict[tuple[str, str], str]


class PictureUnfit(ServiceError):
    """A picture that the listing cannot do without cannot be used. `code` as in the rules, or the platform's own."""

    def __init__(self, code: str, text: str, field: str = "images") -> None:
        super().__init__(text)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One upload as plain data: measures of the source (pixels, bytes); `fault` says why it was left out instead."""

    url: str
    use: str
    uri: str
    width: int | None = None
    height: int | None = None
    size: int | None = None
    format: str = ""
    steps: tuple[str, ...] = ()
    fault: str = ""


_uploads: Once[Uploaded] = Once()


# -- what is there already ------------------------------------------------------------------------------------------


def uploaded(authorization_id: int, drafts: Iterable[Draft]) -> Uris:
    """(URL, use) -> TikTok's address, of the drafts' pictures that this seller has uploaded before; their files too."""
    drafts = list(drafts)
    urls = {image.url for draft in drafts for image in (*draft.images, *(sku.image for sku in draft.skus if sku.image))}
    found: Uris = {}
    hashes = sorted(url_hash(url) for url in urls)
    for first in range(0, len(hashes), 500):
        part = Picture.url_hash.in_(hashes[first : first + 500])
        query = select(Picture.url, Picture.use, Picture.tiktok_uri).where(
            part, Picture.authorization_id == authorization_id, Picture.tiktok_uri != ""
        )
        found.update({(row.url, row.use): row.tiktok_uri for row in db.session.execute(query)})
    return found | uploads.known(authorization_id, drafts)


def remember(authorization_id: int, uploads: Sequence[Uploaded]) -> None:
    """Keeps uploads, so that the next listing with the same picture needs none, and why others were left out."""
    made = {(one.url, one.use): _facts(one, authorization_id) for one in uploads if one.uri}
    left_out = {(one.url, one.use): _facts(one, authorization_id) for one in uploads if not one.uri}
    columns = ("width", "height", "size", "format", "fault", "tiktok_uri", "steps")
    upsert(Picture, list(made.values()), KEY, columns)
    upsert(Picture, [row for key, row in left_out.items() if key not in made], KEY, ("fault",))


def _facts(one: Uploaded, authorization_id: int) -> Mapping[str, object]:
    return row(
        one.url,
        one.use,
        authorization_id,
        width=one.width,
        height=one.height,
        size=one.size,
        format=one.format,
        fault=one.fault,
        tiktok_uri=one.uri,
        steps=list(one.steps),
        measured_at=None,  # only rows of no seller are measures
    )


def row(url: str, use: str, authorization_id: int, **values: object) -> Mapping[str, object]:
    key = {"store_id": tenant_id(), "url_hash": url_hash(url), "use": use, "authorization_id": authorization_id}
    return {**key, "url": url, **values}


def clause(text: str) -> str:
    """A sentence as part of another one."""
    return text[:1].lower() + text[1:].rstrip(".")


# -- uploading, without a database ---------------------------------------------------------------------------------


def upload_all(
    client: TikTok,
    request: Request,
    policy: Policy,
    pack: RulePack,
    exempt_origin: str,
    done: list[Uploaded],
    *,
    authorization_id: int = 0,
    patient: bool = False,
) -> Uris:
    """TikTok's addresses of the request's pictures by (URL, use), uploading what is not there yet.

    A main picture that cannot be used is left out unless it is the first: then PictureUnfit. Pictures of variants go
    all or none, because every value of the option needs one (reference 4.8). `done` grows as it goes. With
    `authorization_id`, threads that work for the same seller share uploads that are under way. When `patient`, a
    picture that cannot be had at the moment raises Unreachable instead of being given up.
    """
    if not request.main_images:
        raise PictureUnfit("images.none", "The product has no picture. Add at least one.")
    uris: Uris = {}
    run = _Run(client, policy.image_ratio, pack, exempt_origin, done, authorization_id or client, patient)
    for number, job in enumerate(request.main_images):
        try:
            uris[job.url, job.use] = job.uri or uris.get((job.url, job.use)) or run.upload(job)
        except PictureUnfit as unfit:
            if number == 0:
                raise
            done.append(Uploaded(job.url, job.use, "", fault=clause(unfit.text)))
    variants: Uris = {}
    try:
        for job in request.sku_images.values():
            variants[job.url, job.use] = job.uri or variants.get((job.url, job.use)) or run.upload(job)
    except PictureUnfit as unfit:
        done.append(Uploaded(job.url, job.use, "", fault=clause(unfit.text)))
        return uris
    return uris | variants


@dataclass(frozen=True, slots=True)
class _Run:
    client: TikTok
    ratio: RatioPolicy
    pack: RulePack
    exempt_origin: str
    done: list[Uploaded]
    seller: object
    patient: bool

    def upload(self, job: ImageJob) -> str:
        made = _uploads.do((self.seller, job.url, job.use, self.ratio), lambda: self._upload(job))
        self.done.append(made)
        return made.uri

    def _upload(self, job: ImageJob) -> Uploaded:
        data, known, steps = self._prepared(job)
        name = f"{hashlib.sha256(data).hexdigest()[:24]}.{_extension(data, known)}"
        try:
            uri = persistently(lambda: self.client.upload_image(data, job.use, name)).uri
        except Refused as refusal:
            if refusal.code not in CONTENT_CODES:
                raise
            text = f"TikTok Shop does not take the picture {name_of(job.url)}: {refusal.text}"
            raise PictureUnfit(refusal.code, text) from None
        return Uploaded(job.url, job.use, uri, known.width, known.height, known.size, known.format, steps)

    def _prepared(self, job: ImageJob) -> tuple[bytes, Measured, tuple[str, ...]]:
        """(file to send, measures of the source, steps done)."""
        try:
            data = self._fetched(job.url)
            known = measure(data)
            what = plan(known.width, known.height, known.size, known.format, self.ratio, self.pack)
            if what.fault:
                raise PictureUnfit(f"images.{what.fault}", _fault(job.url, known, what))
            if not what.steps and not known.turned:
                return data, known, ()
            with _treating:
                data, _ = treat(data, what, self.pack.image_bytes_max)
        except FetchFailed as failure:
            if failure.temporary and self.patient:
                raise Unreachable(f"the picture {name_of(job.url)}: {failure.text}", unknown=False) from None
            code = "images.unreachable" if failure.temporary else "images.unreadable"
            text = f"The picture {name_of(job.url)} could not be fetched: {clause(failure.text)}."
            raise PictureUnfit(code, text) from None
        except NotAPicture as no:
            text = f"The picture {name_of(job.url)} cannot be used: {clause(str(no))}."
            raise PictureUnfit("images.unreadable", text) from None
        return data, known, (*map(str, what.steps), *(["turn_upright"] if known.turned else []))

    def _fetched(self, url: str) -> bytes:
        try:
            return fetch(url, exempt_origin=self.exempt_origin, max_bytes=MAX_SOURCE_BYTES).data
        except FetchFailed as failure:
            if not failure.temporary:
                raise
        # A hiccup costs no picture.
        return fetch(url, exempt_origin=self.exempt_origin, max_bytes=MAX_SOURCE_BYTES).data


def name_of(url: str) -> str:
    """The file's name for a sentence."""
    name = url.partition("?")[0].rsplit("/", 1)[-1] or "without a name"
    return name if len(name) <= _SHOWN else f"…{name[-_SHOWN:]}"


def _extension(data: bytes, known: Measured) -> str:
    if data[:3] == b"\xff\xd8\xff":
        return "jpg"
    return "png" if data[:4] == b"\x89PNG" else known.format.lower()


def _fault(url: str, known: Measured, what: ImagePlan) -> str:
    size = f"{known.width:,} x {known.height:,} pixels"
    wrong = {
        "too_small": "too small",
        "too_large": "too large",
        "too_heavy": f"with {known.size // 1024**2} MB too heavy",
        "fixed_format": f"a {known.format} file that cannot be changed here",
        "not_square": "not square",
        "bad_ratio": "outside 3:4 to 4:3",
    }[what.fault]
    return f"The picture {name_of(url)} ({size}) is {wrong}. Replace it."
