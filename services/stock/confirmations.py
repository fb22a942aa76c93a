"""What came back: numbers that a shop confirmed, how long that took, and incidents: numbers that it took and does not
show, or would not take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from models import ListingSku, Shop, StockIncident, StockPush, StockTold, db
from models.tenancy import tenant_id
from services import clock, notices
from services.bulk import insert, rows_touched, upsert

NOT_APPLIED, REFUSED = "not_applied", "refused"
KEY = ("store_id", "listing_sku_id", "warehouse")
SAME = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Told:
    """One SKU in one warehouse. `confirmed` None: it was told and not read back yet."""

    listing_sku_id: int
    warehouse: str
    told: int
    confirmed: int | None
    committed: int | None
    known: int | None
    agreed_at: datetime | None


def keep(shop_id: int, listing_id: int, rows: Sequence[Told]) -> None:
    """What the shop was told and what it showed then."""
    now = clock.now()
    here = {"store_id": tenant_id(), "shop_id": shop_id, "listing_id": listing_id, "told_at": now}
    names = ("listing_sku_id", "warehouse", "told", "confirmed", "committed", "known", "agreed_at")
    values = [
        here | {name: getattr(row, name) for name in names} | {"confirmed_at": None if row.confirmed is None else now}
        for row in rows
    ]
    seen = [row for row in values if row["confirmed_at"] is not None]
    open_ones = [row for row in values if row["confirmed_at"] is None]
    upsert(StockTold, seen, KEY, ("told", "told_at", "confirmed", "confirmed_at", "committed", "known", "agreed_at"))
    upsert(StockTold, open_ones, KEY, ("told", "told_at"))  # what it showed before stays, with its moment
    sums: dict[int, int] = {}
    for one in rows:
        if one.confirmed is not None:
            sums[one.listing_sku_id] = sums.get(one.listing_sku_id, 0) + one.confirmed
    for listing_sku_id, total in sums.items():
        db.session.execute(
            update(ListingSku).where(ListingSku.id == listing_sku_id).values(sent_quantity=total),
            execution_options=SAME,
        )


def measure(shop: Shop, listing_id: int, changed_at: datetime, skus: int, cause: str) -> None:
    """One confirmed push, for the lag meter."""
    now = clock.now()
    row = {
        "store_id": tenant_id(),
        "shop_id": shop.id,
        "listing_id": listing_id,
        "day": clock.shop_day(shop.market, now),
        "changed_at": changed_at,
        "confirmed_at": now,
        "milliseconds": max(0, int((now - changed_at).total_seconds() * 1000)),
        "skus": skus,
        "cause": cause[:20],
    }
    insert(StockPush, [row])


def incident(
    shop_id: int,
    listing_id: int,
    listing_sku_id: int,
    kind: str,
    *,
    warehouse: str = "",
    code: str = "",
    text: str = "",
    told: int | None = None,
    found: int | None = None,
) -> StockIncident:
    """Opens an incident, or counts it once more."""
    now = clock.now()
    row = db.session.scalar(
        select(StockIncident).where(
            StockIncident.listing_id == listing_id,
            StockIncident.listing_sku_id == listing_sku_id,
            StockIncident.warehouse == warehouse,
            StockIncident.kind == kind,
            StockIncident.state == "open",
        )
    )
    if row is None:
        row = StockIncident(
            shop_id=shop_id,
            listing_id=listing_id,
            listing_sku_id=listing_sku_id,
            warehouse=warehouse,
            kind=kind,
            times=0,
            first_at=now,
        )
        db.session.add(row)
    row.code, row.text, row.told, row.found = code[:60], text, told, found
    row.times, row.last_at, row.state = (row.times or 0) + 1, now, "open"
    db.session.flush()
    return row


def resolve(listing_id: int, listing_sku_ids: Collection[int]) -> int:
    """These SKUs show what they were told; answers how many incidents that settles."""
    settled = db.session.execute(
        update(StockIncident)
        .where(
            StockIncident.listing_id == listing_id,
            StockIncident.state == "open",
            StockIncident.listing_sku_id.in_({0, *listing_sku_ids}),
        )
        .values(state="resolved", resolved_at=clock.now()),
        execution_options=SAME,
    )
    return rows_touched(settled)


def open_incidents(shop_id: int | None = None) -> int:
    query = select(func.count(StockIncident.id)).where(StockIncident.state == "open")
    return db.session.scalar(query if shop_id is None else query.where(StockIncident.shop_id == shop_id)) or 0


def tell(shop: Shop) -> int:
    """Raises or settles the shop's notice; answers how many incidents are open."""
    count, key = open_incidents(shop.id), f"stock:{shop.id}"
    if not count:
        notices.resolve(key)
        return 0
    what = "1 number does" if count == 1 else f"{count:,} numbers do"
    notices.raise_notice(
        key,
        "warning",
        f"The stock of {what} not arrive at “{shop.name}”, so it may sell what is not there.",
        "See incidents",
        f"/stock/lag?shop={shop.id}",
    )
    return count


def was_told(listing_ids: Collection[int]) -> Mapping[int, list[StockTold]]:
    """By SKU of the listing."""
    found: dict[int, list[StockTold]] = {}
    for row in db.session.scalars(select(StockTold).where(StockTold.listing_id.in_(listing_ids))):
        found.setdefault(row.listing_sku_id, []).append(row)
    return found
