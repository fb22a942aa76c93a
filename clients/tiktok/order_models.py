"""TikTok Shop's orders as answered (reference 5). Times are Unix seconds, 0 where something has not happened; amounts
are Decimals of the digits as sent, None where absent."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from clients.reading import Figure, Flag, Many, Model, Text, Whole


def _whole(value: Any) -> Any:
    """Counts and times the platform writes as text in some answers."""
    return 0 if value == "" else value


if TYPE_CHECKING:
    Seconds: TypeAlias = int
else:
    Seconds = Annotated[Whole, BeforeValidator(_whole)]


class Payment(Model):
    """total = sub_total + shipping_fee + taxes + fees of the market (reference 5.3)."""

    currency: Text = ""
    sub_total: Figure = None
    shipping_fee: Figure = None
    total_amount: Figure = None
    original_total_product_price: Figure = None
    original_shipping_fee: Figure = None
    seller_discount: Figure = None
    platform_discount: Figure = None
    payment_platform_discount: Figure = None
    payment_discount_service_fee: Figure = None
    shipping_fee_seller_discount: Figure = None
    shipping_fee_platform_discount: Figure = None
    shipping_fee_cofunded_discount: Figure = None
    tax: Figure = None
    product_tax: Figure = None
    shipping_fee_tax: Figure = None
    retail_delivery_fee: Figure = None
    small_order_fee: Figure = None
    buyer_service_fee: Figure = None
    handling_fee: Figure = None
    shipping_insurance_fee: Figure = None
    item_insurance_fee: Figure = None
    item_insurance_tax: Figure = None
    distance_shipping_fee: Figure = None
    distance_fee: Figure = None


class District(Model):
    address_level: Text = ""
    address_level_name: Text = ""
    address_name: Text = ""
    iso_code: Text = ""


class DeliveryPreferences(Model):
    drop_off_location: Text = ""


class Recipient(Model):
    """Masked by the platform where it ships itself; absent before the order may be shipped (reference 5.3)."""

    full_address: Text = ""
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    phone_number: Text = ""
    postal_code: Text = ""
    region_code: Text = ""
    address_detail: Text = ""
    address_line1: Text = ""
    address_line2: Text = ""
    address_line3: Text = ""
    address_line4: Text = ""
    post_town: Text = ""
    district_info: Many[District] = ()
    delivery_preferences: DeliveryPreferences | None = None


class ItemTax(Model):
    tax_type: Text = ""
    tax_amount: Figure = None
    tax_rate: Figure = None


class CombinedSku(Model):
    product_id: Text = ""
    sku_id: Text = ""
    sku_count: Whole = 0
    seller_sku: Text = ""


class Line(Model):
    """One unit: a quantity of three is three lines (reference 5.3)."""

    id: str = Field(min_length=1)
    product_id: Text = ""
    product_name: Text = ""
    sku_id: Text = ""
    sku_name: Text = ""
    sku_image: Text = ""
    seller_sku: Text = ""
    sku_type: Text = ""
    original_price: Figure = None
    sale_price: Figure = None
    seller_discount: Figure = None
    platform_discount: Figure = None
    currency: Text = ""
    display_status: Text = ""
    package_id: Text = ""
    package_status: Text = ""
    tracking_number: Text = ""
    shipping_provider_id: Text = ""
    shipping_provider_name: Text = ""
    rts_time: Seconds = 0
    cancel_reason: Text = ""
    cancel_user: Text = ""
    is_gift: Flag = False
    gift_retail_price: Figure = None
    item_tax: Many[ItemTax] = ()
    combined_listing_skus: Many[CombinedSku] = ()
    small_order_fee: Figure = None
    buyer_service_fee: Figure = None
    retail_delivery_fee: Figure = None


class PackageRef(Model):
    id: str


class Handling(Model):
    days: Whole = 0
    type: Text = ""


class Order(Model):
    """Search and detail answer the same (reference 5.1). `update_time` is the version."""

    id: str = Field(min_length=1)
    status: str = Field(min_length=1)
    create_time: Seconds = 0
    update_time: Seconds
    paid_time: Seconds = 0
    user_id: Text = ""
    buyer_email: Text = ""
    buyer_message: Text = ""
    buyer_nickname: Text = ""
    seller_note: Text = ""
    commerce_platform: Text = ""
    order_type: Text = ""
    is_cod: Flag = False
    is_sample_order: Flag = False
    is_on_hold_order: Flag = False
    is_buyer_request_cancel: Flag = False
    has_updated_recipient_address: Flag = False
    is_replacement_order: Flag = False
    replaced_order_id: Text = ""
    is_exchange_order: Flag = False
    exchange_source_order_id: Text = ""
    is_subscription_order: Flag = False
    fulfillment_type: Text = ""
    shipping_type: Text = ""
    delivery_type: Text = ""
    delivery_option_id: Text = ""
    delivery_option_name: Text = ""
    shipping_provider: Text = ""
    shipping_provider_id: Text = ""
    tracking_number: Text = ""
    warehouse_id: Text = ""
    packages: Many[PackageRef] = ()
    split_or_combine_tag: Text = ""
    auto_combine_group_id: Text = ""
    need_upload_invoice: Text = ""
    rts_sla_time: Seconds = 0  # ship by
    tts_sla_time: Seconds = 0  # collected by
    rts_time: Seconds = 0
    cancel_order_sla_time: Seconds = 0
    shipping_due_time: Seconds = 0
    collection_due_time: Seconds = 0
    delivery_due_time: Seconds = 0
    delivery_sla_time: Seconds = 0
    delivery_option_required_delivery_time: Seconds = 0
    collection_time: Seconds = 0
    delivery_time: Seconds = 0
    pick_up_cut_off_time: Seconds = 0
    fast_dispatch_sla_time: Seconds = 0
    recommended_shipping_time: Seconds = 0
    release_date: Seconds = 0
    handling_duration: Handling | None = None
    cancellation_initiator: Text = ""
    cancel_reason: Text = ""
    cancel_time: Seconds = 0
    request_cancel_time: Seconds = 0
    payment: Payment | None = None
    payment_method_name: Text = ""
    payment_method_code: Text = ""
    recipient_address: Recipient | None = None
    cpf: Text = Field("", repr=False)
    line_items: Many[Line]


class OrderPage(Model):
    orders: Many[Order] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class Prices(Model):
    currency: Text = ""
    total: Figure = None
    payment: Figure = None
    sku_list_price: Figure = None
    sku_sale_price: Figure = None
    subtotal: Figure = None
    subtotal_deduction_seller: Figure = None
    subtotal_deduction_platform: Figure = None
    subtotal_tax_amount: Figure = None
    voucher_deduction_platform: Figure = None
    voucher_deduction_seller: Figure = None
    shipping_list_price: Figure = None
    shipping_sale_price: Figure = None
    shipping_fee_deduction_seller: Figure = None
    shipping_fee_deduction_platform: Figure = None
    shipping_fee_deduction_platform_voucher: Figure = None
    tax_amount: Figure = None
    tax_rate: Figure = None
    net_price_amount: Figure = None
    cod_fee: Figure = None
    cod_fee_net_amount: Figure = None


class LinePrices(Prices):
    id: str


class PriceDetail(Prices):
    """Of an order and of each of its units (reference 5.4)."""

    line_items: Many[LinePrices]


class ExternalLine(Model):
    id: Text = ""  # ours
    origin_id: Text = ""  # TikTok's


class ExternalOrder(Model):
    id: str
    platform: Text = ""
    line_items: Many[ExternalLine] = ()


class ReferredOrder(Model):
    id: str = Field(min_length=1)
    external_order: ExternalOrder | None = None
