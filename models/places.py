"""How a shop's warehouse mapping came to be, and which locations are services of somebody else."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class MappingVersion(Tenanted, Base):
    """A shop's whole mapping as it was, is, or is being prepared. One is active, at most one is being prepared."""

    __tablename__ = "mapping_version"
    shop_id: Mapped[int] = mapped_column(Key)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))  # preparing, active, past, dropped
    pairs: Mapped[list[Any]] = mapped_column(default=list)  # [our warehouse, our location]
    kind: Mapped[str] = mapped_column(String(12), default="change")  # confirmed, added, change, undo
    reason: Mapped[str] = mapped_column(default="")
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what was shown before it was decided
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)  # push rules' own locations that it took the place of
    activity_id: Mapped[int | None] = mapped_column(Key)
    changed_by: Mapped[str] = mapped_column(String(255), default="")
    changed_at: Mapped[datetime]

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "shop_id", "number"),
    )


class FulfilmentService(Tenanted, Base):
    """A location that is a third party's service: it has one TikTok warehouse for itself (features S2-10)."""

    __tablename__ = "fulfilment_service"
    location_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(120))

    __table_args__ = (child_of("location", "location_id"), UniqueConstraint("store_id", "location_id"))
