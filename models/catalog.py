"""The store's catalog as mirrored from BigCommerce."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of


class Product(Tenanted, Base):
    """A product; without `bigcommerce_id` adopted from TikTok. `content_hash` tells whether a sync must write."""

    __tablename__ = "product"
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)
    title: Mapped[str] = mapped_column(String(255), default="")
    description: Mapped[str] = mapped_column(default="")
    sku: Mapped[str] = mapped_column(String(255), default="")
    type: Mapped[str] = mapped_column(String(16), default="physical")
    brand: Mapped[str] = mapped_column(String(255), default="")
    price: Mapped[Decimal | None]  # the lowest variant price, for lists and filters
    currency: Mapped[str] = mapped_column(String(3), default="")
    quantity: Mapped[int] = mapped_column(default=0)  # sum over variants
    weight: Mapped[Decimal | None]
    width: Mapped[Decimal | None]
    height: Mapped[Decimal | None]
    depth: Mapped[Decimal | None]
    upc: Mapped[str] = mapped_column(String(32), default="")
    gtin: Mapped[str] = mapped_column(String(32), default="")
    mpn: Mapped[str] = mapped_column(String(255), default="")
    is_visible: Mapped[bool] = mapped_column(default=True)
    inventory_tracking: Mapped[str] = mapped_column(String(16), default="none")
    image_url: Mapped[str] = mapped_column(default="")  # the thumbnail for lists
    images: Mapped[list[Any]] = mapped_column(default=list)  # [{"id", "url", "description"}] in order
    category_ids: Mapped[list[Any]] = mapped_column(default=list)
    category_path: Mapped[str] = mapped_column(default="")  # names of the first category, joined with " > "
    custom_fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tags: Mapped[str] = mapped_column(default="")  # BigCommerce's search keywords
    status: Mapped[str] = mapped_column(String(16), default="not_uploaded")  # domain.tabs.ProductStatus
    variant_count: Mapped[int] = mapped_column(default=1)
    modified_at: Mapped[datetime | None]  # BigCommerce's own
    content_hash: Mapped[str] = mapped_column(String(32), default="")
    imported_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]  # gone from BigCommerce (only after a complete walk, or its webhook)

    variants: Mapped[list["Variant"]] = relationship(viewonly=True, order_by="Variant.position")

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "bigcommerce_id"),
        Index(None, "store_id", "status", "id"),
        Index(None, "store_id", "sku"),
        Index(None, "store_id", "title", "id"),
        Index(None, "store_id", "brand", "id"),
    )


class Variant(Tenanted, Base):
    """One sellable variant; a product without options has exactly one. Empty measures are the product's."""

    __tablename__ = "variant"
    product_id: Mapped[int] = mapped_column(Key)
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)
    merchant_sku_id: Mapped[int | None] = mapped_column(Key, ForeignKey("merchant_sku.id", ondelete="SET NULL"))
    sku: Mapped[str] = mapped_column(String(255), default="")
    options: Mapped[list[Any]] = mapped_column(default=list)  # [[name, value], …] in order
    price: Mapped[Decimal | None]
    weight: Mapped[Decimal | None]
    width: Mapped[Decimal | None]
    height: Mapped[Decimal | None]
    depth: Mapped[Decimal | None]
    upc: Mapped[str] = mapped_column(String(32), default="")
    gtin: Mapped[str] = mapped_column(String(32), default="")
    mpn: Mapped[str] = mapped_column(String(255), default="")
    image_url: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(32), default="")

    product: Mapped[Product] = relationship(viewonly=True)

    __table_args__ = (
        child_of("product", "product_id"),
        UniqueConstraint("store_id", "bigcommerce_id"),
        Index(None, "store_id", "product_id"),
        Index(None, "store_id", "sku"),
        Index(None, "store_id", "gtin"),
        Index(None, "store_id", "upc"),
    )


class MerchantSku(Tenanted, Base):
    """What the merchant stocks. Several listings' SKUs may sell from it; its stock is per location."""

    __tablename__ = "merchant_sku"
    code: Mapped[str] = mapped_column(String(255))

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "code"),
    )


class Stock(Tenanted, Base):
    """What BigCommerce says is available of one merchant SKU at one location."""

    __tablename__ = "stock"
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key)
    available: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime]

    __table_args__ = (
        child_of("merchant_sku", "merchant_sku_id"),
        child_of("location", "location_id"),
        UniqueConstraint("store_id", "merchant_sku_id", "location_id"),
    )
