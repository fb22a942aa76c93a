"""Returns, refunds and cancellations as answered (reference 7)."""

from pydantic import Field

from clients.reading import Figure, Flag, Many, Model, Text, Whole
from clients.tiktok.order_models import Seconds


class RefundAmount(Model):
    currency: Text = ""
    refund_total: Figure = None
    refund_subtotal: Figure = None
    refund_shipping_fee: Figure = None
    refund_tax: Figure = None
    retail_delivery_fee: Figure = None
    buyer_service_fee: Figure = None


class NextAction(Model):
    """What the seller is asked for, and until when."""

    action: Text = ""
    deadline: Seconds = 0


class Picture(Model):
    url: Text = ""
    width: Whole = 0
    height: Whole = 0


class ReturnLine(Model):
    return_line_item_id: Text = ""
    order_line_item_id: Text = ""
    sku_id: Text = ""
    sku_name: Text = ""
    product_name: Text = ""
    seller_sku: Text = ""
    product_image: Picture | None = None
    refund_amount: RefundAmount | None = None


class Money(Model):
    currency: Text = ""
    amount: Figure = None


class WarehouseAddress(Model):
    full_address: Text = ""


class Return(Model):
    """`return_status` has several spellings across the platform (reference 7.2)."""

    return_id: str = Field(min_length=1)
    order_id: str = Field(min_length=1)
    return_type: Text = ""
    return_status: str = Field(min_length=1)
    arbitration_status: Text = ""
    role: Text = ""
    return_reason: Text = ""
    return_reason_text: Text = ""
    shipment_type: Text = ""
    handover_method: Text = ""
    return_method: Text = ""
    return_tracking_number: Text = ""
    return_provider_name: Text = ""
    return_provider_id: Text = ""
    pre_return_id: Text = ""
    next_return_id: Text = ""
    can_buyer_keep_item: Flag = False
    is_combined_return: Flag = False
    combined_return_id: Text = ""
    is_quick_refund: Flag = False
    seller_proposed_return_type: Text = ""
    partial_refund: Money | None = None
    buyer_rejected_partial_refund: Flag = False
    return_warehouse_address: WarehouseAddress | None = None
    refund_amount: RefundAmount | None = None
    return_line_items: Many[ReturnLine] = ()
    seller_next_action_response: Many[NextAction] = ()
    create_time: Seconds = 0
    update_time: Seconds = 0


class ReturnPage(Model):
    return_orders: Many[Return] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class ReturnRecord(Model):
    event: Text = ""
    role: Text = ""
    description: Text = ""
    reason_text: Text = ""
    note: Text = ""
    images: Many[Picture] = ()
    create_time: Seconds = 0


class CancelLine(Model):
    cancel_line_item_id: Text = ""
    order_line_item_id: Text = ""
    sku_id: Text = ""
    sku_name: Text = ""
    product_name: Text = ""
    seller_sku: Text = ""
    refund_amount: RefundAmount | None = None


class Cancellation(Model):
    cancel_id: str = Field(min_length=1)
    order_id: str = Field(min_length=1)
    cancel_type: Text = ""
    cancel_status: str = Field(min_length=1)
    role: Text = ""
    cancel_reason: Text = ""
    cancel_reason_text: Text = ""
    refund_amount: RefundAmount | None = None
    cancel_line_items: Many[CancelLine] = ()
    should_replenish_stock: Flag = False
    seller_next_action_response: Many[NextAction] = ()
    create_time: Seconds = 0
    update_time: Seconds = 0


class CancellationPage(Model):
    cancellations: Many[Cancellation] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class CreatedReturn(Model):
    return_id: str = Field(min_length=1)
    return_status: Text = ""


class CreatedCancellation(Model):
    cancel_id: str = Field(min_length=1)
    cancel_status: Text = ""


class Reason(Model):
    name: str = Field(min_length=1)
    text: Text = ""


class Decision(Model):
    decision: str
    eligible: bool
    ineligible_code: Text = ""
    ineligible_reason: Text = ""
    available_reject_reasons: Many[Reason] = ()


class LineEligibility(Model):
    request_type: Text = ""
    order_line_items_ids: Many[str] = ()
    eligible: bool
    ineligible_code: Text = ""
    ineligible_reason: Text = ""
    available_reason_names: Many[str] = ()


class SkuEligibility(Model):
    sku_id: str
    line_item_eligibility: Many[LineEligibility] = ()


class Calculation(Model):
    order_refund_amount: RefundAmount
