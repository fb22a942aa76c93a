"""Semi-consignment: which store of TikTok is paired with which local store, and what went from one to the other."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Listing
from models.shop import Shop


class SemiPair(Tenanted, Base):
    """A semi-consignment store (`shop_id`) and the local store it sells for, as TikTok paired them. Nobody changes it
    here: `took_effect_at` is when stores and warehouses were fixed."""

    __tablename__ = "semi_pair"
    shop_id: Mapped[int] = mapped_column(Key)
    local_shop_id: Mapped[int] = mapped_column(Key)
    reference: Mapped[str] = mapped_column(String(64))  # the platform's own name of the pair
    warehouses: Mapped[list[Any]] = mapped_column(default=list)  # [[TikTok id in the local store, id in this store]]
    took_effect_at: Mapped[datetime | None]
    read_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")  # what keeps it from being used

    shop: Mapped[Shop] = relationship(viewonly=True, foreign_keys=[shop_id], primaryjoin=shop_id == Shop.id)
    local: Mapped[Shop] = relationship(
        viewonly=True, foreign_keys=[local_shop_id], primaryjoin=local_shop_id == Shop.id
    )

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("shop", "local_shop_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "shop_id"),
        Index(None, "store_id", "local_shop_id"),
    )


class SemiListing(Tenanted, Base):
    """A listing of a semi-consignment store beside the local listing it was published from."""

    __tablename__ = "semi_listing"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    source_id: Mapped[int | None] = mapped_column(Key, ForeignKey("listing.id", ondelete="SET NULL"))
    read_at: Mapped[datetime | None]  # when TikTok last told all of it

    listing: Mapped[Listing] = relationship(
        viewonly=True, foreign_keys=[listing_id], primaryjoin=listing_id == Listing.id
    )

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_id"),
        UniqueConstraint("store_id", "shop_id", "source_id"),
        Index(None, "store_id", "source_id"),
    )
