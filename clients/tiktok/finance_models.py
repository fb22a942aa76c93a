"""Statements, payments and transactions as answered (reference 8). Costs and fees are negative, as sent."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from clients.reading import Figure, Many, Model, Text, Whole
from clients.tiktok.order_models import Seconds


def _flat(value: Any) -> Any:
    """A breakdown of any depth as dotted names and amounts. Markets add fees at will, and none may get lost."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("a breakdown is an object")
    amounts: dict[str, Decimal] = {}
    for name, part in value.items():
        if isinstance(part, dict):
            amounts |= {f"{name}.{inner}": amount for inner, amount in _flat(part).items()}
        elif part not in (None, ""):
            amounts[str(name)] = _amount(part)
    return amounts


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("a breakdown holds amounts") from None
    if not amount.is_finite():
        raise ValueError("a breakdown holds amounts")
    return amount


Breakdown = Annotated[dict[str, Decimal], BeforeValidator(_flat)]


class Statement(Model):
    """One day, cut at 00:00 UTC."""

    id: str = Field(min_length=1)
    statement_time: Seconds
    currency: Text = ""
    settlement_amount: Decimal
    revenue_amount: Figure = None
    fee_amount: Figure = None
    adjustment_amount: Figure = None
    net_sales_amount: Figure = None
    shipping_cost_amount: Figure = None
    payment_status: Text = ""
    payment_id: Text = ""
    payment_time: Seconds = 0


class StatementPage(Model):
    statements: Many[Statement] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class Amount(Model):
    value: Figure = None
    currency: Text = ""


class Payout(Model):
    id: str = Field(min_length=1)
    create_time: Seconds = 0
    paid_time: Seconds = 0
    status: Text = ""
    amount: Amount | None = None
    settlement_amount: Amount | None = None
    reserve_amount: Amount | None = None
    payment_amount_before_exchange: Amount | None = None
    exchange_rate: Figure = None
    bank_account: Text = ""


class PayoutPage(Model):
    payments: Many[Payout] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class Withdrawal(Model):
    id: str = Field(min_length=1)
    type: Text = ""
    amount: Figure = None
    currency: Text = ""
    status: Text = ""
    create_time: Seconds = 0


class WithdrawalPage(Model):
    withdrawals: Many[Withdrawal] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class Amounts(Model):
    settlement_amount: Figure = None
    revenue_amount: Figure = None
    shipping_cost_amount: Figure = None
    fee_tax_amount: Figure = None
    revenue_breakdown: Breakdown = Field(default_factory=dict)
    shipping_cost_breakdown: Breakdown = Field(default_factory=dict)
    fee_tax_breakdown: Breakdown = Field(default_factory=dict)


class SkuTransaction(Amounts):
    sku_id: Text = ""
    sku_name: Text = ""
    product_name: Text = ""
    quantity: Seconds = 0  # text in 202501
    statement_id: Text = ""


class OrderTransactions(Model):
    order_id: str = Field(min_length=1)
    order_create_time: Seconds = 0
    currency: Text = ""
    settlement_amount: Figure = None
    revenue_amount: Figure = None
    fee_and_tax_amount: Figure = None
    shipping_cost_amount: Figure = None
    total_count: Whole = 0
    sku_transactions: Many[SkuTransaction] = ()


class Transaction(Amounts):
    """Of an order, the reserve, or an adjustment (the list of types is in reference 8)."""

    id: str = Field(min_length=1)
    type: str = Field(min_length=1)
    order_id: Text = ""
    order_create_time: Seconds = 0
    adjustment_id: Text = ""
    adjustment_order_id: Text = ""
    adjustment_amount: Figure = None


class StatementTransactions(Model):
    id: str = Field(min_length=1)
    create_time: Seconds = 0
    status: Text = ""
    currency: Text = ""
    payable_amount: Figure = None
    total_reserve_amount: Figure = None
    total_settlement_amount: Figure = None
    total_settlement_breakdown: Breakdown = Field(default_factory=dict)
    transactions: Many[Transaction] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class UnsettledTransaction(Model):
    type: str = Field(min_length=1)
    id: Text = ""
    status: Text = ""
    currency: Text = ""
    estimated_settlement: Text = ""  # words or Unix time (reference 8)
    unsettled_reason: Text = ""
    order_id: Text = ""
    order_create_time: Seconds = 0
    order_delivery_time: Seconds = 0
    adjustment_id: Text = ""
    est_settlement_amount: Figure = None
    est_revenue_amount: Figure = None
    est_shipping_cost_amount: Figure = None
    est_fee_tax_amount: Figure = None
    est_adjustment_amount: Figure = None


class UnsettledPage(Model):
    sum_est_settlement_amount: Figure = None
    sum_est_revenue_amount: Figure = None
    sum_est_fee_amount: Figure = None
    sum_est_adjustment_amount: Figure = None
    transactions: Many[UnsettledTransaction] = ()
    next_page_token: Text = ""
    total_count: Whole = 0
