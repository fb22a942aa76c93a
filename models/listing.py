"""Listings: a product's offer in one shop, what keeps it from being sold, and the rules (profiles) that prepare it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.catalog import Product, Variant
from models.shop import Shop


class Profile(Tenanted, Base):
    """Prepares listings of one shop: category, attribute mapping, price. One default profile covers all products."""

    __tablename__ = "profile"
    shop_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(100))
    is_default: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    category_id: Mapped[str] = mapped_column(String(32), default="")  # TikTok's
    # {"weight"|"length"|"width"|"height"|"brand"|"<TikTok attribute id>": {"kind", "source", "value_id"}}
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # BigCommerce option name -> TikTok sales attribute name
    price_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        child_of("shop", "shop_id"),
        UniqueConstraint("store_id", "shop_id", "name"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Listing(Tenanted, Base):
    """Stored separately: the fields the merchant set, readiness, the platform's status, the intent in flight."""

    __tablename__ = "listing"
    shop_id: Mapped[int] = mapped_column(Key)
    product_id: Mapped[int | None] = mapped_column(Key, ForeignKey("product.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(300), default="")  # effective, for lists and search
    # The rest of what lists show and filter by, as the last check found it; no currency: not summed up yet.
    category_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    currency: Mapped[str | None] = mapped_column(String(3))
    price_low: Mapped[Decimal | None]
    price_high: Mapped[Decimal | None]
    quantity: Mapped[int | None]
    # Only what the merchant set here; everything else is inherited. Keys as in domain.draft.Problem.field.
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_enabled: Mapped[bool] = mapped_column(default=True)

    is_ready: Mapped[bool] = mapped_column(default=False)
    is_stale: Mapped[bool] = mapped_column(default=True)  # must be rechecked
    draft_hash: Mapped[str] = mapped_column(String(32), default="")
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    checked_at: Mapped[datetime | None]
    score: Mapped[int] = mapped_column(default=0)

    intent: Mapped[str] = mapped_column(String(16), default="")  # publish, edit, … while an activity carries it
    intent_version: Mapped[int] = mapped_column(default=0)  # names the effect: the idempotency key derives from it
    tiktok_id: Mapped[str] = mapped_column(String(32), default="")
    platform_status: Mapped[str] = mapped_column(String(24), default="")
    audit_status: Mapped[str] = mapped_column(String(24), default="")
    is_refused: Mapped[bool] = mapped_column(default=False)  # the platform said no to what we last sent
    sent_hash: Mapped[str] = mapped_column(String(32), default="")  # draft_hash of what TikTok last accepted
    published_at: Mapped[datetime | None]
    verdict_at: Mapped[datetime | None]

    tab: Mapped[str] = mapped_column(String(16), default="incomplete")  # domain.tabs.tab of the above
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(
        default=1
    )  # counts a person's edits: two people at once, and the second is told

    product: Mapped[Product | None] = relationship(viewonly=True)
    shop: Mapped[Shop] = relationship(viewonly=True)
    skus: Mapped[list["ListingSku"]] = relationship(viewonly=True, order_by="ListingSku.position")

    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        child_of("shop", "shop_id"),
        Index(None, "store_id", "shop_id", "tab", "id"),
        Index(None, "store_id", "shop_id", "id"),
        Index(None, "store_id", "tab", "id"),
        Index(None, "store_id", "category_id", "shop_id", "id"),
        Index(None, "store_id", "product_id"),
        Index(None, "store_id", "shop_id", "is_stale"),
        Index(None, "store_id", "tiktok_id"),
    )


class ListingSku(Tenanted, Base):
    """One variant of a listing and the merchant SKU it sells from."""

    __tablename__ = "listing_sku"
    listing_id: Mapped[int] = mapped_column(Key)
    variant_id: Mapped[int | None] = mapped_column(Key, ForeignKey("variant.id", ondelete="SET NULL"))
    merchant_sku_id: Mapped[int | None] = mapped_column(Key, ForeignKey("merchant_sku.id", ondelete="SET NULL"))
    tiktok_id: Mapped[str] = mapped_column(String(32), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # set by the merchant: price, quantity, sku, identifier
    sent_price: Mapped[Decimal | None]
    sent_quantity: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    listing: Mapped[Listing] = relationship(viewonly=True)
    variant: Mapped[Variant | None] = relationship(viewonly=True)

    __table_args__ = (
        child_of("listing", "listing_id"),
        Index(None, "store_id", "listing_id"),
        UniqueConstraint("store_id", "listing_id", "variant_id"),
    )


class ListingProblem(Tenanted, Base):
    """A problem of a listing, found by our rules or said by the platform (`source`)."""

    __tablename__ = "listing_problem"
    listing_id: Mapped[int] = mapped_column(Key)
    shop_id: Mapped[int] = mapped_column(Key)
    code: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]
    is_blocking: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(12), default="rules")  # rules, platform, review
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        child_of("listing", "listing_id"),
        Index(None, "store_id", "listing_id"),
        Index(None, "store_id", "shop_id", "code", "listing_id"),
        Index(None, "store_id", "code", "listing_id"),
    )


class Picture(Tenanted, Base):
    """A source picture as measured, and its upload to one shop's media store; uploaded once per use."""

    __tablename__ = "picture"
    url_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the URL
    url: Mapped[str]
    use: Mapped[str] = mapped_column(String(24), default="MAIN_IMAGE")
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int | None]
    format: Mapped[str] = mapped_column(String(8), default="")
    fault: Mapped[str] = mapped_column(default="")
    authorization_id: Mapped[int] = mapped_column(
        Key, default=0
    )  # uploads are seller-level (reference 1.6); 0 = only measured
    tiktok_uri: Mapped[str] = mapped_column(default="")
    steps: Mapped[list[Any]] = mapped_column(default=list)  # what the image doctor did before the upload
    measured_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("store_id", "url_hash", "use", "authorization_id"),)
