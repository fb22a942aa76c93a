"""How many pieces there are: BigCommerce's number as last read, less what the ledger keeps back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models import MerchantSku, Stock, StockBalance, StockMovement, StockOrderLine, db
from models.present import has_table
from models.tenancy import tenant_id
from services import clock
from services.bulk import upsert
from services.stock.booking import KEY, KINDS, Entry, book, open_balances

PART = 2000  # SKUs looked at together
GRACE = timedelta(seconds=60)  # after this BigCommerce's number surely counts its own order (reference 4.1)
Levels = dict[int, dict[int, int]]


def available(sku_ids: Iterable[int]) -> Levels:
    """Merchant SKU -> location -> pieces for sale; negative where more is promised than there is."""
    ids, found = sorted(set(sku_ids)), defaultdict[int, dict[int, int]](dict)
    kept = has_table(StockBalance)
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        rows = select(Stock.merchant_sku_id, Stock.location_id, Stock.available)
        for sku_id, location_id, count in db.session.execute(rows.where(Stock.merchant_sku_id.in_(part))):
            found[sku_id][location_id] = count
        if not kept:
            continue
        taken = StockBalance.held + StockBalance.reserved + StockBalance.allocated
        promised = select(StockBalance.merchant_sku_id, StockBalance.location_id, taken)
        for sku_id, location_id, count in db.session.execute(
            promised.where(StockBalance.merchant_sku_id.in_(part), taken != 0)
        ):
            if sku_id not in found:
                continue  # BigCommerce does not count this SKU
            # Pieces promised before any location was known are missing somewhere: where the most are.
            place = location_id if location_id in found[sku_id] else max(found[sku_id], key=found[sku_id].__getitem__)
            found[sku_id][place] -= count
    return dict(found)


def record(read: Mapping[tuple[int, int], int], began: datetime, cause: str = "read") -> set[int]:
    """Keeps BigCommerce's numbers, read from `began` on, by (merchant SKU, location); books what changed. Answers the
    merchant SKUs whose available number moved."""
    rows = [
        {
            "store_id": tenant_id(),
            "merchant_sku_id": sku_id,
            "location_id": location_id,
            "available": count,
            "read_at": clock.now(),
        }
        for (sku_id, location_id), count in sorted(read.items())
    ]
    before = available({sku_id for sku_id, _ in read})
    upsert(Stock, rows, KEY, ("available", "read_at"))
    follow({sku_id for sku_id, _ in read}, began, cause)
    after = available({sku_id for sku_id, _ in read})
    return {sku_id for sku_id in after if after[sku_id] != before.get(sku_id)}


def follow(sku_ids: Iterable[int], began: datetime, cause: str = "read") -> None:
    """Brings the ledger's on-hand balances to the Stock table, whoever wrote it, and lets go of allocated pieces that
    BigCommerce's number has come to count by itself."""
    ids = sorted(set(sku_ids))
    for start in range(0, len(ids), PART):
        _follow(ids[start : start + PART], began, cause)


def behind(limit: int = PART) -> list[int]:
    """Merchant SKUs whose on-hand balance is not the Stock table's number."""
    same = (StockBalance.merchant_sku_id == Stock.merchant_sku_id) & (StockBalance.location_id == Stock.location_id)
    query = (
        select(Stock.merchant_sku_id)
        .outerjoin(StockBalance, same & (StockBalance.store_id == Stock.store_id))
        .where(func.coalesce(StockBalance.on_hand, 0) != Stock.available)
        .distinct()
        .limit(limit)
    )
    return list(db.session.scalars(query))


def _follow(ids: list[int], began: datetime, cause: str) -> None:
    now = clock.now()
    stock = {
        (sku_id, place): count
        for sku_id, place, count in db.session.execute(
            select(Stock.merchant_sku_id, Stock.location_id, Stock.available).where(Stock.merchant_sku_id.in_(ids))
        )
    }
    open_balances(set(stock), now)
    balances = db.session.scalars(
        select(StockBalance)
        .where(StockBalance.merchant_sku_id.in_(ids))
        .order_by(StockBalance.merchant_sku_id, StockBalance.location_id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    moved = {
        (row.merchant_sku_id, row.location_id): delta
        for row in balances
        if (delta := stock.get((row.merchant_sku_id, row.location_id), 0) - row.on_hand)
    }
    entries = [Entry(sku_id, place, "on_hand", delta) for (sku_id, place), delta in moved.items()]
    entries += _settled({(row.merchant_sku_id, row.location_id) for row in balances if row.allocated}, moved, began)
    if entries:
        book(entries, cause, f"{cause}:{now.isoformat()}", "", now)


def _settled(keys: set[tuple[int, int]], moved: Mapping[tuple[int, int], int], began: datetime) -> list[Entry]:
    """Allocated pieces that the reading does not hold any more: it fell by as many after the order came to
    BigCommerce, or it is so much younger that BigCommerce must have counted."""
    if not keys:
        return []
    lines = db.session.scalars(
        select(StockOrderLine)
        .where(
            StockOrderLine.kind == "allocated",
            StockOrderLine.handed_at <= began,
            StockOrderLine.merchant_sku_id.in_({sku_id for sku_id, _ in keys}),
        )
        .order_by(StockOrderLine.handed_at, StockOrderLine.id)
        .with_for_update()
    ).all()
    fallen = {key: max(0, -moved.get(key, 0)) for key in keys}
    entries = []
    for line in lines:
        key = (line.merchant_sku_id, line.location_id)
        overdue = line.handed_at is not None and line.handed_at + GRACE <= began
        if overdue or 0 < line.quantity <= fallen.get(key, 0):
            fallen[key] = fallen.get(key, 0) - line.quantity
            line.kind = ""
            entries.append(Entry(*key, "allocated", -line.quantity))
    return entries


def unsettled(older_than: datetime) -> list[int]:
    """Merchant SKUs with pieces that BigCommerce should have counted before that moment."""
    query = select(StockOrderLine.merchant_sku_id).where(
        StockOrderLine.kind == "allocated", StockOrderLine.handed_at <= older_than
    )
    return list(db.session.scalars(query.distinct()))


def check(sku_ids: Iterable[int] | None = None) -> list[tuple[str, int, int, str, int, int]]:
    """What does not add up: (SKU code, SKU, location, kind, balance, sum of movements or of order lines)."""
    chosen = None if sku_ids is None else set(sku_ids)
    sums: dict[tuple[int, int, str], int] = {}
    query = select(
        StockMovement.merchant_sku_id, StockMovement.location_id, StockMovement.kind, func.sum(StockMovement.delta)
    ).group_by(StockMovement.merchant_sku_id, StockMovement.location_id, StockMovement.kind)
    lines = (
        select(
            StockOrderLine.merchant_sku_id,
            StockOrderLine.location_id,
            StockOrderLine.kind,
            func.sum(StockOrderLine.quantity),
        )
        .where(StockOrderLine.kind != "")
        .group_by(StockOrderLine.merchant_sku_id, StockOrderLine.location_id, StockOrderLine.kind)
    )
    for sku_id, place, kind, total in db.session.execute(query):
        sums[sku_id, place, kind] = int(total)
    stand = {(sku_id, place, kind): int(total) for sku_id, place, kind, total in db.session.execute(lines)}
    found = []
    rows = db.session.execute(
        select(StockBalance, MerchantSku.code).join(MerchantSku, MerchantSku.id == StockBalance.merchant_sku_id)
    )
    for row, code in rows:
        if chosen is not None and row.merchant_sku_id not in chosen:
            continue
        for kind in KINDS:
            key = (row.merchant_sku_id, row.location_id, kind)
            has, total = getattr(row, kind), sums.get(key, 0)
            if has != total:
                found.append((code, *key, has, total))
            elif kind != "on_hand" and has != stand.get(key, 0):
                found.append((code, *key, has, stand.get(key, 0)))
    return found
