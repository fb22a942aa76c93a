"""Money (reference 8)."""

from decimal import Decimal
from typing import Any

from tests.clients.tiktok.case import Case

ASC = {"sort_order": "ASC", "page_size": "100"}
SKU: dict[str, Any] = {
    "sku_id": "31", "quantity": "2", "settlement_amount": "15.30", "revenue_breakdown": None,
    "shipping_cost_breakdown": {"actual_shipping_fee_amount": "-7.00", "supplementary_component": {"x": "1"}},
    "fee_tax_breakdown": {"fee": {"referral_fee_amount": "-1.20", "new_fee": "-0.10"}, "tax": {"vat_amount": ""}},
}  # fmt: skip
ORDERED = {"type": "ORDER", "id": "8", "order_id": "576", "settlement_amount": "15.30"}

CASES = [
    Case(
        "statements", lambda t: [(s.id, s.settlement_amount) for s in t.statements(statement_time_ge=5).statements],
        "GET", "/finance/202309/statements", {"sort_field": "statement_time", "statement_time_ge": "5", **ASC}, None,
        {"statements": [{"id": "7", "statement_time": 86400, "settlement_amount": "15.30", "fee_amount": "-1.3"}]},
        [("7", Decimal("15.30"))],
    ),
    Case(
        "payments", lambda t: [p.amount and p.amount.value for p in t.payments(create_time_lt=9).payments], "GET",
        "/finance/202605/payments", {"sort_field": "create_time", "create_time_lt": "9", **ASC}, None,
        {"payments": [{"id": "3", "amount": {"value": "15.30", "currency": "USD"}, "exchange_rate": "1.000000"}]},
        [Decimal("15.30")],
    ),
    Case(
        "withdrawals", lambda t: [(w.type, w.amount) for w in t.withdrawals(types=("SETTLE", "REVERSE")).withdrawals],
        "GET", "/finance/202309/withdrawals", {"types": "SETTLE,REVERSE", "page_size": "100"}, None,
        {"withdrawals": [{"id": "2", "type": "SETTLE", "amount": "1.00"}], "total_count": 1}, [("SETTLE", Decimal(1))],
    ),
    Case(
        "order_transactions",
        lambda t: [
            (s.quantity, s.revenue_breakdown, s.shipping_cost_breakdown, s.fee_tax_breakdown)
            for s in t.order_transactions("576").sku_transactions
        ],
        "GET", "/finance/202501/orders/576/statement_transactions", {}, None,
        {"order_id": "576", "sku_transactions": [SKU]},
        [(
            2, {}, {"actual_shipping_fee_amount": Decimal("-7.00"), "supplementary_component.x": Decimal(1)},
            {"fee.referral_fee_amount": Decimal("-1.20"), "fee.new_fee": Decimal("-0.10")},
        )],
    ),
    Case(
        "statement_transactions",
        lambda t: (s := t.statement_transactions("7", "next"), (s.transactions[0].order_id, s.next_page_token))[1],
        "GET", "/finance/202501/statements/7/statement_transactions",
        {"sort_field": "order_create_time", "page_token": "next", **ASC}, None,
        {"id": "7", "transactions": [ORDERED], "next_page_token": "more"}, ("576", "more"),
    ),
    Case(
        "unsettled_orders",
        lambda t: [(u.order_id, u.estimated_settlement) for u in t.unsettled_orders(search_time_ge=5).transactions],
        "GET", "/finance/202507/orders/unsettled",
        {"sort_field": "order_create_time", "search_time_ge": "5", **ASC}, None,
        {"transactions": [{"type": "ORDER", "order_id": "576", "estimated_settlement": 1767225600}]},
        [("576", "1767225600")],
    ),
]  # fmt: skip
