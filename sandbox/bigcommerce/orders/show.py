"""Orders as V2 answers them: bare objects, amounts as text with four decimals, dates in RFC 2822 (reference 5)."""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

from sandbox.bigcommerce.orders import shipping
from sandbox.bigcommerce.orders.fields import PAIRS, money
from sandbox.bigcommerce.orders.statuses import PARTLY_REFUNDED, REFUNDED, STATUSES, UNPAID
from sandbox.state import Document

ZERO = Decimal(0)


def date(moment: int | None) -> str:
    return "" if moment is None else format_datetime(datetime.fromtimestamp(moment, UTC))


def line_total(line: Document, side: str) -> Decimal:
    return Decimal(line[f"price_{side}"]) * int(line["quantity"])


def totals(order: Document) -> dict[str, Decimal]:
    """Every amount of the order by its name; what the writer gave overrides what the lines make."""
    found: dict[str, Decimal] = {"discount_amount": Decimal(str(order["fields"].get("discount_amount", 0)))}
    for side in ("ex_tax", "inc_tax"):
        made = {"subtotal": sum((line_total(line, side) for line in order["lines"]), ZERO)}
        for name in PAIRS:
            given = order["fields"].get(f"{name}_{side}")
            if name != "total":
                made[name] = Decimal(str(given)) if given is not None else made.get(name, ZERO)
                found[f"{name}_{side}"] = made[name]
        whole = order["fields"].get(f"total_{side}")
        computed = max(ZERO, sum(made.values(), ZERO) - found["discount_amount"])
        found[f"total_{side}"] = Decimal(str(whole)) if whole is not None else computed
    for name in PAIRS:
        found[f"{name}_tax"] = found[f"{name}_inc_tax"] - found[f"{name}_ex_tax"]
    return found


def refunded(order: Document) -> Decimal:
    return sum((Decimal(refund["total_amount"]) for refund in order["refunds"]), ZERO)


def payment_status(order: Document) -> str:
    if order["status_id"] == REFUNDED:
        return "refunded"
    if order["status_id"] == PARTLY_REFUNDED or order["refunds"]:
        return "partially refunded"
    return "" if order["status_id"] in UNPAID else "captured"


def order_row(order: Document, store: Document) -> Document:
    fields, number = order["fields"], order["id"]
    status = STATUSES[order["status_id"]]
    return {
        "id": number,
        "customer_id": fields.get("customer_id", 0),
        "date_created": date(order["created"]),
        "date_modified": date(order["modified"]),
        "date_shipped": date(order["shipped_at"]),
        "status_id": order["status_id"],
        "status": status,
        "custom_status": status,
        "cart_id": None,
        **{name: money(value) for name, value in totals(order).items()},
        "items_total": sum(line["quantity"] for line in order["lines"]),
        "items_shipped": sum(line["shipped"] for line in order["lines"]),
        "payment_method": fields.get("payment_method", "Manual"),
        "payment_provider_id": fields.get("payment_provider_id"),
        "payment_status": payment_status(order),
        "refunded_amount": money(refunded(order)),
        "order_is_digital": bool(order["lines"]) and all(line["type"] == "digital" for line in order["lines"]),
        "store_credit_amount": money(0),
        "gift_certificate_amount": money(0),
        "coupon_discount": money(0),
        "ip_address": fields.get("ip_address", ""),
        "ip_address_v6": fields.get("ip_address_v6", ""),
        "geoip_country": fields.get("geoip_country", ""),
        "customer_locale": fields.get("customer_locale", "en"),
        "currency_id": 1,
        "currency_code": store["currency"],
        "currency_exchange_rate": "1.0000000000",
        "default_currency_id": 1,
        "default_currency_code": store["currency"],
        "store_default_currency_code": store["currency"],
        "store_default_to_transactional_exchange_rate": "1.0000000000",
        "staff_notes": fields.get("staff_notes"),
        "customer_message": fields.get("customer_message"),
        "shipping_address_count": len(order["addresses"]),
        "is_deleted": order["is_deleted"],
        "is_email_opt_in": False,
        "is_tax_inclusive_pricing": False,
        "ebay_order_id": "0",
        "order_source": order["source"],
        "channel_id": fields.get("channel_id", 1),
        "external_source": fields.get("external_source"),
        "external_id": None,
        "external_order_id": fields.get("external_order_id") or "",
        "external_merchant_id": fields.get("external_merchant_id"),
        "tax_provider_id": "",
        "billing_address": {**order["billing_address"], "form_fields": []},
        **{name: resource(number, name, store) for name in ("products", "shipping_addresses", "coupons")},
    }


def resource(number: int, name: str, store: Document) -> Document:
    path = f"/orders/{number}/{name}"
    return {"url": f"https://api.bigcommerce.com/stores/{store['hash']}/v2{path}", "resource": path}


def line_row(order: Document, line: Document) -> Document:
    sides = {side: Decimal(line[f"price_{side}"]) for side in ("ex_tax", "inc_tax")}
    sums = {side: line_total(line, side) for side in sides}
    return {
        "id": line["id"],
        "order_id": order["id"],
        "product_id": line["product_id"],
        "variant_id": line["variant_id"],
        "order_pickup_method_id": 0,
        "order_address_id": line["address_id"],
        "name": line["name"],
        "name_customer": line["name"],
        "name_merchant": line["name_merchant"] or line["name"],
        "sku": line["sku"],
        "upc": line["upc"],
        "type": line["type"],
        "base_price": money(sides["ex_tax"]),
        "price_ex_tax": money(sides["ex_tax"]),
        "price_inc_tax": money(sides["inc_tax"]),
        "price_tax": money(sides["inc_tax"] - sides["ex_tax"]),
        "base_total": money(sums["ex_tax"]),
        "total_ex_tax": money(sums["ex_tax"]),
        "total_inc_tax": money(sums["inc_tax"]),
        "total_tax": money(sums["inc_tax"] - sums["ex_tax"]),
        "discounted_total_inc_tax": money(sums["inc_tax"]),
        "weight": str(line["weight"]),
        "width": "0.0000",
        "height": "0.0000",
        "depth": "0.0000",
        "quantity": line["quantity"],
        "quantity_shipped": line["shipped"],
        "quantity_refunded": line["refunded"],
        "is_refunded": line["refunded"] >= line["quantity"],
        "refund_amount": money(sides["inc_tax"] * int(line["refunded"])),
        "gift_certificate_id": None,
        "parent_order_product_id": None,
        "is_bundled_product": False,
        "bin_picking_number": "",
        "brand": "",
        "external_id": None,
        "applied_discounts": [],
        "product_options": [
            {"id": place, "order_product_id": line["id"], **option} for place, option in enumerate(line["options"], 1)
        ],
    }


def address_row(order: Document, address: Document) -> Document:
    lines = [line for line in order["lines"] if line["address_id"] == address["id"]]
    costs = totals(order)
    return {
        **address,
        "order_id": order["id"],
        "items_total": sum(line["quantity"] for line in lines),
        "items_shipped": sum(line["shipped"] for line in lines),
        "base_cost": money(costs["shipping_cost_ex_tax"]),
        "cost_ex_tax": money(costs["shipping_cost_ex_tax"]),
        "cost_inc_tax": money(costs["shipping_cost_inc_tax"]),
        "cost_tax": money(costs["shipping_cost_tax"]),
        "handling_cost_ex_tax": money(costs["handling_cost_ex_tax"]),
        "handling_cost_inc_tax": money(costs["handling_cost_inc_tax"]),
        "shipping_zone_id": 1,
        "shipping_zone_name": address["country"],
        "form_fields": [],
    }


def shipment_row(order: Document, shipment: Document) -> Document:
    address: Document = next((each for each in order["addresses"] if each["id"] == shipment["address_id"]), {})
    return {
        "id": shipment["id"],
        "order_id": order["id"],
        "customer_id": order["fields"].get("customer_id", 0),
        "order_address_id": shipment["address_id"],
        "date_created": date(shipment["at"]),
        "tracking_number": shipment.get("tracking_number") or "",
        "tracking_link": shipment.get("tracking_link") or "",
        "generated_tracking_link": shipping.link(shipment),
        "shipping_provider": shipment.get("shipping_provider") or "",
        "shipping_provider_display_name": (shipment.get("shipping_provider") or "").upper(),
        "tracking_carrier": shipment.get("tracking_carrier") or "",
        "shipping_method": shipment.get("shipping_method") or address.get("shipping_method", ""),
        "merchant_shipping_cost": money(shipment.get("merchant_shipping_cost") or 0),
        "comments": shipment.get("comments") or "",
        "billing_address": order["billing_address"],
        "shipping_address": {name: value for name, value in address.items() if name != "id"},
        "items": shipment["items"],
    }
