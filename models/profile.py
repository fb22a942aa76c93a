"""Profiles beyond the default one: the rule that says which products they prepare, and which products those are."""

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Profile


class ProfileRule(Tenanted, Base):
    """Which products a profile takes, and what it decides otherwise than the store's configuration."""

    __tablename__ = "profile_rule"
    profile_id: Mapped[int] = mapped_column(Key, ForeignKey("profile.id", ondelete="CASCADE"))
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)  # domain.rule_groups.RuleGroup; empty on the default one
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)  # names of domain.settings.StoreSettings -> value

    profile: Mapped[Profile] = relationship(viewonly=True)

    __table_args__ = (UniqueConstraint("store_id", "profile_id"),)


class ProfileProduct(Tenanted, Base):
    """The profile that prepares a product in a shop: the first whose rule matches. Without a row it is the default one.
    `is_gone`: BigCommerce has the product no more, so it is not counted."""

    __tablename__ = "profile_product"
    shop_id: Mapped[int] = mapped_column(Key)
    product_id: Mapped[int] = mapped_column(Key)
    profile_id: Mapped[int] = mapped_column(Key, ForeignKey("profile.id", ondelete="CASCADE"))
    is_gone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("product", "product_id"),
        UniqueConstraint("store_id", "shop_id", "product_id"),
        Index(None, "store_id", "profile_id", "is_gone", "product_id"),
        Index(None, "store_id", "product_id"),
        Index(None, "profile_id"),
    )
