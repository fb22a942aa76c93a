"""What is written to BigCommerce for a group of lines (reference 5.2). Costs are texts with four decimals, both of each
pair; the buyer is a guest."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.orders import buyers
from domain.orders.settings import OrderSettings
from models import Order, OrderLine, Product, Shop, Store, StoreOrder, Variant, db
from services import setup
from services.orders import copies, options

PAYMENT = "TikTok Shop"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line's variant as BigCommerce knows it; ids are None for what it does not have."""

    variant: Variant
    product: Product


def source() -> str:
    """BigCommerce wants the app's id here (reference 5.2); we find our own orders by it."""
    return setup.config().bigcommerce_app_id or "Causeway"


def body(
    store: Store, shop: Shop, order: Order, copy: StoreOrder, lines: Sequence[OrderLine], settings: OrderSettings
) -> dict[str, Any]:
    """The whole order as it is created."""
    first = copy.key == "" or min(line.copy_id or copy.id for line in order.lines) == copy.id
    address = address_of(store, shop, order, settings)
    net = sum((line.price for line in lines), Decimal(0))
    tax = sum((line.tax for line in lines), Decimal(0))
    shipping = order.shipping if first else Decimal(0)
    if copy.key == "":  # TikTok's own totals: its taxes and fees are more than those of the lines
        total, tax_total = order.total, max(order.tax, tax)
    else:
        total, tax_total = net + tax + shipping, tax
    made: dict[str, Any] = {
        "status_id": copies.target(order, settings) or 1,
        "customer_id": 0,
        "channel_id": settings.channel_id,
        "external_source": source(),
        "external_order_id": copy.reference,
        "external_merchant_id": shop.tiktok_id,
        "payment_method": PAYMENT,
        "date_created": order.placed_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "billing_address": address,
        "shipping_addresses": [{**address, "shipping_method": _shipping_method(order)}],
        "products": _products(lines),
        "subtotal_ex_tax": _money(net),
        "subtotal_inc_tax": _money(net + tax),
        "shipping_cost_ex_tax": _money(shipping),
        "shipping_cost_inc_tax": _money(shipping),
        "total_ex_tax": _money(total - tax_total),
        "total_inc_tax": _money(total),
        "staff_notes": note(order, shop),
    }
    if order.details.get("buyer_message"):
        made["customer_message"] = str(order.details["buyer_message"])[:1000]
    if order.currency and order.currency != store.currency:
        made["default_currency_code"] = order.currency
    return made


def address_of(store: Store, shop: Shop, order: Order, settings: OrderSettings) -> dict[str, str]:
    email = order.buyer_email if settings.keep_email and "@" in order.buyer_email else ""
    to = buyers.recipient(order.address, shop.market if len(shop.market) == 2 else "US", email, settings.guest_name)
    found = {
        "first_name": to.first_name, "last_name": to.last_name, "street_1": to.street_1, "street_2": to.street_2,
        "city": to.city, "state": to.state, "zip": to.zip, "country_iso2": to.country, "phone": to.phone,
        "email": to.email,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def note(order: Order, shop: Shop) -> str:
    """What staff reads in BigCommerce (feature S5-18 among it)."""
    parts = [f"TikTok Shop order {order.tiktok_id} of {shop.name}."]
    if order.replaces:
        parts.append(f"This is a replacement for order {order.replaces}.")
    if order.is_sample:
        parts.append("A sample order.")
    if order.fulfillment == "FULFILLMENT_BY_TIKTOK":
        parts.append("Fulfilled by TikTok: do not ship it.")
    elif not order.address:
        parts.append("On hold: do not ship it yet. TikTok shows the address when the hold ends.")
    if order.details.get("seller_note"):
        parts.append(f"Seller note: {order.details['seller_note']}")
    return " ".join(parts)


def digest(made: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=16).hexdigest()


def _shipping_method(order: Order) -> str:
    return str(order.details.get("delivery_option") or "TikTok Shop")[:100]


def _products(lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """One row for each variant and price; what is linked to nothing in BigCommerce becomes a line of its own words."""
    ids = {line.variant_id for line in lines if line.variant_id is not None}
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(ids))
    sold = {variant.id: Sold(variant, product) for variant, product in db.session.execute(query)}
    extra = options.chosen({one.product.id for one in sold.values()})
    grouped: dict[tuple[Any, ...], list[OrderLine]] = defaultdict(list)
    for line in lines:
        key = line.variant_id if line.variant_id in sold else line.sku_id
        grouped[key, line.price, line.tax].append(line)
    return [_row(group, sold.get(group[0].variant_id or 0), extra) for group in grouped.values()]


def _row(group: Sequence[OrderLine], sold: Sold | None, extra: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    one = group[0]
    made: dict[str, Any] = {
        "quantity": len(group),
        "price_ex_tax": float(one.price),
        "price_inc_tax": float(one.price + one.tax),
    }
    if sold is None or sold.product.bigcommerce_id is None:
        name = " – ".join(part for part in (one.product_name, one.sku_name) if part) or one.seller_sku or one.sku_id
        return {"name": name[:250], **made, **({"sku": one.seller_sku} if one.seller_sku else {})}
    made["product_id"] = sold.product.bigcommerce_id
    if sold.variant.bigcommerce_id is not None:
        made["variant_id"] = sold.variant.bigcommerce_id
    if sold.product.id in extra:
        made["product_options"] = extra[sold.product.id]
    return made


def _money(value: Decimal) -> str:
    return format(value, ".4f")
