"""Documents: what they are tagged with, until when they are valid, and the daily look at what expires."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO

from sqlalchemy import select

from domain.media import DOCUMENT_KINDS, expiry
from domain.words import same_name
from models import MediaFile, db
from services import notices
from services.actor import Actor
from services.errors import Invalid
from services.media import attaching, files

TAGS_MAX = 20
NOTICE = "documents-expire"


def add(
    actor: Actor,
    name: str,
    stream: IO[bytes],
    requirements: Iterable[str],
    expires_on: date | None,
    *,
    covers_all: bool = False,
    shop_id: int | None = None,
    note: str = "",
) -> tuple[MediaFile, bool]:
    """(the document, whether it was here already; then its tags are added to)."""
    tags = clean_tags(requirements)
    if not tags:
        raise Invalid("Say which requirement the document meets.")
    file, already = files.keep(
        actor, "document", name, stream, requirements=tags, expires_on=expires_on, covers_all=covers_all,
        shop_id=shop_id, note=note.strip()[:300],
    )  # fmt: skip
    if already:
        more = clean_tags([*file.requirements, *tags])
        change(actor, file, more, expires_on or file.expires_on, covers_all=covers_all or file.covers_all,
               shop_id=shop_id if covers_all else file.shop_id, note=note or file.note)  # fmt: skip
    elif covers_all:
        attaching.changed(file)
    return file, already


def change(
    actor: Actor,
    file: MediaFile,
    requirements: Iterable[str],
    expires_on: date | None,
    *,
    covers_all: bool,
    shop_id: int | None,
    note: str = "",
) -> int:
    """What is said about a document; answers how many listings are rechecked."""
    tags = clean_tags(requirements)
    if not tags:
        raise Invalid("Say which requirement the document meets.")
    count = attaching.changed(file)  # those that it concerned until now …
    file.requirements, file.expires_on = tags, expires_on
    file.covers_all, file.shop_id, file.note = covers_all, shop_id if covers_all else None, note.strip()[:300]
    file.expiry = expiry(expires_on, files.today())
    db.session.flush()
    return max(count, attaching.changed(file))  # … and those that it concerns now


def remove(actor: Actor, file: MediaFile) -> None:
    """Takes a file away that no listing has attached; listings that it covered are rechecked."""
    if file.covers_all:
        attaching.changed(file)
    files.remove(actor, file)


def clean_tags(requirements: Iterable[str]) -> list[str]:
    """Each requirement once, as first written."""
    found: list[str] = []
    for text in requirements:
        tag = " ".join(str(text).split())[:120]
        if tag and not any(same_name(tag, known) for known in found):
            found.append(tag)
    return found[:TAGS_MAX]


def kinds() -> list[str]:
    """Requirements to choose from: what categories in use ask for, then the usual ones."""
    return clean_many([*sorted(set(attaching.requirement_names().values())), *DOCUMENT_KINDS])


def clean_many(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if not any(same_name(name, known) for known in found):
            found.append(name)
    return found


def look_at_dates() -> int:
    """Moves documents to where their last day stands now, has listings of those that moved rechecked, and tells. An
    hour or a day late does no harm: what is sent is judged by the day itself. Answers how many moved."""
    if not files.ready():
        return 0
    today, moved = files.today(), 0
    dated = db.session.scalars(select(MediaFile).where(MediaFile.expires_on.is_not(None)).order_by(MediaFile.id)).all()
    for file in dated:
        state = expiry(file.expires_on, today)
        if state != file.expiry:
            file.expiry = state
            attaching.changed(file)
            moved += 1
    db.session.flush()
    tell(dated)
    return moved


def tell(dated: Sequence[MediaFile]) -> None:
    expired = [file.name for file in dated if file.expiry == "expired"]
    soon = [file.name for file in dated if file.expiry == "soon"]
    if not expired and not soon:
        notices.resolve(NOTICE)
        return
    parts = [f"expired: {_names(expired)}"] if expired else []
    parts += [f"expires within 30 days: {_names(soon)}"] if soon else []
    text = f"Documents {'; '.join(parts)}. Without a valid one the listings that need it cannot be published."
    notices.raise_notice(NOTICE, "danger" if expired else "warning", text, "See documents", "/documents/")


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"“{name}”" for name in names[:3]) + more
