"""Mail: what is to be sent, and who wants it."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class OutgoingMail(Tenanted, Base):
    """One letter. It is written with the change that causes it and sent afterwards; `key` lets each be written once."""

    __tablename__ = "outgoing_mail"
    key: Mapped[str] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str]
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, sent, failed
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("store_id", "key"),
        Index(None, "state", "due_at"),
        Index(None, "store_id", "created_at"),
    )


class MailWish(Tenanted, Base):
    """What a person wants to be told by mail; without a row nothing."""

    __tablename__ = "mail_wish"
    person_id: Mapped[int] = mapped_column(Key)
    level: Mapped[str] = mapped_column(String(10), default="none")  # none, urgent, all
    since: Mapped[datetime]  # notices raised before are not sent

    __table_args__ = (child_of("person", "person_id"), UniqueConstraint("store_id", "person_id"))
