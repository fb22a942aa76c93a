"""Pieces kept back for a promotion: TikTok does not tell what its promotions hold, so a person writes it down here."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of


class Promotion(Tenanted, Base):
    """From `keeps_from` to `ends_at` its pieces are reserved in the stock ledger. `turn` names the present reservation
    there, because one that was released never comes back under the same name."""

    __tablename__ = "promotion"
    shop_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(100))
    keeps_from: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="planned")  # planned, kept, over, released (by a person)
    turn: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[str] = mapped_column(String(5), default="")  # "", start, end
    changed_by: Mapped[str] = mapped_column(String(255), default="")
    changed_at: Mapped[datetime]

    lines: Mapped[list["PromotionLine"]] = relationship(viewonly=True, order_by="PromotionLine.id")

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "id"),
        Index(None, "store_id", "ends_at"),
        Index("ix_promotion_moving", "store_id", "id", sqlite_where=sql("state IN ('planned', 'kept')"),
              postgresql_where=sql("state IN ('planned', 'kept')")),
    )  # fmt: skip


class PromotionLine(Tenanted, Base):
    """Pieces of one SKU."""

    __tablename__ = "promotion_line"
    promotion_id: Mapped[int] = mapped_column(Key)
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    quantity: Mapped[int]

    __table_args__ = (
        child_of("promotion", "promotion_id"),
        child_of("merchant_sku", "merchant_sku_id"),
        UniqueConstraint("store_id", "promotion_id", "merchant_sku_id"),
        Index(None, "store_id", "merchant_sku_id"),
    )
