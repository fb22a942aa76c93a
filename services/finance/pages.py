"""What the pages of money read: orders in both books, statements, payouts, and where the money went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, tuple_

from domain.finance import reconciliation
from domain.finance.amounts import ORDER, ZERO, summed, waterfall, word
from domain.finance.reconciliation import LOOK, State, payout_difference
from models import Order, OrderMoney, Payout, SettledSku, Settlement, Shop, Statement, db
from services import counters
from services.errors import NotFound
from services.finance import comparing

SIZE = 50
TRANSACTIONS = 200
Waterfall = list[tuple[str, Decimal, list[tuple[str, Decimal]]]]


@dataclass(frozen=True, slots=True)
class Line:
    """An order in both books. `why`: the names of what a person should look at."""

    money: OrderMoney
    why: tuple[str, ...]
    steps: tuple[tuple[str, Decimal, bool], ...]  # words, amount, whether to look at it


@dataclass(frozen=True, slots=True)
class Lines:
    lines: Sequence[Line]
    before: str
    after: str


def counts(shops: Sequence[Shop]) -> dict[str, int]:
    """Orders by state; "" is all."""
    found = dict.fromkeys(State, 0)
    for shop in shops:
        for name, number in counters.read(comparing.SCOPE, shop.id).items():
            if name in found:
                found[State(name)] += max(0, number)
    return {"": sum(found.values()), **{state.value: number for state, number in found.items()}}


def compared(shops: Sequence[Shop], state: str, term: str, after: str = "") -> Lines:
    """One page, newest statement first; `after` is the place where the last page ended."""
    where: list[ColumnElement[bool]] = [OrderMoney.shop_id.in_([shop.id for shop in shops])]
    if state:
        where.append(OrderMoney.state == state)
    if term:
        where.append(OrderMoney.order_number == term)
    place = _place(after)
    if place is not None:
        where.append(tuple_(OrderMoney.day, OrderMoney.id) < place)
    query = select(OrderMoney).where(*where).order_by(OrderMoney.day.desc(), OrderMoney.id.desc()).limit(SIZE + 1)
    rows = db.session.scalars(query).all()
    following = f"{int(rows[SIZE - 1].day.timestamp())}.{rows[SIZE - 1].id}" if len(rows) > SIZE else ""
    return Lines([line(row) for row in rows[:SIZE]], after, following)


def _place(text: str) -> tuple[datetime, int] | None:
    seconds, _, number = text.partition(".")
    if not (seconds.isdigit() and number.isdigit()) or len(seconds) > 11 or len(number) > 18:
        return None
    return datetime.fromtimestamp(min(int(seconds), 32_503_680_000), UTC), int(number)


def line(row: OrderMoney) -> Line:
    steps = tuple((step_word(name), Decimal(value), name in LOOK or name == "unnamed") for name, value in row.steps)
    return Line(row, tuple(words for words, _, look in steps if look), steps)


def step_word(name: str) -> str:
    if name in set(reconciliation.Bucket):
        return reconciliation.WORDS[reconciliation.Bucket(name)]
    return word(name)


def one(money_id: int, shops: Sequence[Shop]) -> OrderMoney:
    query = select(OrderMoney).where(OrderMoney.id == money_id, OrderMoney.shop_id.in_([shop.id for shop in shops]))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("TikTok Shop has settled no such order yet.", "See settled orders", "/finance/")
    return found


def number_of(order_id: int, shops: Sequence[Shop]) -> int:
    """The settled order of one of our orders."""
    found = _settled(order_id, shops)
    if found is None:
        raise NotFound(
            "TikTok Shop has not settled this order yet. It does 3 to 15 days after its delivery.",
            "See the order",
            f"/orders/{order_id}",
        )
    return found


def is_settled(order_id: int, shops: Sequence[Shop]) -> bool:
    return _settled(order_id, shops) is not None


def _settled(order_id: int, shops: Sequence[Shop]) -> int | None:
    number = select(Order.tiktok_id).where(Order.id == order_id).scalar_subquery()
    query = select(OrderMoney.id).where(OrderMoney.shop_id.in_([shop.id for shop in shops]))
    return db.session.scalar(query.where(OrderMoney.order_number == number))


def skus_of(number: str) -> Sequence[SettledSku]:
    query = select(SettledSku).where(SettledSku.order_number == number).order_by(SettledSku.day, SettledSku.id)
    return db.session.scalars(query).all()


def settlements_of(number: str) -> Sequence[Settlement]:
    query = select(Settlement).where(Settlement.order_number == number).order_by(Settlement.day, Settlement.id)
    return db.session.scalars(query).all()


def statements(shops: Sequence[Shop], limit: int = 100) -> Sequence[Statement]:
    query = select(Statement).where(Statement.shop_id.in_([shop.id for shop in shops]))
    return db.session.scalars(query.order_by(Statement.day.desc(), Statement.id.desc()).limit(limit)).all()


def statement(statement_id: int, shops: Sequence[Shop]) -> Statement:
    query = select(Statement).where(Statement.id == statement_id, Statement.shop_id.in_([shop.id for shop in shops]))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("This statement does not exist.", "See all statements", "/finance/statements")
    return found


def transactions(of: Statement) -> Sequence[Settlement]:
    """Those that do not close come first."""
    query = select(Settlement).where(Settlement.statement_id == of.id).order_by(Settlement.id).limit(5000)
    rows = db.session.scalars(query).all()
    return sorted(rows, key=lambda row: (not row.gaps, row.kind == ORDER))[:TRANSACTIONS]


def known(numbers: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
    """TikTok's number -> (its settled order, whether the order came here)."""
    query = select(OrderMoney.order_number, OrderMoney.id, OrderMoney.order_id)
    rows = db.session.execute(query.where(OrderMoney.order_number.in_(numbers)))
    return {number: (money_id, order_id is not None) for number, money_id, order_id in rows}


def parts(of: Statement) -> Waterfall:
    return waterfall({name: Decimal(value) for name, value in of.amounts.items()})


@dataclass(frozen=True, slots=True)
class Paid:
    """A bank transfer beside the statements it pays. `difference` is zero when nothing is unexplained."""

    payout: Payout
    statements: int
    settled: Decimal
    difference: Decimal


def payouts(shops: Sequence[Shop], limit: int = 60) -> list[Paid]:
    ids = [shop.id for shop in shops]
    query = select(Payout).where(Payout.shop_id.in_(ids)).order_by(Payout.created_at.desc(), Payout.id.desc())
    rows = db.session.scalars(query.limit(limit)).all()
    sums = (
        select(Statement.shop_id, Statement.payment_id, func.count(), func.sum(Statement.settlement))
        .where(Statement.shop_id.in_(ids), Statement.payment_id.in_([row.tiktok_id for row in rows]))
        .group_by(Statement.shop_id, Statement.payment_id)
    )
    known = {(shop_id, number): (count, total) for shop_id, number, count, total in db.session.execute(sums)}
    found = []
    for row in rows:
        count, total = known.get((row.shop_id, row.tiktok_id), (0, ZERO))
        settled = total if count else row.settled
        difference = payout_difference(row.amount, row.reserve, row.before_exchange, settled)
        found.append(Paid(row, int(count), settled, difference))
    return found


@dataclass(frozen=True, slots=True)
class Fees:
    """Where the money of a time went, in one currency."""

    currency: str
    currencies: tuple[str, ...]
    waterfall: Waterfall
    settlement: Decimal
    statements: int
    incomplete: int
    days: Sequence[tuple[datetime, Decimal, Decimal, Decimal, Decimal]]  # day, revenue, fees, adjustments, settlement


def fees(shops: Sequence[Shop], first: date, last: date, currency: str = "") -> Fees:
    """Statements of the days from `first` to `last`; a statement made at midnight is of the day before."""
    query = (
        select(Statement)
        .where(
            Statement.shop_id.in_([shop.id for shop in shops]),
            Statement.day > _start(first),
            Statement.day <= _start(last) + timedelta(days=1),
        )
        .order_by(Statement.day.desc(), Statement.id.desc())
    )
    rows = db.session.scalars(query).all()
    currencies = tuple(sorted({row.currency for row in rows}))
    chosen = currency if currency in currencies else next(iter(currencies), "")
    mine = [row for row in rows if row.currency == chosen]
    total = summed({name: Decimal(value) for name, value in row.amounts.items()} for row in mine)
    return Fees(
        chosen,
        currencies,
        waterfall(total),
        sum((row.settlement for row in mine), ZERO),
        len(mine),
        sum(row.state == "incomplete" for row in mine),
        [(row.day - timedelta(seconds=1), row.revenue, row.fees, row.adjustments, row.settlement) for row in mine],
    )


@dataclass(frozen=True, slots=True)
class SkuSum:
    sku_id: str
    name: str
    pieces: int
    revenue: Decimal
    shipping: Decimal
    fees: Decimal
    settlement: Decimal


def by_sku(shops: Sequence[Shop], first: date, last: date, limit: int = 50) -> list[SkuSum]:
    """What each SKU brought, the largest first."""
    amount = func.sum(SettledSku.settlement)
    query = (
        select(
            SettledSku.sku_id,
            func.max(SettledSku.name),
            func.sum(SettledSku.quantity),
            func.sum(SettledSku.revenue),
            func.sum(SettledSku.shipping),
            func.sum(SettledSku.fees),
            amount,
        )
        .where(
            SettledSku.shop_id.in_([shop.id for shop in shops]),
            SettledSku.day > _start(first),
            SettledSku.day <= _start(last) + timedelta(days=1),
        )
        .group_by(SettledSku.sku_id)
        .order_by(amount.desc(), SettledSku.sku_id)
        .limit(limit)
    )
    return [SkuSum(*row) for row in db.session.execute(query)]


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
