"""The tenant: a BigCommerce store, the people who come from it, and their sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SEALED, Base, Key, Keyed, Tenanted, child_of


class Store(Keyed, Base):
    """One BigCommerce store. `token` is encrypted; empty after an uninstall."""

    __tablename__ = "store"
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    state: Mapped[str] = mapped_column(String(20), default="installed")  # installed, needs_reinstall, uninstalled
    token: Mapped[str] = mapped_column(default="", info=SEALED)
    scopes: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int] = mapped_column(Key, default=0)  # BigCommerce user id
    account_uuid: Mapped[str] = mapped_column(String(64), default="")
    hook_secret: Mapped[str] = mapped_column(default="", info=SEALED)  # comes back on every BigCommerce webhook
    currency: Mapped[str] = mapped_column(String(3), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    weight_units: Mapped[str] = mapped_column(String(20), default="")
    dimension_units: Mapped[str] = mapped_column(String(20), default="")
    control_panel_url: Mapped[str] = mapped_column(String(255), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # domain.settings.StoreSettings as JSON
    wizard: Mapped[dict[str, Any]] = mapped_column(default=dict)  # which steps are done, by whom, when
    installed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Person(Tenanted, Base):
    """A BigCommerce user of a store, as the signed load named them."""

    __tablename__ = "person"
    bigcommerce_id: Mapped[int] = mapped_column(Key)
    email: Mapped[str] = mapped_column(String(255), default="")
    locale: Mapped[str] = mapped_column(String(20), default="en-US")
    is_owner: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "bigcommerce_id"),
    )


class WebSession(Tenanted, Base):
    """A signed-in browser. The cookie holds an opaque id whose hash is here; deleting the row ends the session."""

    __tablename__ = "web_session"
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(Key)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        child_of("person", "person_id"),
        Index(None, "store_id", "person_id"),
    )


class SpentToken(Keyed, Base):
    """A signed token that may be used once (BigCommerce's `jti`, our own OAuth `state`); kept until it expires."""

    __tablename__ = "spent_token"
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("kind", "token"),)
