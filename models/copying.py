"""Listings that were copied from another shop."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class ListingCopy(Tenanted, Base):
    """A listing that was made after one of another shop, and by which activity."""

    __tablename__ = "listing_copy"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    source_id: Mapped[int | None] = mapped_column(Key, ForeignKey("listing.id", ondelete="SET NULL"))
    activity_id: Mapped[int | None] = mapped_column(Key, ForeignKey("activity.id", ondelete="SET NULL"))
    copied_at: Mapped[datetime]

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_id"),
        Index(None, "source_id"),
        Index(None, "activity_id"),
    )
