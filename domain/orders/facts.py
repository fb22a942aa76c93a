"""An order as plain data, whoever read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One unit: TikTok writes a line for each piece, not a quantity (reference 5.3)."""

    id: str
    sku_id: str
    product_id: str = ""
    seller_sku: str = ""
    product_name: str = ""
    sku_name: str = ""
    image_url: str = ""
    price: Decimal = ZERO  # what the buyer pays for it, without tax
    list_price: Decimal = ZERO
    tax: Decimal = ZERO
    status: str = ""
    package_id: str = ""
    package_status: str = ""
    tracking_number: str = ""
    carrier: str = ""
    warehouse_id: str = ""
    is_gift: bool = False
    cancel_reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """`status` as in domain.orders.statuses; `address` in TikTok's own field names, empty while it is withheld."""

    id: str
    status: str
    placed_at: datetime
    changed_at: datetime
    paid_at: datetime | None = None
    currency: str = ""
    subtotal: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    seller_discount: Decimal = ZERO
    platform_discount: Decimal = ZERO
    payment: Mapping[str, str] = field(default_factory=dict)  # every amount TikTok named
    payment_method: str = ""
    buyer_id: str = ""
    buyer_name: str = ""
    buyer_email: str = ""
    buyer_message: str = ""
    seller_note: str = ""
    address: Mapping[str, Any] = field(default_factory=dict)
    order_type: str = ""
    fulfillment: str = ""  # FULFILLMENT_BY_SELLER, FULFILLMENT_BY_TIKTOK, …
    shipping_type: str = ""  # TIKTOK, SELLER
    delivery_option: str = ""
    warehouse_id: str = ""
    carrier: str = ""
    tracking_number: str = ""
    is_sample: bool = False
    is_cod: bool = False
    replaces: str = ""  # the order this one replaces
    cancel_asked: bool = False
    cancel_asked_at: datetime | None = None
    cancelled_by: str = ""
    cancel_reason: str = ""
    cancelled_at: datetime | None = None
    ship_by: datetime | None = None
    collect_by: datetime | None = None
    cancel_by: datetime | None = None  # cancelled by TikTok then, when not shipped
    deliver_by: datetime | None = None
    handling_days: int = 0
    handling_in_business_days: bool = False
    lines: tuple[LineFacts, ...] = ()

    @property
    def by_tiktok(self) -> bool:
        """Shipped from TikTok's own warehouse."""
        return self.fulfillment == "FULFILLMENT_BY_TIKTOK"
