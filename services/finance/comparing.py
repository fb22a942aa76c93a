"""Orders in both books: what BigCommerce says now, what TikTok sold, what it settled (feature I-38)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from domain.finance import reconciliation
from domain.finance.amounts import ZERO
from domain.finance.reconciliation import Ordered, StoreBooks
from domain.orders.statuses import Status
from models import Order, OrderLine, OrderMoney, Settlement, Shop, Statement, StoreOrder, db
from models.tenancy import tenant_id
from services import clock
from services.counters import Deltas
from services.finance import recording
from services.orders import rules

SCOPE = "order_money"
FEES = ("fee.", "tax.")


@dataclass(frozen=True, slots=True)
class InStore:
    """A BigCommerce order as read now."""

    id: int
    total: Decimal
    refunded: Decimal


def written(numbers: Sequence[str]) -> dict[str, list[int]]:
    """TikTok's number -> the BigCommerce orders it became."""
    query = (
        select(Order.tiktok_id, StoreOrder.bigcommerce_id)
        .join(StoreOrder, StoreOrder.order_id == Order.id)
        .where(Order.tiktok_id.in_(numbers), StoreOrder.bigcommerce_id.is_not(None))
        .order_by(StoreOrder.id)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for number, bigcommerce_id in db.session.execute(query):
        if bigcommerce_id is not None:
            found[number].append(bigcommerce_id)
    return found


def compare(shop: Shop, numbers: Sequence[str], in_store: Mapping[int, InStore | None]) -> int:
    """Compares these orders and keeps the outcome; `in_store` None: BigCommerce has that order no more. Answers how
    many need a look."""
    settled: dict[str, list[Settlement]] = defaultdict(list)
    query = select(Settlement).where(Settlement.shop_id == shop.id, Settlement.order_number.in_(numbers))
    for one in db.session.scalars(query.order_by(Settlement.day, Settlement.id)):
        settled[one.order_number].append(one)
    here = db.session.scalars(select(Order).where(Order.tiktok_id.in_(numbers)))
    orders = {order.tiktok_id: order for order in here}
    ids = [order.id for order in orders.values()]
    copies: dict[int, list[StoreOrder]] = defaultdict(list)
    for copy in db.session.scalars(select(StoreOrder).where(StoreOrder.order_id.in_(ids)).order_by(StoreOrder.id)):
        copies[copy.order_id].append(copy)
    lost = _cancelled(ids)
    known = select(OrderMoney).where(OrderMoney.order_number.in_(numbers))
    rows = {row.order_number: row for row in db.session.scalars(known)}
    deltas, looks = Deltas(), 0
    for number in numbers:
        mine = settled.get(number)
        if not mine:
            continue
        order = orders.get(number)
        written_to = copies[order.id] if order else []
        books = _books(written_to, in_store)
        found = reconciliation.compare(
            books, _ordered(order, written_to, lost) if order else None, [recording.kept(one) for one in mine]
        )
        row = rows.get(number)
        if row is None:
            row = rows[number] = OrderMoney(store_id=tenant_id(), order_number=number, shop_id=shop.id, state="")
        deltas.move(SCOPE, shop.id, row.state or "", found.state.value)
        row.order_id, row.day, row.currency = order.id if order else None, mine[-1].day, _currency(order, mine[-1])
        row.in_store = books.total - books.refunded if books else None
        row.store_facts = _facts(books, written_to)
        row.ordered, row.settlement = order.total if order else None, found.settlement
        row.fees = sum((value for name, value in found.steps if name.startswith(FEES)), ZERO)
        row.steps = [[str(name), str(value)] for name, value in found.steps]
        row.unexplained, row.state = found.unexplained, found.state.value
        row.version, row.compared_at = reconciliation.VERSION, clock.now()
        db.session.add(row)
        looks += found.state in (reconciliation.State.UNEXPLAINED, reconciliation.State.ATTENTION)
    db.session.flush()
    deltas.write()
    return looks


def _currency(order: Order | None, settled: Settlement) -> str:
    if order is not None and order.currency:
        return order.currency
    return db.session.scalar(select(Statement.currency).where(Statement.id == settled.statement_id)) or ""


def _books(written_to: Sequence[StoreOrder], in_store: Mapping[int, InStore | None]) -> StoreBooks | None:
    """None where BigCommerce has none of them, now or ever."""
    found = [
        (copy, there)
        for copy in written_to
        if copy.bigcommerce_id is not None and (there := in_store.get(copy.bigcommerce_id)) is not None
    ]
    if not found:
        return None
    return StoreBooks(
        total=sum((there.total for _, there in found), ZERO),
        written=sum((there.total if copy.total is None else copy.total for copy, there in found), ZERO),
        refunded=sum((there.refunded for _, there in found), ZERO),
        orders=len(written_to),
    )


def _ordered(order: Order, written_to: Sequence[StoreOrder], lost: Mapping[int, tuple[Decimal, Decimal]]) -> Ordered:
    payment = {name: Decimal(str(value)) for name, value in (order.details.get("payment") or {}).items() if value}
    settings = rules.of()
    by_tiktok = order.fulfillment == "FULFILLMENT_BY_TIKTOK" and settings.by_tiktok != "import"
    wanted = bool(written_to or order.problem) or not (by_tiktok or settings.create == "never")
    return Ordered(order.total, payment, lost.get(order.id, (ZERO, ZERO)), wanted)


def _cancelled(order_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Order -> the least and the most that its cancelled items are worth after the seller's own discounts."""
    query = select(OrderLine.order_id, OrderLine.price, OrderLine.list_price).where(
        OrderLine.order_id.in_(order_ids), OrderLine.status == Status.CANCELLED
    )
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for order_id, price, list_price in db.session.execute(query):
        least, most = found.get(order_id, (ZERO, ZERO))
        found[order_id] = (least + price, most + max(list_price, price))
    return found


def _facts(books: StoreBooks | None, written_to: Sequence[StoreOrder]) -> dict[str, object]:
    facts: dict[str, object] = {"read_at": clock.now().isoformat(), "orders": len(written_to)}
    if books:
        facts |= {"total": str(books.total), "refunded": str(books.refunded), "written": str(books.written)}
    return facts
