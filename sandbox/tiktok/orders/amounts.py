"""Money of an order: amounts per unit, and the sums of its payment (reference 5.3, 5.4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.tiktok.markets import Market

Document = dict[str, Any]

SALES_TAX = {"US": Decimal("0.0825")}  # elsewhere the price contains the tax
SHIPPING_FEES = {"USD": "4.99", "GBP": "2.99", "EUR": "3.49", "IDR": "12000", "JPY": "480"}
NOTHING = Decimal(0)


def rounded(amount: Decimal, market: Market) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-market.decimals), ROUND_HALF_UP)


def text(amount: Decimal, market: Market) -> str:
    return str(rounded(amount, market))


def share(amount: Decimal, percent: object) -> Decimal:
    return amount * Decimal(str(percent or 0)) / 100


def priced(market: Market, price: Decimal, seller_percent: object, platform_percent: object) -> Document:
    """The money of one unit."""
    seller = rounded(share(price, seller_percent), market)
    platform = rounded(share(price, platform_percent), market)
    sale = price - seller - platform
    return {
        "original_price": text(price, market),
        "seller_discount": text(seller, market),
        "platform_discount": text(platform, market),
        "sale_price": text(sale, market),
        "tax": text(sale * SALES_TAX.get(market.region, NOTHING), market),
        "currency": market.currency,
    }


def total(lines: list[Document], name: str) -> Decimal:
    return sum((Decimal(line[name]) for line in lines), NOTHING)


def payment_of(order: Document, market: Market) -> Document:
    """`payment` of the order object. It keeps what was paid; refunds and cancellations have amounts of their own."""
    lines = order["lines"]
    shipping, discount = Decimal(order["shipping_list_fee"]), Decimal(order["shipping_platform_discount"])
    product_tax = total(lines, "tax")
    shipping_tax = rounded((shipping - discount) * SALES_TAX.get(market.region, NOTHING), market)
    sub_total = total(lines, "sale_price")
    found = {
        "sub_total": sub_total,
        "shipping_fee": shipping - discount,
        "total_amount": sub_total + shipping - discount + product_tax + shipping_tax,
        "original_total_product_price": total(lines, "original_price"),
        "original_shipping_fee": shipping,
        "seller_discount": total(lines, "seller_discount"),
        "platform_discount": total(lines, "platform_discount"),
        "payment_platform_discount": NOTHING,
        "payment_discount_service_fee": NOTHING,
        "shipping_fee_seller_discount": NOTHING,
        "shipping_fee_platform_discount": discount,
        "shipping_fee_cofunded_discount": NOTHING,
        "tax": product_tax + shipping_tax,
        "product_tax": product_tax,
        "shipping_fee_tax": shipping_tax,
        "retail_delivery_fee": NOTHING,
        "small_order_fee": NOTHING,
        "buyer_service_fee": NOTHING,
        "handling_fee": NOTHING,
        "shipping_insurance_fee": NOTHING,
        "item_insurance_fee": NOTHING,
        "item_insurance_tax": NOTHING,
        "distance_shipping_fee": NOTHING,
        "distance_fee": NOTHING,
    }
    return {"currency": market.currency, **{name: text(amount, market) for name, amount in found.items()}}


def price_detail(order: Document, market: Market) -> Document:
    """The answer of price_detail: the order's sums, then the same words for each line."""
    payment = {name: Decimal(value) for name, value in payment_of(order, market).items() if name != "currency"}
    return {
        **_detail(
            market,
            payment["original_total_product_price"],
            payment["seller_discount"],
            payment["platform_discount"],
            payment["original_shipping_fee"],
            payment["shipping_fee_platform_discount"],
            payment["tax"],
        ),
        "line_items": [
            {
                "id": line["id"],
                **_detail(
                    market,
                    Decimal(line["original_price"]),
                    Decimal(line["seller_discount"]),
                    Decimal(line["platform_discount"]),
                    NOTHING,
                    NOTHING,
                    Decimal(line["tax"]),
                ),
            }
            for line in order["lines"]
        ],
    }


def _detail(
    market: Market,
    listed: Decimal,
    seller: Decimal,
    platform: Decimal,
    shipping: Decimal,
    shipping_discount: Decimal,
    tax: Decimal,
) -> Document:
    sale, shipping_sale = listed - seller - platform, shipping - shipping_discount
    found = {
        "total": listed + shipping,
        "payment": sale + shipping_sale + tax,
        "sku_list_price": listed,
        "sku_sale_price": sale,
        "subtotal": sale,
        "subtotal_deduction_seller": seller,
        "subtotal_deduction_platform": platform,
        "subtotal_tax_amount": tax,
        "voucher_deduction_platform": NOTHING,
        "voucher_deduction_seller": NOTHING,
        "shipping_list_price": shipping,
        "shipping_sale_price": shipping_sale,
        "shipping_fee_deduction_seller": NOTHING,
        "shipping_fee_deduction_platform": shipping_discount,
        "shipping_fee_deduction_platform_voucher": NOTHING,
        "tax_amount": tax,
        "net_price_amount": sale,
        "cod_fee": NOTHING,
        "cod_fee_net_amount": NOTHING,
        "distance_fee": NOTHING,
        "distance_shipping_fee": NOTHING,
    }
    rate = SALES_TAX.get(market.region, NOTHING)
    return {
        "currency": market.currency,
        "tax_rate": str(rate),
        **{name: text(amount, market) for name, amount in found.items()},
    }
