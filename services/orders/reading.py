"""What TikTok answers (clients.tiktok.order_models) as plain facts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from clients.tiktok.order_models import Line, Order, Payment
from domain.orders import buyers, statuses
from domain.orders.facts import ZERO, LineFacts, OrderFacts


def moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def facts(order: Order) -> OrderFacts:
    """Times of 0 are moments that have not come."""
    payment = order.payment or Payment()
    address: dict[str, Any] = order.recipient_address.model_dump() if order.recipient_address else {}
    changed = moment(order.update_time) or moment(order.create_time) or datetime.fromtimestamp(0, UTC)
    handling = order.handling_duration
    return OrderFacts(
        id=order.id,
        status=statuses.read(order.status),
        placed_at=moment(order.create_time) or changed,
        changed_at=changed,
        paid_at=moment(order.paid_time),
        currency=payment.currency,
        subtotal=payment.sub_total or ZERO,
        shipping=payment.shipping_fee or ZERO,
        tax=payment.tax or ZERO,
        total=payment.total_amount or ZERO,
        seller_discount=payment.seller_discount or ZERO,
        platform_discount=payment.platform_discount or ZERO,
        payment=_amounts(payment),
        payment_method=order.payment_method_name,
        buyer_id=order.user_id,
        buyer_name=buyers.display_name(address, order.buyer_nickname),
        buyer_email=order.buyer_email,
        buyer_message=order.buyer_message,
        seller_note=order.seller_note,
        address=address,
        order_type=order.order_type,
        fulfillment=order.fulfillment_type,
        shipping_type=order.shipping_type,
        delivery_option=order.delivery_option_name,
        warehouse_id=order.warehouse_id,
        carrier=order.shipping_provider,
        tracking_number=order.tracking_number,
        is_sample=order.is_sample_order,
        is_cod=order.is_cod,
        replaces=order.replaced_order_id or order.exchange_source_order_id,
        cancel_asked=order.is_buyer_request_cancel,
        cancel_asked_at=moment(order.request_cancel_time),
        cancelled_by=order.cancellation_initiator,
        cancel_reason=order.cancel_reason,
        cancelled_at=moment(order.cancel_time),
        ship_by=moment(order.rts_sla_time or order.shipping_due_time),
        collect_by=moment(order.tts_sla_time or order.collection_due_time),
        cancel_by=moment(order.cancel_order_sla_time),
        deliver_by=moment(order.delivery_sla_time or order.delivery_due_time),
        handling_days=handling.days if handling else 0,
        handling_in_business_days=bool(handling and handling.type == "BUSINESS_DAY"),
        lines=tuple(_line(line, order.warehouse_id) for line in order.line_items),
    )


def _line(line: Line, warehouse_id: str) -> LineFacts:
    return LineFacts(
        id=line.id,
        sku_id=line.sku_id,
        product_id=line.product_id,
        seller_sku=line.seller_sku,
        product_name=line.product_name,
        sku_name=line.sku_name,
        image_url=line.sku_image,
        price=line.sale_price or ZERO,
        list_price=line.original_price or line.sale_price or ZERO,
        tax=sum((tax.tax_amount or ZERO for tax in line.item_tax), ZERO),
        status=statuses.read(line.display_status),
        package_id=line.package_id,
        package_status=line.package_status,
        tracking_number=line.tracking_number,
        carrier=line.shipping_provider_name,
        warehouse_id=warehouse_id,
        is_gift=line.is_gift,
        cancel_reason=line.cancel_reason,
    )


def _amounts(payment: Payment) -> dict[str, str]:
    named = payment.model_dump(exclude={"currency"})
    return {name: str(value) for name, value in named.items() if isinstance(value, Decimal)}
