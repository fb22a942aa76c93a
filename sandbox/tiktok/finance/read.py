"""Statements, their transactions, payments, and what is still to come (reference 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import endpoints
from sandbox.tiktok.finance.settle import DAY, GROUPS, sku_rows, summed
from sandbox.tiktok.listing import between, pages
from sandbox.tiktok.orders.amounts import NOTHING, text
from sandbox.tiktok.orders.read import own_order
from sandbox.tiktok.orders.turn import Turn
from sandbox.tiktok.refusal import invalid
from sandbox.tiktok.scopes import FINANCE

Document = dict[str, Any]

NO_PAYMENTS = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})
PAYMENT_STATUSES = frozenset({"PAID", "FAILED", "PROCESSING"})
WITHDRAWALS = frozenset({"WITHDRAW", "SETTLE", "TRANSFER", "REVERSE"})
AMOUNTS = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount", "adjustment_amount", "settlement_amount")
FEES_NEVER = (
    "credit_card_handling_fee_amount",
    "affiliate_partner_commission_amount",
    "affiliate_ads_commission_amount",
    "sfp_service_fee_amount",
    "live_specials_fee_amount",
    "mall_service_fee_amount",
    "voucher_xtra_service_fee_amount",
    "flash_sales_service_fee_amount",
    "dynamic_commission_amount",
)
TAXES = ("vat_amount", "import_vat_amount", "customs_duty_amount", "sst_amount", "gst_amount")


def paged(call: Call, rows: list[Document], field: str) -> tuple[list[Document], int, str]:
    return pages(call, rows, fields=(field,), size=20, order="ASC", sort_required=True)


def of_shop(call: Call, rows: Any) -> list[Document]:
    return [row for row in rows.values() if row["shop_id"] == call.shop_id]


@endpoints.add("GET", "finance/statements", "202309", FINANCE)
def statements(call: Call) -> Document:
    status = call.query.get("payment_status", "")
    if status and status not in PAYMENT_STATUSES:
        raise invalid("payment_status", "PAID, FAILED or PROCESSING")
    inside = between(call.query, ("statement_time",))
    found = [
        row
        for row in of_shop(call, call.platform.orders.statements)
        if (not status or row["payment_status"] == status) and inside(row)
    ]
    page, _, following = paged(call, found, "statement_time")
    return {"statements": [_statement(call, row) for row in page], "next_page_token": following}


def _statement(call: Call, row: Document) -> Document:
    """`fee_amount` of this older shape holds shipping as well: settlement = revenue + fee + adjustment."""
    market = call.platform.market(call.shop)
    found = {
        "id": row["id"],
        "statement_time": row["statement_time"],
        "currency": row["currency"],
        "settlement_amount": row["settlement_amount"],
        "revenue_amount": row["revenue_amount"],
        "fee_amount": text(Decimal(row["fee_tax_amount"]) + Decimal(row["shipping_cost_amount"]), market),
        "adjustment_amount": row["adjustment_amount"],
        "net_sales_amount": row["revenue_amount"],
        "shipping_cost_amount": row["shipping_cost_amount"],
        "payment_status": row["payment_status"],
        "payment_id": row["payment_id"],
    }
    return found | ({"payment_time": row["payment_time"]} if row["payment_time"] else {})


@endpoints.add("GET", "finance/payments", "202605", FINANCE)
def payments(call: Call) -> Document:
    """Nothing in South-East Asia, where the platform pays otherwise."""
    inside = between(call.query, ("create_time",))
    found = [row for row in of_shop(call, call.platform.orders.payments) if inside(row)]
    page, _, following = paged(call, [] if call.shop["region"] in NO_PAYMENTS else found, "create_time")
    return {
        "payments": [
            {
                **{name: row[name] for name in ("id", "create_time", "paid_time", "status")},
                "amount": {"value": row["amount"], "currency": row["currency"]},
                "settlement_amount": {"value": row["amount"], "currency": row["currency"]},
                "reserve_amount": {"value": "0", "currency": row["currency"]},
                "payment_amount_before_exchange": {"value": row["amount"], "currency": row["currency"]},
                "exchange_rate": "1.000000",
                "bank_account": "****4417",
            }
            for row in page
        ],
        "next_page_token": following,
    }


@endpoints.add("GET", "finance/withdrawals", "202309", FINANCE)
def withdrawals(call: Call) -> Document:
    """What is credited to the seller's balance; nothing is drawn from it here."""
    kinds = {name for name in call.query.get("types", "").split(",") if name}
    if not kinds or not kinds <= WITHDRAWALS:
        raise invalid("types", "WITHDRAW, SETTLE, TRANSFER or REVERSE")
    inside = between(call.query, ("create_time",))
    found = [row for row in of_shop(call, call.platform.orders.payments) if "SETTLE" in kinds and inside(row)]
    page, total, following = pages(call, found, fields=("create_time",), size=20, order="ASC")
    return {
        "withdrawals": [
            {
                "id": row["id"],
                "type": "SETTLE",
                "amount": row["amount"],
                "currency": row["currency"],
                "status": "SUCCESS",
                "create_time": row["create_time"],
            }
            for row in page
        ],
        "total_count": total,
        "next_page_token": following,
    }


def breakdowns(call: Call, rows: list[Document]) -> Document:
    """Revenue, shipping, fees and taxes of some SKUs, each with what it consists of."""
    market = call.platform.market(call.shop)

    def amounts(names: tuple[str, ...]) -> Document:
        return {name: text(summed(rows, (name,)), market) for name in names}

    zero = text(NOTHING, market)
    fees = {**amounts(GROUPS["fee"]), **dict.fromkeys(FEES_NEVER, zero)}
    return {
        "revenue_amount": text(summed(rows, GROUPS["revenue_breakdown"]), market),
        "revenue_breakdown": amounts(GROUPS["revenue_breakdown"]),
        "shipping_cost_amount": text(summed(rows, GROUPS["shipping_cost_breakdown"]), market),
        "shipping_cost_breakdown": amounts(GROUPS["shipping_cost_breakdown"]),
        "fee_tax_amount": text(summed(rows, GROUPS["fee"]), market),
        "fee_tax_breakdown": {"fee": fees, "tax": dict.fromkeys(TAXES, zero)},
        "settlement_amount": text(summed(rows, tuple(name for names in GROUPS.values() for name in names)), market),
    }


@endpoints.add("GET", "finance/orders/{order_id}/statement_transactions", "202309 202501", FINANCE)
def by_order(call: Call) -> Document:
    """Empty until the order is in a statement."""
    order = own_order(call, call.params["order_id"])
    found = [row for row in call.platform.orders.transactions_in(order["id"]) if row["statement_id"]]
    if call.version == "202309":
        return {"statement_transactions": [_flat(call, row) for row in found]}
    market = call.platform.market(call.shop)

    def amount(name: str) -> str:
        return text(sum((Decimal(row[name]) for row in found), NOTHING), market)

    skus = [
        {
            "sku_id": sku["sku_id"],
            "sku_name": sku["sku_name"],
            "product_name": sku["product_name"],
            "quantity": str(sku["quantity"]),
            "statement_id": row["statement_id"],
            **breakdowns(call, [sku]),
        }
        for row in found
        for sku in row["rows"]
    ]
    return {
        "order_id": order["id"],
        "order_create_time": order["create_time"],
        "currency": market.currency,
        "revenue_amount": amount("revenue_amount"),
        "fee_and_tax_amount": amount("fee_tax_amount"),
        "shipping_cost_amount": amount("shipping_cost_amount"),
        "settlement_amount": amount("settlement_amount"),
        "total_count": len(skus),
        "sku_transactions": skus,
    }


def _flat(call: Call, row: Document) -> Document:
    """The older shape of a transaction: one list of amounts, without breakdowns."""
    market, rows = call.platform.market(call.shop), row["rows"]
    statement = call.platform.orders.statements[row["statement_id"]]

    def amounts(chosen: list[Document]) -> Document:
        refund = ("refund_subtotal_before_discount_amount", "seller_discount_refund_amount")
        plain = (*GROUPS["fee"], "actual_shipping_fee_amount")
        fees = summed(chosen, GROUPS["fee"]) + summed(chosen, GROUPS["shipping_cost_breakdown"])
        found = {
            "revenue_amount": summed(chosen, GROUPS["revenue_breakdown"]),
            "fee_amount": fees,
            "settlement_amount": summed(chosen, GROUPS["revenue_breakdown"]) + fees,
            "after_seller_discounts_subtotal_amount": summed(chosen, GROUPS["revenue_breakdown"][:2]),
            "customer_refund_amount": summed(chosen, refund),
            "customer_shipping_fee_amount": summed(chosen, ("customer_paid_shipping_fee_amount",)),
            "shipping_fee_amount": summed(chosen, GROUPS["shipping_cost_breakdown"]),
            **{name: summed(chosen, (name,)) for name in plain},
        }
        return {name: text(value, market) for name, value in found.items()}

    return {
        "id": row["id"],
        "status": "SETTLED",
        "statement_id": row["statement_id"],
        "statement_time": statement["statement_time"],
        "currency": market.currency,
        "adjustment_amount": row["adjustment_amount"],
        **amounts(rows),
        "sku_statement_transactions": [
            {
                **{name: sku[name] for name in ("sku_id", "sku_name", "product_name", "quantity")},
                **amounts([sku]),
            }
            for sku in rows
        ],
    }


@endpoints.add("GET", "finance/statements/{statement_id}/statement_transactions", "202309 202501", FINANCE)
def by_statement(call: Call) -> Document:
    statement = call.platform.orders.statements.get(call.params["statement_id"])
    if statement is None or statement["shop_id"] != call.shop_id:
        raise invalid("statement_id", "no such statement in this shop")
    mine = of_shop(call, call.platform.orders.transactions)
    found = [row for row in mine if row["statement_id"] == statement["id"]]
    page, total, following = paged(call, found, "order_create_time")
    if call.version == "202309":
        return {"statement_transactions": [_flat(call, row) for row in page], "next_page_token": following}
    return {
        "id": statement["id"],
        "create_time": statement["statement_time"],
        "status": "SETTLED",
        "currency": statement["currency"],
        "payable_amount": statement["settlement_amount"],
        "total_reserve_amount": text(NOTHING, call.platform.market(call.shop)),
        "total_settlement_amount": statement["settlement_amount"],
        "total_settlement_breakdown": {f"total_{name}": statement[name] for name in AMOUNTS[:4]},
        "total_count": total,
        "transactions": [_transaction(call, row) for row in page],
        "next_page_token": following,
    }


def _transaction(call: Call, row: Document) -> Document:
    return {
        "id": row["id"],
        "type": row["type"],
        "order_id": row["order_id"],
        "order_create_time": row["order_create_time"],
        "adjustment_id": "" if row["type"] == "ORDER" else row["id"],
        "adjustment_order_id": row["adjustment_order_id"],
        **breakdowns(call, row["rows"]),
        "adjustment_amount": row["adjustment_amount"],
        "settlement_amount": row["settlement_amount"],
    }


@endpoints.add("GET", "finance/orders/unsettled", "202507", FINANCE)
def unsettled(call: Call) -> Document:
    """What shipped orders and those without a statement are expected to bring."""
    inside = between(call.query, ("search_time",))
    found = []
    with Turn(call.platform) as turn:
        for order in turn.store.orders_of(call.shop_id):
            if inside({"search_time": order["create_time"]}):
                found += _expected(call, turn, order)
    page, total, following = paged(call, found, "order_create_time")
    market = call.platform.market(call.shop)

    def amount(name: str) -> str:
        return text(sum((Decimal(row[name]) for row in found), NOTHING), market)

    return {
        "total_count": total,
        "sum_est_settlement_amount": amount("est_settlement_amount"),
        "sum_est_revenue_amount": amount("est_revenue_amount"),
        "sum_est_fee_amount": amount("est_fee_tax_amount"),
        "sum_est_adjustment_amount": amount("est_adjustment_amount"),
        "transactions": page,
        "next_page_token": following,
    }


def _expected(call: Call, turn: Turn, order: Document) -> list[Document]:
    known = turn.store.transactions_in(order["id"])
    if known:
        return [_estimate(call, order, row["id"], row["rows"]) for row in known if not row["statement_id"]]
    if order["status"] in {"IN_TRANSIT", "DELIVERED"}:
        return [_estimate(call, order, order["id"], sku_rows(turn, order))]
    return []


def _estimate(call: Call, order: Document, number: str, rows: list[Document]) -> Document:
    sums = breakdowns(call, rows)
    done = order["delivery_time"] and order["delivery_time"] + int(call.platform.knobs["complete_seconds"]) + DAY
    return {
        "type": "ORDER",
        "id": number,
        "status": "UNSETTLED",
        "currency": call.platform.market(call.shop).currency,
        "estimated_settlement": str(done) if done else "After delivery",
        "unsettled_reason": "" if done else "Not delivered",
        "order_id": order["id"],
        "order_create_time": order["create_time"],
        "order_delivery_time": order["delivery_time"],
        "adjustment_id": "",
        "est_settlement_amount": sums["settlement_amount"],
        "est_revenue_amount": sums["revenue_amount"],
        "est_shipping_cost_amount": sums["shipping_cost_amount"],
        "est_fee_tax_amount": sums["fee_tax_amount"],
        "est_adjustment_amount": text(NOTHING, call.platform.market(call.shop)),
        **{name: sums[name] for name in ("revenue_breakdown", "shipping_cost_breakdown", "fee_tax_breakdown")},
    }
