"""What TikTok's orders took, told to BigCommerce piece by piece where no BigCommerce order does it."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class StockAdjustment(Tenanted, Base):
    """One relative adjustment of one SKU at one location for one order. Those of an order add up to what BigCommerce's
    number must have moved because of it; `turn` counts them, so that the same wish is written once."""

    __tablename__ = "stock_adjustment"
    order_ref: Mapped[str] = mapped_column(String(80))
    merchant_sku_id: Mapped[int] = mapped_column(Key)
    location_id: Mapped[int] = mapped_column(Key, default=0)  # ours; 0: the store's first one
    turn: Mapped[int] = mapped_column(default=1)
    delta: Mapped[int]
    # due, looked (the number before is known, the call may be out), done, withdrawn (never sent), refused, unclear
    # (look in BigCommerce), left (a person counts it there)
    state: Mapped[str] = mapped_column(String(10), default="due")
    before: Mapped[int | None]  # what BigCommerce had right before, read for the case that no answer comes
    looked_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        child_of("merchant_sku", "merchant_sku_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "order_ref", "merchant_sku_id", "location_id", "turn",
                         name="uq_stock_adjustment_turn"),
        Index("ix_stock_adjustment_open", "store_id", "id",
              sqlite_where=sql("state IN ('due', 'looked', 'refused', 'unclear')"),
              postgresql_where=sql("state IN ('due', 'looked', 'refused', 'unclear')")),
    )  # fmt: skip
