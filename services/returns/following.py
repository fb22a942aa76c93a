"""What a granted request means outside TikTok: a refund in each of its BigCommerce orders, pieces for sale again.
Rows are unique by request, so whatever arrives how often, there is one of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select

from domain.returns import statuses
from domain.returns.settings import ReturnSettings
from domain.returns.statuses import GRANTED, Kind
from models import (
    Activity,
    AfterSale,
    AfterSaleLine,
    Order,
    OrderLine,
    Product,
    Restock,
    StockOrder,
    StockOrderLine,
    StoreOrder,
    StoreRefund,
    Variant,
    db,
)
from models.tenancy import tenant_id
from services import streams
from services.activities import NewItem
from services.bulk import insert_missing
from services.orders import stock
from services.returns import events, rules
from services.stock import adjustments

REFUNDS, RESTOCKS = "write_refunds", "restock_returns"
NOT_PAID_YET = (0, 1, 7)  # BigCommerce's statuses whose orders take no refund (reference 5.6)


def plan(ids: Sequence[int] = ()) -> tuple[list[int], list[int]]:
    """Adds what must follow; answers (refunds, restocks) to be written now. Without `ids`: everything left over."""
    query = select(AfterSale).where(AfterSale.is_unplanned).order_by(AfterSale.id).limit(500).with_for_update()
    if ids:
        query = query.where(AfterSale.id.in_(ids))
    settings = rules.of()
    planned = []
    for request in db.session.scalars(query).all():
        if _plan(request, settings):
            request.is_unplanned = False
            planned.append(request.id)
    db.session.flush()
    return due_refunds(planned), due_restocks(planned)


def _plan(request: AfterSale, settings: ReturnSettings) -> bool:
    """False: its order, or the BigCommerce order, is still to come."""
    if not settings.follow or not statuses.is_paid_back(request.kind, request.status):
        return True
    order = _order(request)
    if order is None:
        return False
    wanted = {line.line_id: line for line in request.lines}
    every = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)).all()
    lines = [line for line in every if line.tiktok_id in wanted]
    copies = {copy.id: copy for copy in db.session.scalars(select(StoreOrder).where(StoreOrder.order_id == order.id))}
    mine = {line.copy_id for line in lines if line.copy_id in copies}
    if any(copies[number].bigcommerce_id is None and copies[number].state == "waiting" for number in mine if number):
        return order.status == "CANCELLED"  # never to be written then
    written = {number for number in mine if number and copies[number].bigcommerce_id is not None}
    if request.kind == Kind.CANCEL:
        written = {number for number in written if not _ends_whole(order, copies[number], every)}
    if not written:
        if request.kind == Kind.RETURN and request.tracking_number and adjustments.has_counted(stock.reference(order)):
            _restocks(request, order, lines, settings)
        return True
    _refunds(request, [line for line in lines if line.copy_id in written], wanted, copies)
    if request.kind == Kind.CANCEL or (request.kind == Kind.RETURN and request.tracking_number):
        _restocks(request, order, [line for line in lines if line.copy_id in written], settings)
    return True


def _order(request: AfterSale) -> Order | None:
    if request.order_id is None:
        request.order_id = db.session.scalar(select(Order.id).where(Order.tiktok_id == request.order_number))
        db.session.flush()
    return None if request.order_id is None else db.session.get_one(Order, request.order_id)


def _ends_whole(order: Order, copy: StoreOrder, every: Sequence[OrderLine]) -> bool:
    """Whether all of the order is cancelled at once: then its BigCommerce order becomes Cancelled, and needs no
    refund."""
    cancelled = select(AfterSaleLine.line_id).join(AfterSale, AfterSale.id == AfterSaleLine.after_sale_id)
    here = (AfterSale.order_id == order.id, AfterSale.kind == Kind.CANCEL, AfterSale.status.in_(GRANTED))
    gone = set(db.session.scalars(cancelled.where(*here)))
    if any(line.tiktok_id not in gone for line in every):
        return False
    return db.session.scalar(select(StoreRefund.id).where(StoreRefund.copy_id == copy.id).limit(1)) is None


def _refunds(
    request: AfterSale, lines: Sequence[OrderLine], wanted: dict[str, AfterSaleLine], copies: dict[int, StoreOrder]
) -> None:
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        parts[line.copy_id or 0] += wanted[line.tiktok_id].amount
    rows = [
        {
            "store_id": tenant_id(),
            "after_sale_id": request.id,
            "copy_id": copy_id,
            "reference": f"TikTok Shop {request.tiktok_id}"
            + (f" ({copies[copy_id].key})" if copies[copy_id].key else ""),
            "amount": amount,
            "state": "waiting",
            "problem": "",
            "problem_text": "",
            "is_due": True,
        }
        for copy_id, amount in shares(parts, request.total).items()
    ]
    insert_missing(StoreRefund, [row for row in rows if row["amount"]], ("store_id", "after_sale_id", "copy_id"))


def shares(parts: dict[int, Decimal], total: Decimal) -> dict[int, Decimal]:
    """`total` spread by what each part came to; the first takes what rounding, shipping and fees leave."""
    if not parts:
        return {}
    whole, first = sum(parts.values(), Decimal(0)), min(parts)
    scale = min(Decimal(1), total / whole) if whole else Decimal(0)
    found = {number: (amount * scale).quantize(Decimal("0.01")) for number, amount in parts.items()}
    found[first] += total - sum(found.values(), Decimal(0))
    return found


def _restocks(request: AfterSale, order: Order, lines: Sequence[OrderLine], settings: ReturnSettings) -> None:
    counted = Counter(line.variant_id for line in lines if line.variant_id is not None)
    rule = settings.restocks(request.kind, request.reason)
    state = {"yes": "due", "no": "kept_out", "ask": "ask"}[rule]
    why = {"yes": "", "no": "Your rule for this reason keeps it out of sale.", "ask": ""}[rule]
    if request.kind == Kind.CANCEL and not request.details.get("replenish", True):
        state, why = "kept_out", "TikTok says that these pieces are not to be replenished."
    query = select(Variant.id, Variant.merchant_sku_id, Product.inventory_tracking).join(Product)
    places = _places(order)
    rows = []
    for variant_id, sku_id, tracking in db.session.execute(query.where(Variant.id.in_(counted))):
        untracked = tracking in ("none", "")
        rows.append(
            {
                "store_id": tenant_id(),
                "after_sale_id": request.id,
                "variant_id": variant_id,
                "location_id": places.get(sku_id or 0, 0),
                "quantity": counted[variant_id],
                "state": "untracked" if untracked else state,
                "why": "BigCommerce does not count this product." if untracked else why,
                "decided_by": "" if state == "ask" else "your rule",
            }
        )
    insert_missing(Restock, rows, ("store_id", "after_sale_id", "variant_id"))


def _places(order: Order) -> dict[int, int]:
    """Merchant SKU -> the location its pieces were taken from."""
    query = (
        select(StockOrderLine.merchant_sku_id, StockOrderLine.location_id)
        .join(StockOrder, StockOrder.id == StockOrderLine.order_id)
        .where(StockOrder.order_ref == stock.reference(order), StockOrderLine.location_id != 0)
    )
    return {sku_id: location_id for sku_id, location_id in db.session.execute(query)}


def due_refunds(requests: Iterable[int] | None = None, limit: int = 500) -> list[int]:
    """Refunds that BigCommerce would take now."""
    query = (
        select(StoreRefund.id)
        .join(StoreOrder, StoreOrder.id == StoreRefund.copy_id)
        .where(
            StoreRefund.is_due,
            StoreOrder.bigcommerce_id.is_not(None),
            StoreOrder.status_id.not_in(NOT_PAID_YET),
        )
    )
    if requests is not None:
        query = query.where(StoreRefund.after_sale_id.in_(list(requests)))
    return list(db.session.scalars(query.order_by(StoreRefund.id).limit(limit)))


def due_restocks(requests: Iterable[int] | None = None, limit: int = 500) -> list[int]:
    query = select(Restock.id).where(Restock.state == "due")
    if requests is not None:
        query = query.where(Restock.after_sale_id.in_(list(requests)))
    return list(db.session.scalars(query.order_by(Restock.id).limit(limit)))


def pour(refunds: Sequence[int], restocks: Sequence[int]) -> list[Activity]:
    """Adds these to their streams; launch each afterwards, in a transaction of its own."""
    names = {
        number: reference
        for number, reference in db.session.execute(
            select(StoreRefund.id, StoreRefund.reference).where(StoreRefund.id.in_(refunds))
        )
    }
    pieces = {
        number: f"{quantity} × {sku}"
        for number, quantity, sku in db.session.execute(
            select(Restock.id, Restock.quantity, Variant.sku)
            .join(Variant, Variant.id == Restock.variant_id)
            .where(Restock.id.in_(restocks))
        )
    }
    poured = [
        streams.pour(
            REFUNDS,
            "Record refunds in BigCommerce",
            [NewItem(f"Refund {names[number]}", subject_id=number) for number in refunds if number in names],
            store_id=tenant_id(),
        ),
        streams.pour(
            RESTOCKS,
            "Put returned pieces back on sale",
            [
                NewItem(pieces[number], subject_id=number, args={"step": "look"})
                for number in restocks
                if number in pieces
            ],
            store_id=tenant_id(),
        ),
    ]
    return [activity for activity in poured if activity is not None]


def decide(request: AfterSale, restock: Restock, put_back: bool, name: str) -> None:
    """A person's word on pieces that came back."""
    restock.state, restock.decided_by = ("due" if put_back else "kept_out"), name[:255]
    restock.why = "" if put_back else f"{name} keeps it out of sale."
    count = f"{restock.quantity} {'piece' if restock.quantity == 1 else 'pieces'}"
    events.add(request, f"{count} {'go back on sale' if put_back else 'stay out of sale'}.", name)
