"""What TikTok Shop holds that was not made here: products found there, and values that somebody else changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.catalog import Product
from models.listing import Listing


class FoundProduct(Tenanted, Base):
    """A product of a shop that no listing knew when it was read, and which product of ours it matches. `whole` is Get
    Product's answer (clients.tiktok.models.Product); empty where TikTok shows only a part
    (frozen), or it is decided."""

    __tablename__ = "found_product"
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300), default="")
    image_url: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(String(24), default="")
    audit: Mapped[str] = mapped_column(String(24), default="")
    skus: Mapped[list[Any]] = mapped_column(default=list)
    # [{"id", "seller_sku", "options", "price", "currency", "identifier", "quantity"}], texts but the quantity
    whole: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime | None]  # on TikTok Shop
    updated_at: Mapped[datetime | None]  # likewise
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    certainty: Mapped[str] = mapped_column(String(8), default="none")  # certain, proposed, none
    how: Mapped[str] = mapped_column(String(12), default="")  # sku, product_id, identifier, title
    score: Mapped[int] = mapped_column(default=0)  # 0 to 100
    reason: Mapped[str] = mapped_column(default="")
    product_id: Mapped[int | None] = mapped_column(Key, ForeignKey("product.id", ondelete="SET NULL"))
    pairs: Mapped[dict[str, Any]] = mapped_column(default=dict)  # TikTok's SKU id -> our variant's id
    candidates: Mapped[list[Any]] = mapped_column(default=list)  # [{"product", "score", "reason", "pairs"}], best first
    state: Mapped[str] = mapped_column(String(12), default="open")  # open, adopted, dismissed, gone
    note: Mapped[str] = mapped_column(default="")  # why the last try failed
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    decided_at: Mapped[datetime | None]

    product: Mapped[Product | None] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
        Index(None, "store_id", "shop_id", "state", "certainty", "id"),
        Index(None, "store_id", "product_id"),
    )


class KnownValues(Tenanted, Base):
    """What TikTok had of a listing when we looked last, and what we sent last: digests by field. What is in `sent` and
    was not seen since counts as expected."""

    __tablename__ = "known_values"
    listing_id: Mapped[int] = mapped_column(Key)
    sent: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_settling: Mapped[bool] = mapped_column(default=False)  # we wrote, and nothing was read since its review
    seen_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]  # TikTok's last change of the product when it was read

    __table_args__ = (child_of("listing", "listing_id"), UniqueConstraint("store_id", "listing_id"))


class ShopLook(Tenanted, Base):
    """Up to when a shop's changes were looked at."""

    __tablename__ = "shop_look"
    shop_id: Mapped[int] = mapped_column(Key)
    until: Mapped[datetime]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id"))


class OutsideChange(Tenanted, Base):
    """A value of a listing that somebody else changed on TikTok Shop, until a person decides which one holds."""

    __tablename__ = "outside_change"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    field: Mapped[str] = mapped_column(String(80))  # as in services.listing_diff
    kind: Mapped[str] = mapped_column(String(8))  # content, price, variants
    label: Mapped[str] = mapped_column(String(120), default="")
    ours: Mapped[str] = mapped_column(default="")  # as shown
    theirs: Mapped[str] = mapped_column(default="")
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"value": theirs as a listing's field takes it}
    changed_at: Mapped[datetime | None]  # TikTok's last change of the product
    noticed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")  # open, kept, taken, gone
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    decided_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        Index(None, "store_id", "state", "shop_id", "id"),
        Index(None, "store_id", "listing_id", "state"),
    )
