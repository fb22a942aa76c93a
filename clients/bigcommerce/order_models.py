"""BigCommerce's orders, shipments and refunds (reference 5). Amounts come as text with four decimals."""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator

from clients.reading import Figure, Flag, Many, Model, Text, Whole


def _moment(value: Any) -> Any:
    """RFC 2822, as V2 writes dates; empty text where something has not happened. ISO is left to pydantic."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and not value[:1].isdigit():
        moment = parsedate_to_datetime(value)  # ValueError: the field is named as unreadable
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value


if TYPE_CHECKING:
    Moment: TypeAlias = datetime | None
else:
    Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class Address(Model):
    """A billing address, and the part it shares with shipping addresses."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country: Text = ""
    country_iso2: Text = ""
    phone: Text = ""
    email: Text = ""


class ShippingAddress(Address):
    """`id` is what shipments and refunds call the order address."""

    id: int
    order_id: Whole = 0
    items_total: Whole = 0
    items_shipped: Whole = 0
    shipping_method: Text = ""
    cost_ex_tax: Figure = None
    cost_inc_tax: Figure = None


class Order(Model):
    """Merchants rename statuses: decide by `status_id` (reference 5.4). `external_id` is BigCommerce's own."""

    id: int
    status_id: int
    status: Text = ""
    custom_status: Text = ""
    external_order_id: Text = ""
    external_source: Text = ""
    external_id: Text = ""
    order_source: Text = ""
    channel_id: Whole = 0
    customer_id: Whole = 0
    date_created: Moment = None
    date_modified: Moment = None
    date_shipped: Moment = None
    currency_code: Text = ""
    default_currency_code: Text = ""
    subtotal_ex_tax: Figure = None
    subtotal_inc_tax: Figure = None
    shipping_cost_ex_tax: Figure = None
    shipping_cost_inc_tax: Figure = None
    total_ex_tax: Figure = None
    total_inc_tax: Figure = None
    total_tax: Figure = None
    discount_amount: Figure = None
    refunded_amount: Figure = None
    items_total: Whole = 0
    items_shipped: Whole = 0
    payment_method: Text = ""
    payment_status: Text = ""
    staff_notes: Text = ""
    customer_message: Text = ""
    is_deleted: Flag = False
    billing_address: Address | None = None


class ProductOption(Model):
    id: Whole = 0
    option_id: Whole = 0
    product_option_id: Whole = 0
    display_name: Text = ""
    display_value: Text = ""
    value: Text = ""


class OrderProduct(Model):
    """`id` is what shipments and refunds call the order product. `product_id` is 0 on a custom line."""

    id: int
    order_id: Whole = 0
    product_id: Whole = 0
    variant_id: Whole = 0
    order_address_id: Whole = 0
    name: Text = ""
    sku: Text = ""
    upc: Text = ""
    type: Text = ""
    quantity: int
    quantity_shipped: Whole = 0
    quantity_refunded: Whole = 0
    is_refunded: Flag = False
    price_ex_tax: Figure = None
    price_inc_tax: Figure = None
    total_ex_tax: Figure = None
    total_inc_tax: Figure = None
    product_options: Many[ProductOption] = ()


class OrderStatus(Model):
    id: int
    name: Text = ""
    system_label: Text = ""
    custom_label: Text = ""
    order: Whole = 0


class StatusCount(OrderStatus):
    count: Whole = 0


class OrderCount(Model):
    count: int
    statuses: Many[StatusCount] = ()


class ShipmentItem(Model):
    order_product_id: int
    product_id: Whole = 0
    quantity: int


class Shipment(Model):
    id: int
    order_id: Whole = 0
    order_address_id: Whole = 0
    date_created: Moment = None
    tracking_number: Text = ""
    tracking_link: Text = ""
    generated_tracking_link: Text = ""
    shipping_provider: Text = ""
    tracking_carrier: Text = ""
    shipping_method: Text = ""
    comments: Text = ""
    items: Many[ShipmentItem] = ()


class RefundMethod(Model):
    provider_id: Text = ""
    provider_description: Text = ""
    amount: Figure = None
    offline: Flag = False


class RefundQuote(Model):
    """`refund_methods`: alternatives, each a set of payments that together make the amount."""

    order_id: int
    total_refund_amount: Decimal
    total_refund_tax_amount: Figure = None
    refund_methods: Many[tuple[RefundMethod, ...]] = ()


class RefundItem(Model):
    item_type: Text = ""
    item_id: Whole = 0
    quantity: Whole = 0
    requested_amount: Figure = None
    reason: Text = ""


class RefundPayment(Model):
    id: Whole = 0
    provider_id: Text = ""
    amount: Figure = None
    offline: Flag = False
    is_declined: Flag = False
    declined_message: Text = ""
    transaction_id: Text = ""


class Refund(Model):
    id: int
    order_id: Whole = 0
    reason: Text = ""
    created: Moment = None
    total_amount: Figure = None
    total_tax: Figure = None
    items: Many[RefundItem] = ()
    payments: Many[RefundPayment] = ()


class ModifierValue(Model):
    id: int
    label: Text = ""
    is_default: Flag = False


class Modifier(Model):
    """An option that makes no variant; a required one must be supplied with an order (reference 3.4)."""

    id: int
    display_name: Text = ""
    type: Text = ""
    required: Flag = False
    option_values: Many[ModifierValue] = ()


class ProductModifiers(Model):
    id: int
    modifiers: Many[Modifier] = ()
