"""Cancellations, refunds and returns: what buyers ask for, what was answered, and what followed in BigCommerce."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.order import Order
from models.shop import Shop


class AfterSale(Tenanted, Base):
    """One request: to cancel, to get money back, to return, to get another piece. `kind`: domain.returns.statuses.Kind.
    The order may be unknown here (placed before the connection), so it is named by TikTok's number too."""

    __tablename__ = "after_sale"
    shop_id: Mapped[int] = mapped_column(Key)
    order_id: Mapped[int | None] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    order_number: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(48), default="")  # TikTok's, in one spelling
    arbitration: Mapped[str] = mapped_column(String(20), default="")
    tab: Mapped[str] = mapped_column(String(10), default="")  # domain.returns.statuses.Tab
    role: Mapped[str] = mapped_column(String(12), default="")  # who asked: BUYER, SELLER, SYSTEM, OPERATOR
    reason: Mapped[str] = mapped_column(String(160), default="")
    reason_text: Mapped[str] = mapped_column(default="")
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3), default="")
    action: Mapped[str] = mapped_column(String(40), default="")  # what TikTok asks of the seller; empty is nothing
    deadline_at: Mapped[datetime | None]  # TikTok's own, while an answer is asked for
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # TikTok's time of the last change
    read_at: Mapped[datetime]
    tracking_number: Mapped[str] = mapped_column(String(100), default="")
    carrier: Mapped[str] = mapped_column(String(100), default="")
    # Refund by parts, offered part, replenish, address of the return, whose order it became
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What TikTok takes as an answer now: [{"decision", "eligible", "code", "why", "reasons": [{"name", "text"}]}]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    choices_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(32), default="")  # our decision, once somebody took it
    answer_state: Mapped[str] = mapped_column(String(10), default="")  # "", sending, sent, refused
    answer_text: Mapped[str] = mapped_column(default="")  # who, why, or what TikTok said against it
    answered_at: Mapped[datetime | None]
    # To be written to BigCommerce, and not planned yet because its order or its BigCommerce order is missing
    is_unplanned: Mapped[bool] = mapped_column(default=False)

    shop: Mapped[Shop] = relationship(viewonly=True)
    order: Mapped[Order | None] = relationship(viewonly=True)
    lines: Mapped[list["AfterSaleLine"]] = relationship(viewonly=True, order_by="AfterSaleLine.id")

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "tiktok_id"),
        Index(None, "store_id", "tab", "asked_at", "id"),
        Index(None, "store_id", "shop_id", "tab", "asked_at", "id"),
        Index(None, "store_id", "order_number"),
        Index(
            "ix_after_sale_deadline",
            "store_id",
            "deadline_at",
            "id",
            sqlite_where=sql("deadline_at IS NOT NULL"),
            postgresql_where=sql("deadline_at IS NOT NULL"),
        ),
        Index(
            "ix_after_sale_unplanned",
            "store_id",
            "id",
            sqlite_where=sql("is_unplanned"),
            postgresql_where=sql("is_unplanned"),
        ),
    )


class AfterSaleLine(Tenanted, Base):
    """One piece that a request is about."""

    __tablename__ = "after_sale_line"
    after_sale_id: Mapped[int] = mapped_column(Key)
    line_id: Mapped[str] = mapped_column(String(32))  # TikTok's number of the piece in its order
    sku_id: Mapped[str] = mapped_column(String(32), default="")
    seller_sku: Mapped[str] = mapped_column(String(255), default="")
    product_name: Mapped[str] = mapped_column(String(300), default="")
    sku_name: Mapped[str] = mapped_column(String(300), default="")
    image_url: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))

    __table_args__ = (
        child_of("after_sale", "after_sale_id"),
        UniqueConstraint("store_id", "after_sale_id", "line_id"),
        Index(None, "store_id", "line_id"),
    )


class AfterSaleEvent(Tenanted, Base):
    """The history of a request: what happened, when, who said so. `item_id` leads to the evidence of a call."""

    __tablename__ = "after_sale_event"
    after_sale_id: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime]
    text: Mapped[str]
    source: Mapped[str] = mapped_column(String(60), default="")
    item_id: Mapped[int | None] = mapped_column(Key)

    __table_args__ = (child_of("after_sale", "after_sale_id"), Index(None, "store_id", "after_sale_id", "id"))


class AfterSalePicture(Tenanted, Base):
    """A picture that goes with a refusal."""

    __tablename__ = "after_sale_picture"
    after_sale_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    __table_args__ = (
        child_of("after_sale", "after_sale_id"),
        UniqueConstraint("store_id", "id"),
        Index(None, "store_id", "after_sale_id"),
    )


class StoreRefund(Tenanted, Base):
    """The refund of a request in one BigCommerce order: unique, so it can only be written once."""

    __tablename__ = "store_refund"
    after_sale_id: Mapped[int] = mapped_column(Key)
    copy_id: Mapped[int] = mapped_column(Key)  # models.order.StoreOrder
    reference: Mapped[str] = mapped_column(String(80))  # stands in the refund's reason; it is found again by it
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # what it shall come to
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, written, refused, not_wanted
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)  # the refund's
    written_amount: Mapped[Decimal | None]
    problem: Mapped[str] = mapped_column(String(60), default="")
    problem_text: Mapped[str] = mapped_column(default="")
    is_due: Mapped[bool] = mapped_column(default=True)
    writer_id: Mapped[int | None] = mapped_column(Key)  # the item that writes it now: never two at once
    written_at: Mapped[datetime | None]

    after_sale: Mapped[AfterSale] = relationship(viewonly=True)

    __table_args__ = (
        child_of("after_sale", "after_sale_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "after_sale_id", "copy_id"),
        Index(None, "store_id", "copy_id"),
        Index("ix_store_refund_due", "store_id", "id", sqlite_where=sql("is_due"), postgresql_where=sql("is_due")),
    )


class Restock(Tenanted, Base):
    """Pieces of a request that came back, or never left, by variant: whether they go on sale again."""

    __tablename__ = "restock"
    after_sale_id: Mapped[int] = mapped_column(Key)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id", ondelete="CASCADE"))
    location_id: Mapped[int] = mapped_column(Key, default=0)  # ours; 0: the store's first one
    quantity: Mapped[int]
    # ask (a person decides), due, done, kept_out, untracked, unclear (look in BigCommerce), refused
    state: Mapped[str] = mapped_column(String(10), default="ask")
    why: Mapped[str] = mapped_column(default="")
    before: Mapped[int | None]  # what BigCommerce had right before, read for the case that no answer comes
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    done_at: Mapped[datetime | None]

    after_sale: Mapped[AfterSale] = relationship(viewonly=True)

    __table_args__ = (
        child_of("after_sale", "after_sale_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "after_sale_id", "variant_id"),
        Index("ix_restock_due", "store_id", "id", sqlite_where=sql("state = 'due'"),
              postgresql_where=sql("state = 'due'")),
    )  # fmt: skip


class RequestChoice(Tenanted, Base):
    """What TikTok lets the seller start for an order at the moment: read when a person wants to."""

    __tablename__ = "request_choice"
    order_id: Mapped[int] = mapped_column(Key)
    # [{"type", "lines": [...], "eligible", "code", "why", "reasons": [...], "total", "currency"}]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    problem: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (child_of("sales_order", "order_id"), UniqueConstraint("store_id", "order_id"))


class ReturnRules(Tenanted, Base):
    """How a store handles requests (domain.returns.settings); one row, written when somebody saves."""

    __tablename__ = "return_rules"
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("store_id"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReturnCursor(Tenanted, Base):
    """How far a shop's requests were read by their time of change; `what` is returns or cancellations."""

    __tablename__ = "return_cursor"
    shop_id: Mapped[int] = mapped_column(Key)
    what: Mapped[str] = mapped_column(String(14))
    since: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "what"))
