"""What publishing under a daily limit remembers: what each day took, and which listings go first."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class ListingDay(Tenanted, Base):
    """One calendar day of a shop: how many listings TikTok took, and whether it said that the limit was reached."""

    __tablename__ = "listing_day"
    shop_id: Mapped[int] = mapped_column(Key)
    day: Mapped[str] = mapped_column(String(10))  # the shop's own calendar, as 2026-11-21
    accepted: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)  # calls that the limit refused

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "day"),
    )


class ListingPin(Tenanted, Base):
    """A listing that a person wants published before all others."""

    __tablename__ = "listing_pin"
    listing_id: Mapped[int] = mapped_column(Key)
    pinned_by: Mapped[str] = mapped_column(String(255), default="")
    pinned_at: Mapped[datetime]

    __table_args__ = (
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_id"),
    )
