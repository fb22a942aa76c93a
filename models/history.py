"""What a listing was: each change that a person made, and each version that TikTok took."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class ListingVersion(Tenanted, Base):
    """One change. Edits are deltas: `fields` {name: [before, after]}, `skus` {line: {name: [before, after]}}, null
    where nothing was set. What TikTok took is a body (`digest`): whole, or of some fields only (`kind` part)."""

    __tablename__ = "listing_version"
    listing_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(8))  # edit, sent, part
    why: Mapped[str] = mapped_column(String(24))  # edit, bulk_edit, sheet, restore, undo, publish, resend, live_values
    actor: Mapped[str] = mapped_column(String(255), default="")
    activity_id: Mapped[int | None] = mapped_column(Key)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    skus: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(String(40), default="")  # ListingBody.digest
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]

    __table_args__ = (
        child_of("listing", "listing_id"),
        Index(None, "store_id", "listing_id", "id"),
        Index(None, "store_id", "activity_id", "listing_id"),
    )


class ListingBody(Tenanted, Base):
    """What was sent, compressed, kept once a store."""

    __tablename__ = "listing_body"
    digest: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("store_id", "digest"),)
