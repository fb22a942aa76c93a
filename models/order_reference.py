"""Which BigCommerce order TikTok was told an order is (reference 5.5)."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class OrderReference(Tenanted, Base):
    """One a TikTok order. `numbers`: BigCommerce's, as they were told; `problem`: why TikTok did not take them."""

    __tablename__ = "order_reference"
    order_id: Mapped[int] = mapped_column(Key)
    numbers: Mapped[str] = mapped_column(String(255))
    problem: Mapped[str] = mapped_column(String(255), default="")
    told_at: Mapped[datetime]

    __table_args__ = (child_of("sales_order", "order_id"), UniqueConstraint("store_id", "order_id"))
