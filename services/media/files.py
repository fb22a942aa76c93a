"""The files themselves: kept in the database in pieces, so that every host has them."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import IO, Any

from sqlalchemy import delete, func, select

from domain.media import expiry
from models import MediaFile, MediaPart, MediaUpload, MediaUse, db
from models.present import has_table
from services import clock
from services.actor import Actor
from services.errors import Invalid, NotFound, ServiceError
from services.media import content

PIECE = 1024 * 1024
VIDEO_MAX = 100 * 1024 * 1024  # the platform's own (reference 4.6); each market's limit is a rule
MOST = {"document": content.DOCUMENT_MAX, "size_chart": content.CHART_MAX, "video": VIDEO_MAX}
KINDS = tuple(MOST)
WORDS = {"document": "document", "size_chart": "size chart", "video": "video"}


class NotYet(ServiceError):
    """The tables came with this release and their migration has not run."""

    status = 503


def ready() -> bool:
    return has_table(MediaFile)


def require() -> None:
    if not ready():
        raise NotYet("Documents and videos are being set up. Try again in a minute.")


def get(file_id: int) -> MediaFile:
    require()
    found = db.session.scalar(select(MediaFile).where(MediaFile.id == file_id))
    if found is None:
        raise NotFound("This file does not exist.", "See documents", "/documents/")
    return found


def listed(kind: str, limit: int = 500) -> Sequence[MediaFile]:
    """Files of a kind: what expires first, then the newest."""
    order = (MediaFile.expires_on.is_(None), MediaFile.expires_on, MediaFile.id.desc())
    return db.session.scalars(select(MediaFile).where(MediaFile.kind == kind).order_by(*order).limit(limit)).all()


def keep(actor: Actor, kind: str, name: str, stream: IO[bytes], **values: Any) -> tuple[MediaFile, bool]:
    """(the file as kept, whether it was here already). Its kind of content is told by the content; hostile ones are
    Invalid. A file that is here already stays what it is."""
    require()
    if kind not in MOST:
        raise Invalid("Choose what the file is: a document, a size chart or a video.")
    data = stream.read(MOST[kind] + 1)
    if kind == "video":
        if len(data) > VIDEO_MAX:
            raise Invalid(f"A video has at most {VIDEO_MAX // PIECE} MB. Compress it.")
        told = content.film(data, content.video(data[:4096], name))
    else:
        told = content.document(data) if kind == "document" else content.size_chart(data)
    digest = hashlib.sha256(data).hexdigest()
    here = db.session.scalar(select(MediaFile).where(MediaFile.kind == kind, MediaFile.digest == digest))
    if here is not None:
        return here, True
    made = MediaFile(
        kind=kind,
        name=clean_name(name) or WORDS[kind],
        format=told.format,
        size=len(data),
        digest=digest,
        width=told.width,
        height=told.height,
        milliseconds=told.milliseconds,
        actor=actor.name[:255],
        created_at=clock.now(),
        **values,
    )
    made.expiry = expiry(made.expires_on, today())
    db.session.add(made)
    db.session.flush()
    for position, start in enumerate(range(0, len(data), PIECE)):
        part = MediaPart(file_id=made.id, position=position, body=data[start : start + PIECE])
        db.session.add(part)
        db.session.flush()
        db.session.expunge(part)
    return made, False


def clean_name(name: str) -> str:
    """A file's own name without folders and without what no name holds."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:200]


def body(file_id: int) -> bytes:
    """The whole content."""
    query = select(MediaPart.body).where(MediaPart.file_id == file_id).order_by(MediaPart.position)
    return b"".join(db.session.scalars(query))


def today() -> date:
    return clock.now().date()


def uses(file_ids: Sequence[int]) -> dict[int, int]:
    """How many listings each file is attached to by hand."""
    query = (
        select(MediaUse.file_id, func.count(func.distinct(MediaUse.listing_id)))
        .where(MediaUse.file_id.in_(file_ids))
        .group_by(MediaUse.file_id)
    )
    return {file_id: count for file_id, count in db.session.execute(query)}


def remove(actor: Actor, file: MediaFile) -> None:
    """Takes a file away; one that listings use is kept, and the refusal says how many."""
    count = uses([file.id]).get(file.id, 0)
    if count:
        listings = f"{count:,} {'listing uses' if count == 1 else 'listings use'}"
        text = f"{listings} “{file.name}”. Take it off them first."
        raise ServiceError(text, "See the file", f"/documents/{file.id}")
    for table in (MediaUpload, MediaUse, MediaPart):
        db.session.execute(
            delete(table).where(table.file_id == file.id), execution_options={"synchronize_session": False}
        )
    db.session.delete(file)
    db.session.flush()
