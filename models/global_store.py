"""Global sellers: how each of their shops is published to, and the products of the global store, to be looked at."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class ShopPublishing(Tenanted, Base):
    """The publishing model of one shop of a global seller: what TikTok told, and what the owner chose over it."""

    __tablename__ = "shop_publishing"
    shop_id: Mapped[int] = mapped_column(Key)
    told: Mapped[str] = mapped_column(String(24), default="")  # domain.publishing_models; empty: not told yet
    told_by: Mapped[str] = mapped_column(String(24), default="")  # rules, refusal
    told_at: Mapped[datetime | None]
    chosen: Mapped[str] = mapped_column(String(24), default="")  # empty: as TikTok told
    chosen_by: Mapped[str] = mapped_column(String(255), default="")
    chosen_at: Mapped[datetime | None]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id"))


class GlobalProduct(Tenanted, Base):
    """A product of a global seller's global store as TikTok last showed it."""

    __tablename__ = "global_product"
    authorization_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300), default="")
    search: Mapped[str] = mapped_column(default="")  # title and seller SKUs, lower case
    status: Mapped[str] = mapped_column(String(16), default="")  # PUBLISHED, UNPUBLISHED, DRAFT, DELETED
    category: Mapped[str] = mapped_column(default="")  # path in words
    image: Mapped[str] = mapped_column(default="")
    skus: Mapped[list[Any]] = mapped_column(default=list)  # [{"id", "sku", "price", "quantity"}]
    currency: Mapped[str] = mapped_column(String(3), default="")
    price_low: Mapped[Decimal | None]
    price_high: Mapped[Decimal | None]
    quantity: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]  # at TikTok
    read_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        child_of("authorization", "authorization_id"),
        UniqueConstraint("store_id", "authorization_id", "tiktok_id"),
        Index(None, "store_id", "authorization_id", "id"),
    )


class GlobalProductSale(Tenanted, Base):
    """Where a global product is on sale: one market, one local product."""

    __tablename__ = "global_product_sale"
    global_product_id: Mapped[int] = mapped_column(Key)
    market: Mapped[str] = mapped_column(String(8))
    tiktok_id: Mapped[str] = mapped_column(String(32), default="")  # of the local product

    __table_args__ = (
        child_of("global_product", "global_product_id"),
        UniqueConstraint("store_id", "global_product_id", "market"),
        Index(None, "store_id", "market"),
    )
