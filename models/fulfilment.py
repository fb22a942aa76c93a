"""How orders leave: shipments on their way to TikTok Shop, carriers, labels, and what people decided of an order."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Tenanted, child_of
from models.order import Order


class Shipment(Tenanted, Base):
    """One parcel of an order. `key` names where it is known from, so that it exists once: `bc-<shipment>` (made in
    BigCommerce), `hand-<tracking number>`, `sheet-<tracking number>`, `pkg-<package>` (TikTok's, told to
    BigCommerce)."""

    __tablename__ = "shipment"
    order_id: Mapped[int] = mapped_column(Key)
    key: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(12))  # bigcommerce, hand, sheet, tiktok
    bigcommerce_order_id: Mapped[int | None] = mapped_column(Key)
    bigcommerce_id: Mapped[int | None] = mapped_column(Key)
    carrier: Mapped[str] = mapped_column(String(100), default="")  # as the source names it
    tracking_number: Mapped[str] = mapped_column(String(100), default="")
    line_ids: Mapped[list[Any]] = mapped_column(default=list)  # TikTok's lines in it; empty: all that are left
    package_id: Mapped[str] = mapped_column(String(32), default="")
    # What TikTok was told last; another number now is a correction, and TikTok allows one (reference 6.3).
    sent_number: Mapped[str] = mapped_column(String(100), default="")
    sent_provider: Mapped[str] = mapped_column(String(32), default="")
    corrections: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, held, sent, refused, not_needed, gone
    problem: Mapped[str] = mapped_column(String(60), default="")
    problem_text: Mapped[str] = mapped_column(default="")
    is_due: Mapped[bool] = mapped_column(default=False)
    shipped_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime]

    order: Mapped[Order] = relationship(viewonly=True)

    __table_args__ = (
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "order_id", "key"),
        Index(None, "store_id", "bigcommerce_order_id"),
        Index("ix_shipment_due", "store_id", "id", sqlite_where=sql("is_due"), postgresql_where=sql("is_due")),
        Index(
            "ix_shipment_problem",
            "store_id",
            "id",
            sqlite_where=sql("problem <> ''"),
            postgresql_where=sql("problem <> ''"),
        ),
    )


class Carrier(Tenanted, Base):
    """A carrier whose tracking numbers TikTok takes in a shop, as last read."""

    __tablename__ = "carrier"
    shop_id: Mapped[int] = mapped_column(Key)
    provider_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    read_at: Mapped[datetime]

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "provider_id"))


class CarrierMap(Tenanted, Base):
    """Which of TikTok's carriers is meant by a name that BigCommerce or a file uses."""

    __tablename__ = "carrier_map"
    shop_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(100))  # domain.fulfilment.carriers.plain
    provider_id: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(255), default="")

    __table_args__ = (child_of("shop", "shop_id"), UniqueConstraint("store_id", "shop_id", "name"))


class FulfilmentRules(Tenanted, Base):
    """How a store ships (domain.fulfilment.settings); one row, written when somebody saves."""

    __tablename__ = "fulfilment_rules"
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("store_id"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ShipmentCursor(Tenanted, Base):
    """How far BigCommerce's orders were read for shipments that no webhook told of."""

    __tablename__ = "shipment_cursor"
    since: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("store_id"),)


class OrderHandling(Tenanted, Base):
    """What people or rules decided of an order: set aside, where it ships from, who ships it."""

    __tablename__ = "order_handling"
    order_id: Mapped[int] = mapped_column(Key)
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str] = mapped_column(String(255), default="")
    void_reason: Mapped[str] = mapped_column(String(255), default="")
    location_id: Mapped[int | None] = mapped_column(Key)  # chosen by hand; empty: as routed
    service: Mapped[str] = mapped_column(String(20), default="")  # domain.fulfilment.services, once it was handed over
    handed_at: Mapped[datetime | None]
    ruled_at: Mapped[datetime | None]  # when the rules for marks and gifts looked at it

    order: Mapped[Order] = relationship(viewonly=True)

    __table_args__ = (child_of("sales_order", "order_id"), UniqueConstraint("store_id", "order_id"))


class OrderMark(Tenanted, Base):
    """A mark on an order, or a gift that goes into its parcel."""

    __tablename__ = "order_mark"
    order_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(4))  # mark, gift
    name: Mapped[str] = mapped_column(String(100))
    sku: Mapped[str] = mapped_column(String(100), default="")
    quantity: Mapped[int] = mapped_column(default=1)
    by_rule: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "order_id", "kind", "name"),
        Index(None, "store_id", "kind", "name"),
    )


class ShippingDocument(Tenanted, Base):
    """A label or packing slip as TikTok gave it, checked before it is kept, and only for a day: it names the buyer."""

    __tablename__ = "shipping_document"
    shop_id: Mapped[int] = mapped_column(Key)
    order_id: Mapped[int] = mapped_column(Key)
    package_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(40))
    content_type: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    read_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        child_of("sales_order", "order_id"),
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "package_id", "kind"),
        Index(None, "expires_at"),
    )
