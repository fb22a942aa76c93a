"""The stock ledger, what shops are told of it, and how quickly they know. The Stock table (models.catalog) holds what
BigCommerce says."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Listing
from models.shop import Shop

NOWHERE = 0  # a location id: the place is not known


class StockBalance(Tenanted, Base):
    """Maintained sums of the movements of one merchant SKU at one location. Available = on hand less the others."""

    __tablename__ = "stock_balance"
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key, default=NOWHERE)
    on_hand: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    __table_args__ = (
        child_of("merchant_sku", "merchant_sku_id"),
        UniqueConstraint("store_id", "merchant_sku_id", "location_id"),
        Index(None, "store_id", "changed_at"),
    )


class StockMovement(Tenanted, Base):
    """Why a balance changed. A repeated reference is booked once."""

    __tablename__ = "stock_movement"
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key, default=NOWHERE)
    kind: Mapped[str] = mapped_column(String(10))  # on_hand, held, reserved, allocated
    delta: Mapped[int]
    cause: Mapped[str] = mapped_column(String(40))
    order_ref: Mapped[str] = mapped_column(String(80), default="")
    reference: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]

    __table_args__ = (
        child_of("merchant_sku", "merchant_sku_id"),
        UniqueConstraint("store_id", "reference", "kind", "merchant_sku_id", "location_id"),
        Index(None, "store_id", "merchant_sku_id", "id"),
    )


class StockOrder(Tenanted, Base):
    """An order as far as stock is concerned. Released and shipped are ends: what comes late changes nothing."""

    __tablename__ = "stock_order"
    order_ref: Mapped[str] = mapped_column(String(80))
    shop_id: Mapped[int | None] = mapped_column(Key)
    state: Mapped[str] = mapped_column(String(10), default="new")
    # new, held, reserved, handed (BigCommerce has the order), shipped, released
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("store_id", "id"), UniqueConstraint("store_id", "order_ref"))


class StockOrderLine(Tenanted, Base):
    """Pieces of an order and the balance they stand in: held, reserved, allocated, or "" for none."""

    __tablename__ = "stock_order_line"
    order_id: Mapped[int] = mapped_column(Key)
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key, default=NOWHERE)
    quantity: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="")
    handed_at: Mapped[datetime | None]  # since when BigCommerce's own number should count them

    order: Mapped[StockOrder] = relationship(viewonly=True)

    __table_args__ = (
        child_of("stock_order", "order_id"),
        child_of("merchant_sku", "merchant_sku_id"),
        UniqueConstraint("store_id", "order_id", "merchant_sku_id", "location_id"),
        Index(None, "store_id", "merchant_sku_id", "kind"),
        Index(None, "store_id", "kind", "handed_at"),
    )


class PushRule(Tenanted, Base):
    """How much a shop is told: for the shop, for one of its warehouses, or for one product there. What is empty comes
    from the next wider rule, at last from the store's settings."""

    __tablename__ = "push_rule"
    shop_id: Mapped[int] = mapped_column(Key)
    warehouse_id: Mapped[int] = mapped_column(Key, default=0)  # ours; 0: no single warehouse
    product_id: Mapped[int] = mapped_column(Key, default=0)  # ours; 0: no single product
    is_on: Mapped[bool] = mapped_column(default=True)  # False: the shop, warehouse or product is left alone
    location_ids: Mapped[list[Any] | None]  # ours, of a warehouse; None: as mapped
    percent: Mapped[int | None]
    add_on: Mapped[int | None]
    cap: Mapped[int | None]
    threshold: Mapped[int | None]
    guard: Mapped[int | None]
    changed_by: Mapped[str] = mapped_column(String(255), default="")
    changed_at: Mapped[datetime]

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "warehouse_id", "product_id"),
    )


class StockTold(Tenanted, Base):
    """What a SKU of a listing was told last for one TikTok warehouse, and what was read back."""

    __tablename__ = "stock_told"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    listing_sku_id: Mapped[int] = mapped_column(Key)
    warehouse: Mapped[str] = mapped_column(String(32))  # TikTok's id
    told: Mapped[int | None]
    told_at: Mapped[datetime | None]
    confirmed: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    # When both sides last agreed about orders: pieces in TikTok's own, pieces of the shop's orders in the ledger.
    # Orders that TikTok has and we do not know yet are what the one has grown more than the other since.
    committed: Mapped[int | None]
    known: Mapped[int | None]
    agreed_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(viewonly=True)

    __table_args__ = (
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_sku_id", "warehouse"),
        Index(None, "store_id", "listing_id"),
        Index(None, "store_id", "shop_id", "confirmed_at"),
    )


class StockPush(Tenanted, Base):
    """One confirmed push of a listing: how long after the change in BigCommerce the shop had it."""

    __tablename__ = "stock_push"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    day: Mapped[str] = mapped_column(String(10))  # the shop's own calendar day
    changed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    milliseconds: Mapped[int]
    skus: Mapped[int] = mapped_column(default=1)
    cause: Mapped[str] = mapped_column(String(20), default="")

    __table_args__ = (
        child_of("shop", "shop_id"),
        Index(None, "store_id", "shop_id", "day"),
        Index(None, "store_id", "confirmed_at"),
    )


class StockIncident(Tenanted, Base):
    """A number that TikTok took and does not show, or would not take. One open incident per SKU and warehouse."""

    __tablename__ = "stock_incident"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    listing_sku_id: Mapped[int] = mapped_column(Key)
    warehouse: Mapped[str] = mapped_column(String(32), default="")
    kind: Mapped[str] = mapped_column(String(16))  # not_applied, refused
    code: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(default="")
    told: Mapped[int | None]
    found: Mapped[int | None]
    times: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, resolved
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(viewonly=True)
    shop: Mapped[Shop] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        Index(None, "store_id", "state", "id"),
        Index(None, "store_id", "listing_id"),
    )


class StockLow(Tenanted, Base):
    """A merchant SKU that came down to the store's threshold and is not back above it."""

    __tablename__ = "stock_low"
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime]

    __table_args__ = (child_of("merchant_sku", "merchant_sku_id"), UniqueConstraint("store_id", "merchant_sku_id"))
