"""Notices: what a person of the store should know. One open notice per matter (`key`)."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from models import Notice, db
from models.tenancy import tenant_id
from services import clock

LEVELS = ("danger", "warning", "info")


def raise_notice(key: str, level: str, text: str, action: str = "", url: str = "") -> Notice:
    """Opens the notice of this matter, or brings the open one up to date; `url` leads below the store's own pages."""
    if level not in LEVELS:
        raise ValueError(f"A notice is one of {LEVELS}, not {level!r}.")
    notice = _open(key)
    if notice is None:
        try:
            with db.session.begin_nested():
                notice = Notice(
                    store_id=tenant_id(),
                    key=key,
                    level=level,
                    text=text,
                    action=action,
                    url=url,
                    created_at=clock.now(),
                )
                db.session.add(notice)
            return notice
        except IntegrityError:
            notice = _open(key)  # somebody raised it at the same moment
            if notice is None:
                raise
    if (notice.level, notice.text) != (level, text):
        notice.seen_at = None  # it says something new
    notice.level, notice.text, notice.action, notice.url = level, text, action, url
    db.session.flush()
    return notice


def resolve(key: str) -> None:
    """Closes the open notice of this matter, if there is one."""
    notice = _open(key)
    if notice is not None:
        notice.resolved_at = clock.now()
        db.session.flush()


def is_open(key: str) -> bool:
    return _open(key) is not None


def open_notices(limit: int = 50) -> Sequence[Notice]:
    """The open ones, most serious first, newest first."""
    rank = {level: place for place, level in enumerate(LEVELS)}
    newest = db.session.scalars(
        select(Notice).where(Notice.resolved_at.is_(None)).order_by(Notice.id.desc()).limit(limit)
    ).all()
    return sorted(newest, key=lambda notice: rank.get(notice.level, len(rank)))


def get(notice_id: int) -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.resolved_at.is_(None)))


def unseen() -> int:
    query = select(func.count(Notice.id)).where(Notice.resolved_at.is_(None), Notice.seen_at.is_(None))
    return db.session.scalar(query) or 0


def mark_seen() -> None:
    """The bell's number goes; the notices stay until their matter is settled."""
    db.session.execute(
        update(Notice).where(Notice.resolved_at.is_(None), Notice.seen_at.is_(None)).values(seen_at=clock.now())
    )


def dismiss(notice: Notice) -> None:
    notice.resolved_at = clock.now()
    db.session.flush()


def _open(key: str) -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.key == key, Notice.resolved_at.is_(None)))
