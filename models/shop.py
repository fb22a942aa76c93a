"""TikTok's side of a store: grants, shops, warehouses and how they map to the store's locations."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import SEALED, Base, Key, Keyed, Tenanted, child_of


class Authorization(Tenanted, Base):
    """One TikTok grant with its tokens (encrypted); it opens one shop or several."""

    __tablename__ = "authorization"
    open_id: Mapped[str] = mapped_column(String(128))
    seller_name: Mapped[str] = mapped_column(String(255), default="")
    region: Mapped[str] = mapped_column(String(8), default="")
    state: Mapped[str] = mapped_column(String(24), default="active")  # active, needs_reauthorisation
    reason: Mapped[str] = mapped_column(default="")
    access_token: Mapped[str] = mapped_column(default="", info=SEALED)
    access_expires_at: Mapped[datetime]
    refresh_token: Mapped[str] = mapped_column(default="", info=SEALED)
    refresh_expires_at: Mapped[datetime]
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    connected_by: Mapped[str] = mapped_column(String(255), default="")
    connected_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "open_id"),
    )


class Shop(Tenanted, Base):
    """A TikTok shop. Active in one store only, because webhooks carry nothing but its id."""

    __tablename__ = "shop"
    authorization_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(32), default="")
    market: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(24), default="local")  # domain.capabilities.ShopKind
    seller_type: Mapped[str] = mapped_column(String(24), default="LOCAL")
    cipher: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    mapping_locked_at: Mapped[datetime | None]
    prerequisites: Mapped[list[Any]] = mapped_column(default=list)  # the platform's own checks, as last read
    checked_at: Mapped[datetime | None]
    listings_today: Mapped[int] = mapped_column(default=0)  # creates accepted on `listings_day`
    listings_day: Mapped[str] = mapped_column(String(10), default="")
    daily_limit: Mapped[int | None]  # learned from a refusal; None until then
    limit_reached_day: Mapped[str] = mapped_column(String(10), default="")
    tree_read_at: Mapped[datetime | None]

    authorization: Mapped[Authorization] = relationship(viewonly=True)

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        child_of("authorization", "authorization_id"),
        UniqueConstraint("store_id", "tiktok_id"),
        Index(
            "uq_shop_active",
            "tiktok_id",
            unique=True,
            sqlite_where=text("is_active = 1"),
            postgresql_where=text("is_active"),
        ),
    )


class Warehouse(Tenanted, Base):
    """A TikTok warehouse of a shop."""

    __tablename__ = "warehouse"
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(24))  # SALES_WAREHOUSE, RETURN_WAREHOUSE
    sub_type: Mapped[str] = mapped_column(String(40), default="")
    effect_status: Mapped[str] = mapped_column(String(16))  # ENABLED, DISABLED, RESTRICTED
    is_default: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
    )


class Location(Tenanted, Base):
    """A BigCommerce inventory location of the store."""

    __tablename__ = "location"
    bigcommerce_id: Mapped[int] = mapped_column(Key)
    code: Mapped[str] = mapped_column(String(255), default="")
    label: Mapped[str] = mapped_column(String(255))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    address: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "bigcommerce_id"),
    )


class WarehouseMap(Tenanted, Base):
    """Which location's stock is sold from which sales warehouse. Several locations may feed one warehouse."""

    __tablename__ = "warehouse_map"
    warehouse_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key)

    __table_args__ = (
        child_of("warehouse", "warehouse_id"),
        child_of("location", "location_id"),
        UniqueConstraint("store_id", "warehouse_id", "location_id"),
    )


class PendingGrant(Keyed, Base):
    """A grant that began in Seller Center: nobody knows whose it is until its short code is entered in the app."""

    __tablename__ = "pending_grant"
    code: Mapped[str] = mapped_column(String(16), unique=True)
    grant: Mapped[str] = mapped_column(info=SEALED)  # JSON of the tokens
    seller_name: Mapped[str] = mapped_column(String(255), default="")
    expires_at: Mapped[datetime]


class Category(Tenanted, Base):
    """A node of a shop's category tree, as last read. Needs (rules and attributes) are filled for leaves in use."""

    __tablename__ = "category"
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    parent_id: Mapped[str] = mapped_column(String(32), default="0")
    name: Mapped[str] = mapped_column(String(255))
    path: Mapped[list[Any]] = mapped_column(default=list)  # names from the root
    is_leaf: Mapped[bool] = mapped_column(default=False)
    permissions: Mapped[list[Any]] = mapped_column(default=list)
    needs: Mapped[dict[str, Any] | None]  # JSON of domain.draft.CategoryNeeds without id, path, leaf, permissions
    needs_read_at: Mapped[datetime | None]

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
    )
