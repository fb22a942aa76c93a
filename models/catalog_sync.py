"""Keeping listings in step with BigCommerce: what was heard of, what waits to be sent, what left the catalog."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Listing


class CatalogHint(Tenanted, Base):
    """A product of BigCommerce that must be read (again): its webhook came. Gone once it was read."""

    __tablename__ = "catalog_hint"
    bigcommerce_id: Mapped[int] = mapped_column(Key)
    changed_at: Mapped[datetime]  # of the oldest change that was not read
    heard_at: Mapped[datetime]  # of the newest
    due_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "bigcommerce_id"),
        Index(None, "store_id", "due_at"),
    )


class CatalogCursor(Tenanted, Base):
    """How far the sweep by date came, and when each switch last did something: {setting: seconds since 1970}."""

    __tablename__ = "catalog_cursor"
    until: Mapped[datetime]
    acted: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (UniqueConstraint("store_id"),)


class ListingSync(Tenanted, Base):
    """What changed in BigCommerce and TikTok was not told yet. `version` counts what was noted, so that an answer
    clears only what it knew of."""

    __tablename__ = "listing_sync"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # empty: it stands in the stream, or nothing is left to send
    publish_when_ready: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")  # why the last try sent nothing

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_id"),
        Index(None, "store_id", "due_at"),
        Index(None, "store_id", "publish_when_ready"),
    )


class SyncSend(Tenanted, Base):
    """One change that TikTok took: the lag meter of the catalog."""

    __tablename__ = "sync_send"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(12))  # content, price
    fields: Mapped[list[Any]] = mapped_column(default=list)
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    milliseconds: Mapped[int]

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        Index(None, "store_id", "sent_at"),
    )


class CatalogRemoval(Tenanted, Base):
    """A listing on TikTok Shop whose product was deleted or hidden in BigCommerce, and what becomes of it."""

    __tablename__ = "catalog_removal"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    cause: Mapped[str] = mapped_column(String(12))  # deleted, hidden
    action: Mapped[str] = mapped_column(String(12), default="")  # delete, deactivate; empty: a person decides
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, held, open, started, kept, back
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    activity_id: Mapped[int | None] = mapped_column(Key)

    listing: Mapped[Listing] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_id"),
        Index(None, "store_id", "state", "id"),
    )
