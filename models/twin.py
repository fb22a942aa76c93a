"""Twins: products in a TikTok shop that carry a listing's references without being the one the listing knows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Listing


class Twin(Tenanted, Base):
    """One such product as last seen, and what a person decided about it. Whether it is a twin or the only product of a
    listing that knows none (an orphan) is not stored: the listing says it."""

    __tablename__ = "twin"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    match: Mapped[str] = mapped_column(String(8))  # both, key, sku: which of our references it carries
    title: Mapped[str] = mapped_column(String(300), default="")
    image_url: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(String(24), default="")
    audit: Mapped[str] = mapped_column(String(24), default="")
    skus: Mapped[list[Any]] = mapped_column(default=list)  # [{"id", "seller_sku", "key"}], all texts
    created_at: Mapped[datetime | None]  # on TikTok Shop
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")  # open, deleting, dismissed, closed
    note: Mapped[str] = mapped_column(default="")  # why the last try to delete it failed
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    decided_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
        Index(None, "store_id", "state", "id"),
        Index(None, "store_id", "listing_id"),
    )
