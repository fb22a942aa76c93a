"""Money as TikTok Shop settles it: daily statements, their transactions, payouts, and each order compared."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class Statement(Tenanted, Base):
    """One day of a shop, cut at 00:00 UTC. `gaps` names what of TikTok's own arithmetic does not close."""

    __tablename__ = "statement"
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    day: Mapped[datetime]  # statement_time: the midnight after the day
    currency: Mapped[str] = mapped_column(String(3), default="")
    revenue: Mapped[Decimal] = mapped_column(default=Decimal(0))
    fees: Mapped[Decimal] = mapped_column(default=Decimal(0))  # fees, taxes and shipping, as the list has them
    adjustments: Mapped[Decimal] = mapped_column(default=Decimal(0))
    settlement: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reserve: Mapped[Decimal] = mapped_column(default=Decimal(0))
    amounts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # name of an amount -> the sum of its transactions
    payment_status: Mapped[str] = mapped_column(String(12), default="")  # PAID, FAILED, PROCESSING
    payment_id: Mapped[str] = mapped_column(String(32), default="")
    paid_at: Mapped[datetime | None]
    transactions: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="listed")  # listed, closed, incomplete
    gaps: Mapped[list[Any]] = mapped_column(default=list)  # [[code, what TikTok says, what its parts come to]]
    read_at: Mapped[datetime | None]  # when all its transactions were read

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
        Index(None, "store_id", "day", "id"),
        Index(None, "store_id", "shop_id", "day", "id"),
        Index(None, "store_id", "shop_id", "payment_id"),
    )


class Settlement(Tenanted, Base):
    """One transaction of a statement: of an order, an adjustment, or the reserve. Costs are negative, as sent."""

    __tablename__ = "settlement"
    shop_id: Mapped[int] = mapped_column(Key)
    statement_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(48))  # ORDER, RESERVE, or an adjustment of reference 8
    order_number: Mapped[str] = mapped_column(String(32), default="")  # TikTok's; empty where no order is meant
    day: Mapped[datetime]
    revenue: Mapped[Decimal] = mapped_column(default=Decimal(0))
    shipping: Mapped[Decimal] = mapped_column(default=Decimal(0))
    fees: Mapped[Decimal] = mapped_column(default=Decimal(0))
    adjustment: Mapped[Decimal] = mapped_column(default=Decimal(0))
    settlement: Mapped[Decimal] = mapped_column(default=Decimal(0))
    amounts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # "fee.referral_fee_amount" -> "-1.20"
    gaps: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (
        child_of("statement", "statement_id"),
        UniqueConstraint("store_id", "statement_id", "tiktok_id"),
        Index(None, "store_id", "order_number"),
    )


class SettledSku(Tenanted, Base):
    """What one SKU of an order brought in one statement."""

    __tablename__ = "settled_sku"
    shop_id: Mapped[int] = mapped_column(Key)
    order_number: Mapped[str] = mapped_column(String(32))
    statement_number: Mapped[str] = mapped_column(String(32), default="")
    sku_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(300), default="")
    day: Mapped[datetime]
    quantity: Mapped[int] = mapped_column(default=0)
    revenue: Mapped[Decimal] = mapped_column(default=Decimal(0))
    shipping: Mapped[Decimal] = mapped_column(default=Decimal(0))
    fees: Mapped[Decimal] = mapped_column(default=Decimal(0))
    settlement: Mapped[Decimal] = mapped_column(default=Decimal(0))

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "order_number", "statement_number", "sku_id"),
        Index(None, "store_id", "shop_id", "day", "sku_id"),
    )


class Payout(Tenanted, Base):
    """A transfer to the seller's bank."""

    __tablename__ = "payout"
    shop_id: Mapped[int] = mapped_column(Key)
    tiktok_id: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(12), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # what the bank receives
    settled: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reserve: Mapped[Decimal] = mapped_column(default=Decimal(0))
    before_exchange: Mapped[Decimal | None]
    exchange_rate: Mapped[str] = mapped_column(String(24), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")  # masked by TikTok

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "tiktok_id"),
        Index(None, "store_id", "created_at", "id"),
    )


class OrderMoney(Tenanted, Base):
    """An order with both its books: from BigCommerce's total to what TikTok settled, every step named."""

    __tablename__ = "order_money"
    shop_id: Mapped[int] = mapped_column(Key)
    order_id: Mapped[int | None] = mapped_column(Key)  # None: settled, but the order never came here
    order_number: Mapped[str] = mapped_column(String(32))
    day: Mapped[datetime]  # of the last statement
    currency: Mapped[str] = mapped_column(String(3), default="")
    in_store: Mapped[Decimal | None]  # BigCommerce's total less its refunds; None: no order there
    store_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"total", "refunded", "orders", "read_at"}
    ordered: Mapped[Decimal | None]  # what the buyer paid, as the order says
    settlement: Mapped[Decimal] = mapped_column(default=Decimal(0))
    fees: Mapped[Decimal] = mapped_column(default=Decimal(0))
    steps: Mapped[list[Any]] = mapped_column(default=list)  # [[bucket, amount]] from in_store to settlement
    unexplained: Mapped[Decimal] = mapped_column(default=Decimal(0))
    state: Mapped[str] = mapped_column(String(12), default="")  # domain.finance.reconciliation.State
    version: Mapped[int] = mapped_column(default=0)  # of the rules it was compared with
    compared_at: Mapped[datetime]

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "order_number"),
        Index(None, "store_id", "day", "id"),
        Index(None, "store_id", "state", "day", "id"),
        Index(None, "store_id", "shop_id", "state", "day", "id"),
    )


class MoneyCursor(Tenanted, Base):
    """How far a shop's statements were read."""

    __tablename__ = "money_cursor"
    shop_id: Mapped[int] = mapped_column(Key)
    since: Mapped[datetime]  # every statement before was read
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id"))


class SalesDay(Tenanted, Base):
    """Gross sales of a shop on one UTC day. `version` is the counter's (services.finance.sales) when it was summed:
    another one means that orders of the day have changed since."""

    __tablename__ = "sales_day"
    shop_id: Mapped[int] = mapped_column(Key)
    day: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="")
    orders: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    version: Mapped[int] = mapped_column(default=0)

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "day", "currency"))
