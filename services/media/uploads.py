"""Files in a seller's media store on TikTok: uploaded once, before the first listing that needs them is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from clients.errors import Refused
from clients.tiktok.api import TikTok
from domain.draft import Draft
from models import Activity, Listing, MediaFile, MediaUpload, MediaUse, Shop, db
from models.tenancy import tenant_id
from services import clock, readiness, streams
from services.activities import NewItem
from services.bulk import upsert
from services.errors import ServiceError
from services.media import attaching, files

KIND = "upload_files"
FILE, CERTIFICATE, CHART = "FILE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE"
# What TikTok says when the content itself is wrong (reference 4.6); anything else may go well another time.
CONTENT_CODES = frozenset(
    {
        "12019103", "12019104", "12019105", "12019122", "12019116", "12038002", "12038004", "12038005", "12038014",
        "12038015", "36009021",
    }
)  # fmt: skip
GONE_CODES = frozenset({"12052650", "12052658", "12052670", "12052360"})  # "was never uploaded" (reference 4.9)


class NotUploaded(ServiceError):
    """A file of the listing could not be uploaded."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as plain data, and the client to do it with."""

    client: TikTok
    file_id: int
    use: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    tiktok_id: str = ""
    fault: str = ""


def key(file_id: int) -> str:
    """Stands for the URL where pictures and files are looked up together."""
    return f"file:{file_id}"


def use_of(kind: str, format: str) -> str:
    if kind == "size_chart":
        return CHART
    return CERTIFICATE if kind == "document" and format != "PDF" else FILE


def needed(draft: Draft) -> tuple[int, ...]:
    """The files that go along with a draft."""
    ids = [one.file_id for one in draft.documents if one.expiry != "expired" and not one.fault]
    ids += [draft.size_chart.file_id] if draft.size_chart else []
    ids += [draft.video.file_id] if draft.video else []
    return tuple(dict.fromkeys(ids))


def known(authorization_id: int, drafts: Iterable[Draft]) -> dict[tuple[str, str], str]:
    """(key of the file, "") -> TikTok's id, of the drafts' files that this seller has already."""
    ids = sorted({file_id for draft in drafts for file_id in needed(draft)})
    if not ids:
        return {}
    query = select(MediaUpload.file_id, MediaUpload.tiktok_id).where(
        MediaUpload.file_id.in_(ids), MediaUpload.authorization_id == authorization_id, MediaUpload.tiktok_id != ""
    )
    return {(key(file_id), ""): tiktok_id for file_id, tiktok_id in db.session.execute(query)}


def order(shop: Shop, file_ids: Sequence[int]) -> Activity | None:
    """Has files uploaded to the shop's seller that are not there yet, within the current transaction; `launch` the
    activity, or the sweep finds it."""
    here = set(
        db.session.scalars(
            select(MediaUpload.file_id).where(
                MediaUpload.file_id.in_(file_ids), MediaUpload.authorization_id == shop.authorization_id
            )
        )
    )
    wanted = db.session.scalars(select(MediaFile).where(MediaFile.id.in_(set(file_ids) - here))).all()
    items = [NewItem(f"{file.name} for {shop.name}", file.id) for file in wanted]
    title = f"Files for {shop.name}"
    return streams.pour(KIND, title, items, store_id=tenant_id(), shop_id=shop.id, queue="bulk")


def prepare(client: TikTok, shop: Shop, file_id: int) -> Upload | None:
    """What one upload needs; None when it is there, or gone."""
    file = db.session.scalar(select(MediaFile).where(MediaFile.id == file_id))
    there = select(MediaUpload.id).where(
        MediaUpload.file_id == file_id, MediaUpload.authorization_id == shop.authorization_id
    )
    if file is None or db.session.scalar(there) is not None:
        return None
    extension = {"JPEG": "jpg"}.get(file.format, file.format.lower())
    name = f"{file.digest[:24]}.{extension}"  # one dot only, no leading symbol (reference 4.6)
    return Upload(client, file.id, use_of(file.kind, file.format), name, files.body(file.id))


def send(upload: Upload) -> Sent:
    """Calls TikTok; a refusal of the content is an answer."""
    try:
        if upload.use == FILE:
            return Sent(upload.client.upload_file(upload.data, upload.name).id)
        return Sent(upload.client.upload_image(upload.data, upload.use, upload.name).uri)
    except Refused as refusal:
        if refusal.code not in CONTENT_CODES:
            raise
        return Sent(fault=f"{refusal.text.rstrip('.')} ({refusal.code})")


def remember(shop: Shop, file_id: int, sent: Sent) -> None:
    """Keeps what became of an upload; listings with a file that TikTok does not take are rechecked."""
    row = {
        "store_id": tenant_id(), "file_id": file_id, "authorization_id": shop.authorization_id,
        "tiktok_id": sent.tiktok_id, "fault": sent.fault, "uploaded_at": clock.now(),
    }  # fmt: skip
    columns = ("tiktok_id", "fault", "uploaded_at")
    upsert(MediaUpload, [row], ("store_id", "file_id", "authorization_id"), columns)
    if sent.fault:
        file = db.session.scalar(select(MediaFile).where(MediaFile.id == file_id))
        if file is not None:
            attaching.changed(file)


def forget(listing: Listing, shop: Shop) -> None:
    """TikTok no longer knows a file of this listing: all of them are uploaded again before it is sent again."""
    mine = select(MediaUse.file_id).where(MediaUse.listing_id == listing.id)
    doomed = delete(MediaUpload).where(
        MediaUpload.authorization_id == shop.authorization_id, MediaUpload.file_id.in_(mine)
    )
    db.session.execute(doomed, execution_options={"synchronize_session": False})


def again(file: MediaFile) -> None:
    """A file that TikTok did not take may be tried once more."""
    doomed = delete(MediaUpload).where(MediaUpload.file_id == file.id, MediaUpload.fault != "")
    db.session.execute(doomed, execution_options={"synchronize_session": False})
    readiness.mark_stale(attaching.affected(file))
