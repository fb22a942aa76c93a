"""Who may do what in a store, and who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, Tenanted, child_of


class Role(Tenanted, Base):
    """A named matrix of pages and actions, and the shops it reaches (domain.roles.Access as JSON)."""

    __tablename__ = "role"
    name: Mapped[str] = mapped_column(String(60))
    grants: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("store_id", "id"), UniqueConstraint("store_id", "name"))
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RoleGrant(Tenanted, Base):
    """The role of a person; without a row it is the one every member begins with."""

    __tablename__ = "role_grant"
    person_id: Mapped[int] = mapped_column(Key)
    role_id: Mapped[int] = mapped_column(Key)
    granted_by: Mapped[str] = mapped_column(String(255), default="")
    granted_at: Mapped[datetime]

    __table_args__ = (
        child_of("person", "person_id"),
        child_of("role", "role_id"),
        UniqueConstraint("store_id", "person_id"),
    )


class RoleTrial(Tenanted, Base):
    """A role as somebody sees the app through it, before it is saved."""

    __tablename__ = "role_trial"
    person_id: Mapped[int] = mapped_column(Key)
    role_id: Mapped[int] = mapped_column(Key, default=0)  # where its editor is; 0: a new one
    name: Mapped[str] = mapped_column(String(60))
    grants: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime]

    __table_args__ = (child_of("person", "person_id"), UniqueConstraint("store_id", "person_id"))


class AuditEntry(Tenanted, Base):
    """One change: who, when, what. It is written in the same transaction as the change itself. People may go; the
    entry keeps their name."""

    __tablename__ = "audit_entry"
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Key)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]
    shop_id: Mapped[int | None] = mapped_column(Key)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index(None, "store_id", "id"), Index(None, "store_id", "action", "id"))


class Account(Tenanted, Base):
    """What we keep of a TikTok account besides its grant: the nickname given at authorisation, the sites that were
    ticked (none: all), and the company behind it, by which shops are counted."""

    __tablename__ = "account"
    authorization_id: Mapped[int] = mapped_column(Key)
    nickname: Mapped[str] = mapped_column(String(60), default="")
    sites: Mapped[list[Any]] = mapped_column(default=list)
    company: Mapped[str] = mapped_column(String(120), default="")
    begun_in: Mapped[str] = mapped_column(String(24), default="app")  # app, seller_center, account_manager

    __table_args__ = (child_of("authorization", "authorization_id"), UniqueConstraint("store_id", "authorization_id"))


class ShopState(Tenanted, Base):
    """What we keep of a shop besides what TikTok says: how it came by its name, and how it answered when last asked."""

    __tablename__ = "shop_state"
    shop_id: Mapped[int] = mapped_column(Key)
    called: Mapped[str] = mapped_column(String(255), default="")  # by TikTok; Shop.name is what the app shows
    number: Mapped[int] = mapped_column(default=0)  # among its account's sub-stores; 0: none
    is_own: Mapped[bool] = mapped_column(default=False)  # somebody renamed it
    state: Mapped[str] = mapped_column(
        String(16), default=""
    )  # normal, inactive, refused, unreachable; empty: never asked
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id"))


class DoctorReport(Tenanted, Base):
    """What the connection doctor found last; `shop_id` None: what concerns the whole store."""

    __tablename__ = "doctor_report"
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id", ondelete="CASCADE"))
    findings: Mapped[list[Any]] = mapped_column(default=list)
    by: Mapped[str] = mapped_column(String(255), default="")
    at: Mapped[datetime]

    __table_args__ = (Index(None, "store_id", "shop_id"),)
