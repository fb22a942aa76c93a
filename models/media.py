"""Files that merchants bring for their listings (documents, size charts, videos), what uses them, where they were
uploaded; and what a look at a picture has shown."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class MediaFile(Tenanted, Base):
    """A file as it was brought. `expiry`: how its last day stands to today, moved by a daily look."""

    __tablename__ = "media_file"
    kind: Mapped[str] = mapped_column(String(12))  # document, size_chart, video
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(8))  # PDF, JPEG, PNG, MP4, …
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the content
    width: Mapped[int | None]
    height: Mapped[int | None]
    milliseconds: Mapped[int | None]
    # The certification or labelling requirements that a document meets, by name (features S5-87).
    requirements: Mapped[list[Any]] = mapped_column(default=list)
    covers_all: Mapped[bool] = mapped_column(default=False)  # goes with every listing whose category asks for it
    shop_id: Mapped[int | None] = mapped_column(Key)  # covers all of this shop; empty: of every shop
    expires_on: Mapped[date | None] = mapped_column(Date)
    expiry: Mapped[str] = mapped_column(String(8), default="ok")  # ok, soon, expired
    note: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "kind", "digest"),
    )


class MediaPart(Tenanted, Base):
    """A piece of a file's content, in order."""

    __tablename__ = "media_part"
    file_id: Mapped[int] = mapped_column(Key)
    position: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        child_of("media_file", "file_id"),
        UniqueConstraint("store_id", "file_id", "position"),
    )


class MediaUse(Tenanted, Base):
    """A file that goes with a listing. `target`: the certification's id; empty for a video or a size chart."""

    __tablename__ = "media_use"
    listing_id: Mapped[int] = mapped_column(Key)
    file_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(32), default="")

    __table_args__ = (
        child_of("listing", "listing_id"),
        child_of("media_file", "file_id"),
        UniqueConstraint("store_id", "listing_id", "kind", "target", "file_id"),
        Index(None, "store_id", "file_id"),
    )


class MediaUpload(Tenanted, Base):
    """A file in one seller's media store on TikTok; uploads are seller-level (reference 1.6)."""

    __tablename__ = "media_upload"
    file_id: Mapped[int] = mapped_column(Key)
    authorization_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(default="")  # a file's id or a picture's uri
    fault: Mapped[str] = mapped_column(default="")  # why TikTok did not take it
    uploaded_at: Mapped[datetime]

    __table_args__ = (
        child_of("media_file", "file_id"),
        UniqueConstraint("store_id", "file_id", "authorization_id"),
    )


class PictureLook(Tenanted, Base):
    """What a look at a whole picture has shown, of the picture as it would be sent under a ratio policy.

    Shares are per mille: `plain` of the border near one colour, `fill` of the frame's side that the product covers.
    """

    __tablename__ = "picture_look"
    url_hash: Mapped[str] = mapped_column(String(64))
    ratio: Mapped[str] = mapped_column(String(20))
    width: Mapped[int | None]  # as sent, pixels
    height: Mapped[int | None]
    ground: Mapped[str] = mapped_column(String(7), default="")  # the border's colour, #rrggbb
    plain: Mapped[int | None]
    fill: Mapped[int | None]
    is_white: Mapped[bool] = mapped_column(default=False)
    preview: Mapped[bytes] = mapped_column(LargeBinary)  # JPEG, small, as it would be sent; empty when it cannot be
    fault: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("store_id", "url_hash", "ratio"),)
