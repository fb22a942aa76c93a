"""Keeps what TikTok says about money: statements, their transactions, payouts, and what each SKU brought."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from clients.tiktok import finance_models as theirs
from domain.finance.amounts import RESERVE, ZERO, Settled, named, statement_gaps, summed
from domain.finance.amounts import gaps as gaps_of
from models import Order, Payout, SettledSku, Settlement, Shop, Statement, db
from models.tenancy import tenant_id
from services import clock
from services.bulk import upsert

OPEN_AGAIN = ("settlement", "revenue", "adjustments")


def moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def statements(shop: Shop, page: Sequence[theirs.Statement]) -> list[str]:
    """Keeps a page of the list; answers the numbers whose transactions must be read: new ones, and those whose sums
    are others than when they were read."""
    query = select(Statement).where(Statement.shop_id == shop.id, Statement.tiktok_id.in_([one.id for one in page]))
    known = {row.tiktok_id: row for row in db.session.scalars(query)}
    unread = []
    for one in page:
        day = moment(one.statement_time)
        if day is None:
            continue
        row = known.get(one.id)
        if row is None:
            row = Statement(
                store_id=tenant_id(), shop_id=shop.id, tiktok_id=one.id, day=day, amounts={}, gaps=[], state="listed"
            )
            db.session.add(row)
        sums = (one.settlement_amount, one.revenue_amount or ZERO, one.adjustment_amount or ZERO)
        if row.read_at is None or sums != tuple(getattr(row, name) for name in OPEN_AGAIN):
            unread.append(one.id)
        row.currency, row.settlement, row.revenue, row.adjustments = one.currency[:3], *sums
        row.fees = one.fee_amount or ZERO
        row.payment_status, row.payment_id = one.payment_status[:12], one.payment_id[:32]
        row.paid_at = moment(one.payment_time)
    db.session.flush()
    return unread


def payouts(shop: Shop, page: Sequence[theirs.Payout]) -> int:
    rows = []
    for one in page:
        amount = one.amount or theirs.Amount()
        before = one.payment_amount_before_exchange
        rows.append(
            {
                "store_id": tenant_id(),
                "shop_id": shop.id,
                "tiktok_id": one.id,
                "created_at": moment(one.create_time) or clock.now(),
                "paid_at": moment(one.paid_time),
                "status": one.status[:12],
                "currency": amount.currency[:3],
                "amount": amount.value or ZERO,
                "settled": (one.settlement_amount.value if one.settlement_amount else None) or ZERO,
                "reserve": (one.reserve_amount.value if one.reserve_amount else None) or ZERO,
                "before_exchange": before.value if before else None,
                "exchange_rate": str(one.exchange_rate or "")[:24],
                "bank_account": one.bank_account[:40],
            }
        )
    kept = ("paid_at", "status", "currency", "amount", "settled", "reserve", "before_exchange", "exchange_rate",
            "bank_account")  # fmt: skip
    upsert(Payout, rows, ("store_id", "shop_id", "tiktok_id"), kept)
    return len(rows)


def statement_of(shop: Shop, number: str) -> Statement:
    query = select(Statement).where(Statement.shop_id == shop.id, Statement.tiktok_id == number)
    return db.session.scalars(query).one()


def transactions(statement: Statement, page: Sequence[theirs.Transaction]) -> None:
    """Keeps a page of a statement's transactions; one that came before is overwritten."""
    rows = []
    for one in page:
        settled = read(one)
        rows.append(
            {
                "store_id": tenant_id(),
                "shop_id": statement.shop_id,
                "statement_id": statement.id,
                "tiktok_id": one.id[:32],
                "kind": one.type[:48],
                "order_number": (one.order_id or one.adjustment_order_id)[:32],
                "day": statement.day,
                "revenue": settled.revenue,
                "shipping": settled.shipping,
                "fees": settled.fees,
                "adjustment": settled.adjustment,
                "settlement": settled.settlement,
                "amounts": {name: str(value) for name, value in settled.amounts.items()},
                "gaps": [[code, str(said), str(parts)] for code, said, parts in gaps_of(settled)],
            }
        )
    kept = ("kind", "order_number", "day", "revenue", "shipping", "fees", "adjustment", "settlement", "amounts", "gaps")
    upsert(Settlement, rows, ("store_id", "statement_id", "tiktok_id"), kept)


def read(one: theirs.Transaction) -> Settled:
    return Settled(
        kind=one.type,
        settlement=one.settlement_amount or ZERO,
        revenue=one.revenue_amount or ZERO,
        shipping=one.shipping_cost_amount or ZERO,
        fees=one.fee_tax_amount or ZERO,
        adjustment=one.adjustment_amount or ZERO,
        amounts=named(one.revenue_breakdown, one.shipping_cost_breakdown, one.fee_tax_breakdown),
    )


def kept(row: Settlement) -> Settled:
    """A stored transaction as the rules want it."""
    amounts = {name: Decimal(value) for name, value in row.amounts.items()}
    return Settled(row.kind, row.settlement, row.revenue, row.shipping, row.fees, row.adjustment, amounts)


def close(statement: Statement, expected: int) -> list[str]:
    """After the last page: does the statement close, what does it consist of; answers the orders it is about."""
    query = select(Settlement).where(Settlement.statement_id == statement.id).order_by(Settlement.id)
    rows = db.session.scalars(query).all()
    read_of = [kept(row) for row in rows]
    found = statement_gaps(
        statement.settlement, statement.revenue, statement.fees, statement.adjustments, read_of, expected
    )
    numbers = sorted({row.order_number for row in rows if row.order_number})
    samples = _samples(numbers)
    tables = [
        {"sample": one.settlement} if row.order_number in samples and row.kind == "ORDER" else one.parts
        for row, one in zip(rows, read_of, strict=True)
    ]
    statement.amounts = {name: str(value) for name, value in summed(tables).items()}
    statement.reserve = sum((one.settlement for one in read_of if one.kind == RESERVE), ZERO)
    statement.transactions = len(rows)
    statement.gaps = [[code, str(said), str(parts)] for code, said, parts in found]
    statement.state = "incomplete" if found or any(row.gaps for row in rows) else "closed"
    statement.read_at = clock.now()
    db.session.flush()
    return numbers


def _samples(numbers: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        query = select(Order.tiktok_id).where(Order.tiktok_id.in_(part), Order.is_sample)
        found.update(db.session.scalars(query))
    return found


def skus(shop: Shop, answers: Sequence[theirs.OrderTransactions]) -> None:
    """What each SKU of these orders brought, statement by statement."""
    numbers = {row.statement_id for one in answers for row in one.sku_transactions}
    query = select(Statement.tiktok_id, Statement.day).where(
        Statement.shop_id == shop.id, Statement.tiktok_id.in_(numbers)
    )
    days = {number: day for number, day in db.session.execute(query)}
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for one in answers:
        for row in one.sku_transactions:
            key = (one.order_id[:32], row.statement_id[:32], row.sku_id[:32])
            rows[key] = {
                "store_id": tenant_id(),
                "shop_id": shop.id,
                "order_number": key[0],
                "statement_number": key[1],
                "sku_id": key[2],
                "name": " – ".join(part for part in (row.product_name, row.sku_name) if part)[:300],
                "day": days.get(row.statement_id) or clock.now(),
                "quantity": row.quantity,
                "revenue": row.revenue_amount or ZERO,
                "shipping": row.shipping_cost_amount or ZERO,
                "fees": row.fee_tax_amount or ZERO,
                "settlement": row.settlement_amount or ZERO,
            }
    changed = ("name", "day", "quantity", "revenue", "shipping", "fees", "settlement")
    upsert(SettledSku, [rows[key] for key in sorted(rows)], ("store_id", "order_number", "statement_number", "sku_id"),
           changed)  # fmt: skip
