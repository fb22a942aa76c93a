"""Price rules, what BigCommerce says besides the price, what shops were told, and steps taken by sales."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.listing import Listing
from models.shop import Shop


class PricePolicy(Tenanted, Base):
    """How prices are made for a shop, or for one of its listings. What is empty comes from the next wider place."""

    __tablename__ = "price_policy"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key, default=0)  # 0: the whole shop
    is_on: Mapped[bool] = mapped_column(default=False)  # changed prices are sent by themselves
    follow: Mapped[str] = mapped_column(String(10), default="")  # regular, sale, shop
    source_shop_id: Mapped[int | None] = mapped_column(Key)  # the shop that is followed
    kind: Mapped[str] = mapped_column(String(16), default="")  # domain.price.PRICE_RULE_KINDS
    amount: Mapped[Decimal | None]
    ending: Mapped[str] = mapped_column(String(10), default="")  # domain.pricing.endings.ENDINGS
    floor: Mapped[Decimal | None]
    ceiling: Mapped[Decimal | None]
    rate: Mapped[str] = mapped_column(String(24), default="")  # shop currency per store currency, as entered
    rate_on: Mapped[str] = mapped_column(String(10), default="")  # the day the rate was true
    compare_at: Mapped[bool | None]  # the regular price is shown struck through
    velocity: Mapped[dict[str, Any]] = mapped_column(default=dict)  # domain.pricing.velocity.Velocity
    changed_by: Mapped[str] = mapped_column(String(255), default="")
    changed_at: Mapped[datetime]

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "listing_id"),
    )


class VariantPrices(Tenanted, Base):
    """What BigCommerce says of a variant besides its price; no row where it says nothing."""

    __tablename__ = "variant_prices"
    variant_id: Mapped[int] = mapped_column(Key)  # BigCommerce's
    sale: Mapped[Decimal | None]
    retail: Mapped[Decimal | None]
    cost: Mapped[Decimal | None]
    map: Mapped[Decimal | None]

    __table_args__ = (UniqueConstraint("store_id", "variant_id"),)


class PriceTold(Tenanted, Base):
    """The price that a SKU of a listing was told last, and what was read back."""

    __tablename__ = "price_told"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    listing_sku_id: Mapped[int] = mapped_column(Key)
    told: Mapped[Decimal | None]
    told_at: Mapped[datetime | None]
    confirmed: Mapped[Decimal | None]
    confirmed_at: Mapped[datetime | None]

    __table_args__ = (
        child_of("listing", "listing_id"),
        UniqueConstraint("store_id", "listing_sku_id"),
        Index(None, "store_id", "listing_id"),
    )


class PriceIncident(Tenanted, Base):
    """A price that TikTok took and does not show, or would not take. One open incident per SKU and kind."""

    __tablename__ = "price_incident"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    listing_sku_id: Mapped[int] = mapped_column(Key)  # 0: the listing as a whole
    kind: Mapped[str] = mapped_column(String(16))  # not_applied, refused
    code: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(default="")
    told: Mapped[Decimal | None]
    found: Mapped[Decimal | None]
    times: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, resolved
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(viewonly=True)
    shop: Mapped[Shop] = relationship(viewonly=True)

    __table_args__ = (
        child_of("shop", "shop_id"),
        child_of("listing", "listing_id"),
        Index(None, "store_id", "state", "id"),
        Index(None, "store_id", "listing_id"),
    )


class PriceStep(Tenanted, Base):
    """A step that measured sales made; the newest of a listing holds."""

    __tablename__ = "price_step"
    shop_id: Mapped[int] = mapped_column(Key)
    listing_id: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime]
    percent: Mapped[Decimal]  # from the price of the rule, after this step
    sold: Mapped[int]  # pieces in the days that were measured
    why: Mapped[str] = mapped_column(String(12))  # up, down, same, reset

    __table_args__ = (
        child_of("listing", "listing_id"),
        Index(None, "store_id", "listing_id", "id"),
        Index(None, "store_id", "shop_id", "at"),
    )
