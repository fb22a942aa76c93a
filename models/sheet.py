"""Spreadsheets on their way out and back: the file in pieces, and what an import would change, row by row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class Sheet(Tenanted, Base):
    """One file, made by an export or brought for an import. `key` names it in addresses; nobody can guess it."""

    __tablename__ = "sheet"
    key: Mapped[str] = mapped_column(String(48), unique=True)
    is_import: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(16))  # listings, attributes, prices, tags, mappings, categories
    format: Mapped[str] = mapped_column(String(4))  # csv, xlsx
    name: Mapped[str] = mapped_column(String(200))  # of the file
    shop_id: Mapped[int | None] = mapped_column(Key)
    # export: making, ready; import: reading, compared, applying, applied, undoing, undone; either: refused
    state: Mapped[str] = mapped_column(String(10))
    # which rows and columns; of an import {"sheet", "header", "ignored"}
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(default="")  # why it was refused, or what is worth knowing
    rows: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)  # rows that would change something
    faulty: Mapped[int] = mapped_column(default=0)  # rows with an error
    size: Mapped[int] = mapped_column(default=0)  # bytes of the file
    actor: Mapped[str] = mapped_column(String(255), default="")
    activity_id: Mapped[int | None] = mapped_column(Key)  # the last one that worked on it
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        Index(None, "store_id", "expires_at"),
    )


class SheetPart(Tenanted, Base):
    """A piece: of the file ("file", bytes) or of its rows ("rows", compressed JSON)."""

    __tablename__ = "sheet_part"
    sheet_id: Mapped[int] = mapped_column(Key)
    purpose: Mapped[str] = mapped_column(String(4))
    position: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (child_of("sheet", "sheet_id"), UniqueConstraint("store_id", "sheet_id", "purpose", "position"))


class SheetRow(Tenanted, Base):
    """A row of an import that changes something or cannot be read; rows that change nothing are not kept."""

    __tablename__ = "sheet_row"
    sheet_id: Mapped[int] = mapped_column(Key)
    number: Mapped[int]  # in the file, the header is 1
    subject_id: Mapped[int | None] = mapped_column(Key)
    label: Mapped[str] = mapped_column(String(255), default="")
    changes: Mapped[list[Any]] = mapped_column(default=list)  # [[column title, old text, new text], …]
    errors: Mapped[list[Any]] = mapped_column(default=list)  # [[column letter, column title, what], …]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # stored field -> its value, None where not set
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_faulty: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        child_of("sheet", "sheet_id"),
        UniqueConstraint("store_id", "sheet_id", "number"),
        Index(None, "store_id", "sheet_id", "is_faulty", "number"),
    )
