"""What an order brings the seller: a transaction for each order when it is complete, another for a later refund, and a
statement of each day's transactions at midnight UTC, paid a day later (reference 8). The rates are made up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.tiktok.markets import Market
from sandbox.tiktok.orders.amounts import NOTHING, rounded, text
from sandbox.tiktok.orders.status import active
from sandbox.tiktok.orders.store import PAYMENT_BASE, STATEMENT_BASE, TRANSACTION_BASE

if TYPE_CHECKING:
    from sandbox.tiktok.orders.turn import Turn
    from sandbox.tiktok.platform import Platform

Document = dict[str, Any]

DAY = 86400
COMMISSION = {"US": ("referral_fee_amount", Decimal("0.06")), "ID": ("platform_commission_amount", Decimal("0.08"))}
COMMISSION_ELSEWHERE = ("platform_commission_amount", Decimal("0.09"))
AFFILIATE = Decimal("0.10")
AFFILIATE_EVERY = 4  # this share of orders came by a creator's link
CARRIAGE = {"USD": "5.20", "GBP": "3.10", "EUR": "3.90", "IDR": "11000", "JPY": "520"}
GROUPS = {
    "revenue_breakdown": (
        "subtotal_before_discount_amount",
        "seller_discount_amount",
        "refund_subtotal_before_discount_amount",
        "seller_discount_refund_amount",
    ),
    "shipping_cost_breakdown": (
        "actual_shipping_fee_amount",
        "shipping_fee_discount_amount",
        "customer_paid_shipping_fee_amount",
        "return_shipping_fee_amount",
    ),
    "fee": (
        "platform_commission_amount",
        "referral_fee_amount",
        "transaction_fee_amount",
        "affiliate_commission_amount",
    ),
}
"""The amounts that may differ from zero here. Costs and fees are negative; everything adds up by its sign."""
ADJUSTMENTS = (
    "CHARGE_BACK",
    "CUSTOMER_SERVICE_COMPENSATION",
    "GMV_PAYMENT_FOR_ADS",
    "PLATFORM_COMMISSION_ADJUSTMENT",
    "PLATFORM_PENALTY",
    "PLATFORM_COMPENSATION",
    "PLATFORM_REIMBURSEMENT",
    "LOGISTICS_REIMBURSEMENT",
    "SHIPPING_FEE_ADJUSTMENT",
    "FBT_WAREHOUSE_SERVICE_FEE",
    "SAMPLE_SHIPPING_FEE",
    "OTHER_ADJUSTMENT",
)


def register(platform: Platform) -> None:
    platform.agenda.on("statement", _midnight)
    platform.agenda.on("payout", pay_out)


def _midnight(turn: Turn, day: str, at: float) -> None:
    close_statement(turn, day, at)


def settle(turn: Turn, order: Document, at: float) -> Document:
    """The order's transaction: what was sold, less what was refunded before."""
    return _keep(turn, order, sku_rows(turn, order), at)


def sku_rows(turn: Turn, order: Document) -> list[Document]:
    market = turn.platform.market(turn.platform.shops[order["shop_id"]])
    refunds = refunded_shares(turn, order)
    groups: dict[str, list[Document]] = {}
    for line in active(order):
        groups.setdefault(line["sku_id"], []).append(line)
    rows = []
    for index, lines in enumerate(groups.values()):
        amounts = dict.fromkeys((name for names in GROUPS.values() for name in names), NOTHING)
        for line in lines:
            amounts["subtotal_before_discount_amount"] += Decimal(line["original_price"])
            amounts["seller_discount_amount"] -= Decimal(line["seller_discount"])
        for line_id, share in refunds.items():
            _give_back(amounts, [line for line in lines if line["id"] == line_id], share)
        if index == 0:
            amounts["customer_paid_shipping_fee_amount"] = Decimal(order["shipping_list_fee"])
            if order["shipping_type"] == "TIKTOK":
                amounts["actual_shipping_fee_amount"] = -Decimal(CARRIAGE[market.currency])
        rows.append(_row(market, order, lines, amounts))
    return rows


def refunded_shares(turn: Turn, order: Document) -> dict[str, Decimal]:
    """How much of each unit's price was granted back."""
    return {
        line["order_line_item_id"]: Decimal(row["share"])
        for row in turn.store.returns_in(order["id"])
        if row["refunded"]
        for line in row["lines"]
    }


def _give_back(amounts: dict[str, Decimal], lines: list[Document], share: Decimal) -> None:
    """Refunded units bring nothing: neither their price nor the discount that the seller gave on it."""
    for line in lines:
        amounts["refund_subtotal_before_discount_amount"] -= Decimal(line["original_price"]) * share
        amounts["seller_discount_refund_amount"] += Decimal(line["seller_discount"]) * share


def refund_later(turn: Turn, order: Document, row: Document, at: float) -> None:
    """A refund after the order was settled is a transaction of its own."""
    if not turn.store.transactions_in(order["id"]):
        return
    market = turn.platform.market(turn.platform.shops[order["shop_id"]])
    rows = []
    for line in row["lines"]:
        amounts = dict.fromkeys((name for names in GROUPS.values() for name in names), NOTHING)
        own = [each for each in order["lines"] if each["id"] == line["order_line_item_id"]]
        _give_back(amounts, own, Decimal(row["share"]))
        rows.append(_row(market, order, own, amounts))
    _keep(turn, order, rows, at)


def _row(market: Market, order: Document, lines: list[Document], amounts: dict[str, Decimal]) -> Document:
    revenue = sum((amounts[name] for name in GROUPS["revenue_breakdown"]), NOTHING)
    name, rate = COMMISSION.get(market.region, COMMISSION_ELSEWHERE)
    amounts[name] = -rounded(revenue * rate, market)
    if int(order["id"]) % AFFILIATE_EVERY == 0:
        amounts["affiliate_commission_amount"] = -rounded(revenue * AFFILIATE, market)
    return {
        "sku_id": lines[0]["sku_id"],
        "sku_name": lines[0]["sku_name"],
        "product_name": lines[0]["product_name"],
        "quantity": len(lines),
        "amounts": {key: text(value, market) for key, value in amounts.items()},
    }


def summed(rows: list[Document], names: tuple[str, ...]) -> Decimal:
    return sum((Decimal(row["amounts"][name]) for row in rows for name in names), NOTHING)


def _keep(turn: Turn, order: Document, rows: list[Document], at: float) -> Document:
    return add(turn, order["shop_id"], {"type": "ORDER", "order_id": order["id"], "rows": rows}, at)


def add(turn: Turn, shop_id: str, given: Document, at: float) -> Document:
    """Keep a transaction and see that its day gets a statement."""
    rows = given.get("rows", [])
    sums = {group: summed(rows, names) for group, names in GROUPS.items()}
    market = turn.platform.market(turn.platform.shops[shop_id])
    adjustment = Decimal(given.get("adjustment_amount", "0"))
    transaction: Document = {
        "id": turn.store.number(TRANSACTION_BASE),
        "shop_id": shop_id,
        "order_id": "",
        "adjustment_order_id": "",
        "rows": [],
        "statement_id": "",
        "time": int(at),
        "order_create_time": turn.order(given["order_id"])["create_time"] if given.get("order_id") else int(at),
        "revenue_amount": text(sums["revenue_breakdown"], market),
        "shipping_cost_amount": text(sums["shipping_cost_breakdown"], market),
        "fee_tax_amount": text(sums["fee"], market),
        "adjustment_amount": text(adjustment, market),
        "settlement_amount": text(sum(sums.values(), NOTHING) + adjustment, market),
        **{name: value for name, value in given.items() if name != "adjustment_amount"},
    }
    turn.store.put_transaction(transaction)
    midnight = (int(at) // DAY + 1) * DAY
    day = f"{shop_id}:{midnight}"
    if day not in turn.store.days:
        turn.store.days[day] = {"due": midnight}
        turn.plan(midnight, "statement", day)
    return transaction


def adjust(turn: Turn, shop_id: str, kind: str, amount: str, order_id: str, at: float) -> Document:
    """The platform takes or gives something apart from orders."""
    if kind not in ADJUSTMENTS:
        raise ValueError(f"type must be one of {', '.join(ADJUSTMENTS)}")
    return add(turn, shop_id, {"type": kind, "adjustment_order_id": order_id, "adjustment_amount": amount}, at)


def close_statement(turn: Turn, day: str, at: float) -> Document | None:
    """Gather what no statement has yet; None when there is nothing."""
    shop_id = day.partition(":")[0]
    turn.store.days.pop(day, None)
    found = [
        row
        for row in turn.store.transactions.values()
        if row["shop_id"] == shop_id and not row["statement_id"] and row["time"] <= at
    ]
    if not found:
        return None
    market = turn.platform.market(turn.platform.shops[shop_id])

    def amount(name: str) -> str:
        return text(sum((Decimal(row[name]) for row in found), NOTHING), market)

    statement: Document = {
        "id": turn.store.number(STATEMENT_BASE),
        "shop_id": shop_id,
        "statement_time": int(at),
        "currency": market.currency,
        "payment_status": "PROCESSING",
        "payment_id": "",
        "payment_time": 0,
        **{
            name: amount(name)
            for name in (
                "revenue_amount",
                "shipping_cost_amount",
                "fee_tax_amount",
                "adjustment_amount",
                "settlement_amount",
            )
        },
    }
    turn.store.statements[statement["id"]] = statement
    for row in found:
        turn.store.put_transaction({**row, "statement_id": statement["id"]})
    turn.plan(at + DAY, "payout", statement["id"])
    return statement


def pay_out(turn: Turn, statement_id: str, at: float) -> None:
    """The bank transfer of a statement; one that does not come to more than nothing is not paid."""
    statement = turn.store.statements[statement_id]
    if statement["payment_status"] == "PAID" or Decimal(statement["settlement_amount"]) <= 0:
        return
    payment: Document = {
        "id": turn.store.number(PAYMENT_BASE),
        "shop_id": statement["shop_id"],
        "create_time": int(at),
        "paid_time": int(at),
        "status": "PAID",
        "currency": statement["currency"],
        "amount": statement["settlement_amount"],
    }
    turn.store.payments[payment["id"]] = payment
    turn.store.statements[statement_id] = {
        **statement,
        "payment_status": "PAID",
        "payment_id": payment["id"],
        "payment_time": int(at),
    }
