"""Orders from TikTok Shop, what became of them in BigCommerce, and everything that happened to them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.catalog import Variant
from models.shop import Shop


class Order(Tenanted, Base):
    """One TikTok order. `changed_at` is TikTok's own time of the last change: what is older never overwrites."""

    __tablename__ = "sales_order"  # "order" is a word of SQL
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(24))  # domain.orders.statuses.Status
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="")
    subtotal: Mapped[Decimal] = mapped_column(default=Decimal(0))
    shipping: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    quantity: Mapped[int] = mapped_column(default=0)
    buyer_name: Mapped[str] = mapped_column(String(255), default="")
    buyer_email: Mapped[str] = mapped_column(String(255), default="")
    buyer_id: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)  # in TikTok's field names; empty while withheld
    fulfillment: Mapped[str] = mapped_column(String(40), default="")  # FULFILLMENT_BY_SELLER, FULFILLMENT_BY_TIKTOK
    shipping_type: Mapped[str] = mapped_column(String(20), default="")  # TIKTOK, SELLER
    warehouse_id: Mapped[str] = mapped_column(String(32), default="")  # the one TikTok chose
    carrier: Mapped[str] = mapped_column(String(100), default="")
    tracking_number: Mapped[str] = mapped_column(String(100), default="")
    order_type: Mapped[str] = mapped_column(String(24), default="")
    replaces: Mapped[str] = mapped_column(String(32), default="")  # TikTok's number of the order this one replaces
    is_sample: Mapped[bool] = mapped_column(default=False)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    cancel_asked_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(String(12), default="")
    cancel_reason: Mapped[str] = mapped_column(String(255), default="")
    ship_by: Mapped[datetime | None]
    collect_by: Mapped[datetime | None]
    cancel_by: Mapped[datetime | None]
    deliver_by: Mapped[datetime | None]
    deadline_kind: Mapped[str] = mapped_column(String(8), default="")  # the next one that matters …
    deadline_at: Mapped[datetime | None]  # … and when; empty when nothing runs
    # Messages, every amount TikTok named ("payment"), handling time, delivery option
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    grouping: Mapped[str] = mapped_column(String(10), default="")  # as when it was first written to BigCommerce
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)  # of the first BigCommerce order, for lists and search
    problem: Mapped[str] = mapped_column(String(60), default="")  # why it is in the Error tab; empty is none
    problem_text: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(String(10), default="")  # webhook, poll, gap, import: who saw it first
    seen_at: Mapped[datetime]  # when it first came here
    read_at: Mapped[datetime]

    shop: Mapped[Shop] = relationship(viewonly=True)
    lines: Mapped[list["OrderLine"]] = relationship(viewonly=True, order_by="OrderLine.id")
    copies: Mapped[list["StoreOrder"]] = relationship(viewonly=True, order_by="StoreOrder.id")

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "tiktok_id"),
        # Lists are walked newest first, in all, by shop, by tab, by both: each walk is one range of one index.
        Index(None, "store_id", "placed_at", "id"),
        Index(None, "store_id", "shop_id", "placed_at", "id"),
        Index(None, "store_id", "status", "placed_at", "id"),
        Index(None, "store_id", "shop_id", "status", "placed_at", "id"),
        Index(None, "store_id", "bigcommerce_id"),
        Index(
            "ix_sales_order_problem",
            "store_id",
            "placed_at",
            "id",
            sqlite_where=sql("problem <> ''"),
            postgresql_where=sql("problem <> ''"),
        ),
        Index(
            "ix_sales_order_deadline",
            "store_id",
            "deadline_at",
            "id",
            sqlite_where=sql("deadline_at IS NOT NULL"),
            postgresql_where=sql("deadline_at IS NOT NULL"),
        ),
    )


class OrderLine(Tenanted, Base):
    """One piece of an order (TikTok writes a line for each), and the variant it was linked to."""

    __tablename__ = "sales_order_line"
    order_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    sku_id: Mapped[str] = mapped_column(String(32), default="")
    product_id: Mapped[str] = mapped_column(String(32), default="")  # TikTok's
    seller_sku: Mapped[str] = mapped_column(String(255), default="")
    product_name: Mapped[str] = mapped_column(String(300), default="")
    sku_name: Mapped[str] = mapped_column(String(300), default="")
    image_url: Mapped[str] = mapped_column(default="")
    price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    list_price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    status: Mapped[str] = mapped_column(String(24), default="")
    package_id: Mapped[str] = mapped_column(String(32), default="")
    package_status: Mapped[str] = mapped_column(String(24), default="")
    tracking_number: Mapped[str] = mapped_column(String(100), default="")
    carrier: Mapped[str] = mapped_column(String(100), default="")
    warehouse_id: Mapped[str] = mapped_column(String(32), default="")
    is_gift: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str] = mapped_column(String(255), default="")
    variant_id: Mapped[int | None] = mapped_column(Key, ForeignKey("variant.id", ondelete="SET NULL"))
    linked_by: Mapped[str] = mapped_column(String(10), default="")  # listing, hand, sku; empty: not linked
    copy_id: Mapped[int | None] = mapped_column(Key)  # the BigCommerce order it went into

    variant: Mapped[Variant | None] = relationship(viewonly=True)

    __table_args__ = (
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "order_id", "tiktok_id"),
        Index(None, "store_id", "sku_id", "id"),
        Index(None, "store_id", "seller_sku", "order_id"),
    )


class StoreOrder(Tenanted, Base):
    """One BigCommerce order of a TikTok order: unique by its group, so it can only ever be written once."""

    __tablename__ = "store_order"
    order_id: Mapped[int] = mapped_column(Key)
    key: Mapped[str] = mapped_column(String(60), default="")  # domain.orders.grouping.Group.key
    reference: Mapped[str] = mapped_column(String(60))  # BigCommerce's external_order_id
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, written, refused, not_wanted
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)
    status_id: Mapped[int | None]  # BigCommerce's, as last written or read
    wanted_status_id: Mapped[int | None]  # what we asked for last; another one means somebody changed it there
    has_address: Mapped[bool] = mapped_column(default=False)  # written with the real address, not the withheld one
    body_hash: Mapped[str] = mapped_column(String(32), default="")  # of what was last written
    total: Mapped[Decimal | None]
    problem: Mapped[str] = mapped_column(String(60), default="")
    problem_text: Mapped[str] = mapped_column(default="")
    is_due: Mapped[bool] = mapped_column(default=False)  # something must be written; found again when a bell was lost
    writer_id: Mapped[int | None] = mapped_column(Key)  # the item that writes it now: never two at once
    written_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(viewonly=True)

    __table_args__ = (
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "order_id", "key"),
        UniqueConstraint("store_id", "reference"),
        Index(None, "store_id", "bigcommerce_id"),
        Index("ix_store_order_due", "store_id", "id", sqlite_where=sql("is_due"), postgresql_where=sql("is_due")),
    )


class OrderEvent(Tenanted, Base):
    """The timeline of an order: what happened, when, who said so. `item_id` leads to the evidence of a call."""

    __tablename__ = "order_event"
    order_id: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # seen, status, address, held, created, updated, problem, linked, note
    text: Mapped[str]
    source: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    item_id: Mapped[int | None] = mapped_column(Key)

    __table_args__ = (child_of("sales_order", "order_id"), Index(None, "store_id", "order_id", "id"))


class OrderRules(Tenanted, Base):
    """How a store takes its orders (domain.orders.settings); one row, written when somebody saves."""

    __tablename__ = "order_rules"
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("store_id"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OrderCursor(Tenanted, Base):
    """How far a shop's orders were read by their time of change."""

    __tablename__ = "order_cursor"
    shop_id: Mapped[int] = mapped_column(Key)
    begins_at: Mapped[datetime]  # orders placed before are imported only when a person asks
    since: Mapped[datetime]  # everything changed before was read
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id"))


class OrderHour(Tenanted, Base):
    """One hour of a shop's orders, counted on both sides by the gap detector."""

    __tablename__ = "order_hour"
    shop_id: Mapped[int] = mapped_column(Key)
    hour: Mapped[datetime]
    theirs: Mapped[int] = mapped_column(default=0)  # orders placed in it, as TikTok counts
    ours: Mapped[int] = mapped_column(default=0)
    unpaid: Mapped[int] = mapped_column(default=0)  # never paid, so never imported
    filled: Mapped[int] = mapped_column(default=0)  # orders that were missing and were fetched
    checked_at: Mapped[datetime]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "hour"))


class SkuLink(Tenanted, Base):
    """A TikTok SKU that a person linked to a variant, because no listing of ours knows it."""

    __tablename__ = "sku_link"
    shop_id: Mapped[int] = mapped_column(Key)
    sku_id: Mapped[str] = mapped_column(String(32))
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id", ondelete="CASCADE"))
    actor: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "sku_id"))


class RequiredOption(Tenanted, Base):
    """A required option (modifier) of a BigCommerce product that makes no variant: an order without it is refused."""

    __tablename__ = "required_option"
    product_id: Mapped[int] = mapped_column(Key)
    modifier_id: Mapped[int] = mapped_column(Key)  # BigCommerce's
    name: Mapped[str] = mapped_column(String(255), default="")
    type: Mapped[str] = mapped_column(String(40), default="")
    choices: Mapped[list[Any]] = mapped_column(default=list)  # [{"id", "label", "is_default"}]
    value: Mapped[str] = mapped_column(String(255), default="")  # what every order gets; empty: nobody decided
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    read_at: Mapped[datetime]

    __table_args__ = (
        child_of("product", "product_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "product_id", "modifier_id"),
    )
