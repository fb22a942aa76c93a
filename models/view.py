"""What people arrange for themselves: tags on products, saved filters, columns of the lists."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class ProductTag(Tenanted, Base):
    """A word the merchant sorts products by; a listing has the tags of its product."""

    __tablename__ = "product_tag"
    product_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(60))

    __table_args__ = (
        child_of("product", "product_id"),
        UniqueConstraint("store_id", "product_id", "name"),
        Index(None, "store_id", "name", "product_id"),
    )


class SavedView(Tenanted, Base):
    """A filter of a list under a name; of one person, or of all people of the store."""

    __tablename__ = "saved_view"
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("person.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(16))  # products, listings
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)  # names and values of the address
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "person_id", "page", "name"),
        Index(None, "store_id", "page", "name"),
    )


class ListColumns(Tenanted, Base):
    """Which columns one person wants to see of a list, in this order."""

    __tablename__ = "list_columns"
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("person.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(16))
    columns: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("store_id", "person_id", "page"),)
